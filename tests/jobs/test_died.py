"""Work whose process dies: another takes it up, one at a time, and not for ever."""

import datetime as dt
import os

import pytest

from portal import clock
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.db import db
from portal.jobs import actions, ordered, running
from portal.jobs.models import ALONE, Job, Kind, Outcome
from portal.retention import seals
from tests import calls
from tests.audit import tamper
from tests.jobs.made import under_way


def checks() -> int:
    return Entry.select().where(Entry.act == Act.LOG_VERIFIED).count()


def test_two_workers_do_it_once(people, monkeypatch):
    """The second, another process, looks while the first is in the middle of it."""
    for _ in range(3):
        calls.recording(people.daycare)
    actions.order(Kind.SOUND, by=people.admin)
    real, codes = seals._opens, []

    def second(key: int) -> bool:
        if not codes:
            db.close()
            child = os.fork()
            if child == 0:
                code = 1
                try:
                    db.connect()
                    monkeypatch.setattr(seals, "_opens", lambda _: os._exit(9))
                    ordered.run_due()
                    code = 0
                finally:
                    os._exit(code)
            codes.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
            db.connect()
        return real(key)

    monkeypatch.setattr(seals, "_opens", second)
    ordered.run_due()
    assert codes == [0], "it left the work alone, and was not hindered"
    assert Entry.select().where(Entry.act == Act.SOUND_CHECKED).count() == 1
    assert (Job.get().done, Job.get().breaks, Job.get().outcome) == (3, 0, Outcome.GOOD)


@pytest.mark.parametrize(("breaks", "again"), [(running.MOST_BREAKS - 1, True), (running.MOST_BREAKS, False)])
def test_what_ends_the_worker_each_time_is_given_up_and_its_owner_told(people, breaks, again):
    tamper.fill(3)
    row = under_way(Kind.LOG, done=5, owner=people.dpo)
    Job.update(breaks=breaks).where(Job.id == row.id).execute()
    ordered.run_due()
    assert checks() == again
    assert actions.ended(people.dpo) == [("log", "good" if again else "failed", 0)]
    assert (Job.get().fault, Job.get().stands, Job.get().seconds_left) == ("" if again else "Lost", None, None)
    if not again:
        ordered.run_due()
        assert checks() == 0
        actions.order(Kind.LOG, by=people.dpo)
        ordered.run_due()
        assert checks() == 1, "it can be asked for anew"


@pytest.mark.parametrize("kind", [Kind.INBOX, Kind.PURGE, Kind.INDEX])
def test_what_the_worker_does_by_itself_is_never_given_up(people, kind):
    row = under_way(kind, done=5)
    Job.update(breaks=running.MOST_BREAKS * 9).where(Job.id == row.id).execute()
    with running.running(kind) as run:
        assert run.mine
    assert Job.get().outcome == Outcome.GOOD


def test_a_check_of_the_log_that_died_counts_from_its_start(people):
    tamper.fill(3)
    under_way(Kind.LOG, done=3000, owner=people.dpo)
    ordered.run_due()
    assert (Job.get().done, Job.get().whole, Job.get().breaks, Job.get().outcome) == (3, 3, 1, Outcome.GOOD)


def test_no_more_is_done_than_there_is(people, monkeypatch):
    monkeypatch.setattr(running, "TOLD_SECONDS", 0)
    with running.running(Kind.INDEX, soon=True) as run:
        run.tell(12, 10)
        assert (Job.get().done, Job.get().whole) == (12, 12)
        run.tell(13, None)
        assert (Job.get().done, Job.get().whole) == (13, None)
        run.tell(12, 10)
        assert (Job.get().done, Job.get().whole) == (13, 13)


@pytest.mark.parametrize("kind", sorted(Kind))
@pytest.mark.parametrize("owned", [False, True])
def test_it_says_that_it_goes_on_by_itself_only_if_it_does(people, kind, owned):
    """By the same rule as what is ended after an hour of silence."""
    row = under_way(kind, done=5, owner=people.dpo if owned else None)
    row.told_at = clock.now() - actions.BROKEN_OFF - dt.timedelta(seconds=1)
    row.save()
    [shown] = actions.listed()
    assert shown.state == "silent"
    actions.forget_due()
    assert shown.goes_on == (Job.get().ended_at is None)


@pytest.mark.parametrize("kind", sorted(ALONE))
def test_only_work_under_way_has_time_left(people, kind):
    row = under_way(kind, done=5)
    assert actions.listed()[0].progress.seconds_left > 0
    row.told_at -= actions.SILENT * 2
    row.save()
    assert actions.listed()[0].progress.seconds_left is None, "silent"
    actions.drop(row)
    assert (actions.listed()[0].state, actions.listed()[0].progress.seconds_left) == ("broken_off", None)


def test_in_a_register_that_was_put_back_nothing_is_under_way_and_who_waits_still_does(people):
    for kind in (Kind.BACKUP, Kind.INBOX, Kind.INDEX, Kind.ROTATION, Kind.LOG):
        under_way(kind, done=5)
    under_way(Kind.LOG_FILE, done=5, owner=people.dpo)
    rows = [calls.recording(people.daycare) for _ in range(2)]
    row = under_way(Kind.SOUND, done=1, whole=2, owner=people.admin)
    Job.update(place=rows[0].id, amiss=1, breaks=4).where(Job.id == row.id).execute()
    actions.begin_anew()
    [left] = actions.listed()
    assert (left.job.id, left.state, left.job.done, left.job.place) == (row.id, "waits", 0, 0)
    ordered.run_due()
    assert (Job.get().done, Job.get().whole, Job.get().amiss, Job.get().breaks) == (2, 2, 0, 0), "all of it is read"


def test_an_end_that_is_told_is_not_taken_back(people):
    row = under_way(Kind.LOG, done=5, owner=people.dpo)
    ordered.run_due()
    outcome, ended_at = Job.get().outcome, Job.get().ended_at
    actions.drop(row)
    actions.begin_anew()
    assert (Job.get().outcome, Job.get().ended_at) == (outcome, ended_at)
