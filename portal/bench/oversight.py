"""What the pages of those who answer for the register cost with a full log: each through the real application as the
server answers it, signed in and with its own entry in the log; and the check of the whole chain, beside the hash."""

import datetime as dt
import gc
import hashlib
import json
import statistics
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import click
import flask

from portal import clock, create_app
from portal.accounts.permissions import Permission
from portal.audit import chain
from portal.audit.models import Entry
from portal.bench.cases import EMPTY, LIMIT_MS, Browser
from portal.bench.log import DAYS, Log
from portal.bench.offices import Offices
from portal.bench.register import Register, throw_away
from portal.bench.search import timed
from portal.config import Settings
from portal.oversight import listens
from portal.retention import months
from portal.security import requires

CHAIN_SECONDS = 20
"""For a million entries."""


@click.command()
@click.option("--entries", default=1_000_000, show_default=True, help="Entries of the log, over a year.")
@click.option("--rows", default=100_000, show_default=True, help="Calls in the throw-away register.")
@click.option("--rounds", default=40, show_default=True, help="How often each page is asked for.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object in the last line instead of a table.")
def oversight(entries: int, rows: int, rounds: int, as_json: bool) -> None:
    """Each page of rights, oversight, the description, announcements and figures, and of the log, with that long a
    log: p50 and p95 on the server. And how long the check of the chain takes."""
    with throw_away(rows) as (settings, register):
        found = measure(settings, register, entries, rounds)
    if as_json:
        click.echo(json.dumps(found))
        return
    click.echo(f"{found['entries']} entries of the log, {found['rows']} calls in the register")
    click.echo(f"{'page':28}{'p50 ms':>9}{'p95 ms':>9}{'longest':>9}{'ratio':>8}")
    for name, r in found["pages"].items():
        mark = "" if r["p95_ms"] <= LIMIT_MS else f"  over {LIMIT_MS}"
        click.echo(f"{name:28}{r['p50_ms']:9.2f}{r['p95_ms']:9.2f}{r['longest_ms']:9.1f}{r['ratio']:8.1f}{mark}")
    c = found["chain"]
    mark = "" if c["seconds_per_million"] <= CHAIN_SECONDS else f"  over {CHAIN_SECONDS}"
    click.echo(
        f"chain: {c['seconds']:.1f} s, {c['seconds_per_million']:.1f} s a million{mark}; bare SHA-256 over the same"
        f" {c['bytes']} bytes {c['bare_seconds']:.2f} s"
    )
    click.echo(f"roll-up of who listened, the whole log: {found['counted_seconds']:.1f} s")


def measure(settings: Settings, register: Register, entries: int, rounds: int) -> dict[str, Any]:
    """Every page in its turn, so that a busy machine slows all alike."""
    Log(register, entries)  # first: a log is written in the order of time
    offices = Offices(register)
    counting = time.perf_counter()
    listens.count_due()
    counted = time.perf_counter() - counting
    app = create_app(settings)
    gc.collect()
    gc.freeze()  # as each web process does

    @app.get(EMPTY)
    @requires(Permission.ACCOUNTS_SELF)
    def empty() -> str:
        return flask.render_template_string(
            '{% extends "base.html" %}{% block title %}-{% endblock %}{% block main %}<h1>-</h1>{% endblock %}'
        )

    pages = _pages(app, register, offices)
    times: dict[str, list[float]] = {name: [] for name in pages}
    for turn in range(rounds + 3):
        for name, ask in pages.items():
            taken = timed(ask, turn)
            if turn >= 3:
                times[name].append(taken)
    plain = statistics.median(times["empty"])
    return {
        "entries": entries,
        "rows": register.made,
        "counted_seconds": round(counted, 2),
        "pages": {
            name: {
                "p50_ms": round(statistics.median(each), 2),
                "p95_ms": round(statistics.quantiles(each, n=20, method="inclusive")[-1], 2),
                "longest_ms": round(max(each), 1),
                "ratio": round(statistics.median(each) / plain, 2),
            }
            for name, each in times.items()
        },
        "chain": _chain(),
    }


def _chain() -> dict[str, Any]:
    """The check as `portal audit verify` makes it, and bare SHA-256 over the bytes that it hashes."""
    begin = time.perf_counter()
    verdict = chain.verify()
    seconds = time.perf_counter() - begin
    if not verdict.whole:
        raise RuntimeError(f"the log is not whole: {verdict.fault} at {verdict.fault_at}")
    bare, size = 0.0, 0
    for begin_at in range(0, verdict.entries, 20_000):
        batch = Entry.select().where(Entry.id > begin_at, Entry.id <= begin_at + 20_000).order_by(Entry.id)
        texts = [chain.canonical(chain.covered(entry)) for entry in batch]
        begin = time.perf_counter()
        for text in texts:
            hashlib.sha256(text).hexdigest()
        bare += time.perf_counter() - begin
        size += sum(map(len, texts))
    return {
        "entries": verdict.entries,
        "seconds": round(seconds, 4),
        "seconds_per_million": round(seconds * 1_000_000 / verdict.entries, 2),
        "bytes": size,
        "bare_seconds": round(bare, 4),
        "ratio": round(seconds / bare, 1),
    }


def _typed(day: dt.date) -> str:
    return f"{day.day}.{day.month}.{day.year}"


def _pages(app: flask.Flask, register: Register, offices: Offices) -> dict[str, Callable[[int], None]]:
    """What each is asked for in round n: another person, day or place each time."""
    dpo, decider, admin, manager, adviser = (
        Browser(app, register, one)
        for one in (offices.dpo, offices.decider, offices.admin, register.adviser, register.advisers[0])
    )
    today = clock.today()
    everybody = [account.uuid for account in register.advisers]
    queues = [queue.uuid for queue in register.queues]
    reach = min(DAYS, (today - clock.local(Entry.get_by_id(1).at).date()).days)

    def day(n: int, length: int) -> dict[str, str]:
        first = today - dt.timedelta(days=reach - n * 7 % max(1, reach - length))
        return {"from": _typed(first), "to": _typed(first + dt.timedelta(days=length - 1))}

    def asked(path: str, browser: Browser = dpo, **what: Callable[[int], Any]) -> Callable[[int], None]:
        def ask(n: int) -> None:
            told = {name: value(n) for name, value in what.items()}
            period = told.pop("period", {})
            browser.get(f"{path}?{urlencode({**told, **period})}" if told or period else path)

        return ask

    def person(n: int) -> Any:
        return everybody[n % len(everybody)]

    def queue(n: int) -> Any:
        return queues[n % len(queues)]

    def month(n: int) -> str:
        first = today.replace(day=1)
        for _ in range(n % max(1, reach // 31)):
            first = (first - dt.timedelta(days=1)).replace(day=1)
        return months.name(first)

    year: Callable[[int], dict[str, str]] = lambda n: {"from": _typed(today - dt.timedelta(days=364))}  # noqa: E731
    weeks: Callable[[int], dict[str, str]] = lambda n: day(n, 21)  # noqa: E731
    place: Callable[[int], int] = lambda n: offices.entries() * (n * 37 % 100) // 100 + 60  # noqa: E731
    return {
        "empty": lambda n: dpo.get(EMPTY),
        "log": asked("/audit/"),
        "log_old_page": asked("/audit/", before=place),
        "log_newer": asked("/audit/", after=place),
        "log_days": asked("/audit/", period=weeks),
        "log_year": asked("/audit/", period=year),
        "log_person": asked("/audit/", person=person),
        "log_person_days": asked("/audit/", person=person, period=weeks),
        "log_act": asked("/audit/", act=lambda n: "recordings:played"),
        "log_act_days": asked("/audit/", act=lambda n: "recordings:played", period=weeks),
        "log_rare_act": asked("/audit/", act=lambda n: "retention:restored"),
        "log_rare_acts": asked("/audit/", act=lambda n: "cases"),
        "log_person_rare_act": asked("/audit/", person=person, act=lambda n: "accounts:password_changed"),
        "log_queue_purpose": asked("/audit/", queue=queue, purpose=lambda n: "safety"),
        "log_rare_purpose": asked("/audit/", purpose=lambda n: "training"),
        "log_rare_kind": asked("/audit/", kind=lambda n: "case"),
        "log_manager": asked("/audit/", manager),
        "log_manager_days": asked("/audit/", manager, period=weeks),
        "oversight": asked("/oversight/"),
        "oversight_weeks": asked("/oversight/", period=weeks),
        "oversight_year": asked("/oversight/", period=year),
        "oversight_year_hour": asked("/oversight/", period=year, hour=lambda n: n % 24),
        "oversight_person": asked("/oversight/", person=person, period=year),
        "oversight_queue": asked("/oversight/", queue=queue, purpose=lambda n: "request", period=year),
        "listens": asked("/oversight/listens"),
        "listens_weeks": asked("/oversight/listens", period=weeks),
        "listens_person": asked("/oversight/listens", person=person, period=weeks),
        "listens_hour": asked("/oversight/listens", hour=lambda n: n % 24, period=year),
        "listens_file": asked("/oversight/listens.csv", period=weeks),
        "months": asked("/oversight/months"),
        "month": lambda n: dpo.get(f"/oversight/months/{month(n)}"),
        "extracts": asked("/oversight/extracts"),
        "observations": asked("/oversight/observations"),
        "questions": asked("/oversight/questions", adviser),
        "rights": asked("/rights/", decider),
        "rights_file": asked("/rights/list.csv", decider),
        "rights_own": asked("/rights/own", adviser),
        "rights_new": asked("/rights/new", decider),
        "rights_emergency": asked("/rights/emergency", decider),
        "right": lambda n: decider.get(f"/rights/{offices.rights[n % len(offices.rights)].uuid}"),
        "principles": asked("/rights/principles", adviser),
        "reviews": asked("/rights/reviews", decider),
        "units": asked("/accounts/units", admin),
        "staff": asked("/accounts/staff", admin),
        "accounts": asked("/accounts/", admin),
        "description": asked("/description/", adviser),
        "description_versions": asked("/register/description/", decider),
        "processing_record": asked("/register/processing-record", decider),
        "figures": asked("/register/figures", decider),
        "figures_manager": asked("/register/figures", manager),
        "told": asked("/queues/told", decider),
        "announcements": lambda n: decider.get(f"/queues/{queue(n)}/announcements"),
        "incidents": asked("/incidents/"),
    }
