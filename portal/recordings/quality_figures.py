"""What the reviews of a queue say together: shares per month and question, of nobody in particular.

Two rules, and nothing else, decide what is shown:

1. A group, what was answered to one question in one month at one service number, is shown when it holds at least
   `LEAST` judgements, of calls that at least `ADVISERS` advisers answered; else nothing of it is. That is decided by
   the group alone, whatever stands beside it.
2. Every sum, over months or service numbers, on a page, in a file or in a drawing, is a sum of groups that are shown.

So nothing of a hidden group follows from anything that is shown, not by taking one figure from another either: no
figure that is shown has it in it. A service number that one person answers has no summary: it would be that person's.
"""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence

import peewee
from dateutil.relativedelta import relativedelta

from portal import clock
from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import db
from portal.errors import NotFound
from portal.queues.models import Queue
from portal.recordings import quality, quality_draw
from portal.recordings.quality_models import Answer
from portal.register import figures
from portal.register.counting import ADVISERS as COUNTED_ADVISERS
from portal.register.counting import What
from portal.register.figure_models import DayFigure
from portal.register.figures import Month
from portal.register.small_counts import LEAST

ADVISERS = 3
JUDGES = (Answer.YES, Answer.PARTLY, Answer.NO)
"""What the shares are of; a question that the call gave no occasion for was not judged."""


@dataclasses.dataclass(frozen=True, slots=True)
class Group:
    """How many of each answer; only of what may be shown."""

    counts: Mapping[Answer, int]

    @property
    def judged(self) -> int:
        return sum(self.counts[answer] for answer in JUDGES)

    def share(self, answer: Answer) -> int:
        """Whole percent of those judged."""
        return round(100 * self.counts[answer] / self.judged)


@dataclasses.dataclass(frozen=True)
class Overview:
    months: Sequence[Month]
    """The oldest first."""
    queues: Sequence[Queue]
    """Those the reader reviews."""
    queue: Queue | None
    """The chosen one; None: all of them."""
    questions: Sequence[quality.Question]
    """Those asked now, then those asked before that there is anything of."""
    groups: Mapping[tuple[dt.date, int, str], Group]
    """What is shown, by month, service number and question. There is nothing behind it."""
    hidden: frozenset[tuple[dt.date, int, str]]
    """Where there is something that is not shown."""
    newer: dt.date | None
    """A month of the next page, if there is one; `older` likewise."""
    older: dt.date | None

    def of(self, question: str, month: Month | None = None, queue: Queue | None = None) -> Group | None:
        """The sum of what is shown; of all months and service numbers of the page where none is named."""
        months = [each.first for each in self.months] if month is None else [month.first]
        return together(
            self.groups[key]
            for first in months
            for place in self._places(queue)
            if (key := (first, place.id, question)) in self.groups
        )

    def hides(self, question: str, month: Month | None = None, queue: Queue | None = None) -> bool:
        """Is there anything in it that is not shown?"""
        months = [each.first for each in self.months] if month is None else [month.first]
        return any((first, place.id, question) in self.hidden for first in months for place in self._places(queue))

    def _places(self, queue: Queue | None) -> Sequence[Queue]:
        one = queue or self.queue
        return self.queues if one is None else [one]


def together(groups: Iterable[Group]) -> Group | None:
    found = list(groups)
    if not found:
        return None
    return Group({answer: sum(group.counts[answer] for group in found) for answer in Answer})


def shown(counts: Mapping[Answer, int], advisers: int) -> Group | None:
    """The group as it may be shown, by itself alone; None: not at all."""
    group = Group({answer: counts.get(answer, 0) for answer in Answer})
    return group if group.judged >= LEAST and advisers >= ADVISERS else None


def overview(*, user: Account, until: dt.date | None = None, queue: uuid.UUID | None = None) -> Overview:
    """Twelve months up to the one that `until` is a day of, by default the last that can be shown. NotFound for a
    service number whose calls are not the reader's to review."""
    queues = quality_draw.queues(by=user)
    chosen = next((each for each in queues if each.uuid == queue), None)
    if queue is not None and chosen is None:
        raise NotFound
    newest = figures.newest()
    last = min(until.replace(day=1), newest) if until else newest
    months = figures.twelve(last)
    shown_months = [month.first for month in months if month.counted]
    counted = {month: _SUMS(what=What.QUALITY, first=month, end=clock.next_month(month)) for month in shown_months}
    groups, hidden = _groups(counted, [each.id for each in queues])
    following = last + relativedelta(months=figures.MONTHS)
    return Overview(
        months=months,
        queues=queues,
        queue=chosen,
        questions=_questions({question for _, _, question in groups}),
        groups=groups,
        hidden=hidden,
        newer=min(following, newest) if last < newest else None,
        older=last - relativedelta(months=figures.MONTHS) if months[0].first > figures.began() else None,
    )


def of_month(month: Month, sums: figures.Sums, *, user: Account) -> list[tuple[quality.Question, Group]]:
    """What is shown of that month, question by question, of all service numbers that `user` reviews together."""
    rows = [(place, of, count, most) for what, place, of, count, _, most in sums.rows if what == What.QUALITY]
    groups, _ = _groups({month.first: rows}, user.queues_for(Permission.RECORDINGS_REVIEW))
    asked = _questions({question for _, _, question in groups})
    whole = {one: together(group for (_, _, code), group in groups.items() if code == one.code) for one in asked}
    return [(question, group) for question, group in whole.items() if group is not None]


@db.atomic()
def note_exported(view: Overview, *, by: Account) -> None:
    """Log that the summary was taken as a file."""
    last = clock.next_month(view.months[-1].first) - dt.timedelta(days=1)
    record(
        Act.QUALITY_EXPORTED,
        view.queue,
        by=by,
        queue_id=view.queue.id if view.queue else None,
        first=view.months[0].first.isoformat(),
        last=last.isoformat(),
    )


def _questions(found: set[str]) -> list[quality.Question]:
    now = quality.questions()
    gone = sorted(found - {question.code for question in now})
    return [*now, *(quality.Question(code, code, code) for code in gone)]


def _groups(
    months: Mapping[dt.date, Sequence[tuple[int, str, int, int]]], queues: Collection[int]
) -> tuple[dict[tuple[dt.date, int, str], Group], frozenset[tuple[dt.date, int, str]]]:
    """The only place where counts are, and from where only what may be shown of them leaves."""
    may, hidden = {}, set()
    for month, rows in months.items():
        counted: dict[tuple[int, str], dict[Answer, int]] = {}
        advisers: dict[tuple[int, str], int] = {}
        for place, of, count, most in rows:
            if place not in queues:
                continue
            question, _, answer = of.partition(":")
            if of.endswith(COUNTED_ADVISERS):
                advisers[place, question] = most
            else:
                counted.setdefault((place, question), {})[Answer(answer)] = count
        for (place, question), counts in counted.items():
            group = shown(counts, advisers.get((place, question), 0))
            if group is not None:
                may[month, place, question] = group
            else:
                hidden.add((month, place, question))
    return may, frozenset(hidden)


_SUMS = figures.summed(peewee.fn.MAX(DayFigure.count))
