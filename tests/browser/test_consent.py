"""A consent, as people live it: given and trained with, taken back by a request that erases and confirms; and a request
that takes back what was never given."""

import datetime as dt

import pytest
from playwright.sync_api import Page, expect

from portal import clock
from portal.cases import clockwork, ending, intake, letters
from portal.cases.models import Case
from portal.documents import setting
from portal.recordings.models import Recording, State
from portal.register import consents
from portal.register.models import Consent
from tests import calls
from tests.browser.conftest import House, axe
from tests.browser.desk import Desk
from tests.register.consented import FI, SV, give


@pytest.mark.parametrize(("handling", "pages"), [("sv", "fi"), ("fi", "sv")])
def test_a_consent_is_given_trained_with_and_taken_back(page: Page, house: House, enter, handling: str, pages: str):
    desk = Desk(page, house, enter, pages)
    people, say = desk.people, desk.say
    number = "+358451110021" if handling == "sv" else "+358451110022"
    name = f"Zäta Samtycke {handling}"
    with house.open():
        row, other = _call(people, number, 20), _call(people, number, 10)

    # The wording is a decider's
    desk.sit_down(people.decider)
    page.goto(house.url + "/register/consents/texts/training")
    page.locator("#text_sv").fill(SV)
    page.locator("#text_fi").fill(FI)
    assert not axe(page)
    desk.press("Spara versionen")
    desk.done()

    # Noted from the call
    desk.sit_down(people.manager)
    page.goto(f"{house.url}/recordings/{row.uuid}")
    page.get_by_role("link", name=say("Anteckna ett samtycke")).click()
    page.locator(f'input[name="calls"][value="{other.uuid.hex}"]').check()
    page.locator("#name").fill(name)
    page.locator(f'input[name="language"][value="{handling}"]').check()
    page.locator("#given_on").fill(_typed(clock.today()))
    page.locator('input[name="given_how"][value="recording"]').check()
    desk.press("Anteckna samtycket")
    page.watch.expect(422)
    expect(page.locator(".summary")).to_be_focused()
    assert not axe(page)
    page.locator("#how_words").fill("på inspelningen, vid 1 min")
    desk.press("Anteckna samtycket")
    desk.done()
    assert not axe(page)
    with house.open():
        consent = Consent.get(Consent.name == name)
        Recording.update(expires_at=clock.now() - dt.timedelta(hours=2)).where(Recording.id == row.id).execute()

    # Heard for training past its date
    desk.sit_down(people.adviser)
    page.goto(house.url + "/register/training/")
    assert not axe(page)
    with page.expect_navigation():
        page.locator(f'form[action*="{row.uuid}"] button').click()
    assert not axe(page)
    _plays(desk)

    # Taken back by a request
    with house.open():
        desk.case = _case(desk, handling, number, name)
    desk.sit_down(people.clerk)
    desk.open("consents")
    assert not axe(page)
    desk.press("Återkalla samtycket")
    desk.done()
    assert not axe(page)
    with house.open():
        assert [Recording.get_by_id(one.id).state for one in (row, other)] == [State.PURGED, State.LIVE]
        assert Consent.get_by_id(consent.id).because == desk.case.uuid
    _answered(desk, handling)


def test_the_sound_stops_while_it_plays_when_the_consent_is_taken_back(page: Page, house: House, enter):
    desk = Desk(page, house, enter, "sv")
    with house.open():
        row = _call(desk.people, "+358451110025", 12)
        consent = give(desk.people, row, number="+358451110025")
    desk.sit_down(desk.people.adviser)
    page.goto(house.url + "/register/training/")
    page.locator(f'form[action*="{row.uuid}"] button').click()
    _plays(desk)
    page.watch.expect(404, str(row.uuid))
    with house.open():
        consents.withdraw(consent, by=desk.people.manager)
    expect(page.get_by_text("Uppspelningen är avslutad.")).to_be_visible(timeout=8000)
    assert page.locator("audio").evaluate("(a) => a.paused")


def _plays(desk: Desk) -> None:
    desk.press("Spela")
    audio = desk.page.locator("audio")
    for _ in range(50):
        if audio.evaluate("(a) => a.currentTime > 0.3"):
            break
        desk.page.wait_for_timeout(100)
    assert audio.evaluate("(a) => a.currentTime > 0.3")


@pytest.mark.parametrize(("handling", "pages"), [("sv", "fi"), ("fi", "sv")])
def test_none_on_file_is_answered_and_offers_an_objection(page: Page, house: House, enter, handling: str, pages: str):
    desk = Desk(page, house, enter, pages)
    people = desk.people
    number = "+358451110023" if handling == "sv" else "+358451110024"
    with house.open():
        row = _call(people, number, 15)
        desk.case = _case(desk, handling, number, f"Zäta Utan {handling}")
    desk.sit_down(people.clerk)
    desk.open("consents")
    assert not axe(page)
    desk.press("Anteckna att inget samtycke finns")
    desk.done()
    if handling == "sv":
        _answered(desk, handling)
        return
    desk.press("Behandla också som invändning")
    desk.done()
    assert not axe(page)
    with house.open():
        assert Recording.get_by_id(row.id).restrictions == 1, "locked until the objection is decided"


def _answered(desk: Desk, handling: str) -> None:
    """Proposed and sent by the clerk, or approved by another, with the letter that says it."""
    desk.open("answer")
    assert not axe(desk.page)
    desk.press("Föreslå svaret")
    desk.done()
    with desk.house.open():
        alone = Case.get_by_id(desk.case.id).outcome == "granted"
    if not alone:
        desk.sit_down(desk.people.decider)
        desk.open("answer")
    desk.press("Godkänn svaret")
    desk.done()
    with desk.house.open():
        setting.make_due()
        paper = letters.of(desk.case)[-1]
        assert (paper.kind, paper.language, paper.state) == ("case-consent", handling, "locked")
        sent = ending.dispatch(Case.get_by_id(desk.case.id), on=clock.today(), how="post", by=desk.people.clerk)
        assert sent.state == "dispatched"


def _case(desk: Desk, handling: str, number: str, name: str) -> Case:
    typed = intake.Registration(
        received_on=clock.today(),
        channel="letter",
        language=handling,
        name=name,
        address="Modellgatan 1 A 2\n06100 BORGÅ",
        asks="Jag tar tillbaka mitt samtycke.",
        numbers=(number,),
        rights=("withdrawal",),
    )
    case = intake.register(typed, by=desk.people.clerk)
    return clockwork.prove_identity(case, "eid", clock.today(), by=desk.people.clerk)


def _call(people, number: str, days: int) -> Recording:
    sound = calls.wav(calls.tone(60.0)) + number.encode() + bytes([days])
    started_at = clock.now() - dt.timedelta(days=days)
    return calls.recording(
        people.daycare, started_at=started_at, number=number, adviser=people.adviser, sound=sound, seconds=60.0
    )


def _typed(day: dt.date) -> str:
    return f"{day.day}.{day.month}.{day.year}"
