"""What can be done with a call: look at it, give it a subject. Its notes are in `notes`."""

import dataclasses
import functools
import uuid
from collections.abc import Iterator

import peewee

from portal import clock
from portal.accounts.models import Account, QueueGrant, RoleGrant
from portal.accounts.permissions import TABLE, Permission, Role
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import Prepared, db, loaded, slot
from portal.errors import Conflict, NotFound
from portal.language import N_
from portal.queues.models import Queue
from portal.recordings import corrections, entries, index
from portal.recordings.correction_models import Entry
from portal.recordings.index_models import IndexState
from portal.recordings.models import Listen, Note, Recording, State


class SubjectChanged(Conflict):
    """Another person wrote a subject since the form was opened; `current` is theirs."""

    text = N_("Ämnet har ändrats medan du skrev. Jämför texterna och spara på nytt.")

    def __init__(self, current: str) -> None:
        super().__init__()
        self.current = current


class Restricted(Conflict):
    """GDPR 18."""

    text = N_(
        "Behandlingen av samtalet är begränsad. Så länge begränsningen gäller används det bara i det ärende som den "
        "gäller."
    )


def get(key: uuid.UUID, *, by: Account, doing: Permission = Permission.RECORDINGS_FIND) -> Recording:
    """The call that an address names, to do that with. NotFound when absent, past its date, or of a queue where `by`
    may not; Restricted."""
    found: Recording | None = Recording.visible_to(by, doing).where(Recording.uuid == key).first()
    if found is None:
        raise missing(key, by=by)
    return found


def reach(key: uuid.UUID, *, by: Account) -> Recording:
    """The call to be looked at and heard: as `get`, and for a manager a held one past its date too."""
    found: Recording | None = Recording.within_reach_of(by).where(Recording.uuid == key).first()
    if found is None:
        raise missing(key, by=by)
    return found


def missing(key: uuid.UUID, *, by: Account) -> Restricted | NotFound:
    """Why `by` cannot reach the call: only whoever would without the restriction learns that there is one."""
    restricted = Recording.restricted_within_reach_of(by).where(Recording.uuid == key).exists()
    return Restricted() if restricted else NotFound()


@db.atomic()
def view_restricted(key: uuid.UUID, *, by: Account) -> Recording:
    """The restricted call that an address names, for the page that says so, and that `by` saw that. NotFound."""
    found: Recording | None = Recording.restricted_within_reach_of(by).where(Recording.uuid == key).first()
    if found is None:
        raise NotFound
    record(Act.RESTRICTED_VIEWED, found, by=by)
    return found


@db.atomic()
def view(recording: Recording, *, by: Account) -> None:
    """Write that `by` saw the call's data."""
    record(Act.VIEWED, recording, by=by)


@db.atomic()
def change_subject(recording: Recording, subject: str, *, earlier: str, reason: str = "", by: Account) -> None:
    """Give the call another subject than `earlier`, the one `by` saw when starting to write. The first one is free;
    another in its place is a correction, with its `reason` (`corrections.correct`).

    SubjectChanged when it is another by now, unless it is already the wanted one: then nothing is done.
    NotFound when the call went out of reach meanwhile; PersonalCode; what `corrections.correct` raises.
    """
    recording = get(recording.uuid, by=by, doing=Permission.RECORDINGS_NOTE)
    current = recording.subject
    if current == subject:
        return
    if current.split() != earlier.split():  # forms do not carry spaces and line breaks faithfully
        raise SubjectChanged(current)
    entries.refuse_codes(subject)
    if current:
        corrections.correct(recording, Entry.SUBJECT, subject, reason=reason, by=by)
        recording.subject = subject
        return
    changed = (
        Recording.update(subject=subject)
        .where(Recording.id == recording.id, Recording.subject == current, Recording.state == recording.state)
        .execute()
    )
    if changed != 1:
        raise SubjectChanged(current)
    recording.subject = subject
    index.put(recording)
    record(Act.SUBJECT_CHANGED, recording, by=by, characters=len(subject), before=len(current))


@dataclasses.dataclass(frozen=True)
class Hearers:
    """Who may hear the calls of a queue: open accounts by role, and how many persons that is."""

    roles: tuple[tuple[Role, int], ...]
    persons: int


def hearers(recording: Recording) -> Hearers:
    """A person with two of the roles counts in both, and once among the persons. Past its date only
    those who decide on holds hear a call (register §3)."""
    needed = {Permission.RECORDINGS_LISTEN} | ({Permission.RETENTION_HOLD} if recording.over else set())
    may = [role for role in Role if needed <= TABLE[role]]
    grants = (
        RoleGrant.select(RoleGrant.role, RoleGrant.account_id)
        .join(Account)
        .switch(RoleGrant)
        .join(QueueGrant)
        .where(
            QueueGrant.queue == recording.queue_id,
            RoleGrant.role.in_(may),
            RoleGrant.in_force(clock.now()),
            Account.closed_at.is_null(),
        )
        .tuples()
    )
    pairs = set(grants)
    counts = [(role, sum(1 for held, _ in pairs if held == role)) for role in may]
    return Hearers(tuple((role, n) for role, n in counts if n), len({account for _, account in pairs}))


def listens(recording: Recording) -> list[Listen]:
    """Each time sound was heard, newest first, with the person."""
    return list(
        Listen.select(Listen, Account)
        .join(Account)
        .where(Listen.recording == recording.id, Listen.started_at.is_null(False))
        .order_by(Listen.started_at.desc())
    )


_QUEUES = Prepared(lambda: Queue.select().order_by(Queue.number))
_NAMED = (Account.id, Account.uuid, Account.name)


def queues(queue_ids: frozenset[int]) -> list[Queue]:
    """The service numbers with these keys, by number."""
    rows: list[Queue] = [loaded(Queue, values) for values in _QUEUES()]
    return [queue for queue in rows if queue.id in queue_ids]


def advisers(queue_ids: frozenset[int]) -> list[Account]:
    """Everyone who has a recorded call in these queues, by name."""
    keys = {f"q{n}": key for n, key in enumerate(sorted(queue_ids))}
    return [loaded(Account, values, *_NAMED) for values in _advisers(len(keys))(**keys)]


@functools.cache
def _advisers(queues: int) -> Prepared:
    """The query for so many queues."""
    asked = [slot(f"q{n}", Recording.queue) for n in range(queues)]
    theirs = Recording.select(peewee.SQL("1")).where(
        Recording.queue.in_(asked), Recording.adviser == Account.id, Recording.restrictions == 0
    )
    people = Account.select(*_NAMED).where(peewee.fn.EXISTS(theirs))
    return Prepared(lambda: people.order_by(Account.name, Account.id))


def reindex() -> None:
    """Build the word index anew from the live recordings in one go; `filling` does it beside other work."""

    def each() -> Iterator[tuple[Recording, list[str]]]:
        texts: dict[int, list[str]] = {}
        shared = Note.select(Note.recording_id, Note.text).where(~Note.own)
        for key, text in shared.order_by(Note.id).tuples().iterator():
            texts.setdefault(key, []).append(text)
        for recording in Recording.select().where(Recording.state == State.LIVE).order_by(Recording.id).iterator():
            yield recording, texts.get(recording.id, [])

    with db.atomic():
        index.rebuild(each())
        IndexState.update(rules=index.RULES, below=0).execute()
