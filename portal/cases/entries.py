"""What a claim can be about, and how the entry stands now, word for word: the letters quote it."""

import uuid
from typing import NamedTuple

from portal import spelling
from portal.cases.claim_models import Claim
from portal.cases.codes import Disputed, RightKind
from portal.cases.models import Case, CaseCall
from portal.language import N_
from portal.recordings import entries as recorded
from portal.recordings import quality
from portal.recordings.models import Direction, Note, Told
from portal.recordings.quality_models import QualityReview

OF_A_CALL: dict[str, tuple[Disputed, ...]] = {
    RightKind.RECTIFICATION: (
        *(Disputed.SUBJECT, Disputed.NOTE, Disputed.REVIEW, Disputed.NUMBER, Disputed.QUEUE, Disputed.TOLD),
        *(Disputed.DIRECTION, Disputed.ADVISER, Disputed.SPEECH),
    ),
    RightKind.ERASURE: (Disputed.CALL, Disputed.PASSAGE),
    RightKind.RESTRICTION: (Disputed.CALL,),
    RightKind.OBJECTION: (Disputed.CALL,),
}
"""What of a call each right can be invoked against."""

FACTS = ("name", "agent", "authority", "address", "email", "phone", "received_where", "registry_number", "called_words")
"""The facts of the request itself that a rectification can be about: columns of a case."""


WORDS: dict[str, str] = {
    Disputed.SUBJECT: N_("Ämne"),
    Disputed.NOTE: N_("Anteckning"),
    Disputed.REVIEW: N_("Kommentar till en kvalitetsbedömning"),
    Disputed.NUMBER: N_("Telefonnummer"),
    Disputed.QUEUE: N_("Servicenummer"),
    Disputed.TOLD: N_("Informerad om inspelningen"),
    Disputed.DIRECTION: N_("Riktning"),
    Disputed.ADVISER: N_("Kundrådgivare"),
    Disputed.SPEECH: N_("Det som sägs i samtalet"),
    Disputed.FACT: N_("Uppgift i begäran"),
    Disputed.CALL: N_("Hela samtalet"),
    Disputed.PASSAGE: N_("Ett avsnitt av samtalet"),
}

TOLD: dict[str, str] = {Told.YES: N_("Ja"), Told.NO: N_("Nej"), Told.UNKNOWN: N_("Uppgift saknas")}

DIRECTIONS: dict[str, str] = {
    Direction.IN: N_("Inkommande"),
    Direction.OUT: N_("Utgående"),
    Direction.INTERNAL: N_("Internt"),
}


class Standing(NamedTuple):
    """An entry of a call as it stands."""

    entry: Disputed
    words: str
    note: uuid.UUID | None = None
    """The note, or the review, that it is."""


def of_call(call: CaseCall, right: str, language: str) -> list[Standing]:
    """Every entry of the call that `right` can be invoked against, as it stands now, in `language`."""
    found = []
    for entry in OF_A_CALL.get(right, ()):
        if entry == Disputed.NOTE:
            notes = Note.select().where(Note.recording == call.recording_id).order_by(Note.id)
            found += [Standing(entry, note.text, note.uuid) for note in notes]
        elif entry == Disputed.REVIEW:
            found += [Standing(entry, review.comment, review.uuid) for review in quality.comments(call.recording)]
        else:
            found.append(Standing(entry, verbatim(call, entry, language)))
    return found


def verbatim(call: CaseCall, entry: str, language: str) -> str:
    """What the entry says: a text, a name, a number in E.164, or a code that `shown` words. '' when it is empty, and
    for what is said in the call."""
    recording = call.recording
    match entry:
        case Disputed.SUBJECT:
            return str(recording.subject)
        case Disputed.NUMBER:
            return recording.number or ""
        case Disputed.QUEUE:
            return str(recording.queue.name(language)) if recording.queue is not None else ""
        case Disputed.TOLD:
            return str(recording.told)
        case Disputed.DIRECTION:
            return recording.direction or ""
        case Disputed.ADVISER:
            return str(recording.adviser.name) if recording.adviser is not None else ""
        case Disputed.CALL | Disputed.PASSAGE:
            line = f", {recording.queue.name(language)}" if recording.queue is not None else ""
            return f"{spelling.moment(recording.started_at, language)}{line}"
    return ""


def stretch(start_ms: int, end_ms: int) -> str:
    """A passage's place in its call: '1:05–1:20'."""
    return f"{spelling.offset(start_ms)}–{spelling.offset(end_ms)}"


def fact(case: Case, name: str) -> str:
    """A fact of the request, as it stands."""
    return str(getattr(case, name))


def value(claim: Claim) -> str:
    """What the entry of a claim that can be given another value is now, as `Claim.value` spells it."""
    if claim.call is None:
        return fact(claim.right.case, claim.fact)
    recording = claim.call.recording
    model = QualityReview if claim.entry == Disputed.REVIEW else Note
    written = model.get_or_none(model.recording == recording.id, model.uuid == claim.note) if claim.note else None
    return recorded.value(recording, claim.entry, written)
