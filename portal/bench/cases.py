"""What the pages of residents' requests cost: thousands of requests beside a full register, each page through the
real application as the server answers it, beside a page with nothing on it in the same run."""

import datetime as dt
import gc
import json
import random
import secrets
import statistics
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import click
import flask
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import EnvironBuilder, run_wsgi_app

from portal import clock, create_app
from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.bench.files import Files
from portal.bench.register import Register, throw_away
from portal.bench.search import timed
from portal.cases.codes import Capacity, Channel, Delivery, Regime, RightKind, State
from portal.cases.models import Case
from portal.config import Settings
from portal.security import requires
from portal.spelling import date

LIMIT_MS = 100
EMPTY = "/bench/empty"
HOST = "https://localhost"

Answer = tuple[int, bytes]


@click.command()
@click.option("--files", "count", default=5_000, show_default=True, help="Requests, in every state.")
@click.option("--rows", default=100_000, show_default=True, help="Calls in the throw-away register.")
@click.option("--rounds", default=60, show_default=True, help="How often each page is asked for.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object in the last line instead of a table.")
def cases(count: int, rows: int, rounds: int, as_json: bool) -> None:
    """Each page of residents' requests with that many of them: p50 and p95 on the server, and how many empty
    pages it is worth."""
    with throw_away(rows) as (settings, register):
        found = measure(settings, register, count, rounds)
    if as_json:
        click.echo(json.dumps(found))
        return
    click.echo(f"{found['files']} requests, {found['calls']} calls of theirs, {found['rows']} calls in the register")
    click.echo(f"{'page':22}{'p50 ms':>9}{'p95 ms':>9}{'longest':>9}{'ratio':>8}")
    for name, r in found["cases"].items():
        mark = "" if r["p95_ms"] <= LIMIT_MS else f"  over {LIMIT_MS}"
        click.echo(f"{name:22}{r['p50_ms']:9.2f}{r['p95_ms']:9.2f}{r['longest_ms']:9.1f}{r['ratio']:8.1f}{mark}")


def measure(settings: Settings, register: Register, count: int, rounds: int) -> dict[str, Any]:
    """Every page in its turn, so that a busy machine slows all alike."""
    files = Files(register, count)
    app = create_app(settings)
    gc.collect()
    gc.freeze()  # as each web process does

    @app.get(EMPTY)
    @requires(Permission.ACCOUNTS_SELF)
    def empty() -> str:
        return flask.render_template_string(
            '{% extends "base.html" %}{% block title %}-{% endblock %}{% block main %}<h1>-</h1>{% endblock %}'
        )

    pages = _pages(app, register, files)
    times: dict[str, list[float]] = {name: [] for name in pages}
    for turn in range(rounds + 3):
        for name, ask in pages.items():
            taken = timed(ask, turn)
            if turn >= 3:
                times[name].append(taken)
    plain = statistics.median(times["empty"])
    return {
        "files": count,
        "calls": files.calls,
        "rows": register.made,
        "cases": {
            name: {
                "p50_ms": round(statistics.median(each), 2),
                "p95_ms": round(statistics.quantiles(each, n=20, method="inclusive")[-1], 2),
                "longest_ms": round(max(each), 1),
                "ratio": round(statistics.median(each) / plain, 2),
            }
            for name, each in times.items()
        },
    }


def _pages(app: flask.Flask, register: Register, files: Files) -> dict[str, Callable[[int], None]]:
    """What each is asked for in round n: another request each time."""
    people = {"clerk": files.clerk, "decider": files.decider, "dpo": files.dpo}
    clerk, decider, dpo = (Browser(app, register, people[name]) for name in ("clerk", "decider", "dpo"))
    chance = random.Random(2027)  # noqa: S311 (figures that can be repeated, no secret)
    every, working = files.all(), files.all(State.IN_PROGRESS)
    proposed = files.all(State.PROPOSED)

    def some(chosen: list[Case], path: str, browser: Browser = clerk) -> Callable[[int], None]:
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


class Browser:
    """One signed-in person. Asks over WSGI, as the server does; anything but the answer that is meant is an error."""

    def __init__(self, app: flask.Flask, register: Register, account: Account) -> None:
        self._app, self._raw = app, secrets.token_hex(20)
        signer = flask.sessions.SecureCookieSessionInterface().get_signing_serializer(app)
        assert signer is not None
        session = {"_user_id": register.token(account), "_fresh": True, "csrf_token": self._raw}
        self._cookie = f"{app.config['SESSION_COOKIE_NAME']}={signer.dumps(session)}"

    def get(self, path: str) -> None:
        self._send(200, EnvironBuilder(path, base_url=HOST))

    def post(self, path: str, fields: dict[str, str | list[str]]) -> None:
        """A form that is taken: the answer leads on to another page."""
        token = URLSafeTimedSerializer(self._app.secret_key or "", salt="wtf-csrf-token").dumps(self._raw)
        body = urlencode({"csrf_token": token, **fields}, doseq=True)
        kind = "application/x-www-form-urlencoded"
        asked = EnvironBuilder(path, base_url=HOST, method="POST", data=body, content_type=kind)
        asked.headers["Referer"] = HOST + path
        self._send(303, asked)

    def _send(self, wanted: int, asked: EnvironBuilder) -> None:
        asked.headers["Cookie"] = self._cookie
        answer, status, _ = run_wsgi_app(self._app, asked.get_environ(), buffered=True)
        if not status.startswith(str(wanted)) or (wanted == 200 and not b"".join(answer)):
            raise RuntimeError(f"{asked.path} answered {status}")
