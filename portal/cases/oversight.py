"""Figures of the requests for those who oversee them: how many came, how they went, how long they took. Counts only."""

import dataclasses
import datetime as dt
import statistics
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import peewee
from dateutil.relativedelta import relativedelta

from portal import clock, config
from portal.accounts.models import Account
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.cases.codes import OPEN, Outcome, State
from portal.cases.models import Case
from portal.db import db

MONTHS = 12
"""So many stand on one page."""

_DECIDED = (State.APPROVED, State.DISPATCHED, State.COMPLAINT, State.CLOSED, State.PURGED)
_REFUSED = (Outcome.REFUSED, Outcome.PARTIAL, Outcome.UNFOUNDED)
_UNANSWERED = (Outcome.WITHDRAWN, Outcome.TRANSFERRED)
"""Closed without an answer of the city's: they say nothing of how long answering takes."""


@dataclasses.dataclass(frozen=True)
class Figures:
    """Of the requests that were received in a month, as they stand now."""

    received: int = 0
    open: int = 0
    """No answer has left."""
    late: int = 0
    """Answered after the last day by law, or open and past it; while the clock stands nothing becomes late."""
    extended: int = 0
    refused: int = 0
    """In whole or part, or as unfounded; what is only proposed is not counted."""
    closed: int = 0
    days: float | None = None
    """Median from receipt to the answer; None while none was answered."""

    def __add__(self, other: "Figures") -> "Figures":
        """The counts of both; a median is not a sum."""
        return Figures(*(getattr(self, name) + getattr(other, name) for name in COUNTS))


COUNTS = ("received", "open", "late", "extended", "refused", "closed")


@dataclasses.dataclass(frozen=True)
class Overview:
    first: dt.date
    """First day of the first month."""
    last: dt.date
    """Last day of the last month."""
    months: list[tuple[dt.date, Figures]]
    """First day and figures, the oldest first."""
    together: Figures


@dataclasses.dataclass(frozen=True)
class Standing:
    """Of all requests, now."""

    open: int
    late: int
    soon: int
    """The last day is today or so near that it reminds (`case_reminder_days`)."""
    waiting: int
    """Proposed, and nobody has decided."""
    paused: int
    """The clock stands while identity is doubted."""


def overview(until: dt.date) -> Overview:
    """The months up to the one that `until` is a day of."""
    last = until.replace(day=1)
    months = [last - relativedelta(months=n) for n in reversed(range(MONTHS))]
    end = clock.next_month(last)
    within = (Case.received_on >= months[0]) & (Case.received_on < end)
    counted: dict[dt.date, Figures] = defaultdict(Figures)
    for day, *counts in _counted(within):
        counted[day.replace(day=1)] += Figures(*counts)
    taken = _taken(within)
    figures = [(month, dataclasses.replace(counted[month], days=_median(taken[month]))) for month in months]
    together = dataclasses.replace(
        sum((each for _, each in figures), Figures()), days=_median(days for each in taken.values() for days in each)
    )
    return Overview(months[0], end - dt.timedelta(days=1), figures, together)


def standing() -> Standing:
    """How it stands now."""
    today = clock.today()
    soon = today + dt.timedelta(days=config.settings().case_reminder_days)
    near = (Case.due_on >= today) & (Case.due_on <= soon) & ~_stands()
    counted = Case.select(
        peewee.fn.COUNT(Case.id),
        _many(_past(today)),
        _many(near),
        _many(Case.state == State.PROPOSED),
        _many(_stands()),
    ).where(Case.state.in_(OPEN))
    return Standing(*(count or 0 for count in next(iter(counted.tuples()))))


@db.atomic()
def note_overseen(shown: Overview, *, by: Account) -> None:
    """Log that the figures were read."""
    record(Act.CASES_OVERSEEN, by=by, first=shown.first.isoformat(), last=shown.last.isoformat())


@db.atomic()
def note_exported(shown: Overview, *, by: Account) -> None:
    """Log that the figures were taken as a file."""
    record(
        Act.CASES_EXPORTED, by=by, first=shown.first.isoformat(), last=shown.last.isoformat(), rows=len(shown.months)
    )


def _counted(within: Any) -> Iterable[tuple[Any, ...]]:
    """A day of receipt and its counts, in the order of COUNTS. By the day: no engine need know a month."""
    late = Case.dispatched_on > Case.due_on
    refused = Case.state.in_(_DECIDED) & Case.outcome.in_(_REFUSED)
    found: Iterable[tuple[Any, ...]] = (
        Case.select(
            Case.received_on,
            peewee.fn.COUNT(Case.id),
            _many(Case.state.in_(OPEN)),
            _many(late | (Case.state.in_(OPEN) & _past(clock.today()))),
            _many(Case.extended_on.is_null(False)),
            _many(refused),
            _many(Case.state.in_((State.CLOSED, State.PURGED))),
        )
        .where(within)
        .group_by(Case.received_on)
        .tuples()
    )
    return found


def _taken(within: Any) -> dict[dt.date, list[int]]:
    """By month, how many days each answer took. The days come as text: of thousands that is what costs least."""
    taken: dict[dt.date, list[int]] = defaultdict(list)
    answered = Case.select(Case.received_on.cast("text"), Case.dispatched_on.cast("text")).where(
        within, Case.dispatched_on.is_null(False), Case.outcome.not_in(_UNANSWERED)
    )
    for received, dispatched in answered.tuples():
        day = dt.date.fromisoformat(received)
        taken[day.replace(day=1)].append((dt.date.fromisoformat(dispatched) - day).days)
    return taken


def _median(days: Iterable[int]) -> float | None:
    known = list(days)
    return statistics.median(known) if known else None


def _past(today: dt.date) -> Any:
    return (Case.due_on < today) & ~_stands()


def _stands() -> Any:
    """The clock stands. True or false, never unknown: it is negated."""
    return Case.paused_on.is_null(False) & Case.resumed_on.is_null()


def _many(condition: Any) -> Any:
    return peewee.fn.SUM(peewee.Case(None, ((condition, 1),), 0))
