"""The page of the sound that is handed over, from the order to the hand-over."""

import html
import re

import pytest

from portal import clock
from portal.audit.models import Entry
from portal.cases import copies, copy_making
from portal.cases.codes import CopyState, Delivery, State
from portal.cases.models import Case, Copy
from tests.cases import copied
from tests.people import Role, person


@pytest.fixture(autouse=True)
def _day():
    with clock.frozen(copied.TODAY):
        yield


def text(answer) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.text)))


@pytest.fixture
def copy(people) -> Copy:
    case, _ = copied.with_calls(people)
    return copies.order(case, by=people.decider)


def path(copy, part="") -> str:
    return f"/cases/{copy.case.uuid}/copies" + (f"/{copy.uuid}/{part}" if part else "")


HANDED = {"to": "Zackarias", "how": "Rekommenderat brev", "identity_seen": "", "on": "1.10.2026"}


def test_the_whole_way_on_the_page(people, as_, copy):
    client = as_(people.clerk)
    page = client.get(path(copy))
    assert "Ljudkopian görs i ordning" in text(page)
    for words in ("samtal-1-2026-09-14-1012.wav", "samtal-2-2026-09-15-1012.wav", "Småbarnspedagogik", "0:00–0:01"):
        assert words in text(page)
    assert "Ladda ner" not in text(page)
    assert "samtal-3" not in text(page)
    copies.make_due()
    page = text(client.get(path(copy)))
    for words in (
        "Ladda ner den krypterade filen",
        "Visa lösenordet",
        "Raderas den 31.10.2026",
        "När svaret har skickats",
    ):
        assert words in page
    assert "Anteckna överlämnandet" not in page
    shown = client.submit(path(copy, "password"))
    assert shown.headers["Cache-Control"] == "no-store"
    secret = re.search(r'class="secret">([^<]+)<', shown.text)[1]
    assert client.submit(path(copy, "password")).status_code == 409
    assert "är förstört" in text(client.get(path(copy)))
    answer = client.submit(path(copy, "file"))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="BS-1-2026.zip"'
    assert len(copied.opened(answer.data, secret)) == 3
    copied.sent(copy.case)
    assert "Anteckna överlämnandet" in text(client.get(path(copy)))
    assert client.submit(path(copy, "handover"), HANDED).status_code == 303
    page = text(client.get(path(copy)))
    for words in ("Överlämnad 1.10.2026", "Zackarias", "Rekommenderat brev", "Kerstin Handström", "hävs 31.10.2026"):
        assert words in page
    assert client.submit(path(copy, "handover"), HANDED).status_code == 409
    assert copied.acts().count("viewed") == 5
    assert all("Zackarias" not in entry.detail for entry in Entry.select())


def test_a_page_that_stands_open_is_told_when_the_copy_is_made_and_logs_nothing(people, as_, copy):
    client = as_(people.clerk)
    page = client.get(path(copy))
    address = html.unescape(re.search(r'hx-get="([^"]+)" hx-trigger="every 3s"', page.text)[1])
    assert address.startswith(path(copy, "standing"))
    before = Entry.select().count()
    assert client.get(address).status_code == 204
    Copy.update(failure="EIO", attempts=1).execute()
    failed = client.get(address)
    assert "misslyckades" in text(failed)
    again = html.unescape(re.search(r'hx-get="([^"]+)"', failed.text)[1])
    assert client.get(again).status_code == 204, "each is said once"
    copies.make_due()
    made = client.get(again)
    assert "Ljudkopian är färdig." in text(made)
    assert f'href="{path(copy)}"' in made.text
    assert "hx-get" not in made.text
    assert Entry.select().where(~Entry.act.endswith("copy_made")).count() == before


def test_a_copy_that_was_made_at_the_first_attempt_is_told(people, as_, copy):
    client = as_(people.clerk)
    address = html.unescape(re.search(r'hx-get="([^"]+)"', client.get(path(copy)).text)[1])
    copies.make_due()
    assert "Ljudkopian är färdig." in text(client.get(address))


def test_a_copy_that_could_not_be_made_is_said_on_the_open_page(people, as_, copy):
    Copy.update(state=CopyState.FAILED, failure="EIO").execute()
    said = text(as_(people.clerk).get(path(copy, "standing")))
    assert "Ljudkopian blev inte gjord." in said
    assert "färdig" not in said


def test_how_a_copy_comes_along_is_nobodys_who_may_not_read_the_request(people, as_, copy):
    assert as_(people.adviser).get(path(copy, "standing")).status_code == 403
    other = copied.case(people, serial=2)
    assert as_(people.clerk).get(f"/cases/{other.uuid}/copies/{copy.uuid}/standing").status_code == 404


@pytest.mark.parametrize("delivery", [Delivery.DESK, Delivery.SECURE_MAIL])
def test_in_the_clear_each_file_can_be_taken_by_itself(people, as_, delivery):
    case, _ = copied.with_calls(people, delivery=delivery)
    copy = copies.order(case, by=None)
    copies.make_due()
    client, name = as_(people.clerk), "samtal-1-2026-09-14-1012.wav"
    page = client.get(path(copy))
    assert f'name="name" value="{name}"' in page.text
    assert "Visa lösenordet" not in text(page)
    answer = client.submit(path(copy, "file"), {"name": name})
    assert answer.data == copied.SOUND
    assert f'filename="{name}"' in answer.headers["Content-Disposition"]
    assert client.submit(path(copy, "file"), {"name": "../x"}).status_code == 404
    assert len(copied.opened(client.submit(path(copy, "file")).data)) == 3
    copied.sent(case)
    answer = client.submit(path(copy, "handover"), HANDED)
    assert answer.status_code == (422 if delivery == Delivery.DESK else 303)
    if delivery == Delivery.DESK:
        assert "Välj hur identiteten kontrollerades." in text(answer)
        assert client.submit(path(copy, "handover"), HANDED | {"identity_seen": "desk"}).status_code == 303


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"to": ""}, "to"),
        ({"how": " "}, "how"),
        ({"on": ""}, "on"),
        ({"on": "2.10.2026"}, "on"),
        ({"on": "31.9.2026"}, "on"),
        ({"identity_seen": "guessed"}, "identity_seen"),
    ],
)
def test_what_lacks_something_is_said_beside_the_field(people, as_, copy, typed, field):
    copies.make_due()
    copied.sent(copy.case)
    answer = as_(people.clerk).submit(path(copy, "handover"), HANDED | typed)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert Copy.get().handed_on is None


def test_another_copy_is_made_and_the_last_one_goes(people, as_, copy):
    copies.make_due()
    client = as_(people.clerk)
    assert client.submit(path(copy), {"delivery": "pigeon"}).status_code == 422
    assert client.submit(path(copy), {"delivery": "desk"}).status_code == 303
    assert client.submit(path(copy), {"delivery": "desk"}).status_code == 409
    assert Copy.get_by_id(copy.id).state == CopyState.GOING
    assert "görs i ordning" in text(client.get(path(copy)))
    assert client.submit(path(copy, "file")).status_code == 409
    copies.make_due()
    page = text(client.get(path(copy)))
    assert "På ett minne vid disken" in page


def test_one_that_failed_says_so_and_can_be_made_anew(people, as_, copy):
    Copy.update(state=CopyState.FAILED, failure="SealBroken").execute()
    page = as_(people.clerk).get(path(copy))
    assert "SealBroken" in page.text
    assert "Gör en ny kopia" in text(page)


def test_one_that_is_gone_says_so(people, as_, copy):
    copies.make_due()
    copies.end(copy.case)
    copies.expire_due()
    assert "Så länge samtalen finns kvar kan en ny göras." in text(as_(people.clerk).get(path(copy)))


def test_where_no_sound_is_given_the_page_says_so(people, as_):
    case = copied.case(people, state=State.IN_PROGRESS)
    assert "Inget ljud lämnas ut" in text(as_(people.clerk).get(f"/cases/{case.uuid}/copies"))
    waiting, _ = copied.with_calls(people, serial=2, state=State.PROPOSED)
    page = text(as_(people.decider).get(f"/cases/{waiting.uuid}/copies"))
    assert "görs i ordning när svaret har godkänts" in page


@pytest.mark.parametrize("who", ["decider", "dpo"])
def test_others_of_the_case_read_and_do_nothing(people, as_, copy, who):
    copies.make_due()
    client = as_(getattr(people, who))
    page = text(client.get(path(copy)))
    assert "Handläggaren lämnar över ljudet." in page
    assert "Gör en ny kopia" not in page
    for part in ("file", "password", "handover", ""):
        assert client.submit(path(copy, part), HANDED).status_code == 403
    assert copied.acts()[-1] == "viewed"


def test_a_clerk_who_is_not_the_handler_takes_over_first(people, as_, copy):
    copies.make_due()
    copied.sent(copy.case)
    other = as_(person("kaj", "Kaj Handman", Role.CLERK))
    assert "Ladda ner" not in text(other.get(path(copy)))
    for part in ("file", "password", "handover"):
        assert other.submit(path(copy, part), HANDED).status_code == 422
    assert other.submit(path(copy), {"delivery": "desk"}).status_code == 422
    assert Copy.get().password_sealed is not None


@pytest.mark.parametrize("who", ["adviser", "manager", "admin", "outsider"])
def test_others_have_no_business_here(people, as_, copy, who):
    client = as_(getattr(people, who))
    assert client.get(path(copy)).status_code == 403
    assert client.submit(path(copy, "file")).status_code == 403


def test_a_copy_of_another_case_is_not_found(people, as_, copy):
    other, _ = copied.with_calls(people, serial=2)
    client = as_(people.clerk)
    for part in ("file", "password", "handover"):
        assert client.submit(f"/cases/{other.uuid}/copies/{copy.uuid}/{part}", HANDED).status_code == 404
    assert client.get(f"/cases/{copy.uuid}/copies").status_code == 404


def test_the_page_of_a_purged_file_is_empty(people, as_, copy):
    Case.update(state=State.PURGED).execute()
    copies.end(copy.case)
    copies.expire_due()
    assert copy_making.make_due() == copy_making.Made()
    assert as_(people.clerk).get(path(copy)).status_code == 200
