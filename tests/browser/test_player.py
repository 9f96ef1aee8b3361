"""The player: by mouse, by keyboard, and when the sound is taken away."""

import datetime as dt
import uuid

import pytest
from playwright.sync_api import Page, Route, expect

from portal import clock
from portal.accounts.models import SignIn
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.recordings import render
from portal.recordings.models import Playable, Recording
from tests import calls
from tests.browser.conftest import NARROW, WIDE, House, axe, too_wide
from tests.recordings import sounds

SECONDS = 120

COLOURS = """(canvas) => {
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', {willReadFrequently: true});
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
  const seen = new Set();
  for (let at = 0; at < data.length; at += 4) if (data[at + 3] === 255) seen.add(data.slice(at, at + 3).join());
  return [...seen];
}"""
INK = """(canvas) => {
  const [w, h] = [canvas.width, canvas.height];
  const copy = new OffscreenCanvas(w, h).getContext('2d', {willReadFrequently: true});
  copy.drawImage(canvas, 0, 0);
  const dots = copy.getImageData(0, 0, w, h).data;
  const tall = [];
  for (let x = 0; x < w; x++) {
    let n = 0;
    for (let y = 0; y < h; y++) if (dots[4 * (y * w + x) + 3]) n++;
    tall.push(n / h);
  }
  return tall;
}"""


@pytest.fixture(scope="module")
def call(house: House) -> uuid.UUID:
    """Two minutes: the adviser talks in the first half, the caller in the second."""
    sound = sounds.talk(SECONDS)
    sound[0, SECONDS * 4000 :] = 0
    sound[1, : SECONDS * 4000] = 0
    with house.open() as register:
        row = calls.recording(
            register.people.daycare,
            started_at=clock.now() - dt.timedelta(hours=7),
            seconds=SECONDS,
            adviser=register.people.adviser,
            ready=False,
            sound=sounds.alaw(sound),
        )
        waiting = Recording.update(playable=Playable.PENDING, render_attempts=render.ATTEMPTS)
        others = [
            r.id for r in Recording.select().where(Recording.playable == Playable.PENDING, Recording.id != row.id)
        ]
        waiting.where(Recording.id.in_(others)).execute()
        assert render.render_pending().ready == 1
        Recording.update(render_attempts=0).where(Recording.id.in_(others)).execute()
    return row.uuid


@pytest.fixture
def player(page: Page, house: House, enter, call) -> Page:
    """The page where the adviser hears the call."""
    enter(house.register.people.adviser, "sv")
    page.goto(f"{house.url}/recordings/{call}")
    page.get_by_label("Tjänstens kvalitet").check()
    page.get_by_role("button", name="Öppna inspelningen").click()
    expect(page.locator("[data-player] canvas")).to_have_count(2)
    expect(page.locator("[data-elapsed]")).to_be_visible()
    return page


def place(page: Page) -> float:
    return page.locator("audio").evaluate("(a) => a.currentTime")


def paused(page: Page) -> bool:
    return page.locator("audio").evaluate("(a) => a.paused")


def plays(page: Page) -> None:
    """Wait until sound is heard: the time moves."""
    page.locator("audio").evaluate(
        """(a) => new Promise((done, fail) => {
          const from = a.currentTime;
          const look = setInterval(() => {
            if (!a.paused && a.currentTime > from + 0.1) { clearInterval(look); done(); }
          }, 20);
          setTimeout(() => { clearInterval(look); fail(new Error('no sound')); }, 8000);
        })"""
    )


def elapsed(page: Page, text: str) -> None:
    expect(page.locator("[data-elapsed]")).to_have_text(text)


def test_no_sound_is_fetched_before_it_is_asked_for(player: Page, house: House, call):
    player.wait_for_timeout(500)
    assert player.locator("audio").evaluate("(a) => a.networkState") in (0, 1)
    with house.open():
        before = Entry.select().where(Entry.act == Act.PLAYED, Entry.subject == call).count()
    player.get_by_role("button", name="Spela", exact=True).click()
    plays(player)
    player.locator("canvas").first.click(position={"x": 300, "y": 20})
    plays(player)
    with house.open():
        assert Entry.select().where(Entry.act == Act.PLAYED, Entry.subject == call).count() == before + 1


def test_the_waveform_is_tall_where_each_speaker_talks(player: Page):
    expect(player.locator(".player-speaker")).to_have_text(["Kundrådgivare Karin Testström", "Den som ringde"])
    player.wait_for_function("() => document.querySelector('canvas').width > 300")
    player.wait_for_timeout(300)
    adviser, caller = (player.locator("canvas").nth(n).evaluate(INK) for n in (0, 1))
    half = len(adviser) // 2
    assert max(adviser[10 : half - 10]) > 0.4
    assert max(adviser[half + 10 : -10]) < 0.15
    assert max(caller[10 : half - 10]) < 0.15
    assert max(caller[half + 10 : -10]) > 0.4


def test_a_click_in_the_waveform_seeks_there_and_a_drag_to_where_it_ends(player: Page):
    box = player.locator("canvas").first.bounding_box()
    player.mouse.click(box["x"] + box["width"] * 0.25, box["y"] + 10)
    assert place(player) == pytest.approx(30, abs=1)
    player.mouse.move(box["x"] + 5, box["y"] + 10)
    player.mouse.down()
    player.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + 10, steps=5)
    elapsed(player, "1:12")
    assert place(player) == pytest.approx(30, abs=1), "not before it is let go"
    player.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + 200, steps=5)
    player.mouse.up()
    assert place(player) == pytest.approx(90, abs=1)
    player.get_by_role("button", name="Spela", exact=True).click()
    plays(player)
    assert place(player) > 89, "it plays from there"


def test_the_buttons_go_back_and_forward_and_the_speed_is_kept(player: Page):
    forward, back = (player.get_by_role("button", name=f"Spola {way} 10 sekunder") for way in ("framåt", "tillbaka"))
    for _ in range(3):
        forward.click()
    elapsed(player, "0:30")
    back.click()
    elapsed(player, "0:20")
    for _ in range(4):
        back.click()
    elapsed(player, "0:00")
    player.get_by_label("Hastighet").select_option("2")
    player.get_by_role("button", name="Spela", exact=True).click()
    plays(player)
    assert player.locator("audio").evaluate("(a) => a.playbackRate") == 2
    player.get_by_role("button", name="Pausa").click()
    expect(player.get_by_role("button", name="Spela", exact=True)).to_be_visible()


def test_the_keyboard_does_it_all(player: Page):
    seek = player.get_by_role("slider", name="Plats i inspelningen")
    expect(player.get_by_role("button", name="Spela", exact=True)).to_be_focused()
    seek.focus()
    for key, text in (
        *(("End", "2:00"), ("Home", "0:00"), ("l", "0:10"), ("ArrowRight", "0:15"), ("ArrowLeft", "0:10")),
        *(("ArrowUp", "0:15"), ("PageUp", "0:45"), ("PageDown", "0:15"), ("j", "0:05"), ("ArrowDown", "0:00")),
    ):
        player.keyboard.press(key)
        elapsed(player, text)
    player.keyboard.press("l")
    expect(seek).to_have_attribute("aria-valuetext", "10 sekunder av 2 minuter")
    for key in ("k", "Space"):
        player.keyboard.press(key)
        plays(player)
        player.keyboard.press(key)
        assert paused(player)
    player.get_by_role("button", name="Spola framåt 10 sekunder").focus()
    player.keyboard.press("k")
    plays(player)
    player.keyboard.press("k")
    before = place(player)
    player.keyboard.press("Space")
    assert place(player) == pytest.approx(before + 10, abs=0.5), "space presses the button that has the focus"
    assert paused(player)


def test_keys_outside_the_player_and_in_its_list_are_left_alone(player: Page):
    player.get_by_role("link", name="Till samtalet").focus()
    for key in ("l", "k", "End"):
        player.keyboard.press(key)
    player.get_by_label("Hastighet").focus()
    for key in ("l", "k", "End"):
        player.keyboard.press(key)
    player.get_by_role("slider", name="Plats i inspelningen").focus()
    player.keyboard.press("Control+l")
    elapsed(player, "0:00")
    assert paused(player)


def test_a_listener_who_is_signed_out_is_told_and_hears_no_more(player: Page, house: House):
    player.get_by_role("button", name="Spela", exact=True).click()
    plays(player)
    with house.open():
        SignIn.update(ended_at=clock.now()).where(SignIn.ended_at.is_null()).execute()
    player.locator("audio").evaluate("(a) => { a.dispatchEvent(new Event('error')); }")
    expect(player.locator("[data-status]")).to_contain_text("Du har loggats ut")
    assert paused(player)
    expect(player.get_by_role("button", name="Spela", exact=True)).to_be_disabled()
    at = player.locator("[data-elapsed]").inner_text()
    again = player.get_by_role("link", name="Logga in och fortsätt där du var")
    assert again.evaluate("(a) => a.search") == f"?at={int(at.split(':')[1])}", "the place is kept"


def test_a_call_deleted_while_it_is_heard_falls_silent(player: Page, house: House, call):
    player.watch.expect(404)
    player.get_by_role("button", name="Spela", exact=True).click()
    plays(player)
    with house.open():
        until = Recording.get(Recording.uuid == call).expires_at
        Recording.update(expires_at=clock.now()).where(Recording.uuid == call).execute()
    try:
        player.get_by_role("slider", name="Plats i inspelningen").focus()
        player.keyboard.press("End")
        player.keyboard.press("ArrowLeft")
        # Had it all been fetched before, it would have come to its end in silence: then it is played again
        player.locator("audio").evaluate("(a) => { if (a.hasAttribute('src')) a.play().catch(() => {}); }")
        expect(player.locator("[data-status]")).to_contain_text("Uppspelningen är avslutad", timeout=20_000)
        assert paused(player)
        assert player.locator("audio").evaluate("(a) => a.buffered.length") == 0, "what was fetched is dropped"
    finally:
        with house.open():
            Recording.update(expires_at=until).where(Recording.uuid == call).execute()


def test_a_lost_network_is_said_and_playing_goes_on_when_it_is_back(player: Page):
    player.watch.expected += [("ERR_INTERNET_DISCONNECTED",)]
    player.context.set_offline(True)
    try:
        player.get_by_role("button", name="Spola framåt 10 sekunder").click()
        player.get_by_role("button", name="Spela", exact=True).click()
        expect(player.locator("[data-status]")).to_contain_text("Det går inte att nå portalen", timeout=15_000)
    finally:
        player.context.set_offline(False)
    plays(player)
    assert place(player) > 10, "from where it stopped, and by itself"
    expect(player.locator("[data-status]")).to_be_empty()


def slow(page: Page, bytes_a_second: int) -> None:
    """-1: as fast as it goes."""
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    limits = {"offline": False, "latency": 0, "uploadThroughput": -1}
    network.send("Network.emulateNetworkConditions", {**limits, "downloadThroughput": bytes_a_second})


def test_a_connection_lost_in_the_middle_goes_on_where_it_was(player: Page):
    player.watch.expected += [("ERR_FAILED",)]
    slow(player, 100_000)  # else the whole call may lie in the browser before the line is cut
    player.get_by_role("button", name="Spela", exact=True).click()
    plays(player)
    player.route("**/audio", lambda route: route.abort())
    box = player.locator("canvas").first.bounding_box()
    player.mouse.click(box["x"] + box["width"] * 0.75, box["y"] + 10)
    expect(player.locator("[data-status]")).to_contain_text("Det går inte att nå portalen", timeout=20_000)
    expect(player.get_by_role("button", name="Spela", exact=True)).to_be_visible()
    player.unroute("**/audio")
    slow(player, -1)
    plays(player)
    assert 88 < place(player) < 100
    player.get_by_role("button", name="Pausa").click()
    expect(player.locator("[data-status]")).to_be_empty()


def test_a_network_away_before_anybody_plays_starts_nothing_when_it_is_back(player: Page):
    player.watch.expected += [("ERR_INTERNET_DISCONNECTED",)]
    player.get_by_role("button", name="Spela", exact=True).click()
    plays(player)
    player.get_by_role("button", name="Pausa").click()
    player.context.set_offline(True)
    player.locator("audio").evaluate("(a) => a.dispatchEvent(new Event('error'))")
    expect(player.locator("[data-status]")).to_contain_text("tryck på Spela")
    player.context.set_offline(False)
    player.wait_for_timeout(400)
    assert paused(player)


def test_a_screen_reader_is_told_once_of_a_new_place_and_a_new_speed(player: Page):
    told = player.locator("[data-told]")
    for _ in range(3):
        player.keyboard.press("l")
    expect(told).to_have_text("30 sekunder av 2 minuter")
    for _ in range(2):
        player.keyboard.press(">")
    expect(told).to_have_text("Hastighet 1,5×")
    seek = player.get_by_role("slider", name="Plats i inspelningen")
    player.get_by_role("button", name="Spela", exact=True).click()
    plays(player)
    before = seek.get_attribute("aria-valuetext")
    player.wait_for_timeout(1200)
    assert seek.get_attribute("aria-valuetext") == before, "no slider talks over the call"
    seek.focus()
    assert seek.get_attribute("aria-valuetext") != before
    player.reload()
    expect(player.get_by_label("Hastighet")).to_have_value("1.5")


def test_sound_that_arrives_broken_is_said_and_can_be_tried_again(player: Page):
    broken = {"status": 200, "content_type": "audio/wav", "body": "no sound at all"}

    def spoil(route: Route) -> None:
        route.fulfill(**broken) if route.request.method == "GET" else route.continue_()

    player.route("**/audio", spoil)
    player.get_by_role("button", name="Spela", exact=True).click()
    expect(player.locator("[data-status]")).to_contain_text("Ljudet gick inte att spela upp")
    expect(player.get_by_role("button", name="Spela", exact=True)).to_be_visible()
    player.get_by_role("button", name="Spola framåt 10 sekunder").click()
    player.unroute("**/audio")
    player.get_by_role("button", name="Spela", exact=True).click()
    plays(player)
    assert 10 < place(player) < 20
    expect(player.locator("[data-status]")).to_be_empty()


def test_the_waveform_is_drawn_anew_in_another_width_and_in_forced_colours(player: Page):
    canvas = player.locator("canvas").first
    for size in (NARROW, WIDE):
        player.set_viewport_size(size)
        player.wait_for_timeout(300)
        assert canvas.evaluate("(c) => Math.abs(c.width - c.clientWidth * devicePixelRatio)") <= 1
        assert max(canvas.evaluate(INK)) > 0.4
    player.emulate_media(forced_colors="active")
    player.wait_for_timeout(300)
    assert max(canvas.evaluate(INK)) > 0.4
    player.emulate_media(forced_colors="none")


def test_the_waveform_is_drawn_in_the_colours_of_day_and_night(player: Page):
    canvas = player.locator("canvas").first
    for look, wave in (("dark", "101,109,123"), ("light", "129,137,151")):
        player.emulate_media(color_scheme=look)
        player.wait_for_timeout(300)
        assert wave in canvas.evaluate(COLOURS)
        assert canvas.evaluate("(c) => getComputedStyle(c).getPropertyValue('--player-repeat')").startswith("color(")


@pytest.mark.parametrize("language", ["sv", "fi"])
def test_the_page_of_a_listen_is_sound(page: Page, house: House, enter, call, language):
    enter(house.register.people.manager, language)
    page.goto(f"{house.url}/recordings/{call}")
    page.locator("#purpose-0").check()
    page.locator("#hearing button").click()
    expect(page.locator("[data-player] canvas")).to_have_count(2)
    page.locator(".player-keys summary").click()
    for size in (NARROW, WIDE):
        page.set_viewport_size(size)
        assert not too_wide(page)
        assert axe(page) == []
    page.set_viewport_size(WIDE)
