"""Completions (GDPR 16): what the person adds to a call, beside it wherever it is shown. The sound stays as it is.

A text, a paper, or both. A paper is sealed in the vault under the statement's uuid (`retention.papers`).
"""

import uuid
from typing import Any, NamedTuple

from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import db
from portal.errors import Conflict, Denied, Invalid, NotFound
from portal.language import N_
from portal.recordings.correction_models import Statement, StatementState
from portal.recordings.models import Recording, State
from portal.retention import papers

TEXT_MOST = 4000
SHOWN = (StatementState.TEXT, StatementState.KEPT)


class Empty(Invalid):
    text = N_("Skriv vad personen vill tillägga, eller bifoga handlingen.")


class TooLong(Invalid):
    text = N_("Kompletteringen är för lång. Bifoga den som en handling.")


class Busy(Conflict):
    text = N_("Samtalet raderades medan kompletteringen sparades.")


class Paper(NamedTuple):
    """A paper as it was handed in."""

    name: str
    content: bytes


def complete(recording: Recording, *, text: str, paper: Paper | None = None, because: Any, by: Account) -> Statement:
    """Attach what the person adds, for the case `because`, whose own action has asked. With a paper it is durable on
    return, and must not be called inside a transaction. NotFound when the call is deleted; Denied, Empty, TooLong,
    Busy; papers.TooLarge, WrongKind, NotStored."""
    row = _begin(recording, text, paper, because, by)
    if paper is None:
        return row
    papers.seal(row, paper.content)
    try:
        return _kept(row, by)
    except Busy:
        papers.give_up(row)
        raise


@db.atomic()
def _begin(recording: Recording, text: str, paper: Paper | None, because: Any, by: Account) -> Statement:
    if not by.may(Permission.CASES_HANDLE) and not by.may(Permission.CASES_DECIDE):
        raise Denied
    text = text.strip()
    if not text and paper is None:
        raise Empty
    if len(text) > TEXT_MOST:
        raise TooLong
    found = Recording.get_or_none(Recording.id == recording.id, Recording.state == State.LIVE)
    if found is None:
        raise NotFound
    facts: dict[str, Any] = {"standing": StatementState.TEXT}
    if paper is not None:
        facts = {"name": paper.name, "standing": StatementState.SEALING, **papers.facts(paper.content)}
    row: Statement = Statement.create(
        recording=found, text=text, because=because.uuid, reference=because.number, added_by=by, **facts
    )
    if paper is None:
        _note_added(row, by)
    return row


@db.atomic()
def _kept(row: Statement, by: Account) -> Statement:
    live = Recording.select(Recording.id).where(Recording.state == State.LIVE)
    if not papers.keep(row, Statement.recording.in_(live)):
        raise Busy
    _note_added(row, by)
    fresh: Statement = Statement.get_by_id(row.id)
    return fresh


def _note_added(row: Statement, by: Account) -> None:
    detail = {"statement": row.uuid.hex, "characters": len(row.text), "size": row.size}
    record(Act.STATEMENT_ADDED, row.recording, by=by, reference=row.reference, **detail)


def of(recording: Recording) -> list[Statement]:
    """What was added to the call, the oldest first, with who attached it."""
    chosen = Statement.select(Statement, Account).join(Account, on=(Statement.added_by == Account.id), attr="added_by")
    shown = (Statement.recording == recording.id, Statement.standing.in_(SHOWN))
    return list(chosen.where(*shown).order_by(Statement.id))


def get(recording: Recording, key: uuid.UUID) -> Statement:
    """A statement with a paper, of a call that the reader may see. NotFound."""
    chosen = (Statement.recording == recording.id, Statement.uuid == key, Statement.standing == StatementState.KEPT)
    found: Statement | None = Statement.select(Statement, Recording).join(Recording).where(*chosen).first()
    if found is None:
        raise NotFound
    return found


def read(statement: Statement, *, by: Account, reference: str = "") -> bytes:
    """The paper in the clear; each time is a row in the log. The caller has seen to it that `by` may see the call, for
    a case that `reference` numbers. NotFound; SealBroken when it was altered."""
    content = papers.content(statement)
    _note_read(statement, by, reference)
    return content


@db.atomic()
def _note_read(statement: Statement, by: Account, reference: str) -> None:
    found = get(statement.recording, statement.uuid)
    detail = {"statement": found.uuid.hex, "media_type": found.media_type, "size": found.size}
    record(Act.STATEMENT_READ, found.recording, by=by, reference=reference, **detail)


def sweep() -> int:
    """Clear what a crash left half kept; how many the disk refused."""
    return papers.sweep(Statement)
