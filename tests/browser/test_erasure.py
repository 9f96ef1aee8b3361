"""Somebody wants calls erased: granted, after the copy that was asked for first; and refused, with a certificate."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from portal import clock
from portal.cases import carrying, copies, ending, intake, letters
from portal.cases.claim_models import Claim, Sending
from portal.cases.codes import RightKind
from portal.cases.models import Case, CaseCall
from portal.documents import setting
from portal.recordings.models import Recording
from portal.recordings.models import State as RecordingState
from portal.retention.models import PurgeLine
from portal.vault import keystore
from tests import calls
from tests.browser.conftest import axe
from tests.browser.desk import Desk
from tests.cases import claimed
from tests.cases.answered import fresh

LANGUAGES = [("sv", "fi"), ("fi", "sv")]


@pytest.mark.parametrize(("handling", "pages"), LANGUAGES)
def test_a_call_is_erased_when_its_copy_has_been_given_and_a_letter_says_so(page, house, enter, handling, pages):
    desk = Desk(page, house, enter, pages)
    people = desk.people
    with house.open():
        desk.case, call = _asked(people, handling, 1, RightKind.ACCESS, RightKind.ERASURE)
    desk.sit_down(people.clerk)
    _judged(desk, call)
    desk.open(f"calls/{call.uuid}")
    page.locator('input[name="decision"][value="whole"]').check()
    desk.press("Spara beslutet")
    desk.done()
    claim = _claimed(desk)
    page.locator('input[name="decision"][value="granted"]').check()
    page.locator("#ground").select_option("17_1_d")
    assert not axe(page)
    desk.press("Spara avgörandet")
    desk.done()
    desk.open("carrying")
    desk.expect("Får vänta")  # what the approval will lead to is seen before it
    assert not axe(page)
    desk.open("answer")
    desk.press("Föreslå svaret")
    desk.done()

    # Approved, and nothing is erased: the copy comes first
    desk.sit_down(people.decider)
    desk.open("answer")
    assert not axe(page)
    desk.press("Godkänn svaret")
    desk.done()
    with house.open():
        _worked()
        assert {letter.state for letter in letters.of(desk.case)} == {"locked"}
        assert fresh(call.recording).state == RecordingState.LIVE
        assert fresh(claim).waits == "access"
    desk.sit_down(people.clerk)
    desk.open("carrying")
    desk.expect("Väntar")
    _sent(desk)
    desk.open("copies")
    page.locator("#to").fill("Zäta Raderare")
    page.locator("#how").fill("I stadens säkra e-post, lösenordet i ett brev.")
    desk.press("Anteckna överlämnandet")
    desk.done()

    # Now it goes, and the person is told
    with house.open():
        _worked()
        gone = fresh(call.recording)
        assert (gone.state, keystore.exists(gone.uuid)) == (RecordingState.PURGED, False)
        assert PurgeLine.get(PurgeLine.subject == gone.uuid).rule.startswith("erasure")
        assert Sending.get(Sending.case == desk.case.id).state == "waiting"
    desk.open("carrying")
    desk.expect("Allt som beslutades är gjort.")
    assert not axe(page)
    desk.open("ending")
    expect(page.get_by_role("button", name=desk.say("Avsluta begäran"))).to_have_count(0)
    assert not axe(page)
    desk.press("Anteckna att brevet är skickat")
    desk.done()
    assert not axe(page)
    desk.press("Avsluta begäran")
    desk.done()
    with house.open():
        assert fresh(desk.case).state == "closed"


@pytest.mark.parametrize(("handling", "pages"), LANGUAGES)
def test_an_erasure_that_is_refused_ends_in_a_certificate_and_the_call_stays(page, house, enter, handling, pages):
    desk = Desk(page, house, enter, pages)
    people = desk.people
    with house.open():
        desk.case, call = _asked(people, handling, 2, RightKind.ERASURE)
    desk.sit_down(people.clerk)
    _judged(desk, call)
    _claimed(desk)
    page.locator('input[name="decision"][value="refused"]').check()
    page.locator("#refusal").select_option("17_3_e")
    page.locator("#reasons").fill("För kort.")
    desk.press("Spara avgörandet")
    expect(page.locator(".summary")).to_be_visible()
    page.watch.expect(422)
    assert not axe(page)
    page.locator("#reasons").fill(claimed.REASONS)
    desk.press("Spara avgörandet")
    desk.done()
    desk.open("answer")
    page.locator("#reasons").fill("Staden behöver samtalet för att bemöta ett anspråk som du själv har framställt.")
    desk.press("Föreslå svaret")
    desk.done()

    # The second person looks at the reasons, and says so
    desk.sit_down(people.decider)
    desk.open("answer")
    page.locator("#reviewed").check()
    assert not axe(page)
    desk.press("Godkänn svaret")
    desk.done()
    with house.open():
        _worked()
        (certificate,) = [letter for letter in letters.of(desk.case) if letter.kind == "case-certificate"]
        assert (certificate.state, certificate.language) == ("locked", handling)
        assert fresh(call.recording).state == RecordingState.LIVE
    desk.sit_down(people.clerk)
    paper = page.request.get(f"{house.url}/cases/{desk.case.uuid}/letters/{certificate.uuid}/pdf")
    assert paper.body().startswith(b"%PDF")
    desk.open("carrying")
    desk.expect("Inget att göra")
    _sent(desk)
    with house.open():
        assert fresh(desk.case).outcome == "refused"
        assert fresh(desk.case).lifts_on == clock.today() + dt.timedelta(days=30)
        assert ending.remaining(fresh(desk.case)) is None
        assert not Sending.select().where(Sending.case == desk.case.id).exists()


def _asked(people, language: str, which: int, *rights: RightKind) -> tuple[Case, CaseCall]:
    """A request of a person who called once, registered and with identity proven."""
    number = f"+35845222{which}{'01' if language == 'sv' else '02'}"
    calls.recording(
        people.daycare,
        started_at=clock.now() - dt.timedelta(days=20, minutes=which),
        number=number,
        adviser=people.adviser,
        sound=calls.wav(calls.tone(2.0)) + number.encode(),
    )
    typed = {"channel": "letter", "language": language, "name": "Zäta Raderare", "asks": "Radera samtalet."}
    known = {"numbers": (number,), "address": "Modellgatan 1\n06100 BORGÅ", "rights": tuple(rights)}
    received = clock.today() - dt.timedelta(days=3)
    made = intake.register(intake.Registration(received_on=received, **typed, **known), by=people.clerk)
    Case.update(identity="proven", identity_method="eid", identity_on=received).where(Case.id == made.id).execute()
    call = CaseCall.select(CaseCall, Recording).join(Recording).where(CaseCall.case == made.id).get()
    return fresh(made), call


def _judged(desk: Desk, call: CaseCall) -> None:
    desk.open("calls")
    desk.page.locator(f"#concerns-{call.uuid.hex}-yes").check()
    desk.press("Spara bedömningarna")
    desk.done()


def _claimed(desk: Desk) -> Claim:
    """The call that is chosen already is demanded to be erased; the page of the claim is open."""
    desk.open("claims/new?right=erasure")
    assert not axe(desk.page)
    desk.press("Anteckna")
    desk.done()
    with desk.house.open():
        claim = Claim.select().order_by(Claim.id.desc()).get()
    desk.open(f"claims/{claim.uuid}")
    return claim


def _sent(desk: Desk) -> None:
    desk.open("ending")
    desk.page.locator('input[name="how"][value="post"]').check()
    desk.press("Anteckna att svaret är skickat")
    desk.done()


def _worked() -> None:
    """What the worker does in a round."""
    carrying.carry_out()
    setting.make_due()
    copies.make_due()
