"""A decoder that a file has taken over: it tries what the file names, and says that it could by finding sound in it.

`python -m tests.ingest.hostile.decoder MODULE …` is `python -m MODULE …` but for the first thing that looks at the
content; the file holds the name of a trial, its argument, and nothing else.
"""

import ctypes
import functools
import os
import resource
import runpy
import signal
import socket
import sys
import threading
from collections.abc import Callable
from typing import Any

from portal import confined
from portal.ingest import containers
from portal.recordings import sound
from portal.recordings.sound import Unreadable

SECONDS = 1
"""Of the processor: a short life for one that would use up its own."""
MANY = 64
SOCKET = {"x86_64": 41, "aarch64": 198}


def connect(port: str) -> None:
    socket.create_connection(("127.0.0.1", int(port)), timeout=5).close()


def connect_by_number(port: str) -> None:
    """Past everything that Python or libc might refuse: socket(AF_INET, SOCK_STREAM, 0)."""
    if ctypes.CDLL(None, use_errno=True).syscall(SOCKET[os.uname().machine], 2, 1, 0) < 0:
        raise OSError(ctypes.get_errno(), "refused")


def write(path: str) -> None:
    with open(path, "w") as file:
        file.write("taken over")


def write_what_it_was_given(_: str) -> None:
    for handle in range(3, MANY):
        try:
            os.pwrite(handle, b"taken over", 0)
        except OSError:
            continue
        return
    raise PermissionError


def empty_what_it_was_given(_: str) -> None:
    for handle in range(3, MANY):
        try:
            os.ftruncate(handle, 0)
        except OSError:
            continue
        return
    raise PermissionError


def read(path: str) -> None:
    with open(path) as file:
        file.read()


def fork(_: str) -> None:
    if os.fork() == 0:
        signal.pause()


def start_a_program(_: str) -> None:
    os.execv("/bin/sleep", ["sleep", "60"])


def signal_its_parent(_: str) -> None:
    os.kill(os.getppid(), 0)


def take_memory(_: str) -> None:
    bytearray(confined.MEMORY)


def raise_its_memory_and_take_it(_: str) -> None:
    try:
        resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    except ValueError as error:
        raise PermissionError from error
    bytearray(confined.MEMORY)


def use_the_processor(_: str) -> None:
    """Until somebody ends it."""
    while True:
        pass


def open_many(_: str) -> None:
    for _number in range(MANY):
        os.dup(0)


def find_a_key(_: str) -> None:
    if not any(name.startswith(("PORTAL", "CREDENTIALS")) for name in os.environ):
        raise PermissionError


def breathe(_: str) -> None:
    """What all may do: think, in a thread too."""
    thread = threading.Thread(target=sum, args=([1, 2],))
    thread.start()
    thread.join()


TRIALS: dict[str, Callable[[str], None]] = {
    trial.__name__: trial
    for trial in (
        *(connect, connect_by_number, write, write_what_it_was_given, empty_what_it_was_given, read, fork),
        *(start_a_program, signal_its_parent, take_memory, raise_its_memory_and_take_it, use_the_processor),
        *(open_many, find_a_key, breathe),
    )
}


def tried(told: bytes) -> None:
    """Raises Unfit, and Unreadable too, when it could not."""
    name, _, argument = told.decode().partition(" ")
    try:
        TRIALS[name](argument)
    except (OSError, MemoryError):
        raise CouldNot("broken", "could_not") from None


class CouldNot(containers.Unfit, Unreadable):
    pass


def _looked(file: Any, size: int) -> containers.Outside:
    tried(file.read(size))
    return containers.Outside("wav", empty=True)


def _measured(file: Any, _format: str) -> sound.Measure:
    tried(file.read())
    return sound.Measure(0, 0, 0, None, b"")


def main() -> None:
    containers.look, sound.measure = _looked, _measured
    confined.allow_next = functools.partial(confined.allow_next, SECONDS)
    module = sys.argv.pop(1)
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
