"""From the row of a document to what the press is asked to set."""

import json

from portal import clock
from portal.documents import (
    facts_cases,
    facts_cases_answer,
    facts_description,
    facts_log,
    facts_oversight,
    facts_processing,
    facts_purge,
    facts_register,
    facts_review,
    facts_rights,
    stationery,
)
from portal.documents.facts import Facts, Person, Specimen, Table
from portal.documents.kinds import MONTHLY, Kind
from portal.documents.models import Document
from portal.documents.order import Order
from portal.documents.words import LANGUAGES
from portal.language import N_, translator
from portal.spelling import date

PREVIEWED = 30
"""Lines and ids of a long list that a preview shows: it is to be there in a second."""

CORRECTS = N_("dokument %(id)s av den %(day)s")
TABLE = (N_("Så ser en tabell ut"), (N_("Uppgift"), N_("Innehåll")))


def compose(document: Document, *, draft: bool = False) -> Order:
    """The order of `document` as it stands. A draft is dated now; else everything is as of `ordered_at`,
    so that the same row gives the same order whenever it is set."""
    head = stationery.of(document.language)
    return Order(
        kind=Kind(document.kind),
        language=document.language,
        id=document.uuid,
        dated=clock.now() if draft or document.ordered_at is None else document.ordered_at,
        facts=_facts(document, PREVIEWED if draft else None).plain(),
        stationery=head,
        corrects=_corrects(document),
        draft=draft,
    )


def _facts(document: Document, most: int | None) -> Facts:
    match document.kind:
        case Kind.PURGE_DAY:
            return facts_purge.day(document, responsible=_responsible(document), most=most)
        case Kind.PURGE_MONTH:
            return facts_purge.month(document, responsible=_responsible(document), most=most)
        case Kind.LOG_EXTRACT:
            return facts_log.extract(document, most=most)
        case Kind.CASE_RECEIPT:
            return facts_cases.receipt(document)
        case Kind.CASE_IDENTITY:
            return facts_cases.identity(document)
        case Kind.CASE_EXTENSION:
            return facts_cases.extension(document)
        case Kind.CASE_CLOSING | Kind.CASE_TRANSFER:
            return facts_cases.end(document)
        case Kind.CASE_ACCESS | Kind.CASE_NONE | Kind.CASE_PARTIAL | Kind.CASE_REFUSAL:
            return facts_cases_answer.answer(document)
        case Kind.CASE_CERTIFICATE | Kind.CASE_RECTIFIED | Kind.CASE_ERASED | Kind.CASE_RESTRICTED:
            return facts_rights.answer(document)
        case Kind.CASE_LIFTED:
            return facts_rights.lifted(document)
        case Kind.CASE_CONSENT:
            return facts_rights.consent(document)
        case Kind.RECIPIENT_NOTICE:
            return facts_register.notice(document)
        case Kind.DISCLOSURE_RECORD:
            return facts_register.record(document)
        case Kind.LOG_MONTH:
            return facts_oversight.month(document, responsible=_responsible(document))
        case Kind.CALLER_EXTRACT:
            return facts_oversight.caller(document)
        case Kind.RIGHTS_REVIEW:
            return facts_review.review(document)
        case Kind.PRIVACY_DESCRIPTION:
            return facts_description.description(document)
        case Kind.PROCESSING_RECORD:
            return facts_processing.record(document)
        case _:
            return _specimen(document)


def _responsible(document: Document) -> Person | None:
    """Who locked a month's paper, by name; the title is the stationery's."""
    if document.kind not in MONTHLY or document.ordered_by is None:
        return None
    whose = "officer" if document.kind == Kind.LOG_MONTH else "signer"
    return Person(name=document.ordered_by.name, title=stationery.of(document.language)[whose]["title"])


def _specimen(document: Document) -> Specimen:
    content, say = json.loads(document.content), translator(document.language)
    caption, head = TABLE
    table = Table(
        caption=say(caption),
        head=[say(label) for label in head],
        rows=[[say(N_("Id")), str(document.uuid)], [say(N_("Språk")), say(LANGUAGES[document.language])]],
    )
    return Specimen(
        recipient=content["recipient"],
        subject=content["subject"],
        request_on=content["request_on"],
        received_on=content["received_on"],
        case=content["case"],
        paragraphs=content["paragraphs"],
        table=table,
    )


def _corrects(document: Document) -> str:
    earlier: Document | None = document.corrects
    if earlier is None:
        return ""
    say = translator(document.language)
    return say(CORRECTS) % {"id": earlier.uuid, "day": date(earlier.ordered_at)}
