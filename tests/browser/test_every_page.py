"""Every page each role can reach, in both languages, light and dark, wide and narrow.

The crawl starts at the menu and follows every link, so a new page is looked at without being named here.
"""

import collections
import os
import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, Response, ViewportSize
from playwright.sync_api import Error as BrowserError

from portal.accounts.models import Account
from tests.browser import felt
from tests.browser.conftest import ALIKE, ARGS, NARROW, VISITOR, WIDE, House, axe, telling, too_wide

SHELL = os.environ.get("CHROMIUM_SHELL", "/usr/bin/chromium-headless-shell")
"""The same Chromium without the window, the tabs and the reader that it has for people: drawing these takes it more
than half of the time that a page takes."""
ROLES = ("adviser", "manager", "clerk", "decider", "dpo", "admin")
FACTS = """() => ({
  lang: document.documentElement.lang,
  title: document.title.replace(/\\s+/g, ' '),
  h1: [...document.querySelectorAll('h1')].map((h) => h.textContent.trim().replace(/\\s+/g, ' ')),
  twice: [...document.querySelectorAll('[id]')].map((e) => e.id).filter((id, i, all) => all.indexOf(id) !== i),
  mute: [...document.querySelectorAll('.field-error')].filter((e) => !e.textContent.trim()
    && getComputedStyle(e, '::before').content !== 'none').map((e) => e.id),
  inline: document.querySelectorAll('[style], style, script:not([src])').length,
})"""
LINKS = "() => [...document.links].map((a) => a.getAttribute('href')).filter((h) => h && h.startsWith('/'))"

PROVE = "/accounts/prove"
ID = "[0-9a-f-]{36}"
PAPER = "|".join(
    (
        rf"/(documents|cases/{ID}/letters)/{ID}/(pdf|preview)",
        rf"/(description/versions/\d+/(sv|fi)\.pdf|register/description/{ID}/papers/{ID}/pdf)",
        rf"/register/(notices/{ID}/letters|disclosures/{ID}/papers|processing-record/papers)/{ID}/pdf",
        rf"/(cases/{ID}/attachments|incidents/{ID}/papers|(cases/{ID}/calls|recordings)/{ID}/statements)/{ID}$",
    )
)
"""Opens in the browser's own reader: `test_documents` looks at it."""

PARTS = {"document", "stylesheet", "script", "image", "font"}

DOUBLE, WIDEST = {"width": 640, "height": 450}, {"width": 2560, "height": 1440}
"""What is left of a window at 200 %, and a great screen."""

SIZES = {"sv": WIDE, "fi": NARROW}
"""At which a page comes in the crawl: nothing may move in either."""

LONGER = {
    **{"/cases/*/calls?": 72_000, "/cases/*/calls/*?": 52_000},
    **{"/register/figures/paper?": 56_000, "/register/figures/paper?until": 56_000},
}
"""Pages that grow with what they are about, each row a form of its own, and the figures of a whole year for the
printer; and how much that may be in the register of the tests."""
SETTLED = "document.fonts.ready.then(() => new Promise((go) => requestAnimationFrame(() => setTimeout(go))))"
"""What follows the window's size has followed it."""


@pytest.fixture(scope="module")
def chromium(request: pytest.FixtureRequest, playing: Playwright) -> Iterator[BrowserContext]:
    """The shell where it is installed, else what the other files look through."""
    if not os.access(SHELL, os.X_OK):
        yield request.getfixturevalue("chromium")
        return
    with (
        playing.chromium.launch(executable_path=SHELL, headless=True, args=ARGS) as browser,
        browser.new_context(**VISITOR) as context,
    ):
        yield telling(context)


def kind(path: str) -> str:
    """The address without its ids and terms: pages of one kind look alike, and so do those of the help, each of which
    `test_help` opens."""
    parts = urlsplit(path)
    shape = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d[\d.-]*|(?<=^/help/)[\w-]+", "*", parts.path)
    return shape + "?" + "&".join(sorted({name for name, value in parse_qsl(parts.query) if value}))


def resized(page: Page, size: ViewportSize) -> None:
    if page.viewport_size != size:
        page.set_viewport_size(size)
    page.evaluate(SETTLED)


def faults(page: Page, language: str, known: set[tuple[str, str]] | None = None) -> list[str]:
    """What is wrong with the page that stands in the browser, narrow and then wide.

    The engine takes a second for a long list, so of rows made alike it sees two, and a page made
    as one in `known` not at all. Narrow it runs in Finnish only, whose words are the longer ones; dark in
    Swedish, light in Finnish: a colour is the same in both.
    """
    page.emulate_media(color_scheme="light" if language == "fi" else "dark")
    facts, found = page.evaluate(FACTS), []
    if named := re.search(r"/description/(sv|fi)$", page.url):
        language = named[1]  # the address says which
    if facts["lang"] != language:
        found.append(f"lang is {facts['lang']}")
    if len(facts["h1"]) != 1 or not facts["title"].startswith(facts["h1"][0]):
        found.append(f"title {facts['title']!r}, h1 {facts['h1']}")
    if facts["twice"]:
        found.append(f"ids used twice: {facts['twice']}")
    if facts["mute"]:
        found.append(f"the sign of a fault without its words: {facts['mute']}")
    if facts["inline"]:
        found.append("inline style or script")
    resized(page, NARROW)
    found += too_wide(page)
    make = (language, page.evaluate(ALIKE))
    if known is None or make not in known:
        if language == "fi":
            found += axe(page)
        for size in () if language == "fi" else (DOUBLE, WIDEST):
            resized(page, size)
            found += too_wide(page)
        resized(page, WIDE)
        found += axe(page)
    if known is not None:
        known.add(make)
    return [f"{page.url}: {f}" for f in found]


@pytest.fixture(scope="session")
def known() -> set[tuple[str, str]]:
    """The makes of page the engine has seen, by language."""
    return set()


def opened(page: Page, house: House, path: str, account: Account) -> Response:
    """Go there. The crawl takes longer than a proof of the second factor is good for: where it is
    asked for, it is proven anew, else the page itself would not be looked at."""
    answer = page.goto(house.url + path, wait_until="domcontentloaded", timeout=30_000)
    if path != PROVE and urlsplit(page.url).path == PROVE:
        house.proved(account, lately=True)
        answer = page.goto(house.url + path, wait_until="domcontentloaded", timeout=30_000)
        assert urlsplit(page.url).path != PROVE, f"{path} asks for a proof again"
    return answer


def test_the_crawl_looks_at_the_page_that_wants_a_proof_and_not_at_the_question(page: Page, house: House, enter):
    account = house.register.people.adviser
    enter(account)
    house.proved(account, lately=False)
    assert opened(page, house, "/accounts/me/password", account).status == 200
    assert page.url == house.url + "/accounts/me/password"


@pytest.mark.parametrize("language", ["sv", "fi"])
@pytest.mark.parametrize("role", ROLES)
def test_every_page_of_the_role_is_sound(page: Page, house: House, enter, known, role: str, language: str):
    account = getattr(house.register.people, role)
    enter(account, language)
    felt.watch(page)
    named = [*house.register.addresses, *house.register.cases.addresses(role)]
    queue = collections.deque([("/", "the start"), *((a, "") for a in named)])
    page.watch.expect(503, "/preview")  # left before it was there, page after page: the next one is told to wait
    done, found = set(), []
    while queue:
        path, where = queue.popleft()
        if (where and kind(path) in done) or path.startswith("/static/") or re.search(PAPER, path):
            continue  # one of each kind that links lead to, and every state the register names
        done.add(kind(path))
        if not where and page.request.get(house.url + path).status in (403, 404):
            continue  # an address of the register that is not this role's
        if page.viewport_size != SIZES[language]:
            page.set_viewport_size(SIZES[language])
        try:
            answer = opened(page, house, path, account)
        except BrowserError as error:
            if "Download is starting" not in error.message:
                raise
            continue
        if answer.status >= 400:
            page.watch.expect(answer.status, page.url)
            if where:
                found.append(f"{path}: {answer.status}, linked from {where}")
        most = LONGER.get(kind(path), felt.NEXT)
        if (size := answer.request.sizes()["responseBodySize"]) > most:
            found.append(f"{path}: {size} bytes, more than {most}")
        found += [f"{path}: moves {one}" for one in felt.moved(page)]
        queue.extend((link, path) for link in page.evaluate(LINKS))
        found += faults(page, language, known)
    assert not found, "\n".join(found)
    assert len(done) > 3, "the menu leads nowhere"
    assert page.watch.elsewhere() == [], "a page of the portal asks nobody but the portal"
    assert {kind for kind, _ in page.watch.asked} >= PARTS, "what a page is made of is not in the log of requests"


@pytest.mark.parametrize("language", ["sv", "fi"])
def test_the_pages_before_sign_in_are_sound(page: Page, house: House, language: str):
    page.goto(house.url + "/accounts/sign-in")
    if page.locator("html").get_attribute("lang") != language:
        with page.expect_navigation():
            page.locator(".top-language button").click()
    assert not faults(page, language)


@pytest.mark.parametrize("language", ["sv", "fi"])
def test_a_page_that_is_not_there_says_so_in_the_readers_language(page: Page, house: House, enter, language: str):
    enter(house.register.people.adviser, language)
    page.watch.expect(404)
    assert page.goto(house.url + "/recordings/00000000-0000-4000-8000-000000000000").status == 404
    assert not faults(page, language)


@pytest.mark.parametrize("language", ["sv", "fi"])
def test_a_page_the_role_may_not_use_says_so(page: Page, house: House, enter, language: str):
    enter(house.register.people.adviser, language)
    page.watch.expect(403)
    assert page.goto(house.url + "/accounts/").status == 403
    assert not faults(page, language)


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        ("document.querySelector('main').append(document.createElement('input'))", "label (critical)"),
        ("document.querySelector('h1').id = 'main'", "ids used twice: ['main']"),
        ("document.querySelector('h1').after(document.createElement('h1'))", "h1 ["),
        ("document.title = 'Något annat'", "title 'Något annat'"),
        ("document.documentElement.lang = 'en'", "lang is en"),
        ("document.querySelector('#key-said').append(' ')", "without its words: ['key-said']"),
        ("document.querySelector('h1').style.width = '400px'", "wider than 390"),
        ("document.querySelector('h1').style.color = 'light-dark(#ccc, #333)'", "color-contrast (serious)"),
    ],
)
def test_the_checks_see_what_they_are_for(page: Page, house: House, spoil: str, told: str):
    page.goto(house.url + "/accounts/sign-in")
    language = page.locator("html").get_attribute("lang")
    page.evaluate(spoil)
    assert told in "\n".join(faults(page, language))
