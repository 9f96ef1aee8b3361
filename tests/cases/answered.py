"""Requests on their way to an answer: made as the other pages leave them, in as few statements as it takes."""

import datetime as dt
from typing import Any

from portal import clock
from portal.accounts import sessions
from portal.accounts.permissions import Role
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.cases import deadlines, ending, proposal
from portal.cases.codes import Concerns, CopyState, Decision, Identity, RightKind, State
from portal.cases.models import Case, CaseCall, CaseRight, Copy, Line, Passage, Reading, Step
from portal.db import db
from portal.documents.models import Document
from portal.documents.models import State as Letter
from portal.recordings.models import Listen
from portal.retention import freezes
from portal.retention.models import Freeze
from portal.schema import MODELS
from tests.calls import recording
from tests.people import person

NOW = dt.datetime(2026, 9, 14, 9, 0, tzinfo=dt.UTC)
TODAY = dt.date(2026, 9, 14)
RECEIVED = dt.date(2026, 9, 1)
DUE = dt.date(2026, 10, 1)
REASONS = "Grannens sjukdom nämns i samtalet. Den delen är tystad, eftersom grannen inte vet om det."
WORDS = "zqorden som förklarar saken"


def case(people, *, rights=(RightKind.ACCESS,), **more) -> Case:
    """One whose identity is proven, handled by the clerk, in progress."""
    serial = Case.select().count() + 1
    values: dict[str, Any] = {
        "year": 2026,
        "serial": serial,
        "number": f"BS/{serial}/2026",
        "state": State.IN_PROGRESS,
        "handler": people.clerk,
        "registered_by": people.clerk,
        "received_on": RECEIVED,
        "channel": "letter",
        "language": "sv",
        "name": "Zq Testperson",
        "address": "Modellgatan 1\n06100 BORGÅ",
        "identity": Identity.PROVEN,
        **more,
    }
    days = deadlines.reckon(values["received_on"]).values()
    made: Case = Case.create(**{**days, **values})
    for right in rights:
        CaseRight.create(case=made, right=right)
    return made


def call(made: Case, people, decision: Decision | None = None, *, concerns=Concerns.YES, hours=1, **more) -> CaseCall:
    """A frozen call of the case, judged and decided by its handler."""
    row = recording(people.daycare, adviser=people.adviser, started_at=NOW - dt.timedelta(days=30, hours=hours))
    freezes.freeze([row], because=made, by=people.clerk)
    added: CaseCall = CaseCall.create(
        case=made,
        recording=row,
        found_by="number",
        concerns=concerns,
        judged_by=people.clerk if concerns else None,
        decision=decision,
        decided_by=people.clerk if decision else None,
        **more,
    )
    if decision == Decision.MUTED:
        Passage.create(call=added, start_ms=100, end_ms=900, interest="En granne", harm="zqskada", milder="Inget")
    elif decision == Decision.TRANSCRIPT:
        Line.create(call=added, at_ms=0, speaker="caller", text="zqsagt")
    return added


def heard(added: CaseCall, account) -> None:
    """`account` has heard the call for its case."""
    _, sign_in = sessions.open_session(account, sessions.FULL, device="test")
    Listen.create(
        recording=added.recording,
        account=account,
        sign_in=sign_in,
        purpose="request",
        because=added.case.uuid,
        started_at=clock.now(),
        closes_at=clock.now(),
    )


def read(added: CaseCall, account) -> None:
    Reading.create(call=added, account=account)


def proposed(people, *decisions: Decision, **more) -> Case:
    made = case(people, **more)
    for hours, decision in enumerate(decisions, 1):
        call(made, people, decision, hours=hours)
    return proposal.propose(made, reasons=REASONS, by=people.clerk)


def approved(people, *decisions: Decision, **more) -> Case:
    """Approved by the decider, who heard everything; its letter and copy not yet there."""
    made = proposed(people, *decisions, **more)
    for added in CaseCall.select().where(CaseCall.case == made.id):
        heard(added, people.decider)
    return proposal.approve(made, by=people.decider)


def ready(people, *decisions: Decision, **more) -> Case:
    """The letter is set and the copy made."""
    made = approved(people, *decisions, **more)
    lock_letters(made)
    make_copies(made)
    return made


def sent(people, *decisions: Decision, on: dt.date = TODAY, **more) -> Case:
    made = ready(people, *decisions, **more)
    return ending.dispatch(made, on=on, how="post", by=people.clerk)


def lock_letters(made: Case) -> None:
    Document.update(state=Letter.LOCKED, locked_at=clock.now()).where(Document.owner_key == made.uuid.hex).execute()


def make_copies(made: Case) -> None:
    Copy.update(state=CopyState.READY, made_at=clock.now()).where(Copy.case == made.id).execute()


def hand_over(made: Case, by) -> None:
    Copy.update(handed_on=clock.today(), handed_by=by).where(Copy.case == made.id).execute()


def second_clerk():
    return person("kim", "Kim Handledare", Role.CLERK)


def both(username="bo"):
    """Clerk and decider in one person."""
    return person(username, "Bo Bådadera", Role.CLERK, Role.CONTROLLER)


def fresh(row):
    return type(row).get_by_id(row.id)


def acts(made: Case) -> list[str]:
    """The log's entries about the case, without their capability, the openings of pages left out."""
    entries = Entry.select(Entry.act).where(Entry.subject == made.uuid, Entry.act != Act.CASE_VIEWED)
    return [act.split(":")[1] for (act,) in entries.order_by(Entry.id).tuples()]


def told(made: Case) -> list[str]:
    """The timeline."""
    return [what for (what,) in Step.select(Step.what).where(Step.case == made.id).order_by(Step.id).tuples()]


def standing(made: Case) -> list[Freeze]:
    return list(Freeze.select().where(Freeze.because == made.uuid, Freeze.stands).order_by(Freeze.id))


def letters(made: Case) -> list[tuple[str, str]]:
    """Kind and state of each."""
    chosen = Document.select(Document.kind, Document.state).where(Document.owner_key == made.uuid.hex)
    return list(chosen.order_by(Document.id).tuples())


PASSING = {"sign_in", "throttle"}
"""Tables that change with every request."""
LOOKING = {Act.DENIED, Act.CASE_VIEWED}
"""Entries of the log that tell of looking, or of being refused."""


def register() -> dict[str, list[tuple]]:
    """Every row of every table, but for what looking around leaves."""
    found = {}
    for model in MODELS:
        name = model._meta.table_name
        if name in PASSING:
            continue
        rows = model.select().order_by(model._meta.primary_key)
        if model is Entry:
            rows = Entry.select(Entry.at, Entry.act, Entry.by, Entry.subject, Entry.detail)
            rows = rows.where(Entry.act.not_in(list(LOOKING))).order_by(Entry.id)
        found[name] = list(db.execute(rows))
    return found


def touch(call: CaseCall) -> None:
    """What is decided of it changes now."""
    CaseCall.update(changed_at=clock.now()).where(CaseCall.id == call.id).execute()
