"""What the pages of threat calls list, count and remind of. Only reads."""

import collections
import dataclasses
import datetime as dt
import uuid
from typing import Any

import peewee

from portal import clock, config
from portal.accounts.models import Account, QueueGrant, RoleGrant
from portal.accounts.permissions import TABLE, Permission, Role
from portal.db import Few, Prepared, few, slot
from portal.queues.models import Queue
from portal.recordings.models import Recording, State
from portal.retention.models import Freeze, Hold, HoldRenewal, HoldState, Threat, ThreatState, Transfer, TransferState

PAGE = 50

STANDS = Hold.state != HoldState.RELEASED


@dataclasses.dataclass(frozen=True)
class Notices:
    """What waits for one person; figures and a key that is another when anything of it is."""

    waiting: int = 0
    """Reports without a decision."""
    unsafe: int = 0
    """Of those, by people who do not feel safe."""
    days: int | None = None
    """Until the first of those calls is deleted; of one that something else keeps, no day is known."""
    missed: int = 0
    """Holds whose review date is past."""
    due: int = 0
    """Holds whose review date is near, or today."""
    transfers: int = 0
    """Transfers of held calls for this person to decide on."""
    newest: int = 0
    """Key of the newest report: one more and one less is not the same as nothing new."""

    @property
    def any(self) -> bool:
        return bool(self.waiting or self.missed or self.due or self.transfers)

    @property
    def key(self) -> str:
        return ".".join(str(value) for value in dataclasses.astuple(self))


def notices(*, by: Account) -> Notices | None:
    """None for those who decide nothing about threat calls: nothing is asked of the database then. Who only reads of
    them has the first page and the lists."""
    figures: dict[str, int] = {}
    if by.may(Permission.RETENTION_HOLD):
        figures |= _waiting(by) | _reviews(by)
    elif not by.may(Permission.RETENTION_DISCLOSE):
        return None
    if by.may(Permission.RETENTION_DISCLOSE):
        mine = (Transfer.state == TransferState.PROPOSED) & (Transfer.proposed_by != by.id) & ~Transfer.hold.is_null()
        figures["transfers"] = Transfer.visible_to(by).where(mine).count()
    return Notices(**figures)


_ANY_REPORTED = Prepared(lambda: Threat.select(Threat.id).where(Threat.state == ThreatState.REPORTED).limit(1))
_ANY_DUE = Prepared(lambda: Hold.select(Hold.id).where(STANDS, Hold.review_on <= slot("near", Hold.review_on)).limit(1))
"""Every page asks what waits, and mostly nothing does, in any queue: that is told without writing a query anew."""


def _waiting(by: Account) -> dict[str, int]:
    if not _ANY_REPORTED():
        return {}
    unsafe = peewee.fn.SUM(peewee.Case(None, [(Threat.safety == "unsafe", 1)], 0))
    first = peewee.fn.MIN(peewee.Case(None, [(Recording.freezes == 0, Recording.expires_at)], None))
    figures = (peewee.fn.COUNT(Threat.id), unsafe, first, peewee.fn.MAX(Threat.id))
    count, unsafe_count, expires_at, newest = _reported(by).select(*figures).tuples().first()
    days = days_until(Recording.expires_at.python_value(expires_at)) if expires_at else None
    return {"waiting": count, "unsafe": unsafe_count or 0, "days": days, "newest": newest or 0}


def _reported(by: Account) -> peewee.ModelSelect:
    return Threat.visible_to(by).where(Threat.state == ThreatState.REPORTED, Recording.state == State.LIVE)


def _reviews(by: Account) -> dict[str, int]:
    today = clock.today()
    near = today + dt.timedelta(days=config.settings().hold_reminder_days)
    if not _ANY_DUE(near=near):
        return {}
    days = [day for (day,) in Hold.visible_to(by).select(Hold.review_on).where(STANDS, Hold.review_on <= near).tuples()]
    missed = sum(1 for day in days if day < today)
    return {"missed": missed, "due": len(days) - missed}


def is_reported_since(moment: int, *, by: Account) -> bool:
    """Has a call that `by` may read about been reported after that (milliseconds since 1970), and is not decided on?"""
    return bool(_reported(by).where(Threat.reported_at > moment).exists())


def days_until(moment: dt.datetime | dt.date) -> int:
    """Whole days from today to the day of `moment` in Helsinki; negative when it is past."""
    day = clock.local(moment).date() if isinstance(moment, dt.datetime) else moment
    return (day - clock.today()).days


@dataclasses.dataclass(frozen=True)
class Overview:
    waiting: int
    held: int


def overview(*, by: Account) -> Overview:
    """How many reports and holds `by` may read about now."""
    return Overview(_reported(by).count(), Hold.visible_to(by).where(STANDS).count())


def first_reported(*, by: Account, most: int) -> Few:
    """Of the reports without a decision those whose calls are the first to be deleted; with their queues."""
    chosen = _reported(by).select(Threat, Recording, Queue).join_from(Recording, Queue, peewee.JOIN.LEFT_OUTER)
    return few(chosen.order_by(Recording.expires_at, Threat.id), most)


@dataclasses.dataclass(frozen=True)
class Held:
    """What stands, for the first page."""

    first: Few
    """The holds that are the first to be reviewed; with their queues."""
    missed: int
    """Of all of them, how many are past their day."""


def first_held(*, by: Account, most: int) -> Held:
    missed = peewee.fn.SUM(peewee.Case(None, [(Hold.review_on < clock.today(), 1)], 0)).over().alias("missed")
    chosen = Hold.visible_to(by).select(Hold, Recording, Queue, missed)
    chosen = chosen.join_from(Recording, Queue, peewee.JOIN.LEFT_OUTER).where(STANDS)
    found = few(chosen.order_by(Hold.review_on, Hold.id), most)
    return Held(found, found.rows[0].missed if found.rows else 0)


OWN_MOST = 200


MARKED_MOST = 1000
_WAITING = Prepared(
    lambda: Threat.select(Threat.recording_id).where(Threat.state == ThreatState.REPORTED).limit(MARKED_MOST).tuples()
)


def waiting() -> frozenset[int]:
    """The keys of the calls whose report waits for a decision, to be marked in a list of calls that the reader may see:
    each such call's own page says so to all who may open it."""
    return frozenset(key for (key,) in _WAITING())


def own_reports(*, by: Account, most: int) -> Few:
    """The reports that `by` made of calls that they may still open, the newest first; with their queues."""
    chosen = (
        Threat.select(Threat, Recording, Queue)
        .join(Recording)
        .join(Queue, peewee.JOIN.LEFT_OUTER)
        .where(Threat.reported_by == by.id, Recording.reached_by(by))
    )
    return few(chosen.order_by(Threat.id.desc()), most)


def threats(*, decided: bool, after: uuid.UUID | None, by: Account) -> tuple[list[Threat], uuid.UUID | None]:
    """A page of reports: those that wait, the first to be deleted first; or the decided ones, newest first."""
    reporter, decider = Account.alias(), Account.alias()
    if decided:
        found, order = Threat.visible_to(by).where(Threat.state != ThreatState.REPORTED), Threat.id.desc()
    else:
        found, order = _reported(by), Recording.expires_at
    query = (
        found.select(Threat, Recording, reporter, decider)
        .join_from(Threat, reporter, on=(Threat.reported_by == reporter.id), attr="reported_by")
        .join_from(Threat, decider, peewee.JOIN.LEFT_OUTER, on=(Threat.decided_by == decider.id), attr="decided_by")
    )
    return _page(query, Threat, order, after)


def holds(*, released: bool, after: uuid.UUID | None, by: Account) -> tuple[list[Hold], uuid.UUID | None]:
    """A page of holds: those that stand, the first to be reviewed first; or the released ones, newest first."""
    placer, renewer, releaser = Account.alias(), Account.alias(), Account.alias()
    found = Hold.visible_to(by).where(Hold.state == HoldState.RELEASED if released else STANDS)
    query = (
        found.select(Hold, Recording, placer, renewer, releaser)
        .join_from(Hold, placer, on=(Hold.placed_by == placer.id), attr="placed_by")
        .join_from(Hold, renewer, peewee.JOIN.LEFT_OUTER, on=(Hold.renewed_by == renewer.id), attr="renewed_by")
        .join_from(Hold, releaser, peewee.JOIN.LEFT_OUTER, on=(Hold.released_by == releaser.id), attr="released_by")
    )
    return _page(query, Hold, Hold.id.desc() if released else Hold.review_on, after)


def transfers(*, after: uuid.UUID | None, by: Account) -> tuple[list[Transfer], uuid.UUID | None]:
    """A page of the disclosures of held calls, newest first; all are in the register's list."""
    proposer = Account.alias()
    query = (
        Transfer.visible_to(by)
        .select(Transfer, Recording, proposer)
        .join_from(Transfer, proposer, on=(Transfer.proposed_by == proposer.id), attr="proposed_by")
        .where(Transfer.hold.is_null(False))
    )
    return _page(query, Transfer, Transfer.id.desc(), after)


def _page(query: Any, model: Any, order: Any, after: uuid.UUID | None) -> tuple[list[Any], uuid.UUID | None]:
    """The rows after the one named `after`, and the name to go on from. A name that is no longer in the
    list begins it anew."""
    if after is not None and (last := model.get_or_none(model.uuid == after)) is not None:
        newest_first = isinstance(order, peewee.Ordering)
        if newest_first:
            query = query.where(model.id < last.id)
        else:
            place = last.recording.expires_at if order is Recording.expires_at else last.review_on
            query = query.where((order > place) | ((order == place) & (model.id > last.id)))
    rows = list(query.order_by(order, model.id).limit(PAGE + 1))
    return rows[:PAGE], rows[PAGE - 1].uuid if len(rows) > PAGE else None


@dataclasses.dataclass(frozen=True)
class Keeping:
    """What a call's page tells about what keeps it."""

    hold: Hold | None
    """The one that stands."""
    waiting: Threat | None
    """The report that nobody has decided on."""
    own: Threat | None
    """The reader's own last report."""
    reads: bool
    """May the reader see reasons, and the pages of hold and report?"""
    frozen: dict[str, int]
    """How many freezes stand, by what placed them: 'consent', 'transfer', 'restriction', else 'case'."""


def keeping(recording: Recording, *, by: Account) -> Keeping:
    """For any call that `by` may look at. Reasons and reports are for those who decide: see `reads`."""
    reports = list(Threat.select().where(Threat.recording == recording.id).order_by(Threat.id.desc()))
    hold = Hold.get_or_none(Hold.recording == recording.id, STANDS) if recording.holds else None
    return Keeping(
        hold=hold,
        waiting=next((threat for threat in reports if threat.state == ThreatState.REPORTED), None),
        own=next((threat for threat in reports if threat.reported_by_id == by.id), None),
        reads=by.may(Permission.RETENTION_HELD),
        frozen=_frozen(recording) if recording.freezes else {},
    )


APART = ("consent", "transfer", "restriction")
"""What keeps a call by a freeze and is told of apart from the requests."""


def _frozen(recording: Recording) -> dict[str, int]:
    kinds = Freeze.select(Freeze.because_kind).where(Freeze.recording == recording.id, Freeze.stands).tuples()
    return dict(collections.Counter(kind if kind in APART else "case" for (kind,) in kinds))


def renewals(hold: Hold) -> list[HoldRenewal]:
    """With who renewed it, oldest first."""
    query = HoldRenewal.select(HoldRenewal, Account).join(Account, on=(HoldRenewal.by == Account.id), attr="by")
    return list(query.where(HoldRenewal.hold == hold.id).order_by(HoldRenewal.id))


def managers(recording: Recording) -> int:
    """How many persons may decide on a hold of this call."""
    may = [role for role in Role if Permission.RETENTION_HOLD in TABLE[role]]
    persons = (
        Account.select(Account.id)
        .join(RoleGrant)
        .join(QueueGrant)
        .where(
            QueueGrant.queue == recording.queue_id,
            RoleGrant.role.in_(may),
            RoleGrant.in_force(clock.now()),
            Account.closed_at.is_null(),
        )
    )
    return int(persons.distinct().count())
