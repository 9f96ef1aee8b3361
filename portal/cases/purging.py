"""The end of a case file (register §4): two years after closing it is emptied, and what stays is a register line of
numbers, codes, times and members of staff; ten years after closing the line is deleted too (settings).

First one commit empties the rows and says of every paper that it goes; from there on nobody reads anything. Then keys
and bytes are destroyed, and only then the file is called purged. Each step can be repeated, and the day stands on the
row: an older register that is put back is emptied again.
"""

import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import Any

import peewee

from portal import clock, config
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.cases import attachments, leaving
from portal.cases.claim_models import Claim, Complaint
from portal.cases.codes import CopyState, State
from portal.cases.models import Attachment, CallerNumber, Case, CaseCall, CaseRight, Copy, SearchRun, Step
from portal.cases.steps import What, tell
from portal.db import db
from portal.documents.kinds import Owner
from portal.documents.models import Document
from portal.documents.models import State as Letter
from portal.recordings.correction_models import Correction, EntryKind, Opening, Statement, StatementState
from portal.recordings.models import Recording
from portal.recordings.models import State as RecordingState
from portal.register import forgetting
from portal.retention import deletion, papers, sweeps, watch
from portal.retention.restriction_models import Restriction

EMPTIED: dict[str, Any] = {
    **dict.fromkeys(("received_where", "name", "agent", "authority", "address", "email", "phone", "asks"), ""),
    **dict.fromkeys(("called_words", "extension_reason", "late_reason", "identity_doubt", "identity_asks"), ""),
    **dict.fromkeys(("reasons", "opinion", "complaint_to", "transferred_to"), ""),
    **dict.fromkeys(("requested_on", "called_from", "called_to"), None),
}
"""What of a case's own row tells who it is about, or was typed."""


@dataclasses.dataclass
class Purged:
    """What one look did, in counts."""

    emptied: int = 0
    deleted: int = 0
    """Register lines."""
    failed: int = 0
    fault: str = ""
    """Kind of the last failure."""


def purge_due() -> Purged:
    """Empty the files and delete the lines whose day has come; finish what was begun. A failure of one stops no
    other. Nothing new while the clock is doubted."""
    done = Purged()
    sure = not watch.doubts_clock()  # a day that a wrong clock shows has not come
    if sure:
        _each(_due(), _empty, done)
    begun = Case.select().where(Case.state == State.PURGED, Case.purged_at.is_null()).order_by(Case.id)
    done.emptied = _each(list(begun), _finish, done)
    if sure:
        done.deleted = _each(_over(), _delete_line, done)
    return done


def _each(cases: list[Case], act: Callable[[Case], bool], done: Purged) -> int:
    """How many `act` did; a failure of one is counted and stops no other."""
    count = 0
    for case in cases:
        try:
            count += act(case)
        except Exception as error:
            done.failed, done.fault = done.failed + 1, sweeps.kind(error)
    return count


def _due() -> list[Case]:
    """Closed, and its day has come. One whose answer is complained of is not closed; one that still restricts a call
    waits: the person is to be told before that is lifted (GDPR 18(3))."""
    due = Case.select().where(Case.state == State.CLOSED, Case.purge_on <= clock.today(), _restricts_nothing())
    return list(due.order_by(Case.id))


def _restricts_nothing() -> peewee.Expression:
    return Case.uuid.not_in(Restriction.select(Restriction.because).where(Restriction.stands))


def _over() -> list[Case]:
    longest = clock.months_after(clock.today(), -12 * config.settings().case_line_years)
    closed = Case.closed_at < clock.day_start(longest + dt.timedelta(days=1))
    emptied = (Case.state == State.PURGED, Case.purged_at.is_null(False))
    return list(Case.select().where(*emptied, closed).order_by(Case.id))


@db.atomic()
def _empty(case: Case) -> bool:
    """One commit. False when it is no longer closed, or its day was moved."""
    emptied = Case.update(state=State.PURGED, version=Case.version + 1, **EMPTIED).where(
        Case.id == case.id, Case.state == State.CLOSED, Case.purge_on <= clock.today(), _restricts_nothing()
    )
    if not emptied.execute():
        return False
    rights = CaseRight.select(CaseRight.id).where(CaseRight.case == case.id)
    Claim.delete().where(Claim.right.in_(rights)).execute()
    CaseRight.update(words="").where(CaseRight.case == case.id).execute()
    CallerNumber.delete().where(CallerNumber.case == case.id).execute()
    Step.update(words="").where(Step.case == case.id).execute()
    Complaint.update(reference="", asks="", words="", body_words="").where(Complaint.case == case.id).execute()
    SearchRun.update(numbers="").where(SearchRun.case == case.id).execute()
    # Which calls they were tells who called, as long as one of them is kept for another reason
    CaseCall.delete().where(CaseCall.case == case.id).execute()
    Restriction.delete().where(Restriction.because == case.uuid).execute()
    Copy.update(handed_to="", handed_how="").where(Copy.case == case.id).execute()
    leaving.let_go(Copy.case == case.id)
    attachments.destroy(case)
    forgetting.forget_case(case)
    _empty_corrections(case)
    record(Act.CASE_PURGE_BEGUN, case, reference=case.number, purge_on=case.purge_on.isoformat())
    # `leased_until` says that there may be bytes; the letters' own sweep would take them too
    Document.update(state=Letter.DROPPED, content="{}", once=None, leased_until=clock.now()).where(
        *_letters(case)
    ).execute()
    return True


def _empty_corrections(case: Case) -> None:
    """The facts' originals go. What was corrected for the case in a call that is kept stays with that call."""
    facts = (Correction.entry_kind == EntryKind.CASE) & (Correction.entry == case.uuid)
    keys = Correction.select(Correction.id).where(facts)
    Opening.delete().where(Opening.correction.in_(keys)).execute()
    Correction.delete().where(facts).execute()
    _delete_lines(case)


def _delete_lines(case: Case) -> None:
    """Of what was corrected in, or added to, calls that are deleted by now."""
    gone = Recording.select(Recording.id).where(Recording.state == RecordingState.PURGED)
    Correction.delete().where(Correction.because == case.uuid, Correction.recording.in_(gone)).execute()
    Statement.delete().where(
        Statement.because == case.uuid, Statement.standing == StatementState.GONE, Statement.recording.in_(gone)
    ).execute()


def _letters(case: Case) -> tuple[peewee.Expression, ...]:
    return Document.owner_kind == Owner.CASES, Document.owner_key == case.uuid.hex


def _finish(case: Case) -> bool:
    """Destroy keys and bytes of what goes with the file, then call it purged. Raises OSError; then it is done again."""
    for letter in list(Document.select().where(*_letters(case))):
        deletion.destroy_ownerless(letter.uuid)
        with db.atomic():
            Document.update(leased_until=None, part=None, size=None, pages=None).where(
                Document.id == letter.id, Document.state == Letter.DROPPED
            ).execute()
    for paper in list(Attachment.select().where(Attachment.case == case.id, Attachment.standing == papers.GOING)):
        deletion.destroy_ownerless(paper.uuid)
        with db.atomic():
            Attachment.delete().where(Attachment.id == paper.id).execute()
    for copy in list(Copy.select(Copy, Case).join(Case).where(Copy.case == case.id, Copy.state == CopyState.GOING)):
        deletion.destroy_ownerless(copy.uuid)
        leaving.gone(copy)
    return _purged(case)


@db.atomic()
def _purged(case: Case) -> bool:
    ended = Case.update(purged_at=clock.now()).where(
        Case.id == case.id, Case.state == State.PURGED, Case.purged_at.is_null()
    )
    if not ended.execute():
        return False
    record(Act.CASE_PURGED, case, reference=case.number)
    tell(case, What.PURGED, by=None)
    return True


@db.atomic()
def _delete_line(case: Case) -> bool:
    """Nothing of the case is left but the log."""
    Document.delete().where(*_letters(case), Document.state == Letter.DROPPED).execute()
    deleted = Case.delete().where(Case.id == case.id, Case.state == State.PURGED, Case.purged_at.is_null(False))
    if not deleted.execute():
        return False
    _delete_lines(case)
    record(Act.CASE_LINE_DELETED, case, reference=case.number)
    return True
