"""What the pages of a case say of what comes next, what it is about, and in which language to write."""

import datetime as dt
import html
import re

import pytest

from portal import clock
from portal.cases import clockwork, deadlines
from portal.cases.codes import Concerns, Identity, RightKind
from portal.cases.models import Case
from tests.cases import answered, claimed, made
from tests.recordings.hearing import text


@pytest.fixture(autouse=True)
def _day():
    with clock.frozen(made.NOW):
        yield


def said(answer) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def test_the_next_step_stands_on_each_part_for_the_handler_alone(people, as_):
    made.call(people)
    case = made.case(people)
    ahead = "Nästa steg: Anteckna hur personens identitet är styrkt"
    for part in ("calls", "claims", "answer", "time"):
        page = as_(people.clerk).get(f"/cases/{case.uuid}/{part}")
        assert ahead in said(page), part
        there = f'href="/cases/{case.uuid}/time#identity-title"'
        assert (there in page.text) == (part != "time"), "no link leads to the page that one is on"
        assert ahead not in said(as_(people.decider).get(f"/cases/{case.uuid}/{part}"))


def test_the_overview_leads_to_the_form_where_proof_of_identity_is_noted(people, as_):
    case = made.case(people)
    client = as_(people.clerk)
    assert f'href="/cases/{case.uuid}/time#identity-title"' in client.get(f"/cases/{case.uuid}").text
    assert 'id="identity-title"' in client.get(f"/cases/{case.uuid}/time").text


def test_the_list_says_what_each_request_is_about(people, as_):
    made.case(people)
    made.case(people, numbers=("+358401234568",), rights=(RightKind.RECTIFICATION, RightKind.ERASURE))
    rows = as_(people.clerk).get("/cases/").text.split("<tr>")[2:]
    shown = [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]
    by_number = {row.split()[0]: row for row in shown}
    assert f"{made.NAME} Insyn 2" in by_number["BS/1/2026"]
    assert f"{made.NAME} Rättelse Radering 2" in by_number["BS/2/2026"]
    assert "Insyn" not in by_number["BS/2/2026"]


def test_longer_time_says_until_when_and_that_it_is_asked_for(people, as_):
    case = made.case(people)
    client = as_(people.clerk)
    assert "Förlängs tiden är sista dagen 4.1.2027." in text(client.get(f"/cases/{case.uuid}/time"))
    assert "Längre tid" not in text(client.get(f"/cases/{case.uuid}"))
    clockwork.propose_extension(case, reason="140 samtal.", by=people.clerk)
    assert "4.1.2027" in text(client.get(f"/cases/{case.uuid}/time"))
    assert "Längre tid Väntar på beslut" in said(client.get(f"/cases/{case.uuid}"))
    assert Case.get().due_on == made.DUE, "nothing is longer before it is decided"


@pytest.mark.parametrize(("language", "words"), [("sv", "språk, svenska."), ("fi", "språk, finska.")])
def test_where_a_letter_repeats_what_is_typed_its_language_is_said(people, as_, language, words):
    case = made.case(people, language=language)
    Case.update(identity=Identity.PROVEN, state="in_progress").execute()
    for part in ("answer", "time"):
        assert words in text(as_(people.clerk).get(f"/cases/{case.uuid}/{part}")), part


def test_a_judged_call_that_is_not_decided_is_to_be_decided_and_the_page_goes_there(people, as_):
    case = answered.case(people)
    row = answered.call(case, people, concerns=Concerns.UNCLEAR)
    client, url = as_(people.clerk), f"/cases/{case.uuid}"
    assert "Bedöm samtalen" in text(client.get(f"{url}/answer"))
    answer = client.submit(f"{url}/calls/{row.uuid}/judgement", {"concerns": "yes"})
    assert answer.location == f"{url}/calls/{row.uuid}#decision-title"
    page = client.get(f"{url}/calls/{row.uuid}")
    assert "Besluta nu hur samtalet ges." in text(page)
    assert 'id="decision-title"' in page.text
    page = text(client.get(f"{url}/answer"))
    assert "Alla samtal är bedömda, men det är inte beslutat hur de ges: 1 återstår." in page
    assert "Besluta om samtalen" in page
    assert "Bedöm samtalen" not in page


def test_a_call_that_needs_no_decision_asks_for_none(people, as_):
    case = answered.case(people)
    row = answered.call(case, people, concerns=Concerns.UNCLEAR)
    answer = as_(people.clerk).submit(f"/cases/{case.uuid}/calls/{row.uuid}/judgement", {"concerns": "no"})
    assert answer.location == f"/cases/{case.uuid}/calls/{row.uuid}"


def test_a_claim_that_is_not_decided_has_a_way_to_decide_it(people, as_):
    case = answered.case(people, rights=(RightKind.RECTIFICATION,))
    row = claimed.claim(case, people)
    url = f"/cases/{case.uuid}/claims"
    assert "Avgör" in re.findall(rf'href="{url}/{row.uuid}">(\w+)<', as_(people.clerk).get(url).text)
    assert "Avgör" not in re.findall(rf'href="{url}/{row.uuid}">(\w+)<', as_(people.decider).get(url).text)


def test_a_number_to_correct_is_written_as_people_write_it(people, as_):
    case = made.case(people, numbers=("+358401234567", "+46701740699"))
    page = as_(people.clerk).get(f"/cases/{case.uuid}/facts").text
    assert "040 1234567\n+46 70 174 06 99" in page
    assert "+358401234567" not in page


def test_the_day_with_longer_time_is_counted_from_the_receipt():
    case = Case(received_on=dt.date(2026, 8, 31), regime="data_protection")
    assert deadlines.extended_limit(case) == dt.date(2026, 11, 30)
