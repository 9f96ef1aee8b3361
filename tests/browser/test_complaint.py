"""A refusal is complained of, the court overturns it, and the person gets what was refused."""

import datetime as dt

import pytest
from playwright.sync_api import Page, expect

from portal import clock
from portal.cases import copies, decisions, ending, letters, proposal
from portal.cases.codes import Decision, Identity
from portal.cases.models import Case, CaseCall, CaseRight
from portal.documents import setting
from portal.retention import deletion, freezes
from portal.retention.models import Freeze
from tests.browser.conftest import House, axe
from tests.browser.desk import Desk
from tests.cases import answered

WHY = {"ground": "15_4", "interest": "En granne", "harm": "Samtalet berättar om grannens sjukdom.", "milder": "Inget."}
REASONS = "Domstolen anser att samtalet ska ges. Det ges därför nu helt och utan tystade avsnitt."


@pytest.mark.parametrize(("handling", "pages"), [("sv", "fi"), ("fi", "sv")])
def test_an_overturned_refusal_ends_in_the_copy_that_was_refused(page: Page, house: House, enter, handling, pages):
    desk = Desk(page, house, enter, pages)
    people = desk.people
    with house.open():
        desk.case, call = _refused(people, handling)
        first = len(letters.of(desk.case))

    # It lies in court, and nothing is let go
    desk.sit_down(people.clerk)
    desk.open("complaints")
    page.locator('input[name="body"][value="court"]').check()
    page.locator("#body_words").fill("Helsingfors förvaltningsdomstol")
    page.locator("#reference").fill("1234/03/2026")
    page.locator("#asks").fill("Domstolen ber om stadens yttrande.")
    assert not axe(page)
    desk.press("Anteckna klagomålet")
    desk.done()
    with house.open():
        assert answered.fresh(desk.case).state == "complaint"
        (freeze,) = Freeze.select().where(Freeze.because == desk.case.uuid, Freeze.stands)
        assert freeze.lifts_on is None
        assert deletion.claim(answered.fresh(call.recording)) is None

    # The statement goes out, the judgment comes in
    for direction, name in (("out", "yttrande.pdf"), ("in", "beslut.pdf")):
        page.get_by_text(desk.say("Lägg till handlingar"), exact=True).click()
        page.locator(f'input[name$="-direction"][value="{direction}"]').check()
        files = [{"name": name, "mimeType": "application/pdf", "buffer": b"%PDF-1.7 " + name.encode()}]
        page.locator('input[type="file"]').set_input_files(files)
        desk.press("Lägg till handlingar")
        desk.done()
        expect(page.get_by_role("link", name=name.removesuffix(".pdf"))).to_be_visible()

    page.get_by_text(desk.say("Klagomålet är avgjort"), exact=True).click()
    page.locator('input[name$="-result"][value="overturned"]').check()
    page.locator('input[name$="-decided_on"]').fill(_typed(clock.today()))
    page.locator('textarea[name$="-decided"]').fill("Samtalet ska ges. Grannens intresse väger mindre.")
    page.locator('input[name$="-overturned"][value="access"]').check()
    due = clock.today() + dt.timedelta(days=14)
    page.locator('input[name$="-due_on"]').fill(_typed(due))
    assert not axe(page)
    desk.press("Anteckna avgörandet")
    desk.done()
    with house.open():
        row = answered.fresh(desk.case)
        assert (row.state, row.round, row.due_on) == ("in_progress", 2, due)

    # Decided, answered and sent anew
    desk.open(f"calls/{call.uuid}")
    page.locator('input[name="decision"][value="whole"]').check()
    desk.press("Spara beslutet")
    desk.done()
    desk.open("answer")
    page.locator("#reasons").fill(REASONS)
    desk.press("Föreslå svaret")
    desk.done()
    desk.press("Godkänn svaret")
    desk.done()
    with house.open():
        setting.make_due()
        copies.make_due()
        papers = letters.of(desk.case)
        assert len(papers) == first + 1
        assert {paper.state for paper in papers} == {"locked"}
    desk.open("ending")
    page.locator('input[name="how"][value="post"]').check()
    desk.press("Anteckna att svaret är skickat")
    desk.done()
    with house.open():
        assert answered.fresh(desk.case).state == "dispatched"
        assert answered.told(desk.case)[-8:] == [
            *("attached", "attached", "complaint_ended", "reopened", "proposed", "approved", "copy_made", "dispatched")
        ]


def _refused(people, language: str) -> tuple[Case, CaseCall]:
    """A request whose only call was withheld; the answer has left."""
    serial = 9000 + (language == "fi")
    values = {"serial": serial, "number": f"BS/{serial}/2026", "language": language, "name": "Zäta Klagande"}
    made = answered.case(people, **values, received_on=clock.today() - dt.timedelta(days=5), identity=Identity.PROVEN)
    call = answered.call(made, people)
    decisions.decide(call, Decision.WITHHELD, by=people.clerk, **WHY)
    proposal.propose(made, reasons="Samtalet rör en annan persons hälsa, och ges därför inte.", by=people.clerk)
    answered.heard(call, people.decider)
    approved = proposal.approve(answered.fresh(made), by=people.decider)
    setting.make_due()
    sent = ending.dispatch(approved, on=clock.today(), how="post", by=people.clerk)
    assert CaseRight.get(CaseRight.case == made.id).outcome == "refused"
    assert freezes.usable_for(made).exists()
    return sent, call


def _typed(day: dt.date) -> str:
    return f"{day.day}.{day.month}.{day.year}"
