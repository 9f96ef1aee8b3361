"""What can be asked of long work: to be done, how far it has come, and whose end it is time to tell."""

import dataclasses
import datetime as dt
import hashlib
import uuid

import peewee

from portal import clock
from portal.accounts.models import Account
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import Prepared, db, slot
from portal.errors import Conflict, NotFound
from portal.jobs.forecast import Progress
from portal.jobs.models import ITSELF, LOOKED_AT, ORDERED, Job, Kind, Outcome, told_of
from portal.language import N_

SILENT = dt.timedelta(minutes=2)
"""Work that has said nothing for so long may not be under way any more."""
BROKEN_OFF = dt.timedelta(hours=1)
"""Work that has said nothing for so long, and that nobody takes up again, has been broken off."""
KEPT = dt.timedelta(days=30)
"""What has ended is forgotten after so long."""
MOST = 100
"""Rows of the list."""


class AlreadyOrdered(Conflict):
    text = N_("Samma arbete är redan på gång. Vänta tills det är klart och börja sedan om på nytt.")


class HasEnded(Conflict):
    text = N_("Arbetet har redan tagit slut. Öppna Pågående arbete och se hur det gick.")


@db.atomic()
def order(kind: Kind, *, by: Account) -> Job:
    """Have it done for `by`, who is told when it is. Raises AlreadyOrdered while the same is under way or waits."""
    now = clock.now()
    left = (Job.kind == kind, Job.stands == True, Job.owner.is_null(), Job.told_at < now - SILENT)  # noqa: E712 a column
    Job.update(ended_at=now, outcome=Outcome.BROKEN_OFF, stands=None).where(*left).execute()
    try:
        with db.atomic():
            job: Job = Job.create(kind=kind, owner=by.id, stands=True)
    except peewee.IntegrityError as error:
        raise AlreadyOrdered from error
    record(Act.JOB_ORDERED, job, by=by, job=kind)
    return job


_STANDS = Prepared(
    lambda: (
        Job.select(Job.done, Job.whole, Job.per_minute, Job.seconds_left, Job.told_at)
        .where(Job.kind == slot("kind", Job.kind), Job.stands == True)  # noqa: E712 a column
        .limit(1)
    )
)


def progress(kind: Kind) -> Progress | None:
    """Of work that is ALONE; None when none is under way, or it has said nothing for long."""
    for *said, told_at in _STANDS(kind=kind):
        if told_at is not None and clock.now() - told_at <= SILENT:
            return Progress(*said)
    return None


@dataclasses.dataclass(frozen=True)
class Shown:
    """A job as it stands now."""

    job: Job
    owner: str
    """Name; empty when it is nobody's."""

    @property
    def state(self) -> str:
        """'waits', 'under_way', 'silent', or its outcome."""
        if self.job.ended_at is not None:
            return str(self.job.outcome)
        if self.job.told_at is None:
            return "waits"
        silent = clock.now() - self.job.told_at > SILENT
        return "silent" if silent else "under_way"

    @property
    def open(self) -> bool:
        """May it be otherwise soon?"""
        return self.state in ("waits", "under_way", "silent")

    @property
    def progress(self) -> Progress:
        """Work that is not under way has no time left."""
        job = self.job
        left = job.seconds_left if self.state == "under_way" else None
        return Progress(job.done, job.whole, job.per_minute, left)

    @property
    def goes_on(self) -> bool:
        """Is it taken up again by itself?"""
        kind, owner = self.job.kind, self.job.owner_id
        return kind in ITSELF or (kind in ORDERED and owner is not None)

    @property
    def can_stop(self) -> bool:
        """May its owner stop it?"""
        return self.open and self.job.kind in ORDERED and self.job.owner_id is not None

    @property
    def by_itself(self) -> bool:
        """Does nobody ask for it?"""
        return self.job.kind in ITSELF


def listed(user: Account | None = None) -> list[Shown]:
    """Those that `user` may see (None: at the server's command line, all): what has not ended first, then the
    newest."""
    visible = Job.select() if user is None else Job.visible_to(user)
    rows = list(visible.order_by(Job.ended_at.is_null().desc(), Job.id.desc()).limit(MOST))
    owners = {job.owner_id for job in rows} - {None}
    names = dict(Account.select(Account.id, Account.name).where(Account.id.in_(owners)).tuples()) if owners else {}
    return [Shown(job, names.get(job.owner_id, "")) for job in rows]


@dataclasses.dataclass(frozen=True)
class Standing:
    """What of the list is worth a look."""

    first: list[Shown]
    """What did not go well first, then what has not ended; of each the newest."""
    amiss: int
    """Kinds of work that did not go well when they were last done."""
    open: int
    """Jobs that have not ended."""


def standing(user: Account, most: int = 0) -> Standing:
    """How much of what `user` may see that is, and the first `most` of it; in one question."""
    ended = Job.alias()
    last = ended.select(peewee.fn.MAX(ended.id)).where(ended.ended_at.is_null(False)).group_by(ended.kind)
    well = (Job.outcome == Outcome.GOOD) | (Job.kind.in_(ORDERED) & (Job.outcome == Outcome.BROKEN_OFF))  # as asked
    amiss = Job.id.in_(last) & ~well & Job.kind.in_(sorted(LOOKED_AT))
    counts = [
        peewee.fn.SUM(peewee.Case(None, [(condition, 1)], 0)).over().alias(name)
        for name, condition in (("ended_amiss", Job.ended_at.is_null(False)), ("not_ended", Job.ended_at.is_null()))
    ]
    found = Job.visible_to(user).select_extend(*counts).where(Job.ended_at.is_null() | amiss)
    rows = list(found.order_by(Job.ended_at.is_null(), Job.id.desc()).limit(max(most, 1)))
    if not rows:
        return Standing([], 0, 0)
    return Standing([Shown(job, "") for job in rows[:most]], rows[0].ended_amiss, rows[0].not_ended)


def key(shown: list[Shown]) -> str:
    """Another when anything of the list is."""
    said = [(one.job.id, one.state, one.job.breaks, one.job.amiss, *one.progress.shown) for one in shown]
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


def under_way() -> list[Shown]:
    """Everything that has not ended, the oldest first; for those who run the machine."""
    return [Shown(job, "") for job in Job.select().where(Job.ended_at.is_null()).order_by(Job.id)]


_ENDED = Prepared(
    lambda: (
        Job.select(Job.kind, Job.outcome, Job.amiss, Job.id)
        .where(Job.owner == slot("owner", Job.owner), Job.seen_at.is_null(), Job.ended_at.is_null(False))
        .order_by(Job.id)
    )
)


def _untold(user: Account) -> list[tuple[str, str, int, int]]:
    rows = _ENDED(owner=user.id)
    may = told_of(user) if rows else ()  # every page asks, and for most nothing waits
    return [row for row in rows if row[0] in may]


def ended(user: Account) -> list[tuple[str, str, int]]:
    """What `user` asked for, still may, and has not been told the end of: kind, outcome, and how much is amiss."""
    return [(kind, outcome, amiss) for kind, outcome, amiss, _ in _untold(user)]


def see(user: Account) -> list[tuple[str, str, int]]:
    """The same, and from now on `user` has been told of just that."""
    untold = _untold(user)
    if untold:  # a page that stands open asks all the time, and mostly writes nothing
        Job.update(seen_at=clock.now()).where(Job.id.in_([key for *_, key in untold])).execute()
    return [(kind, outcome, amiss) for kind, outcome, amiss, _ in untold]


@db.atomic()
def stop(key: uuid.UUID, *, by: Account) -> Job:
    """`by` needs what they asked for no more, begun or not. The worker notices within seconds. NotFound, HasEnded."""
    found: Job | None = Job.visible_to(by).where(Job.uuid == key, Job.owner == by.id, Job.kind.in_(ORDERED)).first()
    if found is None:
        raise NotFound
    if not drop(found):
        raise HasEnded
    record(Act.JOB_STOPPED, found, by=by, job=found.kind)
    return found


def drop(job: Job) -> bool:
    """End what nobody waits for any more. False: it had ended."""
    now = clock.now()
    dropped = {"ended_at": now, "outcome": Outcome.BROKEN_OFF, "stands": None, "seen_at": now}
    return bool(Job.update(dropped).where(Job.id == job.id, Job.ended_at.is_null()).execute())


@db.atomic()
def begin_anew() -> None:
    """In a register that was put back from a backup nothing is under way, not even that backup: what somebody waits
    for is done from its start, since what was read before may be other than what was put back."""
    open_ = Job.ended_at.is_null()
    Job.delete().where(open_, Job.owner.is_null() | Job.kind.not_in((*ORDERED, Kind.PURGE))).execute()
    never = dict.fromkeys(("begun_at", "told_at", "whole", "seconds_left"), None)
    nothing = dict.fromkeys(("done", "per_minute", "place", "amiss", "breaks"), 0)
    Job.update(never | nothing).where(open_).execute()


@db.atomic()
def forget_due() -> int:
    """Delete what ended long ago, and end what was broken off and is not taken up again. How many were deleted."""
    now = clock.now()
    left = (Job.ended_at.is_null(), Job.told_at < now - BROKEN_OFF)
    # What a person asked for is taken up by the worker; of what somebody did by hand nobody knows any more
    asked = Job.kind.in_(ORDERED) & Job.owner.is_null(False)
    by_hand = Job.kind.not_in(sorted(ITSELF)) & ~asked
    Job.update(ended_at=now, outcome=Outcome.BROKEN_OFF, stands=None).where(*left, by_hand).execute()
    gone: int = Job.delete().where(Job.ended_at < now - KEPT).execute()
    return gone
