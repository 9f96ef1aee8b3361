"""`portal serve` as it runs in production, and connections to it that do no more than is needed."""

import contextlib
import os
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Self

import click

import portal
from portal import certificate
from portal.config import Settings

PROGRAM = "from portal.cli import main; main()"
ROOT = Path(portal.__file__).parent.parent
PATIENCE_SECONDS = 60


class Served(NamedTuple):
    port: int
    authority: Path


class Answer(NamedTuple):
    whole_ms: float
    status: int
    body: bytes


@contextlib.contextmanager
def serving(settings: Settings, workers: int = 2, program: str = PROGRAM) -> Iterator[Served]:
    """The server over HTTPS, until the end of the block; `program`: one that does more than the portal's own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    authority = certificate.ensure(settings).authority
    assert authority is not None
    with command(settings, "serve", program=program, PORTAL_PORT=str(port), PORTAL_WORKERS=str(workers)) as server:
        try:
            _await(port)
            yield Served(port, authority)
        finally:
            server.terminate()


def command(settings: Settings, *arguments: str, program: str = PROGRAM, **environment: str) -> subprocess.Popen[bytes]:
    """The portal's own command on this data folder."""
    return subprocess.Popen(  # noqa: S603 our own program, no shell
        [sys.executable, "-c", program, *arguments],
        env={**os.environ, "PORTAL_DATA": str(settings.data), **environment},
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _await(port: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        if time.monotonic() > deadline:
            raise click.ClickException("the server did not start")
        time.sleep(0.1)


class Line:
    """One kept-alive connection of one signed-in person."""

    def __init__(self, served: Served, cookie: str) -> None:
        context = ssl.create_default_context(cafile=served.authority)
        plain = socket.create_connection(("127.0.0.1", served.port), timeout=PATIENCE_SECONDS)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = context.wrap_socket(plain, server_hostname="localhost")
        self._head = f"Host: localhost:{served.port}\r\nCookie: {cookie}\r\n"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._socket.close()

    def get(self, path: str, wanted: str = "") -> Answer:
        """Reads the answer to its end; `wanted` is the range. Raises RuntimeError when the server hangs up."""
        asked = f"Range: {wanted}\r\n" if wanted else ""
        start = time.perf_counter()
        self._socket.sendall(f"GET {path} HTTP/1.1\r\n{self._head}{asked}\r\n".encode())
        answer = bytearray()
        while (end := answer.find(b"\r\n\r\n")) < 0 or len(answer) == end + 4:
            answer += self._received()
            if end >= 0 and _length(answer[:end]) == 0:
                break
        end = answer.find(b"\r\n\r\n")
        length = _length(answer[:end])
        while len(answer) < end + 4 + length:
            answer += self._received()
        return Answer(
            (time.perf_counter() - start) * 1000,
            int(answer[9:12]),
            bytes(answer[end + 4 :]),
        )

    def _received(self) -> bytes:
        if not (block := self._socket.recv(1 << 18)):
            raise RuntimeError("the server closed the connection")
        return block


def _length(head: bytes | bytearray) -> int:
    return int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0] or 0)
