"""Help in the browser: every page of it is sound, and reading it costs nothing of what one was doing."""

import pytest
from playwright.sync_api import Page, expect

from portal.help import pages
from tests.browser.conftest import House
from tests.browser.test_every_page import faults, known

__all__ = ["known"]


@pytest.mark.parametrize(("role", "language"), [("manager", "sv"), ("admin", "fi")])
def test_every_help_page_is_sound(page: Page, house: House, enter, known, role: str, language: str):
    enter(getattr(house.register.people, role), language)
    found = []
    for address in ("/help/", *(f"/help/{slug}" for slug in pages.PAGES)):
        assert page.goto(house.url + address).status == 200, address
        found += faults(page, language, known)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("language", ["sv", "fi"])
def test_the_help_to_sign_in_is_sound(page: Page, house: House, known, language: str):
    page.goto(house.url + "/accounts/sign-in")
    if page.locator("html").get_attribute("lang") != language:
        with page.expect_navigation():
            page.locator(".top-language button").click()
    with page.context.expect_page() as opened:
        page.locator(".top-help a").click()
    found = faults(opened.value, language, known)
    opened.value.close()
    assert not found, "\n".join(found)


def test_help_is_reached_by_keyboard_and_what_was_typed_stays(page: Page, house: House, enter):
    enter(house.register.people.adviser)
    page.goto(house.url + "/recordings/")
    page.locator("#words").fill("dagvård")
    page.locator(".top-help a").focus()
    with page.context.expect_page() as opened:
        page.keyboard.press("Enter")
    help_page = opened.value
    expect(help_page.locator("h1")).to_have_text("Hitta ett samtal")
    back = help_page.locator("main .actions a").first
    expect(back).to_have_attribute("href", "/recordings/")
    with help_page.expect_navigation():
        back.press("Enter")
    expect(help_page.locator("h1")).to_have_text("Samtal")
    help_page.close()
    expect(page.locator("#words")).to_have_value("dagvård")
