"""Copies of the sound on their way out: what their rows say. `retention.deletion` takes key and bytes away."""

import uuid
from typing import Any

from portal import clock
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.cases.codes import SOUNDING, Concerns, CopyState
from portal.cases.models import Case, CaseCall, Copy
from portal.cases.steps import What, tell
from portal.db import Prepared, db, slot
from portal.recordings.models import Recording

HERE = (CopyState.ORDERED, CopyState.READY, CopyState.FAILED)
"""Not yet on its way out."""

_GIVEN = (CaseCall.concerns == Concerns.YES, CaseCall.decision.in_(SOUNDING))
_HOLDING = Prepared(
    lambda: (
        Copy.select(Copy.id)
        .join(CaseCall, on=(CaseCall.case == Copy.case))
        .where(*_GIVEN, CaseCall.recording == slot("recording", Recording.id), Copy.state != CopyState.GONE)
    )
)


def let_go(*conditions: Any) -> int:
    """From here on nobody gets the copies that `conditions` choose; their passwords are destroyed. How many. Call
    inside a transaction."""
    chosen = Copy.update(state=CopyState.GOING, password_sealed=None).where(Copy.state.in_(HERE), *conditions)
    return int(chosen.execute())


def holding(recording: int) -> list[Copy]:
    """The copies, not yet gone, of the cases in which the recording (its key) is given."""
    keys = [key for (key,) in _HOLDING(recording=recording)]
    return list(Copy.select(Copy, Case).join(Case).where(Copy.id.in_(keys))) if keys else []


def once_holding(recording: int) -> list[uuid.UUID]:
    """The uuids of the copies, gone ones too, of the cases in which the recording is given."""
    given = CaseCall.select(CaseCall.case).where(*_GIVEN, CaseCall.recording == recording)
    return [key for (key,) in Copy.select(Copy.uuid).where(Copy.case.in_(given)).tuples()]


def let_go_with(recording: int) -> list[Copy]:
    """`let_go` of those that hold the recording: they are to be destroyed now. A transaction only when there are."""
    found = holding(recording)
    if found:
        with db.atomic():
            let_go(Copy.id.in_([copy.id for copy in found]))
    return found


@db.atomic()
def gone(copy: Copy) -> bool:
    """Key and bytes are destroyed: say so. False when another process said it."""
    ended = Copy.update(state=CopyState.GONE, gone_at=clock.now()).where(
        Copy.id == copy.id, Copy.state == CopyState.GOING
    )
    if not ended.execute():
        return False
    record(Act.CASE_COPY_DELETED, copy, reference=copy.case.number, files=copy.files)
    tell(copy.case, What.COPY_DELETED, by=None)
    return True
