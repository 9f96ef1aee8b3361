"""Figures per month and service number, as far as they may be shown (`small_counts`)."""

import collections
import dataclasses
import datetime as dt
import functools
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

import peewee
from dateutil.relativedelta import relativedelta

from portal import clock
from portal.accounts.models import Account
from portal.accounts.permissions import Permission, Role
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.cases.codes import Outcome, RightKind
from portal.db import Prepared, db, slot
from portal.errors import NotFound
from portal.queues.models import Queue
from portal.recordings.models import Purpose, Told
from portal.register import counting
from portal.register.counting import LATE, Step, What
from portal.register.figure_models import DayFigure, DaySettled
from portal.register.small_counts import NOTHING, Shown, shown

MONTHS = 12
"""So many stand on one page."""

CODES: dict[What, tuple[str, ...]] = {
    What.CALLS: tuple(Told),
    What.LISTENS: tuple(Purpose),
    What.REQUESTS: tuple(RightKind),
    What.ANSWERS: tuple(
        outcome for outcome in Outcome if outcome not in (Outcome.WITHDRAWN, Outcome.TRANSFERRED)
    ),  # those leave without an answer
    What.HOLDS: (Step.PLACED, Step.LIFTED),
    What.RESTRICTIONS: (Step.PLACED, Step.LIFTED),
    What.DELETIONS: ("retention", "erasure", "consent", "quarantine"),
    What.INCIDENTS: (Step.OPENED, Step.NOTIFIED, Step.TOLD),
}
"""The columns of each."""

OF_QUEUES = (What.CALLS, What.LISTENS, What.HOLDS, What.RESTRICTIONS, What.DELETIONS)
"""What happens at a service number; the others are the whole city's."""

TOGETHER = (What.CALLS, What.LISTENS, What.REQUESTS, What.ANSWERS, What.DELETIONS)
"""What has a total over its columns: the columns of others tell of the same thing twice."""


@dataclasses.dataclass(frozen=True)
class Month:
    first: dt.date
    counted: bool
    """Whole and settled: of others nothing is shown, so that no two days' pages differ by one person."""


@dataclasses.dataclass(frozen=True)
class Overview:
    what: What
    months: Sequence[Month]
    """The oldest first."""
    queues: Sequence[Queue]
    """Those the reader may choose of, in the order of their numbers."""
    queue: Queue | None
    """The chosen one; None: all the reader may see."""
    cells: Mapping[tuple[dt.date, int, str], Shown]
    """What is shown of each month, service number (0: none) and code. There is nothing behind it."""
    newer: dt.date | None
    """A month of the next page, if there is one; `older` likewise."""
    older: dt.date | None

    @property
    def codes(self) -> tuple[str, ...]:
        return CODES[self.what]

    def of(self, month: Month, code: str = "", queue: int | None = None) -> Shown:
        """The sum of what is shown; `code` and `queue` where it is of one of them."""
        codes = (code,) if code else self.codes
        places = self._places if queue is None else (queue,)
        return together(self._cell(month, place, each) for place in places for each in codes)

    def late(self, month: Month) -> Shown:
        """Of the answers, those that left after the last day."""
        return together(
            self.cells.get((month.first, place, code + LATE), NOTHING) for place in self._places for code in self.codes
        )

    def all_months(self, code: str = "", queue: int | None = None) -> Shown:
        return together(self.of(month, code, queue) for month in self.months if month.counted)

    def all_late(self) -> Shown:
        return together(self.late(month) for month in self.months if month.counted)

    @property
    def nowhere(self) -> bool:
        """Is there anything that has no service number?"""
        return 0 in self._places and any(place == 0 for _, place, _ in self.cells)

    @functools.cached_property
    def _places(self) -> tuple[int, ...]:
        if self.queue is not None:
            return (self.queue.id,)
        return tuple(sorted({place for _, place, _ in self.cells}))

    def _cell(self, month: Month, place: int, code: str) -> Shown:
        cell = self.cells.get((month.first, place, code), NOTHING)
        if self.what == What.ANSWERS:
            return together((cell, self.cells.get((month.first, place, code + LATE), NOTHING)))
        return cell


def together(parts: Iterable[Shown]) -> Shown:
    low = high = known = total = 0
    for each in parts:  # hundreds of sums of dozens on one page
        low, high = low + each.low, high + each.high
        known, total = known + each.known, total + each.total
    return Shown(low, high, known, total)


def subjects(user: Account) -> list[What]:
    """What `user` may see the figures of: those who answer for the register or oversee it, everything; a manager,
    what happens at the own service numbers."""
    return list(CODES) if _sees_all(user) else list(OF_QUEUES)


def overview(what: What, *, user: Account, until: dt.date | None = None, queue: uuid.UUID | None = None) -> Overview:
    """Twelve months up to the one that `until` is a day of, by default the last that can be shown.

    NotFound when neither these figures nor that service number are the reader's.
    """
    if what not in subjects(user):
        raise NotFound
    queues = _queues(what, user)
    chosen = next((each for each in queues if each.uuid == queue), None)
    if queue is not None and chosen is None:
        raise NotFound
    latest, since = newest(), began()
    last = min(until.replace(day=1), latest) if until else latest
    months = twelve(last)
    places = None if _sees_all(user) else [each.id for each in queues]
    if chosen is not None:
        places = [chosen.id]
    following = last + relativedelta(months=MONTHS)
    return Overview(
        what=what,
        months=months,
        queues=queues,
        queue=chosen,
        cells=_cells(what, [month.first for month in months if month.counted], queues, places),
        newer=min(following, latest) if last < latest else None,
        older=last - relativedelta(months=MONTHS) if months[0].first > since else None,
    )


def newest_month() -> Month:
    """The last one that can be shown, as `twelve` has it."""
    first = _before()
    since, until, settled = _days(first)
    if (whole := _whole(until)) < first:
        first, settled = whole, _days(whole)[2]
    days = (clock.next_month(first) - max(first, since or clock.today())).days
    return Month(first, 0 < days == settled)


def _days(first: dt.date) -> tuple[dt.date | None, dt.date | None, int]:
    """The first day that was counted, the last that is settled, and how many are settled of the month from `first`."""
    end, day = clock.next_month(first), DaySettled.day
    within = DaySettled.settled & (day >= first) & (day < end)
    last = peewee.fn.MAX(peewee.Case(None, [(DaySettled.settled, day)], None))
    found = DaySettled.select(peewee.fn.MIN(day), last, peewee.fn.SUM(peewee.Case(None, [(within, 1)], 0)))
    since, until, settled = found.tuples().get()
    return since, DaySettled.day.python_value(until), settled or 0


class Sums(NamedTuple):
    """What one month's days say together; counts, to be shown by those alone who know what may be."""

    rows: Sequence[tuple[str, int, str, int, int, int]]
    """What, service number and code; the sum of the counts, of the totals, and the greatest count."""
    queues: Sequence[int]
    """Every service number, by key."""


def sums(month: Month) -> Sums:
    """Nothing of a month that is not counted; in one question."""
    if not month.counted:
        return Sums([], [])
    days = DayFigure.select(
        *(DayFigure.what, DayFigure.queue_id, DayFigure.of),
        *(peewee.fn.SUM(DayFigure.count), peewee.fn.SUM(DayFigure.total), peewee.fn.MAX(DayFigure.count)),
    ).where(DayFigure.day >= month.first, DayFigure.day < clock.next_month(month.first))
    nothing = [peewee.Value(value, converter=False) for value in ("", "", 0, 0, 0)]
    queues = Queue.select(nothing[0], Queue.id, *nothing[1:])
    found = list(days.group_by(DayFigure.what, DayFigure.queue_id, DayFigure.of).union_all(queues).tuples())
    return Sums([row for row in found if row[0]], sorted(row[1] for row in found if not row[0]))


def of_month(month: Month, sums: Sums, *, user: Account) -> dict[What, Shown]:
    """What is shown of everything that has a total, of all that the reader may see together: as the pages do."""
    if not month.counted:
        return {}
    places = None if _sees_all(user) else sorted(user.queues_for(Permission.REGISTER_FIGURES))
    grounds = sums.queues if places is None else places
    counted: dict[str, dict[tuple[dt.date, int, str], tuple[int, int]]] = collections.defaultdict(dict)
    for of, place, code, count, total, _ in sums.rows:
        if of in CODES and _counts(What(of), code, place, places):
            counted[of][month.first, place, code] = count, total
    found = {}
    for what in subjects(user):
        if what in TOGETHER:
            cells = _shown(what, [month.first], grounds if what in OF_QUEUES else [0], counted[what])
            found[what] = Overview(what, [month], [], None, cells, None, None).of(month)
    return found


@db.atomic()
def note_exported(view: Overview, *, by: Account) -> None:
    """Log that the figures were taken as a file."""
    last = clock.next_month(view.months[-1].first) - dt.timedelta(days=1)
    record(
        Act.FIGURES_EXPORTED,
        view.queue,
        by=by,
        queue_id=view.queue.id if view.queue else None,
        figures=view.what,
        first=view.months[0].first.isoformat(),
        last=last.isoformat(),
    )


def _sees_all(user: Account) -> bool:
    return bool(user.roles & {Role.CONTROLLER, Role.DPO})


def _queues(what: What, user: Account) -> list[Queue]:
    if what not in OF_QUEUES:
        return []
    rows = Queue.select().order_by(Queue.number)
    if not _sees_all(user):
        rows = rows.where(Queue.id.in_(sorted(user.queues_for(Permission.REGISTER_FIGURES))))
    return list(rows)


def newest() -> dt.date:
    """The last month that is settled whole, or the one before this."""
    return _whole(counting.settled_until())


def _whole(until: dt.date | None) -> dt.date:
    """The last month that ended before this one, and is settled whole when every day up to `until` is."""
    if until is None:
        return _before()
    return min((until + dt.timedelta(days=1)).replace(day=1) - relativedelta(months=1), _before())


def _before() -> dt.date:
    """The month before this."""
    return clock.today().replace(day=1) - relativedelta(months=1)


def began() -> dt.date:
    """The first day that was counted; today when none was."""
    found: dt.date = DaySettled.select(peewee.fn.MIN(DaySettled.day)).scalar() or clock.today()
    return found


def twelve(last: dt.date) -> list[Month]:
    """The months of one page, up to `last`."""
    since = began()
    firsts = [last - relativedelta(months=n) for n in reversed(range(MONTHS))]
    end = clock.next_month(last)
    within = DaySettled.select(DaySettled.day).where(
        DaySettled.settled, DaySettled.day >= firsts[0], DaySettled.day < end
    )
    settled = {day for (day,) in within.tuples()}

    def counted(first: dt.date) -> bool:
        start, following = max(first, since), clock.next_month(first)
        days = (following - start).days
        return days > 0 and all(start + dt.timedelta(days=n) in settled for n in range(days))

    return [Month(first, counted(first)) for first in firsts]


def _cells(
    what: What, months: Sequence[dt.date], queues: Sequence[Queue], places: Collection[int] | None
) -> dict[tuple[dt.date, int, str], Shown]:
    """The only place where counts are, and from where only what may be shown of them leaves. Of no service number
    (0) a cell is there only when it is of anything, as of one that is closed."""
    grounds = [0] if what not in OF_QUEUES else [each.id for each in queues if places is None or each.id in places]
    return _shown(what, months, grounds, _counted(what, months, places))


def _shown(
    what: What,
    months: Sequence[dt.date],
    grounds: Iterable[int],
    counted: Mapping[tuple[dt.date, int, str], tuple[int, int]],
) -> dict[tuple[dt.date, int, str], Shown]:
    keys = {(month, place, code) for month in months for place in grounds for code in CODES[what]}
    return {key: shown(what, key[2], *counted.get(key, (0, 0))) for key in keys | set(counted)}


def _counted(
    what: What, months: Sequence[dt.date], places: Collection[int] | None
) -> dict[tuple[dt.date, int, str], tuple[int, int]]:
    return {
        (month, place, code): (count, total)
        for month in months
        for place, code, count, total in _SUMS(what=what, first=month, end=clock.next_month(month))
        if _counts(what, code, place, places)
    }


def _counts(what: What, code: str, place: int, places: Collection[int] | None) -> bool:
    """Is it a column of the page, and of a service number that the reader sees?"""
    return code.removesuffix(LATE) in CODES[what] and (places is None or place in places)


def summed(beside: peewee.Function) -> Prepared:
    """Of the days of `what` from `first` to before `end`: service number, code, the sum of the counts, and `beside`."""
    days = (
        DayFigure.what == slot("what", DayFigure.what),
        DayFigure.day >= slot("first", DayFigure.day),
        DayFigure.day < slot("end", DayFigure.day),
    )
    columns = (DayFigure.queue_id, DayFigure.of, peewee.fn.SUM(DayFigure.count), beside)
    return Prepared(lambda: DayFigure.select(*columns).where(*days).group_by(DayFigure.queue_id, DayFigure.of))


_SUMS = summed(peewee.fn.SUM(DayFigure.total))
