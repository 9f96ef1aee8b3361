"""What the register, the stores and the telephone system say of each other, each fault made for real."""

import datetime as dt
import json
import os
import uuid

import pytest
from click.testing import CliRunner

from portal import clock
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.cli import root
from portal.ingest import drafts, freepbx
from portal.ingest.models import Arriving, CallDetail
from portal.ingest.registration import source_key
from portal.recordings.models import Playable, Recording
from portal.retention import actions, owners, reconcile
from portal.retention.watching import Fault, Finding
from portal.vault import keystore, objects
from tests.calls import recording
from tests.retention import made

NOW = made.DUE + dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def at_the_date(settings):
    with clock.frozen(NOW):
        yield


def age(settings, hours: float = 3) -> None:
    """Every file is as old as if nobody had written for that long."""
    moment = (NOW - dt.timedelta(hours=hours)).timestamp()
    for store in (settings.keystore, settings.objects, settings.threat_keystore, settings.threat_objects):
        for path in store.rglob("*"):
            os.utime(path, (moment, moment), follow_symlinks=False)


@pytest.fixture
def call(people):
    return recording(people.daycare, started_at=NOW - dt.timedelta(days=2))


def found() -> dict[str, int]:
    return reconcile.reconcile().open


def test_a_register_that_agrees_says_so_and_is_logged(people, settings, call):
    made.quarantined(expires_at=NOW + dt.timedelta(days=9))
    age(settings)
    done = reconcile.reconcile()
    assert (done.open, done.repaired, done.subjects) == ({}, {}, 2)
    assert json.loads(Entry.get(Entry.act == Act.RECONCILED).detail) == {"count": 2, "found": 0, "repaired": 0}


def test_a_live_call_without_its_key_or_sound_is_listed(settings, call):
    age(settings)
    keystore.path_of(call.uuid).unlink()
    age(settings)
    assert found() == {Fault.KEY_MISSING: 1}
    objects.path_of(call.uuid, "original").unlink()
    age(settings)
    assert found() == {Fault.KEY_MISSING: 1, Fault.SOUND_MISSING: 1}
    assert {(row.kind, row.subject) for row in reconcile.waiting()} == {
        (Fault.KEY_MISSING, call.uuid),
        (Fault.SOUND_MISSING, call.uuid),
    }


def test_sound_of_another_size_is_listed(settings, call):
    with objects.path_of(call.uuid, "original").open("ab") as file:
        file.write(b"x")
    age(settings)
    assert found() == {Fault.SOUND_CHANGED: 1}


def test_peaks_that_are_gone_are_made_again(settings, call):
    objects.path_of(call.uuid, "peaks").unlink()
    age(settings)
    done = reconcile.reconcile()
    assert (done.open, done.repaired) == ({}, {Fault.DERIVED_MISSING: 1})
    assert Recording.get_by_id(call.id).playable == Playable.PENDING
    assert Entry.select().where(Entry.act == Act.REPAIRED, Entry.subject == call.uuid).count() == 1


@pytest.mark.parametrize("store", keystore.STORES)
def test_what_was_purged_and_stands_in_a_store_is_destroyed(people, settings, store):
    row = made.marked(people.daycare, people.adviser)
    actions.purge_due()
    objects.seal(row.uuid, "original", [b"came back"], store=store)
    age(settings)
    done = reconcile.reconcile()
    assert (done.open, done.repaired) == ({}, {Fault.PURGED_KEPT: 1})
    assert not keystore.exists(row.uuid, store=store)
    assert not objects.anything(row.uuid, store=store)
    assert Finding.get().repaired_at == NOW


def test_sound_that_nobody_owns_is_listed_and_left(settings):
    subject = uuid.uuid4()
    objects.seal(subject, "original", [b"whose?"])
    age(settings)
    assert found() == {Fault.NO_OWNER: 1}
    assert keystore.exists(subject)
    assert objects.exists(subject, "original")


def test_a_key_that_belongs_to_nothing_is_destroyed(settings):
    subject = uuid.uuid4()
    keystore.create(subject)
    age(settings)
    assert reconcile.reconcile().repaired == {Fault.KEY_ALONE: 1}
    assert not keystore.exists(subject)


def test_many_keys_that_belong_to_nothing_are_a_matter_for_a_person(settings, monkeypatch):
    """A restore that has brought the keystore only, or a disk that is not mounted."""
    monkeypatch.setattr(reconcile, "MOST_REPAIRED", 2)
    subjects = [uuid.uuid4() for _ in range(3)]
    for subject in subjects:
        keystore.create(subject)
    age(settings)
    done = reconcile.reconcile()
    assert (done.repaired, done.open) == ({}, {Fault.KEY_ALONE: 3})
    assert all(keystore.exists(subject) for subject in subjects)


@pytest.mark.parametrize("writing", ["fresh", "draft"])
def test_what_a_live_writer_is_writing_is_not_touched(settings, writing):
    subject = uuid.uuid4()
    if writing == "draft":
        drafts.disown(subject)
    keystore.create(subject)
    age(settings, hours=3 if writing == "draft" else 0.5)
    done = reconcile.reconcile()
    assert (done.repaired, done.open) == ({}, {})
    assert keystore.exists(subject)


def test_a_row_that_comes_while_the_files_are_looked_at_is_no_fault(people, settings, monkeypatch):
    """Purged between the two looks: files gone, row not yet known to be."""
    row = made.marked(people.daycare, people.adviser)
    age(settings)
    listing = reconcile._files

    def purging(prefix):
        if prefix == row.uuid.hex[:2]:
            actions.purge_due()
        return listing(prefix)

    monkeypatch.setattr(reconcile, "_files", purging)
    assert found() == {}


def test_half_a_file_whose_writer_died_is_removed_and_a_fresh_one_is_not(settings, call):
    scratch = objects.path_of(call.uuid, ".playable.part")
    scratch.write_bytes(b"half")
    age(settings, hours=0.5)
    assert reconcile.reconcile().repaired == {}
    age(settings)
    assert reconcile.reconcile().repaired == {Fault.STALE: 1}
    assert not scratch.exists()
    assert objects.exists(call.uuid, "original")


def test_a_strangers_file_is_listed(settings, call):
    (keystore.path_of(call.uuid).parent / "copy.txt").write_text("x")
    age(settings)
    assert found() == {Fault.STRANGER: 1}


def test_what_stands_in_the_other_store_is_listed(settings, call):
    keystore.copy(call.uuid, source=keystore.MAIN, target=keystore.THREAT)
    objects.copy_all(call.uuid, source=keystore.MAIN, target=keystore.THREAT)
    age(settings)
    assert found() == {Fault.LEFT_BEHIND: 1}
    keystore.destroy(call.uuid)
    objects.remove_all(call.uuid)
    assert found() == {Fault.WRONG_STORE: 1}


def test_a_fault_that_is_gone_leaves_the_list(settings, call):
    path = objects.path_of(call.uuid, "original")
    path.rename(path.with_name("away"))
    age(settings)
    found()
    found()
    assert Finding.select().count() == 1
    path.with_name("away").rename(path)
    age(settings)
    assert found() == {}
    assert reconcile.waiting() == []
    assert Finding.get().gone_at == NOW


def detail(name: str, **values) -> CallDetail:
    called_at = values.pop("called_at", NOW - dt.timedelta(days=1))
    row = {"unique_id": name, "recording_file": name, "disposition": "ANSWERED", "billsec_s": 60, "duration_s": 70}
    return CallDetail.create(
        **{**row, **values}, called_at=called_at, row_key=uuid.uuid4().hex, expires_at=clock.expiry(called_at)
    )


def test_calls_that_should_have_a_recording_are_counted_per_day(settings, call):
    Recording.update(source_key=source_key(freepbx.SOURCE, "one")).execute()
    for name in ("one", "two", "three", "four"):
        detail(name)
        detail(name, dst_channel="a second leg")
    detail("unanswered", disposition="NO ANSWER")
    detail("fresh", called_at=NOW - dt.timedelta(hours=1))
    detail("", recording_file=None)
    made.quarantined(name="2026/06/09/three.wav", expires_at=NOW + dt.timedelta(days=9))
    Arriving.create(path="2026/06/09/four.wav", size=1, mtime_ns=1)
    age(settings)
    done = reconcile.reconcile()
    (day,) = done.days
    assert (day.day, day.calls, day.found, day.waiting, day.missing) == (dt.date(2026, 6, 9), 4, 1, 2, 1)
    assert done.open == {Fault.CALL_MISSING: 1}
    assert [(row.day, row.count) for row in reconcile.waiting()] == [(day.day, 1)]


def test_the_command_tells_and_fails_while_something_waits(settings, call):
    age(settings)
    result = CliRunner().invoke(root, ["reconcile"])
    assert (result.exit_code, result.output.splitlines()[0]) == (0, "compared: 1")
    keystore.path_of(call.uuid).unlink()
    age(settings)
    result = CliRunner().invoke(root, ["reconcile", "--json"])
    told = json.loads(result.output)
    assert (result.exit_code, told["open"]) == (1, {"key_missing": 1})
    assert told["waiting"][0]["subject"] == str(call.uuid)


def test_once_a_night(settings, call):
    age(settings)
    night = clock.from_local(dt.datetime(2026, 6, 11, 2, 0))
    for moment, runs in (
        (night - dt.timedelta(minutes=1), True),
        (night - dt.timedelta(seconds=1), False),
        (night + dt.timedelta(minutes=1), True),
        (night + dt.timedelta(hours=23), False),
        (night + dt.timedelta(days=3), True),
    ):
        with clock.frozen(moment):
            assert (reconcile.nightly() is not None) is runs, moment


def test_every_owner_is_known_in_one_place(settings, call):
    held = made.quarantined(expires_at=NOW + dt.timedelta(days=9))
    assert owners.of(call.uuid).size == call.original_size
    assert owners.of(held.uuid).standing == owners.Standing.KEPT
    assert owners.of(uuid.uuid4()) is None
