"""Where each day's entries lie in the log. A question about days is asked of a range of numbers, in whatever order of
time the clock wrote them: the log is read by number, and a year of it costs what a day does."""

import dataclasses
import datetime as dt
from typing import Any

import peewee

from portal import clock
from portal.audit.models import Entry, LogDay
from portal.db import db

BATCH = 20_000
"""Entries looked at in one transaction."""


@dataclasses.dataclass
class _Range:
    first: int
    last: int
    entries: int = 0


def count_due() -> int:
    """Take up what was appended since; how many entries. May run in several processes at once."""
    counted = 0
    while (step := _step()) is not None:
        counted += step
    return counted


def within(start: dt.datetime | None, end: dt.datetime | None) -> list[Any]:
    """Conditions on the log's entries: those from `start` up to and without `end`, instants at which days begin in
    Helsinki; None is open. The range of numbers is found by the days, what they do not know yet by looking."""
    if start is None and end is None:
        return []
    first, last, entries = _bounds(start, end)
    numbers = [Entry.id >= first, Entry.id <= last]
    return numbers if entries == last - first + 1 else [*numbers, *_between(start, end)]


def _between(start: dt.datetime | None, end: dt.datetime | None) -> list[Any]:
    """By the instant itself and not by its index: the numbers have narrowed it down, and they give the order."""
    at: Any = Entry.at + 0
    found = []
    if start is not None:
        found.append(at >= Entry.at.db_value(start))
    if end is not None:
        found.append(at < Entry.at.db_value(end))
    return found


def _bounds(start: dt.datetime | None, end: dt.datetime | None) -> tuple[int, int, int]:
    """The least and the greatest number of an entry then, and how many there are: fewer than the numbers between them
    where the clock was set. A range that holds nothing when there is none."""
    least, greatest = peewee.fn.MIN, peewee.fn.MAX
    known = LogDay.select(least(LogDay.first), greatest(LogDay.last), peewee.fn.SUM(LogDay.entries))
    later = Entry.select(least(Entry.id), greatest(Entry.id), peewee.fn.COUNT(Entry.id))
    later = later.where(Entry.id > marked(), *_between(start, end))
    if start is not None:
        known = known.where(LogDay.day >= clock.local(start).date())
    if end is not None:
        known = known.where(LogDay.day < clock.local(end).date())
    ranges = [row for query in (known, later) for row in query.tuples() if row[0] is not None]
    if not ranges:
        return 1, 0, 0
    firsts, lasts, counts = zip(*ranges, strict=True)
    return min(firsts), max(lasts), sum(counts)


def marked() -> int:
    """The last entry whose day is known."""
    entry: int | None = LogDay.select(peewee.fn.MAX(LogDay.last)).scalar()
    return entry or 0


@db.atomic()
def _step() -> int | None:
    """The next batch; None when there is nothing more. A log that is shorter than what is known of it is another one,
    that was put back: then all is looked at anew."""
    mark, newest = marked(), Entry.select(peewee.fn.MAX(Entry.id)).scalar() or 0
    if mark > newest:
        LogDay.delete().execute()
        mark = 0
    rows = list(Entry.select(Entry.id, Entry.at).where(Entry.id > mark).order_by(Entry.id).limit(BATCH).tuples())
    if not rows:
        return None
    found: dict[dt.date, _Range] = {}
    for number, at in rows:
        here = found.setdefault(clock.local(at).date(), _Range(number, number))
        here.last, here.entries = number, here.entries + 1
    for day, here in found.items():
        longer = LogDay.update(last=here.last, entries=LogDay.entries + here.entries).where(LogDay.day == day)
        if not longer.execute():
            LogDay.create(day=day, first=here.first, last=here.last, entries=here.entries)
    return len(rows)
