"""The calls that a person has heard, to find back to them."""

import datetime as dt

from portal import clock
from portal.accounts import sessions
from portal.accounts.models import QueueGrant
from portal.audit.models import Entry
from portal.recordings import heard, listening
from portal.recordings.models import Listen
from tests.calls import recording


def listened(row, by, *, hours: int = 0, sound: bool = True) -> None:
    _, by.sign_in = sessions.open_session(by, sessions.FULL, device="test")
    listen = listening.open_listen(row, purpose="quality", reference="", by=by)
    if sound:
        listening.start(listening.check(listen.uuid, row.uuid, by=by), by=by)
        Listen.update(started_at=clock.now() - dt.timedelta(hours=hours)).where(Listen.id == listen.id).execute()


def test_heard_lists_each_call_once_the_last_heard_first(people):
    first, second, never, opened = (recording(people.daycare) for _ in range(4))
    listened(first, people.adviser, hours=3)
    listened(second, people.adviser, hours=2)
    listened(first, people.adviser, hours=1)
    listened(never, people.second_manager)
    listened(opened, people.adviser, sound=False)
    found = heard.lately(by=people.adviser, most=9)
    assert [(row.uuid, row.times) for row in found.rows] == [(first.uuid, 2), (second.uuid, 1)]
    assert found.count == 2
    assert found.rows[0].heard_at > found.rows[1].heard_at
    few = heard.lately(by=people.adviser, most=1)
    assert ([row.uuid for row in few.rows], few.count) == ([first.uuid], 2)


def test_heard_shows_no_call_that_is_no_longer_the_person_s_to_open(as_, people):
    row = recording(people.daycare)
    listened(row, people.adviser)
    client = as_(people.adviser)
    assert f"/recordings/{row.uuid}" in client.get("/recordings/heard").text
    QueueGrant.delete().where(QueueGrant.account == people.adviser.id).execute()
    assert f"/recordings/{row.uuid}" not in client.get("/recordings/heard").text


def test_heard_leaves_no_entry_and_says_when_nothing_was_heard(as_, people):
    before = Entry.select().count()
    text = as_(people.adviser).get("/recordings/heard").text
    assert "Inga samtal" in text
    assert Entry.select().count() == before
    assert as_(people.dpo).get("/recordings/heard").status_code == 403


def test_heard_says_when_it_does_not_show_all(as_, people, monkeypatch):
    for n in range(2):
        listened(recording(people.daycare, started_at=clock.now() - dt.timedelta(hours=n + 1)), people.adviser)
    monkeypatch.setattr(heard, "MOST", 1)
    text = as_(people.adviser).get("/recordings/heard").text
    assert "De 1 senaste visas" in text
    assert "2 samtal" in text
