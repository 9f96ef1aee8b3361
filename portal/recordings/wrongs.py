"""What was wrong about a call goes with the call: reports, corrections, originals, what the person added.

For the deletion, which does it for many calls in a row: statements written once.
"""

import uuid

from portal.db import Change, Prepared, slot
from portal.recordings.correction_models import Correction, ErrorReport, Opening, ReportState, Statement, StatementState
from portal.recordings.models import Recording

_KEY = slot("recording", Recording.id)
_PAPERS = Prepared(
    lambda: Statement.select(Statement.uuid).where(
        Statement.recording == _KEY, Statement.standing.not_in((StatementState.TEXT, StatementState.GONE))
    )
)
_FORGET = (
    Change(
        lambda: ErrorReport.update(state=ReportState.LAPSED).where(
            ErrorReport.recording == _KEY, ErrorReport.state == ReportState.OPEN
        )
    ),
    Change(lambda: ErrorReport.update(words="", answer="").where(ErrorReport.recording == _KEY)),
    Change(
        lambda: Opening.delete().where(
            Opening.correction.in_(Correction.select(Correction.id).where(Correction.recording == _KEY))
        )
    ),
    Change(lambda: Correction.delete().where(Correction.recording == _KEY, Correction.because.is_null())),
    Change(lambda: Correction.update(sealed=None, reason="").where(Correction.recording == _KEY)),
    Change(lambda: Statement.delete().where(Statement.recording == _KEY, Statement.standing == StatementState.TEXT)),
    Change(
        lambda: Statement.update(
            standing=StatementState.GONE, text="", name="", media_type="", size=0, sha256=""
        ).where(Statement.recording == _KEY, Statement.standing != StatementState.GONE)
    ),
)


def papers(recording: Recording) -> list[uuid.UUID]:
    """What lies in the vault beside the call: to be destroyed with it."""
    return [key for (key,) in _PAPERS(recording=recording.id)]


def forget(recording: Recording) -> None:
    """In the transaction that empties the call. Of a correction that a case demanded, its line stays: which entry,
    who, when, for which case."""
    for statement in _FORGET:
        statement(recording=recording.id)
