"""The record of processing activities (GDPR 30(1)(a)–(g)): generated, never typed. What the portal does, as it is set
and used now, with what the privacy description in force says of it."""

import uuid

from portal import clock
from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import db
from portal.documents import actions as documents
from portal.documents.kinds import Kind, Owner
from portal.documents.models import Document, State, canonical
from portal.documents.processing_shapes import ProcessingRecord, RecordRow, RecordSection
from portal.errors import Denied, NotFound
from portal.language import LANGUAGES, N_, translator
from portal.register import claims_live, contradictions, descriptions
from portal.register.letters import AlreadyOrdered
from portal.register.points import TITLES
from portal.register.processing_live import TELL

KEY = "processing-record"
"""Owner key of its papers: there is one such record."""

SECTIONS: dict[str, tuple[str, tuple[str, ...]]] = {
    "a": (N_("Den personuppgiftsansvariga och dataskyddsombudet"), ("controller", "responsible", "contact", "officer")),
    "b": (N_("Ändamålen med behandlingen"), ("purpose", "basis", "automated")),
    "c": (N_("De registrerade och deras uppgifter"), ("stored", "source")),
    "d": (N_("Mottagare"), ("listeners", "disclosure")),
    "e": (N_("Överföring till tredje land"), ("transfers",)),
    "f": (N_("Tidsfrister för radering"), ("storage",)),
    "g": (N_("Säkerhetsåtgärder"), ("protection",)),
}
"""By letter of the article: the title, and the points of the description that speak of it."""


def of(language: str) -> ProcessingRecord:
    """The record as it is now, in `language`."""
    say, live, now = translator(language), claims_live.read(), clock.now()
    current = descriptions.current()
    texts = descriptions.content(current) if current is not None else {}
    sections = [
        RecordSection(
            letter=letter,
            title=say(title),
            rows=TELL[letter](live, say, language),
            described=[_described(say(TITLES[point]), texts[point][language]) for point in points if point in texts],
        )
        for letter, (title, points) in SECTIONS.items()
    ]
    return ProcessingRecord(
        at=now.isoformat(),
        description_version=current.version if current is not None else None,
        description_from=current.valid_from.isoformat() if current is not None else None,
        contradictions=len(contradictions.of(texts, live=live)) if current is not None else 0,
        sections=sections,
    )


def _described(title: str, text: str) -> RecordRow:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return RecordRow(label=title, lines=lines or ["–"])


@db.atomic()
def order(language: str, *, by: Account) -> Document:
    """The record as PDF, as it is now: what it says is kept in the order, so that it is the same whenever it is set.
    Denied; AlreadyOrdered while one in that language waits."""
    _may(by)
    if language not in LANGUAGES:
        raise NotFound
    if _papers().where(Document.state == State.ORDERED, Document.language == language).exists():
        raise AlreadyOrdered
    found = of(language)
    made: Document = Document.create(
        kind=Kind.PROCESSING_RECORD,
        language=language,
        owner_kind=Owner.REGISTER,
        owner_key=KEY,
        made_by=by,
        state=State.ORDERED,
        content=canonical({"record": found.plain()}),
        ordered_by=by,
        ordered_at=clock.now(),
    )
    record(Act.DOCUMENT_ORDERED, made, by=by, document=made.kind, language=language)
    record(Act.PROCESSING_RECORD_MADE, made, by=by, language=language, version=found.description_version)
    return made


@db.atomic()
def export(language: str, *, by: Account) -> ProcessingRecord:
    """The record for a file; logged. Denied."""
    _may(by)
    found = of(language)
    version = found.description_version
    record(Act.PROCESSING_RECORD_MADE, by=by, language=language, version=version, exported=True)
    return found


def papers(*, by: Account) -> list[Document]:
    """Those that were made, the newest first."""
    _may(by)
    return list(_papers().where(Document.state != State.DROPPED).order_by(Document.id.desc()).limit(50))


def paper(key: uuid.UUID, *, by: Account) -> Document:
    """Denied, NotFound."""
    _may(by)
    found: Document | None = _papers().where(Document.uuid == key, Document.state != State.DROPPED).first()
    if found is None:
        raise NotFound
    return found


def retry(key: uuid.UUID, *, by: Account) -> None:
    """Let one that could not be set wait for the worker again. Denied, NotFound, Conflict."""
    documents.retry(paper(key, by=by), by=by)


def _papers() -> Document:
    return Document.select().where(Document.kind == Kind.PROCESSING_RECORD, Document.owner_key == KEY)


def _may(by: Account) -> None:
    if not by.may(Permission.REGISTER_RECORD):
        raise Denied
