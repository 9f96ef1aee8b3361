"""An older register is brought to what the ledger knows: nothing deleted is back, nobody has a right that was
taken away, whatever was kept since is kept. Every step can be repeated; until the last one the portal is closed.
"""

import dataclasses
import datetime as dt
import uuid
from typing import Any

from portal import clock
from portal import db as database
from portal.accounts import sessions
from portal.accounts.models import Account, SignIn
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.audit.chain import Checkpoint
from portal.audit.models import Entry
from portal.cases.codes import CopyState
from portal.cases.models import Attachment, Copy
from portal.db import db
from portal.documents.models import Document
from portal.documents.models import State as DocumentState
from portal.ingest.models import Quarantined, QuarantineState
from portal.jobs import actions as jobs
from portal.queues.models import Queue
from portal.recordings import index
from portal.recordings.correction_models import Statement, StatementState
from portal.recordings.models import Playable, Recording, State, Store
from portal.retention import account_standing, deletion, ledger, passages, standing, sweeps, transfers, withdrawals
from portal.retention import models as protocol
from portal.retention.ledger import Kind, Line, New
from portal.retention.owners import ATTACHMENT, COPY, STATEMENT
from portal.vault import keystore, objects


@dataclasses.dataclass
class Outcome:
    purged: int = 0
    """Deleted since, and deleted again."""
    failed: dict[str, int] = dataclasses.field(default_factory=dict)
    """Kind of failure → how many could not be: the portal stays closed."""
    redacted: int = 0
    """Passages erased since, and erased again."""
    kept: int = 0
    """Calls on which a hold, freeze or restriction was placed, changed or lifted since."""
    accounts: int = 0
    """Accounts that lost something since."""
    sessions: int = 0
    moved: int = 0
    """Calls whose bytes lie in the other store than the older register said."""
    lost_kept: int = 0
    """Held or frozen since, and not in the backup: they came in after it."""
    missing: int = 0
    """Live in the register, without key or sound in the stores."""

    @property
    def whole(self) -> bool:
        return not self.failed


@dataclasses.dataclass
class _Last:
    """The last word of the ledger about each subject."""

    accounts: dict[uuid.UUID, dict[str, Any]] = dataclasses.field(default_factory=dict)
    kept: dict[uuid.UUID, dict[str, Any]] = dataclasses.field(default_factory=dict)
    consents: dict[uuid.UUID, dict[str, Any]] = dataclasses.field(default_factory=dict)
    redacted: dict[uuid.UUID, dict[str, Any]] = dataclasses.field(default_factory=dict)
    purges: dict[uuid.UUID, Line] = dataclasses.field(default_factory=dict)


def run(name: str, made_at: str, *, without_ledger: bool = False) -> Outcome:
    """Replay on the register that was put back from the backup `name`; '' when it is not known which.

    Every restore is itself in the log, with how many entries the lost register had more as far as the ledger
    knows. Raises ledger.Broken, ledger.Busy or OSError; then it is to be run again.
    """
    last = _read()
    tail = ledger.tail()
    with db.atomic():
        newest = _newest()
        lost = max(0, tail.log.entries - newest.entries) if tail and not ledger.holds(tail.log) else 0
        record(
            Act.RESTORED,
            code=name,
            made_at=made_at,
            entries=newest.entries,
            head=newest.head,
            lost=lost,
            ledger=tail.number if tail else 0,
            without_ledger=without_ledger,
        )
        ended = sessions.end(SignIn.id > 0)
        jobs.begin_anew()
    outcome = Outcome(sessions=ended)
    for subject, stands in last.accounts.items():
        account = Account.get_or_none(Account.uuid == subject)
        if account is not None and account_standing.take_again(account, stands):
            outcome.accounts += 1
    for subject, stands in last.kept.items():
        if subject not in last.purges:
            _keep(subject, stands, outcome)
    for subject, told in last.consents.items():
        withdrawals.end_again(subject, told)
    withdrawals.let_go_of_unknown()
    transfers.agree()
    _redact({subject: told for subject, told in last.redacted.items() if subject not in last.purges}, outcome)
    for subject, line in last.purges.items():
        _purge(subject, line, outcome)
    if outcome.whole:
        _look_through(outcome)
        index.forget()  # deleted words lie in the word index until it is merged, and old pages in the database's log
        database.checkpoint()
        _close(name, outcome)
    return outcome


def _read() -> _Last:
    last = _Last()
    for line in ledger.unseen():
        if line.subject is None:
            continue
        if line.kind == Kind.ACCOUNT:
            last.accounts[line.subject] = line.detail
        elif line.kind == Kind.KEPT:
            last.kept[line.subject] = line.detail
        elif line.kind == Kind.CONSENT:
            last.consents[line.subject] = line.detail
        elif line.kind == Kind.REDACTED:
            last.redacted[line.subject] = line.detail
        elif line.kind == Kind.PURGE:
            last.purges[line.subject] = line
    return last


def _newest() -> Checkpoint:
    found = Entry.select(Entry.id, Entry.hash).order_by(Entry.id.desc()).limit(1).tuples().first()
    return Checkpoint(*found) if found else ledger.START


def _keep(subject: uuid.UUID, stands: dict[str, Any], outcome: Outcome) -> None:
    row = Recording.get_or_none(Recording.uuid == subject)
    if row is not None and row.state == State.LIVE:
        outcome.kept += standing.keep_again(row, stands)
    elif row is None and _stands(stands):
        outcome.lost_kept += 1


def _stands(stands: dict[str, Any]) -> bool:
    held = any(hold["released_at"] is None for hold in stands["holds"])
    others = (*stands["freezes"], *stands.get("restrictions", ()))
    return held or any(other["lifted_at"] is None for other in others)


def _redact(told: dict[uuid.UUID, dict[str, Any]], outcome: Outcome) -> None:
    if not told:
        return
    from portal.recordings.decoding import Child

    with Child() as child:
        for subject, redactions in told.items():
            row = Recording.get_or_none(Recording.uuid == subject, Recording.state == State.LIVE)
            if row is None:
                continue
            try:
                outcome.redacted += passages.do_again(row, redactions, child)
            except Exception as error:
                failure = sweeps.kind(error)
                outcome.failed[failure] = outcome.failed.get(failure, 0) + 1


def _purge(subject: uuid.UUID, line: Line, outcome: Outcome) -> None:
    model = Recording if line.detail["of"] == protocol.Kind.RECORDING else Quarantined
    row: Recording | Quarantined | None = model.get_or_none(model.uuid == subject)
    if row is None and model is Recording:
        row = _unknown(subject, line.detail["tombstone"])
    if row is None or row.state in (State.PURGED, QuarantineState.DISCARDED, QuarantineState.EXPIRED):
        return
    due_at = dt.datetime.fromtimestamp(line.detail["due_at"] / 1000, clock.UTC)
    claimed = deletion.claim_again(row, rule=line.detail["rule"], due_at=due_at)
    if failure := deletion.finish(claimed):
        outcome.failed[failure] = outcome.failed.get(failure, 0) + 1
    else:
        outcome.purged += 1


@db.atomic()
def _unknown(subject: uuid.UUID, facts: dict[str, Any]) -> Recording | None:
    """The row of a call that came in after the backup and was deleted before the restore: a copy of it that is
    delivered again must be known. None when the register has another call of that source."""
    if Recording.select().where(Recording.source_key == facts["source_key"]).exists():
        return None
    moments = {
        name: dt.datetime.fromtimestamp(facts[name] / 1000, clock.UTC)
        for name in ("started_at", "ended_at", "expires_at", "received_at")
    }
    queue = Queue.get_or_none(Queue.uuid == uuid.UUID(facts["queue"])) if facts["queue"] else None
    row: Recording = Recording.create(
        id=Recording.next_id(moments["started_at"]),
        uuid=subject,
        source=facts["source"],
        source_key=facts["source_key"],
        content_key=facts["content_key"],
        queue=queue,
        duration_ms=0,
        playable=Playable.EMPTY,
        **moments,
    )
    return row


def _look_through(outcome: Outcome) -> None:
    """Each live call has its key and sound where its row says; a move during the backup is made good here."""
    for row in list(Recording.select().where(Recording.state == State.LIVE)):
        if _is_in(row.vault_id, row.store):
            continue
        other = Store.THREAT if row.store == Store.MAIN else Store.MAIN
        if _is_in(row.vault_id, other):
            Recording.update(store=other).where(Recording.id == row.id).execute()
            outcome.moved += 1
        else:
            outcome.missing += 1
    for (subject,) in list(
        Quarantined.select(Quarantined.uuid)
        .where(Quarantined.state == QuarantineState.WAITING, Quarantined.sealed)
        .tuples()
    ):
        outcome.missing += not _is_in(subject, Store.MAIN)
    locked = Document.select(Document.uuid, Document.part).where(Document.state == DocumentState.LOCKED)
    for subject, part in list(locked.tuples()):
        outcome.missing += not _is_in(subject, Store.MAIN, part)
    kept = Attachment.select(Attachment.uuid).where(Attachment.standing == "kept")
    for (subject,) in list(kept.tuples()):
        outcome.missing += not _is_in(subject, Store.MAIN, ATTACHMENT)
    added = Statement.select(Statement.uuid).where(Statement.standing == StatementState.KEPT)
    for (subject,) in list(added.tuples()):
        outcome.missing += not _is_in(subject, Store.MAIN, STATEMENT)
    made = Copy.select(Copy.uuid).where(Copy.state == CopyState.READY)
    for (subject,) in list(made.tuples()):
        outcome.missing += not _is_in(subject, Store.MAIN, COPY)


def _is_in(subject: uuid.UUID, store: str, part: str = "original") -> bool:
    return keystore.exists(subject, store=store) and objects.exists(subject, part, store=store)


def _close(name: str, outcome: Outcome) -> None:
    """The log's last word on the restore, and the ledger follows the log from here: the portal may open."""
    told = dataclasses.asdict(outcome)
    with db.atomic():
        entry = record(
            Act.REPLAYED,
            code=name,
            purged=told["purged"],
            redacted=told["redacted"],
            kept=told["kept"],
            accounts=told["accounts"],
            sessions_ended=told["sessions"],
            moved=told["moved"],
            missing=told["missing"],
            lost_kept=told["lost_kept"],
        )
    ledger.append(New(Kind.RESTORED, detail={"name": name}), log=Checkpoint(entry.id, entry.hash))
