"""What every ordinary page costs: found as a person finds them, from the menu along the links, by one person of each
role; each through the real application as the server answers it, beside a page with nothing on it."""

import collections
import functools
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import click
import flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from portal.accounts import sessions
from portal.bench import call, felt, first_sound, results
from portal.bench.browser import EMPTY, Browser, application, in_turn
from portal.bench.entries import Log
from portal.bench.files import Files
from portal.bench.offices import Offices
from portal.bench.register import Register, throw_away
from portal.config import Settings
from portal.oversight import listens
from portal.recordings import listening
from portal.recordings.models import Playable, Purpose, Recording

LINK = re.compile(rb'href="(/[^"#]*)')
PAPER = ("/pdf", ".pdf", ".csv", ".svg")
MINUTES = 5
"""Of the call that is listened to with --browser."""


@click.command()
@click.option("--rows", default=100_000, show_default=True, help="Calls in the throw-away register.")
@click.option("--entries", default=100_000, show_default=True, help="Entries of the log, over a year.")
@click.option("--files", "count", default=1_000, show_default=True, help="Residents' requests, in every state.")
@click.option("--rounds", default=20, show_default=True, help="How often each page is asked for.")
@click.option("--browser", is_flag=True, help="In a real Chromium instead: from a key or a click to the next paint.")
@click.option("--times", default=100, show_default=True, help="With --browser: how often each is done.")
@results.chromium
@results.options
def page(
    rows: int,
    entries: int,
    count: int,
    rounds: int,
    browser: bool,
    times: int,
    chromium: Path,
    as_json: bool,
    drawing: Path | None,
) -> None:
    """Every page that links lead to: p50 and p95 on the server, and how many empty pages it is worth."""
    if browser:
        with first_sound.browser(chromium) as opened, call.ready(MINUTES) as heard:
            felt_cases = felt.measure(opened, heard, times)
        results.show("page_felt", felt_cases, as_json=as_json, drawing=drawing)
        return
    with throw_away(rows) as (settings, register):
        found = measure(settings, register, entries, count, rounds)
    size = {"rows": rows, "entries": entries, "files": count}
    told = [f"{rows} calls, {entries} entries of the log, {count} requests: {len(found) - 1} pages"]
    results.show("page", found, as_json=as_json, drawing=drawing, told=told, **size)


def measure(settings: Settings, register: Register, entries: int, count: int, rounds: int) -> dict[str, results.Case]:
    Log(register, entries)
    offices, files = Offices(register), Files(register, count)
    listens.count_due()
    app = application(settings)
    people = (register.adviser, register.advisers[0], files.clerk, offices.decider, offices.dpo, offices.admin)
    browsers = [Browser(app, register, account) for account in people]
    pages: dict[str, Callable[[int], object]] = {"empty": functools.partial(_asked, browsers[0], EMPTY)}
    for browser in browsers:
        for endpoint, path in _reached(app, browser, {*pages}):
            pages[endpoint] = functools.partial(_asked, browser, path)
    pages["recordings.listen"] = functools.partial(_asked, browsers[0], _listen(browsers[0]))
    return in_turn(pages, rounds)


def _asked(browser: Browser, path: str, n: int) -> None:
    browser.get(path)


def _reached(app: flask.Flask, browser: Browser, known: set[str]) -> Iterator[tuple[str, str]]:
    """The first address of each page that is not in `known`, as links lead there from the menu."""
    ways = app.url_map.bind("localhost")
    queue, seen = collections.deque([EMPTY]), {EMPTY}
    visited: set[str] = set()
    while queue:
        path = queue.popleft()
        try:
            endpoint = ways.match(urlsplit(path).path)[0]
        except (HTTPException, RequestRedirect):
            continue
        if endpoint == "static" or endpoint in visited or path.endswith(PAPER):
            continue
        visited.add(endpoint)
        if (content := browser.page(path)) is None:
            continue
        if endpoint not in known:
            known.add(endpoint)
            yield endpoint, path
        addresses = [link.decode().replace("&amp;", "&") for link in LINK.findall(content)]
        queue.extend(address for address in addresses if address not in seen)
        seen.update(addresses)


def _listen(browser: Browser) -> str:
    """A call's player, opened as by the form."""
    listener = sessions.resume(browser.token)
    assert listener is not None
    ready = Recording.visible_to(listener).where(Recording.playable == Playable.READY)
    recording = ready.order_by(Recording.id.desc()).first()
    listen = listening.open_listen(recording, purpose=Purpose.QUALITY, reference="", by=listener)
    return f"/recordings/{recording.uuid}/listens/{listen.uuid}"
