"""A disk that refuses: noted, shown, tried again, never called done, never in the way of the rest."""

import datetime as dt
import errno
import json
import os
import re

import pytest

from portal import clock
from portal.audit import chain
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.errors import Conflict
from portal.ingest.models import Arriving, Quarantined, QuarantineState
from portal.recordings.models import Note, Recording, State
from portal.retention import actions, emptying, health, words
from portal.retention.models import PurgeLine, Result, Rule
from portal.retention.sweeps import last
from portal.vault import keystore, objects
from tests.calls import recording
from tests.house.source import modules
from tests.retention import made

LATER = dt.timedelta(minutes=5)


def refuse(monkeypatch, where, code):
    """`os.unlink` of paths that hold `where` fails with `code`, as a broken disk or a lost right would."""
    unlink = os.unlink

    def refusing(path, *args, **kwargs):
        if where in os.fspath(path):
            raise OSError(code, os.strerror(code))
        return unlink(path, *args, **kwargs)

    monkeypatch.setattr(os, "unlink", refusing)


@pytest.mark.parametrize("code", [errno.EPERM, errno.EIO])
@pytest.mark.parametrize("part", ["{0}.key", "{0}/original"])
def test_a_refused_unlink_is_noted_and_tried_again_while_the_rest_goes_on(people, monkeypatch, code, part):
    stuck = made.marked(people.daycare, people.adviser)
    others = [recording(people.daycare, started_at=made.CALLED + dt.timedelta(seconds=n)) for n in (-1, 1)]
    with clock.frozen(made.DUE + LATER), monkeypatch.context() as patched:
        refuse(patched, part.format(stuck.uuid.hex), code)
        summary = actions.purge_due()
        assert (summary.claimed, summary.purged, summary.failed) == (3, 2, 1)
        assert summary.failures == {errno.errorcode[code]: 1}
        assert actions.purge_due().failed == 1
    assert {Recording.get_by_id(r.id).state for r in others} == {State.PURGED}
    line = PurgeLine.get(PurgeLine.subject == stuck.uuid)
    assert (line.result, line.failure, line.attempts) == (Result.FAILED, errno.errorcode[code], 2)
    assert line.purged_at is None
    assert Recording.get_by_id(stuck.id).state == State.PURGING
    assert Recording.visible_to(people.adviser).count() == 0
    failed = Entry.select().where(Entry.act == Act.PURGE_FAILED)
    assert [json.loads(e.detail)["failure"] for e in failed] == [errno.errorcode[code]]
    assert last("purge").fault == errno.errorcode[code]
    assert health.report().failed == 1
    with clock.frozen(made.DUE + 2 * LATER):
        summary = actions.purge_due()
        assert (summary.resumed, summary.purged, summary.failed) == (1, 1, 0)
    line = PurgeLine.get(PurgeLine.subject == stuck.uuid)
    assert (line.result, line.failure, line.attempts) == (Result.PURGED, errno.errorcode[code], 3)
    assert not keystore.exists(stuck.uuid)
    assert stuck.uuid not in list(objects.subjects())
    assert last("purge").fault == ""
    assert chain.verify().whole


def test_a_key_that_went_first_stays_noted_at_its_time(people, monkeypatch):
    row = made.marked(people.daycare, people.adviser)
    with clock.frozen(made.DUE), monkeypatch.context() as patched:
        refuse(patched, "/original", errno.EIO)
        actions.purge_due()
    assert not keystore.exists(row.uuid)
    with clock.frozen(made.DUE + LATER):
        actions.purge_due()
    line = PurgeLine.get()
    assert (line.key_destroyed_at, line.purged_at) == (made.DUE, made.DUE + LATER)


def test_what_came_back_and_cannot_be_destroyed_is_a_failure_and_holds_up_nothing(people, monkeypatch):
    row = made.marked(people.daycare, people.adviser)
    with clock.frozen(made.DUE):
        actions.purge_due()
        objects.seal(row.uuid, "playable", [b"late"])
    recording(people.daycare, started_at=made.CALLED + dt.timedelta(minutes=1))
    with clock.frozen(made.DUE + LATER):
        with monkeypatch.context() as patched:
            refuse(patched, "/playable", errno.EIO)
            summary = actions.purge_due()
        assert (summary.purged, summary.failures, summary.log_emptied) == (1, {"EIO": 1}, True)
        assert last("words").good_at == clock.now()
        assert actions.purge_due().returned == 1


def test_another_kind_of_failure_is_logged_anew(people, monkeypatch):
    made.marked(people.daycare, people.adviser)
    with clock.frozen(made.DUE):
        for code in (errno.EIO, errno.EIO, errno.EPERM):
            with monkeypatch.context() as patched:
                refuse(patched, "/original", code)
                actions.purge_due()
    kinds = [json.loads(e.detail)["failure"] for e in Entry.select().where(Entry.act == Act.PURGE_FAILED)]
    assert kinds == ["EIO", "EPERM"]


def test_a_row_that_cannot_be_emptied_keeps_its_notes_and_is_tried_again(people, monkeypatch):
    """The emptying is one commit: no half-emptied row."""
    row = made.marked(people.daycare, people.adviser)
    with clock.frozen(made.DUE), monkeypatch.context() as patched:
        patched.setattr(emptying.index, "remove", lambda key: (_ for _ in ()).throw(ZeroDivisionError))
        assert actions.purge_due().failures == {"ZeroDivisionError": 1}
    kept = Recording.get_by_id(row.id)
    assert (kept.state, kept.number, Note.select().count()) == (State.PURGING, made.NUMBER, 1)
    with clock.frozen(made.DUE + LATER):
        assert actions.purge_due().purged == 1


def test_discarding_deletes_at_once_with_line_and_log(people, settings):
    row = made.quarantined(expires_at=made.DUE)
    with clock.frozen(made.CALLED):
        assert actions.discard_quarantined(row, by=people.admin)
    gone = Quarantined.get_by_id(row.id)
    assert (gone.state, gone.name, gone.ended_at) == (QuarantineState.DISCARDED, None, made.CALLED)
    line = PurgeLine.get()
    assert (line.kind, line.rule, line.result) == ("quarantined", Rule.DISCARD, Result.PURGED)
    entries = list(Entry.select().where(Entry.subject == row.uuid).order_by(Entry.id))
    assert [(e.act, e.by) for e in entries] == [(Act.DISCARDED, people.admin.uuid), (Act.PURGED, None)]
    assert not keystore.exists(row.uuid)
    actions.purge_due()
    assert made.holding(settings.data, made.NUMBER[1:].encode()) == [], "the next sweep empties the database's log"


def test_discarding_twice_is_a_conflict(people):
    row = made.quarantined()
    with clock.frozen(made.CALLED):
        actions.discard_quarantined(row, by=people.admin)
        with pytest.raises(Conflict):
            actions.discard_quarantined(row, by=people.admin)
    assert PurgeLine.select().count() == 1
    assert Entry.select().where(Entry.act == Act.DISCARDED).count() == 1


def test_a_discard_that_the_disk_refuses_is_finished_by_the_sweep(people, monkeypatch):
    row = made.quarantined(sealed=False, name="stor.wav")
    with clock.frozen(made.CALLED):
        with monkeypatch.context() as patched:
            refuse(patched, "stor.wav", errno.EACCES)
            assert not actions.discard_quarantined(row, by=people.admin)
        assert Quarantined.get_by_id(row.id).state == QuarantineState.PURGING
        assert actions.purge_due().purged == 1
    assert Quarantined.get_by_id(row.id).state == QuarantineState.DISCARDED


@pytest.mark.parametrize("name", ["../portal.db", "/etc/hostname", "a/../../portal.db", "", "a//b", ".", "a/."])
def test_a_name_that_leads_out_of_the_inbox_deletes_nothing(people, settings, name):
    row = made.quarantined(sealed=False, name="x.wav")
    Quarantined.update(name=name or "/").where(Quarantined.id == row.id).execute()
    with clock.frozen(made.DUE):
        assert actions.purge_due().failures == {"OutsideInbox": 1}
    assert settings.database.exists()


def test_symlinks_are_removed_and_never_followed(people, settings, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept.wav").write_bytes(b"kept")
    made.quarantined(sealed=False, name="link.wav")
    (settings.inbox / "link.wav").unlink()
    (settings.inbox / "link.wav").symlink_to(outside / "kept.wav")
    made.quarantined(sealed=False, name="folder/kept.wav")
    (settings.inbox / "folder" / "kept.wav").unlink()
    (settings.inbox / "folder").rmdir()
    (settings.inbox / "folder").symlink_to(outside)
    with clock.frozen(made.DUE):
        summary = actions.purge_due()
    assert summary.purged == 1
    assert set(summary.failures) <= {"ELOOP", "ENOTDIR"}
    assert (outside / "kept.wav").read_bytes() == b"kept"
    assert not (settings.inbox / "link.wav").is_symlink()


def test_a_file_whose_name_is_no_text_is_found_and_unlinked(people, settings):
    row = made.quarantined(sealed=False, name="x.wav")
    odd = os.fsencode(settings.inbox) + b"/x-\xff\xe5.wav"
    os.rename(settings.inbox / "x.wav", odd)
    Quarantined.update(name="x-\\xff\\xe5.wav").where(Quarantined.id == row.id).execute()
    Arriving.create(path="x-\\xff\\xe5.wav", size=1, mtime_ns=1, since=made.DUE)
    with clock.frozen(made.DUE):
        assert actions.purge_due().purged == 1
    assert os.listdir(os.fsencode(settings.inbox)) == []
    assert Arriving.select().count() == 0


def test_a_file_that_someone_else_took_away_is_gone_too(people, settings):
    made.quarantined(sealed=False, name="deep/x.wav")
    (settings.inbox / "deep" / "x.wav").unlink()
    made.quarantined(sealed=False, name="gone/x.wav")
    (settings.inbox / "gone" / "x.wav").unlink()
    (settings.inbox / "gone").rmdir()
    with clock.frozen(made.DUE):
        assert actions.purge_due().purged == 2


def test_an_inbox_that_is_not_there_is_a_failure(people, settings):
    made.quarantined(sealed=False, name="x.wav")
    settings.inbox.rename(settings.data / "elsewhere")
    with clock.frozen(made.DUE):
        assert actions.purge_due().failures == {"ENOENT": 1}
    (settings.data / "elsewhere").rename(settings.inbox)
    with clock.frozen(made.DUE + LATER):
        assert actions.purge_due().purged == 1
    assert not (settings.inbox / "x.wav").exists()


def test_a_log_still_in_use_is_a_fault_of_the_sweep(people, settings, monkeypatch):
    made.marked(people.daycare, people.adviser)
    with clock.frozen(made.DUE):
        with monkeypatch.context() as patched:
            patched.setattr(actions.database, "checkpoint", lambda: False)
            assert not actions.purge_due().log_emptied
        assert last("purge").fault == "LogInUse"
        actions.purge_due()
    assert last("purge").fault == ""


def test_every_round_that_can_fail_is_named_in_words():
    named = {
        name for path in modules().values() for name in re.findall(r'sweeps\.running\("(\w+)"\)', path.read_text())
    }
    assert {"purge", "patterns"} <= named <= set(words.SWEEPS)
