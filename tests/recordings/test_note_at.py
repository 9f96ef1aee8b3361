"""A note at a place in the sound, written while one listens; and a note for oneself."""

import json
import uuid

import pytest

from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.errors import Conflict, NotFound
from portal.oversight import heard
from portal.recordings import actions, corrections, errors, notes
from portal.recordings.correction_models import Entry as About
from portal.recordings.correction_models import ErrorReport
from portal.recordings.models import Listen, Note, Playable, Recording
from tests import calls
from tests.recordings.finding import call, found, ids
from tests.recordings.hearing import opened

pytestmark = pytest.mark.usefixtures("noon")

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}


def write(client, address: str, text: str, *, partial: bool = True, **typed):
    data = {"note": text, "key": str(uuid.uuid4()), **typed}
    return client.submit(f"{address}/notes", data, headers=PARTIAL if partial else {})


def page(client, address: str) -> str:
    return client.get(address).get_data(as_text=True)


def told(act: Act) -> dict:
    return json.loads(Entry.get(Entry.act == act).detail)


def test_note_written_at_a_place_comes_back_alone_and_is_logged_without_its_words(as_, people):
    row, client = call(people.daycare, seconds=90), as_(people.adviser)
    at = opened(client, row)
    notes.add_note(row, "zqslut", key=uuid.uuid4(), at_ms=80_000, by=people.manager)
    notes.add_note(row, "zqhela", key=uuid.uuid4(), by=people.manager)
    answer = write(client, at, "zqbörjan", place="1:05,3", kind="threat")
    assert answer.status_code == 200
    html = answer.get_data(as_text=True)
    assert html.lstrip().startswith('<section class="card" id="notes"')
    assert [html.index(word) for word in ("zqhela", "zqbörjan", "zqslut")] == sorted(
        html.index(word) for word in ("zqhela", "zqbörjan", "zqslut")
    ), "the whole call first, then place by place"
    assert 'data-jump="65.3"' in html
    assert "1:05</a>" in html, "read out in whole seconds"
    assert f"{at.split('?')[0]}?at=65#player-title" in html, "the place is reached without scripts too"
    note = Note.get(Note.text == "zqbörjan")
    assert (note.at_ms, note.kind, note.own, note.author) == (65_300, "threat", False, people.adviser)
    mine = Entry.get(Entry.act == Act.NOTED, Entry.by == people.adviser.uuid)
    assert json.loads(mine.detail) == {
        "note": note.uuid.hex,
        "characters": 8,
        "at_ms": 65_300,
        "note_kind": "threat",
    }
    assert found(client, {"words": "zqbörjan"}) == ids(row)
    assert "Hot</span>" in page(client, f"/recordings/{row.uuid}")
    people.adviser.language = "fi"
    people.adviser.save()
    assert "Uhka</span>" in page(as_(people.adviser), f"/recordings/{row.uuid}")


def test_note_without_scripts_leads_back_to_the_place_and_a_faulty_one_is_shown_with_the_player(as_, people):
    row, client = call(people.daycare), as_(people.adviser)
    at = opened(client, row).split("?")[0]
    answer = write(client, at, "zqord", partial=False, place="0:12,7")
    assert (answer.status_code, answer.location) == (303, f"{at}?at=12#notes")
    faulty = write(client, at, "zqkvar", partial=False, place="9.9.9")
    assert faulty.status_code == 422
    html = faulty.get_data(as_text=True)
    assert "data-player" in html
    assert "Skriv tiden som i 1:05 eller 1:05,3." in html
    assert "zqkvar" in html
    assert Note.select().count() == 1


@pytest.mark.parametrize("place", ["1:01,1", "59:00"])
def test_note_beyond_the_sound_is_refused_beside_its_field_and_not_lost(as_, people, place):
    row, client = call(people.daycare, seconds=60), as_(people.adviser)
    for address in (opened(client, row).split("?")[0], f"/recordings/{row.uuid}"):
        answer = write(client, address, "zqkvar", place=place)
        html = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert "Inspelningen är inte så lång." in html
        assert "zqkvar" in html
    with pytest.raises(notes.PlaceOutside):
        notes.add_note(row, "x", key=uuid.uuid4(), at_ms=-1, by=people.adviser)
    assert not Note.select().exists()


@pytest.mark.parametrize("playable", Playable)
def test_nobody_is_asked_for_a_place_in_sound_that_is_not_there_but_one_that_was_typed_stays(as_, people, playable):
    row, client = call(people.daycare, seconds=90), as_(people.adviser)
    Recording.update(playable=playable).where(Recording.id == row.id).execute()
    address = f"/recordings/{row.uuid}"
    assert ('name="place"' in page(client, address)) == (playable == Playable.READY)
    assert 'name="note"' in page(client, address)
    answer = write(client, address, "zqkvar", partial=False, place="99:00")
    assert answer.status_code == 422
    assert 'value="99:00"' in answer.get_data(as_text=True), "to be mended"


def test_note_at_an_end_that_the_browser_measured_longer_stands_at_the_end(people):
    row = call(people.daycare, seconds=60)
    assert notes.add_note(row, "x", key=uuid.uuid4(), at_ms=60_900, by=people.adviser).at_ms == 60_000


def test_note_of_a_kind_that_is_not_in_the_setting_is_refused(as_, people):
    row, client = call(people.daycare), as_(people.adviser)
    assert write(client, opened(client, row), "x", kind="annat").status_code == 422
    with pytest.raises(notes.KindUnknown):
        notes.add_note(row, "x", key=uuid.uuid4(), kind="annat", by=people.adviser)
    Note.create(recording=row, author=people.adviser, text="zqgammal", kind="gammal_kod")
    assert "gammal_kod" in page(client, f"/recordings/{row.uuid}"), "one that the setting once had is still read"


def test_note_beside_the_player_is_written_once_and_only_by_the_listener_who_may_write(as_, people):
    row, client = call(people.daycare), as_(people.adviser)
    at, key = opened(client, row).split("?")[0], str(uuid.uuid4())
    for _ in range(2):
        assert write(client, at, "zqord", key=key).status_code == 200
    assert Note.select().count() == Entry.select().where(Entry.act == Act.NOTED).count() == 1
    for stranger in (people.manager, people.outsider):
        assert write(as_(stranger), at, "x").status_code == 404
    assert write(as_(people.dpo), at, "x").status_code == 403
    clerk = as_(people.clerk)
    shown = page(clerk, opened(clerk, row, purpose="request", reference="BST/1/2026"))
    assert "zqord" in shown
    assert "data-note-form" not in shown
    with pytest.raises(NotFound):
        notes.add_note(row, "x", key=uuid.uuid4(), by=people.clerk)
    assert write(client, at.replace(str(row.uuid), str(call(people.daycare).uuid)), "x").status_code == 404
    assert Note.select().count() == 1


def test_note_is_saved_though_the_listen_is_over_or_the_session_that_it_began_in(as_, people):
    row = call(people.daycare)
    at = opened(as_(people.adviser), row).split("?")[0]
    assert write(as_(people.adviser), at, "zqanew").status_code == 200
    Listen.update(closes_at=row.started_at).execute()
    client = as_(people.adviser)
    answer = write(client, at, "zqlate")
    assert answer.status_code == 200
    assert "zqanew" in answer.text
    assert client.get(f"{at}/audio").status_code == 404, "nothing is heard by it"
    faulty = write(client, at, "zqkvar", partial=False, place="9.9.9")
    assert (faulty.status_code, "data-player" in faulty.text, "zqkvar" in faulty.text) == (422, False, True)
    assert {note.text for note in Note.select()} == {"zqanew", "zqlate"}
    Listen.update(because=uuid.uuid4()).execute()
    assert write(client, at, "x").status_code == 404, "what a case gives the right to hear has no notes beside it"


def test_note_for_oneself_is_on_no_other_page_and_in_no_search(as_, people):
    row, other = call(people.daycare), call(people.daycare)
    author, reader = as_(people.adviser), as_(people.manager)
    at = opened(author, row).split("?")[0]
    assert write(author, at, "zqhemligt", place="0:05", own="y").status_code == 200
    note = Note.get()
    assert note.own
    assert told(Act.OWN_NOTED)["at_ms"] == 5000
    assert not Entry.select().where(Entry.act == Act.NOTED).exists()
    entry = f"/recordings/{row.uuid}/notes/{note.uuid}"
    for address in (at, f"/recordings/{row.uuid}", f"/recordings/{row.uuid}/entries", entry):
        assert "zqhemligt" in page(author, address), address
    heard_too = opened(reader, row)
    for address in (heard_too, f"/recordings/{row.uuid}", f"/recordings/{row.uuid}/entries"):
        assert "zqhemligt" not in page(reader, address), address
        assert str(note.uuid) not in page(reader, address), address
    for client in (author, reader):
        for _ in range(2):
            assert found(client, {"words": "zqhemligt"}) == []
            assert found(client, {"flag": "noted"}) == []
            actions.reindex()
    notes.add_note(row, "zqdelat", key=uuid.uuid4(), by=people.adviser)
    assert (found(reader, {"words": "zqhemligt"}), found(reader, {"flag": "noted"})) == ([], ids(row))
    assert reader.get(entry).status_code == 404
    assert reader.get(f"/recordings/{other.uuid}/notes/{note.uuid}").status_code == 404


def test_note_for_oneself_tells_oversight_nothing_of_why_one_listened():
    assert Act.NOTED in heard.WORK
    assert Act.OWN_NOTED not in heard.WORK


def test_note_for_oneself_is_corrected_by_its_author_and_by_whoever_answers_a_request_alone(as_, people):
    row = calls.recording(people.daycare)
    key = notes.add_note(row, "zqfel", key=uuid.uuid4(), own=True, by=people.adviser).uuid
    address = f"/recordings/{row.uuid}/notes/{key}"
    with pytest.raises(NotFound):
        corrections.correct(row, About.NOTE, "zqrätt", note=key, reason="x", by=people.manager)
    with pytest.raises(NotFound):
        errors.report_error(row, About.NOTE, "x", note=key, by=people.manager)
    with pytest.raises(errors.OwnNote):
        errors.report_error(row, About.NOTE, "x", note=key, by=people.adviser)
    assert not ErrorReport.select().exists()
    made = corrections.correct(row, About.NOTE, "zqrätt", note=key, reason="x", by=people.adviser)
    assert Note.get().text == "zqrätt"
    assert found(as_(people.adviser), {"words": "zqrätt"}) == []
    with pytest.raises(NotFound):
        corrections.open_original(made, need="x", by=people.manager)
    assert as_(people.manager).submit(f"{address}/corrections", {"value": "x", "reason": "x"}).status_code == 404
    opening = f"/recordings/{row.uuid}/corrections/{made.uuid}/openings"
    assert as_(people.manager).submit(opening, {"need": "x"}).status_code == 404

    class Case:
        uuid, number = uuid.uuid4(), "BST/1/2026"

    corrections.correct(row, About.NOTE, "zqbegärt", note=key, reason="x", by=people.clerk, because=Case())
    assert corrections.open_original(made, need="x", by=people.clerk, because=Case()) == "zqfel"


def test_notes_at_erased_places_go_with_all_that_was_said_of_them(as_, people):
    row = calls.recording(people.daycare, seconds=2)
    written = (("zqinne", 600), ("zqkant", 900), ("zqföre", 499), ("zqhela", None))
    inside, *_, whole = [
        notes.add_note(row, word, key=uuid.uuid4(), at_ms=at, by=people.adviser) for word, at in written
    ]
    made = corrections.correct(row, About.NOTE, "zqinne igen", note=inside.uuid, reason="zqskäl", by=people.adviser)
    report = errors.report_error(row, About.NOTE, "zqanmält", note=inside.uuid, by=people.manager)
    kept = corrections.correct(row, About.NOTE, "zqhela igen", note=whole.uuid, reason="zqannat", by=people.adviser)
    with notes.db.atomic():
        assert notes.erase_within(row, [(500, 900)]) == 2
    assert [note.text for note in notes.every(row)] == ["zqhela igen", "zqföre", "", ""]
    made, kept, report = (type(one).get_by_id(one.id) for one in (made, kept, report))
    assert (made.sealed, made.reason, report.words, report.state) == (None, "", "", "lapsed")
    assert (kept.sealed is None, kept.reason) == (False, "zqannat")
    client = as_(people.manager)
    for word, hits in (("zqinne", []), ("zqkant", []), ("zqföre", ids(row)), ("zqhela", ids(row))):
        assert found(client, {"words": word}) == hits
    assert "Texten är borttagen." in page(client, f"/recordings/{row.uuid}")
    with pytest.raises(Conflict):
        corrections.open_original(made, need="x", by=people.manager)
