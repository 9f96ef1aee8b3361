"""What can be done about deleting."""

import dataclasses
import datetime as dt
import itertools
import uuid
from collections.abc import Iterable
from typing import Any

import peewee

from portal import clock, lock
from portal import db as database
from portal.accounts.models import Account
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import db
from portal.ingest.models import Arriving, CallDetail, Quarantined
from portal.jobs.models import Kind
from portal.jobs.running import Watch, running
from portal.recordings import index
from portal.recordings.correction_models import Correction
from portal.recordings.models import Recording, State
from portal.retention import copies, deletion, freezes, holds, months, moves, passages, standing, sweeps, watch
from portal.retention.models import PurgeLine
from portal.retention.pace import Pace
from portal.retention.restriction_models import Redaction, RedactionState
from portal.vault import keystore, objects

BATCH = 10
"""How many are claimed in one commit: a few milliseconds of the write lock."""

RECHECKED = dt.timedelta(days=1)
"""How often all files are compared with the protocol; those of younger deletions are at every sweep."""

CHUNK = 500
"""Subjects in one question to the database."""

STALE = dt.timedelta(days=7)
"""The inbox sweep forgets a file that is gone at its next look; this is for one that no longer runs."""


@dataclasses.dataclass
class Summary:
    """What one sweep did, in counts."""

    busy: bool = False
    """Another sweep was under way; nothing was done."""
    resumed: int = 0
    """Claimed earlier and not finished then."""
    claimed: int = 0
    purged: int = 0
    failed: int = 0
    failures: dict[str, int] = dataclasses.field(default_factory=dict)
    """Kind of failure (an errno name) → how many."""
    returned: int = 0
    """Purged earlier, and something of it was on disk again: destroyed anew."""
    call_details: int = 0
    """Call detail rows past their date, deleted."""
    paused: str = ""
    """Nothing new was claimed: it waits for a person's word. A code of `watching.Cause`."""
    log_emptied: bool = True
    """The database's own log was emptied, so that no old page is left in it."""


@dataclasses.dataclass(frozen=True)
class Preview:
    """What a sweep would do now."""

    unfinished: int
    recordings: int
    quarantined: int


def purge_due(limit: int | None = None, *, thorough: bool = False, heard: Watch | None = None) -> Summary:
    """Delete everything whose date has come; at most `limit` new claims. `heard` is told how far it has come.

    `thorough`: look through every file for what was purged and came back, as a restored copy of the
    keystore brings it; else that is done once a day.

    Finishes first what an earlier sweep claimed. Transactions are short, one per recording. One
    sweep at a time: a second one returns at once, `busy`. A failure of one never stops the rest;
    it makes the sweep one with a fault. Afterwards the deleted words are out of the word index
    and the database's log is empty. A clock that cannot be trusted, or an unusual amount, makes it
    claim nothing and ask (`watch.look`).
    """
    with lock.alone("purge") as alone:
        if not alone:
            return Summary(busy=True)
        with sweeps.running("purge") as run, running(Kind.PURGE, soon=heard is not None, watch=heard) as job:
            summary = Summary()
            standing.catch_up()  # a register older than the ledger is not swept: what is kept since is not known to it
            unfinished = list(PurgeLine.select().where(PurgeLine.purged_at.is_null()).order_by(PurgeLine.id))
            summary.resumed = len(unfinished)
            pace, due = Pace(), preview()
            most = due.recordings + due.quarantined
            whole = due.unfinished + (most if limit is None else min(limit, most))

            def finish(lines: Iterable[PurgeLine]) -> None:
                for line in lines:
                    _finish(line, summary, pace)
                    turn = job.before + summary.purged + summary.failed
                    job.tell(turn, max(turn, job.before + whole))

            finish(unfinished)
            pause = watch.look()
            summary.paused = str(pause.cause) if pause else ""
            while not pause and (room := min(BATCH, BATCH if limit is None else limit - summary.claimed)):
                claimed = deletion.claim_due(room)
                summary.claimed += len(claimed)
                finish(claimed)
                if len(claimed) < room:
                    break
            _destroy_returned(summary, thorough)
            summary.call_details = 0 if pause else _delete_old_details()
            _forget_words()
            _remove_old_copies()
            summary.log_emptied = database.checkpoint()
            if summary.failures:
                run.fault = max(summary.failures, key=lambda kind: summary.failures[kind])
            elif not summary.log_emptied:
                run.fault = "LogInUse"
            elif pause:
                run.fault = "Paused"
            else:
                run.fault = _sign_life()
            job.waits, job.amiss = pause is not None, summary.failed
    return summary


def _remove_old_copies() -> None:
    """A destroyed key is gone when its last backup is; a backup on a disk that is not there shows as a fault."""
    if copies.every():
        with sweeps.running("copies") as run:
            _, run.fault = copies.remove_old()


def _sign_life() -> str:
    try:
        watch.sign_life()
    except OSError as error:
        return sweeps.kind(error)
    return ""


def preview() -> Preview:
    """What `purge_due` would take on now. Writes nothing."""
    now = clock.now()
    return Preview(
        unfinished=PurgeLine.select().where(PurgeLine.purged_at.is_null()).count(),
        recordings=Recording.select().where(*deletion.may_go(now)).count(),
        quarantined=Quarantined.select().where(*deletion.may_go_quarantined(now)).count(),
    )


@dataclasses.dataclass(frozen=True)
class Tended:
    """What one look at what is kept did, in counts."""

    lifted: int
    """Freezes whose day had come."""
    escalated: int
    """Holds whose review was missed: said once a day."""
    fault: str
    """Kind of the last move to the threat archive that failed; '' when all are done."""


def tend_kept() -> Tended:
    """Finish the moves to the threat archive, lift freezes whose day has come, escalate missed reviews; and finish the
    erasures of passages that something kept, which may be free now."""
    with sweeps.running("holds") as run:
        run.fault = moves.sweep()
        lifted = 0 if watch.doubts_clock() else freezes.lift_due()  # a day that a wrong clock shows has not come
        tended = Tended(lifted, holds.escalate(), run.fault)
    passages.sweep(again=True)
    return tended


def erase(recording: Recording, *, because: Any, by: Account) -> bool:
    """Delete a recording now at a person's demand, decided in the case `because` (GDPR 17).

    Raises what `deletion.claim_erased` does. False: claimed, but the disk refused; no one hears it any more, and
    every sweep tries again.
    """
    return not deletion.finish(deletion.claim_erased(recording, because=because, by=by))


def discard_quarantined(quarantined: Quarantined, *, by: Account) -> bool:
    """Delete a quarantined file now, at the administrator's word, with a line in the protocol.

    The bytes' key is destroyed, the bytes are unlinked, the name is emptied, the row becomes
    DISCARDED; one audit entry DISCARDED by `by`. Raises errors.Conflict when it no longer waits.
    False: claimed, but the disk refused; it is noted on the protocol line and tried again at
    every sweep.
    """
    line = deletion.claim_discarded(quarantined, by=by)
    return not deletion.finish(line)


def _finish(line: PurgeLine, summary: Summary, pace: Pace) -> None:
    with pace.one():
        failure = deletion.finish(line)
    if failure:
        _count_failure(summary, failure)
    else:
        summary.purged += 1


def _count_failure(summary: Summary, failure: str) -> None:
    summary.failed += 1
    summary.failures[failure] = summary.failures.get(failure, 0) + 1


def _destroy_returned(summary: Summary, thorough: bool) -> None:
    """What was purged and is on disk again: made anew by a writer that was sealing at that moment, or
    brought back with an older copy of the files."""
    trace = sweeps.last("returned")
    now = clock.now()
    # A last time that is still to come was noted by a clock that has been set back since
    if thorough or trace is None or trace.good_at is None or not now - RECHECKED <= trace.good_at <= now:
        with sweeps.running("returned") as run:
            found = (of.subjects(store=store) for of in (keystore, objects) for store in keystore.STORES)
            run.fault = _destroy(set(itertools.chain.from_iterable(found)), summary)
        return
    recent = PurgeLine.select(PurgeLine.subject).where(PurgeLine.purged_at > clock.now() - RECHECKED)
    old = Redaction.select(Redaction.replaces).where(Redaction.done_at > clock.now() - RECHECKED)
    here = [
        subject
        for (subject,) in [*recent.tuples(), *old.tuples()]
        if any(keystore.exists(subject, store=s) or objects.anything(subject, store=s) for s in keystore.STORES)
    ]
    _destroy(here, summary)


def _destroy(subjects: Iterable[uuid.UUID], summary: Summary) -> str:
    """Key and objects of those among `subjects` that the protocol says are purged. Returns the kind of
    the last failure, '' when there was none."""
    failure = ""
    for chunk in peewee.chunked(subjects, CHUNK):
        for subject in _dead(list(chunk)):
            try:
                for store in keystore.STORES:
                    keystore.destroy(subject, store=store)
                for store in keystore.STORES:
                    objects.remove_all(subject, store=store)
            except OSError as error:
                failure = sweeps.kind(error)
                _count_failure(summary, failure)
            else:
                summary.returned += 1
    return failure


def _dead(subjects: list[uuid.UUID]) -> set[uuid.UUID]:
    """Those of calls and files that were deleted, and of originals that were replaced."""
    purged = PurgeLine.select(PurgeLine.subject).where(
        PurgeLine.subject.in_(subjects), PurgeLine.purged_at.is_null(False)
    )
    replaced = Redaction.select(Redaction.replaces).where(
        Redaction.replaces.in_(subjects), Redaction.state == RedactionState.DONE
    )
    of_purged = (
        Redaction.select(Redaction.uuid)
        .join(Recording)
        .where(Redaction.uuid.in_(subjects), Recording.state == State.PURGED)
    )
    return {subject for query in (purged, replaced, of_purged) for (subject,) in query.tuples()}


@db.atomic()
def _delete_old_details() -> int:
    now = clock.now()
    Arriving.delete().where(Arriving.since < now - STALE).execute()
    deleted: int = CallDetail.delete().where(CallDetail.expires_at <= now).execute()
    return deleted


def _forget_words() -> None:
    """Once after every sweep that deleted, and after a correction or an erased passage, also when a kill came between
    the two."""
    gone = PurgeLine.select(peewee.fn.MAX(PurgeLine.purged_at)).scalar()
    replaced = Correction.select(peewee.fn.MAX(Correction.at)).where(Correction.recording.is_null(False)).scalar()
    silenced = Redaction.select(peewee.fn.MAX(Redaction.done_at)).scalar()
    newest = max((moment for moment in (gone, replaced, silenced) if moment is not None), default=None)
    trace = sweeps.last("words")
    if newest is None or (trace and trace.good_at and newest < trace.good_at <= clock.now()):
        return
    with sweeps.running("words"):
        index.forget()


@db.atomic()
def note_viewed(day: dt.date, *, by: Account) -> None:
    """Log that the day's protocol was read."""
    record(Act.PROTOCOL_VIEWED, by=by, day=day.isoformat())


@db.atomic()
def note_month_viewed(month: dt.date, *, by: Account) -> None:
    """Log that the month's protocol was read."""
    record(Act.PROTOCOL_VIEWED, by=by, month=months.name(month))


@db.atomic()
def note_exported(day: dt.date, lines: int, *, by: Account) -> None:
    """Log that the day's protocol left the portal as a file."""
    record(Act.PROTOCOL_EXPORTED, by=by, day=day.isoformat(), lines=lines)
