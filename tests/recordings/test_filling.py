"""After an upgrade the word index is filled again by itself, and searches say so meanwhile."""

import datetime as dt
import json

import pytest
from playhouse.migrations import Runner

from portal import db
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.recordings import filling, index
from portal.recordings.index_models import IndexState
from portal.recordings.models import Note, Recording
from tests.recordings.finding import NOON, asked, call, found, ids

pytestmark = pytest.mark.usefixtures("noon")


def entries() -> list[tuple]:
    return db.db.execute_sql("SELECT rowid, * FROM recording_index ORDER BY rowid").fetchall()


def test_what_an_upgrade_emptied_is_filled_with_the_same_newest_first_and_goes_on_after_a_kill(
    as_, people, monkeypatch
):
    rows = [call(people.daycare, subject=f"bussikortti {n}", started_at=NOON - dt.timedelta(days=n)) for n in range(7)]
    Note.create(recording=rows[1], author=people.adviser, text="syskonrabatt")
    Note.create(recording=rows[1], author=people.adviser, text="hemligt", own=True)
    index.put(rows[1])
    gone = call(people.daycare, subject="bussikortti", state="purged")
    index.remove(gone.id)
    Recording.update(restrictions=1).where(Recording.id == rows[6].id).execute()
    index.remove(rows[6].id)
    before, client = entries(), as_(people.adviser)
    db.db.execute_sql("DELETE FROM recording_index")
    IndexState.update(below=index.NEWEST).execute()
    monkeypatch.setattr(filling, "BATCH", 2)
    real, batches = index.enter, []

    def killed(recordings):
        if len(batches) == 2:
            raise KeyboardInterrupt
        batches.append(1)
        real(recordings)

    monkeypatch.setattr(index, "enter", killed)
    with pytest.raises(KeyboardInterrupt):
        filling.fill()
    assert found(client) == ids(*rows[:4]), "the newest are found already"
    assert "Samtal före 21.11.2026 hittas inte ännu" in asked(client).text
    assert "Samtal före 21.11.2026 hittas inte ännu" in asked(client, "words=finnsinte").text
    late = call(people.daycare, subject="bussikortti nytt")
    index.put(rows[5])  # somebody writes a note meanwhile
    monkeypatch.setattr(index, "enter", real)
    assert filling.fill() == 3
    assert "hittas inte" not in asked(client).text
    assert found(client, "words=bussikortin") == ids(rows[0], late, *rows[1:6])
    assert [row for row in entries() if row[0] != late.id] == before
    assert filling.fill() == 0


def test_entries_made_by_other_rules_are_made_anew(people, monkeypatch):
    row = call(people.daycare, subject="avgift")
    before = entries()
    db.db.execute_sql("UPDATE recording_index SET entry = 'annat' WHERE rowid = ?", (row.id,))
    monkeypatch.setattr(index, "RULES", index.RULES + 1)
    assert filling.since() == NOON
    assert filling.fill() == 1
    assert (filling.since(), entries()) == (None, before)


def test_a_register_with_calls_waits_to_be_filled_after_the_upgrade_and_an_empty_one_does_not(people):
    assert filling.since() is None
    runner = Runner(db.db, str(db.MIGRATIONS))
    for rows in (0, 1):
        if rows:
            row = call(people.daycare)
        later = [step.name for step in runner.status() if step.name >= "0013"]
        for name in reversed(later):
            runner.down(name)
        runner.up()
        assert bool(filling.since()) == bool(rows)
    assert entries() == []
    assert filling.fill() == 1
    assert [key for key, *_ in entries()] == [row.id]


def test_the_log_of_a_sorted_search_names_the_order(as_, people):
    call(people.daycare)
    found(as_(people.adviser), "sort=longest")
    detail = json.loads(Entry.get(Entry.act == Act.SEARCHED).detail)
    assert detail["sort"] == "longest"
