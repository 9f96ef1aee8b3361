"""How much of each thing there was on each day, kept when what was counted is gone: calls live three months.

A day is counted when it is over, and anew from the register and the log at each round for seven days: by then what
came in late has come, old calls that are brought in together too. Then it is settled, and stays as it is whatever is
deleted afterwards. Nothing is ever added to: a day's figures are always replaced by a whole new count, so that a round
may be repeated, be cut short, or come after a restore. (Of one thing the first whole count stays: `What.QUALITY`.)
"""

import collections
import dataclasses
import datetime as dt
import enum
from collections.abc import Iterator
from typing import Any

import peewee

from portal import clock
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.cases.models import Case
from portal.db import db
from portal.recordings.models import SEQUENCE_BITS, Direction, Recording
from portal.recordings.quality_models import Answer, QualityAnswer, QualityReview
from portal.register.figure_models import DayFigure, DaySettled
from portal.retention import sweeps, watch
from portal.retention.models import PurgeLine

SETTLES_AFTER = dt.timedelta(days=7)
"""From its first count."""
LATEST_MONTHS = clock.RETENTION_MONTHS + 1
"""A call that began longer ago is past its date when it comes in, and no call of the register's."""


class What(enum.StrEnum):
    """What is counted; beside each, what divides it further (`DayFigure.of`)."""

    CALLS = "calls"
    """By the day they began, of `recordings.models.Told`; the sum is their seconds."""
    CALLERS = "callers"
    """Those of the calls that came in, of `recordings.models.Told`: was who called told that it is recorded?"""
    LISTENS = "listens"
    """By the moment the first sound left, of `recordings.models.Purpose`."""
    REQUESTS = "requests"
    """By the day they were registered, of `cases.codes.RightKind`; one that invokes two rights is counted in both."""
    ANSWERS = "answers"
    """By the day it was noted that they left, of `cases.codes.Outcome`, and apart from these the ones that left after
    the last day by law (`LATE`): one division, so that no figure of it follows from two others. The sum is days from
    receipt to the answer."""
    HOLDS = "holds"
    """Threat holds, of `Step`."""
    RESTRICTIONS = "restrictions"
    """Calls whose processing was restricted (GDPR 18), of `Step`."""
    DELETIONS = "deletions"
    """Of what their rule begins with (`retention.models.Rule`)."""
    INCIDENTS = "incidents"
    """Personal data breaches, of `Step`."""
    QUALITY = "quality"
    """Answers of quality reviews by the day these were made, of 'question:answer', and of 'question' + `ADVISERS`. A
    review goes with its call, perhaps the next day: what was counted first stays."""


ADVISERS = ":advisers"
"""Ends the code of a question: of how many advisers' calls it was judged in the month, from its first day up to that
one. Of a month it is the greatest of its days, and no figure that anybody sees: it says whether the others may be
shown."""

LATE = ":late"
"""Ends the code of an answer that left after the last day."""


class Step(enum.StrEnum):
    PLACED = "placed"
    LIFTED = "lifted"
    OPENED = "opened"
    NOTIFIED = "notified"
    """The ombudsman."""
    TOLD = "told"
    """The people concerned."""


_STEPS: dict[str, tuple[What, Step]] = {
    Act.HOLD_PLACED: (What.HOLDS, Step.PLACED),
    Act.HOLD_RELEASED: (What.HOLDS, Step.LIFTED),
    Act.RESTRICTED: (What.RESTRICTIONS, Step.PLACED),
    Act.RESTRICTION_LIFTED: (What.RESTRICTIONS, Step.LIFTED),
    Act.INCIDENT_OPENED: (What.INCIDENTS, Step.OPENED),
    Act.INCIDENT_NOTIFIED: (What.INCIDENTS, Step.NOTIFIED),
    Act.INCIDENT_PEOPLE_TOLD: (What.INCIDENTS, Step.TOLD),
}
"""What the log tells of by an act alone."""


@dataclasses.dataclass(frozen=True, slots=True)
class Figure:
    queue: int
    """0: of no service number."""
    what: What
    of: str
    count: int
    total: int = 0


def count_due() -> int:
    """Count every day that is over and not settled; how many. One transaction each. None while the clock is doubted: a
    day that a wrong clock shows as long past would settle empty."""
    with sweeps.running("figures"):
        if watch.doubts_clock():
            return 0
        return sum(_store(day, list(of(day))) for day in list(_due()))


def of(day: dt.date) -> Iterator[Figure]:
    """What the register and the log hold of one day in Helsinki, counted now."""
    start, end = clock.day_start(day), clock.day_start(day + dt.timedelta(days=1))
    yield from _calls(start, end)
    yield from _told_by_acts(start, end)
    yield from _requests(start, end)
    yield from _answers(start, end)
    yield from _deletions(start, end)
    yield from _quality(day, start, end)


def settled_until() -> dt.date | None:
    """The last settled day; None: none yet."""
    found: dt.date | None = DaySettled.select(peewee.fn.MAX(DaySettled.day)).where(DaySettled.settled).scalar()
    return found


def _due() -> Iterator[dt.date]:
    began = _began()
    if began is None:
        return
    settled = {day for (day,) in DaySettled.select(DaySettled.day).where(DaySettled.settled).tuples()}
    for number in range((clock.today() - began).days):
        day = began + dt.timedelta(days=number)
        if day not in settled:
            yield day


def _began() -> dt.date | None:
    """The first day there is anything to count of; None: nothing yet."""
    logged = Entry.select(Entry.at).order_by(Entry.id).limit(1).scalar()
    if logged is None:
        return None
    first: dt.date = clock.local(logged).date()
    called = Recording.select(peewee.fn.MIN(Recording.id)).scalar()
    if called is not None:
        seconds = int(called) >> SEQUENCE_BITS
        day = clock.local(dt.datetime.fromtimestamp(seconds, clock.UTC)).date()
        first = min(first, max(day, clock.months_after(first, -LATEST_MONTHS)))
    return first


@db.atomic()
def _store(day: dt.date, figures: list[Figure]) -> bool:
    """Replace the day's figures; False when it was settled meanwhile."""
    known = DaySettled.get_or_none(DaySettled.day == day) or DaySettled.create(day=day)
    first: Any = known.counted_at
    settles = clock.now() >= first + SETTLES_AFTER or _goes_soon(day)
    counted = DaySettled.update(settled=settles).where(DaySettled.day == day, ~DaySettled.settled)
    if not counted.execute():
        return False
    once = DayFigure.what == What.QUALITY
    kept = {What.QUALITY} if DayFigure.select().where(once, DayFigure.day == day).exists() else set()
    anew = [what for what in What if what not in kept]
    DayFigure.delete().where(DayFigure.what.in_(anew), DayFigure.day == day).execute()  # as the index goes
    rows = [(day, each.queue, each.what, each.of, each.count, each.total) for each in figures if each.what not in kept]
    for chunk in peewee.chunked(rows, 100):
        DayFigure.insert_many(list(chunk), fields=_FIELDS).execute()
    return True


def _goes_soon(day: dt.date) -> bool:
    """Tomorrow the day's calls begin to be deleted, and of a deleted call is not known any more who was told."""
    return clock.months_after(day, clock.RETENTION_MONTHS) <= clock.today() + dt.timedelta(days=1)


_FIELDS = [DayFigure.day, DayFigure.queue_id, DayFigure.what, DayFigure.of, DayFigure.count, DayFigure.total]


def _calls(start: dt.datetime, end: dt.datetime) -> Iterator[Figure]:
    """A deleted call has left its row, and of what it was its service number alone."""
    milliseconds = peewee.fn.SUM(Recording.duration_ms)
    rows = (
        Recording.select(
            Recording.queue_id, Recording.told, Recording.direction, peewee.fn.COUNT(Recording.id), milliseconds
        )
        .where(Recording.id >= Recording.first_id(start), Recording.id < Recording.first_id(end))
        .group_by(Recording.queue_id, Recording.told, Recording.direction)
    )
    calls: collections.Counter[tuple[int, str]] = collections.Counter()
    lengths: collections.Counter[tuple[int, str]] = collections.Counter()
    for queue, told, direction, count, length in rows.tuples():
        calls[queue or 0, str(told)] += count
        lengths[queue or 0, str(told)] += length
        if direction == Direction.IN:
            yield Figure(queue or 0, What.CALLERS, str(told), count)
    for (queue, told), count in calls.items():
        yield Figure(queue, What.CALLS, told, count, lengths[queue, told] // 1000)


def _told_by_acts(start: dt.datetime, end: dt.datetime) -> Iterator[Figure]:
    # Of all acts, by their time alone: of the two indexes that one is the narrow one
    rows = (
        Entry.select(Entry.act, Entry.queue_id, Entry.purpose, peewee.fn.COUNT(Entry.id))
        .where(Entry.at >= start, Entry.at < end)
        .group_by(Entry.act, Entry.queue_id, Entry.purpose)
    )
    counted: collections.Counter[tuple[int, What, str]] = collections.Counter()
    for act, queue, purpose, count in rows.tuples():
        if act == Act.PLAYED:
            counted[queue or 0, What.LISTENS, purpose] += count
        elif act in _STEPS:
            counted[queue or 0, *_STEPS[act]] += count
    for (queue, what, of_), count in counted.items():
        yield Figure(queue, what, of_, count)


def _requests(start: dt.datetime, end: dt.datetime) -> Iterator[Figure]:
    rights: collections.Counter[str] = collections.Counter()
    for entry in _entries(Act.CASE_REGISTERED, start, end):
        rights.update(entry.told.get("rights", ()))
    for right, count in rights.items():
        yield Figure(0, What.REQUESTS, right, count)


def _answers(start: dt.datetime, end: dt.datetime) -> Iterator[Figure]:
    """An answer given anew after a complaint counts its days from the day the request was opened again."""
    entries = _entries(Act.CASE_DISPATCHED, start, end)
    cases: dict[Any, tuple[str, dt.date]] = {}
    for chunk in peewee.chunked([entry.subject for entry in entries], 400):
        facts = Case.select(Case.uuid, Case.outcome, Case.received_on, Case.reopened_on)
        rows = facts.where(Case.uuid.in_(list(chunk)))
        cases |= {uuid: (outcome or "", again or received) for uuid, outcome, received, again in rows.tuples()}
    counts: collections.Counter[str] = collections.Counter()
    days: collections.Counter[str] = collections.Counter()
    for entry in entries:
        left = dt.date.fromisoformat(entry.told["day"])
        outcome, since = cases.get(entry.subject, ("", left))
        of_ = outcome + LATE if entry.told.get("late") is True else outcome
        counts[of_] += 1
        days[of_] += max(0, (left - since).days)
    for of_, count in counts.items():
        yield Figure(0, What.ANSWERS, of_, count, days[of_])


def _deletions(start: dt.datetime, end: dt.datetime) -> Iterator[Figure]:
    rows = (
        PurgeLine.select(PurgeLine.queue_id, PurgeLine.rule, peewee.fn.COUNT(PurgeLine.id))
        .where(PurgeLine.purged_at >= start, PurgeLine.purged_at < end)
        .group_by(PurgeLine.queue_id, PurgeLine.rule)
    )
    counted: collections.Counter[tuple[int, str]] = collections.Counter()
    for queue, rule, count in rows.tuples():
        counted[queue or 0, str(rule).partition(":")[0]] += count
    for (queue, rule), count in counted.items():
        yield Figure(queue, What.DELETIONS, rule, count)


def _quality(day: dt.date, start: dt.datetime, end: dt.datetime) -> Iterator[Figure]:
    # Whose call it was may have been corrected since: what one said of one's own is no review
    others = Recording.adviser.is_null() | (Recording.adviser != QualityReview.author)
    of_day = (QualityReview.created_at >= start) & (QualityReview.created_at < end)
    rows = (
        QualityAnswer.select(
            Recording.queue_id, QualityAnswer.question, QualityAnswer.answer, peewee.fn.COUNT(QualityAnswer.id)
        )
        .join(QualityReview)
        .join(Recording)
        .where(of_day, others)
        .group_by(Recording.queue_id, QualityAnswer.question, QualityAnswer.answer)
    )
    asked = set()
    for queue, question, answer, count in rows.tuples():
        asked.add((queue, question))
        yield Figure(queue or 0, What.QUALITY, f"{question}:{answer}", count)
    month = clock.day_start(day.replace(day=1))
    advisers = (
        QualityAnswer.select(Recording.queue_id, QualityAnswer.question, peewee.fn.COUNT(Recording.adviser.distinct()))
        .join(QualityReview)
        .join(Recording)
        .where(
            QualityReview.created_at >= month,
            QualityReview.created_at < end,
            QualityAnswer.answer != Answer.NOT_APPLICABLE,
            others,
        )
        .group_by(Recording.queue_id, QualityAnswer.question)
    )
    for queue, question, count in advisers.tuples():
        if (queue, question) in asked:
            yield Figure(queue or 0, What.QUALITY, question + ADVISERS, count)


def _entries(act: Act, start: dt.datetime, end: dt.datetime) -> list[Entry]:
    return list(Entry.select().where(Entry.act == act, Entry.at >= start, Entry.at < end).order_by(Entry.id))
