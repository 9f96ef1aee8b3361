"""How long a search takes: the whole page through the real application, and the same SQL through bare sqlite3."""

import contextlib
import dataclasses
import datetime as dt
import json
import logging
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import click
import flask
from werkzeug.test import EnvironBuilder, run_wsgi_app

from portal import clock, create_app
from portal.accounts.models import Account
from portal.bench.register import Register, throw_away
from portal.config import Settings
from portal.recordings import index, sought
from portal.recordings.models import Recording
from portal.spelling import date

ROUNDS = 100
LIMIT_MS, LIMIT_WORDS_MS = 25, 60

Address = list[tuple[str, str]]
Statement = tuple[str, tuple[Any, ...]]


@dataclasses.dataclass(frozen=True)
class Case:
    ask: Callable[[Register, int], Address]
    """The questions of round n: other words, numbers and days each time."""
    everywhere: bool = False
    """Asked by the one who hears every queue."""


def _last_days(days: int, until: int = 0) -> Address:
    today = clock.today() - dt.timedelta(days=until)
    return [("from", date(today - dt.timedelta(days=days))), ("to", date(today))]


def _deep(register: Register, n: int) -> Address:
    """A page from the middle of the register on down."""
    middle = clock.now() - dt.timedelta(days=40, minutes=n)
    return [("before", str(Recording.first_id(middle)))]


CASES = {
    "newest": Case(lambda r, n: []),
    "number_ending": Case(lambda r, n: [("number", r.numbers[n * 31][-4:])]),
    "number_whole": Case(lambda r, n: [("number", "0" + r.numbers[n * 31][4:])]),
    "queue": Case(lambda r, n: [("queue", r.queues[1::2][n % 3].uuid.hex)]),
    "adviser": Case(lambda r, n: [("adviser", r.advisers[(n % 5) * 6 + 1].uuid.hex)]),
    "date_range": Case(lambda r, n: _last_days(7, n % 60)),
    "direction": Case(lambda r, n: [("direction", ("in", "out", "internal")[n % 3])]),
    "told": Case(lambda r, n: [("told", ("yes", "no", "unknown")[n % 3])]),
    "length": Case(lambda r, n: [("length", list(index.LENGTHS)[n % len(index.LENGTHS)])]),
    "words_1": Case(lambda r, n: [("words", r.words.forms[n * 3])]),
    "words_2_prefix": Case(lambda r, n: [("words", f"{r.words.forms[n % 40]} {r.words.forms[n % 70 + 1][:3]}")]),
    "words_whole_register": Case(lambda r, n: [("words", r.words.forms[n % 30][: 1 + n % 5])], everywhere=True),
    "combined": Case(
        lambda r, n: [
            *[("words", r.words.forms[n][:4]), ("queue", r.queues[1].uuid.hex), ("direction", "in"), ("told", "yes")],
            *[("length", "1-5"), ("flag", "noted"), *_last_days(60)],
        ]
    ),
    "page_deep": Case(_deep),
}


@click.command()
@click.option("--rows", default=100_000, show_default=True, help="Calls in the throw-away register.")
@click.option("--rounds", default=ROUNDS, show_default=True, help="Searches of each kind.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object in the last line instead of a table.")
def search(rows: int, rounds: int, as_json: bool) -> None:
    """The search page with ROWS calls: p50 and p95 of the whole request, and the ratio to bare sqlite3."""
    with throw_away(rows) as (settings, register):
        results = measure(settings, register, rounds)
    if as_json:
        click.echo(json.dumps({"cases": results}))
        return
    click.echo(f"{'case':24}{'p50 ms':>9}{'p95 ms':>9}{'bare ms':>9}{'ratio':>8}")
    for name, r in results.items():
        limit = LIMIT_WORDS_MS if name == "words_whole_register" else LIMIT_MS
        mark = "" if r["p95_ms"] <= limit else f"  over {limit}"
        click.echo(f"{name:24}{r['p50_ms']:9.2f}{r['p95_ms']:9.2f}{r['baseline_ms']:9.2f}{r['ratio']:8.1f}{mark}")


def measure(settings: Settings, register: Register, rounds: int) -> dict[str, dict[str, float]]:
    """Each case: `rounds` requests, and the SQL of each replayed on a connection that knows nothing of the portal."""
    app = create_app(settings)
    bare = sqlite3.connect(settings.database, isolation_level=None)
    results = {}
    try:
        for name, case in CASES.items():
            account = register.everywhere if case.everywhere else register.adviser
            send = sender(app, cookie(app, register.token(account)), account)
            queries = [case.ask(register, n) for n in range(rounds)]
            for query in queries[:3]:
                send(query)
            times = [timed(send, query) for query in queries]
            baseline = [timed(_replay, bare, statements) for statements in _statements(send, queries)]
            p50, plain = statistics.median(times), statistics.median(baseline)
            results[name] = {
                "p50_ms": round(p50, 3),
                "p95_ms": round(statistics.quantiles(times, n=20, method="inclusive")[-1], 3),
                "baseline_ms": round(plain, 3),
                "ratio": round(p50 / plain, 2),
            }
    finally:
        bare.close()
    return results


def timed(run: Callable[..., Any], *args: Any) -> float:
    """Milliseconds."""
    start = time.perf_counter()
    run(*args)
    return (time.perf_counter() - start) * 1000


def cookie(app: flask.Flask, token: str) -> str:
    """The cookie a browser holds after a sign-in."""
    signer = flask.sessions.SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer is not None
    return f"{app.config['SESSION_COOKIE_NAME']}={signer.dumps({'_user_id': token, '_fresh': True})}"


def sender(app: flask.Flask, cookie: str, account: Account) -> Callable[[Address], bytes]:
    """Asks for the search page over WSGI, as the server does, by the address that `account` has for it. Raises
    RuntimeError on any answer but a page."""

    def send(query: Address) -> bytes:
        shown = urlencode(sought.public(query, by=account))
        asked = EnvironBuilder("/recordings/", base_url="https://localhost", query_string=shown)
        asked.headers["Cookie"] = cookie
        answer, status, _ = run_wsgi_app(app, asked.get_environ(), buffered=True)
        body = b"".join(answer)
        if not status.startswith("200") or b'class="summary"' in body:
            raise RuntimeError(f"the search page answered {status}")
        return body

    return send


def _replay(bare: sqlite3.Connection, statements: list[Statement]) -> None:
    for sql, params in statements:
        bare.execute(sql, params).fetchall()


def _statements(send: Callable[[Address], bytes], queries: list[Address]) -> Iterator[list[Statement]]:
    """The SELECTs on recordings and their index that each search makes."""
    for query in queries:
        with _listening() as heard:
            send(query)
        own = [(sql, tuple(params or ())) for sql, params in heard if sql.lstrip().startswith("SELECT")]
        yield [s for s in own if 'FROM "account"' not in s[0] and "recording" in s[0]]


@contextlib.contextmanager
def _listening() -> Iterator[list[Any]]:
    """Everything peewee sends to the database."""
    heard: list[Any] = []
    handler = logging.Handler()
    handler.emit = lambda record: heard.append(record.msg)  # type: ignore[method-assign]
    logger = logging.getLogger("peewee")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    try:
        yield heard
    finally:
        logger.setLevel(level)
        logger.removeHandler(handler)
