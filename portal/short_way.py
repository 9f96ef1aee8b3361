"""The short way of a range of sound: the same questions, the same answer, and nothing of the rest.

While a call plays, the browser asks for a piece of it four times a minute, and at each seek; to answer costs a few
reads, the way there through what every page needs three times as much. So a range of a listen that has begun is
answered here: whose session, may they, may they still hear this, could the log be written, which bytes. Whatever is out
of the ordinary (no session, no right, the first sound, which is written in the log, a log that takes no entry, a range
that cannot be given) goes the long way, `recordings.audio`, and is told there: here nothing is refused or kept.
"""

import functools
import re
import uuid
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

import peewee
from itsdangerous import BadSignature
from werkzeug.sansio.utils import host_is_trusted

from portal import playback
from portal.accounts import sessions
from portal.audit import writable
from portal.db import connect
from portal.errors import DomainError
from portal.recordings import listening
from portal.recordings.ranges import WHOLE, Unsatisfiable, chosen
from portal.security import HEADERS, NEVER_KEPT, SAME_SITE, VARIES
from portal.vault import objects
from portal.vault.box import SealBroken

if TYPE_CHECKING:
    import flask

KEY = "([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})"
ADDRESS = re.compile(f"/recordings/{KEY}/listens/{KEY}/audio")
ENDPOINT = "recordings.audio"

OUT_OF_THE_ORDINARY = (
    *(BadSignature, DomainError, SealBroken, Unsatisfiable, OSError, peewee.PeeweeException),
    *playback.GONE,
)

Environ = dict[str, Any]
Start = Callable[..., Any]


class Piece(NamedTuple):
    """An answer to a range (206)."""

    body: bytes
    headers: dict[str, str]


class ShortWay:
    """A WSGI application around that of `app`."""

    def __init__(self, app: "flask.Flask") -> None:
        self._long_way = app.wsgi_app
        cookie = app.config["SESSION_COOKIE_NAME"]
        self._cookie = re.compile(rf"(?:^|;)\s*{re.escape(cookie)}=([^;\s]*)")
        interface: Any = app.session_interface
        self._signer = interface.get_signing_serializer(app)
        self._signed_for = int(app.permanent_session_lifetime.total_seconds())
        view: Any = app.view_functions[ENDPOINT]
        self._permission = view.required
        hosts = app.config["TRUSTED_HOSTS"]
        self._trusted = functools.lru_cache(64)(lambda host: host_is_trusted(host, hosts))

    def __call__(self, environ: Environ, start_response: Start) -> Iterable[bytes]:
        address = ADDRESS.fullmatch(environ.get("PATH_INFO", ""))
        try:
            answer = self._piece(environ, uuid.UUID(address[1]), uuid.UUID(address[2])) if address else None
        except OUT_OF_THE_ORDINARY:
            answer = None
        if answer is None:
            return self._long_way(environ, start_response)
        start_response("206 PARTIAL CONTENT", list(answer.headers.items()))
        return [answer.body]

    def _piece(self, environ: Environ, recording: uuid.UUID, key: uuid.UUID) -> Piece | None:
        """None where the long way answers."""
        wanted = environ.get("HTTP_RANGE")
        if not wanted or environ["REQUEST_METHOD"] != "GET" or not self._trusted(environ.get("HTTP_HOST", "")):
            return None
        if environ.get("HTTP_SEC_FETCH_SITE", "same-origin") not in SAME_SITE:
            return None
        cookies = self._cookie.findall(environ.get("HTTP_COOKIE", ""))
        if len(cookies) != 1:
            return None
        token = self._signer.loads(cookies[0], max_age=self._signed_for).get("_user_id")
        connect()
        listener = sessions.resume(token, prolong=False) if token else None
        if listener is None or not listener.may(self._permission):
            return None
        found = listening.check(key, recording, by=listener)
        about = playback.described(found)
        if found.started_at is None or environ.get("HTTP_IF_RANGE", about["ETag"]) != about["ETag"]:
            return None
        if not writable.now():
            return None
        with objects.Reader(found.subject, found.part, store=found.store) as reader:
            span = chosen(wanted, reader.size)
            if span is WHOLE:
                return None
            body, place = playback.piece(reader, *span)
        return Piece(body, {**about, **place, **HEADERS, "Cache-Control": NEVER_KEPT, "Vary": VARIES})
