"""Is deletion alive? What the red banner, the first page of retention and `portal status` say."""

import dataclasses
import datetime as dt
import enum
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from portal import clock, config, confined, db
from portal.documents import seal
from portal.documents.models import Document
from portal.documents.models import State as DocumentState
from portal.ingest import inbox
from portal.ingest.models import Quarantined, QuarantineState
from portal.jobs import actions as jobs
from portal.jobs.forecast import Progress
from portal.jobs.models import Kind
from portal.keys import care
from portal.oversight import checkpoints
from portal.queues import announced
from portal.queues.models import Queue
from portal.recordings.models import Recording, State
from portal.retention import holds, sweeps, watch
from portal.retention.models import Freeze, PurgeLine, Result, Sweep
from portal.retention.watching import Finding

Seen = TypeVar("Seen")

CACHED = dt.timedelta(seconds=30)

RENEWAL = dt.timedelta(days=60)
"""So long before the certificate of the letters' seal ends somebody has to order a new one."""


class Level(enum.IntEnum):
    """Also the exit code of `portal status`."""

    GOOD = 0
    WARNING = 1
    """Something failed and is tried again, or a migration waits."""
    ALARM = 2
    """Data past its date is still here, or nobody sweeps."""


@dataclasses.dataclass(frozen=True)
class Alarm:
    """What makes the banner red."""

    overdue: int
    silent: bool
    """No good purge sweep for `overdue_minutes`."""
    last_good: dt.datetime | None
    paused: bool = False
    """It claims nothing new and waits for a person's answer."""

    @property
    def red(self) -> bool:
        return bool(self.overdue) or self.silent or self.paused


@dataclasses.dataclass(frozen=True)
class Report:
    at: dt.datetime
    alarm: Alarm
    failed: int
    """Deletions claimed and refused by the disk, tried again at each sweep."""
    documents: int
    """Letters and protocols that could not be made and wait for a person."""
    faults: dict[str, str]
    """Sweep → kind of its last fault; the good ones are left out."""
    pending: list[str]
    """Migrations that have not run."""
    waiting: int = 0
    """What the reconciliation found and a person has to look at."""
    missed: int = 0
    """Held calls whose review date has passed: kept until a manager renews or releases them."""
    seal_ends: dt.datetime | None = None
    """When the certificate of the letters' seal ends, if that is soon or past."""
    cases_good: dt.datetime | None = None
    """The last good round of residents' requests; None: never."""
    cases_silent: bool = False
    """None was good for `overdue_minutes`: days, reminders and copies wait."""
    inbox: int = 0
    """Files that stood in the inbox at the last look."""
    importing: Progress | None = None
    """A long look at the inbox that is under way."""
    under_way: list[jobs.Shown] = dataclasses.field(default_factory=list)
    """Long work that has not ended. Told of, and no fault."""
    silent_queues: int = 0
    """Service numbers that tell their callers of the recording, and nobody has decided with which words. Told of, and
    no fault of the deletion's: the level is as without it."""
    confinement: confined.Standing = confined.Standing.HELD
    """Whether decoders and the typesetter are confined."""
    keys: care.Care = dataclasses.field(default_factory=care.Care)
    """What the root key wants of those who keep it."""
    log_signed: dt.datetime | None = None
    """The last good round over the signed heads of the log; None: never."""
    log_silent: bool = False
    """None was good for long: nobody can prove any more what the log was like."""
    log_key_open: bool = False
    """The web could read the key that signs them. Told of, and the level is as without it: whoever set it up knows."""

    @property
    def level(self) -> Level:
        if self.alarm.red:
            return Level.ALARM
        never = self.alarm.last_good is None
        refused = self.failed or self.documents or self.faults or self.pending
        asks = self.waiting or self.missed or self.seal_ends or self.cases_silent or self.log_silent
        return Level.WARNING if never or refused or asks or self.unguarded else Level.GOOD

    @property
    def unguarded(self) -> bool:
        """What protects the content wants somebody."""
        return self.confinement != confined.Standing.HELD or self.keys.wanted


def overdue_before() -> dt.datetime:
    """Whatever is past its date since then is overdue: two sweeps should have taken it.

    A call whose date came seconds ago is no alarm (nobody can hear it any more, and the next sweep
    takes it); one that a whole cycle passed by is.
    """
    return clock.now() - dt.timedelta(minutes=2 * config.settings().purge_minutes)


def alarm() -> Alarm:
    """Four indexed queries."""
    limit = overdue_before()
    recordings = Recording.select().where(
        Recording.state.in_((State.LIVE, State.PURGING)),
        Recording.expires_at <= limit,
        Recording.holds == 0,
        Recording.freezes == 0,
        Recording.freed_at.is_null() | (Recording.freed_at <= limit),  # due since then, not since its date
    )
    files = Quarantined.select().where(
        Quarantined.state.in_((QuarantineState.WAITING, QuarantineState.PURGING)), Quarantined.expires_at <= limit
    )
    trace = sweeps.last("purge")
    last_good = trace.good_at if trace else None
    return Alarm(recordings.count() + files.count(), _silent(last_good), last_good, watch.standing() is not None)


def _silent(last_good: dt.datetime | None) -> bool:
    now = clock.now()
    limit = now - dt.timedelta(minutes=config.settings().overdue_minutes)
    if last_good is not None:
        return not limit <= last_good <= now  # one that is still to come is no sweep of now
    # A register that nobody has swept yet: quiet as long as all in it is newer than the limit.
    return any(model.select().where(model.received_at < limit).limit(1).exists() for model in (Recording, Quarantined))


def forget() -> None:
    """Something was just done about it: the next look is a fresh one."""
    _looked.clear()


def report() -> Report:
    failed = PurgeLine.select().where(PurgeLine.purged_at.is_null(), PurgeLine.result == Result.FAILED)
    faults = Sweep.select(Sweep.name, Sweep.fault).where(Sweep.fault != "").order_by(Sweep.name)
    cases_good, cases_silent = _cases()
    pending = db.pending()
    log_signed, log_silent = checkpoints.standing()
    return Report(
        at=clock.now(),
        alarm=alarm(),
        failed=failed.count(),
        documents=Document.select().where(Document.state == DocumentState.FAILED).count(),
        faults=dict(faults.tuples()),
        pending=pending,
        waiting=Finding.select().where(Finding.gone_at.is_null()).count(),
        missed=holds.overdue().count(),
        seal_ends=_seal_ends(),
        cases_good=cases_good,
        cases_silent=cases_silent,
        inbox=inbox.waiting(),
        importing=None if pending else jobs.progress(Kind.INBOX),  # an older register has no such table
        under_way=[] if pending else jobs.under_way(),
        silent_queues=len(announced.silent(Queue.select(), clock.now())),
        confinement=confined.standing(),
        keys=care.look(),
        log_signed=log_signed,
        log_silent=log_silent,
        log_key_open=checkpoints.is_webs(),
    )


def _cases() -> tuple[dt.datetime | None, bool]:
    trace, now = sweeps.last("cases"), clock.now()
    good = trace.good_at if trace else None
    limit = now - dt.timedelta(minutes=config.settings().overdue_minutes)
    if good is not None:
        return good, not limit <= good <= now
    # No round was ever good: quiet as long as nothing has been kept for a request for so long
    return None, bool(Freeze.select().where(Freeze.because_kind == "case", Freeze.placed_at < limit).exists())


def _seal_ends() -> dt.datetime | None:
    try:
        sealer = seal.sealer(config.settings())
    except seal.SealFault as error:
        return clock.now() if error.code == "SealExpired" else None  # any other is a fault of each letter
    return sealer.not_after if sealer and sealer.not_after - clock.now() < RENEWAL else None


_looked: dict[Callable[[], Any], tuple[Path, dt.datetime, Any]] = {}


def banner() -> Alarm | None:
    """The alarm if there is one: it stands on every page."""
    found = recent()
    return found if found.red else None


def recent() -> Alarm:
    """How it stands, at most 30 seconds old in this process: asked by every page, and by anybody."""
    return lately(alarm)


def recent_report() -> Report:
    """The same of everything, for the first page of whoever runs it."""
    return lately(report)


def lately(look: Callable[[], Seen]) -> Seen:
    """What `look` sees, at most 30 seconds old in this process."""
    now, register = clock.now(), config.settings().database
    seen = _looked.get(look)
    if seen is None or seen[0] != register or not now - CACHED < seen[1] <= now:
        seen = _looked[look] = (register, now, look())
    found: Seen = seen[2]
    return found
