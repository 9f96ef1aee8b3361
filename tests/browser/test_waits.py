"""What waits for a person stands above every page as one low list, not as a wall in front of it."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import NARROW, WIDE, House, axe

LIST = """() => {
  const rows = [...document.querySelectorAll('.waits .alert')].map((e) => e.getBoundingClientRect());
  const gaps = rows.slice(1).map((r, i) => r.top - rows[i].bottom);
  return { many: rows.length, tall: Math.max(0, ...rows.map((r) => r.height)), gap: Math.max(0, ...gaps),
    all: rows.length ? rows.at(-1).bottom - rows[0].top : 0,
    title: document.querySelector('h1').getBoundingClientRect().top
      - document.querySelector('main').getBoundingClientRect().top };
}"""


@pytest.mark.parametrize("role", ["manager", "decider"])
def test_many_things_that_wait_leave_the_page_its_room(page: Page, house: House, enter, role: str):
    enter(getattr(house.register.people, role), "fi")
    page.goto(house.url + "/accounts/me")
    seen = page.evaluate(LIST)
    assert seen["many"] >= 5, "the register has too little that waits to look at"
    assert seen["gap"] <= 4, "they stand apart"
    assert seen["all"] <= 48 * seen["many"], "a thing takes more than a line"
    page.set_viewport_size(NARROW)
    assert page.evaluate(LIST)["all"] <= 104 * seen["many"]
    page.set_viewport_size(WIDE)
    assert not axe(page)


def test_a_page_where_nothing_waits_keeps_no_room_for_it(page: Page, house: House, enter):
    enter(house.register.people.outsider)
    page.goto(house.url + "/accounts/me")
    seen = page.evaluate(LIST)
    assert seen["many"] == 0
    assert seen["title"] <= 60
