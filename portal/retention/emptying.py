"""What is left in the register of a recording whose key and bytes are destroyed: a tombstone.

In statements written once: many thousands may come in a row, and nobody else writes meanwhile.
"""

import datetime as dt

from portal.audit.actions import record
from portal.audit.acts import Act
from portal.cases.models import CaseCall, Line
from portal.db import Change, Prepared, slot
from portal.ingest.models import CallDetail, Quarantined
from portal.recordings import index, wrongs
from portal.recordings.models import Listen, Note, Playable, Recording, State, Told
from portal.recordings.quality_models import QualityAnswer, QualityReview
from portal.register import forgetting
from portal.register.models import Consent, ConsentCall, Notice
from portal.retention.models import Hold, HoldRenewal, Threat, ThreatState, Transfer
from portal.retention.restriction_models import Redaction, RedactionState, Restriction


def recording(row: Recording, now: dt.datetime) -> bool:
    """Empty the row of a claimed recording to a tombstone, and whatever was written of the call, in the transaction of
    the caller. False when another process did it meanwhile."""
    if not _EMPTY(recording=row.id, now=now):
        return False
    _DELETE_NOTES(recording=row.id)
    _DELETE_ANSWERS(recording=row.id)
    _DELETE_REVIEWS(recording=row.id)  # what a queue's reviews say together is counted by then
    _DELETE_CONSENT_CALLS(recording=row.id)
    _LAPSE_REDACTIONS(recording=row.id)
    _DELETE_LISTENS(recording=row.id)  # the log keeps who listened, when and why
    _END_RESTRICTIONS(recording=row.id, now=now)
    _empty_words(row)
    index.remove(row.id)
    _EMPTY_NAME(uuid=row.uuid)
    if row.conversation and not _OTHERS(conversation=row.conversation):
        _EMPTY_CALL_DETAILS(conversation=row.conversation)
    return True


def _empty_words(row: Recording) -> None:
    """What people typed of a threat and why it was kept goes with the call, and so do the words of a transcript, what
    was corrected, the originals, and what the person added; codes, times and persons stay. Of a transfer, who got it
    stays too: it is the record of a recipient (GDPR 15(1)(c)). Of a correction that a case demanded, its line."""
    for key, threat in _THREATS(recording=row.id):
        Threat.update(state=ThreatState.LAPSED, waits=None).where(Threat.id == key).execute()
        record(Act.THREAT_LAPSED, row, threat=threat.hex)
    for empty in _EMPTY_WORDS:
        empty(recording=row.id)
    wrongs.forget(row)
    forgetting.forget_call(row)


_KEY = slot("recording", Recording.id)
_EMPTY = Change(
    lambda: Recording.update(
        state=State.PURGED,
        purged_at=slot("now", Recording.purged_at),
        duration_ms=0,
        direction=None,
        number=None,
        extension=None,
        adviser=None,
        told=Told.UNKNOWN,
        announcement=None,
        conversation=None,
        subject="",
        original_format=None,
        original_size=None,
        original_sha256=None,
        channels=None,
        speakers=None,
        playable=Playable.EMPTY,
        playable_type=None,
        playable_part=None,
        render_attempts=0,
        restrictions=0,
        sealed_as=None,
        redacting=False,
    ).where(Recording.id == _KEY, Recording.state == State.PURGING)
)
"""Leaves a tombstone: ids, times, queue, and the two pseudonyms that know a copy delivered again."""
_DELETE_NOTES = Change(lambda: Note.delete().where(Note.recording == _KEY))
_DELETE_ANSWERS = Change(
    lambda: QualityAnswer.delete().where(
        QualityAnswer.review.in_(QualityReview.select(QualityReview.id).where(QualityReview.recording == _KEY))
    )
)
_DELETE_REVIEWS = Change(lambda: QualityReview.delete().where(QualityReview.recording == _KEY))
_DELETE_LISTENS = Change(lambda: Listen.delete().where(Listen.recording == _KEY))
_END_RESTRICTIONS = Change(
    lambda: Restriction.update(stands=None, lifted_at=slot("now", Restriction.lifted_at)).where(
        Restriction.recording == _KEY, Restriction.stands
    )
)
"""There is nothing left to restrict: the date had come, or an erasure was decided."""
_LAPSE_REDACTIONS = Change(
    lambda: Redaction.update(state=RedactionState.LAPSED, under_way=None).where(
        Redaction.recording == _KEY, Redaction.under_way
    )
)
"""The hashes and the passages' times stay, as they do in the log."""
_THREATS = Prepared(
    lambda: Threat.select(Threat.id, Threat.uuid).where(Threat.recording == _KEY, Threat.state == ThreatState.REPORTED)
)
_EMPTY_WORDS = (
    Change(lambda: Threat.update(words="", safety_words="", reason="").where(Threat.recording == _KEY)),
    Change(
        lambda: HoldRenewal.update(reason="").where(
            HoldRenewal.hold.in_(Hold.select(Hold.id).where(Hold.recording == _KEY))
        )
    ),
    Change(lambda: Hold.update(reason="", action_ahead="", release_reason="").where(Hold.recording == _KEY)),
    Change(
        lambda: Transfer.update(purpose="", scope="", decision_reason="", left_how="").where(Transfer.recording == _KEY)
    ),
    Change(
        lambda: Notice.update(reason="").where(
            Notice.transfer.in_(Transfer.select(Transfer.id).where(Transfer.recording == _KEY))
        )
    ),
    Change(
        lambda: Line.update(text="").where(
            Line.call.in_(CaseCall.select(CaseCall.id).where(CaseCall.recording == _KEY))
        )
    ),
)
_DELETE_CONSENT_CALLS = Change(
    lambda: ConsentCall.delete().where(
        ConsentCall.recording == _KEY, ConsentCall.consent.in_(Consent.select(Consent.id).where(Consent.stands))
    )
)
"""Whose call it was goes with it. Of a consent that has ended it is told first what became of the call; then it goes
too (`register.ending`)."""
_EMPTY_NAME = Change(
    lambda: Quarantined.update(name=None).where(Quarantined.recording_uuid == slot("uuid", Recording.uuid))
)
_CONVERSATION = slot("conversation", Recording.conversation)
_OTHERS = Prepared(
    lambda: (
        Recording.select(Recording.id)
        .where(Recording.conversation == _CONVERSATION, Recording.state != State.PURGED)
        .limit(1)
    )
)
_EMPTY_CALL_DETAILS = Change(
    lambda: CallDetail.update(
        unique_id="",
        linked_id=None,
        recording_file=None,
        src="",
        dst="",
        did="",
        duration_s=0,
        billsec_s=0,
        disposition="",
        user_field="",
        channel="",
        dst_channel="",
    ).where((CallDetail.linked_id == _CONVERSATION) | (CallDetail.unique_id == _CONVERSATION))
)
"""Leaves the row's key and dates: the same export read again brings nothing back."""
