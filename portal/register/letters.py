"""The papers of the register: the letter to a recipient (owner: the notice), the record of a disclosure (owner: the
transfer). Ordered here, set by the worker, shown on the pages of their owner alone."""

import uuid
from typing import Any

import peewee

from portal import clock
from portal.accounts.models import Account
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import db
from portal.documents import actions as documents
from portal.documents.kinds import Kind, Owner
from portal.documents.models import Document, State
from portal.errors import Conflict, NotFound
from portal.language import N_
from portal.vault import objects


class AlreadyOrdered(Conflict):
    text = N_("Dokumentet är redan beställt. Vänta tills det är gjort; om det misslyckades, försök igen.")


def order(
    owner: Any, kind: Kind, *, language: str, once: str | None = None, by: Account, reference: str = ""
) -> Document:
    """A paper to be set as things stand now; call inside a transaction. AlreadyOrdered."""
    if once is not None and Document.select().where(Document.once == once).exists():
        raise AlreadyOrdered
    made: Document = Document.create(
        kind=kind,
        language=language,
        owner_kind=Owner.REGISTER,
        owner_key=owner.uuid.hex,
        made_by=by,
        state=State.ORDERED,
        once=once,
        ordered_by=by,
        ordered_at=clock.now(),
    )
    record(Act.DOCUMENT_ORDERED, made, by=by, reference=reference, document=made.kind, language=made.language)
    return made


def of(owner: Any) -> list[Document]:
    """Those that were not given up, the oldest first."""
    return list(_of(owner).where(Document.state != State.DROPPED).order_by(Document.id))


def get(owner: Any, key: uuid.UUID) -> Document:
    """NotFound when it is none of the owner's, or was given up."""
    found: Document | None = _of(owner).where(Document.uuid == key, Document.state != State.DROPPED).first()
    if found is None:
        raise NotFound
    return found


@db.atomic()
def retry(owner: Any, key: uuid.UUID, *, by: Account, reference: str = "") -> None:
    """Let one that could not be set wait for the worker again. NotFound, Denied, Conflict."""
    documents.retry(get(owner, key), by=by, reference=reference)


def drop(owner: Any, *, by: Account | None, reference: str = "", kept: tuple[State, ...] = ()) -> int:
    """Give up the owner's papers, but for those in a state of `kept`; the worker destroys them. How many. Call inside
    a transaction."""
    rows = [row for row in of(owner) if row.state not in kept]
    for row in rows:
        # `leased_until` says that there may be bytes
        Document.update(state=State.DROPPED, content="{}", once=None, leased_until=clock.now()).where(
            Document.id == row.id
        ).execute()
        record(Act.DOCUMENT_DROPPED, row, by=by, reference=reference, document=row.kind)
    return len(rows)


def is_published(owner: Any, language: str) -> bool:
    """Is there a paper in `language` that everybody may read?"""
    return _public(owner, language) is not None


def published(owner: Any, language: str) -> bytes | None:
    """The bytes of what everybody may read: nobody is logged for it. None while it is not set."""
    document = _public(owner, language)
    return objects.read(document.uuid, document.part) if document is not None and document.part is not None else None


def _public(owner: Any, language: str) -> Document | None:
    chosen = _of(owner).where(
        Document.kind == Kind.PRIVACY_DESCRIPTION, Document.language == language, Document.state == State.LOCKED
    )
    found: Document | None = chosen.order_by(Document.id.desc()).first()
    return found


def _of(owner: Any) -> peewee.ModelSelect:
    return Document.select().where(Document.owner_kind == Owner.REGISTER, Document.owner_key == owner.uuid.hex)
