"""When a request must be answered, and how each day was arrived at (register §3).

The law's last day:
* Data protection (GDPR 12(3)): one calendar month from receipt anywhere in the city; extended once, three months from
  receipt. Public access (offentlighetslagen 14 §): two weeks; extended, one month. Both: whichever is earlier.
* The day of receipt is not counted. A month ends on the same-numbered day, or on the month's last when it has none.
* While proof of identity is awaited the clock stands: the days from the one on which it was asked for up to the one on
  which it came are added, whatever the regime.
* What ends on a Saturday, a Sunday, a public holiday or Midsummer Eve ends on the next working day (law 150/1930 5 §).
* Christmas Eve: the Finnish law lets the time run on to the working day after it, the European rules of time
  (regulation 1182/71) need not. The earlier reading is taken: a weekday 24 December is a day like any other, on which
  the time ends. On a Saturday or Sunday it is a weekend like any other.

The city's own days are planned on the day before it is moved: the promise is `case_working_days` after receipt, never
later than the law's month; the proposal is due as many days before it as the settings set the two apart. After an
extension the promise is the extended day itself.
"""

import dataclasses
import datetime as dt
import enum
from typing import NamedTuple

from portal import clock, config
from portal.cases.codes import OPEN, Regime, State
from portal.cases.models import Case

FORTNIGHT = dt.timedelta(days=14)
DAY = dt.timedelta(days=1)


class Why(enum.StrEnum):
    """A line of a derivation. Words: `deadline_words`."""

    RECEIVED = "received"
    REOPENED = "reopened"
    """An overturned answer: the time begins anew, as from a receipt."""
    ORDERED = "ordered"
    """The day that the ombudsman or the court set."""
    MONTH = "month"
    MONTH_CLAMPED = "month_clamped"
    """The month has no day of that number."""
    THREE_MONTHS = "three_months"
    THREE_MONTHS_CLAMPED = "three_months_clamped"
    PUBLIC = "public"
    PUBLIC_EXTENDED = "public_extended"
    PUBLIC_EXTENDED_CLAMPED = "public_extended_clamped"
    EARLIER = "earlier"
    """Both laws: the earlier day."""
    PAUSED = "paused"
    RESUMED = "resumed"
    """`days`: how many it stood."""
    STANDING = "standing"
    """It stands still; `days`: how many until today."""
    WITH_PAUSE = "with_pause"
    WEEKEND = "weekend"
    """Ends on a Saturday or Sunday; `day` is the one that it is moved to, `days` how far."""
    HOLIDAY = "holiday"
    MIDSUMMER = "midsummer"
    CHRISTMAS_EVE = "christmas_eve"
    STATUTORY = "statutory"
    WORKING = "working"
    """`days`: from receipt."""
    WORKING_PAUSED = "working_paused"
    """The same, and the time that the clock stood."""
    WORKING_EXTENDED = "working_extended"
    WORKING_BY_LAW = "working_by_law"
    """The law's time is shorter than the promise."""
    INTERNAL = "internal"
    """`days`: before the city's own last day."""


class Derived(NamedTuple):
    code: Why
    day: dt.date
    days: int = 0


@dataclasses.dataclass(frozen=True, slots=True)
class Reckoned:
    statutory: dt.date
    """The last day by law."""
    unrolled: dt.date
    """The same before weekends and holidays moved it: what one plans on."""
    unpaused: dt.date
    """The last day by law if the clock had not stood."""
    working: dt.date
    internal: dt.date
    stood: int
    """Days that the clock has stood."""
    lines: tuple[Derived, ...]

    def values(self) -> dict[str, dt.date]:
        """As the case's row keeps them."""
        return {"due_on": self.statutory, "working_on": self.working, "internal_on": self.internal}


def reckon(
    received_on: dt.date,
    *,
    regime: str = Regime.DATA_PROTECTION,
    paused_on: dt.date | None = None,
    resumed_on: dt.date | None = None,
    extended: bool = False,
    today: dt.date | None = None,
    first: Why = Why.RECEIVED,
) -> Reckoned:
    """The days of a request. A clock that stands (`paused_on` without `resumed_on`) is reckoned as if it went on
    again `today`. `first`: what the time begins with."""
    settings = config.settings()
    lines = [Derived(first, received_on)]
    end = _end(received_on, regime, extended, lines)
    unpaused, stood = end, 0
    if paused_on is not None:
        until = resumed_on or today or clock.today()
        stood = max((until - max(paused_on, received_on)).days, 0)
        lines.append(Derived(Why.PAUSED, paused_on))
        lines.append(Derived(Why.RESUMED if resumed_on else Why.STANDING, until, stood))
    pause = dt.timedelta(days=stood)
    if stood:
        end += pause
        lines.append(Derived(Why.WITH_PAUSE, end, stood))
    statutory = _rolled(end, lines)
    lines.append(Derived(Why.STATUTORY, statutory))
    promise = received_on + dt.timedelta(days=settings.case_working_days) + pause
    if extended:
        working = end
        lines.append(Derived(Why.WORKING_EXTENDED, working))
    elif promise <= end:
        working = promise
        why = Why.WORKING_PAUSED if stood else Why.WORKING
        lines.append(Derived(why, working, settings.case_working_days))
    else:
        working = end
        lines.append(Derived(Why.WORKING_BY_LAW, working))
    before = max(settings.case_working_days - settings.case_internal_days, 0)
    internal = working - dt.timedelta(days=before)
    lines.append(Derived(Why.INTERNAL, internal, before))
    without = statutory if not stood else _rolled(unpaused, [])
    return Reckoned(statutory, end, without, working, internal, stood, tuple(lines))


def _end(received_on: dt.date, regime: str, extended: bool, lines: list[Derived]) -> dt.date:
    """The last day before any pause, and before weekends and holidays move it."""
    ends: list[dt.date] = []
    if regime != Regime.PUBLIC_ACCESS:
        if extended:
            ends.append(_months(received_on, 3, Why.THREE_MONTHS, Why.THREE_MONTHS_CLAMPED, lines))
        else:
            ends.append(_months(received_on, 1, Why.MONTH, Why.MONTH_CLAMPED, lines))
    if regime != Regime.DATA_PROTECTION:
        if extended:
            ends.append(_months(received_on, 1, Why.PUBLIC_EXTENDED, Why.PUBLIC_EXTENDED_CLAMPED, lines))
        else:
            ends.append(received_on + FORTNIGHT)
            lines.append(Derived(Why.PUBLIC, ends[-1], FORTNIGHT.days))
    end = min(ends)
    if len(ends) > 1:
        lines.append(Derived(Why.EARLIER, end))
    return end


def _months(received_on: dt.date, count: int, plain: Why, clamped: Why, lines: list[Derived]) -> dt.date:
    end = clock.months_after(received_on, count)
    lines.append(Derived(plain if end.day == received_on.day else clamped, end))
    return end


def _rolled(end: dt.date, lines: list[Derived]) -> dt.date:
    day = end
    while not _ends_time(day):
        day += DAY
    if day != end:
        lines.append(Derived(_why_moved(end), day, (day - end).days))
    if _is_christmas_eve(day):
        lines.append(Derived(Why.CHRISTMAS_EVE, day))
    return day


def _ends_time(day: dt.date) -> bool:
    """May a time end on it? Christmas Eve on a weekday: the earlier reading (see above)."""
    if _is_christmas_eve(day):
        return day.weekday() < 5
    return clock.is_working_day(day) and not _is_midsummer_eve(day)


def _why_moved(day: dt.date) -> Why:
    if day.weekday() >= 5:
        return Why.WEEKEND
    return Why.MIDSUMMER if _is_midsummer_eve(day) else Why.HOLIDAY


def _is_midsummer_eve(day: dt.date) -> bool:
    """The Friday between 19 and 25 June."""
    return day.month == 6 and 19 <= day.day <= 25 and day.weekday() == 4


def _is_christmas_eve(day: dt.date) -> bool:
    return (day.month, day.day) == (12, 24)


def begins(case: Case) -> dt.date:
    """The day from which the time of the answer is counted: the receipt, or the reopening of an overturned answer."""
    return case.reopened_on or case.received_on


def of(case: Case, today: dt.date | None = None) -> Reckoned:
    """The days of the case as its row says now. A clock that still stood when the answer left stood until then."""
    reckoned = reckon(
        begins(case),
        regime=case.regime,
        paused_on=case.paused_on,
        resumed_on=case.resumed_on,
        extended=case.extended_on is not None,
        today=today or case.dispatched_on,
        first=Why.REOPENED if case.reopened_on else Why.RECEIVED,
    )
    ordered = case.reopened_due_on
    return reckoned if ordered is None else _ordered(reckoned, begins(case), ordered)


def _ordered(reckoned: Reckoned, begins_on: dt.date, ordered: dt.date) -> Reckoned:
    """The day that a decision set is the last day, whatever the law's would be; nothing moves it."""
    working = min(reckoned.working, ordered)
    internal = max(min(reckoned.internal, ordered), begins_on)
    before = (working - internal).days
    lines = (
        Derived(Why.REOPENED, begins_on),
        Derived(Why.ORDERED, ordered),
        Derived(Why.STATUTORY, ordered),
        Derived(Why.WORKING, working, (working - begins_on).days),
        Derived(Why.INTERNAL, internal, before),
    )
    return Reckoned(ordered, ordered, ordered, working, internal, 0, lines)


def store(case: Case) -> dict[str, dt.date]:
    """What `of` says, as values of the row: set them with whatever moved the days."""
    return of(case).values()


def first_limit(case: Case) -> dt.date:
    """The last day on which an extension may be decided: the law's first time, not moved by weekends."""
    if case.reopened_due_on is not None:
        return begins(case) - DAY  # no extension moves what a decision set
    return reckon(
        begins(case), regime=case.regime, paused_on=case.paused_on, resumed_on=case.resumed_on, extended=False
    ).unrolled


def extended_limit(case: Case) -> dt.date:
    """What the law's last day is, or would be, with the one extension."""
    return reckon(
        begins(case), regime=case.regime, paused_on=case.paused_on, resumed_on=case.resumed_on, extended=True
    ).statutory


def stands(case: Case) -> bool:
    """Does the clock stand, for proof of identity?"""
    return case.paused_on is not None and case.resumed_on is None


def is_late(case: Case, on: dt.date) -> bool:
    """Is an answer that leaves on `on` later than the law's last day?"""
    return on > of(case, today=on).statutory


class Urgency(enum.StrEnum):
    """How near its last day a case is, the most pressing first."""

    LATE = "late"
    TODAY = "today"
    SOON = "soon"
    """Within `case_reminder_days` of the law's last day."""
    WORKING = "working"
    """Past the city's own day: that of the proposal, or of the promise once there is one."""
    OK = "ok"
    PAUSED = "paused"
    ANSWERED = "answered"


def urgency(case: Case, today: dt.date | None = None) -> Urgency:
    """By the days that the row has; asks nothing of the database."""
    day = today or clock.today()
    if case.state not in OPEN:
        return Urgency.ANSWERED
    if stands(case):
        return Urgency.PAUSED
    if day >= case.due_on:
        return Urgency.LATE if day > case.due_on else Urgency.TODAY
    if (case.due_on - day).days <= config.settings().case_reminder_days:
        return Urgency.SOON
    planned = case.working_on if case.state in (State.PROPOSED, State.APPROVED) else case.internal_on
    return Urgency.WORKING if day > planned else Urgency.OK
