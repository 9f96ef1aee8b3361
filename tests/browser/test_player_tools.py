"""What one can do while one listens: skip silence, repeat a passage, turn a speaker down, share the place."""

import datetime as dt
import re
import uuid

import pytest
from playwright.sync_api import Page, expect

from portal import clock
from portal.recordings import render
from portal.recordings.models import Playable, Recording
from tests import calls
from tests.browser.conftest import House
from tests.browser.test_player import INK, elapsed, place, plays
from tests.recordings import sounds

SECONDS = 60

EAR = """
const connect = AudioNode.prototype.connect;
AudioNode.prototype.connect = function (to, ...rest) {
  if (to instanceof AudioDestinationNode) {
    window.ear = this.context.createAnalyser();
    window.ear.fftSize = 8192;
    connect.call(this, window.ear);
  }
  return connect.call(this, to, ...rest);
};
"""
"""Hears what goes to the loudspeakers."""

LOUDNESS = """() => new Promise((done) => {
  const samples = new Float32Array(window.ear.fftSize);
  const heard = [];
  const look = setInterval(() => {
    window.ear.getFloatTimeDomainData(samples);
    heard.push(Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length));
    if (heard.length < 12) return;
    clearInterval(look);
    done(Math.max(...heard));
  }, 100);
})"""


@pytest.fixture(scope="module")
def call(house: House) -> uuid.UUID:
    """One minute: the adviser talks for 15 s, nobody for 30, the caller for 15, softly."""
    sound = sounds.talk(SECONDS)
    sound[0, 15 * 8000 :] = 0
    sound[1, : 45 * 8000] = 0
    sound[1] = sound[1] // 8
    with house.open() as register:
        started = clock.now() - dt.timedelta(hours=9)
        row = calls.recording(
            register.people.daycare, started_at=started, seconds=SECONDS, ready=False, sound=sounds.alaw(sound)
        )
        others = Recording.select(Recording.id).where(Recording.playable == Playable.PENDING, Recording.id != row.id)
        kept = [other.id for other in others]
        Recording.update(render_attempts=render.ATTEMPTS).where(Recording.id.in_(kept)).execute()
        assert render.render_pending().ready == 1
        Recording.update(render_attempts=0).where(Recording.id.in_(kept)).execute()
    return row.uuid


@pytest.fixture
def player(page: Page, house: House, enter, call) -> Page:
    enter(house.register.people.adviser, "sv")
    page.add_init_script(EAR)
    page.goto(f"{house.url}/recordings/{call}")
    page.get_by_label("Tjänstens kvalitet").check()
    page.get_by_role("button", name="Öppna inspelningen").click()
    expect(page.locator("[data-player] canvas")).to_have_count(2)
    expect(page.locator("[data-silence-sum]")).not_to_have_text("…")
    return page


ONCE = """(a, [side, there]) => new Promise((done, fail) => {
  const look = setInterval(() => {
    const at = a.currentTime;
    if (side === 'past' ? at > there : at < there) { clearInterval(look); done(at); }
  }, 20);
  setTimeout(() => { clearInterval(look); fail(new Error(`never ${side} ${there}: ${a.currentTime}`)); }, 20000);
})"""


def to(page: Page, seconds: float) -> None:
    page.locator("audio").evaluate(
        """(a, s) => new Promise((done) => {
          a.addEventListener('seeked', done, {once: true});
          setTimeout(done, 3000);  // before the first sound is fetched nothing tells
          a.currentTime = s;
          if (!a.readyState) done();
        })""",
        seconds,
    )


def past(page: Page, seconds: float) -> float:
    """Where it is when it has come past there."""
    return page.locator("audio").evaluate(ONCE, ["past", seconds])


def before(page: Page, seconds: float) -> float:
    """Where it is when it has gone back to before there."""
    return page.locator("audio").evaluate(ONCE, ["before", seconds])


def loudness(page: Page) -> float:
    """Of what goes to the loudspeakers, at its loudest in a second, once it is settled."""
    plays(page)
    page.wait_for_timeout(300)
    return page.evaluate(LOUDNESS)


def test_silence_is_skipped_when_asked_and_no_word_of_it(player: Page):
    expect(player.locator("[data-silence-sum]")).to_have_text(re.compile("tillsammans 0:(29|30)"))
    player.get_by_role("button", name="Spela", exact=True).click()
    to(player, 14)
    assert past(player, 15.2) < 30, "it plays on through silence unless asked"
    player.get_by_label("Hoppa över tystnad").check()
    assert 44.4 < past(player, 43) < 52
    to(player, 10)
    assert past(player, 10.3) < 14, "speech is not skipped"


def test_a_passage_is_repeated_until_it_is_let_go(player: Page):
    player.get_by_role("slider", name="Plats i inspelningen").focus()
    player.keyboard.press("ArrowRight")
    player.keyboard.press("i")
    player.keyboard.press("ArrowRight")
    player.keyboard.press("o")
    expect(player.get_by_label("Avsnittet börjar")).to_have_value("0:05")
    expect(player.get_by_label("Avsnittet slutar")).to_have_value("0:10")
    player.keyboard.press("r")
    expect(player.get_by_label("Upprepa", exact=True)).to_be_checked()
    to(player, 9.4)
    player.keyboard.press("k")
    assert before(player, 9) >= 5
    player.get_by_label("Upprepa", exact=True).uncheck()
    to(player, 9.4)
    assert past(player, 10.1) < 14
    player.get_by_label("Avsnittet slutar").fill("0:03")
    player.get_by_label("Upprepa", exact=True).check()
    expect(player.locator("#repeat-wrong")).to_be_visible()
    expect(player.get_by_label("Avsnittet slutar")).to_have_attribute("aria-invalid", "true")


def test_a_passage_repeated_to_an_empty_chair_does_not_keep_the_session_open(player: Page):
    def attended() -> bool:
        """Does the next question whether it may go on say that somebody sits there?"""
        with player.expect_request(lambda request: request.method == "HEAD") as asked:
            pass
        return "x-attended" in asked.value.headers

    player.get_by_label("Upprepa", exact=True).check()
    player.get_by_role("button", name="Spela", exact=True).click()
    assert attended()
    player.evaluate("(ms) => { const now = Date.now; Date.now = () => now.call(Date) + ms; }", (SECONDS + 1) * 1000)
    assert not attended(), "who started it has had the time to hear it out"
    player.keyboard.press("Shift")
    assert attended()


def test_each_speaker_is_turned_down_muted_and_evened_out(player: Page):
    player.get_by_role("button", name="Spela", exact=True).click()
    adviser, caller = (player.get_by_role("slider", name=who) for who in ("Kundrådgivare", "Den som ringde"))
    to(player, 4)
    caller.fill("95")  # from the first touch the sound goes through the mixer
    whole = loudness(player)
    assert whole > 0.02
    adviser.fill("50")
    assert loudness(player) == pytest.approx(whole / 2, rel=0.35)
    mute = player.get_by_role("button", name="Tysta: Kundrådgivare")
    mute.click()
    expect(mute).to_have_attribute("aria-pressed", "true")
    assert loudness(player) < whole / 50
    pale = [float(canvas.evaluate("(c) => getComputedStyle(c).opacity")) for canvas in player.locator("canvas").all()]
    assert pale[0] < 1 == pale[1], "the one who is muted is seen to be"
    assert caller.get_attribute("aria-valuetext") == "95 %"
    player.keyboard.press("2")
    player.keyboard.press("1")
    assert loudness(player) > whole / 4, "one mute is not the other's"
    player.keyboard.press("2")
    to(player, 47)
    soft = loudness(player)
    player.get_by_label("Jämna ut ljudnivån").check()
    assert loudness(player) > soft * 1.5, "who speaks softly is heard better"


def test_a_link_leads_a_colleague_to_the_same_place(player: Page, house: House, call, enter):
    player.context.grant_permissions(["clipboard-read", "clipboard-write"])
    to(player, 47.4)
    player.get_by_role("button", name="Kopiera länk till den här platsen").click()
    expect(player.locator("[data-status]")).to_contain_text("Länken är kopierad")
    address = player.evaluate("navigator.clipboard.readText()")
    assert address == f"{house.url}/recordings/{call}?at=47"
    enter(house.register.people.manager, "sv")
    player.goto(address)
    player.get_by_label("Tjänstens kvalitet").check()
    player.get_by_role("button", name="Öppna inspelningen").click()
    elapsed(player, "0:47")
    player.get_by_role("button", name="Spela", exact=True).click()
    plays(player)
    assert place(player) > 47
    to(player, 20)
    player.wait_for_url(re.compile(r"\?at=2\d$"))  # it follows while one listens
    player.get_by_role("button", name="Pausa").click()
    here = int(place(player))
    assert player.url.endswith(f"?at={here}")
    player.reload()
    elapsed(player, f"0:{here:02}")


def test_the_keys_are_shown_when_asked_for(player: Page):
    player.get_by_role("slider", name="Plats i inspelningen").focus()
    player.keyboard.press("?")
    expect(player.get_by_text("spela eller pausa")).to_be_visible()
    player.keyboard.press("?")
    expect(player.get_by_text("spela eller pausa")).to_be_hidden()


def test_the_repeated_passage_is_marked_on_the_waveform(player: Page):
    canvas = player.locator("canvas").first
    player.wait_for_timeout(300)
    before = canvas.evaluate(INK)
    player.get_by_label("Avsnittet börjar").fill("0:30")
    player.get_by_label("Avsnittet slutar").fill("0:40")
    player.wait_for_timeout(200)
    after = canvas.evaluate(INK)
    middle, early = int(len(after) * 35 / 60), int(len(after) * 20 / 60)
    assert after[middle] == 1
    assert before[middle] < 0.2
    assert after[early] == before[early]
