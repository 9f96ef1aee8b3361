"""A call to hear: sealed in a throw-away register, and the same file in the clear, from one server over HTTPS."""

import contextlib
import importlib
import tempfile
import uuid as uuids
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import click
import flask
from flask_login import current_user

from portal import create_app
from portal.accounts import sessions
from portal.accounts.permissions import Permission
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.bench import server
from portal.bench.muting import FORMAT, write_sound
from portal.bench.register import throw_away
from portal.bench.search import cookie
from portal.bench.server import Served
from portal.recordings import listening, sound
from portal.recordings.models import Listen, Playable, Purpose, Recording
from portal.security import public, requires
from portal.vault import objects

ROWS = 1000
PLAIN, CHECKED, PAGE = "/bench/plain", "/bench/checked", "/bench/page"


class Call(NamedTuple):
    """A listen that is open, the session it is open in, and where its sound is."""

    served: Served
    cookie: str
    page: str
    """The player."""
    sealed: str
    """Its sound."""
    checked: str
    """The same in the clear, for whoever may hear the sealed one; `PLAIN` is open to all."""
    size: int
    """Bytes of it."""
    seconds: int


@contextlib.contextmanager
def ready(minutes: int) -> Iterator[Call]:
    """Until the end of the block. Raises ClickException when its one listen has not written one row in the log."""
    with throw_away(ROWS) as (settings, register), tempfile.TemporaryDirectory() as folder:
        clear = Path(folder, "clear.wav")
        write_sound(clear, minutes)
        token = register.token(register.adviser)
        listen = _sealed(token, clear)
        page, key = f"/recordings/{listen.recording.uuid}/listens/{listen.uuid}", cookie(create_app(settings), token)
        checked = f"{CHECKED}/{listen.recording.uuid}/{listen.uuid}"
        program = f"from portal.bench import call; call.serve({str(clear)!r})"
        with server.serving(settings, settings.workers, program) as served:
            yield Call(served, key, page, f"{page}/audio", checked, clear.stat().st_size, minutes * 60)
        rows = Entry.select().where(Entry.act == Act.PLAYED).count()
    if rows != 1:
        raise click.ClickException(f"one listen wrote {rows} rows in the log")


def _sealed(token: str, clear: Path) -> Listen:
    """A recording of the throw-away register gets this sound and its waveform, and a listen to it is opened in the
    session."""
    listener = sessions.resume(token)
    assert listener is not None
    recording = Recording.visible_to(listener).first()
    with clear.open("rb") as file:
        measured = sound.measure(file, FORMAT)
        file.seek(0)
        objects.seal(recording.uuid, "original", objects.blocks(file))
    objects.seal(recording.uuid, "peaks", [measured.peaks])
    ready = {"playable": Playable.READY, "playable_part": "original", "playable_type": "audio/wav"}
    length = {"channels": measured.channels, "duration_ms": measured.duration_ms}
    Recording.update(ready | length).where(Recording.id == recording.id).execute()
    recording = Recording.get_by_id(recording.id)
    return listening.open_listen(recording, purpose=Purpose.QUALITY, reference="", by=listener)


def serve(clear: str) -> None:
    """In the server's process: `portal serve`, with the file in the clear at PLAIN, in a bare page with two buttons
    at PAGE, and at CHECKED."""
    start: Any = importlib.import_module("portal.start")
    application = start._application

    def with_plain(target: str) -> Any:
        app: flask.Flask = application(target)

        @app.get(PLAIN)
        @public
        def plain() -> flask.Response:
            return flask.send_file(clear, conditional=True)

        @app.get(f"{CHECKED}/<uuid:uuid>/<uuid:key>")
        @requires(Permission.RECORDINGS_LISTEN, prolongs=False)
        def checked(uuid: uuids.UUID, key: uuids.UUID) -> flask.Response:
            listening.start(listening.check(key, uuid, by=current_user), by=current_user)
            return flask.send_file(clear, conditional=True)

        @app.get(PAGE)
        @public
        def page() -> str:
            return (
                f'<!doctype html><title>-</title><audio preload="none" src="{PLAIN}"></audio>'
                "<button data-toggle>play</button><button data-there>there</button>"
            )

        return app

    start._application = with_plain
    start.serve(standalone_mode=False, args=[])
