"""What the pages of residents' requests cost: thousands of requests beside a full register, each page through the
real application as the server answers it, beside a page with nothing on it in the same run."""

import datetime as dt
import random
from collections.abc import Callable
from pathlib import Path

import click
import flask

from portal import clock
from portal.bench import results
from portal.bench.browser import EMPTY, Browser, application, in_turn
from portal.bench.files import Files
from portal.bench.register import Register, throw_away
from portal.cases.codes import Capacity, Channel, Delivery, Regime, RightKind, State
from portal.cases.models import Case
from portal.config import Settings
from portal.spelling import date


@click.command()
@click.option("--files", "count", default=5_000, show_default=True, help="Requests, in every state.")
@click.option("--rows", default=100_000, show_default=True, help="Calls in the throw-away register.")
@click.option("--rounds", default=60, show_default=True, help="How often each page is asked for.")
@results.options
def cases(count: int, rows: int, rounds: int, as_json: bool, drawing: Path | None) -> None:
    """Each page of residents' requests with that many of them: p50 and p95 on the server, and how many empty
    pages it is worth."""
    with throw_away(rows) as (settings, register):
        size, found = measure(settings, register, count, rounds)
    told = f"{size['files']} requests, {size['calls']} calls of theirs, {size['rows']} calls in the register"
    results.show("cases", found, as_json=as_json, drawing=drawing, told=[told], **size)


def measure(
    settings: Settings, register: Register, count: int, rounds: int
) -> tuple[dict[str, int], dict[str, results.Case]]:
    """How much there is, and each page."""
    files = Files(register, count)
    pages = _pages(application(settings), register, files)
    return {"files": count, "calls": files.calls, "rows": register.made}, in_turn(pages, rounds)


def _pages(app: flask.Flask, register: Register, files: Files) -> dict[str, Callable[[int], object]]:
    """What each is asked for in round n: another request each time."""
    people = {"clerk": files.clerk, "decider": files.decider, "dpo": files.dpo}
    clerk, decider, dpo = (Browser(app, register, people[name]) for name in ("clerk", "decider", "dpo"))
    chance = random.Random(2027)  # noqa: S311 (figures that can be repeated, no secret)
    every, working = files.all(), files.all(State.IN_PROGRESS)
    proposed = files.all(State.PROPOSED)

    def some(chosen: list[Case], path: str, browser: Browser = clerk) -> Callable[[int], object]:
        return lambda n: browser.get(f"/cases/{chance.choice(chosen).uuid}{path}")

    def call(n: int) -> None:
        case = chance.choice(working)
        clerk.get(f"/cases/{case.uuid}/calls/{chance.choice(list(case.calls)).uuid}")

    return {
        "empty": lambda n: clerk.get(EMPTY),
        "work_list": lambda n: clerk.get("/cases/"),
        "work_list_decider": lambda n: decider.get("/cases/"),
        "overview": some(every, ""),
        "time": some(working, "/time"),
        "calls": some(working, "/calls"),
        "calls_of_200": lambda n: clerk.get(f"/cases/{files.large.uuid}/calls"),
        "call": call,
        "answer": some(working, "/answer"),
        "answer_decider": some(proposed, "/answer", decider),
        "oversight": lambda n: dpo.get("/cases/oversight"),
        "registration": lambda n: clerk.get("/cases/new"),
        "registering": lambda n: clerk.post("/cases/new", _typed(register, n, known=True)),
        "registering_by_hour": lambda n: clerk.post("/cases/new", _typed(register, n, known=False)),
    }


def _typed(register: Register, n: int, *, known: bool) -> dict[str, str | list[str]]:
    """What a clerk fills in for a person with a number of their own; or, when it is not known, for one who called
    in a certain hour: everybody's calls of that hour are kept."""
    today, day = clock.today(), clock.today() - dt.timedelta(days=20 + n % 40)
    when = {"called_from": date(day), "called_to": date(day), "time_from": "10", "time_to": "11"}
    return {
        "received_on": date(today),
        "channel": Channel.LETTER,
        "language": "sv",
        "name": "Anna Provberg",
        "address": "Provgatan 1 A 2\n06100 BORGÅ",
        "asks": "Jag ringde i höstas om min fars vård. Skicka inspelningarna.",
        "capacity": Capacity.SELF,
        "rights": [RightKind.ACCESS],
        "regime": Regime.DATA_PROTECTION,
        "delivery": Delivery.ENCRYPTED,
        **({"numbers": register.numbers[-1 - n]} if known else when),
    }
