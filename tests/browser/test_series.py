"""A list is worked through without touching the mouse."""

import pytest
from playwright.sync_api import Page, expect

from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.language import translator
from portal.recordings.series_models import Series
from tests.browser.conftest import NARROW, WIDE, House, axe, too_wide
from tests.browser.test_player import plays


@pytest.mark.parametrize("language", ["sv", "fi"])
def test_calls_are_heard_one_after_another_by_keyboard_alone(page: Page, house: House, enter, language):
    say = translator(language)
    enter(house.register.people.manager, language)
    page.goto(f"{house.url}/recordings/")
    page.get_by_role("link", name=say("Lyssna igenom listan")).focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert axe(page) == []
    page.locator("#purpose-0").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name=say("Börja")).focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    for size in (NARROW, WIDE):
        page.set_viewport_size(size)
        assert axe(page) == []
        assert not too_wide(page)
    with house.open():
        made = Series.select().order_by(Series.id.desc()).get()
        count = len(made.calls.split(","))
        before = Entry.select().where(Entry.act == Act.PLAYED).count()
    page.get_by_role("button", name=say("Lyssna på det första")).focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    for place in range(1, 4):
        expect(
            page.get_by_text(say("Samtal %(place)s av %(count)s i listan") % {"place": place, "count": count})
        ).to_be_visible()
        expect(page.locator("[data-toggle]")).to_be_focused()
        page.keyboard.press("Space")
        plays(page)
        if place < 3:
            with page.expect_navigation():
                page.keyboard.press("n")
    assert axe(page) == []
    with page.expect_navigation():
        page.keyboard.press("p")
    expect(
        page.get_by_text(say("Samtal %(place)s av %(count)s i listan") % {"place": 2, "count": count})
    ).to_be_visible()
    with house.open():
        assert Entry.select().where(Entry.act == Act.PLAYED).count() == before + 3
