"""The roll-up of who listened: counted from the log, as far as a mark says. It can be made anew at any time."""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterable
from typing import Any

import peewee

from portal import clock
from portal.audit import days
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.db import db
from portal.oversight.models import ListenCount, ListenMark, ListenMonth
from portal.retention import sweeps

BATCH = 5000
"""Listens counted in one transaction: others wait to write for as long as that takes."""

Key = tuple[dt.datetime, uuid.UUID, int | None, str]
"""Hour, person, queue, purpose."""
Month = tuple[dt.date, uuid.UUID, int | None, str]
"""The same of the month that begins with that day."""


def count_due() -> int:
    """Count what the log has more than the roll-up; how many listens.

    May run in several processes at once and be killed at any moment. A log that is shorter than what was counted is
    another log, one that was put back: then everything is counted anew.
    """
    counted = 0
    with sweeps.running("listens"):
        days.count_due()
        while (step := _step()) is not None:
            counted += step
    return counted


def marked() -> int:
    """The last entry of the log that is counted."""
    entry: int | None = ListenMark.select(ListenMark.entry).order_by(ListenMark.id).limit(1).scalar()
    return entry or 0


def later(*conditions: Any) -> Counter[Key]:
    """The listens that are not counted yet, of those that `conditions` on the log's entries hold for."""
    rows = _listens().where(Entry.id > marked(), *conditions)
    return _counted(rows.tuples())


def hour_of(moment: dt.datetime) -> dt.datetime:
    """The beginning of its hour; Helsinki's hours begin when the world's do."""
    return moment.replace(minute=0, second=0, microsecond=0)


@db.atomic()
def _step() -> int | None:
    """The next batch, and the mark after it; None when there is nothing more."""
    mark = ListenMark.select().order_by(ListenMark.id).first() or ListenMark.create()
    newest = Entry.select(peewee.fn.MAX(Entry.id)).scalar() or 0
    if mark.entry > newest:
        ListenCount.delete().execute()
        ListenMonth.delete().execute()
        mark.entry = 0
    if mark.entry == newest:
        return None
    rows = list(
        _listens().select_extend(Entry.id).where(Entry.id > mark.entry).order_by(Entry.id).limit(BATCH).tuples()
    )
    _add(_counted(row[:-1] for row in rows))
    ListenMark.update(entry=rows[-1][-1] if len(rows) == BATCH else newest).where(ListenMark.id == mark.id).execute()
    return len(rows)


def _listens() -> peewee.ModelSelect:
    heard = Entry.select(Entry.at, Entry.by, Entry.queue_id, Entry.purpose)
    return heard.where(Entry.act == Act.PLAYED, Entry.by.is_null(False))


def _counted(rows: Iterable[tuple[dt.datetime, uuid.UUID, int | None, str]]) -> Counter[Key]:
    return Counter((hour_of(at), by, queue, purpose) for at, by, queue, purpose in rows)


def _add(counted: Counter[Key]) -> None:
    """The log is in the order of time, so hardly more than the first hour has rows already."""
    if not counted:
        return
    hours = [hour for hour, *_ in counted]
    there = ListenCount.select().where(ListenCount.hour >= min(hours), ListenCount.hour <= max(hours))
    months = _by_month(counted)
    for row in there:
        if more := counted.pop((row.hour, row.person, row.queue_id, row.purpose), 0):
            ListenCount.update(count=ListenCount.count + more).where(ListenCount.id == row.id).execute()
    _add_months(months)
    fields = (ListenCount.hour, ListenCount.person, ListenCount.queue_id, ListenCount.purpose, ListenCount.count)
    for chunk in peewee.chunked([(*key, count) for key, count in counted.items()], 500):
        ListenCount.insert_many(list(chunk), fields=fields).execute()


def _by_month(counted: Counter[Key]) -> Counter[Month]:
    found: Counter[Month] = Counter()
    for (hour, person, queue, purpose), count in counted.items():
        found[clock.local(hour).date().replace(day=1), person, queue, purpose] += count
    return found


def _add_months(counted: Counter[Month]) -> None:
    there = ListenMonth.select().where(ListenMonth.month.in_(sorted({month for month, *_ in counted})))
    for row in there:
        if more := counted.pop((row.month, row.person, row.queue_id, row.purpose), 0):
            ListenMonth.update(count=ListenMonth.count + more).where(ListenMonth.id == row.id).execute()
    fields = (ListenMonth.month, ListenMonth.person, ListenMonth.queue_id, ListenMonth.purpose, ListenMonth.count)
    for chunk in peewee.chunked([(*key, count) for key, count in counted.items()], 500):
        ListenMonth.insert_many(list(chunk), fields=fields).execute()
