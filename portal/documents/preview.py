"""Drafts set for the screen, in the process that shows them: never stored, gone with the answer."""

import threading

from portal.documents.order import Order, Printed
from portal.documents.press import Press
from portal.errors import DomainError
from portal.language import N_

TITLE = N_("Förhandsgranskning")

WAITING = 2
"""One that is being set and one that waits: more would keep the threads that answer others."""


class Busy(DomainError):
    status = 503
    title = TITLE
    text = N_("Förhandsgranskningen är upptagen. Försök igen om en stund.")


class CannotShow(DomainError):
    """`reason`, in the reader's language: why not."""

    status = 422
    title = TITLE
    text = N_("Förhandsgranskningen gick inte att göra. %(reason)s")


_room = threading.BoundedSemaphore(WAITING)
PATIENCE_SECONDS = 30
"""A thread of the web waits for it; the worker has the time for the longest."""

_press = Press(PATIENCE_SECONDS)
"""Starts with the first preview, and ends when nobody has needed it for a while."""


def show(order: Order) -> Printed:
    """Raises Busy, or press.Unset when it cannot be set."""
    if not _room.acquire(blocking=False):
        raise Busy
    try:
        return _press.set(order)
    finally:
        _room.release()
