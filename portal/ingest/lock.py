"""One process at a time brings calls in: locks on files in the data folder, gone with their holder."""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator

from portal import config
from portal.errors import Conflict
from portal.language import N_

POLL_SECONDS = 0.002
LONG_SECONDS = 0.02


class Busy(Conflict):
    text = N_("Samtal läses in just nu. Försök igen om en stund.")


@contextlib.contextmanager
def sweeping() -> Iterator[bool]:
    """True for the one process that sweeps the inbox, False while another does."""
    with _locked("sweep.lock", 0) as mine:
        yield mine


@contextlib.contextmanager
def importing(wait_seconds: float = 60) -> Iterator[None]:
    """Alone with the inbox and the half-made subjects of the vault, for one delivery. Raises Busy."""
    with _locked("import.lock", wait_seconds) as mine:
        if not mine:
            raise Busy
        began = time.monotonic()
        yield
    if time.monotonic() - began > LONG_SECONDS:
        time.sleep(2 * POLL_SECONDS)  # a person who waits for a retry comes in between two files


@contextlib.contextmanager
def _locked(name: str, wait_seconds: float) -> Iterator[bool]:
    handle = os.open(config.settings().data / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        deadline = time.monotonic() + wait_seconds
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    yield False
                    return
                time.sleep(POLL_SECONDS)
            else:
                yield True
                return
    finally:
        os.close(handle)
