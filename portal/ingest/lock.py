"""One process at a time brings calls in."""

import contextlib
import time
from collections.abc import Iterator

from portal import lock
from portal.errors import Conflict
from portal.language import N_

LONG_SECONDS = 0.02


class Busy(Conflict):
    text = N_("Samtal läses in just nu. Försök igen om en stund.")


@contextlib.contextmanager
def sweeping() -> Iterator[bool]:
    """True for the one process that sweeps the inbox, False while another does."""
    with lock.alone("sweep") as mine:
        yield mine


@contextlib.contextmanager
def importing(wait_seconds: float = 60) -> Iterator[None]:
    """Alone with the inbox and the half-made subjects of the vault, for one delivery. Raises Busy."""
    with lock.alone("import", wait_seconds) as mine:
        if not mine:
            raise Busy
        began = time.monotonic()
        yield
    if time.monotonic() - began > LONG_SECONDS:
        time.sleep(2 * lock.POLL_SECONDS)  # a person who waits for a retry comes in between two files
