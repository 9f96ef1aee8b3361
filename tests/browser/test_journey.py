"""The main job, as people do it: sign in, find the call, say why, hear it; and what is over is gone."""

import pyotp
from playwright.sync_api import Locator, Page, expect

from portal.accounts.models import Account
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.recordings.models import Recording
from tests.browser.conftest import PASSWORD, TOTP, House, axe, too_wide


def in_swedish(house: House, username: str) -> None:
    """Other tests leave people in Finnish; the page after the password is in the person's language."""
    with house.open():
        Account.update(language="sv").where(Account.username == username).execute()


def signed_in(page: Page, house: House, username: str) -> None:
    """Through the real forms. A code works once: each person signs in so in one test only."""
    in_swedish(house, username)
    page.goto(house.url)
    page.get_by_label("Användarnamn").fill(username)
    page.get_by_label("Lösenord").fill(PASSWORD)
    page.get_by_role("button", name="Fortsätt", exact=True).click()
    page.get_by_label("Kod", exact=True).fill(pyotp.TOTP(TOTP).now())
    page.get_by_role("button", name="Logga in").click()
    expect(page.get_by_role("heading", name="Start", level=1)).to_be_visible()


def played(house: House, recording: Recording) -> list[Entry]:
    """The log's rows about hearing this call."""
    with house.open():
        return list(Entry.select().where(Entry.act == Act.PLAYED, Entry.subject == recording.uuid))


def seconds(page: Page) -> float:
    return page.locator("audio").evaluate("(a) => a.currentTime")


def until(page: Page, condition: str) -> None:
    """Wait until the sound `a` meets `condition`. (`wait_for_function` needs the eval that our policy forbids.)"""
    audio = page.locator("audio")
    for _ in range(100):
        if audio.evaluate(f"(a) => {condition}"):
            return
        page.wait_for_timeout(100)
    now = audio.evaluate("(a) => [a.currentTime, a.paused, a.readyState, a.error && a.error.message]")
    raise AssertionError(f"never {condition}; time, paused, readyState and error are {now}")


def test_an_adviser_finds_yesterdays_call_about_day_care_and_hears_it(page: Page, house: House):
    call = house.register.yesterday
    before = len(played(house, call))
    signed_in(page, house, "karin")

    page.get_by_role("navigation", name="Huvudmeny").get_by_role("link", name="Samtal", exact=True).click()
    results = page.locator("#results tbody tr")
    expect(results).to_have_count(50)
    page.get_by_label("Ord i ämne och anteckningar").press_sequentially("dagvård", delay=30)
    expect(results).to_have_count(1)
    assert "sought=" in page.url
    assert "dagv" not in page.url, "what is typed stands in no address"
    expect(page.get_by_label("Ord i ämne och anteckningar")).to_be_focused()
    page.locator("#results tbody th a").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Samtal")
    assert not page.locator("audio").count(), "no sound before the purpose is stated"
    page.get_by_role("button", name="Öppna inspelningen").click()
    page.watch.expect(422)
    expect(page.get_by_role("alert")).to_contain_text("Ändamål")
    expect(page.locator(".summary")).to_be_focused()
    assert not axe(page)
    page.get_by_label("Tjänstens kvalitet").check()
    page.get_by_role("button", name="Öppna inspelningen").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Inspelning")
    assert not axe(page)
    drawn = "(c) => c.getContext('2d').getImageData(0, c.height / 4, c.width, 1).data.some((value) => value)"
    for wave in page.locator("canvas").all():
        assert wave.evaluate(drawn), "a waveform for each speaker, higher than a line"
    page.get_by_role("button", name="Spela", exact=True).click()
    until(page, "a.currentTime > 0.3 && !a.paused")
    slider = page.get_by_label("Plats i inspelningen")
    box = slider.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    until(page, "a.currentTime > 29 && a.currentTime < 35 && !a.paused && !a.seeking")
    there = seconds(page)
    until(page, f"a.currentTime > {there + 0.5}")
    page.get_by_role("button", name="Spola tillbaka 10 sekunder").click()
    until(page, f"a.currentTime < {there - 5}")
    page.get_by_role("button", name="Pausa").click()
    rows = played(house, call)
    assert len(rows) == before + 1, "one listen is one row, however many ranges were asked for"
    assert rows[-1].purpose == "quality"

    page.goto(house.url + f"/recordings/{call.uuid}")
    expect(page.get_by_role("region", name="När samtalet har hörts")).to_contain_text("Lyssnat ")
    page.get_by_role("button", name="Logga ut").click()
    expect(page.get_by_role("heading", name="Logga in")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Logga in")).to_be_visible()
    assert "Dagvårdsplats" not in page.content(), "nothing stays in the browser"


def test_a_call_whose_three_months_are_over_can_be_neither_found_nor_opened(page: Page, house: House, enter):
    over, left = house.register.an_hour_over, house.register.two_days_left
    enter(house.register.people.adviser, "sv")
    page.goto(house.url + "/recordings/?words=rågrut")
    expect(page.locator("#results tbody tr")).to_have_count(1)
    assert str(left.uuid) in page.locator("#results tbody th a").get_attribute("href")
    page.goto(house.url + "/recordings/?number=0447770001")
    expect(page.get_by_text("Inga samtal hittades")).to_be_visible()
    page.watch.expect(404)
    assert page.goto(house.url + f"/recordings/{over.uuid}").status == 404
    gone = page.locator("main").inner_text()
    assert page.goto(house.url + "/recordings/00000000-0000-4000-8000-000000000000").status == 404
    assert page.locator("main").inner_text() == gone, "gone looks as if it never was"


def test_back_returns_to_the_search_as_it_was(page: Page, house: House, enter):
    enter(house.register.people.adviser, "sv")
    page.goto(house.url + "/recordings/")
    words, results = page.get_by_label("Ord i ämne och anteckningar"), page.locator("#results tbody tr")
    words.press_sequentially("skolskjuts", delay=20)
    page.wait_for_url("**sought=*")
    expect(results.first).to_contain_text("Skolskjuts")
    many = results.count()
    page.get_by_text("Fler villkor").click()
    page.get_by_label("Riktning").select_option("out")
    page.wait_for_url("**direction=out*")
    expect(results).not_to_have_count(many)
    few = results.count()
    results.locator("a").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Samtal ")
    page.go_back()
    expect(results).to_have_count(few)
    expect(words).to_have_value("skolskjuts")
    expect(page.get_by_label("Riktning")).to_have_value("out")
    page.go_back()
    expect(results).to_have_count(many)
    expect(words).to_have_value("skolskjuts")
    expect(page.get_by_label("Riktning")).to_have_value("")


def test_older_and_newer_pages_lead_back_to_the_same_calls(page: Page, house: House, enter):
    enter(house.register.people.adviser, "sv")
    page.goto(house.url + "/recordings/")
    links = page.locator("#results tbody th a")
    first = links.evaluate_all("(all) => all.map((a) => a.href)")
    page.get_by_role("link", name="Äldre").click()
    page.wait_for_url("**before=*")
    second = links.evaluate_all("(all) => all.map((a) => a.href)")
    assert 45 < min(len(first), len(second)) <= 50, "fifty calls, of which some are one conversation and so one line"
    assert not set(first) & set(second)
    page.get_by_role("link", name="Nyare").click()
    page.wait_for_url("**after=*")
    assert links.evaluate_all("(all) => all.map((a) => a.href)") == first


def test_the_search_works_without_javascript(page: Page, house: House, enter):
    enter(house.register.people.adviser, "sv")
    page.context.new_cdp_session(page).send("Emulation.setScriptExecutionDisabled", {"value": True})
    page.goto(house.url + "/recordings/")
    page.get_by_label("Ord i ämne och anteckningar").fill("dagvård")
    page.wait_for_timeout(600)
    expect(page.locator("#results tbody tr")).to_have_count(50)
    page.get_by_role("button", name="Sök").click()
    expect(page.locator("#results tbody tr")).to_have_count(1)
    page.locator("#results tbody th a").click()
    page.get_by_label("Tjänstens kvalitet").check()
    page.get_by_role("button", name="Öppna inspelningen").click()
    expect(page.locator("audio")).to_be_visible()
    assert page.locator("audio").get_attribute("controls") is not None


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until `wanted` has the focus, and see that the focus shows."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if wanted.evaluate("(e) => e === document.activeElement"):
            assert wanted.evaluate("(e) => getComputedStyle(e).outlineStyle") != "none", "the focus does not show"
            return
    raise AssertionError(f"Tab never reaches {wanted}")


def test_the_whole_way_by_keyboard_alone(page: Page, house: House):
    in_swedish(house, "maria")
    page.goto(house.url)
    press = page.keyboard.press
    tab_to(page, page.get_by_label("Användarnamn"))
    page.keyboard.type("maria")
    tab_to(page, page.get_by_label("Lösenord"))
    page.keyboard.type(PASSWORD)
    press("Enter")
    code = page.get_by_label("Kod", exact=True)
    expect(code).to_be_visible()
    tab_to(page, code) if not code.evaluate("(e) => e === document.activeElement") else None
    page.keyboard.type(pyotp.TOTP(TOTP).now())
    press("Enter")
    expect(page.get_by_role("heading", name="Start", level=1)).to_be_visible()
    tab_to(page, page.get_by_label("Ord i ämne och anteckningar"))
    page.keyboard.type("dagvård")
    press("Enter")
    found = page.locator("#results tbody th a")
    expect(found).to_have_count(1)
    tab_to(page, found)
    press("Enter")
    tab_to(page, page.get_by_label("Tjänstens kvalitet"))
    press("Space")
    tab_to(page, page.get_by_role("button", name="Öppna inspelningen"))
    press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Inspelning")
    play = page.locator("[data-toggle]")
    tab_to(page, play) if not play.evaluate("(e) => e === document.activeElement") else None
    press("Space")
    until(page, "a.currentTime > 0.2 && !a.paused")
    press("Shift+Tab")
    expect(page.get_by_label("Plats i inspelningen")).to_be_focused()
    there = seconds(page)
    press("ArrowRight")
    until(page, f"a.currentTime > {there + 4}")
    press("Space")
    until(page, "a.paused")


def test_the_search_stands_at_twice_the_size(page: Page, house: House, enter):
    """200 % zoom of a 1280-pixel window is a window of 640 CSS pixels."""
    enter(house.register.people.adviser, "fi")
    page.set_viewport_size({"width": 640, "height": 450})
    page.goto(house.url + "/recordings/")
    assert not too_wide(page)
    assert not axe(page)
