"""Giving a call its subject."""

import pytest

from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.errors import NotFound
from portal.recordings import actions, originals
from portal.recordings.correction_models import Correction
from portal.recordings.models import Recording
from portal.vault import keystore
from tests.recordings.finding import NOON, call, found, ids

pytestmark = pytest.mark.usefixtures("noon")


def write(client, row, subject: str, earlier: str = "", reason: str = "Hörde fel"):
    return client.submit(f"/recordings/{row.uuid}/subject", {"subject": subject, "earlier": earlier, "reason": reason})


def keyed(row):
    """The old value is sealed under the call's key."""
    keystore.create(row.uuid)
    return row


def subject_of(row) -> str:
    return Recording.get_by_id(row.id).subject


def test_subject_is_saved_found_and_logged(as_, people):
    row, client = call(people.daycare), as_(people.adviser)
    answer = write(client, row, "  Köplats\n på   daghem ")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/recordings/{row.uuid}")
    assert subject_of(row) == "Köplats på daghem"
    assert "Ämnet är sparat." in client.get(answer.headers["Location"]).text
    assert found(client, "words=köplats") == ids(row)
    entry = Entry.get(Entry.act == Act.SUBJECT_CHANGED)
    assert (entry.subject, entry.by, entry.queue_id) == (row.uuid, people.adviser.uuid, people.daycare.id)
    assert "plats" not in entry.detail


def test_subject_replaced_is_no_longer_found(as_, people):
    row, client = keyed(call(people.daycare, subject="Avgift")), as_(people.adviser)
    assert write(client, row, "", earlier="Avgift").status_code == 303
    assert subject_of(row) == ""
    assert found(client, "words=avgift") == []


def test_subject_written_by_another_meanwhile_is_not_lost(as_, people):
    row = keyed(call(people.daycare, subject="Avgift"))
    assert write(as_(people.manager), row, "Avgift, april", earlier="Avgift").status_code == 303
    answer = write(as_(people.adviser), row, "Avgift, syskon", earlier="Avgift")
    assert answer.status_code == 409
    assert "Ämnet har ändrats medan du skrev" in answer.text
    assert "<strong>Avgift, april</strong>" in answer.text
    assert "<strong>Avgift, syskon</strong>" in answer.text
    assert 'name="earlier" value="Avgift, april"' in answer.text
    assert subject_of(row) == "Avgift, april"
    assert Entry.select().where(Entry.act == Act.CORRECTED).count() == 1
    assert write(as_(people.adviser), row, "Avgift, syskon", earlier="Avgift, april").status_code == 303


def test_another_subject_is_a_correction_with_its_reason(as_, people):
    row, client = keyed(call(people.daycare, subject="Avgift")), as_(people.adviser)
    refused = write(client, row, "Köplats", earlier="Avgift", reason=" ")
    assert refused.status_code == 422
    assert "Skriv varför uppgiften rättas." in refused.text
    assert 'value="Köplats"' in refused.text
    assert write(client, row, "Köplats", earlier="Avgift", reason="Fel ärende").status_code == 303
    assert not Entry.select().where(Entry.act == Act.SUBJECT_CHANGED).exists()
    assert originals.unseal(Correction.get()) == "Avgift"
    assert "Rättad 24.11.2026 av Karin Testström" in client.get(f"/recordings/{row.uuid}").text


def test_subject_sent_twice_is_written_once(as_, people):
    row, client = call(people.daycare), as_(people.adviser)
    for _ in range(2):
        assert write(client, row, "Avgift").status_code == 303
    assert Entry.select().where(Entry.act == Act.SUBJECT_CHANGED).count() == 1


def test_subject_that_came_with_odd_spaces_can_be_changed(as_, people):
    row = keyed(call(people.daycare, subject="Avgift \n  april"))
    assert write(as_(people.adviser), row, "Avgift", earlier="Avgift \r\n  april").status_code == 303


def test_subject_too_long_is_refused_with_what_was_typed(as_, people):
    row = keyed(call(people.daycare, subject="Avgift"))
    answer = write(as_(people.adviser), row, "å" * 201, earlier="Avgift")
    assert answer.status_code == 422
    assert "Skriv högst 200 tecken." in answer.text
    assert "å" * 201 in answer.text
    assert write(as_(people.adviser), row, "å" * 200, earlier="Avgift").status_code == 303


def test_subject_holds_no_control_characters(as_, people):
    row = call(people.daycare)
    write(as_(people.adviser), row, "Av\x00gift\x1b[31m\u202e röd\u200b")
    assert subject_of(row) == "Avgift[31m röd"


def test_subject_needs_a_token_from_the_page(as_, people):
    row, client = call(people.daycare), as_(people.adviser)
    assert client.post(f"/recordings/{row.uuid}/subject", data={"subject": "x"}).status_code == 400


def test_subject_of_a_call_that_fell_due_meanwhile_is_refused(people):
    row = call(people.daycare)
    Recording.update(expires_at=NOON).where(Recording.id == row.id).execute()
    with pytest.raises(NotFound):
        actions.change_subject(row, "Avgift", earlier="", by=people.adviser)
    assert subject_of(row) == ""
