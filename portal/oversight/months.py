"""What a month's log holds, in sums: for the officer's page and for the paper that is kept."""

import dataclasses
import datetime as dt
from collections import Counter

import peewee

from portal import clock
from portal.accounts.models import Account
from portal.audit import days
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.audit.chain import Checkpoint
from portal.audit.models import Entry
from portal.db import db
from portal.oversight import overview
from portal.oversight.overview import Asked, Overview
from portal.retention import months

NOTED = (
    Act.DENIED,
    Act.SIGN_IN_FAILED,
    Act.SIGN_IN_THROTTLED,
    Act.SECOND_FACTOR_FAILED,
    Act.SECOND_FACTOR_RESET,
    Act.EMERGENCY_GIVEN,
    Act.RIGHT_GIVEN_BY_COMMAND,
    Act.ORIGINAL_OPENED,
    Act.LOG_EXPORTED,
    Act.OVERSIGHT_EXPORTED,
    Act.EMPLOYEE_EXTRACT_ORDERED,
    Act.CALLER_EXTRACT_ORDERED,
    Act.OBSERVED,
    Act.INCIDENT_OPENED,
    Act.RESTORED,
    Act.LOG_VERIFIED,
)
"""Told of each month also when there was none."""


@dataclasses.dataclass(frozen=True)
class Month:
    first: dt.date
    """Its first day."""
    start: dt.datetime
    end: dt.datetime
    """In Helsinki, up to and without `end`."""
    over: bool
    total: int
    """Entries."""
    acts: list[tuple[str, int]]
    """The most frequent first."""
    noted: list[tuple[str, int]]
    listens: Overview
    before: Checkpoint | None
    """The last entry before the month began; None when the log was empty."""
    checkpoint: Checkpoint | None
    """The last entry before it ended, or the last until now."""


def of(first: dt.date) -> Month:
    """The log of the month that begins with `first`."""
    start, end = clock.day_start(first), clock.day_start(clock.next_month(first))
    acts = _acts(start, end)
    return Month(
        first=first,
        start=start,
        end=end,
        over=end <= clock.now(),
        total=acts.total(),
        acts=sorted(acts.items(), key=lambda one: (-one[1], one[0])),
        noted=[(str(act), acts[act]) for act in NOTED],
        listens=overview.of(Asked(first=first, last=clock.next_month(first) - dt.timedelta(days=1))),
        before=last_before(start),
        checkpoint=last_before(end),
    )


def _acts(start: dt.datetime, end: dt.datetime) -> Counter[str]:
    """Act by act, so that each is counted in its index and the entries themselves are not read."""
    counted = Entry.select(Entry.act, peewee.fn.COUNT(Entry.id)).where(
        Entry.act.in_([str(act) for act in Act]), *days.within(start, end)
    )
    counted = counted.group_by(Entry.act)
    return Counter(dict(counted.tuples()))


def last_before(end: dt.datetime) -> Checkpoint | None:
    """The log's last entry before `end`."""
    newest = Entry.select(Entry.id, Entry.hash).where(Entry.at < end).order_by(Entry.at.desc(), Entry.id.desc())
    found = newest.limit(1).tuples().first()
    return Checkpoint(*found) if found else None


def all_() -> list[dt.date]:
    """The first days of the months that the log reaches over, the newest first."""
    earliest = Entry.select(peewee.fn.MIN(Entry.at)).scalar()
    month = clock.today().replace(day=1)
    first = clock.local(earliest).date().replace(day=1) if earliest is not None else month
    found = []
    while month >= first:
        found.append(month)
        month = (month - dt.timedelta(days=1)).replace(day=1)
    return found


@db.atomic()
def note_viewed(month: Month, *, by: Account) -> None:
    """Log that it was looked at."""
    record(Act.OVERSIGHT_VIEWED, by=by, month=months.name(month.first), listens=month.listens.total)
