"""The list of those who are to be told of a change, and the page of each."""

import pytest

from portal import clock
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.documents.models import Document
from portal.register import notices
from portal.register.models import Notice, NoticeState, Told
from tests.cases import made
from tests.recordings.hearing import acts, text
from tests.register import shared

LIST = "/register/notices/"
ADDRESS = "Zqgatan 1\n06100 BORGÅ"


def today() -> str:
    day = clock.today()
    return f"{day.day}.{day.month}.{day.year}"


@pytest.fixture(autouse=True)
def _day():
    with clock.frozen(made.NOW):
        yield


@pytest.fixture
def case(people):
    made.call(people)
    return made.case(people, rights=("rectification",))


@pytest.fixture
def notice(people, case) -> Notice:
    (call,) = made.calls(case)
    shared.handed(people, call.recording)
    (found,) = notices.open_for([call.recording], what=Told.CORRECTED, because=case, entry="subject", by=people.clerk)
    return found


def test_a_clerk_sees_whom_to_tell_and_of_what(people, as_, case, notice):
    client = as_(people.clerk)
    page = text(client.get(LIST))
    for words in (shared.AUTHORITY, "En uppgift har rättats", "Ämne", case.number):
        assert words in page
    assert "1 mottagare ska underrättas om en ändring." in text(client.get("/cases/"))
    assert shared.AUTHORITY not in client.get(LIST + "?state=ended").text
    page = client.get(f"{LIST}{notice.uuid}")
    assert f"/register/disclosures/{notice.transfer.uuid}" in page.text
    assert f"/cases/{case.uuid}" in page.text
    assert "Brevet per post" not in page.text, "there is no letter yet"
    assert len(acts(Act.NOTICES_LISTED)) == 2
    assert len(acts(Act.NOTICE_VIEWED)) == 1


def test_the_whole_way_ends_in_a_letter_that_was_sent(people, as_, case, notice):
    client, path = as_(people.clerk), f"{LIST}{notice.uuid}"
    sent = {"told-on": today(), "told-how": "post"}
    answer = client.submit(path + "/telling", sent)
    assert answer.status_code == 422
    assert "Gör brevet först." in text(answer)
    answer = client.submit(path + "/letter", {"letter-address": "", "letter-language": "sv"})
    assert 'id="letter-address-error"' in answer.text
    answer = client.submit(path + "/letter", {"letter-address": "131052-308T", "letter-language": "sv"})
    assert "Skriv ingen personbeteckning." in text(answer)
    typed = {"letter-address": ADDRESS, "letter-language": "fi"}
    assert client.submit(path + "/letter", typed).status_code == 303
    assert client.submit(path + "/letter", typed).status_code == 409
    (letter,) = Document.select().where(Document.kind == "recipient-notice")
    assert client.submit(path + "/telling", sent).status_code == 409, "not made yet"
    assert client.get(f"{path}/letters/{letter.uuid}/pdf").status_code == 404
    assert client.submit(f"{path}/letters/{letter.uuid}/retry").status_code == 409
    Document.update(state="locked", part="pdf-x").execute()
    assert "Brevet per post" in text(client.get(path))
    assert client.submit(path + "/telling", sent).status_code == 303
    assert client.submit(path + "/telling", sent).status_code == 409
    assert Notice.get().state == NoticeState.TOLD
    page = text(as_(people.dpo).get(path))
    assert "Brevet per post" in page
    assert "<form" not in page.split("<main")[-1]
    assert shared.AUTHORITY in client.get(LIST + "?state=ended").text
    assert "ska underrättas om en ändring" not in text(client.get("/cases/"))
    for entry in Entry.select():
        assert "Zq" not in entry.detail


def test_what_is_impossible_is_written_with_its_reason(people, as_, notice):
    client, path = as_(people.clerk), f"{LIST}{notice.uuid}/impossibility"
    for short in ("", "nej"):
        answer = client.submit(path, {"why-reason": short})
        assert (answer.status_code, 'id="why-reason-error"' in answer.text) == (422, True)
    assert client.submit(path, {"why-reason": "Mottagaren finns inte längre"}).status_code == 303
    assert client.submit(path, {"why-reason": "Mottagaren finns inte längre"}).status_code == 409
    assert "Mottagaren finns inte längre" in text(client.get(f"{LIST}{notice.uuid}"))


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"told-on": "", "told-how": "phone"}, "told-on"),
        ({"told-on": "1.1.2027", "told-how": "phone"}, "told-on"),
        ({"told-on": "1.1.2026", "told-how": "phone"}, "told-on"),
        ({"told-on": "5.10.2026", "told-how": ""}, "told-how"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(people, as_, notice, typed, field):
    answer = as_(people.clerk).submit(f"{LIST}{notice.uuid}/telling", typed)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert Notice.get().state == NoticeState.WAITING


def test_those_who_read_do_not_tell_and_strangers_do_neither(people, as_, notice):
    path = f"{LIST}{notice.uuid}"
    posts = ("letter", "telling", "impossibility")
    for who in ("decider", "dpo"):
        client = as_(getattr(people, who))
        assert [client.get(LIST).status_code, client.get(path).status_code] == [200, 200]
        assert [client.submit(f"{path}/{act}", {}).status_code for act in posts] == [403] * 3
    for who in ("adviser", "manager", "admin", "outsider"):
        client = as_(getattr(people, who))
        assert [client.get(LIST).status_code, client.get(path).status_code] == [403, 403]
    absent = f"{LIST}{made.case(people).uuid}"
    assert as_(people.clerk).get(absent).status_code == 404
    assert as_(people.clerk).submit(absent + "/telling", {}).status_code == 404
