"""Writing a note on a call."""

import threading
import uuid

import pytest

from portal import clock, db
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.errors import NotFound
from portal.recordings import actions, corrections, entries, errors, notes
from portal.recordings.models import Note, Recording
from tests.recordings.finding import NOON, call, found, ids

pytestmark = pytest.mark.usefixtures("noon")

CODE = "Ring 131052-308T på fredag."


def written() -> list[Entry]:
    acts = (Act.NOTED, Act.SUBJECT_CHANGED, Act.CORRECTED, Act.ERROR_REPORTED)
    return list(Entry.select().where(Entry.act.in_(acts)))


def write(client, row, text: str, key: str | None = None):
    return client.submit(f"/recordings/{row.uuid}/notes", {"note": text, "key": key or str(uuid.uuid4())})


def test_note_is_saved_found_and_logged(as_, people):
    row, client = call(people.daycare), as_(people.adviser)
    answer = write(client, row, "Ringer igen på fredag.\r\nÖnskar återuppringning.")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/recordings/{row.uuid}#notes")
    note = Note.get()
    assert note.text == "Ringer igen på fredag.\nÖnskar återuppringning."
    assert (note.author, note.recording, note.created_at) == (people.adviser, row, clock.now())
    assert found(client, "words=återupp+fredag") == ids(row)
    entry = Entry.get(Entry.act == Act.NOTED)
    assert (entry.subject, entry.by, entry.queue_id) == (row.uuid, people.adviser.uuid, people.daycare.id)
    assert "fredag" not in entry.detail
    assert "Karin Testström, 24.11.2026" in client.get(f"/recordings/{row.uuid}").text


@pytest.mark.parametrize("field", ["note", "subject"])
def test_the_page_shown_again_after_a_refused_form_is_in_the_log_too(as_, people, field):
    row, client = call(people.daycare), as_(people.adviser)
    answer = client.submit(f"/recordings/{row.uuid}/{field}" + "s" * (field == "note"), {field: "x" * 5001})
    assert answer.status_code == 422
    assert [(e.subject, e.by) for e in Entry.select().where(Entry.act == Act.VIEWED)] == [
        (row.uuid, people.adviser.uuid)
    ]


def test_note_sent_twice_is_written_once(as_, people):
    row, client, key = call(people.daycare), as_(people.adviser), str(uuid.uuid4())
    for _ in range(2):
        assert write(client, row, "Ringer igen.", key).status_code == 303
    assert Note.select().count() == 1
    assert Entry.select().where(Entry.act == Act.NOTED).count() == 1


def test_the_page_gives_each_note_a_key_of_its_own(as_, people):
    row, client = call(people.daycare), as_(people.adviser)
    pages = [client.get(f"/recordings/{row.uuid}").text.split('name="key" value="')[1][:36] for _ in range(2)]
    assert len(set(map(uuid.UUID, pages))) == 2


def test_note_with_the_key_of_another_note_is_a_conflict(as_, people):
    row, other, key = call(people.daycare), call(people.daycare), str(uuid.uuid4())
    write(as_(people.adviser), row, "Ringer igen.", key)
    assert write(as_(people.adviser), other, "Annat", key).status_code == 409
    assert write(as_(people.manager), row, "Annat", key).status_code == 409
    assert Note.select().count() == 1


@pytest.mark.parametrize("text", ["", "   \n ", "\x00\x01"])
def test_note_without_words_is_refused(as_, people, text):
    row = call(people.daycare)
    answer = write(as_(people.adviser), row, text)
    assert answer.status_code == 422
    assert "Skriv en anteckning." in answer.text
    assert not Note.select().exists()


def test_note_too_long_is_refused_and_not_lost(as_, people):
    row, key = call(people.daycare), str(uuid.uuid4())
    answer = write(as_(people.adviser), row, "ä" * 5001, key)
    assert answer.status_code == 422
    assert "Skriv högst 5000 tecken." in answer.text
    assert "ä" * 5001 in answer.text
    assert f'name="key" value="{key}"' in answer.text
    assert write(as_(people.adviser), row, "ä" * 5000, key).status_code == 303


@pytest.mark.parametrize("key", ["", "x", "../..", "1" * 400])
def test_note_without_a_key_is_refused_with_a_fresh_one(as_, people, key):
    row, client = call(people.daycare), as_(people.adviser)
    answer = client.submit(f"/recordings/{row.uuid}/notes", {"note": "Ringer igen.", "key": key})
    assert answer.status_code == 422
    uuid.UUID(answer.text.split('name="key" value="')[1][:36])
    assert "Ringer igen." in answer.text


def test_no_identity_code_is_written_about_a_call(as_, people):
    row = call(people.daycare, subject="Avgift")
    note = notes.add_note(row, "Ringer igen.", key=uuid.uuid4(), by=people.manager)
    at, before = f"/recordings/{row.uuid}", len(written())
    asked = (
        (f"{at}/notes", {"note": CODE, "key": str(uuid.uuid4())}),
        (f"{at}/subject", {"subject": CODE, "earlier": "Avgift", "reason": "Fel."}),
        (f"{at}/subject", {"subject": "Rätt", "earlier": "Avgift", "reason": CODE}),
        (f"{at}/entries/subject/corrections", {"value": CODE, "seen": "Avgift", "reason": "Fel."}),
        (f"{at}/notes/{note.uuid}/corrections", {"value": "Rätt", "seen": "Ringer igen.", "reason": CODE}),
        (f"{at}/entries/number/reports", {"words": CODE}),
    )
    for address, typed in asked:
        who = people.adviser if address.endswith("reports") else people.manager  # who may correct reports nothing
        answer = as_(who).submit(address, typed)
        assert answer.status_code == 422
        assert "Skriv ingen personbeteckning." in answer.text, address
        assert "på fredag" in answer.text, f"{address}: beside what was typed, which is not lost"
    asked_of_acts = (
        lambda: notes.add_note(row, CODE, key=uuid.uuid4(), by=people.manager),
        lambda: actions.change_subject(call(people.daycare), CODE, earlier="", by=people.manager),
        lambda: corrections.correct(row, "note", CODE, note=note.uuid, reason="Fel.", by=people.manager),
        lambda: corrections.correct(row, "subject", "Rätt", reason=CODE, by=people.manager),
        lambda: errors.report_error(row, "subject", CODE, by=people.manager),
    )
    for act in asked_of_acts:
        with pytest.raises(entries.PersonalCode):
            act()
    assert Note.get().text == "Ringer igen."
    assert {one.subject for one in Recording.select()} == {"Avgift", ""}
    assert len(written()) == before


def test_note_on_a_call_that_fell_due_meanwhile_is_refused(people):
    row = call(people.daycare)
    Recording.update(expires_at=NOON).where(Recording.id == row.id).execute()
    with pytest.raises(NotFound):
        notes.add_note(row, "Ringer igen.", key=uuid.uuid4(), by=people.adviser)
    assert not Note.select().exists()
    assert not Entry.select().where(Entry.act == Act.NOTED).exists()


def test_note_sent_at_the_same_moment_from_two_places_is_written_once(settings, people):
    row, key, faults = call(people.daycare), uuid.uuid4(), []

    def send() -> None:
        db.connect()
        try:
            notes.add_note(row, "Ringer igen.", key=key, by=people.adviser)
        except Exception as fault:
            faults.append(fault)
        finally:
            db.db.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert Note.select().count() == 1
    assert Entry.select().where(Entry.act == Act.NOTED).count() == 1
