"""Processes that read, check and seal sound at the same time, so that every core is at work and none waits for
the disk. They know nothing of the register: what they have made is registered by the process that keeps them.

Each is a fork with a Unix socket (messages with borders). An order is {"number": n, "subject": uuid, "print": [size,
mtime_ns]} and the open file; the answer {"number": n, …} holds what was made, or why nothing was.
"""

import contextlib
import json
import logging
import os
import selectors
import signal
import socket
import uuid
from typing import Any, NamedTuple

from portal import processes
from portal.errors import trace
from portal.ingest import gate
from portal.ingest.call import Refused
from portal.ingest.content import Changed, Content, Print, Unreadable
from portal.ingest.gate import Sound
from portal.ingest.models import Reason
from portal.vault import objects

DEPTH = 2
"""Orders a process has at a time: one it is at, and one so that it need not wait for the next."""
IN_MEMORY = 32 << 20
"""Bytes of sound that a process holds in memory, half an hour in two channels. What is larger stays in its file."""
NICENESS = 10
"""People wait for pages, nobody for an import."""

log = logging.getLogger("portal.ingest")


class Made(NamedTuple):
    """Sound that is checked and lies sealed under the subject of its order."""

    sound: Sound
    sealed: objects.Sealed


Result = Made | Exception
"""What came of an order; after anything but Made something of its subject may lie in the vault."""


def make(content: Content, subject: uuid.UUID) -> Made:
    """Check and seal `content` as the original of `subject`, at the same time.

    Both are done to one copy in memory, so that what was checked is what is sealed. Raises Refused with the reason,
    Changed when the file still grows, Unreadable or OSError when a disk refuses.
    """
    if content.size > IN_MEMORY:
        return _make_in_place(content, subject)
    with Content.of(content.blocks()) as kept:
        with gate.probe.asked(kept) as answer:
            sealed = objects.seal(subject, "original", kept.blocks())
            found = answer()
        return Made(gate.sound(found), sealed)


def _make_in_place(content: Content, subject: uuid.UUID) -> Made:
    """The same, one after the other: what is sealed is what stood there when it was checked, by its fingerprint."""
    with gate.probe.asked(content) as answer:
        checked = content.sha256()
        sound = gate.sound(answer())
    sealed = objects.seal(subject, "original", content.blocks())
    if sealed.sha256 != checked:
        raise Changed
    return Made(sound, sealed)


class _Hand:
    """One of the processes, from its parent's side."""

    def __init__(self, others: "list[_Hand]") -> None:
        self.line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.orders: list[int] = []
        with theirs:
            self.child = os.fork()
            if self.child == 0:
                for hand in (*others, self):
                    hand.line.close()
                _work(theirs)

    def give(self, number: int, subject: uuid.UUID, content: Content) -> None:
        self.orders.append(number)
        order = {"number": number, "subject": subject.hex, "print": content.print}
        with contextlib.suppress(OSError):  # it died: its silence is the answer
            socket.send_fds(self.line, [json.dumps(order).encode()], [content.handle])

    def end(self) -> None:
        """At once when it is at work; one that waits for an order sees that none will come, and ends its probe."""
        self.line.close()
        if self.orders:
            os.kill(self.child, signal.SIGKILL)
        os.waitpid(self.child, 0)


class Crew:
    """`with Crew(processes) as crew:`; whatever is under way at its end is given up."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._hands: list[_Hand] = []
        self._numbers = 0
        self._ready: list[tuple[int, Result]] = []

    def __enter__(self) -> "Crew":
        return self

    def __exit__(self, *fault: object) -> None:
        for hand in self._hands:
            hand.end()
        self._hands.clear()

    @property
    def busy(self) -> bool:
        """Nobody has room for another order."""
        if self._size < 2:
            return bool(self._ready)
        return len(self._hands) == self._size and all(len(hand.orders) >= DEPTH for hand in self._hands)

    def order(self, subject: uuid.UUID, content: Content) -> int:
        """Let somebody make it; the number its result will have. A crew of one is this process itself."""
        self._numbers += 1
        if self._size < 2:
            self._ready.append((self._numbers, _tried(content, subject)))
            return self._numbers
        if len(self._hands) < self._size and all(hand.orders for hand in self._hands):
            self._hands.append(_Hand(self._hands))
        min(self._hands, key=lambda hand: len(hand.orders)).give(self._numbers, subject, content)
        return self._numbers

    def results(self) -> list[tuple[int, Result]]:
        """What has been made since, by number; waits for one when nothing has. Nothing may be under way."""
        ready, self._ready = self._ready, []
        if ready:
            return ready
        with selectors.DefaultSelector() as waiting:
            for hand in self._hands:
                if hand.orders:
                    waiting.register(hand.line, selectors.EVENT_READ, hand)
            for key, _ in waiting.select():
                ready += self._heard(key.data)
        return ready

    def _heard(self, hand: _Hand) -> list[tuple[int, Result]]:
        try:
            message = hand.line.recv(4096)
        except OSError:
            message = b""
        if message:
            number, result = _read(message)
            hand.orders.remove(number)
            return [(number, result)]
        self._hands.remove(hand)
        hand.end()
        return [(number, ChildProcessError()) for number in hand.orders]


def _work(line: socket.socket) -> None:
    """The child's whole life. It never comes back to what its parent was doing."""
    try:
        processes.end_with_parent()
        for number in (signal.SIGINT, signal.SIGTERM):  # meant for the parent, whose end is this one's
            signal.signal(number, signal.SIG_IGN)
        os.setpriority(os.PRIO_PROCESS, 0, max(NICENESS, os.getpriority(os.PRIO_PROCESS, 0)))
        while True:
            message, handles, _, _ = socket.recv_fds(line, 4096, 1)
            if not message:
                gate.probe.close()
                return
            order = json.loads(message)
            with Content(handles[0]) as content:
                moved = content.print != Print(*order["print"])
                result = Changed() if moved else _tried(content, uuid.UUID(hex=order["subject"]))
            line.send(_written(order["number"], result))
    except BaseException as error:
        log.error("sealing: %s", trace(error))
    finally:
        os._exit(0)


def _tried(content: Content, subject: uuid.UUID) -> Result:
    try:
        return make(content, subject)
    except Exception as error:
        return error


def _written(number: int, result: Result) -> bytes:
    """As a message. Of an error its kind, never its text."""
    told: dict[str, Any]
    match result:
        case Made(sound, sealed):
            told = {"sound": sound.__dict__, "sealed": sealed}
        case Refused():
            told = {"refused": [result.reason, result.detail]}
        case Changed():
            told = {"changed": True}
        case Unreadable():
            told = {"unreadable": True}
        case OSError():
            told = {"errno": result.errno or 0}
        case _:
            log.error("sealing: %s", trace(result))
            told = {}
    return json.dumps({"number": number, **told}).encode()


def _read(message: bytes) -> tuple[int, Result]:
    told = json.loads(message)
    number: int = told.pop("number")
    match told:
        case {"sound": sound, "sealed": sealed}:
            return number, Made(Sound(**sound), objects.Sealed(*sealed))
        case {"refused": [reason, detail]}:
            return number, Refused(Reason(reason), detail)
        case {"changed": True}:
            return number, Changed()
        case {"unreadable": True}:
            return number, Unreadable()
        case {"errno": code}:
            return number, OSError(code, os.strerror(code))
    return number, ChildProcessError()  # the program's own fault; where is in the log
