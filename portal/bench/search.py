"""How long a search takes: the whole page through the real application, and the same SQL through bare sqlite3."""

import contextlib
import dataclasses
import datetime as dt
import functools
import logging
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import click
import flask
from werkzeug.test import EnvironBuilder, run_wsgi_app

from portal import clock, create_app
from portal.accounts.models import Account
from portal.bench import results
from portal.bench.register import STEMS, Register, throw_away
from portal.config import Settings
from portal.recordings import index, sought
from portal.recordings.models import Recording
from portal.recordings.search import PAGE
from portal.spelling import date

ROUNDS = 100
BASELINE, FIRST_PAGE = "the SQL in bare sqlite3", "page 1"
DEEP = 10_000
"""The page far down; of a smaller register the one in its middle."""

Address = list[tuple[str, str]]
Statement = tuple[str, tuple[Any, ...]]
Times = dict[str, tuple[list[float], list[float]]]
"""Milliseconds of each case, and of what stands beside it."""


@dataclasses.dataclass(frozen=True)
class Case:
    ask: Callable[[Register, int], Address]
    """The questions of round n: other words, numbers and days each time."""
    everywhere: bool = False
    """Asked by the one who hears every queue."""
    beside: str | None = None
    """The case that it stands beside, asked by the same in the same round, instead of the bare engine."""


def _last_days(days: int, until: int = 0) -> Address:
    today = clock.today() - dt.timedelta(days=until)
    return [("from", date(today - dt.timedelta(days=days))), ("to", date(today))]


def _middle(register: Register, n: int) -> Address:
    """A page from the middle of the register on down."""
    middle = clock.now() - dt.timedelta(days=40, minutes=n)
    return [("before", str(Recording.first_id(middle)))]


def _far(register: Register, n: int, *order: Any) -> Address:
    """The DEEPth page of all calls, some down from there each time."""
    place = min(PAGE * (DEEP - 1), register.made // 2) + n
    (key,) = (
        Recording.select(Recording.id).order_by(*order, Recording.id.desc()).offset(place).limit(1).tuples().first()
    )
    return [("before", str(key))]


def _inflected(register: Register, n: int) -> Address:
    """A word with an ending that it need not have where it was written."""
    stems = STEMS.split()
    return [("words", stems[n * 7 % len(stems)] + ("en", "in", "na", "ssa", "ista")[n % 5])]


CASES = {
    "newest": Case(lambda r, n: []),
    "number_ending": Case(lambda r, n: [("number", r.numbers[n * 31][-4:])]),
    "number_part": Case(lambda r, n: [("number", r.numbers[n * 31][6 : 9 + n % 3])]),
    "number_whole": Case(lambda r, n: [("number", "0" + r.numbers[n * 31][4:])]),
    "queue": Case(lambda r, n: [("queue", r.queues[1::2][n % 3].uuid.hex)]),
    "adviser": Case(lambda r, n: [("adviser", r.advisers[(n % 5) * 6 + 1].uuid.hex)]),
    "date_range": Case(lambda r, n: _last_days(7, n % 60)),
    "direction": Case(lambda r, n: [("direction", ("in", "out", "internal")[n % 3])]),
    "told": Case(lambda r, n: [("told", ("yes", "no", "unknown")[n % 3])]),
    "length": Case(lambda r, n: [("length", list(index.LENGTHS)[n % len(index.LENGTHS)])]),
    "words_1": Case(lambda r, n: [("words", r.words.forms[n * 3])]),
    "words_2_prefix": Case(lambda r, n: [("words", f"{r.words.forms[n % 40]} {r.words.forms[n % 70 + 1][:3]}")]),
    "words_endings": Case(_inflected),
    "words_whole_register": Case(lambda r, n: [("words", r.words.forms[n % 30][: 1 + n % 5])], everywhere=True),
    "combined": Case(
        lambda r, n: [
            *[("words", r.words.forms[n][:4]), ("queue", r.queues[1].uuid.hex), ("direction", "in"), ("told", "yes")],
            *[("length", "1-5"), ("flag", "noted"), *_last_days(60)],
        ]
    ),
    "sort_oldest": Case(lambda r, n: [("sort", "oldest")]),
    "sort_longest": Case(lambda r, n: [("sort", "longest")]),
    "sort_shortest": Case(lambda r, n: [("sort", "shortest")]),
    "sort_longest_filtered": Case(lambda r, n: [("sort", "longest"), ("queue", r.queues[1::2][n % 3].uuid.hex)]),
    "sort_longest_words": Case(lambda r, n: [("sort", "longest"), ("words", r.words.forms[n % 30])]),
    "sort_longest_deep": Case(
        lambda r, n: [("sort", "longest"), *_far(r, n, Recording.duration_ms.desc())], everywhere=True
    ),
    "page_deep": Case(_middle),
    "page_1": Case(lambda r, n: [], everywhere=True),
    "page_10000": Case(_far, everywhere=True, beside="page_1"),
}


@click.command()
@click.option(
    *("--rows", "sizes"),
    default=(100_000,),
    multiple=True,
    show_default="100000",
    help="Calls in the throw-away register. Given again, in a second one: how much slower that is.",
)
@click.option("--rounds", default=ROUNDS, show_default=True, help="Searches of each kind.")
@results.options
def search(sizes: tuple[int, ...], rounds: int, as_json: bool, drawing: Path | None) -> None:
    """The search page with ROWS calls: p50 and p95 of the whole request, and the ratio to bare sqlite3."""
    found: dict[int, Times] = {}
    for rows in sizes:
        with throw_away(rows) as (settings, register):
            found[rows] = measure(settings, register, rounds)
    cases = compared(found[sizes[-1]])
    if len(sizes) == 1:
        results.show("search", cases, as_json=as_json, drawing=drawing, rows=sizes[-1])
        return
    growth = results.judged("search_growth", grown(found[sizes[0]], found[sizes[-1]], f"{sizes[0]} calls"))
    told = [f"{sizes[-1]} calls beside {sizes[0]}:", *results.table(growth), "", f"{sizes[-1]} calls:"]
    results.show("search", cases, as_json=as_json, drawing=drawing, told=told, rows=sizes[-1], growth=growth)


def compared(times: Times) -> dict[str, results.Case]:
    return {
        name: results.case(ours, beside, baseline=FIRST_PAGE if CASES[name].beside else BASELINE)
        for name, (ours, beside) in times.items()
    }


def grown(small: Times, large: Times, baseline: str) -> dict[str, results.Case]:
    """The ratio is that of the p95."""
    found = {}
    for name in large:
        before, here = small[name][0], large[name][0]
        ratio = results.p95(here) / results.p95(before)
        found[name] = results.case(
            here, before, baseline=baseline, ratio=ratio, baseline_p95_ms=round(results.p95(before), 3)
        )
    return found


def measure(settings: Settings, register: Register, rounds: int) -> Times:
    """Each case: `rounds` requests, and after each its SQL on a connection that knows nothing of the portal."""
    app = create_app(settings)
    bare = sqlite3.connect(settings.database, isolation_level=None)
    accounts = {False: register.adviser, True: register.everywhere}
    senders = {everywhere: sender(app, cookie(app, register.token(one))) for everywhere, one in accounts.items()}
    found: Times = {}
    try:
        for name, case in CASES.items():
            send, account = senders[case.everywhere], accounts[case.everywhere]
            asked = [shown(case.ask(register, n), account) for n in range(rounds)]
            for address in asked[:3]:
                send(address)
            ours, beside = found[name] = ([], [])
            for n, address in enumerate(asked):
                ours.append(timed(send, address))
                if case.beside:
                    beside.append(timed(send, shown(CASES[case.beside].ask(register, n), account)))
                else:
                    beside.append(timed(replay, bare, statements(functools.partial(send, address))))
    finally:
        bare.close()
    return found


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


def shown(query: Address, account: Account) -> str:
    """The address of the answer, as `account` has it."""
    return "/recordings/?" + urlencode(sought.public(query, by=account))


def sender(app: flask.Flask, cookie: str) -> Callable[[str], bytes]:
    """Asks for the search page over WSGI, as the server does. Raises RuntimeError on any answer but a page."""

    def send(address: str) -> bytes:
        asked = EnvironBuilder(address, base_url="https://localhost")
        asked.headers["Cookie"] = cookie
        answer, status, _ = run_wsgi_app(app, asked.get_environ(), buffered=True)
        body = b"".join(answer)
        if not status.startswith("200") or b'class="summary"' in body:
            raise RuntimeError(f"the search page answered {status}")
        return body

    return send


def replay(bare: sqlite3.Connection, statements: list[Statement]) -> None:
    for sql, params in statements:
        bare.execute(sql, params).fetchall()


def statements(ask: Callable[[], Any]) -> list[Statement]:
    """The SELECTs on recordings and their index that this makes."""
    with _listening() as heard:
        ask()
    own = [(sql, tuple(params or ())) for sql, params in heard if sql.lstrip().startswith("SELECT")]
    return [s for s in own if 'FROM "account"' not in s[0] and "recording" in s[0]]


@contextlib.contextmanager
def _listening() -> Iterator[list[Any]]:
    """Everything peewee sends to the database."""
    heard: list[Any] = []
    handler = logging.Handler()
    handler.emit = lambda record: heard.append(record.msg)  # type: ignore[method-assign]  # for this one handler
    logger = logging.getLogger("peewee")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    try:
        yield heard
    finally:
        logger.setLevel(level)
        logger.removeHandler(handler)
