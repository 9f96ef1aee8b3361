"""A list drawn by lot is heard and judged without touching the mouse."""

import pytest
from playwright.sync_api import Page, expect

from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.language import translator
from portal.recordings import index
from portal.recordings.models import Recording, State
from portal.recordings.quality_models import QualityReview
from tests import calls
from tests.browser.conftest import NARROW, WIDE, House, axe, too_wide
from tests.browser.test_player import plays


@pytest.fixture
def two(house: House):
    """Two calls of a minute, of a queue where there are no others that long."""
    with house.open() as register:
        people, sound = register.people, calls.wav(calls.tone(60.0))
        rows = [
            calls.recording(people.technical, adviser=people.adviser, seconds=60.0, sound=sound + bytes([n]))
            for n in range(2)
        ]
    yield rows
    with house.open():
        for row in rows:
            Recording.update(state=State.PURGED).where(Recording.id == row.id).execute()
            index.remove(row.id)


@pytest.mark.parametrize("language", ["sv", "fi"])
def test_drawn_calls_are_heard_and_judged_by_keyboard_alone(page: Page, house: House, enter, two, language):
    say = translator(language)
    with house.open():
        before = QualityReview.select().count()
    enter(house.register.people.manager, language)
    page.goto(f"{house.url}/recordings/quality")
    for size in (NARROW, WIDE):
        page.set_viewport_size(size)
        assert not too_wide(page)
        assert axe(page) == []
    page.locator("#draw-queue").select_option(two[0].queue.uuid.hex)
    page.get_by_role("button", name=say("Lotta fram samtal")).focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.get_by_role("button", name=say("Lyssna på det första")).focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    for place in (1, 2):
        expect(page.locator("[data-toggle]")).to_be_focused()
        page.keyboard.press("Space")
        plays(page)
        page.keyboard.press("b")
        expect(page.locator("#answer-greeting-0")).to_be_focused()
        save = page.get_by_role(
            "button", name=say("Spara och gå till nästa" if place == 1 else "Spara och avsluta listan")
        )
        if place == 1:
            page.keyboard.press("Escape")
            expect(page.locator("[data-toggle]")).to_be_focused()
            page.watch.expect(422)
            save.focus()
            page.keyboard.press("Enter")
            expect(page.locator("#review .summary")).to_be_focused()
            assert page.evaluate("() => !document.querySelector('audio').paused"), "the sound goes on"
            assert axe(page) == []
        for code in ("greeting", "need", "answer", "manner", "closing"):
            page.locator(f"#answer-{code}-0").focus()
            page.keyboard.press("Space")
            page.keyboard.press("ArrowDown")
        page.locator("#comment").focus()
        with page.expect_navigation():
            page.keyboard.press("Control+Enter")
        expect(page.get_by_text(say("Bedömningen är sparad."))).to_be_visible()
    with house.open():
        assert QualityReview.select().count() == before + 2
        judged = Entry.select().where(Entry.act == Act.QUALITY_REVIEWED).order_by(Entry.id.desc()).limit(2)
        assert {entry.subject for entry in judged} == {row.uuid for row in two}
