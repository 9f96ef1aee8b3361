"""Long work as a person sees it: asked for, left, followed to its end, and told of on the next page."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from portal.jobs import actions, ordered
from portal.jobs.models import Job, Kind
from tests.browser.conftest import NARROW, WIDE, House, axe, too_wide
from tests.jobs.made import under_way


@pytest.fixture
def checking(house: House) -> Iterator[None]:
    """Nobody else's check of the log, before and after."""

    def clear() -> None:
        with house.open():
            Job.delete().where(Job.kind == Kind.LOG, Job.owner == house.register.people.dpo).execute()

    clear()
    yield
    clear()


def test_the_officer_has_the_log_checked_goes_elsewhere_and_is_told(page: Page, house: House, enter, checking):
    enter(house.register.people.dpo, "sv")
    page.goto(house.url + "/audit/")
    with page.expect_navigation():
        page.get_by_role("button", name="Kontrollera hela loggen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pågående arbete")
    expect(page.locator(".alert-success")).to_contain_text("Du kan lämna sidan")
    expect(page.locator("#jobs")).to_contain_text("Väntar")
    with house.open():
        under_way(Kind.LOG, done=3000, owner=house.register.people.dpo)
    expect(page.locator("#jobs")).to_contain_text("3 000 av 10 000")
    assert axe(page) == []
    page.set_viewport_size(NARROW)
    assert too_wide(page) == []
    page.set_viewport_size(WIDE)
    page.goto(house.url + "/accounts/me")
    expect(page.locator(".alert", has_text="Kontrollen av loggen")).to_have_count(0)
    with house.open():
        ordered.run_due()
    page.goto(house.url + "/accounts/me")
    told = page.locator(".alert", has_text="Kontrollen av loggen är klar. Loggen är hel.")
    expect(told).to_be_visible()
    assert axe(page) == []
    with page.expect_navigation():
        told.get_by_role("link", name="Se hur det gick").click()
    expect(page.locator("#jobs")).to_contain_text("Klart")
    expect(page.locator("#jobs")).not_to_have_attribute("hx-trigger", re.compile("."))
    page.goto(house.url + "/accounts/me")
    expect(told).to_have_count(0)


def test_the_page_keeps_the_focus_while_it_renews_itself(page: Page, house: House, enter, checking):
    with house.open():
        under_way(Kind.LOG, done=3000, owner=house.register.people.dpo)
    enter(house.register.people.dpo, "sv")
    page.goto(house.url + "/jobs/")
    table = page.locator("#jobs .table-wrap")
    table.evaluate("(element) => { element.tabIndex = 0; element.focus(); }")
    with house.open():
        under_way(Kind.LOG, done=8000, owner=house.register.people.dpo)
    expect(page.locator("#jobs")).to_contain_text("8 000 av 10 000")
    expect(table).to_be_focused()


def test_a_page_that_stands_open_says_the_end_aloud_once(page: Page, house: House, enter, checking):
    with house.open():
        under_way(Kind.LOG, done=3000, owner=house.register.people.dpo)
    enter(house.register.people.dpo, "sv")
    page.goto(house.url + "/jobs/")
    told = page.locator("#jobs-told")
    told.evaluate("(element) => { element.dataset.first = 'yes'; }")
    heard = """(element) => {
      window.heard = [];
      new MutationObserver(() => window.heard.push(element.innerText)).observe(element, {childList: true});
    }"""
    told.evaluate(heard)
    page.get_by_role("link", name="Hjälp").focus()
    with house.open():
        under_way(Kind.LOG, done=8000, owner=house.register.people.dpo)
    expect(page.locator("#jobs")).to_contain_text("8 000 av 10 000")
    expect(told).to_be_empty()
    with house.open():
        ordered.run_due()
    expect(told).to_contain_text("Kontrollen av loggen är klar. Loggen är hel.")
    assert axe(page) == []
    expect(told).to_have_attribute("data-first", "yes")  # what reads aloud listens to an element that was there before
    expect(page.get_by_role("link", name="Hjälp")).to_be_focused()
    expect(page.locator("#jobs")).not_to_have_attribute("hx-trigger", re.compile("."))
    assert page.evaluate("window.heard.length") == 1
    page.goto(house.url + "/accounts/me")
    expect(page.locator(".alert", has_text="Kontrollen av loggen")).to_have_count(0)


def test_leaving_the_page_and_signing_out_stops_nothing(page: Page, house: House, enter, checking):
    enter(house.register.people.dpo, "sv")
    page.goto(house.url + "/audit/")
    with page.expect_navigation():
        page.get_by_role("button", name="Kontrollera hela loggen").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Logga ut").click()
    with house.open():
        ordered.run_due()
    enter(house.register.people.dpo, "fi")
    page.goto(house.url + "/")
    told = page.locator(".alert", has=page.locator('a[href="/jobs/"]'))
    expect(told).to_have_count(1)
    expect(told).to_contain_text("Lokin tarkistus")


def test_a_page_that_nobody_looks_at_takes_no_notice_away(page: Page, house: House, enter, checking):
    with house.open():
        under_way(Kind.LOG, done=3000, owner=house.register.people.dpo)
    enter(house.register.people.dpo, "sv")
    page.goto(house.url + "/jobs/")
    page.evaluate("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")
    with house.open():
        ordered.run_due()
    asked = len(page.watch.asked)
    page.wait_for_timeout(7000)
    assert page.watch.asked[asked:] == []
    with house.open():
        assert actions.ended(house.register.people.dpo) == [("log", "good", 0)]
    page.evaluate("Object.defineProperty(document, 'hidden', {value: false, configurable: true})")
    expect(page.locator("#jobs-told")).to_contain_text("Kontrollen av loggen är klar.")


def test_what_one_asked_for_is_stopped_by_keyboard_while_the_page_renews_itself(
    page: Page, house: House, enter, checking
):
    with house.open():
        under_way(Kind.LOG, done=3000, owner=house.register.people.dpo)
    enter(house.register.people.dpo, "sv")
    page.goto(house.url + "/jobs/")
    stop = page.get_by_role("button", name="Avbryt arbetet Kontroll av loggen")
    stop.focus()
    with house.open():
        Job.update(done=8000).where(Job.kind == Kind.LOG, Job.ended_at.is_null()).execute()
    expect(page.locator("#jobs")).to_contain_text("8 000 av 10 000")
    expect(stop).to_be_focused()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator(".alert-success")).to_contain_text("Arbetet är avbrutet.")
    expect(page.locator("#jobs")).to_contain_text("Avbröts")
    assert axe(page) == []
