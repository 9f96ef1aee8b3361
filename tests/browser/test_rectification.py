"""Somebody says that what stands about their call is wrong: corrected, corrected in part, and refused with a
certificate."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from portal import clock
from portal.cases import carrying, ending, intake, letters
from portal.cases.codes import RightKind
from portal.cases.models import Case, CaseCall
from portal.documents import setting
from portal.recordings.models import Recording
from portal.retention.restriction_models import Restriction
from tests import calls
from tests.browser.conftest import axe
from tests.browser.desk import Desk
from tests.cases import claimed
from tests.cases.answered import fresh

LANGUAGES = [("sv", "fi"), ("fi", "sv")]
WRONG, RIGHT = "Klagomål på förskolan", "Fråga om en plats i förskolan"
DEMANDED = "Ändra ämnet: jag klagade inte, jag frågade om en plats."


@pytest.mark.parametrize(("handling", "pages"), LANGUAGES)
def test_a_wrong_subject_is_corrected_by_the_handler_alone_and_a_letter_says_so(page, house, enter, handling, pages):
    desk = _desk(page, house, enter, handling, pages, 1)
    call = _judged(desk)
    _claim(desk, call, "subject", DEMANDED)
    with house.open():
        assert Recording.get_by_id(call.recording_id).restrictions == 1, "restricted while it is looked into"
    page.locator('input[name="decision"][value="corrected"]').check()
    page.locator("#value").fill(RIGHT)
    assert not axe(page)
    desk.press("Spara avgörandet")
    desk.done()
    _proposed(desk)
    desk.press("Godkänn svaret")
    desk.done()
    with house.open():
        assert Recording.get_by_id(call.recording_id).subject == RIGHT
    _sent(desk, "case-rectified", handling, "granted")
    desk.open("claims")
    desk.expect("Beviljad")
    assert not axe(page)


@pytest.mark.parametrize(("handling", "pages"), LANGUAGES)
def test_what_is_corrected_and_what_is_not_stand_in_one_letter(page, house, enter, handling, pages):
    desk = _desk(page, house, enter, handling, pages, 2)
    call = _judged(desk)
    _claim(desk, call, "subject", DEMANDED)
    page.locator('input[name="decision"][value="corrected"]').check()
    page.locator("#value").fill(RIGHT)
    desk.press("Spara avgörandet")
    desk.done()
    _claim(desk, call, "speech", "Ta bort att jag skulle ha sagt så.", quote="Det var ju hemskt.")
    expect(page.locator('input[name="decision"][value="corrected"]')).to_have_count(0)  # sound is never edited
    page.locator('input[name="decision"][value="refused"]').check()
    page.locator("#statement").fill(claimed.STATEMENT)
    page.locator("#reasons").fill(claimed.REASONS)
    desk.press("Spara avgörandet")
    desk.done()
    assert not axe(page)
    _proposed(desk)
    _approved(desk)
    with house.open():
        assert Recording.get_by_id(call.recording_id).subject == RIGHT
    _sent(desk, "case-rectified", handling, "partial")


@pytest.mark.parametrize(("handling", "pages"), LANGUAGES)
def test_a_refusal_ends_in_a_certificate_with_reasons_of_its_own(page, house, enter, handling, pages):
    desk = _desk(page, house, enter, handling, pages, 3)
    call = _judged(desk)
    _claim(desk, call, "subject", DEMANDED)
    page.get_by_text(desk.say("Börja med en fras"), exact=True).click()
    page.locator('button[name="begin"][value="heard"]').click()
    expect(page.locator("#reasons")).not_to_be_empty()
    expect(page.locator('input[name="decision"][value="refused"]')).to_be_checked()
    desk.press("Spara avgörandet")  # a phrase is only a beginning
    expect(page.locator(".summary")).to_be_visible()
    page.watch.expect(422)
    assert not axe(page)
    page.locator("#reasons").fill(claimed.REASONS)
    desk.press("Spara avgörandet")
    desk.done()
    _proposed(desk)
    desk.sit_down(desk.people.decider)
    desk.open("answer")
    expect(page.get_by_text(claimed.REASONS)).to_be_visible()
    desk.press("Godkänn svaret")  # without the tick
    expect(page.locator(".summary")).to_be_visible()
    page.watch.expect(422)
    assert not axe(page)
    _approved(desk)
    with house.open():
        assert Recording.get_by_id(call.recording_id).subject == WRONG
        (lock,) = Restriction.select().where(Restriction.because == desk.case.uuid)
        assert lock.stands
    _sent(desk, "case-certificate", handling, "refused")
    with house.open():
        lock = fresh(lock)
        assert (lock.told_on, lock.lifts_on) == (clock.today(), clock.today() + dt.timedelta(days=30))


def _desk(page, house, enter, handling: str, pages: str, which: int) -> Desk:
    """A request of a person who called once, registered and with identity proven; its clerk has sat down."""
    desk = Desk(page, house, enter, pages)
    number = f"+35845333{which}{'01' if handling == 'sv' else '02'}"
    with house.open():
        calls.recording(
            desk.people.daycare,
            started_at=clock.now() - dt.timedelta(days=20, minutes=which),
            number=number,
            adviser=desk.people.adviser,
            subject=WRONG,
        )
        typed = intake.Registration(
            received_on=clock.today(),
            channel="letter",
            language=handling,
            name="Zäta Rättare",
            address="Modellgatan 1\n06100 BORGÅ",
            asks=DEMANDED,
            numbers=(number,),
            rights=(RightKind.RECTIFICATION,),
        )
        desk.case = intake.register(typed, by=desk.people.clerk)
        Case.update(identity="proven").where(Case.id == desk.case.id).execute()
    desk.sit_down(desk.people.clerk)
    return desk


def _judged(desk: Desk) -> CaseCall:
    with desk.house.open():
        call: CaseCall = CaseCall.get(CaseCall.case == desk.case.id)
    desk.open(f"calls/{call.uuid}")
    desk.page.locator('input[name="concerns"][value="yes"]').check()
    desk.press("Spara bedömningen")
    desk.done()
    return call


def _claim(desk: Desk, call: CaseCall, entry: str, demanded: str, quote: str = "") -> None:
    """Noted through the pages, from the list to the page of the claim."""
    page = desk.page
    desk.open("claims")
    with page.expect_navigation():
        page.get_by_role("link", name=desk.say("Anteckna ett yrkande"), exact=True).first.click()
    assert not axe(page)
    page.locator(f'a[href*="{call.uuid}"]').first.click()
    page.locator(f'input[name="about"][value="{entry}"]').check()
    if quote:
        page.locator("#quote").fill(quote)
    page.locator("#demanded").fill(demanded)
    assert not axe(page)
    desk.press("Anteckna")
    desk.done()
    page.locator("tbody th a").last.click()


def _proposed(desk: Desk) -> None:
    desk.open("answer")
    desk.press("Föreslå svaret")
    desk.done()


def _approved(desk: Desk) -> None:
    desk.sit_down(desk.people.decider)
    desk.open("answer")
    desk.page.locator("#reviewed").check()
    desk.press("Godkänn svaret")
    desk.done()


def _sent(desk: Desk, kind: str, language: str, outcome: str) -> None:
    """Its one letter is set and sent, and nothing remains."""
    with desk.house.open():
        carrying.carry_out()
        setting.make_due()
        (letter,) = [one for one in letters.answering(desk.case)]
        assert (letter.kind, letter.state, letter.language) == (kind, "locked", language)
    desk.sit_down(desk.people.clerk)
    paper = desk.page.request.get(f"{desk.house.url}/cases/{desk.case.uuid}/letters/{letter.uuid}/pdf")
    assert paper.body().startswith(b"%PDF")
    desk.open("ending")
    desk.page.locator('input[name="how"][value="post"]').check()
    desk.press("Anteckna att svaret är skickat")
    desk.done()
    with desk.house.open():
        assert fresh(desk.case).outcome == outcome
        assert ending.remaining(fresh(desk.case)) is None
