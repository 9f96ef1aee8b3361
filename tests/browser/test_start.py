"""The first page is read in the order it is seen, down each column, by eye, by keyboard and without sight."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import NARROW, WIDE, House, axe, too_wide

PLACES = """() => [...document.querySelectorAll('.works > .card')].map((card) => {
  const [first, ...rest] = card.getClientRects();
  return { left: Math.round(first.left), top: Math.round(first.top), whole: !rest.length };
})"""
FOCUSED = "() => { const at = document.activeElement; return at.closest('.works') ? at.textContent.trim() : null; }"


@pytest.mark.parametrize("role", ["manager", "dpo", "admin"])
def test_the_works_are_read_down_each_column_and_reached_by_keyboard_in_that_order(
    page: Page, house: House, enter, role: str
):
    enter(getattr(house.register.people, role), "fi")
    page.goto(house.url + "/")
    places = page.evaluate(PLACES)
    assert len({place["left"] for place in places}) == 2, "two columns"
    assert places == sorted(places, key=lambda place: (place["left"], place["top"]))
    assert all(place["whole"] for place in places), "no card is cut in two"
    links = [text.strip() for text in page.locator(".works a").all_text_contents()]
    assert len(links) > 5
    page.locator(".works a").first.focus()
    reached = []
    for _ in links:
        reached.append(page.evaluate(FOCUSED))
        page.keyboard.press("Tab")
    assert reached == links
    assert page.evaluate(FOCUSED) is None, "nothing else is a stop"
    page.set_viewport_size(NARROW)
    assert len({place["left"] for place in page.evaluate(PLACES)}) == 1
    page.set_viewport_size(WIDE)


@pytest.mark.parametrize("language", ["sv", "fi"])
@pytest.mark.parametrize("role", ["adviser", "manager", "clerk", "decider", "dpo", "admin"])
def test_the_first_page_of_each_role_is_whole_light_and_dark_wide_and_narrow(
    page: Page, house: House, enter, role: str, language: str
):
    enter(getattr(house.register.people, role), language)
    for look in ("light", "dark"):
        page.emulate_media(color_scheme=look)
        for size in (WIDE, NARROW):
            page.set_viewport_size(size)
            page.goto(house.url + "/")
            assert not too_wide(page) + axe(page)
    page.emulate_media(color_scheme="light")
