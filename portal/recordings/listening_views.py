"""The pages where a call is heard, and the sound itself."""

import threading
import time
import uuid as uuids
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import flask
from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.db import connect
from portal.errors import Denied, NotFound
from portal.recordings import actions, listening
from portal.recordings.forms import PURPOSES
from portal.recordings.listening_forms import PurposeForm
from portal.recordings.models import Playable
from portal.recordings.ranges import WHOLE, Unsatisfiable, chosen
from portal.recordings.views import bp
from portal.security import requires
from portal.vault import keystore, objects

PIECE = 1 << 18
"""No answer to a range is longer: a browser that asks for the rest of a call gets this much of it,
and asks again (RFC 9110 §15.3.7 lets a server send a part of what was asked). So each quarter of a
minute is a new question of right, and no browser that has buffered enough and stops reading keeps a
thread of the server: twenty paused players stopped the whole portal before this."""

FIRST = 8192
"""The first bytes of an answer to a range go by themselves."""

LOOK_AGAIN_SECONDS = 2.0
"""An answer with the whole recording asks for the right to go on when PIECE or this has passed."""

FLOWING = threading.BoundedSemaphore(2)
"""Such answers at a time, in each web process: they do keep a thread. No player asks for one."""

T = TypeVar("T")

GONE = (keystore.NoKey, objects.NoObject)


@bp.app_context_processor
def hearing() -> dict[str, Any]:
    """What `_hearing.html` asks for when it is included in the page of a call."""
    return {"purpose_form": lambda: PurposeForm.blank(current_user)}


@bp.get("/<uuid:uuid>/hearing")
@requires(Permission.RECORDINGS_FIND, prolongs=False)
def state(uuid: uuids.UUID) -> ResponseReturnValue:
    """The part of a call's page that waits for the sound; nothing new while it still does."""
    recording = actions.reach(uuid, by=current_user)
    if recording.playable == Playable.PENDING:
        return "", 204
    return render_template("recordings/_hearing.html", recording=recording)


@bp.post("/<uuid:uuid>/listens")
@requires(Permission.RECORDINGS_LISTEN)
def listens(uuid: uuids.UUID) -> ResponseReturnValue:
    """State a purpose; go to the player."""
    recording = actions.reach(uuid, by=current_user)
    form = PurposeForm(user=current_user)
    if not form.validate():
        return render_template("recordings/purpose.html", recording=recording, form=form), 422
    listen = listening.open_listen(
        recording, purpose=form.purpose.data, reference=form.reference.data or "", by=current_user
    )
    return redirect(url_for("recordings.listen", uuid=uuid, key=listen.uuid), 303)


@bp.get("/<uuid:uuid>/listens/<uuid:key>")
@requires(Permission.RECORDINGS_LISTEN)
def listen(uuid: uuids.UUID, key: uuids.UUID) -> ResponseReturnValue:
    """The player. It asks for this page's head now and then while sound plays: to play is to be active."""
    found = listening.get(key, uuid, by=current_user)
    return render_template("recordings/listen.html", listen=found, recording=found.recording, purposes=PURPOSES)


@bp.get("/<uuid:uuid>/listens/<uuid:key>/peaks")
@requires(Permission.RECORDINGS_LISTEN, prolongs=False)
def peaks(uuid: uuids.UUID, key: uuids.UUID) -> ResponseReturnValue:
    """The waveform (see `sound.Measure.peaks`)."""
    listener = current_user._get_current_object()
    _, content = _sealed(key, uuid, lambda found: objects.read(uuid, "peaks", store=found.store), by=listener)
    return flask.Response(content, mimetype="application/json")


@bp.get("/<uuid:uuid>/listens/<uuid:key>/audio")
@requires(Permission.RECORDINGS_LISTEN, prolongs=False)
def audio(uuid: uuids.UUID, key: uuids.UUID) -> ResponseReturnValue:
    """The sound, whole or a range of it (RFC 9110 §14). The first that leaves writes the log."""
    sent, listener = request.headers, current_user._get_current_object()  # looked up once: each range is in a hurry
    if sent.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise Denied
    found, reader = _sealed(key, uuid, lambda found: objects.Reader(uuid, found.part, store=found.store), by=listener)
    etag = f'"{uuid.hex}-{found.part}"'
    headers = {"Accept-Ranges": "bytes", "ETag": etag, "Content-Type": found.media_type}
    try:
        asked = sent.get("Range") if sent.get("If-Range", etag) == etag else None
        span = chosen(asked if request.method == "GET" else None, reader.size)
    except Unsatisfiable:
        reader.close()
        return flask.Response(status=416, headers={"Content-Range": f"bytes */{reader.size}"})
    if request.method == "HEAD":
        reader.close()
        return flask.Response(headers={**headers, "Content-Length": str(reader.size)})
    if span is WHOLE and reader.size > PIECE:
        return _whole(found, lambda: listening.still(key, uuid, by=listener), reader, headers, listener)
    start, stop = (0, reader.size) if span is WHOLE else (span[0], min(span[1], span[0] + PIECE))
    if span is not WHOLE:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{reader.size}"
    headers["Content-Length"] = str(stop - start)
    listening.start(found, by=listener)
    response = flask.Response(_first_small(reader.span(start, stop)), 200 if span is WHOLE else 206, headers)
    response.call_on_close(reader.close)
    return response


def _sealed(
    key: uuids.UUID, recording: uuids.UUID, read: Callable[[listening.Open], T], *, by: Account
) -> tuple[listening.Open, T]:
    """What `read` makes of the sealed bytes, after the question of right.

    Asked twice when they are gone: a hold moves a call to another store while it may be listened to,
    and the register says the new place before the old one is emptied.
    """
    found = listening.check(key, recording, by=by)
    try:
        return found, read(found)
    except GONE:
        found = listening.check(key, recording, by=by)
    try:
        return found, read(found)
    except GONE as error:
        raise NotFound from error


def _whole(
    found: listening.Open, still: Callable[[], bool], reader: objects.Reader, headers: dict[str, str], listener: Account
) -> flask.Response:
    if not FLOWING.acquire(blocking=False):
        reader.close()
        return flask.Response(status=503, headers={"Retry-After": "5"})
    try:
        listening.start(found, by=listener)
    except BaseException:  # not written, so not heard; the next may
        FLOWING.release()
        reader.close()
        raise

    def may() -> bool:
        connect()
        return still()

    response = flask.Response(_flowing(reader, may), headers={**headers, "Content-Length": str(reader.size)})
    response.call_on_close(reader.close)
    response.call_on_close(FLOWING.release)
    return response


def _flowing(reader: objects.Reader, may: Callable[[], bool]) -> Iterator[bytes]:
    """The whole recording; broken off when the right to it ends."""
    looked, left = time.monotonic(), PIECE
    for block in reader.span(0, reader.size):
        if left <= 0 or time.monotonic() - looked > LOOK_AGAIN_SECONDS:
            if not may():
                return  # shorter than its stated length: nobody takes it for the whole
            looked, left = time.monotonic(), PIECE
        left -= len(block)
        yield block


def _first_small(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes, the first few by themselves: a seek waits for those, not for a whole chunk on its way."""
    for block in blocks:
        yield block[:FIRST]
        yield block[FIRST:]
        yield from blocks
