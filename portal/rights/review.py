"""The review of every quarter (issue 7): all rights in force, each to be confirmed or ended by whoever answers for the
person before the last day; what nobody confirmed, lapses by itself.

Nobody answers for a right of their own. The result is a document that the schedule makes.
"""

import datetime as dt
import uuid

import peewee

from portal import clock, config
from portal.accounts.models import Account
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.cases import personal_codes
from portal.db import db
from portal.documents import actions as documents
from portal.errors import Conflict, Invalid, NotFound
from portal.language import LANGUAGES, N_
from portal.retention import sweeps, watch
from portal.rights import ending
from portal.rights.answering import Answering
from portal.rights.models import End, Review, ReviewLine, Right, State, Verdict

REASON_LEAST = 10
UNUSED_MONTHS = 3
"""Neither signed in nor heard a call in so long before the review: to confirm it takes a reason."""


class NoLonger(Conflict):
    text = N_("Raden är redan besvarad, eller så har rättigheten upphört. Ladda om sidan och se hur läget är nu.")


class Over(Conflict):
    text = N_("Granskningens sista dag har gått. Rättigheter som ingen bekräftade har förfallit.")


class OwnRight(Invalid):
    text = N_("Ingen granskar sina egna rättigheter. En annan måste göra det.")


class NotYours(Invalid):
    text = N_("Någon annan svarar för den här personens rättigheter. Du behöver inte göra något.")


class ReasonNeeded(Invalid):
    """`least` signs."""

    text = N_("Skriv varför, minst %(least)s tecken.")


class UnusedReasonNeeded(Invalid):
    """`least` signs."""

    text = N_("Rättigheten har inte använts på tre månader. Skriv varför den ändå behövs, minst %(least)s tecken.")


def tend() -> tuple[int, int]:
    """One round: the quarter's review is opened, those whose last day is over are closed. How many of each. What comes
    with a day comes only while the clock can be trusted."""
    with sweeps.running("reviews"):
        if watch.doubts_clock():
            return 0, 0
        return int(open_due() is not None), close_due()


def quarter(day: dt.date) -> tuple[int, int]:
    """Year and quarter of a day."""
    return day.year, (day.month - 1) // 3 + 1


def first_day(year: int, number: int) -> dt.date:
    return dt.date(year, 3 * number - 2, 1)


def open_due() -> Review | None:
    """The review of this quarter, from its first working day on; None when it is there already, the day has not come,
    or the register is younger than the quarter."""
    year, number = quarter(clock.today())
    begins = first_day(year, number)
    if clock.today() < clock.first_working_day(begins) or _began() >= clock.day_start(begins):
        return None
    return begin(year, number)


def begin(year: int, number: int) -> Review | None:
    """The review of that quarter, of what is in force now; None when there is one already."""
    if Review.select().where(Review.year == year, Review.quarter == number).exists():
        return None
    seen = {account.id: _used(account) for account in _holders()}  # the log is read before the register is held
    try:
        return _open(year, number, seen)
    except peewee.IntegrityError:  # another process was first
        return None


@db.atomic()
def _open(year: int, number: int, seen: dict[int, tuple[dt.datetime | None, dt.datetime | None]]) -> Review:
    due_on = clock.today() + dt.timedelta(days=config.settings().review_grace_days)
    review: Review = Review.create(year=year, quarter=number, due_on=due_on)
    rights = list(Right.select().where(in_force()).order_by(Right.id))
    for right in rights:
        signed_in_at, listened_at = seen.get(right.account_id, (None, None))
        ReviewLine.create(review=review, right=right, signed_in_at=signed_in_at, listened_at=listened_at)
    record(Act.REVIEW_OPENED, review, quarter=name(review), rights=len(rights), last_on=due_on.isoformat())
    return review


def name(review: Review) -> str:
    """As the log, the document and its owner call it: '2026-4'."""
    return f"{review.year}-{review.quarter}"


def named(key: str) -> Review:
    """The one that `name` calls so. Raises NotFound."""
    year, _, number = key.partition("-")
    found: Review | None = Review.get_or_none(Review.year == int(year), Review.quarter == int(number))
    if found is None:
        raise NotFound
    return found


def in_force() -> peewee.Expression:
    """Of a right: granted, begun and not ended, whether or not a sweep has been round since."""
    now = clock.now()
    return (Right.state == State.GRANTED) & (Right.begins_at <= now) & (Right.ends_at > now)


def is_unused(line: ReviewLine) -> bool:
    """The person has neither signed in nor heard a call for a while, though they had the right."""
    limit = clock.add_months(line.review.opened_at, -UNUSED_MONTHS)
    used = [moment for moment in (line.signed_in_at, line.listened_at) if moment is not None]
    return line.right.begins_at < limit and (not used or max(used) < limit)


def line(key: uuid.UUID, *, by: Account) -> ReviewLine:
    """The line that an address names. NotFound when absent or its right not theirs to see."""
    found: ReviewLine | None = (
        ReviewLine.select(ReviewLine, Review, Right, Account)
        .join(Review)
        .switch(ReviewLine)
        .join(Right)
        .join(Account, on=(Right.account == Account.id))
        .where(ReviewLine.uuid == key, Right.id.in_(Right.visible_to(by).select(Right.id)))
        .first()
    )
    if found is None:
        raise NotFound
    return found


@db.atomic()
def confirm(line: ReviewLine, *, reason: str = "", by: Account) -> None:
    """The person still needs the right. `reason` may be left out, but for one that has not been used.

    Raises OwnRight, NotYours, UnusedReasonNeeded, PersonalCode, NoLonger, Over.
    """
    found = _answered(line, by)
    reason = reason.strip()
    personal_codes.refuse(reason)
    if is_unused(found) and len(reason) < REASON_LEAST:
        raise UnusedReasonNeeded(least=REASON_LEAST)
    _note(found, Verdict.CONFIRMED, reason, by)
    record(Act.REVIEW_CONFIRMED, found.right, by=by, quarter=name(found.review))


@db.atomic()
def end(line: ReviewLine, *, reason: str, by: Account) -> None:
    """The person needs it no more: it ends at once.

    Raises OwnRight, NotYours, ReasonNeeded, PersonalCode, NoLonger, Over, LastAdministrator, LastController.
    """
    found = _answered(line, by)
    reason = reason.strip()
    personal_codes.refuse(reason)
    if len(reason) < REASON_LEAST:
        raise ReasonNeeded(least=REASON_LEAST)
    _note(found, Verdict.ENDED, reason, by)
    ending.end(found.right, reason=reason, by=by, why=End.REVIEW)


def close_due() -> int:
    """Close the reviews whose last day is over: what nobody confirmed lapses, each in a transaction of its own. How
    many were closed."""
    due = list(Review.select().where(Review.closed_at.is_null(), Review.due_on < clock.today()).order_by(Review.id))
    closed = 0
    for review in due:
        open_ = ReviewLine.select(ReviewLine.id).where(ReviewLine.review == review.id, ReviewLine.verdict.is_null())
        for (key,) in list(open_.tuples()):
            _lapse(key)
        closed += _close(review)
    return closed


@db.atomic()
def _lapse(key: int) -> None:
    row: ReviewLine = (
        ReviewLine.select(ReviewLine, Right, Review)
        .join(Right)
        .switch(ReviewLine)
        .join(Review)
        .where(ReviewLine.id == key)
    ).get()
    gone = not Right.select().where(Right.id == row.right_id, in_force()).exists()
    verdict = Verdict.GONE if gone else Verdict.LAPSED
    noted = ReviewLine.update(verdict=verdict, at=clock.now()).where(ReviewLine.id == key, ReviewLine.verdict.is_null())
    if noted.execute() and not gone:
        ending.lapse(row.right)


@db.atomic()
def _close(review: Review) -> bool:
    """With the counts in the log, and its document ordered in both languages. False when another process did."""
    left = ReviewLine.select().where(ReviewLine.review == review.id, ReviewLine.verdict.is_null())
    if left.exists():
        return False
    closed = Review.update(closed_at=clock.now()).where(Review.id == review.id, Review.closed_at.is_null())
    if not closed.execute():
        return False
    counts = tally(review)
    record(
        Act.REVIEW_CLOSED,
        review,
        quarter=name(review),
        rights=sum(counts.values()),
        rights_confirmed=counts[Verdict.CONFIRMED],
        rights_ended=counts[Verdict.ENDED],
        rights_lapsed=counts[Verdict.LAPSED],
    )
    for language in LANGUAGES:
        documents.order_review(name(review), language=language)
    return True


def tally(review: Review) -> dict[str, int]:
    """How many lines have each verdict; '' is those that wait."""
    rows = (
        ReviewLine.select(ReviewLine.verdict, peewee.fn.COUNT(ReviewLine.id))
        .where(ReviewLine.review == review.id)
        .group_by(ReviewLine.verdict)
    )
    found = {verdict or "": count for verdict, count in rows.tuples()}
    return {verdict: found.get(verdict, 0) for verdict in ("", *Verdict)}


def _answered(line: ReviewLine, by: Account) -> ReviewLine:
    """The line as it is now, for who answers for it. OwnRight, NotYours, NoLonger, Over."""
    rows = ReviewLine.select(ReviewLine, Review, Right, Account).join(Review).switch(ReviewLine).join(Right)
    found: ReviewLine = rows.join(Account, on=(Right.account == Account.id)).where(ReviewLine.id == line.id).get()
    person = found.right.account
    if person.id == by.id:
        raise OwnRight
    answering = Answering()
    if not answering.may(by, person.id, answering.for_(found.right.role, person.id, person.unit_id)):
        raise NotYours
    if found.review.closed_at is not None or found.review.due_on < clock.today():
        raise Over
    return found


def _note(line: ReviewLine, verdict: Verdict, reason: str, by: Account) -> None:
    """Guarded: unanswered, the review open, the right in force. NoLonger."""
    noted = ReviewLine.update(verdict=verdict, reason=reason, by=by, at=clock.now()).where(
        ReviewLine.id == line.id,
        ReviewLine.verdict.is_null(),
        ReviewLine.review.in_(Review.select(Review.id).where(Review.closed_at.is_null())),
        ReviewLine.right.in_(Right.select(Right.id).where(in_force())),
    )
    if not noted.execute():
        raise NoLonger


def _began() -> dt.datetime:
    """When the register's first account was made."""
    began = Account.select(peewee.fn.MIN(Account.created_at)).scalar()
    return began if began is not None else clock.now()


def _holders() -> list[Account]:
    held = Right.select(Right.account).where(in_force())
    return list(Account.select().where(Account.id.in_(held)))


def _used(account: Account) -> tuple[dt.datetime | None, dt.datetime | None]:
    """The last sign-in and the last call heard, as the log tells them: it remembers longer than the sessions do."""
    return _last(account, Act.SIGNED_IN), _last(account, Act.PLAYED)


def _last(account: Account, act: Act) -> dt.datetime | None:
    rows = Entry.select(Entry.at).where(Entry.by == account.uuid, Entry.act == act).order_by(Entry.id.desc())
    found = rows.limit(1).tuples().first()
    return found[0] if found else None
