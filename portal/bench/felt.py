"""How soon a page answers a hand: from a key or a click to the next paint, as Chromium itself times it (Event Timing,
which rounds to 8 ms); beside the same on a page with nothing on it, turn by turn."""

import contextlib
import math
from typing import TYPE_CHECKING, NamedTuple

from portal.bench import results
from portal.bench.call import Call

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

BASELINE = "bare page"
BARE = "<!doctype html><title>-</title><input><details><summary>a</summary>b</details>"
QUICKEST_MS = 16.0
"""What is answered sooner Chromium does not time."""
WARM_UP = 2
TIMED = """() => {
  window.timed = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (entry.interactionId) window.timed.push(entry.duration);
  }).observe({ type: 'event', durationThreshold: 16, buffered: true });
}"""
PAINTED = """() => new Promise((go) => {
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(go, 30)));
})"""
"""And timed: that is told a little later."""

SEARCH, PLAYER, OWN = "/recordings/", "", "/accounts/me"


class Act(NamedTuple):
    path: str
    """Of the page; `PLAYER`: that of a listen."""
    at: str
    """What has the focus, or is clicked."""
    key: str = ""
    """None: a click."""


ACTS = {
    "typed_in_the_search": Act(SEARCH, "#words", "a"),
    "conditions_unfolded": Act(SEARCH, "#more summary"),
    "on_to_the_next_hit": Act(SEARCH, "#results tbody a", "Tab"),
    "play": Act(PLAYER, "[data-toggle]", "k"),
    "seek": Act(PLAYER, "[data-toggle]", "l"),
    "keys_unfolded": Act(PLAYER, ".player-keys summary"),
    "look_chosen": Act(OWN, "[name=look]:checked", "ArrowDown"),
}


def taken(page: "Page", at: str, key: str = "") -> float:
    """Milliseconds from the key, or a click, to the next paint. The page is `TIMED`."""
    target = page.locator(at).first
    if key:
        target.focus()
    page.evaluate(PAINTED)
    page.evaluate("window.timed.length = 0")
    if key:
        page.keyboard.press(key)
    else:
        target.click()
    page.evaluate(PAINTED)
    return max([QUICKEST_MS, *page.evaluate("window.timed")])


def measure(context: "BrowserContext", heard: Call, rounds: int) -> dict[str, results.Case]:
    """Each act so often on its page, which stands open meanwhile as it does on a desk."""
    root, (name, value) = f"https://localhost:{heard.served.port}", heard.cookie.split("=", 1)
    context.add_cookies([{"name": name, "value": value, "url": root, "secure": True, "httpOnly": True}])
    with contextlib.closing(context.new_page()) as bare:
        bare.set_content(BARE)
        bare.evaluate(TIMED)
        return {name: _measured(context, root, heard, act, bare, rounds) for name, act in ACTS.items()}


def _measured(context: "BrowserContext", root: str, heard: Call, act: Act, bare: "Page", rounds: int) -> results.Case:
    ours, plain = [], []
    with contextlib.closing(context.new_page()) as page:
        page.goto(root + (act.path or heard.page))
        page.locator(act.at).first.wait_for()
        page.evaluate(TIMED)
        for turn in range(rounds + WARM_UP):
            both = taken(page, act.at, act.key), taken(bare, "input" if act.key else "summary", act.key)
            if turn >= WARM_UP:
                ours.append(both[0])
                plain.append(both[1])
    return results.case(ours, plain, baseline=BASELINE, p98_ms=_p98(ours))


def _p98(times: list[float]) -> float:
    return sorted(times)[math.ceil(len(times) * 0.98) - 1]
