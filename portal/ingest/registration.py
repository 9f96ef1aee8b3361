"""A call becomes a recording: checked against what is known, through the gate, sealed, registered."""

import contextlib
import dataclasses
import datetime as dt
import enum
import uuid
from collections.abc import Iterable

from portal import clock
from portal.accounts.models import Account
from portal.accounts.permissions import Role
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import Insertion, Prepared, db, slot
from portal.errors import Conflict
from portal.ingest import drafts, gate, lines
from portal.ingest.call import Call, Refused
from portal.ingest.content import Changed
from portal.ingest.crew import Made
from portal.ingest.gate import Sound
from portal.ingest.models import Quarantined, QuarantineState, Reason
from portal.queues import announced
from portal.queues.models import Queue
from portal.recordings import index
from portal.recordings.models import Direction, Playable, Recording, State, Told
from portal.vault import box, objects

EARLIEST = dt.datetime(2000, 1, 1, tzinfo=clock.UTC)
AHEAD = dt.timedelta(days=1)
"""How far a telephone system's clock may be before ours."""


class Outcome(enum.StrEnum):
    TAKEN = "taken"
    DUPLICATE = "duplicate"


@dataclasses.dataclass(frozen=True)
class _Candidate:
    call: Call
    queue: Queue
    source_key: str
    content_key: str
    known: Recording | None


# Asked for each file of a full inbox
_KNOWN = Prepared(
    lambda: Recording.select(Recording.id).where(Recording.source_key == slot("key", Recording.source_key))
)
_REGISTER = Insertion(Recording)


def source_key(source: str, source_id: str) -> str:
    return box.pseudonym("source", f"{source}:{source_id}")


def content_key(sha256: str) -> str:
    return box.pseudonym("content", sha256)


def take(
    calls: list[Call], *, quarantined: Quarantined | None = None, by: Account | None = None
) -> list[tuple[Outcome, Recording]]:
    """Register the calls of one delivery, all or none; `quarantined` is the row that a retry takes them from.

    Raises Refused with the reason when one of them cannot be taken, Changed when a file still grows,
    Unreadable or OSError when a disk refuses: then none of what was not registered is left in the vault.
    Must run alone (`lock.importing`).
    """
    candidates = [_candidate(call) for call in calls]
    sounds = [gate.examine(c.call.content) if c.known is None else None for c in candidates]
    last = max((i for i, sound in enumerate(sounds) if sound is not None), default=None)
    done = []
    for i, (candidate, sound) in enumerate(zip(candidates, sounds, strict=True)):
        if sound is None:
            assert candidate.known is not None
            done.append((Outcome.DUPLICATE, candidate.known))
        else:
            # Only the commit of the last one lets the quarantined copy go
            row = _seal(candidate, sound, quarantined=quarantined if i == last else None, by=by)
            done.append((Outcome.TAKEN, row))
    if quarantined is not None and last is None:
        close(quarantined, done[-1][1], by=by)
    return done


def is_new(call: Call) -> bool:
    """Nothing of its id is in the register."""
    return not _KNOWN(key=source_key(call.source, call.source_id))


@db.atomic()
def take_made(calls: Iterable[tuple[Call, uuid.UUID, Made]]) -> set[uuid.UUID]:
    """Register calls whose sound is checked, and lies sealed under these subjects, in one commit.

    Returns the subjects that belong to a recording now. Left out are calls that are known, or cannot be taken, as
    things are now. Must run alone (`lock.importing`).
    """
    taken = set()
    for call, subject, made in calls:
        with contextlib.suppress(Refused):
            candidate = _candidate(call, made.sealed.sha256)
            if candidate.known is None:
                row = _row(candidate, made.sound, made.sealed)
                row.uuid = subject
                _register(row, quarantined=None, by=None)
                taken.add(subject)
    return taken


def _candidate(call: Call, sha256: str = "") -> _Candidate:
    """`sha256`: of its content, where it is known."""
    gate.check_size(call.content)
    if not sane(call.started_at):
        raise Refused(Reason.BAD_TIME)
    key, content = source_key(call.source, call.source_id), content_key(sha256 or call.content.sha256())
    here = _KNOWN(key=key)
    known: Recording | None = Recording.get_by_id(here[0][0]) if here else None
    if known is not None and known.state != State.LIVE:
        raise Refused(Reason.ALREADY_PURGED)
    if known is not None and known.content_key != content:
        raise Refused(Reason.CONFLICT)
    return _Candidate(call, known.queue if known is not None else queue_of(call), key, content, known)


def sane(moment: dt.datetime) -> bool:
    """No call began before this century, or will begin after tomorrow."""
    return EARLIEST <= moment <= clock.now() + AHEAD


def queue_of(call: Call) -> Queue:
    """By the first number that is a queue's; an outward or internal call with none belongs to its adviser's
    only queue. Raises Refused(UNKNOWN_QUEUE)."""
    for number in call.lines:
        if (found := lines.queue(number)) is not None:
            return found
    adviser = lines.adviser(call.extension)
    if adviser is not None and call.direction in (Direction.OUT, Direction.INTERNAL):
        answered = adviser.queues_as(Role.ADVISER, Role.MANAGER)
        if len(answered) == 1:
            only: Queue = Queue.get_by_id(*answered)
            return only
    raise Refused(Reason.UNKNOWN_QUEUE)


def told_of(told: bool | None, direction: str | None, queue: Queue) -> Told:
    """What the source says; else, for those who called in, what the queue tells its callers."""
    if told is None:
        if direction != Direction.IN:
            return Told.UNKNOWN
        told = queue.tells_callers
    return Told.YES if told else Told.NO


def _seal(candidate: _Candidate, sound: Sound, *, quarantined: Quarantined | None, by: Account | None) -> Recording:
    subject = uuid.uuid4()
    with drafts.draft(subject):
        sealed = objects.seal(subject, "original", candidate.call.content.blocks())
        if content_key(sealed.sha256) != candidate.content_key:
            raise Changed
        row = _row(candidate, sound, sealed)
        row.uuid = subject
        _register(row, quarantined=quarantined, by=by)
    return row


def _row(candidate: _Candidate, sound: Sound, sealed: objects.Sealed) -> Recording:
    call = candidate.call
    length_ms = (call.length_ms or 0) if sound.empty else sound.milliseconds
    ended_at = call.started_at + dt.timedelta(milliseconds=length_ms)
    speakers = call.speakers if call.speakers and len(call.speakers) == sound.channels else None
    return Recording(
        source=call.source,
        source_key=candidate.source_key,
        content_key=candidate.content_key,
        started_at=call.started_at,
        ended_at=ended_at,
        duration_ms=sound.milliseconds,
        expires_at=clock.expiry(ended_at),
        queue=candidate.queue,
        direction=call.direction,
        number=lines.e164(call.number),
        extension=call.extension,
        adviser=lines.adviser(call.extension),
        told=told_of(call.told, call.direction, candidate.queue),
        conversation=call.conversation,
        subject=call.subject,
        original_format=sound.format,
        original_size=sealed.size,
        original_sha256=sealed.sha256,
        channels=sound.channels,
        speakers=",".join(speakers) if speakers else None,
        playable=Playable.EMPTY if sound.empty else Playable.PENDING,
    )


@db.atomic()
def _register(row: Recording, *, quarantined: Quarantined | None, by: Account | None) -> None:
    """Row, index, log and the end of the draft in one commit."""
    row.id = Recording.next_id(row.started_at)
    row.announcement = announced.of(row)
    if quarantined is not None:
        row.received_at = quarantined.received_at
    _REGISTER(row)
    index.enter([(row, [])])
    drafts.own(row.uuid)
    record(
        Act.RECEIVED,
        row,
        by=by,
        source=row.source,
        format=row.original_format,
        size=row.original_size,
        told=row.told,
        empty=row.playable == Playable.EMPTY,
    )
    if quarantined is not None:
        close(quarantined, row, by=by)


@db.atomic()
def close(quarantined: Quarantined, recording: Recording | None, *, by: Account | None) -> None:
    """What waited in quarantine is in the register (call details make no recording). Raises Conflict
    when it no longer waits.

    From this commit on nobody owns what the vault holds of the quarantined copy.
    """
    taken = Quarantined.update(
        state=QuarantineState.TAKEN,
        ended_at=clock.now(),
        recording_uuid=recording.uuid if recording is not None else None,
        name=None,
        content_key=None,
    ).where(Quarantined.id == quarantined.id, Quarantined.state == QuarantineState.WAITING)
    if not taken.execute():
        raise Conflict
    if quarantined.sealed:
        drafts.disown(quarantined.uuid)
    record(Act.RETRIED, quarantined, by=by, outcome=QuarantineState.TAKEN)
