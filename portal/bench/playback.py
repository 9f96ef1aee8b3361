"""How soon sound comes after a seek: a sealed recording, with the right to it asked for at each range,
beside the same file in the clear through `send_file`, from the same server over HTTPS, turn by turn:
once with the right asked for in the same way (what sealing costs), once open to all (`…_bare`: what
sealing, session, rights and log cost together)."""

import concurrent.futures
import contextlib
import importlib
import os
import random
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import uuid as uuids
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import flask
import numpy as np
from flask_login import current_user

from portal import certificate, create_app
from portal.accounts import sessions
from portal.accounts.permissions import Permission
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.bench import results
from portal.bench.register import throw_away
from portal.config import Settings
from portal.recordings import listening
from portal.recordings.models import Listen, Playable, Purpose, Recording
from portal.security import public, requires
from portal.vault import objects

RATE, CHANNELS = 8000, 2
RANGE = 65536
LINES, AT_ONCE, TURNS = 4, 400, 9
"""Connections, ranges on each, and how many times sealed and clear take turns."""
WARM_UP = 100
PLAIN, CHECKED = "/bench/plain", "/bench/checked"
PAUSE_SECONDS = 0.003
"""Between two seeks: the server has put the last answer away, as it has when a person seeks."""
PATIENCE_SECONDS = 30


@click.command()
@click.option("--minutes", default=30, show_default=True, help="Length of the recording.")
@click.option("--rounds", default=1500, show_default=True, help="Seeks of each kind.")
@results.options
def playback(minutes: int, rounds: int, as_json: bool, drawing: Path | None) -> None:
    """The first byte after a seek, and ranges at once on several lines, beside the same file unsealed."""
    with throw_away(1000) as (settings, register), tempfile.TemporaryDirectory() as folder:
        clear = Path(folder, "clear.wav")
        _write_sound(clear, minutes)
        token = register.token(register.adviser)
        listen = _sealed(token, clear)
        with _serving(settings, clear) as (port, authority), _Line(port, authority, _cookie(settings, token)) as line:
            size = clear.stat().st_size
            found = measure(line, listen, size, rounds)
            found["ranges"] = many(lambda: _Line(port, authority, _cookie(settings, token)), listen, size)
        rows = Entry.select().where(Entry.act == Act.PLAYED).count()
    if rows != 1:
        raise click.ClickException(f"one listen wrote {rows} rows in the log")
    results.show("playback", found, as_json=as_json, drawing=drawing)


def _write_sound(path: Path, minutes: int) -> None:
    """A-law in two channels, as a telephone system writes it. Noise: what the server sends does not matter."""
    size = minutes * 60 * RATE * CHANNELS
    chance = np.random.default_rng(2027)
    fmt = (6).to_bytes(2, "little") + CHANNELS.to_bytes(2, "little") + RATE.to_bytes(4, "little")
    fmt += (RATE * CHANNELS).to_bytes(4, "little") + CHANNELS.to_bytes(2, "little") + (8).to_bytes(2, "little")
    head = b"WAVEfmt " + len(fmt).to_bytes(4, "little") + fmt + b"data" + size.to_bytes(4, "little")
    with path.open("wb") as file:
        file.write(b"RIFF" + (len(head) + size).to_bytes(4, "little") + head)
        for _ in range(minutes):
            file.write(chance.bytes(size // minutes))


def _sealed(token: str, clear: Path) -> Listen:
    """A recording of the throw-away register gets this sound, and a listen to it is opened in the session."""
    listener = sessions.resume(token)
    assert listener is not None
    recording = Recording.visible_to(listener).first()
    with clear.open("rb") as file:
        objects.seal(recording.uuid, "original", objects.blocks(file))
    ready = {"playable": Playable.READY, "playable_part": "original", "playable_type": "audio/wav"}
    Recording.update(ready).where(Recording.id == recording.id).execute()
    return listening.open_listen(recording, purpose=Purpose.QUALITY, reference="", by=listener)


def _cookie(settings: Settings, token: str) -> str:
    """The cookie a browser holds after a sign-in."""
    app = create_app(settings)
    cookies: Any = flask.sessions.SecureCookieSessionInterface()
    signer = cookies.get_signing_serializer(app)
    return f"{app.config['SESSION_COOKIE_NAME']}={signer.dumps({'_user_id': token, '_fresh': True})}"


def measure(line: "_Line", listen: Listen, size: int, rounds: int) -> dict[str, results.Case]:
    """Each case: `rounds` seeks to random places, sealed and clear in turn on the same connection."""
    sealed = f"/recordings/{listen.recording.uuid}/listens/{listen.uuid}/audio"
    chance = random.Random(2027)  # noqa: S311 (figures that can be repeated, no secret)
    checked = f"{CHECKED}/{listen.recording.uuid}/{listen.uuid}"

    def some(at: int) -> str:
        return f"bytes={at}-{at + RANGE - 1}"

    def rest(at: int) -> str:
        return f"bytes={at}-"

    cases: dict[str, tuple[Callable[[int], str], str]] = {
        "seek": (some, checked),
        "seek_to_the_rest": (rest, checked),
        "seek_bare": (some, PLAIN),
        "seek_to_the_rest_bare": (rest, PLAIN),
    }
    found: dict[str, results.Case] = {}
    for name, (wanted, baseline) in cases.items():
        times: dict[str, list[float]] = {sealed: [], baseline: []}
        for n in range(rounds + WARM_UP):
            at = chance.randrange(size - RANGE)
            for path in chance.sample((sealed, baseline), 2):  # neither always comes after the other
                time.sleep(PAUSE_SECONDS)
                taken = line.first_byte(path, wanted(at))
                if n >= WARM_UP:
                    times[path].append(taken)
        found[name] = results.case(times[sealed], times[baseline], baseline="send_file")
    return found


def many(line: Callable[[], "_Line"], listen: Listen, size: int) -> results.Case:
    """Random ranges as fast as LINES connections get them, sealed and from a file open to all in turn: milliseconds
    for each, of all lines together."""
    sealed = f"/recordings/{listen.recording.uuid}/listens/{listen.uuid}/audio"
    times: dict[str, list[float]] = {sealed: [], PLAIN: []}

    def ask(path: str, seed: int) -> None:
        chance = random.Random(seed)  # noqa: S311 (figures that can be repeated, no secret)
        with line() as opened:
            for _ in range(AT_ONCE):
                at = chance.randrange(size - RANGE)
                opened.first_byte(path, f"bytes={at}-{at + RANGE - 1}")

    with concurrent.futures.ThreadPoolExecutor(LINES) as pool:
        for turn in range(TURNS):
            for path in (sealed, PLAIN) if turn % 2 else (PLAIN, sealed):
                start = time.perf_counter()
                list(pool.map(ask, [path] * LINES, range(LINES)))
                times[path].append((time.perf_counter() - start) * 1000 / (LINES * AT_ONCE))
    return results.case(times[sealed], times[PLAIN], baseline="send_file, open to all")


class _Line:
    """One kept-alive HTTPS connection. Bare, so that a client's own work does not hide the server's."""

    def __init__(self, port: int, authority: Path, cookie: str) -> None:
        context = ssl.create_default_context(cafile=authority)
        plain = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = context.wrap_socket(plain, server_hostname="localhost")
        self._head = f"Host: localhost:{port}\r\nCookie: {cookie}\r\n"

    def __enter__(self) -> "_Line":
        return self

    def __exit__(self, *exc: object) -> None:
        self._socket.close()

    def first_byte(self, path: str, wanted: str) -> float:
        """Milliseconds to the first byte of the sound; reads the answer to its end. Raises
        RuntimeError when it is not 206."""
        request = f"GET {path} HTTP/1.1\r\n{self._head}Range: {wanted}\r\n\r\n".encode()
        start = time.perf_counter()
        self._socket.sendall(request)
        answer = b""
        while (end := answer.find(b"\r\n\r\n")) < 0 or len(answer) == end + 4:
            answer += self._receive()
        taken = (time.perf_counter() - start) * 1000
        head, body = answer[:end].lower(), len(answer) - end - 4
        if b" 206 " not in head.split(b"\r\n")[0]:
            raise RuntimeError(f"a range was answered {head[:12]!r}")
        left = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0]) - body
        while left > 0:
            left -= len(self._receive())
        return taken

    def _receive(self) -> bytes:
        if not (block := self._socket.recv(1 << 18)):
            raise RuntimeError("the server closed the connection")
        return block


@contextlib.contextmanager
def _serving(settings: Settings, clear: Path) -> Iterator[tuple[int, Path]]:
    """The portal's own server with one address more, for the file in the clear; its port and authority."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    authority = certificate.ensure(settings).authority
    assert authority is not None
    environment = {**os.environ, "PORTAL_DATA": str(settings.data), "PORTAL_PORT": str(port)}
    server = subprocess.Popen(  # noqa: S603 our own module, no shell
        [sys.executable, "-c", f"from portal.bench import playback; playback.serve({str(clear)!r})"],
        env=environment,
        cwd=Path(__file__).parent.parent.parent,
        stderr=subprocess.DEVNULL,
    )
    try:
        _await(port)
        yield port, authority
    finally:
        server.terminate()
        server.wait()


def _await(port: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        if time.monotonic() > deadline:
            raise click.ClickException("the server did not start")
        time.sleep(0.1)


def serve(clear: str) -> None:
    """In the server's process: `portal serve`, with the file in the clear at PLAIN, open to all, and at
    CHECKED, for whom may hear the sealed one."""
    start: Any = importlib.import_module("portal.start")
    application = start._application

    def with_plain(target: str) -> Any:
        app = application(target)

        @app.get(PLAIN)
        @public
        def plain() -> flask.Response:
            return flask.send_file(clear, conditional=True)

        @app.get(f"{CHECKED}/<uuid:uuid>/<uuid:key>")
        @requires(Permission.RECORDINGS_LISTEN, prolongs=False)
        def checked(uuid: uuids.UUID, key: uuids.UUID) -> flask.Response:
            listening.start(listening.check(key, uuid, by=current_user), by=current_user)
            return flask.send_file(clear, conditional=True)

        return app

    start._application = with_plain
    start.serve(standalone_mode=False, args=[])
