"""What the tests of residents' requests start from. Cases are registered through the real action."""

import datetime as dt
import json
from typing import Any

from portal import clock
from portal.audit.models import Entry
from portal.cases import intake
from portal.cases.models import Case, CaseCall, Step
from portal.documents.models import Document
from portal.recordings.models import Recording
from tests.calls import recording

CALLED = dt.datetime(2026, 9, 8, 7, 30, tzinfo=dt.UTC)
"""The first call: 8.9.2026 at 10.30 in Helsinki."""
RECEIVED = dt.date(2026, 10, 1)
NOW = dt.datetime(2026, 10, 5, 6, 0, tzinfo=dt.UTC)
"""Monday 5.10.2026 at 9: the request is registered, four days after it came in."""
DUE = dt.date(2026, 11, 2)
"""A month after RECEIVED is a Sunday."""
PAST = clock.expiry(CALLED) + dt.timedelta(days=14)
"""The calls' date has passed."""
NUMBER = "+358401234567"
NAME = "Zqanna Frågedotter"
ADDRESS = "Zqgatan 1 A 2\n06100 BORGÅ"
ASKS = "Zqvad har ni spelat in om mig?"


def call(people, *, days: int = 0, number: str | None = NUMBER, queue=None, **more: Any) -> Recording:
    """A live, sealed, playable call of the person's, `days` after CALLED."""
    moment = more.pop("started_at", CALLED + dt.timedelta(days=days))
    return recording(queue or people.daycare, started_at=moment, number=number, adviser=people.adviser, **more)


def typed(*, numbers: tuple[str, ...] = (NUMBER,), **more: Any) -> intake.Registration:
    facts = {
        "received_on": RECEIVED,
        "channel": "letter",
        "language": "sv",
        "name": NAME,
        "address": ADDRESS,
        "asks": ASKS,
        "numbers": numbers,
    }
    return intake.Registration(**(facts | more))


def case(people, *, numbers: tuple[str, ...] = (NUMBER,), **more: Any) -> Case:
    """A case of people.clerk's, with the calls of `numbers` frozen. Call while the clock stands at NOW or later."""
    by = more.pop("by", people.clerk)
    return intake.register(typed(numbers=numbers, **more), by=by)


def fresh(row: Any) -> Any:
    return type(row).get_by_id(row.id)


def calls(case: Case) -> list[CaseCall]:
    return list(CaseCall.select().where(CaseCall.case == case.id).order_by(CaseCall.id))


def acts(subject: Any) -> list[str]:
    """The log's entries about the row, in order, without their capability."""
    entries = Entry.select(Entry.act).where(Entry.subject == subject.uuid).order_by(Entry.id)
    return [act.split(":")[1] for (act,) in entries.tuples()]


def last_entry(act: str) -> tuple[Entry, dict[str, Any]]:
    """The newest entry of an act, and its detail."""
    entry = Entry.select().where(Entry.act == act).order_by(Entry.id.desc()).get()
    return entry, json.loads(entry.detail)


def steps(case: Case) -> list[str]:
    return [what for (what,) in Step.select(Step.what).where(Step.case == case.id).order_by(Step.id).tuples()]


def letters(case: Case) -> list[Document]:
    return list(Document.select().where(Document.owner_key == case.uuid.hex).order_by(Document.id))
