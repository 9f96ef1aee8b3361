"""Who asked for long work can have it stopped: nobody else, once, and what runs notices."""

import pytest

from portal import lock
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.errors import NotFound
from portal.jobs import actions, ordered, running
from portal.jobs.models import Job, Kind, Outcome
from portal.retention import seals
from tests import calls
from tests.audit import tamper
from tests.jobs.made import under_way
from tests.jobs.test_ordered import last
from tests.jobs.test_pages import text
from tests.jobs.test_whose import without_rights


def test_what_waits_is_stopped_and_never_begun(people):
    tamper.fill(3)
    job = actions.order(Kind.LOG, by=people.dpo)
    actions.stop(job.uuid, by=people.dpo)
    entry, told = last(Act.JOB_STOPPED)
    assert (entry.by, entry.subject, told) == (people.dpo.uuid, job.uuid, {"job": "log"})
    ordered.run_due()
    assert not Entry.select().where(Entry.act == Act.LOG_VERIFIED).exists()
    assert (Job.get().outcome, Job.get().stands) == (Outcome.BROKEN_OFF, None)
    assert actions.ended(people.dpo) == [], "who stopped it knows"
    actions.order(Kind.LOG, by=people.dpo)


def test_what_runs_notices_within_a_telling_and_leaves_the_worker_to_the_rest(people, monkeypatch):
    monkeypatch.setattr(running, "TOLD_SECONDS", 0)
    rows = [calls.recording(people.daycare) for _ in range(6)]
    job = actions.order(Kind.SOUND, by=people.admin)
    read, real = [], seals._opens

    def opens(key):
        read.append(key)
        if key == rows[2].id:
            actions.stop(job.uuid, by=people.admin)
        return real(key)

    monkeypatch.setattr(seals, "_opens", opens)
    ordered.run_due()
    assert read == [row.id for row in rows[:3]]
    assert (Job.get().outcome, Job.get().done) == (Outcome.BROKEN_OFF, 2)
    assert not Entry.select().where(Entry.act == Act.SOUND_CHECKED).exists()
    again = actions.order(Kind.SOUND, by=people.admin)
    monkeypatch.setattr(seals, "_opens", real)
    ordered.run_due()
    assert (Job.get_by_id(again.id).outcome, Job.get_by_id(again.id).done) == (Outcome.GOOD, 6), "from its start"


def test_what_is_stopped_at_its_very_end_stays_stopped(people):
    job = actions.order(Kind.LOG, by=people.dpo)
    with running.running(Kind.LOG, by=people.dpo, soon=True, anew=True):
        actions.stop(job.uuid, by=people.dpo)
    assert Job.get().outcome == Outcome.BROKEN_OFF
    assert actions.ended(people.dpo) == []


def test_what_is_stopped_just_as_it_begins_is_not_begun(people, monkeypatch):
    job = actions.order(Kind.LOG, by=people.dpo)
    real = running.Run._takes_up

    def takes_up(run, here):
        actions.stop(job.uuid, by=people.dpo)
        return real(run, here)

    monkeypatch.setattr(running.Run, "_takes_up", takes_up)
    ordered.run_due()
    assert not Entry.select().where(Entry.act == Act.LOG_VERIFIED).exists()
    assert Job.get().begun_at is None


def test_what_is_stopped_before_the_worker_takes_it_is_not_made_anew(people, monkeypatch):
    """Between the look for what waits and the lock."""
    job, real = actions.order(Kind.LOG, by=people.dpo), lock.alone

    def alone(name: str, wait_seconds: float = 0):
        if name == "job-log":
            actions.stop(job.uuid, by=people.dpo)
        return real(name, wait_seconds)

    monkeypatch.setattr(lock, "alone", alone)
    ordered.run_due()
    assert not Entry.select().where(Entry.act == Act.LOG_VERIFIED).exists()
    assert [row.id for row in Job.select()] == [job.id]


def test_it_is_stopped_once(people):
    job = actions.order(Kind.LOG, by=people.dpo)
    actions.stop(job.uuid, by=people.dpo)
    with pytest.raises(actions.HasEnded):
        actions.stop(job.uuid, by=people.dpo)
    assert Entry.select().where(Entry.act == Act.JOB_STOPPED).count() == 1


def test_nobody_stops_what_another_asked_for_or_what_nobody_did(people):
    theirs = actions.order(Kind.LOG, by=people.dpo)
    by_itself = under_way(Kind.PURGE, done=5)
    goes_on = under_way(Kind.INBOX, done=5, owner=people.admin)
    for key in (theirs.uuid, by_itself.uuid, goes_on.uuid):
        with pytest.raises(NotFound):
            actions.stop(key, by=people.admin)
    with pytest.raises(NotFound):
        actions.stop(theirs.uuid, by=without_rights(people.dpo))
    assert Job.select().where(Job.ended_at.is_null()).count() == 3
    assert not Entry.select().where(Entry.act == Act.JOB_STOPPED).exists()


def test_a_check_by_hand_is_not_stopped_by_what_the_register_says_of_it(people, monkeypatch):
    """After two minutes of silence somebody else's order takes its row; the command goes on all the same."""
    monkeypatch.setattr(running, "TOLD_SECONDS", 0)
    with running.running(Kind.LOG, soon=True) as run:
        actions.drop(Job.get())
        run.tell(5, 10)
        reached = True
    assert reached


def test_the_page_has_a_button_for_ones_own_alone(as_, people):
    people.dpo.language = people.admin.language = "sv"
    people.dpo.save()
    people.admin.save()
    job = actions.order(Kind.LOG, by=people.dpo)
    path = f"/jobs/{job.uuid}/stop"
    assert f'action="{path}"' in as_(people.dpo).get("/jobs/").text
    assert "/stop" not in as_(people.admin).get("/jobs/").text
    assert as_(people.admin).submit(path).status_code == 404
    assert as_(people.manager).submit(path).status_code == 404
    assert as_(people.adviser).submit(path).status_code == 403
    client = as_(people.dpo)
    assert client.submit(path).status_code == 303
    page = text(client.get("/jobs/"))
    assert "Arbetet är avbrutet." in page
    assert "Avbröts" in page
    assert f'action="{path}"' not in client.get("/jobs/").text
    assert client.submit(path).status_code == 409
