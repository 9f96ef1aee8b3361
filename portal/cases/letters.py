"""The letters of a case: documents whose owner is the case. Ordered in the transaction of the act that needs them;
the worker sets them. Nothing of a letter is typed on a document's own page."""

import uuid
from collections.abc import Collection
from typing import Any

import peewee

from portal import clock
from portal.accounts.models import Account
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.cases.actions import handled_or_closed
from portal.cases.models import Case
from portal.db import db
from portal.documents import actions as documents
from portal.documents.kinds import Kind, Owner
from portal.documents.models import Document, State, canonical
from portal.errors import Conflict, NotFound

OF_AN_ANSWER = (State.ORDERED, State.FAILED, State.LOCKED)
"""The states of a letter after the approval."""


def order(case: Case, kind: Kind, *, by: Account | None, **content: Any) -> Document:
    """A letter to be set as things stand now. `content` is kept on the row, for what the case may say otherwise
    later: JSON values. Call inside a transaction."""
    made = _create(case, kind, by=by, content=content, state=State.ORDERED, ordered_by=by, ordered_at=clock.now())
    record(Act.DOCUMENT_ORDERED, made, by=by, reference=case.number, document=made.kind, language=made.language)
    return made


def draft(case: Case, kind: Kind, *, by: Account, right: str = "") -> Document:
    """A letter of the answer as proposed, of `right` or of the whole request: to be previewed, then ordered or
    dropped. There is one of each at a time."""
    content = {"right": right, "round": case.round}
    made = _create(case, kind, by=by, content=content, once=f"{_round(case)}{right}")
    record(Act.DOCUMENT_DRAFTED, made, by=by, reference=case.number, document=made.kind, language=made.language)
    return made


def _round(case: Case, number: int | None = None) -> str:
    """How `once` begins on each letter of the answer that the case is at, or of round `number`."""
    return f"case-answer:{case.uuid.hex}:{number or case.round}:"


def order_drafts(case: Case, *, by: Account, rights: Collection[str] | None = None) -> list[Document]:
    """The answer is approved: set its letters, or those of `rights` alone. What confirms an erasure waits for it to be
    done, unless it is named. Raises Conflict when there is none, or somebody was first."""
    found = [one for one in drafts(case) if (of_right(one) in rights if rights else one.kind != Kind.CASE_ERASED)]
    if not found and (rights or not drafts(case)):
        raise Conflict
    for one in found:
        ordered = Document.update(state=State.ORDERED, ordered_by=by, ordered_at=clock.now()).where(
            Document.id == one.id, Document.state == State.DRAFT
        )
        if not ordered.execute():
            raise Conflict
        record(Act.DOCUMENT_ORDERED, one, by=by, reference=case.number, document=one.kind, language=one.language)
    return [Document.get_by_id(one.id) for one in found]


def drop_drafts(case: Case, *, by: Account | None) -> None:
    """The proposal was returned or taken back: its drafts are given up. None there is no fault."""
    for found in drafts(case):
        Document.update(state=State.DROPPED, content="{}", once=None).where(Document.id == found.id).execute()
        record(Act.DOCUMENT_DROPPED, found, by=by, reference=case.number, document=found.kind)


def drop_answer(case: Case, *, by: Account) -> None:
    """An approved answer that cannot leave is taken back: its letters are given up, and the worker destroys them."""
    for found in answering(case):
        Document.update(state=State.DROPPED, content="{}", once=None, leased_until=clock.now()).where(
            Document.id == found.id, Document.state.in_(OF_AN_ANSWER)
        ).execute()
        record(Act.DOCUMENT_DROPPED, found, by=by, reference=case.number, document=found.kind)


def get(case: Case, key: uuid.UUID) -> Document:
    """A letter of the case that was not given up. Raises NotFound when it is none of its."""
    found: Document | None = _of(case).where(Document.uuid == key, Document.state != State.DROPPED).first()
    if found is None:
        raise NotFound
    return found


@db.atomic()
def retry(case: Case, key: uuid.UUID, *, by: Account) -> None:
    """Let a letter that could not be set wait for the worker again; what was mended in the case meanwhile is in it.
    NotFound, Denied, NotHandler, Conflict."""
    found = get(case, key)
    documents.retry(found, by=by, reference=handled_or_closed(case, by=by).number)


def drafts(case: Case) -> list[Document]:
    """The letters of the answer that are proposed and not yet ordered."""
    return list(_of(case).where(Document.state == State.DRAFT).order_by(Document.id))


def answering(case: Case, number: int | None = None) -> list[Document]:
    """Every letter of the answer that the case is at, or of round `number`, drafts too, that was not given up."""
    mine = Document.once.startswith(_round(case, number))
    return list(_of(case).where(mine, Document.state != State.DROPPED).order_by(Document.id))


def of_right(letter: Document) -> str:
    """The right that a letter of an answer is about; '' the whole request."""
    return str(letter.once or "").rpartition(":")[2]


def of(case: Case) -> list[Document]:
    """Every letter of the case that was not given up, the oldest first."""
    return list(_of(case).where(Document.state != State.DROPPED).order_by(Document.id))


def waiting(case: Case) -> bool:
    """Is a letter ordered and not yet there? Then nothing is said to have been sent."""
    return bool(_of(case).where(Document.state.in_((State.ORDERED, State.FAILED))).exists())


def _of(case: Case) -> peewee.ModelSelect:
    return Document.select().where(Document.owner_kind == Owner.CASES, Document.owner_key == case.uuid.hex)


def _create(case: Case, kind: Kind, *, by: Account | None, content: dict[str, Any], **values: Any) -> Document:
    made: Document = Document.create(
        kind=kind,
        language=case.language,
        owner_kind=Owner.CASES,
        owner_key=case.uuid.hex,
        made_by=by,
        content=canonical(content),
        **values,
    )
    return made
