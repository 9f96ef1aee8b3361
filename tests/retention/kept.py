"""What the tests of threat calls, holds and freezes start from."""

import datetime as dt
import uuid

from portal import clock
from portal.audit.models import Entry
from portal.recordings.models import Recording
from portal.retention import deletion, holds, threats
from portal.retention.models import Hold, Threat
from tests.calls import recording
from tests.retention import made

NOW = made.CALLED + dt.timedelta(days=20)
"""The day on which things are reported and decided; made.DUE is the calls' date."""
PAST = made.DUE + dt.timedelta(days=1)
REASON, AHEAD, WORDS = "zqskälet för beslutet", "zqåtgärden polisanmälan", "zqorden som sades"


class Case:
    """A row that freezes, as the cases of residents' requests will."""

    def __init__(self) -> None:
        self.uuid = uuid.uuid4()


def call(people, *, after: dt.timedelta = dt.timedelta(0), **more) -> Recording:
    return recording(people.daycare, started_at=made.CALLED + after, adviser=people.adviser, **more)


def review(days: int = 60) -> dt.date:
    return clock.today() + dt.timedelta(days=days)


def report(row: Recording, by, **more) -> Threat:
    return threats.report(row, kind="adviser", words=WORDS, safety="unsafe", safety_words="zqvarför", by=by, **more)


def place(row: Recording, by, days: int = 60) -> Hold:
    return holds.place(row, reason=REASON, action_ahead=AHEAD, review_on=review(days), by=by)


def fresh(row):
    return type(row).get_by_id(row.id)


def sweep(limit: int = 25) -> int:
    """What the purge sweep deletes now; how many."""
    return sum(not deletion.finish(line) for line in deletion.claim_due(limit))


def acts(row: Recording) -> list[str]:
    """The log's entries about the recording, in order, without their capability."""
    entries = Entry.select(Entry.act).where(Entry.subject == row.uuid).order_by(Entry.id)
    return [act.split(":")[1] for (act,) in entries.tuples()]
