"""Native decoders run in a process of their own: it holds no secret, writes no file, and may die.

FFmpeg is fed with what came from outside. The parent starts `python -m MODULE` with one Unix socket
(messages with borders); the child confines itself before it looks at anything.
"""

import abc
import io
import os
import resource
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import portal

MEMORY = 1 << 30
CPU_SECONDS = 300


def start(module: str, patience_seconds: float) -> tuple[subprocess.Popen[bytes], socket.socket]:
    """The child and our end of its line; reading from it gives up with TimeoutError after that long."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        child = subprocess.Popen(  # noqa: S603 our own module, no shell
            [sys.executable, "-B", "-m", module, str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            cwd=Path(portal.__file__).parent.parent,
            env={"PATH": os.defpath, "LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1"},  # no secret of the worker's
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    ours.settimeout(patience_seconds)
    return child, ours


def main(serve: Callable[[socket.socket], None]) -> None:
    """The child's whole life: no core dump (it would hold sound in the clear), no file written, bounded memory."""
    import av.logging

    for limit, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 32),
        (resource.RLIMIT_AS, MEMORY),
    ):
        resource.setrlimit(limit, (value, value))
    av.logging.set_level(None)
    with socket.socket(fileno=int(sys.argv[1])) as line:
        serve(line)


def allow_next() -> None:
    """CPU_SECONDS more from now, for the next file; a decoder that uses them up is killed."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = int(used.ru_utime + used.ru_stime)
    resource.setrlimit(resource.RLIMIT_CPU, (spent + CPU_SECONDS, resource.RLIM_INFINITY))


class Placed(io.RawIOBase, abc.ABC):
    """A seekable file whose bytes are had by place."""

    def __init__(self, size: int) -> None:
        self.size, self._place = size, 0

    @abc.abstractmethod
    def piece(self, place: int, length: int) -> bytes:
        """At most `length` bytes from `place` on; none at the end."""

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        block = self.piece(self._place, len(buffer))
        buffer[: len(block)] = block
        self._place += len(block)
        return len(block)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self.size}[whence]
        self._place = max(0, base + offset)
        return self._place

    def tell(self) -> int:
        return self._place

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True
