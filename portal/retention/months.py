"""The purge protocol of a month: the days' figures together, and how they can be checked."""

import dataclasses
import datetime as dt
from collections.abc import Iterator, Sequence

import peewee

from portal import clock
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.retention import protocol
from portal.retention.models import PurgeLine
from portal.retention.protocol import Checkpoint


@dataclasses.dataclass(frozen=True)
class Day:
    day: dt.date
    total: int
    """How many were deleted."""
    held_back: int
    """Claimed before the day's end and not deleted by then."""


@dataclasses.dataclass(frozen=True)
class Month:
    first: dt.date
    """Its first day."""
    start: dt.datetime
    end: dt.datetime
    """In Helsinki, up to and without `end`."""
    over: bool
    days: Sequence[Day]
    """Those that have begun."""
    rules: dict[str, int]
    total: int
    held_back: int
    """At the end."""
    keys_gone_by: dt.datetime | None
    checkpoint: Checkpoint | None


def named(text: str) -> dt.date:
    """The first day of the month 'yyyy-mm'. Raises ValueError."""
    return dt.datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 a day, not an instant


def name(month: dt.date) -> str:
    """'yyyy-mm' of the month that `month` is a day of."""
    return f"{month:%Y-%m}"


def of(first: dt.date) -> Month:
    """The protocol of the month that begins with `first`, with the totals of all queues."""
    start, end = clock.day_start(first), clock.day_start(clock.next_month(first))
    whole = protocol.totals(start, end)
    return Month(
        first=first,
        start=start,
        end=end,
        over=end <= clock.now(),
        days=list(_days(first, start, end)),
        rules=whole.rules,
        total=whole.total,
        held_back=PurgeLine.select().where(*protocol.unfinished_at(end)).count(),
        keys_gone_by=whole.keys_gone_by,
        checkpoint=whole.checkpoint,
    )


def _days(first: dt.date, start: dt.datetime, end: dt.datetime) -> Iterator[Day]:
    touched = PurgeLine.select(PurgeLine.claimed_at, PurgeLine.purged_at).where(
        PurgeLine.claimed_at < end, PurgeLine.purged_at.is_null() | (PurgeLine.purged_at >= start)
    )
    rows, day = list(touched.tuples()), first
    while day < clock.next_month(first) and day <= clock.today():
        begins, ends = protocol.bounds(day)
        total = sum(purged_at is not None and begins <= purged_at < ends for _, purged_at in rows)
        held_back = sum(
            claimed_at < ends and (purged_at is None or purged_at >= ends) for claimed_at, purged_at in rows
        )
        yield Day(day, total, held_back)
        day += dt.timedelta(days=1)


def lines(start: dt.datetime, end: dt.datetime) -> peewee.ModelSelect:
    """Every deletion from `start` up to `end`, of all queues, in the order they were deleted."""
    within = PurgeLine.select().where(PurgeLine.purged_at >= start, PurgeLine.purged_at < end)
    return within.order_by(PurgeLine.purged_at, PurgeLine.id)


def held_back(end: dt.datetime) -> list[tuple[PurgeLine, str]]:
    """What was claimed and not deleted by `end`, with the kind of its last failure until then ('' when it had
    none): from the log, since the line itself tells only of now."""
    found = list(PurgeLine.select().where(*protocol.unfinished_at(end)).order_by(PurgeLine.id))
    failures: dict[object, str] = {}
    for chunk in peewee.chunked([line.subject for line in found], 500):
        told = Entry.select().where(Entry.act == Act.PURGE_FAILED, Entry.subject.in_(list(chunk)), Entry.at < end)
        for entry in told.order_by(Entry.id):
            failures[entry.subject] = str(entry.told.get("failure", ""))
    return [(line, failures.get(line.subject, "")) for line in found]
