"""Deletion gives way: while somebody else changes the register (every search and page of a person writes the log),
the sweep rests after each deletion, so that their pages are as quick as else. Alone it runs as fast as it can.

Measured with 100,000 deletions on two cores: without rests searches took twice as long in the middle (p50) and two
and a half times at p95, from the write lock and the core that were taken most of the time. With rests as long as the
work some kinds of search still took 2.2 times as long at p95, with twice as long 1.9 at most and 1.6 over all.
"""

import contextlib
from collections.abc import Iterator
from time import monotonic, sleep

from portal.db import writes_of_others

RESTS = 2.0
"""So many times as long as the deletion took…"""
REST_MOST_SECONDS = 0.02
"""…and no longer than this: a disk that is slow leaves room to others by itself."""
COMPANY_SECONDS = 2.0
"""Others are taken to be there for so long after they wrote."""


class Pace:
    """Of one sweep."""

    def __init__(self) -> None:
        self._seen = writes_of_others()
        self._company_until = 0.0

    @contextlib.contextmanager
    def one(self) -> Iterator[None]:
        """Around one deletion: rests afterwards when others are at work."""
        began = monotonic()
        yield
        ended = monotonic()
        if (seen := writes_of_others()) != self._seen:
            self._seen, self._company_until = seen, ended + COMPANY_SECONDS
        if ended < self._company_until:
            sleep(min(RESTS * (ended - began), REST_MOST_SECONDS))
