"""The letters of a case: documents whose owner is the case. Ordered in the transaction of the act that needs them;
the worker sets them. Nothing of a letter is typed on a document's own page."""

import uuid
from typing import Any

import peewee

from portal import clock
from portal.accounts.models import Account
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.cases.actions import handled
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


def draft(case: Case, kind: Kind, *, by: Account) -> Document:
    """The answer as proposed: to be previewed, then ordered or dropped. There is one at a time."""
    made = _create(case, kind, by=by, content={}, once=f"case-answer:{case.uuid.hex}")
    record(Act.DOCUMENT_DRAFTED, made, by=by, reference=case.number, document=made.kind, language=made.language)
    return made


def order_draft(case: Case, *, by: Account) -> Document:
    """The answer is approved: set it. Raises Conflict when there is no draft."""
    found = drafted(case)
    if found is None:
        raise Conflict
    ordered = Document.update(state=State.ORDERED, ordered_by=by, ordered_at=clock.now()).where(
        Document.id == found.id, Document.state == State.DRAFT
    )
    if not ordered.execute():
        raise Conflict
    record(Act.DOCUMENT_ORDERED, found, by=by, reference=case.number, document=found.kind, language=found.language)
    row: Document = Document.get_by_id(found.id)
    return row


def drop_draft(case: Case, *, by: Account | None) -> None:
    """The proposal was returned or taken back: its draft is given up. None there is no fault."""
    found = drafted(case)
    if found is not None:
        Document.update(state=State.DROPPED, content="{}", once=None).where(Document.id == found.id).execute()
        record(Act.DOCUMENT_DROPPED, found, by=by, reference=case.number, document=found.kind)


def drop(case: Case, kind: Kind, *, by: Account) -> None:
    """An approved answer that cannot leave is taken back: its letter is given up, and the worker destroys it."""
    for found in list(_of(case).where(Document.kind == kind, Document.state.in_(OF_AN_ANSWER))):
        Document.update(state=State.DROPPED, content="{}", once=None, leased_until=clock.now()).where(
            Document.id == found.id
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
    documents.retry(get(handled(case, by=by), key), by=by, reference=case.number)


def drafted(case: Case) -> Document | None:
    found: Document | None = _of(case).where(Document.state == State.DRAFT).first()
    return found


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
