"""What is read of the reviews: the lines one answers for, the whole review, what waits."""

import collections
import dataclasses
import uuid

import peewee

from portal import clock
from portal.accounts.models import Account, Unit
from portal.accounts.permissions import Permission
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import Prepared, db, loaded, slot
from portal.errors import NotFound
from portal.queues.models import Queue
from portal.rights import review
from portal.rights.answering import Answering
from portal.rights.models import Review, ReviewLine, Right, RightQueue, State


@dataclasses.dataclass(frozen=True)
class Row:
    """A line with all that a page or a paper says of it."""

    line: ReviewLine
    person: Account
    queues: list[Queue]
    unused: bool
    waits: bool
    """It can be answered still: no verdict, the right in force, the last day not over."""
    mine: bool
    """The reader is one of those who answer for it."""
    may: bool
    """The reader may answer it, perhaps in the place of another."""
    answerers: list[str]
    """Names of those who answer for it."""
    answered_by: str


@dataclasses.dataclass(frozen=True)
class Waiting:
    """For the top of every page."""

    review: Review
    mine: int
    """Lines that wait for the reader's answer."""
    alone: int
    """The reader's own rights that nobody can answer for: they lapse."""


def get(key: uuid.UUID) -> Review:
    """Raises NotFound. Which of its lines are shown is `rows`."""
    found: Review | None = Review.get_or_none(Review.uuid == key)
    if found is None:
        raise NotFound
    return found


def every() -> list[Review]:
    """The newest first."""
    return list(Review.select().order_by(Review.year.desc(), Review.quarter.desc()))


def of(user: Account) -> list[ReviewLine]:
    """The unanswered lines that `user` answers for, in the order of the people's names."""
    found = []
    for one in _open(clock.today()):
        found += [row.line for row in rows(one, by=user) if row.mine and row.waits]
    return found


_UNDER_WAY = Prepared(lambda: _open(slot("today", Review.due_on)).limit(1))
"""Every page asks, and most of the year no review is under way: that is told without writing a query anew."""


def waiting(user: Account) -> Waiting | None:
    """What waits for `user` in the review under way; None when nothing does."""
    found = _UNDER_WAY(today=clock.today())
    if not found:
        return None
    under_way: Review = loaded(Review, found[0])
    under_way.due_on = Review.due_on.python_value(under_way.due_on)
    open_ = (
        ReviewLine.select(Right.role, Right.account, Account.unit)
        .join(Right)
        .join(Account, on=(Right.account == Account.id))
        .where(ReviewLine.review == under_way.id, ReviewLine.verdict.is_null(), review.in_force())
    )
    if not user.may(Permission.RIGHTS_ASK):
        open_ = open_.where(Right.account == user.id)
    lines, mine, alone = list(open_.tuples()), 0, 0
    if not lines:
        return None
    answering = Answering()
    for role, account, unit in lines:
        answerers = answering.for_(role, account, unit)
        mine += user.id in answerers
        alone += account == user.id and not answerers
    return Waiting(under_way, mine, alone) if mine or alone else None


@db.atomic()
def show(under: Review, *, by: Account) -> list[Row]:
    """The lines that `by` may see; that they were read is in the log."""
    found = rows(under, by=by)
    record(Act.RIGHTS_LISTED, under, by=by, quarter=review.name(under), rows=len(found))
    return found


def rows(under: Review, *, by: Account | None) -> list[Row]:
    """Each line that `by` may see, by the person's name and the role; all of them for the paper (`by` None)."""
    decided = Account.alias()
    chosen = (
        ReviewLine.select(ReviewLine, Right, Account, Unit, decided)
        .join(Right)
        .join(Account, on=(Right.account == Account.id))
        .join(Unit, peewee.JOIN.LEFT_OUTER)
        .join_from(ReviewLine, decided, peewee.JOIN.LEFT_OUTER, on=(ReviewLine.by == decided.id))
        .where(ReviewLine.review == under.id)
    )
    if by is not None:
        chosen = chosen.where(Right.id.in_(Right.visible_to(by).select(Right.id)))
    queues, answering, now = _queues(under), Answering(), clock.now()
    over = under.closed_at is not None or under.due_on < clock.today()
    found = []
    for line in chosen:
        line.review = under
        right, person = line.right, line.right.account
        held = right.state == State.GRANTED and right.begins_at <= now < right.ends_at
        answerers = answering.for_(right.role, person.id, person.unit_id)
        waits = line.verdict is None and held and not over
        found.append(
            Row(
                line=line,
                person=person,
                queues=queues[right.id],
                unused=review.is_unused(line),
                waits=waits,
                mine=by is not None and by.id in answerers,
                may=by is not None and waits and answering.may(by, person.id, answerers),
                answerers=sorted(answering.names[key] for key in answerers) if waits else [],
                answered_by=line.by.name if line.by_id is not None else "",
            )
        )
    return sorted(found, key=lambda row: (row.person.name.casefold(), row.person.id, row.line.right.role))


def _open(today: object) -> peewee.ModelSelect:
    """Reviews that can still be answered, the oldest first; `today` may be a slot of a prepared query."""
    chosen = Review.select().where(Review.closed_at.is_null(), Review.due_on >= today)
    return chosen.order_by(Review.id)


def _queues(under: Review) -> dict[int, list[Queue]]:
    found: dict[int, list[Queue]] = collections.defaultdict(list)
    queues = {queue.id: queue for queue in Queue.select()}
    lines = ReviewLine.select(ReviewLine.right).where(ReviewLine.review == under.id)
    granted = RightQueue.select(RightQueue.right, RightQueue.queue).join(Queue).where(RightQueue.right.in_(lines))
    for right, queue in granted.order_by(Queue.number).tuples():
        found[right].append(queues[queue])
    return found
