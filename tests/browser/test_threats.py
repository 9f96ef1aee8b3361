"""A threat call, as people live it: the adviser reports, a manager holds, another renews, one releases; the police."""

import datetime as dt

import pytest
from playwright.sync_api import Page, expect

from portal import clock
from portal.recordings.models import Recording, State
from portal.retention import holds, threats
from portal.retention.models import Hold, Threat
from tests import calls
from tests.browser.conftest import NARROW, WIDE, House, axe, too_wide, unfold
from tests.browser.register import ending


@pytest.fixture
def call(house: House) -> Recording:
    """A call of its own for each journey."""
    with house.open() as register:
        return calls.recording(
            register.people.daycare, started_at=clock.now() - dt.timedelta(minutes=30), adviser=register.people.adviser
        )


def sound(page: Page) -> None:
    """The page has no fault that the engine sees, wide or narrow, and nothing sticks out."""
    for size in (NARROW, WIDE):
        page.set_viewport_size(size)
        assert not too_wide(page)
        assert not axe(page)


def day(days: int) -> str:
    of = clock.today() + dt.timedelta(days=days)
    return f"{of.day}.{of.month}.{of.year}"


def test_an_adviser_reports_in_two_clicks_and_a_manager_with_a_page_open_sees_it_and_holds(
    page: Page, house: House, enter, call
):
    people = house.register.people
    enter(people.adviser, "sv")
    page.goto(house.url + "/recordings/")
    link = page.get_by_role("link", name="Anmäl hotsamtal").first.bounding_box()
    assert link["x"] + link["width"] < 1280, "the way to report is in sight"
    page.goto(house.url + f"/recordings/{call.uuid}")
    page.get_by_role("link", name="Anmäl hotsamtal").click()
    sound(page)
    page.get_by_role("button", name="Anmäl hotsamtalet").click()
    expect(page.get_by_text("Anmälan är sparad.")).to_be_visible()
    sound(page)

    enter(people.manager, "sv")
    page.goto(house.url + "/accounts/me")
    notice = page.locator(".waits")
    expect(notice).to_contain_text("väntar på beslut")
    page.get_by_role("link", name="Se de anmälda hotsamtalen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Anmälda hotsamtal")
    sound(page)
    with house.open():
        threat = Threat.get(Threat.recording == call.id)
    page.locator(f'a[href$="{threat.uuid}"]').click()
    sound(page)
    page.get_by_role("button", name="Håll kvar", exact=True).click()
    page.watch.expect(422)
    expect(page.locator(".summary")).to_be_focused()
    page.get_by_role("region", name="Håll kvar samtalet").get_by_label("Skäl").fill("Allvarligt hot mot rådgivaren")
    page.get_by_label("För vilken åtgärd").fill("Polisanmälan")
    page.get_by_label("Granskas senast").fill(day(90))
    sound(page)
    page.get_by_role("button", name="Håll kvar", exact=True).click()
    expect(page.get_by_text("Samtalet hålls kvar. Det raderas inte.")).to_be_visible()
    sound(page)
    page.get_by_role("link", name="Öppna samtalet och lyssna").click()
    expect(page.get_by_role("region", name="Radering")).to_contain_text("Kvarhållet som hotsamtal")
    sound(page)
    page.get_by_label("Kundrådgivarnas säkerhet").check()
    page.get_by_role("button", name="Öppna inspelningen").click()
    page.get_by_role("button", name="Spela", exact=True).click()
    audio = page.locator("audio")
    for _ in range(50):
        if audio.evaluate("(a) => a.currentTime > 0.2"):
            break
        page.wait_for_timeout(100)
    assert audio.evaluate("(a) => a.currentTime > 0.2"), "it plays from the threat archive"
    with house.open():
        assert Recording.get_by_id(call.id).store == "threat"


def test_a_report_reaches_a_page_that_stands_open(page: Page, house: House, enter, call):
    people = house.register.people
    enter(people.manager, "sv")
    page.goto(house.url + "/accounts/me")
    with house.open():
        threats.report(call, kind="place", safety="unsafe", by=people.adviser)
    # What the minute's timer does, without the minute
    asked = page.locator("#came").get_attribute("hx-get")
    page.evaluate("(asked) => htmx.ajax('GET', asked, {target: '#came', swap: 'outerHTML'})", asked)
    expect(page.locator("#came")).to_contain_text("känner sig inte trygg nu")
    sound(page)
    with house.open():
        threats.dismiss(Threat.get(Threat.recording == call.id), reason="Övning", by=people.manager)


def test_the_report_works_without_javascript(page: Page, house: House, enter, call):
    enter(house.register.people.adviser, "sv")
    page.context.new_cdp_session(page).send("Emulation.setScriptExecutionDisabled", {"value": True})
    page.goto(house.url + "/recordings/")
    page.locator(f'a[href="/retention/calls/{call.uuid}"]').click()
    page.get_by_label("Trakasserier").check()
    page.get_by_role("button", name="Anmäl hotsamtalet").click()
    expect(page.get_by_text("Anmälan är sparad.")).to_be_visible()
    with house.open() as register:
        threat = Threat.get(Threat.recording == call.id)
        assert threat.kind == "harassment"
        threats.dismiss(threat, reason="Övning", by=register.people.manager)


@pytest.fixture
def over(house: House) -> Hold:
    """A held call whose three months are over, by the manager."""
    with house.open() as register:
        row = calls.recording(register.people.daycare, started_at=ending(clock.now() - dt.timedelta(hours=2), 2))
        soon = clock.today() + dt.timedelta(days=5)
        why = {"reason": "Hotade med våld", "action_ahead": "Åtalsprövning", "review_on": soon}
        with clock.frozen(row.expires_at - dt.timedelta(days=9)):
            return holds.place(row, **why, by=register.people.manager)


def test_another_manager_hears_renews_and_releases_a_call_past_its_date(page: Page, house: House, enter, over):
    people = house.register.people
    enter(people.second_manager, "sv")
    page.goto(house.url + "/retention/holds/")
    sound(page)
    page.locator(f'a[href$="{over.uuid}"]').click()
    page.get_by_role("link", name="Förnya").click()
    sound(page)
    page.get_by_label("Skäl").fill("Åtalsprövningen pågår")
    page.get_by_label("Granskas nästa gång senast").fill(day(100))
    page.get_by_role("button", name="Förnya").click()
    expect(page.get_by_text("Kvarhållandet är förnyat.")).to_be_visible()
    expect(page.get_by_role("region", name="Vad som har hänt")).to_contain_text("Åtalsprövningen pågår")
    expect(page.get_by_role("link", name="Förnya")).to_have_count(0)
    page.get_by_role("link", name="Öppna samtalet och lyssna").click()
    expect(page.get_by_role("region", name="Radering")).to_contain_text("gick ut den")
    sound(page)
    page.go_back()
    page.get_by_role("link", name="Släpp samtalet").click()
    expect(page.get_by_text("Samtalet raderas genast och kan inte återställas.")).to_be_visible()
    sound(page)
    page.get_by_label("Skäl").fill("Åtalet är nedlagt")
    page.get_by_role("button", name="Släpp och radera genast").click()
    page.watch.expect(422)
    expect(page.locator(".summary")).to_contain_text("Kryssa i rutan")
    page.get_by_label("Jag förstår att samtalet raderas genast").check()
    page.get_by_role("button", name="Släpp och radera genast").click()
    expect(page.get_by_text("Samtalet är släppt och raderat.")).to_be_visible()
    sound(page)
    with house.open():
        assert Recording.get_by_id(over.recording_id).state == State.PURGED


def test_a_call_is_handed_to_the_police_by_two_people(page: Page, house: House, enter, over):
    people = house.register.people
    enter(people.manager, "sv")
    page.goto(house.url + f"/retention/holds/{over.uuid}")
    page.get_by_role("link", name="Lämna ut till polisen").click()
    sound(page)
    page.get_by_label("Polisinrättning, enhet").fill("Östra Nylands polisinrättning")
    page.get_by_label("Dag för den skriftliga begäran").fill(day(0))
    page.get_by_label("Tvångsmedelslagen").check()
    page.get_by_label("Ändamål").fill("Förundersökning")
    page.get_by_label("Vad som lämnas ut").fill("Hela ljudet")
    page.get_by_label("Polisens egen mottagningstjänst").check()
    page.get_by_role("button", name="Föreslå utlämnandet").click()
    expect(page.get_by_text("Utlämnandet är föreslaget.")).to_be_visible()
    address = page.url
    enter(people.decider, "sv")
    page.goto(house.url + "/retention/")
    unfold(page)
    page.get_by_role("link", name="Se utlämnandena till polisen").click()
    sound(page)
    page.goto(address)
    page.get_by_label("Skäl").fill("Grunden håller")
    sound(page)
    page.get_by_role("button", name="Godkänn utlämnandet").click()
    expect(page.get_by_text("Utlämnandet är godkänt.").first).to_be_visible()
    enter(people.manager, "sv")
    page.goto(address)
    sound(page)
    with page.expect_download() as taken:
        page.get_by_role("button", name="Ladda ner ljudet").click()
    assert taken.value.path().read_bytes() == calls.wav(calls.tone(2.0))
    page.get_by_label("Vad som lämnade staden och hur").fill("Krypterad fil")
    page.get_by_role("button", name="Anteckna överlämnandet").click()
    expect(page.get_by_text("Överlämnandet är antecknat.")).to_be_visible()
    sound(page)
    enter(people.dpo, "sv")
    page.goto(address)
    expect(page.get_by_role("region", name="Utlämnandet")).to_contain_text("Krypterad fil")
    expect(page.get_by_role("button", name="Godkänn utlämnandet")).to_have_count(0)
