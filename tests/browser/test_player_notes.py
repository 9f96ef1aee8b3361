"""Notes beside the player: written, read and gone to while the sound goes on."""

import uuid

import pytest
from playwright.sync_api import Page, expect

from portal.language import translator
from portal.recordings import notes
from portal.recordings.models import Note
from tests.browser.conftest import NARROW, WIDE, House, axe, too_wide
from tests.browser.test_player import elapsed, place, plays

PLACED = ((5300, "zqlugn"), (6100, "zqavgift"), (31_000, "zqhot " * 20))


@pytest.fixture(params=["sv", "fi"])
def player(page: Page, house: House, enter, request):
    """A minute of sound with notes at three places, two of them close together."""
    with house.open() as register:
        call = register.yesterday
        for at, text in PLACED:
            notes.add_note(
                call, text, key=uuid.uuid4(), at_ms=at, kind="quality" if at < 6000 else "", by=register.people.manager
            )
    enter(house.register.people.manager, request.param)
    page.goto(f"{house.url}/recordings/{call.uuid}")
    page.locator("#purpose-0").check()
    with page.expect_navigation():
        page.locator("#hearing form button").click()
    page.say = translator(request.param)
    page.quality = notes.kinds(request.param)["quality"]
    yield page
    with house.open():
        Note.delete().where(Note.recording == call.id).execute()


def test_a_note_is_written_by_keyboard_at_the_playhead_while_the_sound_goes_on(player: Page):
    say, marks, form = player.say, player.locator(".player-marks button"), player.locator("[data-note-form]")
    expect(marks).to_have_count(2)
    player.locator("[data-toggle]").focus()
    for _ in range(4):
        player.keyboard.press("l")
    player.keyboard.press("k")
    plays(player)
    player.keyboard.press("a")
    expect(form.locator("textarea")).to_be_focused()
    assert form.locator("#place").input_value().startswith("0:4")
    player.keyboard.type("zqskrivet, kall")
    before = place(player)
    player.keyboard.press("Control+Enter")
    expect(marks).to_have_count(3)
    plays(player)
    assert before <= place(player) < 60, "it plays on from where it was"
    expect(player.locator("[data-toggle]")).to_be_focused()
    expect(player.locator("[data-status]")).to_have_text(say("Anteckningen är sparad."))
    expect(player.locator("#notes .note").last).to_contain_text("zqskrivet, kall")
    expect(form.locator("textarea")).to_have_value("")
    player.watch.expect(422)
    player.keyboard.press("a")
    form.locator("#place").fill("59:00")
    form.locator("textarea").fill("zqkvar")
    player.keyboard.press("Control+Enter")
    expect(form.locator("#place")).to_be_focused()
    expect(form.locator("#place-error")).to_be_visible()
    expect(form.locator("textarea")).to_have_value("zqkvar")
    player.keyboard.press("Escape")
    expect(player.locator("[data-toggle]")).to_be_focused()
    for size in (NARROW, WIDE):
        player.set_viewport_size(size)
        assert axe(player) == []
        assert not too_wide(player)


def test_marks_and_the_list_lead_to_the_place_and_marks_that_would_lie_on_each_other_are_one(player: Page):
    marks = player.locator(".player-marks button")
    expect(marks).to_have_count(2)
    expect(marks.first).to_have_text("2")
    expect(marks.first).to_have_accessible_name(f"0:05 {player.quality}: zqlugn; 0:06: zqavgift")
    expect(marks.last).to_have_accessible_name(f"0:31: {('zqhot ' * 20)[:60]} …")
    player.locator("[data-toggle]").focus()
    player.keyboard.press("Shift+Tab")
    while not marks.last.evaluate("(m) => m === document.activeElement"):
        player.keyboard.press("Shift+Tab")
    player.keyboard.press("Enter")
    elapsed(player, "0:31")
    player.get_by_role("link", name="0:06").click()
    elapsed(player, "0:06")
    assert place(player) == pytest.approx(6.1, abs=0.05)
    assert "#" not in player.url, "the page is not left"
    for text in ("Ta den här platsen", "Anteckna vid den här platsen"):
        player.locator("#place").fill("")
        player.get_by_role("button", name=player.say(text)).click()
        expect(player.locator("#place")).to_have_value("0:06,1")
        expect(player.locator("[data-note-form] textarea")).to_be_focused()
