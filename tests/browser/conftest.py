"""The real portal over HTTPS with a filled register, and one Chromium that forgives nothing.

A test fails on any console message, page error, CSP report or request to another origin.
"""

import contextlib
import dataclasses
import datetime as dt
import os
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path

import axe_playwright_python
import flask
import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, Request, sync_playwright

from portal import clock, config, create_app, db
from portal.accounts.models import Account, SignIn
from portal.bench.first_sound import ARGUMENTS
from portal.config import Settings
from portal.recordings import index
from portal.recordings.models import Playable, Recording, State
from portal.start import prepare
from tests import calls
from tests.browser import felt
from tests.browser.register import Register, fill
from tests.conftest import Client
from tests.people import PASSWORD, TOTP

ARGS = [
    *ARGUMENTS,
    "--autoplay-policy=no-user-gesture-required",
    "--force-color-profile=srgb",
]
AXE = (
    (Path(axe_playwright_python.__file__).parent / "axe.min.js")
    .read_text()
    .replace('createElement("style")).innerHTML=', 'createElement("style")).textContent=')
)
"""With the one assignment mended that Trusted Types refuse: the portal's pages allow nobody else's."""
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
VISITOR = {"ignore_https_errors": True, "locale": "en-GB", "viewport": WIDE}
"""The language is neither of the portal's: what follows the browser shows."""
ROOT = Path(__file__).parents[2]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@dataclasses.dataclass
class House:
    """The running portal: its address, its data folder, and who and what is in it."""

    url: str
    settings: Settings
    register: Register
    app: flask.Flask
    """The same portal in this process, to make cookies with."""

    @contextlib.contextmanager
    def open(self) -> Iterator[Register]:
        """Bind this process to the register that the server serves."""
        config.use(self.settings)
        db.bind(self.settings)
        db.connect()
        try:
            yield self.register
        finally:
            db.db.close()

    def cookie(self, account: Account) -> str:
        """The cookie of a fresh session, for tests that are not about signing in."""
        with self.open():
            client = Client(self.app, use_cookies=True).sign_in(account)
            return client.get_cookie("__Host-portal", domain="localhost").value

    def proved(self, account: Account, *, lately: bool) -> None:
        """The person has proven a second factor just now, in all their sessions, or long ago."""
        with self.open():
            moment = clock.now() if lately else None
            SignIn.update(proved_at=moment).where(SignIn.account == account.id).execute()


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    settings = config.load(folder)
    prepare(settings)
    register = fill()
    app = create_app(settings)
    db.checkpoint()
    db.db.close()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = (folder / "server.log").open("wb")
    said = {"PORTAL_WORKERS": "1", "PORTAL_HOUSE_STYLE": "1"}
    server = subprocess.Popen(
        [sys.executable, "-c", "from portal.cli import main; main()", "serve"],
        cwd=ROOT,
        env={**os.environ, **said, "PORTAL_DATA": str(folder), "PORTAL_PORT": str(port)},
        stdout=log,
        stderr=log,
    )
    try:
        _wait(f"https://localhost:{port}/accounts/sign-in", server, folder / "server.log")
        yield House(f"https://localhost:{port}", settings, register, app)
    finally:
        server.terminate()
        server.wait(20)
        log.close()


def _wait(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    trusting = ssl._create_unverified_context()
    for _ in range(900):
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, context=trusting, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"the portal did not start:\n{log.read_text()[-4000:]}")


@pytest.fixture(scope="package")  # while Playwright runs, nothing else in this process can run an event loop
def playing() -> Iterator[Playwright]:
    with sync_playwright() as play:
        yield play


@pytest.fixture(scope="package")
def chromium(playing: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    context = playing.chromium.launch_persistent_context(
        tmp_path_factory.mktemp("profile"),
        executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
        headless=True,
        args=ARGS,
        **VISITOR,
    )
    yield telling(context)
    context.close()


def telling(context: BrowserContext) -> BrowserContext:
    """Its pages say aloud what the policy refuses them."""
    context.set_default_timeout(10_000)
    context.add_init_script(
        "addEventListener('securitypolicyviolation', (e) =>"
        " console.error('CSP', e.violatedDirective, e.blockedURI, e.sourceFile))"
    )
    return context


READER = ("chrome-extension://mhjfbmdgcfjbbpaeojofohoefgiehjai/", "chrome://resources/")
"""The browser's own PDF reader, out of its own files."""


class Watch:
    """What the browser said that it should not have, and whom it asked."""

    def __init__(self, page: Page, origin: str) -> None:
        self.own = (f"{origin}/", f"blob:{origin}/", *READER)
        self.said: list[str] = []
        self.asked: list[tuple[str, str]] = []
        """Each request: what for (`document`, `script`, …) and its address."""
        self.expected: list[tuple[str, ...]] = [("Clear-Site-Data header", "Cleared data types")]  # at each signing out
        """Words that a message must all hold to be allowed."""
        page.on("console", lambda m: self.said.append(f"{m.type}: {m.text} ({m.location.get('url', '')})"))
        page.on("pageerror", lambda e: self.said.append(f"page error: {e}"))
        page.on("request", self._ask)

    def _ask(self, request: Request) -> None:
        self.asked.append((request.resource_type, request.url))
        if not request.url.startswith(self.own):
            self.said.append(f"foreign request: {request.url}")

    def elsewhere(self) -> list[str]:
        """What was asked of anybody but the portal."""
        return [url for _, url in self.asked if not url.startswith(self.own)]

    def expect(self, status: int, url: str = "") -> None:
        """The browser reports this status (of any page, or of `url`) on the console; here it is meant."""
        self.expected.append((f"the server responded with a status of {status} ", url))

    def check(self) -> None:
        unexpected = [s for s in self.said if not any(all(word in s for word in words) for words in self.expected)]
        assert not unexpected, "\n".join(unexpected)


@pytest.fixture
def page(chromium: BrowserContext, house: House) -> Iterator[Page]:
    chromium.clear_cookies()
    tab = chromium.new_page()
    tab.set_viewport_size(WIDE)
    tab.watch = Watch(tab, house.url)
    yield tab
    tab.close()
    tab.watch.check()


@pytest.fixture
def enter(chromium: BrowserContext, house: House):
    """`enter(people.adviser)` puts that person's session into the browser, with pages in Swedish or in `language`.

    The language is always set: what an earlier file left would otherwise decide what this one reads.
    """

    def entered(account: Account, language: str = "sv") -> None:
        with house.open():
            Account.update(language=language).where(Account.id == account.id).execute()
        chromium.clear_cookies()
        chromium.add_cookies(
            [
                {
                    "name": "__Host-portal",
                    "value": house.cookie(account),
                    "url": house.url,
                    "secure": True,
                    "httpOnly": True,
                    "sameSite": "Strict",
                }
            ]
        )

    return entered


ALIKE = """() => {
  const made = (e) => e.tagName + '.' + e.className + '[' + (e.getAttribute('role') || '') + ']'
    + [...e.attributes].filter((a) => a.name.startsWith('aria-') || a.name === 'data-label').map((a) => a.name);
  for (const body of document.querySelectorAll('tbody')) {
    const seen = new Map();
    for (const row of [...body.rows]) {
      const make = [row, ...row.querySelectorAll('*')].map(made).join();
      seen.set(make, (seen.get(make) || 0) + 1);
      if (seen.get(make) > 2) row.remove();
    }
  }
  const all = [...document.body.querySelectorAll('*')].filter((e) => !e.closest('.menu'));
  return [...new Set(all.map((e) => made(e.parentElement) + '>' + made(e)))].sort().join();
}"""


TOO_WIDE = """() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return [];
  return [...document.querySelectorAll('body *')]
    .filter((e) => e.getBoundingClientRect().right > room + 1 && !e.closest('.table-wrap, pre'))
    .map((e) => e.outerHTML.slice(0, 120)).slice(0, 5).concat(['wider than ' + room]);
}"""


def unfold(page: Page) -> None:
    """What waits for the person, where it stands folded in one line."""
    folded = page.locator(".waits-folded:not([open]) > summary")
    if folded.count():
        folded.click()


def too_wide(page: Page) -> list[str]:
    """What sticks out of the window to the right: a piece of each. Empty is the only good answer.

    A page that was asked for by a click may have come without its body yet.
    """
    page.wait_for_load_state()
    found: list[str] = page.evaluate(TOO_WIDE)
    return found


def axe(page: Page) -> list[str]:
    """What the accessibility engine finds: rule, element, why. Empty is the only good answer."""
    page.wait_for_load_state()
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE)
    found = page.evaluate(
        "axe.run(document, {resultTypes: ['violations'], elementRef: false}).then((r) => r.violations)"
    )
    return [
        f"{page.url} {v['id']} ({v['impact']}): {n['target']} {n['html'][:200]} {n.get('failureSummary', '')}"
        for v in found
        for n in v["nodes"]
    ]


__all__ = ["NARROW", "PASSWORD", "TOTP", "WIDE", "House", "axe", "clock", "dt", "too_wide"]


@pytest.fixture
def watched(page: Page) -> Page:
    felt.watch(page)
    return page


@pytest.fixture
def judged(house: House):
    """A call of half a minute with nothing written about it yet."""
    with house.open() as register:
        sound = calls.wav(calls.tone(30.0)) + uuid.uuid4().bytes
        row = calls.recording(register.people.daycare, adviser=register.people.adviser, seconds=30.0, sound=sound)
    yield row
    with house.open():
        Recording.update(state=State.PURGED, playable=Playable.EMPTY).where(Recording.id == row.id).execute()
        index.remove(row.id)
