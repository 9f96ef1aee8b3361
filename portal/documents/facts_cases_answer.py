"""What the answer to a resident's request says: the calls, what is not given and why, who had them, who listened.

What is told of a call is its own: the transfers and the listens are those of the calls that the letter tells of. Of a
person whose identity is not proven, and of a request that is unfounded, nothing of the register is told. Of what 34 §
of dataskyddslagen withholds only the provision is.
"""

import datetime as dt
import json
from collections import Counter
from typing import Any

from portal import clock, config, spelling
from portal.audit.listens import who_listened
from portal.cases import contents, outcomes, packing, words
from portal.cases.codes import SECTION_34, Decision, Outcome
from portal.cases.models import Case, CaseCall, CaseRight, Line, Passage, SearchRun
from portal.documents.case_shapes import (
    Call,
    CaseAnswer,
    Consultation,
    Noted,
    Recipient,
    Search,
    Silent,
    Spoken,
)
from portal.documents.facts_cases import Say, as_of, common, iso, lifting_day, of
from portal.documents.models import Document
from portal.language import N_, translator
from portal.recordings import notes as written
from portal.recordings import quality
from portal.recordings.models import Note, Purpose
from portal.recordings.quality_models import QualityReview
from portal.retention import threat_words
from portal.retention.holds import STANDING
from portal.retention.models import Hold, Transfer, TransferState

PURPOSES: dict[str, str] = {
    Purpose.QUALITY: N_("tjänstens kvalitet"),
    Purpose.SAFETY: N_("kundrådgivarnas säkerhet"),
    Purpose.REQUEST: N_("handläggning av en begäran enligt dataskyddsförordningen"),
    Purpose.TRAINING: N_("utbildning av kundrådgivare, med samtycke"),
}
"""As the one whose call it is reads them."""

OTHER_PURPOSE = N_("annat ändamål")


def answer(document: Document) -> CaseAnswer:
    case, say = of(document), translator(document.language)
    moment, on = document.ordered_at or clock.now(), as_of(document)
    silent = case.outcome in outcomes.CHOSEN
    numbered = [] if silent else list(enumerate(contents.told(case), 1))
    files, lifts_on = packing.file_names(case), lifting_day(case, on)
    kept_from = clock.months_after(case.received_on, -clock.RETENTION_MONTHS)
    asked_on = case.paused_on
    return CaseAnswer(
        **common(case, document, say, signer=case.approved_by),
        outcome=_outcome(case, document),
        asks=case.asks,
        called_from=iso(case.called_from),
        called_to=iso(case.called_to),
        called_words=case.called_words,
        reasons=case.reasons,
        searches=[] if silent else _searches(case, document.language, moment),
        calls=[
            _call(number, call, lifts_on, files.get(call.uuid, ""), document.language, say) for number, call in numbered
        ],
        sealed=[] if silent else contents.kept_from_telling(case),
        recipients=_recipients(numbered, moment, say),
        consultations=_consultations(numbered, moment, say),
        delivery=case.delivery,
        copy_days=config.settings().case_copy_days,
        kept_from=kept_from.isoformat(),
        deleted=_deleted(case, _outcome(case, document), kept_from),
        lifts_on=lifts_on.isoformat(),
        identity_asked_on=iso(asked_on),
        identity_reply_by=iso(
            asked_on + dt.timedelta(days=config.settings().case_identity_days) if asked_on is not None else None
        ),
        opinion=bool(case.opinion),
    )


def _outcome(case: Case, document: Document) -> str:
    """Of the right that the letter answers, as its content says, or of the whole request."""
    named = json.loads(document.content).get("right", "")
    found: CaseRight | None = CaseRight.get_or_none(CaseRight.case == case.id, CaseRight.right == named)
    chosen = found.outcome if found is not None and case.outcome not in outcomes.CHOSEN else None
    return str(chosen or case.outcome or "")


def _deleted(case: Case, outcome: str, kept_from: dt.date) -> str:
    """How much of the period asked for had been deleted by its date when the request came."""
    if outcome == Outcome.DELETED_BEFORE:
        return "all"
    if case.called_from is None:
        return "unknown"
    if case.called_to is not None and case.called_to < kept_from:
        return "all"
    return "some" if case.called_from < kept_from else "none"


def _searches(case: Case, language: str, moment: dt.datetime) -> list[Search]:
    """Each kind of search once, with the last day it was made."""
    found: dict[tuple[Any, ...], Search] = {}
    rows = SearchRun.select().where(SearchRun.case == case.id, SearchRun.at <= moment).order_by(SearchRun.id)
    for run in rows:
        key = (run.numbers, run.first, run.last, run.queue_id, run.time_from, run.time_to)
        found[key] = Search(
            on=clock.local(run.at).date().isoformat(),
            numbers=[spelling.phone_masked(number) for number in run.numbers.split(",") if number],
            first=run.first.isoformat(),
            last=run.last.isoformat(),
            hours=_hours(run.time_from, run.time_to),
            queue=run.queue.name(language) if run.queue is not None else "",
        )
    return list(found.values())


def _hours(first: dt.time | None, last: dt.time | None) -> str:
    if first is None and last is None:
        return ""
    return f"{_hour(first or dt.time.min)}–{_hour(last)}" if last else f"{_hour(first or dt.time.min)}–24.00"


def _hour(time: dt.time) -> str:
    return f"{time.hour}.{time.minute:02}"


def _call(number: int, row: CaseCall, lifts_on: dt.date, file: str, language: str, say: Say) -> Call:
    recording = row.recording
    hidden = row.ground in SECTION_34
    without = row.decision in (Decision.WITHHELD, Decision.TRANSCRIPT)
    notes = [_noted(note, language) for note in written.every(recording) if note.text]
    notes += [_commented(review, say) for review in quality.comments(recording)]
    whole = row.decision == Decision.WHOLE
    return Call(
        number=number,
        at=recording.started_at.isoformat(),
        duration_ms=recording.duration_ms,
        line=recording.queue.name(language) if recording.queue is not None else "",
        direction=recording.direction or "",
        decision=row.decision,
        deleted_on=max(clock.local(recording.expires_at).date(), lifts_on).isoformat(),
        held_until=_held_until(recording),
        file=file,
        ground=row.ground if without else "",
        interest=row.interest if without and not hidden else "",
        harm=row.harm if without and not hidden else "",
        milder=row.milder if without and not hidden else "",
        silent=_silent(row) if row.decision == Decision.MUTED else [],
        spoken=_spoken(row, say) if row.decision == Decision.TRANSCRIPT else [],
        notes=notes if whole else [],
        other_notes=0 if whole or row.decision == Decision.WITHHELD else len(notes),
    )


def _noted(note: Note, language: str) -> Noted:
    return Noted(
        on=clock.local(note.created_at).date().isoformat(),
        text=note.text,
        at=spelling.offset(note.at_ms) if note.at_ms is not None else "",
        kind=written.kind(note.kind, language),
    )


def _commented(review: QualityReview, say: Say) -> Noted:
    """What was written beside a review of the call's quality. Its answers are about the adviser's work and the service,
    not about the person."""
    at = review.changed_at or review.created_at
    return Noted(on=clock.local(at).date().isoformat(), text=review.comment, at="", kind=say(N_("Bedömd kvalitet")))


def _silent(row: CaseCall) -> list[Silent]:
    rows = Passage.select().where(Passage.call == row.id).order_by(Passage.start_ms)
    return [
        Silent(
            start_ms=passage.start_ms,
            end_ms=passage.end_ms,
            ground=passage.ground,
            interest="" if passage.ground in SECTION_34 else passage.interest,
            harm="" if passage.ground in SECTION_34 else passage.harm,
            milder="" if passage.ground in SECTION_34 else passage.milder,
        )
        for passage in rows
    ]


def _spoken(row: CaseCall, say: Say) -> list[Spoken]:
    rows = Line.select().where(Line.call == row.id).order_by(Line.at_ms, Line.id)
    return [Spoken(at_ms=line.at_ms, speaker=say(words.SPEAKERS[line.speaker]), text=line.text) for line in rows]


def _held_until(recording: Any) -> str | None:
    if not recording.holds:
        return None
    row = Hold.select().where(Hold.recording == recording.id, Hold.state.in_(STANDING)).order_by(Hold.id.desc()).first()
    return row.review_on.isoformat() if row is not None else None


def _recipients(numbered: list[tuple[int, CaseCall]], moment: dt.datetime, say: Say) -> list[Recipient]:
    """Whoever a call of the letter was handed over to; what was only proposed or approved has not left."""
    numbers = {call.recording_id: number for number, call in numbered}
    rows = Transfer.select().where(
        Transfer.recording.in_(list(numbers)),
        Transfer.state == TransferState.HANDED_OVER,
        Transfer.ended_at <= moment,
    )
    return [
        Recipient(
            call=numbers[row.recording_id],
            authority=row.authority,
            on=clock.local(row.ended_at).date().isoformat(),
            basis=say(threat_words.BASES[row.basis]),
        )
        for row in rows.order_by(Transfer.ended_at, Transfer.id)
    ]


def _consultations(numbered: list[tuple[int, CaseCall]], moment: dt.datetime, say: Say) -> list[Consultation]:
    """By call, day and purpose; no name, and not which request it was for: that may be somebody else's."""
    found = []
    for number, call in numbered:
        heard = [one for one in who_listened(call.recording) if one.at <= moment]
        counted = Counter((clock.local(one.at).date(), one.purpose) for one in reversed(heard))
        found += [
            Consultation(call=number, on=day.isoformat(), purpose=say(PURPOSES.get(code, OTHER_PURPOSE)), times=times)
            for (day, code), times in sorted(counted.items())
        ]
    return found
