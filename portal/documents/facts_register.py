"""What the papers of the register say: the notice to one who once got a call (GDPR 19), and the record of a disclosure.

A notice names neither the one whose call it is nor anybody who spoke in it: the recipient knows it by its own case
number and by the call's time.
"""

import datetime as dt
import json
import uuid
from typing import Any

from portal import clock
from portal.cases import entries
from portal.cases.claim_models import Claim
from portal.cases.codes import ClaimDecision, Disputed
from portal.cases.models import Case, CaseCall, CaseRight
from portal.documents.facts import Person
from portal.documents.facts_cases import DECIDES, Say
from portal.documents.facts_rights import spot, value
from portal.documents.models import Document
from portal.documents.rights_shapes import DisclosureRecord, Informed, RecipientNotice
from portal.language import N_, translator
from portal.recordings import entries as corrected
from portal.recordings.correction_models import Entry, Statement
from portal.register import words as consent_words
from portal.register.models import Consent, Notice, NoticeState, Told
from portal.retention import threat_words
from portal.retention.models import PurgeLine, Transfer, TransferState
from portal.retention.restriction_models import Redaction, Restriction
from portal.spelling import date

CONSENT = N_("%(purpose)s, gavs den %(day)s")


def notice(document: Document) -> RecipientNotice:
    row: Notice = Notice.get(Notice.uuid == uuid.UUID(document.owner_key))
    say, moment = translator(document.language), document.ordered_at or clock.now()
    transfer: Transfer = row.transfer
    restrictions = Restriction.select(Restriction.ground).where(
        Restriction.recording == transfer.recording_id,
        Restriction.because == row.because,
        Restriction.placed_at <= moment,
    )
    before, after = _changed(row, document.language, say)
    grounds = sorted({ground for (ground,) in restrictions.tuples()}) if row.what == Told.RESTRICTED else []
    return RecipientNotice(
        recipient=[transfer.authority, *(line for line in transfer.address.splitlines() if line.strip())],
        case=row.reference,
        reference=transfer.reference,
        given_on=clock.local(transfer.ended_at).date().isoformat(),
        call=spot(transfer.recording, document.language),
        what=row.what,
        entry=row.entry,
        entry_words=say(entries.WORDS[row.entry]) if row.entry else "",
        before=before,
        after=after,
        ranges=_ranges(row),
        statement=_statement(row) if row.what == Told.COMPLETED else "",
        done_on=_done_on(row).isoformat(),
        grounds=grounds,
    )


def record(document: Document) -> DisclosureRecord:
    row: Transfer = Transfer.get(Transfer.uuid == uuid.UUID(document.owner_key))
    say, moment = translator(document.language), document.ordered_at or clock.now()
    decided = row.decided_at is not None
    return DisclosureRecord(
        recording=str(row.recording.uuid),
        call=spot(row.recording, document.language),
        held=row.hold_id is not None,
        authority=row.authority,
        address=[line for line in row.address.splitlines() if line.strip()],
        reference=row.reference,
        asked_on=row.asked_on.isoformat(),
        basis=say(threat_words.BASES[row.basis]),
        consent=_consent(row, document.language),
        purpose=row.purpose,
        scope=row.scope,
        silent=[[start, end] for start, end in row.muted],
        channel=say(threat_words.CHANNELS[row.channel]),
        state=row.state,
        state_words=say(threat_words.TRANSFERS[row.state]),
        proposed_by=row.proposed_by.name,
        proposed_at=row.proposed_at.isoformat(),
        decided_by=row.decided_by.name if decided else "",
        decided_at=row.decided_at.isoformat() if decided else None,
        decision_reason=row.decision_reason,
        ended_by=row.ended_by.name if row.ended_by is not None else "",
        ended_at=row.ended_at.isoformat() if row.ended_at is not None else None,
        left_size=row.left_size,
        left_how=row.left_how,
        notices=[
            Informed(
                call=spot(row.recording, document.language),
                authority=row.authority,
                given_on=clock.local(row.ended_at).date().isoformat(),
                state=one.state if one.ended_at is not None and one.ended_at <= moment else NoticeState.WAITING,
                told_on=one.told_on.isoformat() if one.told_on is not None else None,
                reason=one.reason,
            )
            for one in Notice.select().where(Notice.transfer == row.id, Notice.opened_at <= moment).order_by(Notice.id)
            if row.state == TransferState.HANDED_OVER
        ],
        responsible=Person(name=row.decided_by.name, title=say(DECIDES)) if decided else None,
    )


def _changed(row: Notice, language: str, say: Say) -> tuple[str, str]:
    """What the entry said and says now. What staff noted never left with a call: of that the letter says nothing. What
    stood before a correction on own initiative stays sealed."""
    if row.what != Told.CORRECTED or row.entry in ("", Entry.NOTE, Entry.REVIEW):
        return "", ""
    recording = row.transfer.recording
    claims = Claim.select(Claim, CaseRight, Case, CaseCall).join(CaseRight).join(Case).switch(Claim).join(CaseCall)
    demanded = claims.where(
        Case.uuid == row.because,
        CaseCall.recording == recording.id,
        Claim.entry == row.entry,
        Claim.decision == ClaimDecision.CORRECTED,
    )
    claim: Claim | None = demanded.order_by(Claim.id.desc()).first()
    if claim is not None:
        return value(row.entry, claim.disputed, language, say), value(row.entry, claim.value, language, say)
    return "", value(row.entry, corrected.value(recording, row.entry), language, say)


def _redaction(row: Notice) -> Redaction | None:
    """The passages that were erased, when it is about them."""
    if row.what != Told.ERASED or row.entry != Disputed.PASSAGE:
        return None
    rows = Redaction.select().where(Redaction.recording == row.transfer.recording_id, Redaction.because == row.because)
    found: Redaction | None = rows.order_by(Redaction.id.desc()).first()
    return found


def _ranges(row: Notice) -> list[list[int]]:
    redaction = _redaction(row)
    found: list[list[int]] = json.loads(redaction.ranges) if redaction is not None else []
    return found


def _statement(row: Notice) -> str:
    rows = Statement.select().where(Statement.recording == row.transfer.recording_id, Statement.because == row.because)
    return "\n\n".join(one.text for one in rows.order_by(Statement.id) if one.text)


def _done_on(row: Notice) -> dt.date:
    """The day of the change itself: a deletion that waits is done later than its notice was opened."""
    redaction = _redaction(row)
    line: PurgeLine | None = PurgeLine.get_or_none(PurgeLine.subject == row.transfer.recording.uuid)
    done: Any = None
    if row.what == Told.ERASED:
        done = redaction.done_at if redaction is not None else line.purged_at if line is not None else None
    return clock.local(done or row.opened_at).date()


def _consent(row: Transfer, language: str) -> str:
    found: Consent | None = Consent.get_or_none(Consent.uuid == row.consent) if row.consent is not None else None
    if found is None:
        return ""
    say = translator(language)
    return say(CONSENT) % {"day": date(found.given_on), "purpose": say(consent_words.PURPOSES[found.text.purpose])}
