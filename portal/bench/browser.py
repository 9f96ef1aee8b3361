"""Pages as the server answers them: signed-in people who ask over WSGI, and an empty page to stand beside."""

import gc
import secrets
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

import flask
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import EnvironBuilder, run_wsgi_app

from portal import create_app
from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.bench import results
from portal.bench.register import Register
from portal.bench.search import timed
from portal.config import Settings
from portal.security import requires

EMPTY = "/bench/empty"
BASELINE = "empty page"
HOST = "https://localhost"
WARM_UP = 3


def application(settings: Settings) -> flask.Flask:
    """The portal as a web process has it, with one page more: frame and menu of whoever asks, and nothing in it."""
    app = create_app(settings)
    gc.collect()
    gc.freeze()  # as each web process does

    @app.get(EMPTY)
    @requires(Permission.ACCOUNTS_SELF)
    def empty() -> str:
        return flask.render_template_string(
            '{% extends "base.html" %}{% block title %}-{% endblock %}{% block main %}<h1>-</h1>{% endblock %}'
        )

    return app


def in_turn(pages: Mapping[str, Callable[[int], object]], rounds: int) -> dict[str, results.Case]:
    """Every page in its turn, so that a busy machine slows all alike; each beside the one that is called `empty`."""
    times: dict[str, list[float]] = {name: [] for name in pages}
    for turn in range(rounds + WARM_UP):
        for name, ask in pages.items():
            taken = timed(ask, turn)
            if turn >= WARM_UP:
                times[name].append(taken)
    return {
        name: results.case(each, times["empty"], baseline=BASELINE, longest_ms=round(max(each), 1))
        for name, each in times.items()
    }


class Browser:
    """One signed-in person. Anything but the answer that is meant is an error."""

    def __init__(self, app: flask.Flask, register: Register, account: Account) -> None:
        self._app, self._raw = app, secrets.token_hex(20)
        signer = flask.sessions.SecureCookieSessionInterface().get_signing_serializer(app)
        assert signer is not None
        self.token = register.token(account)
        session = {"_user_id": self.token, "_fresh": True, "csrf_token": self._raw}
        self._cookie = f"{app.config['SESSION_COOKIE_NAME']}={signer.dumps(session)}"
        self.account = account

    def get(self, path: str) -> bytes:
        return self._send(200, EnvironBuilder(path, base_url=HOST))[1]

    def post(self, path: str, fields: Mapping[str, str | list[str]]) -> str:
        """A form that is taken: the answer leads on to another page, whose address this is."""
        token = URLSafeTimedSerializer(self._app.secret_key or "", salt="wtf-csrf-token").dumps(self._raw)
        body = urlencode({"csrf_token": token, **fields}, doseq=True)
        kind = "application/x-www-form-urlencoded"
        asked = EnvironBuilder(path, base_url=HOST, method="POST", data=body, content_type=kind)
        asked.headers["Referer"] = HOST + path
        return self._send(303, asked)[0]["Location"]

    def range(self, path: str, wanted: str) -> bytes:
        """A part of what is there."""
        return self._send(206, EnvironBuilder(path, base_url=HOST, headers=[("Range", wanted)]))[1]

    def page(self, path: str) -> bytes | None:
        """The page that is there; None when there is none for this person, or something else."""
        headers, body, status = self._answer(EnvironBuilder(path, base_url=HOST))
        return body if status.startswith("200") and headers.get("Content-Type", "").startswith("text/html") else None

    def _send(self, wanted: int, asked: EnvironBuilder) -> tuple[Any, bytes]:
        headers, body, status = self._answer(asked)
        if not status.startswith(str(wanted)) or (wanted == 200 and not body):
            raise RuntimeError(f"{asked.path} answered {status}")
        return headers, body

    def _answer(self, asked: EnvironBuilder) -> tuple[Any, bytes, str]:
        asked.headers["Cookie"] = self._cookie
        answer, status, headers = run_wsgi_app(self._app, asked.get_environ(), buffered=True)
        return headers, b"".join(answer), status
