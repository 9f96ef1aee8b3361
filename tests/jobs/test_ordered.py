"""What a person asks for is done by the worker, taken up after a kill, told to who asked, and forgotten in the end."""

import datetime as dt
import json
import os
import signal

import pytest

from portal import clock
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.jobs import actions, ordered, running
from portal.jobs.models import Job, Kind, Outcome
from portal.retention import seals, watch
from portal.retention.watching import Cause, Pause
from portal.vault import objects
from tests import calls
from tests.audit import tamper
from tests.jobs.made import ended, under_way
from tests.jobs.test_running import killed


def last(act: Act) -> tuple[Entry, dict]:
    entry = Entry.select().where(Entry.act == act).order_by(Entry.id.desc()).get()
    return entry, json.loads(entry.detail)


def spoil(row) -> None:
    """One bit of the sealed sound, as a disk may lose it."""
    path = objects.path_of(row.vault_id, "original")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_an_order_is_logged_and_waits(people):
    job = actions.order(Kind.LOG, by=people.dpo)
    entry, told = last(Act.JOB_ORDERED)
    assert (entry.by, entry.subject, told) == (people.dpo.uuid, job.uuid, {"job": "log"})
    assert [shown.state for shown in actions.listed(people.dpo)] == ["waits"]


def test_the_same_is_not_ordered_twice(people):
    actions.order(Kind.LOG, by=people.dpo)
    with pytest.raises(actions.AlreadyOrdered):
        actions.order(Kind.LOG, by=people.dpo)
    actions.order(Kind.SOUND, by=people.admin)
    assert Job.select().count() == 2
    assert Entry.select().where(Entry.act == Act.JOB_ORDERED).count() == 2


def test_a_check_by_hand_that_died_keeps_nobody_from_asking_and_one_that_is_alive_does(people):
    row = under_way(Kind.LOG, done=5)
    with pytest.raises(actions.AlreadyOrdered):
        actions.order(Kind.LOG, by=people.dpo)
    row.told_at -= actions.SILENT + dt.timedelta(seconds=1)
    row.save()
    actions.order(Kind.LOG, by=people.dpo)
    assert [(job.owner, job.outcome) for job in Job.select().order_by(Job.id)] == [
        (None, "broken_off"),
        (people.dpo, ""),
    ]


def test_the_log_is_checked_for_who_asked(people):
    tamper.fill(3)
    actions.order(Kind.LOG, by=people.dpo)
    ordered.run_due()
    entry, told = last(Act.LOG_VERIFIED)
    assert (entry.by, told["whole"], told["entries"]) == (people.dpo.uuid, True, 4)
    assert actions.ended(people.dpo) == [("log", "good", 0)]
    job = Job.get()
    assert (job.done, job.whole, job.stands) == (4, 4, None)
    ordered.run_due()
    assert Entry.select().where(Entry.act == Act.LOG_VERIFIED).count() == 1, "once"


def test_a_log_that_is_not_whole_is_told_as_that(people):
    tamper.fill(3)
    tamper.unguard()
    tamper.overwrite(2, "act", "recordings:viewed")
    actions.order(Kind.LOG, by=people.dpo)
    ordered.run_due()
    assert actions.ended(people.dpo) == [("log", "amiss", 1)]


def test_the_end_is_told_until_it_is_seen_and_to_nobody_else(people):
    actions.order(Kind.LOG, by=people.dpo)
    assert actions.see(people.dpo) == []
    ordered.run_due()
    assert actions.ended(people.admin) == actions.ended(people.manager) == []
    assert actions.see(people.admin) == []
    assert actions.see(people.dpo) == [("log", "good", 0)]
    assert actions.ended(people.dpo) == []


def test_everybodys_work_is_the_administrators_to_see_and_else_only_ones_own(people):
    for owner in (None, people.dpo, people.manager):
        ended(Kind.LOG_FILE, Outcome.GOOD, owner=owner)
    seen = {
        person.username: [shown.owner for shown in actions.listed(person)]
        for person in (people.admin, people.dpo, people.decider, people.adviser)
    }
    assert seen == {
        "arvo": ["Maria Chefberg", "Disa Ombudslund", ""],
        "disa": ["Disa Ombudslund"],
        "dag": [],
        "karin": [],
    }


def test_all_sound_is_read_and_what_does_not_open_is_named_in_the_log(people):
    rows = [calls.recording(people.daycare) for _ in range(5)]
    spoil(rows[3])
    actions.order(Kind.SOUND, by=people.admin)
    ordered.run_due()
    assert actions.ended(people.admin) == [("sound", "amiss", 1)]
    broken, _ = last(Act.SOUND_BROKEN)
    assert (broken.subject, broken.by, broken.queue_id) == (rows[3].uuid, people.admin.uuid, people.daycare.id)
    assert last(Act.SOUND_CHECKED)[1] == {"count": 5, "found": 1}


def test_sound_that_opens_is_good_and_a_call_that_is_gone_is_no_fault(people):
    here, gone = calls.recording(people.daycare), calls.recording(people.daycare)
    objects.remove_all(gone.uuid)
    gone.state = "purged"
    gone.save()
    assert ordered.check_sound() == seals.Checked(read=1, whole=1, place=here.id)
    assert Job.get().outcome == Outcome.GOOD


def test_sound_that_is_missing_or_cut_off_does_not_open(people):
    lost, cut = calls.recording(people.daycare), calls.recording(people.daycare)
    objects.remove_all(lost.uuid)
    path = objects.path_of(cut.uuid, "original")
    path.write_bytes(path.read_bytes()[:-1])
    assert sorted(ordered.check_sound().subjects) == sorted([lost.uuid, cut.uuid])


def test_a_disk_that_is_not_there_does_not_fill_the_log(people, monkeypatch):
    monkeypatch.setattr(seals, "MOST_LOGGED", 2)
    for _ in range(4):
        objects.remove_all(calls.recording(people.daycare).uuid)
    done = ordered.check_sound()
    assert (done.broken, len(done.subjects)) == (4, 2)
    assert Entry.select().where(Entry.act == Act.SOUND_BROKEN).count() == 2


def test_a_check_of_sound_goes_on_after_a_kill_and_reads_nothing_twice(people, monkeypatch):
    rows = [calls.recording(people.daycare) for _ in range(6)]
    spoil(rows[1])
    monkeypatch.setattr(running, "TOLD_SECONDS", 0)
    actions.order(Kind.SOUND, by=people.admin)
    read, real = [], seals._opens

    def dies(key):
        if key == rows[4].id:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(key)

    monkeypatch.setattr(seals, "_opens", dies)
    killed(ordered.run_due)
    assert (Job.get().done, Job.get().amiss, Job.get().place) == (4, 1, rows[3].id)
    monkeypatch.setattr(seals, "_opens", lambda key: read.append(key) or real(key))
    ordered.run_due()
    assert read == [rows[4].id, rows[5].id]
    assert (Job.get().done, Job.get().whole, Job.get().breaks) == (6, 6, 1)
    assert actions.ended(people.admin) == [("sound", "amiss", 1)]
    assert last(Act.SOUND_CHECKED)[1] == {"count": 6, "found": 1}


def test_a_check_of_the_log_begins_anew_after_a_kill(people):
    tamper.fill(3)
    job = actions.order(Kind.LOG, by=people.dpo)
    Job.update(begun_at=clock.now(), told_at=clock.now(), done=3, whole=9).where(Job.id == job.id).execute()
    ordered.run_due()
    assert (Job.get().breaks, Job.get().outcome, Job.get().done) == (1, Outcome.GOOD, 4)


def test_who_lets_a_paused_deletion_go_on_is_told_when_it_is_done(people):
    from portal.retention import actions as retention

    pause = Pause.create(cause=Cause.MANY, found=9, most=1)
    watch.confirm(pause, by=people.manager)
    assert [job.kind for job in Job.select().where(Job.owner == people.manager)] == ["purge"]
    retention.purge_due()
    assert actions.ended(people.manager) == [("purge", "good", 0)]


def test_what_ended_is_forgotten_after_thirty_days(people):
    kept = ended(Kind.BACKUP, Outcome.GOOD, ago=actions.KEPT - dt.timedelta(hours=1))
    ended(Kind.BACKUP, Outcome.GOOD, ago=actions.KEPT + dt.timedelta(hours=1))
    assert actions.forget_due() == 1
    assert [job.id for job in Job.select()] == [kept.id]


@pytest.mark.parametrize(
    ("kind", "owned", "over"),
    [
        (Kind.BACKUP, False, True),
        (Kind.IMPORT, False, True),
        (Kind.LOG_FILE, True, True),
        (Kind.LOG, False, True),
        (Kind.LOG, True, False),
        (Kind.INBOX, False, False),
        (Kind.PURGE, True, False),
    ],
)
def test_what_was_broken_off_is_ended_unless_it_is_taken_up(people, kind, owned, over):
    row = under_way(kind, done=5, owner=people.dpo if owned else None)
    actions.forget_due()
    assert Job.get().ended_at is None, "it may be under way"
    row.told_at = clock.now() - actions.BROKEN_OFF - dt.timedelta(seconds=1)
    row.save()
    actions.forget_due()
    assert (Job.get().outcome == Outcome.BROKEN_OFF, Job.get().stands is None or not over) == (over, True)


def test_a_row_holds_nothing_of_what_it_counts(people):
    calls.recording(people.daycare, number="+358405556677", subject="zqamne")
    actions.order(Kind.SOUND, by=people.admin)
    ordered.run_due()
    told = json.dumps(Job.select().dicts().get(), default=str)
    assert "5556677" not in told
    assert "zqamne" not in told
