"""How soon a person hears something: from the click on play, or in the waveform, until the sound moves on, in a real
Chromium; beside a bare `<audio>` on the same file in the clear from the same server, turn by turn.

Playwright, which moves the mouse, is a dependency of the tests alone: it is looked for when it is needed."""

import contextlib
import random
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from portal.bench import results
from portal.bench.call import PAGE, Call

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
BASELINE = "bare <audio>, send_file"
WARM_UP = 2
SEEKS = 3
"""On each page that is opened."""
SETTLED_MS = 400
"""After a page has come: a person has not found the button sooner, and nothing else is under way."""
NO_PLAYWRIGHT = (
    "--browser needs playwright, a dependency of the tests alone (`make install` brings it). Without --browser "
    "the figures are those of the server."
)
NO_CHROMIUM = "there is no Chromium that starts at {path}: name one with --chromium, or in the environment's CHROMIUM"

WIRED = """() => {
  const audio = document.querySelector('audio');
  document.querySelector('[data-toggle]').addEventListener('click', () => audio.play());
  document.querySelector('[data-there]').addEventListener('click', () => { audio.currentTime = window.there; });
}"""
HEARD = """([seeks, there]) => {
  const audio = document.querySelector('audio');
  window.there = there;
  window.heard = new Promise((done, fail) => addEventListener('pointerup', (event) => {
    let from = seeks ? Infinity : audio.currentTime;
    audio.addEventListener('seeking', () => { from = audio.currentTime; }, {once: true});
    const look = () => {
      const now = performance.now() - event.timeStamp;
      if (!audio.paused && !audio.seeking && audio.readyState > 2 && audio.currentTime > from) done(now);
      else if (now > 20000) fail(new Error('no sound'));
      else setTimeout(look, 1);
    };
    look();
  }, {once: true, capture: true}));
}"""


class Seen(NamedTuple):
    """Milliseconds, of each page one after the other."""

    at_once: list[float]
    clicks: list[float]
    seeks: list[float]


@contextlib.contextmanager
def browser(path: Path) -> Iterator["BrowserContext"]:
    """A Chromium that has seen nothing. Raises ClickException when that or what drives it is not there."""
    try:
        from playwright.sync_api import Error, sync_playwright
    except ModuleNotFoundError as error:
        raise click.ClickException(NO_PLAYWRIGHT) from error
    with sync_playwright() as play:
        try:
            opened = play.chromium.launch(executable_path=path, args=ARGUMENTS)
        except Error as error:
            raise click.ClickException(NO_CHROMIUM.format(path=path)) from error
        with opened, opened.new_context(ignore_https_errors=True) as context:
            yield context


def measure(context: "BrowserContext", heard: Call, pages: int) -> dict[str, results.Case]:
    """Each page is opened twice in a round: in the one play is clicked as soon as it is there, while the waveform is
    still being fetched; in the other a little later, and then one seeks."""
    chance = random.Random(2027)  # noqa: S311 (figures that can be repeated, no secret)
    root, (name, value) = f"https://localhost:{heard.served.port}", heard.cookie.split("=", 1)
    context.add_cookies([{"name": name, "value": value, "url": root, "secure": True, "httpOnly": True}])
    sealed, bare = Seen([], [], []), Seen([], [], [])
    for turn in range(pages + WARM_UP):
        places = [chance.uniform(0.02, 0.98) for _ in range(SEEKS)]
        for address, seen in ((heard.page, sealed), (PAGE, bare)):
            times = _listen(context, root + address, places, heard.seconds)
            if turn >= WARM_UP:
                for one, more in zip(seen, times, strict=True):
                    one += more
    names = ("click_at_once_to_sound", "click_to_sound", "seek_to_sound")
    return {name: _case(ours, plain) for name, ours, plain in zip(names, sealed, bare, strict=True)}


def _case(ours: list[float], plain: list[float]) -> results.Case:
    """With the least of each too: what a busy machine adds to one click it does not add to all."""
    least: dict[str, Any] = {"least_ms": round(min(ours), 3), "baseline_least_ms": round(min(plain), 3)}
    return results.case(ours, plain, baseline=BASELINE, **least)


def _listen(context: "BrowserContext", address: str, places: list[float], seconds: int) -> Seen:
    """`places`: shares of the call that are sought one after the other."""
    with _opened(context, address) as page:
        at_once = _heard(page, "[data-toggle]")
    with _opened(context, address) as page:
        page.wait_for_timeout(SETTLED_MS)
        click = _heard(page, "[data-toggle]")
        seek = "canvas" if page.locator("canvas").count() else "[data-there]"
        return Seen([at_once], [click], [_heard(page, seek, share, seconds) for share in places])


@contextlib.contextmanager
def _opened(context: "BrowserContext", address: str) -> Iterator["Page"]:
    """In a tab of its own, which holds nothing of the sound yet."""
    with contextlib.closing(context.new_page()) as page:
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(address)
        page.locator("[data-toggle]").wait_for()
        if page.locator("[data-there]").count():
            page.evaluate(WIRED)
        yield page


def _heard(page: "Page", target: str, share: float | None = None, seconds: int = 0) -> float:
    """Click there, at that share of its width: how long until it is heard."""
    box = page.locator(target).first.bounding_box()
    assert box is not None
    page.evaluate(HEARD, [share is not None, (share or 0) * seconds])
    page.mouse.click(box["x"] + box["width"] * (share or 0.5), box["y"] + box["height"] / 2)
    taken: float = page.evaluate("window.heard")
    return taken
