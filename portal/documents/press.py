"""The press: sets an order in a process of its own (`typesetter`), which may die, swell or stand still.

A message on the line is one letter and a body. To the child: ORDER length, then the order
(`Order.canonical`) in pieces. From the child: PRINTED length, pages, then the PDF in pieces ·
UNSET {"code", "where"}.
"""

import contextlib
import json
import os
import signal
import socket
import struct
import subprocess
import threading
import time
from types import TracebackType
from typing import Self

from portal import confined, language
from portal.documents.order import Order, Printed

ORDER, PRINTED, UNSET = (letter.encode() for letter in "OPU")
PIECE = 65536
HEAD = struct.Struct(">QI")

PATIENCE_SECONDS = 600
"""From order to PDF, on a machine that has other work too: longer than the child's own CPU limit."""
IDLE_SECONDS = 300
"""A child that nobody needs is ended after that long."""
LETTERS = 250
"""Set by one child, then it is replaced: what the engine keeps does not add up."""
RESIDENT = 120 << 20
"""A child that has more bytes than this in memory after a letter is replaced."""
LARGEST_ORDER = 16 << 20
LARGEST_PDF = 64 << 20


class Unset(Exception):
    """The order could not be set; `code` says why, `where` the kind and place of a fault (no content)."""

    def __init__(self, code: str, where: str = "") -> None:
        super().__init__(code)
        self.code, self.where = code, where


class Press:
    """Keeps one child warm; `set` may be called from any thread, and after a fork. Used `with`, or closed."""

    def __init__(self, patience_seconds: float = PATIENCE_SECONDS, idle_seconds: float = IDLE_SECONDS) -> None:
        self._patience, self._idle = patience_seconds, idle_seconds
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None
        self._owner = 0
        self._letters = 0
        self._used = 0.0
        self._timer: threading.Timer | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def set(self, order: Order) -> Printed:
        """The PDF of `order`: PDF/A-2a and PDF/UA-1, the same bytes whenever it is set.

        Raises Unset with one of the codes: Stuck (too much time), Crashed, Overfull (too much of it, or too
        much memory), MissingGlyph (a sign that no typeface has), Fetched (it asked for something outside
        itself), Faulty (the engine found a fault), Refused (the template did; `where` says which), Unstarted
        (a package or a right of the system is missing). The child that failed is replaced.
        """
        plain = order.canonical()
        if len(plain) > LARGEST_ORDER:
            raise Unset("Overfull")
        with self._lock:
            deadline = time.monotonic() + self._patience
            line = self._start()
            try:
                printed = self._set(line, plain, deadline)
            except Unset as error:
                if error.code in ("Stuck", "Crashed", "Overfull", "Unstarted"):
                    self._stop()
                raise
            except BaseException:
                self._stop()
                raise
            self._letters += 1
            self._used = time.monotonic()
            if self._letters >= LETTERS or self._resident() > RESIDENT:
                self._stop()
            return printed

    def _set(self, line: socket.socket, plain: bytes, deadline: float) -> Printed:
        try:
            _wait(line, deadline)
            line.send(ORDER + HEAD.pack(len(plain), 0))
            for place in range(0, len(plain), PIECE):
                _wait(line, deadline)
                line.send(plain[place : place + PIECE])
            answer = _received(line, deadline)
            if answer[:1] == UNSET:
                raise Unset(**json.loads(answer[1:]))
            length, pages = HEAD.unpack(answer[1:])
            if length > LARGEST_PDF:
                raise Unset("Overfull")
            pdf = bytearray()
            while len(pdf) < length:
                pdf += _received(line, deadline)
        except TimeoutError:
            raise Unset("Stuck") from None
        except OSError:
            raise Unset(self._death()) from None
        except (struct.error, ValueError, TypeError):
            raise Unset("Crashed") from None
        return Printed(bytes(pdf), pages)

    def close(self) -> None:
        """End the child, if it is this process's."""
        with self._lock:
            self._stop()

    def _start(self) -> socket.socket:
        mine = self._owner == os.getpid()
        if mine and self._line is not None and self._child is not None and self._child.poll() is None:
            return self._line
        self._stop()
        language.compile_catalogues()
        self._child, self._line = confined.start("portal.documents.typesetter", self._patience)
        self._owner, self._letters, self._used = os.getpid(), 0, time.monotonic()
        self._look_in(self._idle)
        return self._line

    def _look_in(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._end_if_idle)
        self._timer.daemon = True
        self._timer.start()

    def _end_if_idle(self) -> None:
        with self._lock:
            if threading.current_thread() is not self._timer:
                return  # that child is gone, another is here
            left = self._used + self._idle - time.monotonic()
            if left > 0:
                self._look_in(left)
            else:
                self._stop()

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._line is not None:
            self._line.close()
        if self._child is not None and self._owner == os.getpid():
            self._child.kill()
            self._child.wait()
        self._child = self._line = None

    def _resident(self) -> int:
        """Bytes the child has in memory now."""
        assert self._child is not None
        with contextlib.suppress(OSError), open(f"/proc/{self._child.pid}/statm") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        return 0

    def _death(self) -> str:
        """Why the line to the child broke, as a code."""
        assert self._child is not None
        try:
            ended = self._child.wait(timeout=5)
        except subprocess.TimeoutExpired:
            return "Crashed"
        return {confined.UNSTARTED: "Unstarted", -signal.SIGXCPU: "Stuck"}.get(ended, "Crashed")


def _wait(line: socket.socket, deadline: float) -> None:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    line.settimeout(left)


def _received(line: socket.socket, deadline: float) -> bytes:
    _wait(line, deadline)
    if not (message := line.recv(PIECE + 1)):
        raise ConnectionError
    return message
