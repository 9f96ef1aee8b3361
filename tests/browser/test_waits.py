"""What waits for a person stands above every page as one line, not as a wall in front of it."""

import pytest
from playwright.sync_api import Page

from portal.language import translator
from tests.browser.conftest import NARROW, WIDE, House, axe

LIST = """() => {
  const shown = [...document.querySelectorAll('.waits .alert')].filter((e) => e.checkVisibility());
  const rows = shown.map((e) => e.getBoundingClientRect());
  const gaps = rows.slice(1).map((r, i) => r.top - rows[i].bottom);
  return { many: rows.length, gap: Math.max(0, ...gaps),
    calm: shown.filter((e) => e.closest('.waits-folded')).length,
    all: rows.length ? rows.at(-1).bottom - rows[0].top : 0,
    title: document.querySelector('h1').getBoundingClientRect().top
      - document.querySelector('main').getBoundingClientRect().top };
}"""


@pytest.mark.parametrize("role", ["manager", "decider"])
def test_many_things_that_wait_leave_the_page_its_room(page: Page, house: House, enter, role: str):
    enter(getattr(house.register.people, role), "fi")
    page.goto(house.url + "/accounts/me")
    folded = page.evaluate(LIST)
    assert not folded["calm"], "what is not urgent is folded"
    page.locator(".waits-folded > summary").click()
    seen = page.evaluate(LIST)
    assert seen["many"] >= 5, "the register has too little that waits to look at"
    assert page.locator(".waits-folded > summary").inner_text() == translator("fi")("Väntar på dig (%(num)s)") % {
        "num": seen["calm"]
    }
    assert seen["gap"] <= 40, "they stand apart"
    assert seen["all"] <= 52 * seen["many"], "a thing takes more than a line"
    page.set_viewport_size(NARROW)
    assert page.evaluate(LIST)["all"] <= 112 * seen["many"]
    assert not axe(page)
    page.locator(".waits-folded > summary").click()
    assert page.evaluate(LIST)["title"] <= 104 * folded["many"] + 140, (
        "the page begins in the first half of a telephone"
    )
    page.set_viewport_size(WIDE)
    assert not axe(page)


def test_a_page_where_nothing_waits_keeps_no_room_for_it(page: Page, house: House, enter):
    enter(house.register.people.outsider)
    page.goto(house.url + "/accounts/me")
    seen = page.evaluate(LIST)
    assert seen["many"] == 0
    assert seen["title"] <= 60
