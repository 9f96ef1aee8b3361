"""How many of those who called in were told that the call is recorded: per queue and week. Counts only.

Calls live three months and are counted while they do; of a day that has been counted for good the figure that outlives
them is used (`register.counting`).
"""

import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

import peewee

from portal import clock
from portal.accounts.models import Account
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import db
from portal.queues.models import Queue
from portal.recordings.models import Direction, Recording, State, Told
from portal.register.counting import What
from portal.register.figure_models import DayFigure, DaySettled

WEEKS = 13
"""So many stand on one page: three months."""
WEEK = dt.timedelta(days=7)


@dataclasses.dataclass(frozen=True)
class Count:
    """Of the calls that came in."""

    told: int = 0
    untold: int = 0
    unknown: int = 0
    """Nothing says whether the caller was."""

    def __add__(self, other: "Count") -> "Count":
        return Count(self.told + other.told, self.untold + other.untold, self.unknown + other.unknown)

    @property
    def calls(self) -> int:
        return self.told + self.untold + self.unknown

    @property
    def without(self) -> int:
        """What nobody can show to have been told of counts as not told."""
        return self.untold + self.unknown

    @property
    def share(self) -> float | None:
        """Of the calls, those without; None when there were none."""
        return self.without / self.calls if self.calls else None


@dataclasses.dataclass(frozen=True)
class Week:
    monday: dt.date
    queues: dict[int, Count]
    """By the queue's key; those without a call are left out."""

    @property
    def sunday(self) -> dt.date:
        return self.monday + WEEK - dt.timedelta(days=1)

    @property
    def number(self) -> int:
        """ISO 8601, as calendars in Finland print it."""
        return self.monday.isocalendar().week

    @property
    def together(self) -> Count:
        return sum(self.queues.values(), Count())


def weeks(queues: Iterable[Queue], until: dt.date) -> list[Week]:
    """The weeks up to the one that `until` is a day of, the newest first; only of `queues`."""
    keys = [queue.id for queue in queues]
    last = until - dt.timedelta(days=until.weekday())
    first = last - (WEEKS - 1) * WEEK
    counted = _settled(keys, first, last + WEEK)
    for queue, day, told, count in _living(keys, first, last + WEEK):
        counted[day - dt.timedelta(days=day.weekday()), queue] += _count(told, count)
    mondays = [last - n * WEEK for n in range(WEEKS)]
    return [Week(day, {key: counted[day, key] for key in keys if counted[day, key].calls}) for day in mondays]


def _settled(keys: list[int], first: dt.date, end: dt.date) -> dict[tuple[dt.date, int], Count]:
    """Of the days that have been counted, by Monday and queue."""
    found: dict[tuple[dt.date, int], Count] = defaultdict(Count)
    chosen = DayFigure.select(DayFigure.day, DayFigure.queue_id, DayFigure.of, DayFigure.count).where(
        DayFigure.what == What.CALLERS, DayFigure.day >= first, DayFigure.day < end, DayFigure.queue_id.in_(keys)
    )
    known = _counted(first, end)
    for day, queue, told, count in chosen.tuples():
        if day in known:
            found[day - dt.timedelta(days=day.weekday()), queue] += _count(told, count)
    return found


def _counted(first: dt.date, end: dt.date) -> set[dt.date]:
    """Days whose figures stand: what is not settled yet may still be brought in, and is counted as it is."""
    settled = DaySettled.select(DaySettled.day).where(
        DaySettled.settled == True,  # noqa: E712 a column
        DaySettled.day >= first,
        DaySettled.day < end,
    )
    return {day for (day,) in settled.tuples()}


def _living(keys: list[int], first: dt.date, end: dt.date) -> Iterable[tuple[int, dt.date, str, int]]:
    """Queue, day, told and how many, of the days that no figure stands for."""
    known, day = _counted(first, end), first
    while day < min(end, clock.today() + dt.timedelta(days=2)):  # an exchange's clock may be before ours
        if day not in known:
            low, high = clock.day_start(day), clock.day_start(day + dt.timedelta(days=1))
            rows = (
                Recording.select(Recording.queue, Recording.told, peewee.fn.COUNT(Recording.id))
                .where(
                    Recording.id.between(Recording.first_id(low), Recording.first_id(high) - 1),
                    Recording.state == State.LIVE,
                    Recording.direction == Direction.IN,
                    Recording.queue.in_(keys),
                )
                .group_by(Recording.queue, Recording.told)
            )
            yield from ((queue, day, told, count) for queue, told, count in rows.tuples())
        day += dt.timedelta(days=1)


def _count(told: str, count: int) -> Count:
    if told == Told.YES:
        return Count(told=count)
    return Count(untold=count) if told == Told.NO else Count(unknown=count)


@db.atomic()
def note_exported(shown: list[Week], *, by: Account) -> None:
    """Log that the figures were taken as a file."""
    first, last = shown[-1].monday.isoformat(), shown[0].sunday.isoformat()
    record(Act.FIGURES_EXPORTED, by=by, figures=What.CALLERS, first=first, last=last, rows=len(shown))
