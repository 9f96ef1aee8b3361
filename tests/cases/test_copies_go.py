"""A copy of the sound goes after its days, with its case and its calls; reconciliation, proof, backup know it."""

import datetime as dt
import errno

import pytest

from portal import clock
from portal.cases import copies, copy_making, leaving
from portal.cases.codes import Concerns, CopyState, Delivery
from portal.cases.models import CaseCall, Line
from portal.recordings.models import Recording
from portal.retention import backup, deletion, freezes, owners, proof, reconcile, replay, watch
from portal.retention.owners import Standing
from portal.vault import keystore, objects
from tests.cases import copied
from tests.cases.copied import fresh, made, taken


@pytest.fixture(autouse=True)
def _day(monkeypatch):
    monkeypatch.setattr(watch, "doubts_clock", lambda: False)  # a test's months pass in no time
    with clock.frozen(copied.TODAY):
        yield


@pytest.fixture
def ordered(people):
    """A case, its calls, and its copy, ordered with the approval."""
    case, calls = copied.with_calls(people)
    return case, calls, copies.order(case, by=people.decider)


def test_a_copy_goes_after_its_days(people, ordered):
    case, _, copy = ordered
    copy = made(copy)
    assert copies.expire_due() == 0
    with clock.frozen(copied.TODAY + dt.timedelta(days=29)):
        assert copies.expire_due() == 0
    with clock.frozen(copied.TODAY + dt.timedelta(days=30)):
        assert copies.expire_due() == 1
        assert copies.expire_due() == 0
    assert not keystore.exists(copy.uuid)
    assert not objects.anything(copy.uuid)
    row = fresh(copy)
    assert (row.state, row.password_sealed) == (CopyState.GONE, None)
    assert owners.of(copy.uuid).standing == Standing.GONE
    assert copied.acts()[-1] == "copy_deleted"
    assert copied.steps(case) == ["copy_made", "copy_deleted"]
    with pytest.raises(copies.NotMade):
        copies.take(row, by=people.clerk)
    assert made(copies.order_again(case, delivery=case.delivery, by=people.clerk)), "while the calls are frozen"


def test_a_disk_that_refuses_is_tried_again(people, ordered, monkeypatch):
    copy = made(ordered[2])
    copies.end(ordered[0])

    def refuses(subject):
        raise OSError(errno.EIO, "refused")

    with monkeypatch.context() as m:
        m.setattr(copies.deletion, "destroy_ownerless", refuses)
        with pytest.raises(OSError, match="refused"):
            copies.expire_due()
    assert fresh(copy).state == CopyState.GOING
    assert fresh(copy).password_sealed is None
    assert copies.expire_due() == 1


def test_a_copy_that_the_disk_refuses_keeps_none_of_the_others(people, ordered, monkeypatch):
    case, _, first = ordered
    made(first)
    second = made(copies.order_again(case, delivery=case.delivery, by=people.clerk))
    copies.end(case)
    real = copies.deletion.destroy_ownerless

    def refuses(subject):
        if subject == first.uuid:
            raise OSError(errno.EIO, "refused")
        real(subject)

    with monkeypatch.context() as m:
        m.setattr(copies.deletion, "destroy_ownerless", refuses)
        with pytest.raises(OSError, match="refused"):
            copies.expire_due()
    assert (fresh(first).state, fresh(second).state) == (CopyState.GOING, CopyState.GONE)
    assert copies.expire_due() == 1


def test_nothing_goes_by_a_clock_that_is_doubted(people, ordered, monkeypatch):
    made(ordered[2])
    monkeypatch.setattr(copies.watch, "doubts_clock", lambda: True)
    with clock.frozen(copied.TODAY + dt.timedelta(days=300)):
        assert copies.expire_due() == 0


def deleted(row) -> Recording:
    """By its date, once nothing keeps it."""
    with clock.frozen(row.expires_at + dt.timedelta(days=1)):
        assert deletion.finish(deletion.claim(row)) == ""
    return Recording.get_by_id(row.id)


def test_with_a_call_go_the_copies_that_hold_it_and_the_words_of_its_transcript(people, ordered):
    case, calls, copy = ordered
    copy = made(copy)
    for call in calls[:2]:
        Line.create(call=call, at_ms=0, speaker="caller", text="zqordet")
    freezes.lift(case, by=None, recordings=[calls[0].recording])
    deleted(calls[0].recording)
    assert fresh(copy).state == CopyState.GONE
    assert not keystore.exists(copy.uuid)
    assert not objects.anything(copy.uuid)
    assert [line.text for line in Line.select().order_by(Line.id)] == ["", "zqordet"]
    assert copied.acts()[-1] == "copy_deleted"
    names = copies.file_names(case)
    assert list(names.values()) == ["samtal-2-2026-09-15-1012.wav"], "the name is that of the letter"
    again = made(copies.order_again(case, delivery=Delivery.DESK, by=people.clerk))
    assert list(copied.opened(taken(again, people.clerk))) == ["innehall.txt", *names.values()]


@pytest.mark.parametrize("which", [2, 3])
def test_a_call_that_is_not_given_takes_no_copy_with_it(people, ordered, which):
    case, calls, copy = ordered
    copy = made(copy)
    freezes.lift(case, by=None, recordings=[calls[which].recording])
    deleted(calls[which].recording)
    assert fresh(copy).state == CopyState.READY
    assert taken(copy, people.clerk)


def test_a_deletion_that_is_cut_off_at_the_copies_ends_when_it_is_repeated(people, ordered, monkeypatch):
    case, calls, copy = ordered
    copy, row = made(copy), calls[0].recording
    freezes.lift(case, by=None, recordings=[row])
    with clock.frozen(row.expires_at + dt.timedelta(days=1)):
        line = deletion.claim(row)
        for broken in ("destroy_ownerless", "leaving.gone"):
            with monkeypatch.context() as m:
                holder, name = (leaving, "gone") if "." in broken else (deletion, broken)
                m.setattr(holder, name, lambda *a: (_ for _ in ()).throw(OSError(errno.EIO, "cut")))
                assert deletion.finish(line) == "EIO"
            assert fresh(copy).state == CopyState.GOING
        assert deletion.finish(line) == ""
    assert fresh(copy).state == CopyState.GONE
    assert Recording.get_by_id(row.id).state == "purged"


def test_a_worker_that_is_making_it_while_a_call_is_deleted_leaves_nothing(people, ordered, monkeypatch):
    case, calls, copy = ordered
    freezes.lift(case, by=None, recordings=[calls[0].recording])
    real = copy_making._is_ready

    def late(*args):
        deleted(calls[0].recording)
        return real(*args)

    monkeypatch.setattr(copy_making, "_is_ready", late)
    assert copies.make_due().overtaken == 1
    assert not objects.anything(copy.uuid)
    assert fresh(copy).state == CopyState.GONE


def test_reconciliation_proof_and_backup_know_the_copy(people, ordered, tmp_path):
    case, calls, copy = ordered
    assert owners.of(copy.uuid).standing == Standing.MOVING
    copy = made(copy)
    later = clock.now() + dt.timedelta(days=400)
    with clock.frozen(later):
        assert reconcile.reconcile().open == {}
        sealed = objects.path_of(copy.uuid, copy_making.PART).read_bytes()
        objects.path_of(copy.uuid, copy_making.PART).write_bytes(sealed[:-1])
    with clock.frozen(later + dt.timedelta(days=400)):
        assert reconcile.reconcile().open == {"document_missing": 1}
    objects.path_of(copy.uuid, copy_making.PART).write_bytes(sealed)
    backed = backup.make(tmp_path / "backup")
    assert (backed.papers, backed.missing) == (1, [])
    here = tmp_path / "backup" / "calls" / backed.name / "main" / copy.uuid.hex[:2] / copy.uuid.hex / "copy"
    assert here.read_bytes() == sealed
    found = proof.prove(calls[0].recording.uuid, markers=[])
    assert {"key of a copy", "objects of a copy", "wrapped key of a copy"} <= {one.what for one in found.found}
    freezes.lift(case, by=None)
    for call in calls:
        deleted(call.recording)
    (tmp_path / "backup").rename(tmp_path / "elsewhere")
    for subject in (copy.uuid, calls[0].recording.uuid):
        assert proof.prove(subject, markers=[]).clean
    outcome = replay.Outcome()
    replay._look_through(outcome)
    assert outcome.missing == 0


def test_a_copy_lost_with_the_disk_counts_as_missing_after_a_restore(people, ordered):
    copy = made(ordered[2])
    objects.remove_all(copy.uuid)
    outcome = replay.Outcome()
    replay._look_through(outcome)
    assert outcome.missing == 1


def test_ready_says_whether_the_answer_may_leave(people, ordered):
    case, _, copy = ordered
    assert not copies.ready(case)
    made(copy)
    assert copies.ready(case)
    copies.end(case)
    assert not copies.ready(case)
    CaseCall.update(concerns=Concerns.NO).execute()
    assert copies.ready(case)
