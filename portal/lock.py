"""One process at a time: locks on files in the data folder. The kernel lets go of them with their
holder, after a kill -9 too."""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator

from portal import config

POLL_SECONDS = 0.002


@contextlib.contextmanager
def alone(name: str, wait_seconds: float = 0) -> Iterator[bool]:
    """True for the one process that holds the lock `name`; False when another still does after waiting."""
    path = config.settings().data / f"{name}.lock"
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        yield _taken(handle, time.monotonic() + wait_seconds)
    finally:
        os.close(handle)


@contextlib.contextmanager
def together(name: str) -> Iterator[bool]:
    """True for any number of processes at once, as long as none holds the lock `name` alone."""
    path = config.settings().data / f"{name}.lock"
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)


def _taken(handle: int, deadline: float) -> bool:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(POLL_SECONDS)
        else:
            return True
