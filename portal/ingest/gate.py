"""The gate: what passes it is one stream of sound that decodes to its end. The decoding is done by the
probe, a process that may die; its death is the file's fault, not the worker's."""

import atexit
import contextlib
import dataclasses
import json
import os
import re
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from typing import Any

from portal import config, confined
from portal.ingest.call import Refused
from portal.ingest.content import Content, Unreadable
from portal.ingest.models import Reason

PATIENCE_SECONDS = 330
"""Longer than the probe's own CPU limit: this is for one that stands still."""

CODE = re.compile(r"[a-z0-9_]{0,20}")
FORMAT = re.compile(r"[a-z0-9]{1,20}(/[a-z0-9_]{1,20})?")


@dataclasses.dataclass(frozen=True)
class Sound:
    """What the decoded file is."""

    format: str
    """Container and codec: 'wav/pcm_alaw'."""
    empty: bool
    """A recording with no sound in it: taken, and flagged."""
    channels: int | None
    rate: int | None
    milliseconds: int


class Probe:
    """One child, used for file after file, started anew when it dies."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None
        self._owner = 0
        self._number = 0

    def ask(self, content: Content) -> dict[str, Any]:
        """The probe's answer; a child that dies or stands still is an answer too. Raises NotConfined."""
        with self.asked(content) as answer:
            return answer()

    @contextlib.contextmanager
    def asked(self, content: Content) -> Iterator[Callable[[], dict[str, Any]]]:
        """Inside, the probe is at work on `content`; what this gives waits for its answer."""
        with self._lock:
            self._put(content)
            try:
                yield self._answer
            except BaseException:
                self._stop()  # its answer would be taken for the next one's
                raise

    def _put(self, content: Content) -> None:
        if self._child is None or self._owner != os.getpid() or self._child.poll() is not None:
            self._start()
        assert self._line is not None
        self._number += 1
        with contextlib.suppress(OSError):  # no answer will come, and that is one
            socket.send_fds(self._line, [json.dumps({"number": self._number}).encode()], [content.handle])

    def _answer(self) -> dict[str, Any]:
        assert self._line is not None
        try:
            reply = self._line.recv(4096)
        except TimeoutError:
            self._stop()
            return {"reason": Reason.BROKEN, "detail": "timeout"}
        except OSError:
            reply = b""
        if not reply:
            assert self._child is not None
            try:
                confined.check_started(self._child)
            finally:
                self._stop()
            return {"reason": Reason.BROKEN, "detail": "crash"}
        try:
            found: dict[str, Any] = json.loads(reply)
            number = found.pop("number")
            if number == self._number:
                check(found)
        except (ValueError, TypeError, LookupError, AttributeError):
            self._stop()
            return {"reason": Reason.BROKEN, "detail": "crash"}
        if number != self._number:
            self._stop()
            raise RuntimeError("the probe answered another question")
        return found

    def _start(self) -> None:
        if self._owner == os.getpid():
            self._stop()
        self._child, self._line = confined.start("portal.ingest.probe", PATIENCE_SECONDS)
        self._owner = os.getpid()

    def _stop(self) -> None:
        if self._line is not None:
            self._line.close()
        if self._child is not None:
            self._child.kill()
            self._child.wait()
        self._line = self._child = None

    def close(self) -> None:
        """End the child, if it is this process's."""
        with self._lock:
            if self._owner == os.getpid():
                self._stop()


probe = Probe()
atexit.register(probe.close)


def check(found: dict[str, Any]) -> None:
    """The file that took the probe over may answer in its place. Raises ValueError for what no probe says: what is
    told here stands in the register and in the log."""
    match found:
        case {"reason": str(reason), "detail": str(detail)}:
            known = len(found) == 2 and reason in set(Reason) and CODE.fullmatch(detail) is not None
        case {
            "format": str(form),
            "empty": bool(),
            "channels": 1 | 2 | None,
            "rate": rate,
            "milliseconds": int(length),
        }:
            known = len(found) == 5 and FORMAT.fullmatch(form) is not None
            known = known and length >= 0 and (rate is None or isinstance(rate, int))
        case _:
            known = False
    if not known:
        raise ValueError("no answer of a probe")


def largest() -> int:
    """The most bytes a file may have: the setting `max_recording_mb`, in MiB."""
    return config.settings().max_recording_mb << 20


def check_size(content: Content) -> None:
    """Raises Refused(TOO_LARGE)."""
    if content.size > largest():
        raise Refused(Reason.TOO_LARGE)


def examine(content: Content) -> Sound:
    """What `content` holds. Raises Refused with the reason, or Unreadable when the disk gave out."""
    check_size(content)
    return sound(probe.ask(content))


def sound(found: dict[str, Any]) -> Sound:
    """The probe's answer as what it means. Raises as `examine`."""
    if "reason" not in found:
        return Sound(**found)
    if found["reason"] == Reason.UNREADABLE:
        raise Unreadable
    raise Refused(Reason(found["reason"]), found["detail"])
