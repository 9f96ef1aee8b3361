"""What the letters of the rights beyond access say: each thing that was demanded, what was done and what is refused.

The content of an answer (`cases.letters.draft`) names its right; that of a lifting (`cases.locking`) the restrictions,
the day and the reasons. All else is read from the rows as they were when the letter was ordered.
"""

import datetime as dt
import json
import uuid
from collections.abc import Iterable
from typing import Any

from portal import clock, spelling
from portal.accounts.models import Account
from portal.cases import entries, letters, locking, overview_words
from portal.cases.claim_models import Claim
from portal.cases.codes import ClaimDecision, Concerns, Disputed, Identity, Outcome, RightKind
from portal.cases.models import Case, CaseCall, CaseRight
from portal.documents.facts_cases import Say, as_of, common, lifting_day, of
from portal.documents.models import Document
from portal.documents.models import State as Letter
from portal.documents.rights_shapes import (
    Ahead,
    CaseConsent,
    CaseLifted,
    Demand,
    Ended,
    Freed,
    Informed,
    RightAnswer,
    Spot,
)
from portal.language import translator
from portal.queues.models import Queue
from portal.recordings.correction_models import Statement, StatementState
from portal.recordings.models import Recording, State
from portal.register import words as given
from portal.register.models import Consent, ConsentCall, ConsentText, Notice, NoticeState, Told
from portal.retention.models import KEY_BACKUP_DAYS, Freeze, PurgeLine, Transfer, TransferState
from portal.retention.restriction_models import Redaction, Restriction

NEWS: dict[str, tuple[Told, ...]] = {
    RightKind.RECTIFICATION: (Told.CORRECTED, Told.COMPLETED),
    RightKind.ERASURE: (Told.ERASED,),
    RightKind.OBJECTION: (Told.ERASED,),
    RightKind.RESTRICTION: (Told.RESTRICTED,),
    RightKind.WITHDRAWAL: (Told.ERASED,),
}
"""What its recipients are told of."""


def answer(document: Document) -> RightAnswer:
    case, say = of(document), translator(document.language)
    moment, on = document.ordered_at or clock.now(), as_of(document)
    right = _right(case, document)
    later = _is_later(case, right, document)
    claims = [one for one in _claims(right) if not later or one.decision == ClaimDecision.GRANTED]
    demands = [_demand(number, claim, case, moment, document.language, say) for number, claim in enumerate(claims, 1)]
    done = [claim.call.recording for claim in claims if claim.call and claim.decision != ClaimDecision.REFUSED]
    kept = [claim.call.recording for claim in claims if claim.call and claim.decision == ClaimDecision.REFUSED]
    lifts_on = lifting_day(case, on)
    return RightAnswer(
        **common(case, document, say, signer=case.approved_by),
        right=right.right,
        outcome=Outcome.GRANTED if later else right.outcome or "",
        later=later,
        asks=case.asks,
        reasons="" if later else right.words,
        demands=demands,
        ahead=_ahead(case, _standing(case, moment), _once(kept), moment, lifts_on, document.language),
        informed=_informed(case, _once(done), NEWS.get(right.right, ()), moment, document.language),
        backup_days=KEY_BACKUP_DAYS,
        lifts_on=lifts_on.isoformat(),
    )


def lifted(document: Document) -> CaseLifted:
    case, say = of(document), translator(document.language)
    content, moment = json.loads(document.content), document.ordered_at or clock.now()
    rows = [row for row in _standing(case, moment) if row.uuid in {uuid.UUID(key) for key in content["restrictions"]}]
    day = dt.date.fromisoformat(content["day"])
    named = rows if is_shown(case) else []
    return CaseLifted(
        **common(case, document, say),
        day=day.isoformat(),
        ahead=_ahead(case, named, [], moment, day, document.language, announced=True),
        reasons=content.get("words", ""),
    )


def is_shown(case: Case) -> bool:
    """Have they shown who they are? Else no letter names a call: whoever knows a number would learn of its calls."""
    return bool(case.identity == Identity.PROVEN)


def consent(document: Document) -> CaseConsent:
    case, say = of(document), translator(document.language)
    moment, on = document.ordered_at or clock.now(), as_of(document)
    right = _right(case, document)
    rows = Consent.select(Consent, ConsentText).join(ConsentText).where(Consent.because == case.uuid)
    ended = [row for row in rows.order_by(Consent.id) if row.withdrawn_at is not None and row.withdrawn_at <= moment]
    calls = {row.id: [one.recording for one in _consented(row)] if is_shown(case) else [] for row in ended}
    every = _once(call for found in calls.values() for call in found)
    lifts_on = lifting_day(case, on)
    rights = {one.right for one in CaseRight.select().where(CaseRight.case == case.id)}
    return CaseConsent(
        **common(case, document, say, signer=case.approved_by),
        asks=case.asks,
        reasons=right.words,
        consents=[_ended(row, calls[row.id], case, moment, lifts_on, document.language, say) for row in ended],
        objection=RightKind.OBJECTION in rights,
        informed=_informed(case, every, NEWS[RightKind.WITHDRAWAL], moment, document.language),
    )


def spot(row: Recording, language: str) -> Spot:
    return Spot(
        at=row.started_at.isoformat(),
        duration_ms=row.duration_ms,
        line=row.queue.name(language) if row.queue is not None else "",
        direction=row.direction or "",
    )


def _right(case: Case, document: Document) -> CaseRight:
    """The right that the letter answers: as its content says, or the only one that it can be about."""
    rows = list(CaseRight.select().where(CaseRight.case == case.id).order_by(CaseRight.id))
    named = json.loads(document.content).get("right", "")
    chosen = [row for row in rows if row.right == named] or [row for row in rows if row.right in NEWS] or rows
    return chosen[0]


def _is_later(case: Case, right: CaseRight, document: Document) -> bool:
    """Has an answer of the right been ordered before, which said that something waits?"""
    answers = [one for one in letters.answering(case, right.round) if letters.of_right(one) == right.right]
    return any(one.state != Letter.DRAFT and one.id < document.id for one in answers)


def _claims(right: CaseRight) -> list[Claim]:
    rows = Claim.select().where(Claim.right == right.id, Claim.decision.is_null(False))
    return list(rows.order_by(Claim.id))


def _demand(number: int, claim: Claim, case: Case, moment: dt.datetime, language: str, say: Say) -> Demand:
    recording = claim.call.recording if claim.call is not None else None
    done = claim.carried_at if claim.carried_at is not None and claim.carried_at <= moment else None
    refused = claim.decision == ClaimDecision.REFUSED
    return Demand(
        number=number,
        entry=claim.entry,
        what=_named(claim, say),
        call=spot(recording, language) if recording is not None else None,
        start_ms=claim.start_ms,
        end_ms=claim.end_ms,
        disputed=value(claim.entry, claim.disputed, language, say),
        demanded=claim.demanded,
        decision=claim.decision or "",
        value="" if refused else value(claim.entry, claim.value, language, say),
        statement=claim.statement,
        papers=_papers(recording, case) if claim.statement or claim.decision == ClaimDecision.COMPLETED else 0,
        ground="" if refused else claim.ground,
        refusal=claim.refusal if refused else "",
        reasons=claim.reasons if refused else "",
        waits="" if done is not None or refused else claim.waits,
        done_at=done.isoformat() if done is not None else None,
        done_by=claim.carried_by.name if done is not None and claim.carried_by is not None else "",
        gone_by=_gone_by(claim, recording, case, moment) if done is not None and not refused else None,
    )


def _named(claim: Claim, say: Say) -> str:
    """Which entry it is about."""
    words = overview_words.FACTS[claim.fact] if claim.entry == Disputed.FACT else entries.WORDS[claim.entry]
    return say(words)


def value(entry: str, held: str, language: str, say: Say) -> str:
    """What an entry holds, or held, in words. Of a telephone number only the last digits: it may be somebody else's."""
    match entry:
        case Disputed.NUMBER:
            return spelling.phone_masked(held)
        case Disputed.QUEUE:
            queue = _by_uuid(Queue, held)
            return queue.name(language) if queue is not None else held
        case Disputed.ADVISER:
            account = _by_uuid(Account, held)
            return account.name if account is not None else held
        case Disputed.TOLD:
            return say(entries.TOLD[held]) if held in entries.TOLD else held
        case Disputed.DIRECTION:
            return say(entries.DIRECTIONS[held]) if held in entries.DIRECTIONS else held
    return held


def _by_uuid(model: Any, value: str) -> Any:
    try:
        return model.get_or_none(model.uuid == uuid.UUID(value))
    except ValueError:
        return None


def _papers(recording: Recording | None, case: Case) -> int:
    if recording is None:
        return 0
    rows = Statement.select().where(Statement.recording == recording.id, Statement.because == case.uuid)
    return int(rows.where(Statement.standing == StatementState.KEPT).count())


def _gone_by(claim: Claim, recording: Recording | None, case: Case, moment: dt.datetime) -> str | None:
    """When the last backup copy of the key of what was erased is gone."""
    if recording is None:
        return None
    if claim.entry == Disputed.PASSAGE:
        rows = Redaction.select().where(Redaction.recording == recording.id, Redaction.because == case.uuid)
        mine = [row for row in rows if any(start <= claim.start_ms < end for start, end in row.passages)]
        gone = max((row.key_gone_by for row in mine if row.done_at and row.done_at <= moment), default=None)
        return gone.isoformat() if gone is not None else None
    if claim.entry != Disputed.CALL:
        return None
    return _key_gone(recording, moment)


def _key_gone(recording: Recording, moment: dt.datetime) -> str | None:
    line: PurgeLine | None = PurgeLine.get_or_none(PurgeLine.subject == recording.uuid)
    gone = line.key_gone_by if line is not None and line.purged_at and line.purged_at <= moment else None
    return gone.isoformat() if gone is not None else None


def _once(rows: Iterable[Recording]) -> list[Recording]:
    return list({row.id: row for row in sorted(rows, key=lambda row: row.id)}.values())


def _standing(case: Case, moment: dt.datetime) -> list[Restriction]:
    """The restrictions of the case that stood then, on calls that were there and are judged to be the person's."""
    theirs = (CaseCall.case == case.id, CaseCall.concerns == Concerns.YES)
    rows = Restriction.select(Restriction, Recording).join(Recording)
    rows = rows.where(
        Restriction.because == case.uuid,
        Restriction.placed_at <= moment,
        Restriction.lifted_at.is_null() | (Restriction.lifted_at > moment),
        Recording.state == State.LIVE,
        Recording.id.in_(CaseCall.select(CaseCall.recording).where(*theirs)),
    )
    return list(rows.order_by(Recording.id, Restriction.id))


def _ahead(
    case: Case,
    restrictions: list[Restriction],
    refused: list[Recording],
    moment: dt.datetime,
    lifts_on: dt.date,
    language: str,
    *,
    announced: bool = False,
) -> list[Ahead]:
    """By call, the oldest first. `announced`: the letter says that all of the restrictions are lifted on that day."""
    decided = {row.right for row in CaseRight.select().where(CaseRight.case == case.id) if row.outcome}
    undone = _undone(case, moment)
    calls: dict[int, tuple[Recording, list[Restriction]]] = {
        row.id: (row, []) for row in refused if row.state == State.LIVE
    }
    for one in restrictions:
        calls.setdefault(one.recording_id, (one.recording, []))[1].append(one)
    let_go = {case.uuid: case.lifts_on if announced else lifts_on}
    found = []
    for _, (recording, rows) in sorted(calls.items()):
        mine = {right for right in decided if (recording.id, right) not in undone}
        ends = [lifts_on if announced or locking.OF.get(row.ground) in mine else row.lifts_on for row in rows]
        last = max((day for day in ends if day is not None), default=None) if None not in ends else None
        found.append(
            Ahead(
                call=spot(recording, language),
                grounds=sorted({row.ground for row in rows}),
                lifts_on=_day(last),
                deleted_on=_day(goes_on(recording, let_go | {row.uuid: last for row in rows})),
            )
        )
    return found


def _undone(case: Case, moment: dt.datetime) -> set[tuple[int, str]]:
    """Call and right of what is granted and was not carried out then: it stays restricted until it is."""
    rows = Claim.select(CaseCall.recording, CaseRight.right).join(CaseRight).switch(Claim).join(CaseCall)
    waits = Claim.carried_at.is_null() | (Claim.carried_at > moment)
    return set(rows.where(CaseRight.case == case.id, Claim.decision.in_(locking.DONE_FIRST), waits).tuples())


def goes_on(recording: Recording, let_go: dict[uuid.UUID, dt.date | None]) -> dt.date | None:
    """The day on which it is deleted by its date; None when something keeps it and nobody knows for how long.
    `let_go`: from which day what is named by its uuid, a case or a restriction, keeps it no more."""
    if recording.holds:
        return None
    days = [clock.local(recording.expires_at).date()]
    for freeze in Freeze.select().where(Freeze.recording == recording.id, Freeze.stands):
        day = let_go.get(freeze.because) or freeze.lifts_on
        if day is None:
            return None
        days.append(day)
    return max(days)


def _day(day: dt.date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _informed(
    case: Case, recordings: list[Recording], news: tuple[Told, ...], moment: dt.datetime, language: str
) -> list[Informed]:
    """Whoever got one of the calls, and what they have been told of because of the case by then."""
    rows = Transfer.select(Transfer, Recording).join(Recording)
    rows = rows.where(
        Transfer.recording.in_([row.id for row in recordings]),
        Transfer.state == TransferState.HANDED_OVER,
        Transfer.ended_at <= moment,
    )
    return [_news(row, case, news, moment, language) for row in rows.order_by(Transfer.ended_at, Transfer.id)]


def _news(transfer: Transfer, case: Case, news: tuple[Told, ...], moment: dt.datetime, language: str) -> Informed:
    notices = Notice.select().where(
        Notice.transfer == transfer.id, Notice.because == case.uuid, Notice.what.in_(news), Notice.opened_at <= moment
    )
    rows = list(notices.order_by(Notice.id))
    ended = [row for row in rows if row.ended_at is not None and row.ended_at <= moment]
    last = ended[-1] if rows and len(ended) == len(rows) else None
    return Informed(
        call=spot(transfer.recording, language),
        authority=transfer.authority,
        given_on=clock.local(transfer.ended_at).date().isoformat(),
        state=last.state if last is not None else NoticeState.WAITING,
        told_on=_day(last.told_on) if last is not None else None,
        reason=last.reason if last is not None else "",
    )


def _consented(row: Consent) -> list[ConsentCall]:
    rows = ConsentCall.select(ConsentCall, Recording).join(Recording).where(ConsentCall.consent == row.id)
    return list(rows.order_by(Recording.id))


def _ended(
    row: Consent,
    calls: list[Recording],
    case: Case,
    moment: dt.datetime,
    lifts_on: dt.date,
    language: str,
    say: Say,
) -> Ended:
    return Ended(
        purpose=say(given.PURPOSES[row.text.purpose]),
        version=row.text.version,
        given_on=row.given_on.isoformat(),
        given_how=say(given.GIVEN.get(row.given_how, row.given_how)),
        withdrawn_at=row.withdrawn_at.isoformat(),
        withdrawn_by=row.withdrawn_by.name if row.withdrawn_by is not None else "",
        calls=[_freed(call, case, moment, lifts_on, language) for call in calls],
    )


def _freed(recording: Recording, case: Case, moment: dt.datetime, lifts_on: dt.date, language: str) -> Freed:
    if recording.state != State.LIVE:
        gone = recording.purged_at if recording.purged_at is not None and recording.purged_at <= moment else None
        return Freed(
            call=spot(recording, language),
            fate="erased" if gone is not None else "waits",
            at=gone.isoformat() if gone is not None else None,
            gone_by=_key_gone(recording, moment),
            until=None,
        )
    until = goes_on(recording, {case.uuid: lifts_on})
    over = until is not None and until <= clock.local(moment).date()
    return Freed(
        call=spot(recording, language),
        fate="waits" if over else "kept",
        at=None,
        gone_by=None,
        until=None if over else _day(until),
    )
