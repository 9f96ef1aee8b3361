"""Cases, calls and letters as rows, for the tests of what letters say: as they stand when the letter is ordered."""

import datetime as dt
import uuid

from portal import clock, db
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.cases import letters
from portal.cases.models import CallerNumber, Case, CaseCall, CaseRight, Passage, SearchRun
from portal.documents import composing
from portal.documents.kinds import Kind
from portal.documents.models import Document
from portal.recordings.models import Recording
from portal.retention.models import Hold, HoldState, Transfer, TransferState
from tests.calls import recording

NOW = dt.datetime(2026, 10, 20, 8, 0, tzinfo=clock.UTC)
RECEIVED = dt.date(2026, 10, 9)
NUMBER = "+358401234567"
MASKED = "••• ••••567"
CALLED = dt.datetime(2026, 9, 14, 6, 5, tzinfo=clock.UTC)
"""9.05 in Helsinki."""


def case(people, *, rights=("access",), numbers=(NUMBER,), **more) -> Case:
    serial = Case.select().count() + 1
    values = {
        "year": 2026,
        "serial": serial,
        "number": f"BS/{serial}/2026",
        "handler": people.clerk,
        "registered_by": people.clerk,
        "received_on": RECEIVED,
        "requested_on": RECEIVED - dt.timedelta(days=1),
        "channel": "letter",
        "language": "sv",
        "name": "Zqanna Frågedotter",
        "address": "Zqgatan 1 A 2\n06100 BORGÅ",
        "asks": "Zqvad har ni spelat in om mig?",
        "state": "in_progress",
        "due_on": dt.date(2026, 11, 9),
        "working_on": dt.date(2026, 11, 6),
        "internal_on": dt.date(2026, 10, 30),
    }
    made = Case.create(**(values | more))
    for right in rights:
        CaseRight.create(case=made, right=right)
    for number in numbers:
        CallerNumber.create(case=made, number=number)
    return made


def call(people, case: Case, decision: str | None = "whole", *, days: int = 0, concerns="yes", **more) -> CaseCall:
    """A call of the person's, `days` after CALLED, decided."""
    row = recording(people.daycare, started_at=CALLED + dt.timedelta(days=days), adviser=people.adviser, seconds=0.1)
    return CaseCall.create(
        case=case, recording=row, found_by="number", concerns=concerns, decision=decision, decided_by=people.clerk,
        **more,
    )  # fmt: skip


def passage(call: CaseCall, start: int = 70_000, end: int = 85_000, **more) -> Passage:
    why = {"interest": "zqgrannen", "harm": "zqskadan", "milder": "zqmildare"}
    return Passage.create(call=call, start_ms=start, end_ms=end, **(why | more))


def searched(people, case: Case, *, at: dt.datetime = NOW, numbers: str = NUMBER, **more) -> SearchRun:
    days = {"first": dt.date(2026, 7, 9), "last": RECEIVED}
    return SearchRun.create(case=case, at=at, by=people.clerk, numbers=numbers, found=1, added=1, **(days | more))


def heard(row: Recording, by, *, at: dt.datetime, purpose: str = "quality", reference: str = "") -> None:
    with clock.frozen(at), db.db.atomic():
        record(Act.PLAYED, row, by=by, purpose=purpose, reference=reference, listen=uuid.uuid4().hex)


def transferred(people, row: Recording, *, state=TransferState.HANDED_OVER, authority="Zqpolisen", at=NOW) -> Transfer:
    hold = Hold.create(recording=row, placed_by=people.manager, review_on=dt.date(2027, 1, 15), state=HoldState.STORED)
    return Transfer.create(
        hold=hold, recording=row, authority=authority, asked_on=RECEIVED, basis="investigation", channel="in_person",
        state=state, proposed_by=people.manager, ended_at=at - dt.timedelta(days=1),
    )  # fmt: skip


def letter(case: Case, kind: Kind, *, by=None, **content) -> Document:
    """Ordered now."""
    with db.db.atomic():
        return letters.order(Case.get_by_id(case.id), kind, by=by, **content)


def facts(case: Case, kind: Kind, **content) -> dict:
    return composing.compose(Document.get_by_id(letter(case, kind, **content).id)).facts


def said(case: Case, kind: Kind, **content) -> str:
    """All that the press would be told."""
    return composing.compose(letter(case, kind, **content)).canonical().decode()
