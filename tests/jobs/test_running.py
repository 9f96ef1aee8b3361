"""Long work says how far it has come, and how it ended; what a kill breaks off is taken up by the same row."""

import datetime as dt
import os
import signal

import pytest

from portal import clock, lock
from portal.db import db
from portal.jobs import actions, running
from portal.jobs.models import GOES_ON, Job, Kind, Outcome
from tests.jobs.made import ended, under_way


@pytest.fixture
def at_once(monkeypatch, settings):
    """Every telling is noted."""
    monkeypatch.setattr(running, "TOLD_SECONDS", 0)


def job() -> Job:
    [row] = Job.select()
    return row


def test_it_notes_how_far_it_has_come_and_its_end(at_once):
    with running.running(Kind.BACKUP, soon=True) as run:
        assert (job().done, job().whole, job().ended_at, job().stands) == (0, None, None, True)
        assert run.tell(3, 10)
        assert (job().done, job().whole) == (3, 10)
        run.tell(10, 10)
    row = job()
    assert (row.outcome, row.done, row.whole, row.fault, row.stands) == (Outcome.GOOD, 10, 10, "", None)
    assert row.begun_at <= row.ended_at
    assert row.seen_at is not None, "nobody waits to be told"


def test_what_is_over_at_once_leaves_no_row(settings):
    with running.running(Kind.INBOX) as run:
        assert not run.tell(1, 1)
    assert Job.select().count() == 0


def test_it_is_told_now_and_then_and_not_each_time(settings, monkeypatch):
    now, noted, seen = [100.0], [], []
    monkeypatch.setattr(running, "monotonic", lambda: now[0])
    monkeypatch.setattr(running.Run, "_note", lambda run: noted.append(now[0]))
    with running.running(Kind.IMPORT, watch=lambda progress: seen.append(progress.done)) as run:
        for n in range(1, 101):
            now[0] += 0.1
            run.tell(n, 100)
    assert 4 <= len(noted) <= 5, "every other second of ten"
    assert 15 <= len(seen) <= 21, "twice a second, and at the end"
    assert seen[-1] == 100


def test_it_never_goes_back(at_once):
    with running.running(Kind.PURGE, soon=True) as run:
        run.tell(7, 10)
        run.tell(4, 10)
        assert job().done == 7


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ({"fault": "EIO"}, Outcome.FAILED),
        ({"amiss": 3}, Outcome.AMISS),
        ({"waits": True}, Outcome.STOPPED),
        ({"waits": True, "fault": "EIO"}, Outcome.FAILED),
        ({}, Outcome.GOOD),
    ],
)
def test_it_ends_as_it_went(at_once, said, outcome):
    with running.running(Kind.PURGE, soon=True) as run:
        vars(run).update(said)
    assert (job().outcome, job().fault, job().amiss) == (outcome, said.get("fault", ""), said.get("amiss", 0))


def test_an_error_ends_it_with_its_kind_and_never_its_text(at_once):
    with pytest.raises(OSError, match="hemligt"), running.running(Kind.BACKUP, soon=True):
        raise OSError(28, "hemligt")
    assert (job().outcome, job().fault) == (Outcome.FAILED, "ENOSPC")


@pytest.mark.parametrize("kind", sorted(Kind))
def test_who_is_told_to_stop_leaves_what_goes_on_and_ends_what_does_not(at_once, kind):
    with pytest.raises(KeyboardInterrupt), running.running(kind, soon=True):
        raise KeyboardInterrupt
    goes_on = kind in GOES_ON - {Kind.LOG, Kind.SOUND}
    assert (job().ended_at is None, job().outcome) == (goes_on, "" if goes_on else Outcome.BROKEN_OFF)


def killed(work) -> None:
    """`work` in a process that is killed in the middle of it."""
    db.close()
    child = os.fork()
    if child == 0:
        try:
            db.connect()
            work()
        finally:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL
    db.connect()


def test_what_a_kill_broke_off_is_taken_up_where_it_was(at_once):
    def work():
        with running.running(Kind.INBOX) as run:
            run.tell(40, 100, place=7)
            os.kill(os.getpid(), signal.SIGKILL)

    killed(work)
    begun = job().begun_at
    with running.running(Kind.INBOX) as run:
        assert (run.before, run.place) == (40, 7)
        assert (job().breaks, job().begun_at, job().done) == (1, begun, 40)
        run.tell(run.before + 60, 100)
    assert (job().outcome, job().done) == (Outcome.GOOD, 100)


def test_a_check_that_counts_for_nothing_when_it_is_broken_off_begins_anew(at_once):
    under_way(Kind.ROTATION, done=90)
    with running.running(Kind.ROTATION, anew=True) as run:
        assert (run.before, job().done, job().breaks) == (0, 0, 1)
        run.tell(1, 100)
        assert job().done == 1


def test_a_backup_that_was_broken_off_is_not_the_next_one(at_once):
    first = under_way(Kind.BACKUP, done=90)
    with running.running(Kind.BACKUP, soon=True) as run:
        assert run.before == 0
    states = {row.id: row.outcome for row in Job.select()}
    assert states.pop(first.id) == Outcome.BROKEN_OFF
    assert list(states.values()) == [Outcome.GOOD]


def test_a_second_process_at_the_same_work_notes_nothing(at_once):
    with lock.alone("job-purge") as mine:
        assert mine
        under_way(Kind.PURGE, done=10)
        with running.running(Kind.PURGE, soon=True) as run:
            assert not run.mine
            assert not run.tell(90, 100)
    assert (job().done, job().ended_at, job().breaks) == (10, None, 0)


def test_what_somebody_waits_for_is_not_taken_over_by_a_check_by_hand(at_once, people):
    actions.order(Kind.LOG, by=people.dpo)
    with running.running(Kind.LOG, soon=True) as run:
        assert not run.mine
        run.tell(5, 5)
    assert (job().owner, job().told_at, job().ended_at) == (people.dpo, None, None)


def test_a_check_by_hand_that_was_broken_off_gives_way_to_what_somebody_asked_for(at_once, people):
    row = under_way(Kind.LOG, done=10)
    row.told_at -= actions.SILENT * 2
    row.save()
    actions.order(Kind.LOG, by=people.dpo)
    with running.running(Kind.LOG, by=people.dpo, soon=True) as run:
        assert run.mine
    assert [(row.owner, row.outcome) for row in Job.select().order_by(Job.id)] == [
        (None, Outcome.BROKEN_OFF),
        (people.dpo, Outcome.GOOD),
    ]


def test_of_what_the_worker_does_all_day_long_the_last_is_kept(at_once, people):
    ended(Kind.PURGE, Outcome.GOOD, owner=people.manager)
    for _ in range(3):
        for kind in (Kind.PURGE, Kind.INBOX):
            with running.running(kind) as run:
                run.tell(1, 1)
    assert sorted((row.kind, row.owner is None) for row in Job.select()) == [
        ("inbox", True),
        ("purge", False),
        ("purge", True),
    ]


def test_a_register_that_cannot_be_written_does_not_stop_the_work(at_once, monkeypatch):
    def refused(*_args, **_values):
        raise running.peewee.OperationalError("disk I/O error")

    monkeypatch.setattr(running.Run, "_write", refused)
    with running.running(Kind.BACKUP, soon=True) as run:
        assert not run.tell(1, 2)
    assert Job.select().count() == 0


def test_a_file_that_was_fetched_whole_need_not_be_told_of_and_one_that_was_not_is(at_once, people):
    with running.running(Kind.LOG_FILE, by=people.dpo) as run:
        run.tell(5, 5)
    assert actions.ended(people.dpo) == []

    def rows():
        with running.running(Kind.LOG_FILE, by=people.dpo) as run:
            for n in range(10):
                run.tell(n, 10)
                yield n

    fetched = rows()
    next(fetched)
    fetched.close()  # as the server does when the reader has gone away
    assert actions.ended(people.dpo) == [("log_file", "broken_off", 0)]


def test_silence_is_no_progress(settings):
    row = under_way(done=5)
    assert actions.progress(Kind.INBOX).done == 5
    assert actions.progress(Kind.INDEX) is None
    row.told_at = clock.now() - actions.SILENT - dt.timedelta(seconds=1)
    row.save()
    assert actions.progress(Kind.INBOX) is None
