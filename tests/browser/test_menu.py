"""The menu stands beside the page where there is room; on a narrow screen it is one row, which says where one is and
opens over the page: by hand, by keyboard, and without a script."""

import pytest
from playwright.sync_api import Locator, Page, expect

from portal.language import translator
from tests.browser.conftest import NARROW, WIDE, House, axe, too_wide
from tests.browser.test_every_page import DOUBLE, SETTLED

FIRST_THIRD = NARROW["height"] / 3
LINKS = "(links) => links.map((link) => link.getAttribute('href'))"
ENDS = """() => {
  const waits = document.querySelector('.waits')?.getBoundingClientRect().height ?? 0;
  return document.querySelector('h1').getBoundingClientRect().bottom - waits;
}"""
"""Of the heading, where nothing waits for the reader: that stands above it, as much as there is."""
PLACE = "(e) => { const { x, y, width } = e.getBoundingClientRect(); return [x, y, width].map(Math.round); }"


@pytest.fixture
def narrow(page: Page, house: House, enter) -> Page:
    enter(house.register.people.manager, "sv")
    page.set_viewport_size(NARROW)
    page.goto(house.url + "/recordings/")
    return page


def button(page: Page) -> Locator:
    return page.locator(".menu").get_by_role("button")


def links(page: Page) -> Locator:
    return page.locator(".menu a")


@pytest.mark.parametrize("language", ["sv", "fi"])
def test_on_a_narrow_screen_every_page_of_the_menu_begins_in_its_first_third(page, house, enter, language: str):
    enter(house.register.people.manager, language)
    page.set_viewport_size(NARROW)
    page.goto(house.url + "/")
    low = {}
    for path in links(page).evaluate_all(LINKS):
        page.goto(house.url + path)
        ends = page.evaluate(ENDS)
        if ends > FIRST_THIRD:
            low[path] = ends
    assert low == {}


@pytest.mark.parametrize("language", ["sv", "fi"])
def test_its_row_says_where_one_is_and_on_ones_own_page_nothing(page, house, enter, language: str):
    enter(house.register.people.manager, language)
    page.set_viewport_size(NARROW)
    menu, calls = (translator(language)(word) for word in ("Meny", "Samtal"))
    page.goto(house.url + "/recordings/")
    expect(page.get_by_role("button", name=f"{menu} {calls}", exact=True)).to_be_visible()
    page.goto(house.url + "/accounts/me")
    expect(page.get_by_role("button", name=menu, exact=True)).to_be_visible()


def test_it_opens_over_the_page_and_nothing_under_it_moves(narrow: Page):
    heading = narrow.locator("h1")
    before = heading.evaluate(PLACE)
    expect(links(narrow).first).to_be_hidden()
    button(narrow).click()
    expect(links(narrow).first).to_be_visible()
    row, menu = button(narrow).bounding_box(), narrow.locator("#menu").bounding_box()
    assert abs(menu["y"] - row["y"] - row["height"]) <= 2, "right under its row"
    assert (menu["x"], menu["width"]) == (0, row["width"])
    assert heading.evaluate(PLACE) == before
    assert too_wide(narrow) == []
    expect(links(narrow).filter(has_text="Samtal").first).to_have_attribute("aria-current", "page")


@pytest.mark.parametrize("look", ["light", "dark"])
def test_what_it_shows_can_be_read_and_hit(narrow: Page, look: str):
    narrow.emulate_media(color_scheme=look)
    button(narrow).click()
    narrow.evaluate(SETTLED)
    assert axe(narrow) == []
    assert min(link.bounding_box()["height"] for link in links(narrow).all()) >= 40


def test_it_closes_by_its_row_by_a_click_beside_it_and_by_escape(narrow: Page):
    for close in (
        lambda: button(narrow).click(),
        lambda: narrow.mouse.click(200, NARROW["height"] - 20),
        lambda: narrow.keyboard.press("Escape"),
    ):
        button(narrow).click()
        expect(links(narrow).first).to_be_visible()
        close()
        expect(links(narrow).first).to_be_hidden()
    assert narrow.url.endswith("/recordings/"), "the click that closes it presses nothing"


def test_by_keyboard_it_opens_is_gone_through_and_closes_where_one_was(narrow: Page):
    while not button(narrow).evaluate("(row) => row === document.activeElement"):
        narrow.keyboard.press("Tab")
        assert not narrow.evaluate("!!document.activeElement.closest('main')"), "the row is no stop"
    narrow.keyboard.press("Enter")
    for link in links(narrow).all():
        narrow.keyboard.press("Tab")
        expect(link).to_be_focused()
    narrow.keyboard.press("Escape")
    expect(button(narrow)).to_be_focused()
    narrow.keyboard.press("Tab")
    assert narrow.evaluate("!!document.activeElement.closest('main')"), "what is hidden is no stop"
    button(narrow).focus()
    narrow.keyboard.press("Space")
    narrow.keyboard.press("Tab")
    with narrow.expect_navigation():
        narrow.keyboard.press("Enter")
    expect(links(narrow).first).to_be_hidden()


def test_it_opens_and_leads_on_without_a_script(page: Page, house: House, enter):
    enter(house.register.people.manager, "sv")
    page.context.new_cdp_session(page).send("Emulation.setScriptExecutionDisabled", {"value": True})
    page.set_viewport_size(NARROW)
    page.goto(house.url + "/")
    button(page).click()
    with page.expect_navigation():
        links(page).get_by_text("Samtal", exact=True).click()
    expect(page).to_have_url(house.url + "/recordings/")


@pytest.mark.parametrize("opened", [False, True])
def test_beside_the_page_it_stands_whether_it_was_opened_or_not(narrow: Page, opened: bool):
    narrow.set_viewport_size(WIDE)
    stood = [link.evaluate(PLACE) for link in links(narrow).all()]
    narrow.set_viewport_size(DOUBLE)
    expect(links(narrow).first).to_be_hidden()
    if opened:
        button(narrow).click()
        expect(links(narrow).last).to_be_in_viewport()
        assert too_wide(narrow) == []
    narrow.set_viewport_size(WIDE)
    expect(button(narrow)).to_be_hidden()
    assert [link.evaluate(PLACE) for link in links(narrow).all()] == stood
