"""The test of the test: with one guard taken away, the harness sees it at some point."""

import contextlib
import os
import re
from pathlib import Path

import pytest

from portal import db
from portal.db import db as register
from portal.ingest import drafts, registration
from portal.recordings.models import Recording, State
from portal.retention import deletion, holds, moves, standing
from portal.vault import box, durable, keystore, objects
from tests import kill
from tests.faults import test_points as harness

SEEN = (AssertionError, keystore.NoKey, objects.NoObject, box.SealBroken)
STEP = 3


def hold_not_in_the_claim(patch) -> None:
    real = deletion.kept_by_nothing
    patch.setattr(deletion, "kept_by_nothing", lambda: (real()[0], real()[2]))


def freeze_not_in_the_claim(patch) -> None:
    real = deletion.kept_by_nothing
    patch.setattr(deletion, "kept_by_nothing", lambda: real()[:2])


def date_not_in_the_claim(patch) -> None:
    patch.setattr(deletion, "may_go", lambda now: deletion.kept_by_nothing())


def log_outside_the_transaction(patch) -> None:
    """The change of a release is committed before its entry is."""
    real = holds.record

    def late(*args, **kwargs):
        register.commit()
        register.begin()
        return real(*args, **kwargs)

    patch.setattr(holds, "record", late)


def key_that_stays_is_swallowed(patch) -> None:
    real = keystore.destroy

    def careless(*args, **kwargs):
        with contextlib.suppress(OSError):
            return real(*args, **kwargs)
        return True

    patch.setattr(keystore, "destroy", careless)


def row_emptied_before_the_key(patch) -> None:
    destroy, close = deletion._destroy, deletion._close

    def backwards(line, row):
        close(line, row)
        destroy(line, row)

    patch.setattr(deletion, "_destroy", backwards)
    patch.setattr(deletion, "_close", lambda line, row: None)


def done_noted_before_the_bytes_go(patch) -> None:
    remove, close = objects.remove_all, deletion._close
    later = []

    def closing(line, row):
        close(line, row)
        while later:
            remove(later[0][0], store=later[0][1])
            later.pop(0)

    patch.setattr(objects, "remove_all", lambda subject, *, store=keystore.MAIN: later.append((subject, store)))
    patch.setattr(deletion, "_close", closing)


def main_cleared_before_the_copy_is_read_back(patch) -> None:
    def hasty(row):
        keystore.copy(row.uuid, source="main", target="threat")
        keystore.destroy(row.uuid)
        objects.copy_all(row.uuid, source="main", target="threat")

    patch.setattr(moves, "_copy", hasty)


def row_says_moved_before_it_is(patch) -> None:
    copy, say = moves._copy, moves._say_moved

    def late(hold, row):
        moved = say(hold, row)
        copy(row)
        return moved

    patch.setattr(moves, "_say_moved", late)
    patch.setattr(moves, "_copy", lambda row: None)


def only_one_store_purged(patch) -> None:
    patch.setattr(deletion.keystore, "STORES", (keystore.MAIN,))


def ledger_written_after_the_key_is_gone(patch) -> None:
    real, destroy = standing.deleted, deletion._destroy

    def late(line, row):
        destroy(line, row)
        real(line, row)

    patch.setattr(standing, "deleted", lambda line, row: None)
    patch.setattr(deletion, "_destroy", late)


def delivered_file_gone_before_the_commit(patch) -> None:
    real = registration.take_made

    def hasty(calls):
        calls = list(calls)
        for call, _, _ in calls:
            durable.remove(Path(os.readlink(f"/proc/self/fd/{call.content.handle}")))
        return real(calls)

    patch.setattr(registration, "take_made", hasty)


def draft_ended_after_the_commit(patch) -> None:
    """A call is in the register, and the next import takes its sound for what one that died has left."""
    real = registration.take_made

    def late(calls):
        with pytest.MonkeyPatch.context() as meanwhile:
            meanwhile.setattr(drafts, "own", lambda subject: None)
            taken = real(calls)
        for subject in taken:
            drafts.own(subject)
        return taken

    patch.setattr(registration, "take_made", late)


def what_is_known_is_registered_again(patch) -> None:
    patch.setattr(registration, "_KNOWN", lambda key: [])


BUGS = {
    hold_not_in_the_claim: "purge",
    freeze_not_in_the_claim: "purge",
    date_not_in_the_claim: "purge",
    log_outside_the_transaction: "release_early",
    key_that_stays_is_swallowed: "erase",
    row_emptied_before_the_key: "erase",
    done_noted_before_the_bytes_go: "erase",
    main_cleared_before_the_copy_is_read_back: "hold",
    row_says_moved_before_it_is: "hold",
    only_one_store_purged: "release_late",
    ledger_written_after_the_key_is_gone: "erase",
    delivered_file_gone_before_the_commit: "import",
    draft_ended_after_the_commit: "import",
    what_is_known_is_registered_again: "import",
}


SHOWN_BY = {key_that_stays_is_swallowed: ("EIO",)}
"""Where few points show it, only this fault is tried."""


FIRES = {
    hold_not_in_the_claim: "a kept call was claimed",
    freeze_not_in_the_claim: "a kept call was claimed",
    date_not_in_the_claim: "claimed before its date",
    log_outside_the_transaction: "a change of what keeps a call is not in the log",
    key_that_stays_is_swallowed: "deleted, and its key is there",
    row_emptied_before_the_key: "deleted, and its (key is|bytes are) there",
    done_noted_before_the_bytes_go: "deleted, and its bytes are there",
    main_cleared_before_the_copy_is_read_back: "NoKey|NoObject",
    row_says_moved_before_it_is: "NoKey|NoObject",
    only_one_store_purged: "each lies in the one store that its row names, and nothing beside",
    ledger_written_after_the_key_is_gone: "its key is gone and the ledger does not know",
    delivered_file_gone_before_the_commit: "came in 0 times",
    draft_ended_after_the_commit: "NoKey|NoObject",
    what_is_known_is_registered_again: "a look at the inbox stumbles",
}
"""What must be said of it: another complaint would mean that the point broke something else."""


@pytest.mark.parametrize("plant", BUGS, ids=lambda plant: plant.__name__)
def test_the_harness_sees_the_bug(house, monkeypatch, plant):
    act = BUGS[plant]
    count = harness.operations(house, act)
    plant(monkeypatch)
    shown_by = SHOWN_BY.get(plant, kill.FAULTS)
    said = first_complaint(house, act, [point for point in harness.points(count) if point[1] in shown_by])
    assert re.search(FIRES[plant], said), said or "no point shows it"


def first_complaint(house, act: str, points) -> str:
    for at, fault in points:
        try:
            harness.tried(house, act, at, fault)
        except SEEN as error:
            return f"{type(error).__name__}: {error}"
    return ""


def test_without_a_bug_the_same_points_show_nothing(house):
    for act in sorted(set(BUGS.values())):
        for at, fault in harness.points(harness.operations(house, act))[:STEP]:
            harness.tried(house, act, at, fault)
    assert not db.db.is_closed()
    assert Recording.select().where(Recording.state == State.LIVE).exists()
