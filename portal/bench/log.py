"""What the log costs: an act's entry appended and kept, beside the bare INSERT of the same row; the check of the whole
chain, beside bare SHA-256 over the same bytes; and its pages, beside an empty one. All with a year's entries in it."""

import contextlib
import datetime as dt
import hashlib
import itertools
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import click
import flask

from portal import clock
from portal import db as database
from portal.audit import chain
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.bench import results
from portal.bench.browser import EMPTY, Browser, application, in_turn
from portal.bench.entries import DAYS, Log
from portal.bench.offices import Offices
from portal.bench.register import Register, throw_away
from portal.config import Settings
from portal.db import db
from portal.oversight import listens
from portal.recordings.models import Recording
from portal.spelling import date

INSERT, SHA256 = "bare INSERT and COMMIT", "bare SHA-256"
BATCH = 20_000
"""Entries held in memory at a time."""
CHECKS = 3
"""The check of the whole: the median of so many."""


@click.command()
@click.option("--entries", default=1_000_000, show_default=True, help="Entries of the log, over a year.")
@click.option("--rows", default=20_000, show_default=True, help="Calls in the throw-away register.")
@click.option("--rounds", default=200, show_default=True, help="How often an entry is appended; a fifth for each page.")
@results.options
def log(entries: int, rows: int, rounds: int, as_json: bool, drawing: Path | None) -> None:
    """The log with ENTRIES entries: appending, checking the chain, and its pages."""
    with throw_away(rows) as (settings, register):
        found = measure(settings, register, entries, rounds)
    size = {"entries": entries, "rows": register.made}
    told = [f"{entries} entries of the log, {register.made} calls in the register"]
    results.show("log", found, as_json=as_json, drawing=drawing, told=told, **size)


def measure(settings: Settings, register: Register, entries: int, rounds: int) -> dict[str, results.Case]:
    Log(register, entries)
    listens.count_due()  # as the worker does all day
    offices = Offices(register)
    found = {**appended(settings, register, rounds), "verify": verified(CHECKS)}
    return found | in_turn(_pages(application(settings), register, offices), max(2, rounds // 5))


def appended(settings: Settings, register: Register, rounds: int) -> dict[str, results.Case]:
    """One entry a transaction, as every act writes it; and on a second connection with the same pragmas the same row
    into a table made alike, turn by turn. `append` is by the clock, the wait for the disk included, `append_cpu` is
    what it keeps the processor."""
    calls = itertools.cycle(list(Recording.select().limit(50)))
    with bare_table(settings) as insert:
        times: dict[str, list[tuple[float, float]]] = {"ours": [], "bare": []}
        for _ in range(rounds):
            with _clocked(times["ours"]), db.atomic():
                record(Act.VIEWED, next(calls), by=register.adviser)
            row = db.execute_sql("SELECT * FROM audit_entry ORDER BY id DESC LIMIT 1").fetchone()
            with _clocked(times["bare"]):
                insert(row)
    wall, cpu = ({who: [each[place] for each in taken] for who, taken in times.items()} for place in (0, 1))
    return {
        "append": results.case(wall["ours"], wall["bare"], baseline=INSERT),
        "append_cpu": results.case(cpu["ours"], cpu["bare"], baseline=INSERT),
    }


@contextlib.contextmanager
def bare_table(settings: Settings, *, synced: bool = True) -> Iterator[Callable[..., None]]:
    """Inserts rows, in a transaction of their own, into a table made as the log's and as long, in another file with
    the portal's pragmas. Nothing but sqlite3."""
    path = settings.data / "bare.sqlite3"
    bare = sqlite3.connect(path, isolation_level=None)
    try:
        for name, value in database.PRAGMAS.items():
            bare.execute(f"PRAGMA {name} = {value if synced or name != 'synchronous' else 'off'}")
        bare.execute("ATTACH ? AS portal", (str(settings.database),))
        made = "SELECT sql FROM portal.sqlite_master WHERE tbl_name = 'audit_entry' AND type != 'trigger' AND sql > ''"
        for (sql,) in bare.execute(made).fetchall():
            bare.execute(sql)
        bare.execute("INSERT INTO main.audit_entry SELECT * FROM portal.audit_entry")
        bare.execute("DETACH portal")
        marks = ", ".join("?" * len(Entry._meta.sorted_fields))
        statement = f"INSERT INTO audit_entry VALUES ({marks})"  # noqa: S608 question marks

        def insert(*rows: tuple[Any, ...]) -> None:
            bare.execute("BEGIN IMMEDIATE")
            for row in rows:
                bare.execute(statement, row)
            bare.execute("COMMIT")

        yield insert
    finally:
        bare.close()
        path.unlink()


@contextlib.contextmanager
def _clocked(taken: list[tuple[float, float]]) -> Iterator[None]:
    """Milliseconds by the clock, and of the processor."""
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    taken.append(((time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000))


def verified(checks: int) -> results.Case:
    """The check as `portal audit verify` makes it; raises RuntimeError when the log is not whole."""
    ours, bare, size = [], [], 0
    for _ in range(checks):
        begin = time.perf_counter()
        verdict = chain.verify()
        ours.append((time.perf_counter() - begin) * 1000)
        if not verdict.whole:
            raise RuntimeError(f"the log is not whole: {verdict.fault} at {verdict.fault_at}")
        took, size = _bare_hash(verdict.entries)
        bare.append(took)
    told: dict[str, Any] = {"entries": verdict.entries, "bytes": size}
    return results.case(ours, bare, baseline=SHA256, ms_each=round(min(ours) / verdict.entries, 5), **told)


def _bare_hash(entries: int) -> tuple[float, int]:
    """Milliseconds that hashing alone takes, and how many bytes that is."""
    taken, size = 0.0, 0
    for begin_at in range(0, entries, BATCH):
        batch = Entry.select().where(Entry.id > begin_at, Entry.id <= begin_at + BATCH).order_by(Entry.id)
        texts = [chain.canonical(chain.covered(entry)) for entry in batch]
        begin = time.perf_counter()
        for text in texts:
            hashlib.sha256(text).hexdigest()
        taken += (time.perf_counter() - begin) * 1000
        size += sum(map(len, texts))
    return taken, size


def _pages(app: flask.Flask, register: Register, offices: Offices) -> dict[str, Callable[[int], object]]:
    """What each is asked for in round n: another person, day or place each time."""
    dpo, manager = Browser(app, register, offices.dpo), Browser(app, register, register.adviser)
    people = [account.uuid for account in register.advisers]
    queues = [queue.uuid for queue in register.queues]
    today = clock.today()
    reach = min(DAYS, (today - clock.local(Entry.get_by_id(1).at).date()).days)

    def asked(browser: Browser = dpo, **what: Any) -> Callable[[int], object]:
        def ask(n: int) -> object:
            told = {name: value(n) if callable(value) else value for name, value in what.items()}
            return browser.get("/audit/?" + urlencode({**told, **told.pop("period", {})}))

        return ask

    def person(n: int) -> Any:
        return people[n % len(people)]

    def weeks(n: int) -> dict[str, str]:
        first = today - dt.timedelta(days=reach - n * 7 % max(1, reach - 21))
        return {"from": date(first), "to": date(first + dt.timedelta(days=20))}

    def place(n: int) -> int:
        return offices.entries() * (n * 37 % 100) // 100 + 60

    year = {"from": date(today - dt.timedelta(days=364))}
    return {
        "empty": lambda n: dpo.get(EMPTY),
        "page": asked(),
        "old_page": asked(before=place),
        "newer": asked(after=place),
        "days": asked(period=weeks),
        "year": asked(period=year),
        "person": asked(person=person),
        "person_days": asked(person=person, period=weeks),
        "act": asked(act="recordings:played"),
        "act_days": asked(act="recordings:played", period=weeks),
        "rare_act": asked(act="retention:restored"),
        "rare_acts": asked(act="cases"),
        "person_rare_act": asked(person=person, act="accounts:password_changed"),
        "queue_purpose": asked(queue=lambda n: queues[n % len(queues)], purpose="safety"),
        "rare_purpose": asked(purpose="training"),
        "rare_kind": asked(kind="case"),
        "manager": asked(manager),
        "manager_days": asked(manager, period=weeks),
    }
