"""What people can do about documents. Setting them is the worker's: `setting`."""

import datetime as dt
import json
import uuid
from typing import Any

import peewee

from portal import clock
from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.audit.question import GroundNeeded, Question
from portal.db import db
from portal.documents import months_due
from portal.documents.kinds import MONTHLY, OWNERS, Kind, Owner
from portal.documents.models import Document, State, canonical
from portal.errors import Conflict, Denied, Invalid, NotFound
from portal.language import N_
from portal.retention import months
from portal.vault import objects

WRITERS: dict[Kind, Permission] = {
    Kind.PURGE_DAY: Permission.DOCUMENTS_ORDER,
    Kind.PURGE_MONTH: Permission.DOCUMENTS_APPROVE,
    Kind.LOG_EXTRACT: Permission.DOCUMENTS_EXTRACT,
    Kind.SPECIMEN: Permission.DOCUMENTS_STATIONERY,
    **dict.fromkeys((kind for kind in Kind if OWNERS[kind] == Owner.CASES), Permission.CASES_HANDLE),
    Kind.RECIPIENT_NOTICE: Permission.REGISTER_NOTICE,
    Kind.DISCLOSURE_RECORD: Permission.RETENTION_TRANSFERS,
    Kind.RIGHTS_REVIEW: Permission.DOCUMENTS_ORDER,
    Kind.PRIVACY_DESCRIPTION: Permission.REGISTER_PUBLISH,
    Kind.PROCESSING_RECORD: Permission.REGISTER_RECORD,
    Kind.LOG_MONTH: Permission.OVERSIGHT_READ,
    Kind.CALLER_EXTRACT: Permission.DOCUMENTS_EXTRACT,
}
"""Who may order, change, lock and correct. The letters of a case are ordered by its own acts (`cases.letters`)."""

NOTED_AGAIN = dt.timedelta(minutes=15)
"""A preview follows the typing: in so long it is one entry of the log."""


class NotOver(Invalid):
    text = N_("Perioden är inte slut. Protokollet kan göras när den är det.")


class AlreadyThere(Conflict):
    text = N_("Dokumentet finns redan på det språket.")


class DraftChanged(Conflict):
    text = N_("Någon annan har ändrat eller låst utkastet. Ladda om sidan och se hur det är nu.")


class MustStay(Invalid):
    text = N_("Månadens protokoll kan inte kastas. Det väntar tills den ansvariga har låst det.")


def get(key: uuid.UUID, *, by: Account) -> Document:
    """Raises NotFound when it is absent or its owner's page is not for `by`."""
    found: Document | None = Document.visible_to(by).where(Document.uuid == key).first()
    if found is None:
        raise NotFound
    return found


def may_write(document: Document, user: Account) -> bool:
    return user.may(WRITERS[Kind(document.kind)])


def owned(owner: Owner, key: str, *, by: Account) -> list[Document]:
    """The documents of one page, those given up left out, the newest first."""
    mine = Document.visible_to(by).where(Document.owner_kind == owner, Document.state != State.DROPPED)
    if key:
        mine = mine.where(Document.owner_key == key)
    return list(mine.order_by(Document.id.desc()).limit(100))


def waiting(*, by: Account) -> list[Document]:
    """Drafts that the schedule made and `by` answers for, the oldest first."""
    mine = [kind for kind in MONTHLY if by.may(WRITERS[kind])]
    if not mine:
        return []
    drafts = Document.select().where(Document.state == State.DRAFT, Document.made_by.is_null(), Document.kind.in_(mine))
    return list(drafts.order_by(Document.owner_key, Document.id))


@db.atomic()
def order_day(day: dt.date, *, language: str, by: Account) -> Document:
    """The purge protocol of a day that is over, set without a draft. Raises NotOver, AlreadyThere."""
    if clock.day_start(day + dt.timedelta(days=1)) > clock.now():
        raise NotOver
    key = day.isoformat()
    made = _create(
        Kind.PURGE_DAY,
        key,
        language,
        by=by,
        once=f"{Kind.PURGE_DAY}:{key}:{language}",
        state=State.ORDERED,
        ordered_by=by,
        ordered_at=clock.now(),
    )
    record(Act.DOCUMENT_ORDERED, made, by=by, document=made.kind, day=key, language=language)
    return made


@db.atomic()
def order_review(review: str, *, language: str) -> Document:
    """How a quarter's review of user rights went, ordered by the schedule when it closes. Raises AlreadyThere."""
    made = _create(
        Kind.RIGHTS_REVIEW,
        review,
        language,
        by=None,
        once=f"{Kind.RIGHTS_REVIEW}:{review}:{language}",
        state=State.ORDERED,
        ordered_at=clock.now(),
    )
    record(Act.DOCUMENT_ORDERED, made, document=made.kind, language=language)
    return made


@db.atomic()
def draft_month(month: dt.date, *, language: str, by: Account | None, kind: Kind = Kind.PURGE_MONTH) -> Document:
    """The protocol of a month that is over, of a kind in MONTHLY. `by` None: the schedule. Raises NotOver,
    AlreadyThere."""
    if clock.day_start(clock.next_month(month)) > clock.now():
        raise NotOver
    key = months.name(month)
    made = _create(kind, key, language, by=by, once=months_due.once(month, language, kind))
    record(Act.DOCUMENT_DRAFTED, made, by=by, document=made.kind, month=key, language=language)
    return made


@db.atomic()
def draft_extract(asked: Question, *, language: str, by: Account, ground: str = "", ground_words: str = "") -> Document:
    """An extract of the log as it stands now: later entries are not in it. One of a single employee needs its
    `ground` (a code of `oversight.grounds`) and why: raises GroundNeeded."""
    if asked.of_one and not (ground and ground_words):
        raise GroundNeeded
    until = Entry.select(peewee.fn.MAX(Entry.id)).scalar() or 0
    content: dict[str, Any] = {"asked": asked.codes(), "until": until, "recipient": [], "remark": ""}
    if ground:
        content |= {"ground": ground, "ground_words": ground_words}
    made = _create(Kind.LOG_EXTRACT, str(uuid.uuid4()), language, by=by, content=canonical(content))
    record(Act.DOCUMENT_DRAFTED, made, by=by, document=made.kind, language=language, asked=content["asked"])
    return made


@db.atomic()
def draft_caller_extract(content: dict[str, Any], *, language: str, by: Account) -> Document:
    """To somebody who called, of the calls that `content` names (`oversight.extracts`)."""
    made = _create(Kind.CALLER_EXTRACT, str(uuid.uuid4()), language, by=by, content=canonical(content))
    record(Act.DOCUMENT_DRAFTED, made, by=by, document=made.kind, language=language)
    return made


@db.atomic()
def draft_specimen(content: dict[str, Any], *, language: str, by: Account) -> Document:
    """A letter that shows every shared part."""
    made = _create(Kind.SPECIMEN, "", language, by=by, content=canonical(content))
    record(Act.DOCUMENT_DRAFTED, made, by=by, document=made.kind, language=language)
    return made


@db.atomic()
def correct(document: Document, *, by: Account) -> Document:
    """A draft that names the locked `document` as the one it corrects; there is one at a time. Raises Conflict
    when the document is not locked, AlreadyThere when it has been corrected."""
    _must_write(document, by)
    if document.state != State.LOCKED:
        raise Conflict
    made = _create(
        Kind(document.kind),
        document.owner_key,
        document.language,
        by=by,
        once=f"corrects:{document.uuid}",
        corrects=document,
        content=document.content,
    )
    record(
        Act.DOCUMENT_DRAFTED,
        made,
        by=by,
        document=made.kind,
        language=made.language,
        corrects=document.uuid.hex,
    )
    return made


@db.atomic()
def change(document: Document, typed: dict[str, Any], *, earlier: str, by: Account) -> Document:
    """Save what the form filled in. `earlier` is the version of the content that the form was made from.
    Raises DraftChanged when the draft is not as it was then."""
    _must_write(document, by)
    content = merged(document, typed)
    if content == document.content and document.version == earlier and document.state == State.DRAFT:
        return document
    _update_draft(document, earlier, content=content)
    record(Act.DOCUMENT_CHANGED, document, by=by, document=document.kind)
    return document


@db.atomic()
def lock(document: Document, typed: dict[str, Any], *, earlier: str, by: Account) -> None:
    """Save, and order it: from here on it cannot be changed. Raises DraftChanged."""
    _must_write(document, by)
    _update_draft(
        document,
        earlier,
        content=merged(document, typed),
        state=State.ORDERED,
        ordered_by=by,
        ordered_at=clock.now(),
    )
    record(Act.DOCUMENT_ORDERED, document, by=by, document=document.kind, language=document.language)


@db.atomic()
def retry(document: Document, *, by: Account, reference: str = "") -> None:
    """Let one that failed wait for the worker again, as of the moment it was first ordered. Raises Conflict.
    `reference`: the case that it belongs to."""
    _must_write(document, by)
    waits = Document.update(state=State.ORDERED, attempts=0, failure="", leased_until=clock.now()).where(
        Document.id == document.id, Document.state == State.FAILED
    )
    if not waits.execute():
        raise Conflict
    record(Act.DOCUMENT_RETRIED, document, by=by, reference=reference, document=document.kind)


@db.atomic()
def reopen(document: Document, *, by: Account) -> None:
    """Make one that failed a draft again, with what was typed: a sign that no typeface has must be changed.
    Raises Conflict."""
    _must_write(document, by)
    reopened = Document.update(
        state=State.DRAFT, attempts=0, failure="", leased_until=clock.now(), ordered_by=None, ordered_at=None
    ).where(Document.id == document.id, Document.state == State.FAILED)
    if not reopened.execute():
        raise Conflict
    record(Act.DOCUMENT_REOPENED, document, by=by, document=document.kind)


@db.atomic()
def drop(document: Document, *, by: Account) -> None:
    """Give up a draft, or one that failed; what was typed is forgotten. Raises MustStay, Conflict."""
    _must_write(document, by)
    if document.by_schedule:
        raise MustStay
    dropped = Document.update(state=State.DROPPED, content="{}", once=None).where(
        Document.id == document.id, Document.state.in_((State.DRAFT, State.FAILED))
    )
    if not dropped.execute():
        raise Conflict
    record(Act.DOCUMENT_DROPPED, document, by=by, document=document.kind)


@db.atomic()
def note_viewed(document: Document, *, by: Account) -> None:
    """Log that its page was opened."""
    record(Act.DOCUMENT_VIEWED, document, by=by, document=document.kind)


@db.atomic()
def note_previewed(document: Document, *, by: Account, reference: str = "") -> None:
    """Log that a draft was seen, once in `NOTED_AGAIN` for each person. `reference`: the case that it belongs to."""
    noted = Entry.select().where(
        Entry.subject == document.uuid,
        Entry.act == Act.DOCUMENT_PREVIEWED,
        Entry.by == by.uuid,
        Entry.at > clock.now() - NOTED_AGAIN,
        Entry.at <= clock.now(),
    )
    if not noted.exists():
        record(Act.DOCUMENT_PREVIEWED, document, by=by, reference=reference, document=document.kind)


def fetch(document: Document, *, by: Account, reference: str = "") -> bytes:
    """The bytes of a locked document; that they left is logged first. Raises NotFound when it is not locked.
    `reference`: the case that it belongs to."""
    if document.state != State.LOCKED or document.part is None:
        raise NotFound
    with db.atomic():
        told = {"document": document.kind, "language": document.language}
        record(Act.DOCUMENT_FETCHED, document, by=by, reference=reference, **told)
    return objects.read(document.uuid, document.part)


def merged(document: Document, typed: dict[str, Any]) -> str:
    """The content with what the form filled in; what no form fills in stays."""
    return canonical(json.loads(document.content) | typed)


def _must_write(document: Document, by: Account) -> None:
    if not may_write(document, by):
        raise Denied


def _create(kind: Kind, key: str, language: str, *, by: Account | None, **values: Any) -> Document:
    if by is not None and not by.may(WRITERS[kind]):
        raise Denied
    try:
        made: Document = Document.create(
            kind=kind, language=language, owner_kind=OWNERS[kind], owner_key=key, made_by=by, **values
        )
    except peewee.IntegrityError as error:
        raise AlreadyThere from error
    return made


def _update_draft(document: Document, earlier: str, **values: Any) -> None:
    if document.version != earlier:
        raise DraftChanged
    updated = Document.update(values).where(
        Document.id == document.id, Document.state == State.DRAFT, Document.content == document.content
    )
    if not updated.execute():
        raise DraftChanged
    for name, value in values.items():
        setattr(document, name, value)
