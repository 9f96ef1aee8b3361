"""What can be asked of long work: to be done, how far it has come, and whose end it is time to tell."""

import dataclasses
import datetime as dt
import hashlib

import peewee

from portal import clock
from portal.accounts.models import Account
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import Prepared, db, slot
from portal.errors import Conflict
from portal.jobs.forecast import Progress
from portal.jobs.models import GOES_ON, ORDERED, Job, Kind, Outcome
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
        job = self.job
        return Progress(job.done, job.whole, job.per_minute, job.seconds_left)

    @property
    def goes_on(self) -> bool:
        """Is it taken up again by itself?"""
        return self.job.kind in GOES_ON


def listed(user: Account | None = None) -> list[Shown]:
    """Those that `user` may see (None: at the server's command line, all): what has not ended first, then the
    newest."""
    visible = Job.select() if user is None else Job.visible_to(user)
    rows = list(visible.order_by(Job.ended_at.is_null().desc(), Job.id.desc()).limit(MOST))
    owners = {job.owner_id for job in rows} - {None}
    names = dict(Account.select(Account.id, Account.name).where(Account.id.in_(owners)).tuples()) if owners else {}
    return [Shown(job, names.get(job.owner_id, "")) for job in rows]


def key(shown: list[Shown]) -> str:
    """Another when anything of the list is."""
    said = [(one.job.id, one.state, one.job.breaks, one.job.amiss, *one.progress.shown) for one in shown]
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


def under_way() -> list[Shown]:
    """Everything that has not ended, the oldest first; for those who run the machine."""
    return [Shown(job, "") for job in Job.select().where(Job.ended_at.is_null()).order_by(Job.id)]


_ENDED = Prepared(
    lambda: (
        Job.select(Job.kind, Job.outcome, Job.amiss)
        .where(Job.owner == slot("owner", Job.owner), Job.seen_at.is_null(), Job.ended_at.is_null(False))
        .order_by(Job.id)
    )
)


def ended(user: Account) -> list[tuple[str, str, int]]:
    """What `user` asked for and has not been told the end of: kind, outcome, and how much is amiss."""
    return _ENDED(owner=user.id)


def see(user: Account) -> int:
    """`user` has been told the end of what has ended. How many that were."""
    if not ended(user):
        return 0  # a page that stands open asks all the time, and writes nothing
    now = clock.now()
    theirs = (Job.owner == user.id, Job.seen_at.is_null(), Job.ended_at.is_null(False))
    seen: int = Job.update(seen_at=now).where(*theirs).execute()
    return seen


@db.atomic()
def forget_due() -> int:
    """Delete what ended long ago, and end what was broken off and is not taken up again. How many were deleted."""
    now = clock.now()
    left = (Job.ended_at.is_null(), Job.told_at < now - BROKEN_OFF)
    # What a person asked for is taken up by the worker; of what somebody did by hand nobody knows any more
    by_hand = Job.kind.not_in(sorted(GOES_ON)) | (Job.kind.in_((*ORDERED, Kind.ROTATION)) & Job.owner.is_null())
    Job.update(ended_at=now, outcome=Outcome.BROKEN_OFF, stands=None).where(*left, by_hand).execute()
    gone: int = Job.delete().where(Job.ended_at < now - KEPT).execute()
    return gone
