"""A list of calls leaves the portal as a file: the newest, with no more of a number than the list shows."""

import hashlib
from collections.abc import Iterator

from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import db
from portal.errors import Denied
from portal.recordings import search

MOST = 10_000
"""Calls of one file."""


def queues(query: search.Query, *, by: Account) -> frozenset[int]:
    """The queues of the search whose calls `by` may take out. Denied when there are none."""
    own = by.queues_for(Permission.RECORDINGS_FIND, Permission.RECORDINGS_EXPORT)
    asked = own & {query.queue.id} if query.queue else own
    if not asked:
        raise Denied
    return asked


def rows(query: search.Query, *, by: Account) -> Iterator[search.Row]:
    """The newest MOST calls that answer in those queues."""
    queues(query, by=by)
    return search.walk(query, doing=Permission.RECORDINGS_EXPORT, by=by, most=MOST)


@db.atomic()
def note(query: search.Query, file: bytes, *, rows: int, by: Account) -> None:
    """The file is made and about to leave: who took it, what was asked, how many calls, and the file's fingerprint.

    Whoever finds such a file later can tell from the log whose it is."""
    asked = sorted(queues(query, by=by))
    record(
        Act.LIST_EXPORTED,
        by=by,
        queue_id=asked[0] if len(asked) == 1 else None,
        rows=rows,
        capped=rows >= MOST,
        sha256=hashlib.sha256(file).hexdigest(),
        **search.codes(query, asked),
    )
