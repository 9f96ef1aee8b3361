"""The page of what a case restricts, and the page of a call that is restricted."""

import pytest

from portal import clock
from portal.audit.models import Entry
from portal.cases import locking
from portal.cases.claim_models import Sending
from portal.cases.codes import RightKind, State
from portal.cases.models import Case
from portal.retention import restrictions
from portal.retention.restriction_models import Restriction, RestrictionGround
from tests.cases import answered, made
from tests.cases.made import fresh

REASONS = "zqtvisten vid tingsrätten är avgjord, och personen behöver inte samtalet för den längre"


@pytest.fixture(autouse=True)
def _day():
    with clock.frozen(made.NOW):
        yield


@pytest.fixture
def case(people) -> Case:
    """Answered; its call restricted because the person needs it for a claim."""
    row = made.call(people, subject="zqämnet")
    opened = made.case(people, rights=(RightKind.RESTRICTION,))
    restrictions.restrict([row], ground=RestrictionGround.CLAIMS, because=opened, by=people.clerk)
    sent = {"state": State.DISPATCHED, "dispatched_on": clock.today(), "lifts_on": locking.first_day()}
    Case.update(sent).where(Case.id == opened.id).execute()
    return fresh(opened)


def text(answer) -> str:
    return " ".join(answer.get_data(as_text=True).split())


def typed(**other) -> dict:
    day = locking.first_day()
    row = Restriction.get()
    return {"restrictions": row.uuid.hex, "day": f"{day.day}.{day.month}.{day.year}", "reasons": REASONS} | other


def test_the_page_tells_which_calls_why_and_what_is_allowed_meanwhile(as_, people, case):
    for person in (people.clerk, people.decider, people.dpo):
        shown = text(as_(person).get(f"/cases/{case.uuid}/restrictions"))
        assert "rättsligt anspråk (artikel 18.1 c)" in shown
        assert ("Häv en begränsning" in shown) == (person == people.clerk)
    assert as_(people.adviser).get(f"/cases/{case.uuid}/restrictions").status_code == 403
    wrong = f"/cases/{Restriction.get().uuid}/restrictions"
    assert as_(people.clerk).get(wrong).status_code == 404


def test_the_letter_about_the_lifting_is_ordered_once_and_by_the_handler_alone(as_, people, case):
    url = f"/cases/{case.uuid}/restrictions/lifting"
    assert as_(people.decider).submit(url, typed()).status_code == 403
    assert as_(answered.second_clerk()).submit(url, typed()).status_code in (409, 422)
    for wrong, said in (
        ({"day": "1.10.2026"}, "Personen ska ha tid"),
        ({"reasons": "för kort"}, "minst 40 tecken"),
        ({"restrictions": ""}, ""),
        ({"day": ""}, "Skriv dagen"),
    ):
        refused = as_(people.clerk).submit(url, typed(**wrong))
        assert (refused.status_code, said in text(refused)) == (422, True), wrong
    assert not Sending.select().exists()
    assert as_(people.clerk).submit(url, typed()).status_code == 303
    assert Sending.select().count() == 1
    assert "brev ska skickas" in text(as_(people.clerk).get(f"/cases/{case.uuid}/restrictions"))
    assert as_(people.clerk).submit(url, typed()).status_code in (409, 422)
    assert Sending.select().count() == 1


def test_a_restricted_call_tells_whoever_could_see_it_that_it_is_and_no_more(as_, people, case):
    row = Restriction.get().recording
    url = f"/recordings/{row.uuid}"
    for person in (people.adviser, people.manager, people.clerk):
        answer = as_(person).get(url)
        shown = text(answer)
        assert (answer.status_code, "Behandlingen av samtalet är begränsad" in shown) == (200, True)
        assert "zqämnet" not in shown
        assert "234567" not in shown.replace(" ", "")
        assert (case.number in shown) == (person == people.clerk)
    viewed = Entry.select().where(Entry.act == "recordings:restricted_viewed", Entry.subject == row.uuid)
    assert [entry.by for entry in viewed] == [p.uuid for p in (people.adviser, people.manager, people.clerk)]
    assert as_(people.outsider).get(url).status_code == 404
    client = as_(people.adviser)
    assert client.submit(f"{url}/notes", {"note": "zq", "key": str(row.uuid)}).status_code == 409
    assert client.submit(f"{url}/subject", {"subject": "zq", "earlier": ""}).status_code == 409
    assert client.submit(f"{url}/listens", {"purpose": "quality"}).status_code == 409
    assert client.get(f"/retention/calls/{row.uuid}").status_code == 409
    waiting = client.get(f"{url}/hearing")
    assert (waiting.status_code, waiting.headers["HX-Refresh"]) == (204, "true")


def test_the_parts_of_a_call_that_are_restricted_are_counted_and_not_shown(as_, people, case):
    other = made.call(people, days=1, conversation="zq-1")
    row = Restriction.get().recording
    type(row).update(conversation="zq-1").where(type(row).id == row.id).execute()
    shown = text(as_(people.adviser).get(f"/recordings/{other.uuid}"))
    assert "1 del till visas inte, för behandlingen av den är begränsad." in shown
    assert str(row.uuid) not in shown
