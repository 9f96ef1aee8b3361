"""What the pages of those who answer for the register cost with a full log: each through the real application as the
server answers it, signed in and with its own entry in the log."""

import datetime as dt
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import click
import flask

from portal import clock
from portal.audit.models import Entry
from portal.bench import results
from portal.bench.browser import EMPTY, Browser, application, in_turn
from portal.bench.entries import DAYS, Log
from portal.bench.offices import Offices
from portal.bench.register import Register, throw_away
from portal.config import Settings
from portal.oversight import listens
from portal.retention import months
from portal.spelling import date


@click.command()
@click.option("--entries", default=1_000_000, show_default=True, help="Entries of the log, over a year.")
@click.option("--rows", default=100_000, show_default=True, help="Calls in the throw-away register.")
@click.option("--rounds", default=40, show_default=True, help="How often each page is asked for.")
@results.options
def oversight(entries: int, rows: int, rounds: int, as_json: bool, drawing: Path | None) -> None:
    """Each page of rights, oversight, the description, announcements and figures with that long a log: p50 and p95
    on the server."""
    with throw_away(rows) as (settings, register):
        counted, found = measure(settings, register, entries, rounds)
    told = [
        f"{entries} entries of the log, {register.made} calls in the register",
        f"roll-up of who listened, the whole log: {counted:.1f} s",
    ]
    size = {"entries": entries, "rows": register.made, "counted_seconds": counted}
    results.show("oversight", found, as_json=as_json, drawing=drawing, told=told, **size)


def measure(settings: Settings, register: Register, entries: int, rounds: int) -> tuple[float, dict[str, results.Case]]:
    """How many seconds the roll-up of who listened took, and each page."""
    Log(register, entries)  # first: a log is written in the order of time
    offices = Offices(register)
    counting = time.perf_counter()
    listens.count_due()
    counted = time.perf_counter() - counting
    return round(counted, 2), in_turn(_pages(application(settings), register, offices), rounds)


def _pages(app: flask.Flask, register: Register, offices: Offices) -> dict[str, Callable[[int], object]]:
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
        return {"from": date(first), "to": date(first + dt.timedelta(days=length - 1))}

    def asked(path: str, browser: Browser = dpo, **what: Callable[[int], Any]) -> Callable[[int], object]:
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

    def year(_n: int) -> dict[str, str]:
        return {"from": date(today - dt.timedelta(days=364))}

    def weeks(n: int) -> dict[str, str]:
        return day(n, 21)

    return {
        "empty": lambda n: dpo.get(EMPTY),
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
