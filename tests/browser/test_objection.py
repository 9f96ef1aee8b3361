"""A person objects to what is done with a call: it is locked at once for all but the request, the answer tells until
when, and on that day it is there again as before."""

import datetime as dt

import pytest
from playwright.sync_api import Page, expect

from portal import clock
from portal.cases import clockwork, ending, letters, locking
from portal.cases.models import Case, CaseCall
from portal.documents import setting
from portal.recordings.models import Recording
from portal.retention.restriction_models import Restriction
from tests import calls
from tests.browser.conftest import House, axe
from tests.browser.desk import Desk

NAMES = {"sv": "Zäta Invändare", "fi": "Zäta Vastustaja"}
REASONS = (
    "Samtalet gäller en pågående klagan om dagvårdsavgiften för oktober. Staden behöver det för att kunna bemöta den, "
    "och det väger tyngre än skälen i invändningen så länge klagan behandlas."
)


@pytest.mark.parametrize(("handling", "pages"), [("sv", "fi"), ("fi", "sv")])
def test_an_objection_locks_its_call_until_the_day_that_the_certificate_tells(
    page: Page, house: House, enter, handling: str, pages: str
):
    desk, subject = Desk(page, house, enter, pages), f"zqtvist{handling} i oktober"
    people, number = desk.people, "+358451119101" if handling == "sv" else "+358451119102"
    with house.open():
        row = calls.recording(
            people.daycare,
            started_at=clock.now() - dt.timedelta(days=10),
            seconds=3.0,
            number=number,
            adviser=people.adviser,
            subject=subject,
            sound=calls.wav(calls.tone(3.0)) + number.encode(),
        )
    own_page = f"{house.url}/recordings/{row.uuid}"

    # The adviser hears it until the objection is registered; then not even its subject is told
    desk.sit_down(people.adviser)
    page.goto(own_page)
    expect(page.locator("#subject")).to_have_value(subject)
    desk.sit_down(people.clerk)
    page.goto(house.url + "/cases/new")
    page.locator("#name").fill(NAMES[handling])
    page.locator("#address").fill("Modellgatan 1 A 2\n06100 BORGÅ")
    page.locator("#numbers").fill(number)
    page.locator("#asks").fill("Jag motsätter mig att mitt samtal används.")
    page.locator("#received_on").fill(_typed(clock.today()))
    page.locator(f'input[name="language"][value="{handling}"]').check()
    page.locator("main details summary").first.click()
    page.locator('input[name="rights"][value="access"]').uncheck()
    page.locator('input[name="rights"][value="objection"]').check()
    desk.press("Registrera")
    desk.done()
    with house.open():
        desk.case = Case.get(Case.name == NAMES[handling])
    desk.open("restrictions")
    desk.expect("Personen har invänt, och invändningen prövas (artikel 18.1 d)")
    assert not axe(page)
    desk.sit_down(people.adviser)
    page.goto(own_page)
    desk.expect("Behandlingen av samtalet är begränsad.")
    assert "zqtvist" not in page.content()
    assert not axe(page)
    page.goto(f"{house.url}/recordings/?words=zqtvist{handling}")
    desk.expect("Inga samtal hittades")

    # For the request it is seen and heard
    with house.open():
        desk.case = clockwork.prove_identity(desk.case, "eid", clock.today(), by=people.clerk)
        call = CaseCall.get(CaseCall.case == desk.case.id)
    desk.sit_down(people.clerk)
    page.goto(own_page)
    page.get_by_role("link", name=desk.case.number).click()
    desk.hear(call)
    desk.open("calls")
    page.locator(f"#concerns-{call.uuid.hex}-yes").check()
    desk.press("Spara bedömningarna")
    desk.done()

    # Refused, with reasons for this very call; a second person approves
    desk.open("claims/new?right=objection")
    page.locator(f'input[name="calls"][value="{call.uuid.hex}"]').check()
    page.locator("#demanded").fill("Använd inte mitt samtal, och radera det.")
    desk.press("Anteckna")
    desk.done()
    desk.open("claims")
    page.locator('main a[href*="/claims/"]:not([href*="/new/"])').first.click()
    page.locator('input[name="decision"][value="refused"]').check()
    page.locator("#refusal").select_option("21_1")
    page.locator("#reasons").fill(REASONS)
    desk.press("Spara avgörandet")
    desk.done()
    desk.open("answer")
    page.locator("#reasons").fill(REASONS)
    desk.press("Föreslå svaret")
    desk.done()
    desk.sit_down(people.decider)
    desk.open("answer")
    page.locator('input[name="reviewed"]').check()
    desk.press("Godkänn svaret")
    desk.done()
    with house.open():
        setting.make_due()
        papers = letters.of(desk.case)
        assert {(paper.state, paper.language) for paper in papers} == {("locked", handling)}
        assert papers[-1].kind == "case-certificate"

    # Sent: the day is told, and when it comes the adviser has the call again
    desk.sit_down(people.clerk)
    desk.open("ending")
    page.locator('input[name="how"][value="post"]').first.check()
    desk.press("Anteckna att svaret är skickat")
    desk.done()
    desk.open("restrictions")
    with house.open():
        sent, told = Case.get_by_id(desk.case.id), Restriction.get(Restriction.because == desk.case.uuid)
        assert (told.told_on, told.lifts_on) == (clock.today(), sent.lifts_on)
        Case.update(lifts_on=clock.today()).where(Case.id == sent.id).execute()
        Restriction.update(lifts_on=clock.today()).where(Restriction.id == told.id).execute()
        assert locking.lift_due() == 1
        assert Recording.get_by_id(row.id).restrictions == 0
        ending.close_due()
        assert Case.get_by_id(sent.id).state == "closed"
    desk.open("restrictions")
    desk.expect("hävd")
    desk.sit_down(people.adviser)
    page.goto(own_page)
    expect(page.locator("#subject")).to_have_value(subject)


def _typed(day: dt.date) -> str:
    return f"{day.day}.{day.month}.{day.year}"
