"""Who listened to what and why: sums of the roll-up, and the entries of the log behind them."""

import dataclasses
import datetime as dt
import uuid
from collections import Counter
from typing import Any

import peewee

from portal import clock
from portal.accounts.models import Account
from portal.audit import days
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.audit.chain import Checkpoint
from portal.audit.models import Entry
from portal.audit.question import GroundNeeded
from portal.db import db
from portal.oversight import listens
from portal.oversight.models import ListenCount, ListenMonth

PAGE = 50
DAYS_MOST = 366
DAYS = 30
"""What is shown unless another period is asked for, today included."""
HOUR = dt.timedelta(hours=1)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Asked:
    """All conditions hold together."""

    first: dt.date
    last: dt.date
    """Days in Helsinki, both included."""
    person: uuid.UUID | None = None
    queue_id: int | None = None
    purpose: str = ""
    hour: int | None = None
    """Of the day, on Helsinki's clocks."""

    @property
    def start(self) -> dt.datetime:
        return clock.day_start(self.first)

    @property
    def end(self) -> dt.datetime:
        """Up to and without."""
        return clock.day_start(self.last + dt.timedelta(days=1))

    def codes(self) -> dict[str, Any]:
        """The conditions as the log keeps them."""
        plain = {
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "person": self.person.hex if self.person else None,
            "queue": self.queue_id,
            "purpose": self.purpose or None,
            "hour": self.hour,
        }
        return {name: value for name, value in plain.items() if value is not None}

    def entries(self) -> list[Any]:
        """As conditions on the log's entries, but for the hour of the day."""
        return [*days.within(self.start, self.end), *self.about()]

    def about(self) -> list[Any]:
        """As conditions on the log's entries, but for when."""
        found = []
        if self.person is not None:
            found.append(Entry.by == self.person)
        if self.queue_id is not None:
            found.append(Entry.queue_id == self.queue_id)
        if self.purpose:
            found.append(Entry.purpose == self.purpose)
        return found

    def whose(self, counted: type[ListenCount | ListenMonth]) -> list[Any]:
        """As conditions on a roll-up, but for when."""
        found = []
        if self.person is not None:
            found.append(counted.person == self.person)
        if self.queue_id is not None:
            found.append(counted.queue_id == self.queue_id)
        if self.purpose:
            found.append(counted.purpose == self.purpose)
        return found

    def months(self) -> tuple[dt.date, dt.date]:
        """The whole months of the period: the first day of the first, and the day after the last. None: two equal
        days."""
        first = self.first if self.first.day == 1 else clock.next_month(self.first)
        return first, max(first, (self.last + dt.timedelta(days=1)).replace(day=1))


def month_before(day: dt.date) -> tuple[dt.date, dt.date]:
    """The first and the last day of the calendar month before the one that `day` lies in."""
    last = day.replace(day=1) - dt.timedelta(days=1)
    return last.replace(day=1), last


def lately() -> Asked:
    """The days that are shown unless others are asked for."""
    today = clock.today()
    return Asked(first=today - dt.timedelta(days=DAYS - 1), last=today)


@dataclasses.dataclass(frozen=True)
class Sum:
    """Of one person, or of one queue."""

    key: Any
    """The account's uuid, or the queue's number; None for calls of no queue."""
    total: int
    purposes: dict[str, int]


@dataclasses.dataclass(frozen=True)
class Overview:
    total: int
    people: list[Sum]
    """The most listens first."""
    queues: list[Sum]
    purposes: dict[str, int]
    hours: list[int]
    """Of each hour of the day, on Helsinki's clocks."""


def of(asked: Asked) -> Overview:
    """What was heard as `asked`, with what the roll-up has not counted yet."""
    return _laid_out(*_found(asked))


def _found(asked: Asked) -> tuple[Counter[tuple[Any, ...]], list[int]]:
    """Sums by person, queue and purpose, and by the hour of the day whichever was asked for."""
    later = listens.later(*asked.entries())
    hours = _hours(asked)
    for (hour, *_), count in later.items():
        hours[hour] += count
    by_clock = [0] * 24
    for hour, count in hours.items():
        by_clock[clock.local(hour).hour] += count
    chosen = hours if asked.hour is None else _at(asked.hour, hours)
    sums = _sums(asked, chosen)
    for (hour, *key), count in later.items():
        if hour in chosen:
            sums[tuple(key)] += count
    return sums, by_clock


def _hours(asked: Asked) -> Counter[dt.datetime]:
    within = (ListenCount.hour >= asked.start) & (ListenCount.hour < asked.end)
    rows = ListenCount.select(ListenCount.hour, peewee.fn.SUM(ListenCount.count))
    return Counter(dict(rows.where(within, *asked.whose(ListenCount)).group_by(ListenCount.hour).tuples()))


def _at(hour: int, hours: Counter[dt.datetime]) -> Counter[dt.datetime]:
    """Those that are the hour `hour` of some day in Helsinki."""
    return Counter({moment: count for moment, count in hours.items() if clock.local(moment).hour == hour})


def _sums(asked: Asked, chosen: Counter[dt.datetime]) -> Counter[tuple[Any, ...]]:
    """By person, queue and purpose. Whole months are summed up already, unless an hour of the day is asked for."""
    if asked.hour is not None:
        return _summed(ListenCount, ListenCount.hour.in_(sorted(chosen)), *asked.whose(ListenCount))
    first, end = asked.months()
    begin, rest = clock.day_start(first), clock.day_start(end)
    before = (ListenCount.hour >= asked.start) & (ListenCount.hour < min(begin, asked.end))
    after = (ListenCount.hour >= max(rest, asked.start)) & (ListenCount.hour < asked.end)
    sums = _summed(ListenCount, before, *asked.whose(ListenCount))
    if first <= asked.last:
        sums += _summed(ListenCount, after, *asked.whose(ListenCount))
    if first < end:
        months = (ListenMonth.month >= first) & (ListenMonth.month < end)
        sums += _summed(ListenMonth, months, *asked.whose(ListenMonth))
    return sums


def _summed(counted: type[ListenCount | ListenMonth], *conditions: Any) -> Counter[tuple[Any, ...]]:
    columns = (counted.person, counted.queue_id, counted.purpose)
    rows = counted.select(*columns, peewee.fn.SUM(counted.count)).where(*conditions).group_by(*columns)
    return Counter({tuple(key): count for *key, count in rows.tuples()})


@dataclasses.dataclass(frozen=True)
class Row:
    person: uuid.UUID
    queue_id: int | None
    purpose: str
    count: int


def rows(asked: Asked) -> list[Row]:
    """The same sums undivided, the most listens first, to be taken as a file. Of a single person nothing leaves but on
    a stated ground: raises GroundNeeded."""
    if asked.person is not None:
        raise GroundNeeded
    found = [Row(person, queue, code, count) for (person, queue, code), count in _found(asked)[0].items()]
    return sorted(found, key=lambda row: (-row.count, str(row.person), row.queue_id or 0, row.purpose))


def head() -> Checkpoint | None:
    """The log's last entry now: whoever keeps it can prove that the log was not changed."""
    newest = Entry.select(Entry.id, Entry.hash).order_by(Entry.id.desc()).limit(1).tuples().first()
    return Checkpoint(*newest) if newest else None


def _laid_out(sums: Counter[tuple[Any, ...]], by_clock: list[int]) -> Overview:
    people: dict[Any, Counter[str]] = {}
    queues: dict[Any, Counter[str]] = {}
    purposes: Counter[str] = Counter()
    for (person, queue, purpose), count in sums.items():
        people.setdefault(person, Counter())[purpose] += count
        queues.setdefault(queue, Counter())[purpose] += count
        purposes[purpose] += count
    return Overview(sums.total(), _ordered(people), _ordered(queues), dict(purposes), by_clock)


def _ordered(found: dict[Any, Counter[str]]) -> list[Sum]:
    rows = [Sum(key, counted.total(), dict(counted)) for key, counted in found.items()]
    return sorted(rows, key=lambda row: (-row.total, str(row.key)))


@dataclasses.dataclass(frozen=True)
class Page:
    entries: list[Entry]
    """Newest first."""
    older: int | None
    """Number to ask older entries before, or None when there are none."""


def entries(asked: Asked, *, before: int | None = None) -> Page:
    """The listens themselves, a page at a time."""
    heard = Entry.select().where(Entry.act == Act.PLAYED, *asked.entries())
    if before is not None:
        heard = heard.where(Entry.id < before)
    newest = heard.order_by(Entry.id.desc())
    rows = list(newest.limit(PAGE + 1)) if asked.hour is None else _in_hour(asked, before)
    return Page(rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None)


def _in_hour(asked: Asked, before: int | None) -> list[Entry]:
    """The roll-up knows which days have any in that hour: each is asked for, the latest first, until the page is
    full."""
    assert asked.hour is not None
    hours = _hours(asked)
    for (hour, *_), count in listens.later(*asked.entries()).items():
        hours[hour] += count
    found: list[Entry] = []
    for hour in sorted(_at(asked.hour, hours), reverse=True):
        numbers = Entry.select(Entry.id).where(Entry.at >= hour, Entry.at < hour + HOUR).order_by(Entry.id.desc())
        earlier = [number for (number,) in numbers.tuples() if before is None or number < before]
        for chunk in peewee.chunked(earlier, 500):
            here = Entry.select().where(Entry.id.in_(list(chunk)), Entry.act == Act.PLAYED, *asked.about())
            found.extend(here.order_by(Entry.id.desc()).limit(PAGE + 1 - len(found)))
            if len(found) > PAGE:
                return found
    return found


@db.atomic()
def note_viewed(asked: Asked, *, by: Account, listens: int) -> None:
    """Log that it was looked at, and what was asked."""
    record(Act.OVERSIGHT_VIEWED, by=by, asked=asked.codes(), listens=listens)


@db.atomic()
def note_exported(asked: Asked, *, by: Account, rows: int) -> None:
    """Log that the sums were taken as a file."""
    record(Act.OVERSIGHT_EXPORTED, by=by, asked=asked.codes(), rows=rows)
