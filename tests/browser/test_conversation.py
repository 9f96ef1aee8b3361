"""A call that was transferred is opened in the list, its parts are heard one after another, by keyboard alone."""

import pytest
from playwright.sync_api import Page, expect

from portal.language import translator
from tests.browser.conftest import NARROW, WIDE, House, axe, too_wide
from tests.browser.parts import WORD


@pytest.mark.parametrize("language", ["sv", "fi"])
def test_the_parts_of_a_call_are_found_opened_and_heard_in_order(page: Page, house: House, enter, language):
    say = translator(language)
    enter(house.register.people.manager, language)
    page.goto(f"{house.url}/recordings/?words={WORD}")
    page.locator("tr.parts summary").focus()
    page.keyboard.press("Enter")
    parts = page.locator("tr.parts li")
    expect(parts).to_have_count(3)
    expect(parts.nth(1)).to_contain_text(say("motsvarar inte sökningen"))
    for size in (NARROW, WIDE):
        page.set_viewport_size(size)
        assert axe(page) == []
        assert not too_wide(page)
    page.get_by_role("link", name=say("Lyssna på delarna efter varandra")).focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.locator("#purpose-0").focus()
    page.keyboard.press("Space")
    for text in ("Börja", "Lyssna på det första"):
        page.get_by_role("button", name=say(text)).focus()
        with page.expect_navigation():
            page.keyboard.press("Enter")
    for place in range(1, 4):
        here = say("Samtal %(place)s av %(count)s i listan") % {"place": place, "count": 3}
        expect(page.get_by_text(here)).to_be_visible()
        if place < 3:
            with page.expect_navigation():
                page.keyboard.press("n")


def test_from_a_call_in_the_list_to_the_others_with_its_number_and_back_to_the_search(page: Page, house: House, enter):
    enter(house.register.people.manager)
    page.goto(f"{house.url}/recordings/?words={WORD}")
    with page.expect_navigation():
        page.get_by_role("link", name="••• 009").click()
    expect(page.get_by_text("3 samtal på en och samma dag")).to_be_visible()
    for size in (NARROW, WIDE):
        page.set_viewport_size(size)
        assert axe(page) == []
        assert not too_wide(page)
    with page.expect_navigation():
        page.get_by_role("link", name="Sök bland de här samtalen").click()
    assert "7770009" not in page.url
    expect(page.locator("#number")).to_have_value("+358447770009")
