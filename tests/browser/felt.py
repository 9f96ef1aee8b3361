"""What a page does to who uses it: what moves by itself, how long it takes to answer, how much is fetched for it; and
every part of it that comes anew without the page."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import BrowserContext, Page

from portal.cases.models import Copy, CopyState
from portal.jobs.models import Kind
from tests.jobs.made import under_way

KB = 1024
FIRST, NEXT = 150 * KB, 40 * KB
"""What may be fetched for the first page, and for each that follows."""

TEMPLATES = Path(__file__).parents[2] / "templates"
ASKS = re.compile(r"\bhx-(?:get|post|put|patch|delete|query|action)=")

WATCHED = """() => {
  window.moved = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const parts = entry.sources.map(({ node, previousRect: was, currentRect: now }) =>
        `${(node?.outerHTML ?? node?.textContent ?? '?').slice(0, 90)}: ${was.x},${was.y} to ${now.x},${now.y}`);
      window.moved.push([entry.value, parts.join('\\n  ')]);
    }
  }).observe({ type: 'layout-shift', buffered: true });
  document.addEventListener('htmx:after:settle', () => (window.settled = (window.settled ?? 0) + 1));
}"""
"""Told in `moved`. What moves after a person did something counts too: the part that was asked for comes at
its own place."""

STANDS = """(part) => {
  const came = document.getElementById(part);
  const after = (e) => came && came.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING;
  const own = (e) => !e.checkVisibility() || e.closest('#notice, #came, option, [data-when], [id$="-said"], #' + part);
  return [...document.querySelectorAll('body *')].filter((e) => !own(e) && !after(e)).map((e) => {
    const { x, y, width } = e.getBoundingClientRect();
    return [e.localName + '.' + e.className + '#' + e.id, x, y, width].join(' ');
  });
}"""
"""Where everything stands but the part, what comes after it, and the box of what went wrong."""

NEXT_PAINT = "new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(go))))"


class Swap(NamedTuple):
    """A part of a page that comes without the page, and what a person does for it."""

    role: str
    path: str
    part: str
    """The id of what is replaced."""
    fill: str = ""
    """The field of the form that asks: a text is typed in it, or the second choice taken. None: it asks by itself."""
    typed: str = ""
    saves: str = ""
    """The button that sends what was written."""
    before: Callable[[Any], object] | None = None
    """What must have happened in the register that the server serves."""


def _import(register: Any) -> None:
    under_way(done=3000)


def _check(register: Any) -> None:
    under_way(Kind.LOG, done=3000, owner=register.people.dpo)


def _copy(register: Any) -> None:
    Copy.update(state=CopyState.ORDERED).where(Copy.case == register.cases.approved.id).execute()


LISTEN = "listen"
"""In place of a path: the player of a call with something to judge."""

SWAPS = {
    "recordings/index.html": Swap("manager", "/recordings/", "results", "words", "avg"),
    "rights/index.html": Swap("decider", "/rights/", "results", "q", "an"),
    "accounts/index.html": Swap("admin", "/accounts/", "results", "q", "an"),
    "oversight/observations.html": Swap("dpo", "/oversight/observations", "results", "state"),
    "oversight/_asked.html": Swap("dpo", "/oversight/", "results", "queue"),
    "audit/index.html": Swap("dpo", "/audit/", "results", "area"),
    "ingest/index.html": Swap("admin", "/ingest/", "results", "reason"),
    "recordings/_heard_notes.html": Swap("manager", LISTEN, "notes", "note", "Lugnt samtal", "Spara anteckningen"),
    "recordings/_review.html": Swap("manager", LISTEN, "review", "comment", "Tydligt svar", "Spara bedömningen"),
    "retention/_came.html": Swap("manager", "/accounts/me", "came"),
    "recordings/_hearing.html": Swap("adviser", "pending", "hearing"),
    "ingest/_arrivals.html": Swap("admin", "/ingest/", "arrivals", before=_import),
    "jobs/_list.html": Swap("dpo", "/jobs/", "jobs", before=_check),
    "cases/_copy_waits.html": Swap("clerk", "copies", "copy-told", before=_copy),
    "documents/pages/_state.html": Swap("decider", "waiting", "state"),
}
"""Every htmx element there is, by the template it stands in: a new one is looked at when it is named here."""
FORMS = {name: swap for name, swap in SWAPS.items() if swap.fill and not swap.saves}
SAVING = {name: swap for name, swap in SWAPS.items() if swap.saves}
BY_ITSELF = {name: swap for name, swap in SWAPS.items() if not swap.fill}


def asking() -> dict[str, int]:
    """The templates with elements that ask for a part, and how many each has."""
    found = {p.relative_to(TEMPLATES).as_posix(): len(ASKS.findall(p.read_text())) for p in TEMPLATES.rglob("*.html")}
    return {name: many for name, many in found.items() if many}


class Fetched:
    """The bytes of all answers as they came over the line, heads and compressed bodies."""

    def __init__(self, page: Page) -> None:
        self.line = page.context.new_cdp_session(page)
        self.line.send("Network.enable")
        self.by_id: dict[str, str] = {}
        self.bytes: dict[str, int] = {}
        self.line.on("Network.requestWillBeSent", self._asked)
        self.line.on("Network.loadingFinished", self._came)

    def _asked(self, told: dict[str, Any]) -> None:
        self.by_id[told["requestId"]] = told["request"]["url"]

    def _came(self, told: dict[str, Any]) -> None:
        url = self.by_id.get(told["requestId"], "?")
        self.bytes[url] = self.bytes.get(url, 0) + int(told["encodedDataLength"])

    def forget(self) -> None:
        """As a browser that was never here."""
        self.line.send("Network.clearBrowserCache")

    def during(self, go: Callable[[], object]) -> dict[str, int]:
        """What was fetched while that was done, and until the page had all it wanted."""
        self.bytes.clear()
        go()
        return dict(self.bytes)


def moved(page: Page) -> Iterator[str]:
    """What has moved since the page came, now that all of it is there: how much, and which parts."""
    page.wait_for_load_state()
    page.evaluate("document.fonts.ready")
    page.evaluate(NEXT_PAINT)
    for value, parts in page.evaluate("window.moved"):
        if not parts.replace("\n", "").strip().startswith("?"):  # the browser's own controls are not ours
            yield f"{value:.4f}\n  {parts}"


def watch(context: BrowserContext | Page) -> None:
    context.add_init_script(f"({WATCHED})()")


def listen(page: Page, house: Any, call: Any) -> None:
    page.goto(f"{house.url}/recordings/{call.uuid}")
    page.locator("#purpose-0").check()
    with page.expect_navigation():
        page.locator("#hearing form button").click()
