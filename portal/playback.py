"""How sealed sound leaves the portal: whole, or a range of it (RFC 9110 §14), after a question of right each time.

What gives the right, and what is written when the first sound leaves, the capability says: the calls of one's own
queues are `recordings.listening`, those of a resident's request `cases.hearing`.
"""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Protocol, TypeVar

import flask
from flask import request

from portal.audit import writable
from portal.db import connect
from portal.errors import Denied, NotFound
from portal.recordings.listening import Open
from portal.recordings.ranges import WHOLE, Unsatisfiable, chosen
from portal.security import SAME_SITE
from portal.vault import keystore, objects

PIECE = 1 << 18
"""No answer to a range is longer: a browser that asks for the rest of a call gets this much of it,
and asks again (RFC 9110 §15.3.7 lets a server send a part of what was asked). So each quarter of a
minute is a new question of right, and no browser that has buffered enough and stops reading keeps a
thread of the server: twenty paused players stopped the whole portal before this."""

LOOK_AGAIN_SECONDS = 0.25
"""So often an answer with the whole recording asks for the right to go on. By time alone: on a quick line half an
hour of sound has left before a person could take the right away, and to ask at each PIECE took longer than to send it
all."""

FLOWING = threading.BoundedSemaphore(2)
"""Such answers at a time, in each web process: they do keep a thread. No player asks for one."""

T = TypeVar("T")

GONE = (keystore.NoKey, objects.NoObject)


class Right(Protocol):
    """One person's listen, as the capability that opened it knows it."""

    def check(self) -> Open:
        """The open listen. Raises NotFound."""

    def start(self, found: Open) -> None:
        """The first sound leaves: write it, once. Raises NotFound."""

    def still(self) -> bool:
        """May sound go on leaving, in an answer that takes long?"""


def peaks(right: Right) -> flask.Response:
    """The waveform (see `sound.Measure.peaks`)."""
    _, content = _sealed(right, lambda found: objects.read(found.subject, "peaks", store=found.store))
    return flask.Response(content, mimetype="application/json")


def audio(right: Right) -> flask.Response:
    """The sound that the request asks for. The first that leaves writes the log."""
    sent = request.headers  # looked up once: each range is in a hurry
    if sent.get("Sec-Fetch-Site", "same-origin") not in SAME_SITE:
        raise Denied
    found, reader = _sealed(right, lambda found: objects.Reader(found.subject, found.part, store=found.store))
    about = described(found)
    try:
        asked = sent.get("Range") if sent.get("If-Range", about["ETag"]) == about["ETag"] else None
        span = chosen(asked if request.method == "GET" else None, reader.size)
    except Unsatisfiable:
        reader.close()
        return flask.Response(status=416, headers={"Content-Range": f"bytes */{reader.size}"})
    if request.method == "HEAD":
        reader.close()
        return flask.Response(headers={**about, "Content-Length": str(reader.size)})
    if span is WHOLE and reader.size > PIECE:
        return _whole(found, right, reader, about)
    with reader:
        _written(right, found)
        if span is WHOLE:
            return flask.Response(b"".join(reader.span(0, reader.size)), headers=about)
        body, place = piece(reader, *span)
    return flask.Response(body, 206, {**about, **place})


def described(found: Open) -> dict[str, str]:
    """The headers that tell of the sound as a whole."""
    etag = f'"{found.subject.hex}-{found.part}"'
    return {"Accept-Ranges": "bytes", "ETag": etag, "Content-Type": found.media_type}


def piece(reader: objects.Reader, start: int, stop: int) -> tuple[bytes, dict[str, str]]:
    """What an answer to a range holds, and the headers that tell which bytes. What follows it is brought near."""
    stop = min(stop, start + PIECE)
    body = b"".join(reader.span(start, stop))
    reader.bring_near(stop, stop + PIECE)
    return body, {"Content-Range": f"bytes {start}-{stop - 1}/{reader.size}", "Content-Length": str(len(body))}


def _sealed(right: Right, read: Callable[[Open], T]) -> tuple[Open, T]:
    """What `read` makes of the sealed bytes, after the question of right.

    Asked twice when they are gone: a hold moves a call to another store while it may be listened to,
    and the register says the new place before the old one is emptied.
    """
    found = right.check()
    try:
        return found, read(found)
    except GONE:
        found = right.check()
    try:
        return found, read(found)
    except GONE as error:
        raise NotFound from error


def _written(right: Right, found: Open) -> None:
    """Before sound leaves: the first of a listen is written, and what follows could be."""
    if found.started_at is None:
        right.start(found)
    else:
        writable.insist()


def _whole(found: Open, right: Right, reader: objects.Reader, headers: dict[str, str]) -> flask.Response:
    if not FLOWING.acquire(blocking=False):
        reader.close()
        return flask.Response(status=503, headers={"Retry-After": "5"})
    try:
        _written(right, found)
    except BaseException:  # not written, so not heard; the next may
        FLOWING.release()
        reader.close()
        raise

    def may() -> bool:
        connect()
        return writable.now() and right.still()

    response = flask.Response(_flowing(reader, may), headers={**headers, "Content-Length": str(reader.size)})
    response.call_on_close(reader.close)
    response.call_on_close(FLOWING.release)
    return response


def _flowing(reader: objects.Reader, may: Callable[[], bool]) -> Iterator[bytes]:
    """The whole recording; broken off when the right to it ends."""
    looked = time.monotonic()
    for block in reader.span(0, reader.size):
        if time.monotonic() - looked > LOOK_AGAIN_SECONDS:
            if not may():
                return  # shorter than its stated length: nobody takes it for the whole
            looked = time.monotonic()
        yield block
