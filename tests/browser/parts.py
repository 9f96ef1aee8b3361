"""Calls in parts, and several with one number, in the length that breaks pages."""

import datetime as dt

from portal import clock
from portal.accounts.models import Account
from portal.recordings.models import Recording
from tests import calls
from tests.people import People

WORD = "Överflyttningsärende"
"""In the subject of each part but the second."""


def fill(people: People, tone: bytes, *, long_name: Account, words: str) -> Recording:
    """A conversation of four parts, one of them of a queue that few have. Returns its first."""
    start = clock.now() - dt.timedelta(days=1, hours=3)
    told = (
        (people.daycare, people.adviser, WORD),
        (people.technical, long_name, words),
        (people.elderly, people.outsider, WORD),
        (people.daycare, long_name, WORD),
    )
    parts = [
        calls.recording(
            queue,
            started_at=start + dt.timedelta(minutes=4 * n),
            number="+358447770009",
            adviser=adviser,
            subject=subject,
            conversation="1790000000.77",
            sound=tone + b"part%d" % n,
        )
        for n, (queue, adviser, subject) in enumerate(told)
    ]
    return parts[0]
