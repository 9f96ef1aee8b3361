"""Who owns what lies in the vault. **The one place where a new kind of owner is registered**: a function that
yields its subjects, added to OWNERS; reconciliation and proof know no other."""

import enum
import uuid
from collections.abc import Callable, Iterator
from typing import NamedTuple

from portal.cases.codes import CopyState
from portal.cases.models import Attachment, Copy
from portal.documents.models import Document
from portal.documents.models import State as DocumentState
from portal.incidents.models import IncidentPaper
from portal.ingest.models import Quarantined, QuarantineState, Sealing
from portal.queues.announcement_models import AnnouncementSound
from portal.recordings.correction_models import Statement, StatementState
from portal.recordings.models import Playable, Recording, State
from portal.retention.models import Hold
from portal.retention.restriction_models import Redaction, RedactionState
from portal.vault import keystore

ORIGINAL = "original"
ATTACHMENT = "original"
STATEMENT = "original"
COPY = "copy"


class Standing(enum.StrEnum):
    KEPT = "kept"
    """Key and original must be there."""
    MOVING = "moving"
    """Something is being written, moved or deleted by another: not looked at."""
    GONE = "gone"
    """Nothing of it may be there."""


class Owned(NamedTuple):
    subject: uuid.UUID
    standing: Standing
    store: str = keystore.MAIN
    size: int | None = None
    """Bytes of the original in the clear, where the register knows them."""
    part: str = ORIGINAL
    """The part that must be there."""
    derived: tuple[str, ...] = ()
    """Parts made of the original, which must be there as well and can be made again."""
    sound: bool = True
    """A recording or a delivered file; else a paper, or what was made to be handed over."""


Owners = Callable[[uuid.UUID, uuid.UUID], Iterator[Owned]]
"""Those of its subjects from the first uuid up to and with the second."""


def recordings(low: uuid.UUID, high: uuid.UUID) -> Iterator[Owned]:
    moving = {
        subject
        for (subject,) in Recording.select(Recording.uuid)
        .join(Hold, on=Hold.recording == Recording.id)
        .where(Hold.cleared_at.is_null(), Recording.uuid.between(low, high) | Recording.sealed_as.between(low, high))
        .tuples()
    }
    rows = Recording.select(
        Recording.uuid,
        Recording.sealed_as,
        Recording.state,
        Recording.store,
        Recording.original_size,
        Recording.playable,
        Recording.playable_part,
    ).where(Recording.uuid.between(low, high) | Recording.sealed_as.between(low, high))
    for own, sealed_as, state, store, size, playable, part in list(rows.tuples()):
        subject = sealed_as or own
        if state == State.PURGED:
            yield Owned(own, Standing.GONE)
        elif state == State.PURGING or own in moving:
            yield Owned(own, Standing.MOVING)
            yield Owned(subject, Standing.MOVING)
        else:
            derived = {"peaks", part} - {"original", None} if playable == Playable.READY else set()
            yield Owned(subject, Standing.KEPT, store, size, derived=tuple(sorted(derived)))


def redactions(low: uuid.UUID, high: uuid.UUID) -> Iterator[Owned]:
    """The originals that were replaced, and those that are being made: what a call is read from is its own."""
    rows = (
        Redaction.select(Redaction.uuid, Redaction.replaces, Redaction.state, Recording.sealed_as, Recording.state)
        .join(Recording)
        .where(Redaction.uuid.between(low, high) | Redaction.replaces.between(low, high))
    )
    for new, old, state, sealed_as, of_call in list(rows.tuples()):
        under_way = state not in (RedactionState.DONE, RedactionState.LAPSED)
        gone = Standing.MOVING if of_call == State.PURGING or under_way else Standing.GONE
        if old is not None:
            yield Owned(old, gone)
        if new != sealed_as:
            yield Owned(new, gone)


def quarantined(low: uuid.UUID, high: uuid.UUID) -> Iterator[Owned]:
    rows = Quarantined.select(Quarantined.uuid, Quarantined.state, Quarantined.size).where(
        Quarantined.sealed == True,  # noqa: E712 a column
        Quarantined.uuid.between(low, high),
    )
    for subject, state, size in list(rows.tuples()):
        if state == QuarantineState.WAITING:
            yield Owned(subject, Standing.KEPT, size=size)
        elif state == QuarantineState.PURGING:
            yield Owned(subject, Standing.MOVING)
        else:
            yield Owned(subject, Standing.GONE)


def drafts(low: uuid.UUID, high: uuid.UUID) -> Iterator[Owned]:
    """What is being brought in, or was given up: the next import clears it."""
    for (subject,) in list(Sealing.select(Sealing.subject).where(Sealing.subject.between(low, high)).tuples()):
        yield Owned(subject, Standing.MOVING)


def documents(low: uuid.UUID, high: uuid.UUID) -> Iterator[Owned]:
    """A locked one has its bytes; whatever else there is of one is being written, or tidied up."""
    rows = Document.select(Document.uuid, Document.state, Document.part, Document.size, Document.leased_until).where(
        Document.uuid.between(low, high)
    )
    for subject, state, part, size, leased in list(rows.tuples()):
        if state == DocumentState.LOCKED and part is not None and leased is None:
            yield Owned(subject, Standing.KEPT, size=size, part=part, sound=False)
        else:
            yield Owned(subject, Standing.MOVING)


def incident_papers(low: uuid.UUID, high: uuid.UUID) -> Iterator[Owned]:
    """Papers of incidents. One that is removed has no row any more."""
    rows = IncidentPaper.select(IncidentPaper.uuid, IncidentPaper.standing, IncidentPaper.size)
    for subject, standing, size in list(rows.where(IncidentPaper.uuid.between(low, high)).tuples()):
        if standing == "kept":
            yield Owned(subject, Standing.KEPT, size=size, part=ATTACHMENT, sound=False)
        else:
            yield Owned(subject, Standing.MOVING)


def announcement_sounds(low: uuid.UUID, high: uuid.UUID) -> Iterator[Owned]:
    """What callers are told, as sound. Those of a dropped version have no row any more."""
    rows = AnnouncementSound.select(AnnouncementSound.uuid, AnnouncementSound.standing, AnnouncementSound.size)
    for subject, standing, size in list(rows.where(AnnouncementSound.uuid.between(low, high)).tuples()):
        if standing == "kept":
            yield Owned(subject, Standing.KEPT, size=size, part=ATTACHMENT, sound=False)
        else:
            yield Owned(subject, Standing.MOVING)


def attachments(low: uuid.UUID, high: uuid.UUID) -> Iterator[Owned]:
    """Papers of a resident's request. One that is removed has no row any more."""
    rows = Attachment.select(Attachment.uuid, Attachment.standing, Attachment.size)
    for subject, standing, size in list(rows.where(Attachment.uuid.between(low, high)).tuples()):
        if standing == "kept":
            yield Owned(subject, Standing.KEPT, size=size, part=ATTACHMENT, sound=False)
        else:
            yield Owned(subject, Standing.MOVING)


def copies(low: uuid.UUID, high: uuid.UUID) -> Iterator[Owned]:
    """The sound that is handed over of a request. One that could not be made has at most a key."""
    rows = Copy.select(Copy.uuid, Copy.state, Copy.size).where(Copy.uuid.between(low, high))
    for subject, state, size in list(rows.tuples()):
        if state == CopyState.READY:
            yield Owned(subject, Standing.KEPT, size=size, part=COPY, sound=False)
        elif state == CopyState.GONE:
            yield Owned(subject, Standing.GONE)
        else:
            yield Owned(subject, Standing.MOVING)


def statements(low: uuid.UUID, high: uuid.UUID) -> Iterator[Owned]:
    """Papers that a person added to a call: they go with it."""
    rows = Statement.select(Statement.uuid, Statement.standing, Statement.size, Recording.state).join(Recording)
    papers = rows.where(Statement.standing != StatementState.TEXT, Statement.uuid.between(low, high))
    for subject, standing, size, call in list(papers.tuples()):
        if standing == StatementState.GONE:
            yield Owned(subject, Standing.GONE)
        elif standing == StatementState.KEPT and call == State.LIVE:
            yield Owned(subject, Standing.KEPT, size=size, part=STATEMENT, sound=False)
        else:
            yield Owned(subject, Standing.MOVING)


OWNERS: tuple[Owners, ...] = (
    *(recordings, redactions, quarantined, drafts, documents, attachments, incident_papers, copies),
    statements,
    announcement_sounds,
)
"""A subject that several own stands as the last of them says."""


def between(low: uuid.UUID, high: uuid.UUID) -> dict[uuid.UUID, Owned]:
    found = (owned for owners in OWNERS for owned in owners(low, high))
    return {owned.subject: owned for owned in found if low <= owned.subject <= high}


def of(subject: uuid.UUID) -> Owned | None:
    return between(subject, subject).get(subject)
