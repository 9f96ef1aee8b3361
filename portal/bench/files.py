"""Requests of a throw-away register, in every state, with what hangs on them. Straight into the tables: through
their acts five thousand would take hours."""

import datetime as dt
import functools
import random
import uuid
from collections.abc import Iterator
from typing import Any

import peewee

from portal import clock, config
from portal.accounts.models import Account
from portal.accounts.permissions import Role
from portal.bench.register import NAMES, Register
from portal.cases import deadlines
from portal.cases.codes import (
    ANSWERED,
    OPEN,
    Capacity,
    Channel,
    Concerns,
    Decision,
    Delivery,
    Ground,
    Identity,
    Outcome,
    RightKind,
    State,
)
from portal.cases.models import CallerNumber, Case, CaseCall, CaseRight, Line, Passage, SearchRun, Step
from portal.cases.steps import What
from portal.db import db
from portal.documents.kinds import Kind, Owner
from portal.documents.models import Document
from portal.documents.models import State as DocumentState
from portal.recordings.models import Recording
from portal.retention.models import Freeze

STATES = {
    State.RECEIVED: 2,
    State.IDENTITY_ASKED: 1,
    State.COMPLETION_ASKED: 1,
    State.IN_PROGRESS: 6,
    State.PROPOSED: 2,
    State.APPROVED: 1,
    State.DISPATCHED: 3,
    State.COMPLAINT: 1,
    State.CLOSED: 83,
}
"""Of a hundred."""

FILE_DAYS = 700
"""Nearly the two years that a file is kept."""
LARGE = 200
"""Calls of the one large request."""
BATCH = 400
REASONS = "Samtalet ges. Ett avsnitt är tystat, för det berättar om någon annans hälsa. " * 6
MODELS: tuple[type[peewee.Model], ...] = (
    Case,
    CaseRight,
    CallerNumber,
    Step,
    SearchRun,
    CaseCall,
    Passage,
    Line,
    Freeze,
    Document,
)


class Files:
    """`clerk` handles two thirds of them, `other` the rest; `decider` and `dpo` none."""

    def __init__(self, register: Register, count: int) -> None:
        self._register = register
        self._chance = random.Random(2027)  # noqa: S311 (figures that can be repeated, no secret)
        self.clerk = register.person("clerk", "Kerstin Provberg", [Role.CLERK], register.queues)
        self.other = register.person("other", "Kalle Koeaho", [Role.CLERK], register.queues)
        self.decider = register.person("decider", "Dag Testström", [Role.CONTROLLER], [])
        self.dpo = register.person("dpo", "Disa Mallimäki", [Role.DPO], [])
        self._recordings = [row_id for (row_id,) in Recording.select(Recording.id).order_by(Recording.id).tuples()]
        self.calls = 0
        waiting: dict[type[peewee.Model], list[dict[str, Any]]] = {model: [] for model in MODELS}
        frozen: dict[int, int] = {}
        with db.atomic():
            for n in range(1, count + 1):
                for model, row in self._rows(n, self._state(n), LARGE if n == 1 else 1 + n % 12):
                    waiting[model].append(row)
                    if model is Freeze:
                        frozen[row["recording"]] = frozen.get(row["recording"], 0) + 1
                if n % BATCH == 0 or n == count:
                    for model in MODELS:  # in the order of their keys
                        _insert(model, waiting[model])
                        waiting[model] = []
            for recording, times in frozen.items():
                Recording.update(freezes=times).where(Recording.id == recording).execute()
        self.large: Case = Case.get_by_id(1)

    def all(self, *states: State) -> list[Case]:
        """Those of the clerk in these states, or all of them."""
        chosen = Case.select().where(Case.state.in_(states), Case.handler == self.clerk) if states else Case.select()
        return list(chosen)

    def _state(self, n: int) -> State:
        """The large one is worked on; then one in each state, however few there are; then by chance."""
        if n == 1:
            return State.IN_PROGRESS
        if n <= len(STATES) + 1:
            return list(STATES)[n - 2]
        return self._chance.choices(list(STATES), list(STATES.values()))[0]

    def _rows(self, n: int, state: State, calls: int) -> Iterator[tuple[type[peewee.Model], dict[str, Any]]]:
        chance, case_uuid = self._chance, uuid.UUID(int=self._chance.getrandbits(128), version=4)
        closed = state == State.CLOSED
        received = clock.today() - dt.timedelta(
            days=chance.randrange(40, FILE_DAYS) if closed else chance.randrange(35)
        )
        at = clock.day_start(received) + dt.timedelta(hours=10)
        handler = self.other if n > len(STATES) + 1 and n % 3 == 0 else self.clerk
        number = self._register.numbers[n * 13 % len(self._register.numbers)]
        yield Case, self._case(n, case_uuid, state, received, at, handler)
        yield CaseRight, {"case": n, "right": RightKind.ACCESS}
        yield CallerNumber, {"case": n, "number": number}
        for what in _told(state):
            yield Step, {"case": n, "at": at, "by": handler, "what": what, "words": ""}
        last = received - dt.timedelta(days=1)
        first = last - dt.timedelta(days=30)
        yield (
            SearchRun,
            {"case": n, "at": at, "by": handler, "numbers": number, "first": first, "last": last}
            | {"found": calls, "added": calls},
        )
        for recording in chance.sample(self._recordings, min(calls, len(self._recordings))):
            self.calls += 1
            yield from self._call(n, self.calls, case_uuid, recording, state, at, handler)
        for kind in (Kind.CASE_RECEIPT, Kind.CASE_ACCESS) if state not in OPEN else (Kind.CASE_RECEIPT,):
            yield Document, _letter(kind, case_uuid, at, handler)

    def _case(
        self, n: int, case_uuid: uuid.UUID, state: State, received: dt.date, at: dt.datetime, handler: Account
    ) -> dict[str, Any]:
        chance, answered = self._chance, state not in OPEN
        sent = received + dt.timedelta(days=chance.randrange(3, 38)) if answered else None
        decided = state in (State.PROPOSED, State.APPROVED) or answered
        stands = state == State.IDENTITY_ASKED
        return {
            "id": n,
            "uuid": case_uuid,
            "year": received.year,
            "serial": n,
            "number": f"{config.settings().case_prefix}/{n}/{received.year}",
            "state": state,
            "outcome": chance.choice((Outcome.GRANTED, Outcome.PARTIAL, Outcome.REFUSED)) if decided else None,
            "handler": handler,
            "registered_by": handler,
            "registered_at": at,
            "received_on": received,
            "received_where": "Registratorskontoret",
            "channel": chance.choice(list(Channel)),
            "language": chance.choice(("sv", "fi")),
            "capacity": Capacity.SELF,
            "name": f"Anna {chance.choice(NAMES)}",
            "address": "Provgatan 1 A 2\n06100 BORGÅ",
            "asks": " ".join(self._register.words.draw(20)),
            "delivery": Delivery.ENCRYPTED,
            **_days(received),
            "paused_on": received if stands else None,
            "identity": Identity.ASKED if stands else Identity.PROVEN,
            "reasons": REASONS if decided else "",
            "proposed_by": handler if decided else None,
            "proposed_at": at if decided else None,
            "approved_by": self.decider if decided and state != State.PROPOSED else None,
            "approved_at": at if decided and state != State.PROPOSED else None,
            "dispatched_on": sent,
            "dispatched_by": handler if answered else None,
            "dispatched_how": "post" if answered else "",
            "lifts_on": sent + dt.timedelta(days=30) if sent else None,
            "closed_at": at if state == State.CLOSED else None,
            "purge_on": received + dt.timedelta(days=770) if state == State.CLOSED else None,
        }

    def _call(
        self, n: int, row_id: int, case_uuid: uuid.UUID, recording: int, state: State, at: dt.datetime, handler: Account
    ) -> Iterator[tuple[type[peewee.Model], dict[str, Any]]]:
        chance = self._chance
        judged = state not in (State.RECEIVED, State.IDENTITY_ASKED) and (state != State.IN_PROGRESS or row_id % 3 > 0)
        decision = chance.choices(list(Decision), (70, 20, 5, 5))[0] if judged else None
        why = {"interest": "En granne", "harm": "Hälsouppgifter", "milder": "Talaren kan inte göras okänd"}
        grounded = decision in (Decision.TRANSCRIPT, Decision.WITHHELD)
        empty = dict.fromkeys(why, "")
        yield (
            CaseCall,
            {
                "id": row_id,
                "uuid": uuid.UUID(int=chance.getrandbits(128), version=4),
                "case": n,
                "recording": recording,
                "found_by": "number",
                "added_at": at,
                "concerns": Concerns.YES if judged else None,
                "judged_by": handler if judged else None,
                "judged_at": at if judged else None,
                "decision": decision,
                "ground": Ground.OTHERS if grounded else "",
                "decided_by": handler if judged else None,
                "changed_at": at,
                **(why if grounded else empty),
            },
        )
        if decision == Decision.MUTED:
            for start in (2_000, 9_000):
                yield Passage, {"call": row_id, "start_ms": start, "end_ms": start + 800, "ground": Ground.OTHERS} | why
        if decision == Decision.TRANSCRIPT:
            for line in range(20):
                yield (
                    Line,
                    {
                        "call": row_id,
                        "at_ms": line * 3000,
                        "speaker": ("caller", "adviser")[line % 2],
                        "text": "Ja, tack",
                    },
                )
        if state in OPEN or state in ANSWERED:
            yield (
                Freeze,
                {"uuid": uuid.UUID(int=chance.getrandbits(128), version=4), "recording": recording}
                | {"because_kind": "case", "because": case_uuid, "from_at": at, "placed_by": handler, "placed_at": at},
            )


@functools.cache
def _days(received: dt.date) -> dict[str, dt.date]:
    return deadlines.reckon(received).values()


def _told(state: State) -> list[What]:
    told = [What.REGISTERED, What.SEARCHED, What.IDENTITY_PROVEN]
    if state not in (State.RECEIVED, State.IDENTITY_ASKED, State.COMPLETION_ASKED, State.IN_PROGRESS):
        told += [What.PROPOSED, What.RETURNED, What.PROPOSED]
    if state not in OPEN:
        told += [What.APPROVED, What.COPY_MADE, What.DISPATCHED, What.COPY_HANDED_OVER]
    return told + [What.CLOSED] * (state == State.CLOSED)


def _letter(kind: Kind, case_uuid: uuid.UUID, at: dt.datetime, by: Account) -> dict[str, Any]:
    return {
        "uuid": uuid.uuid4(),
        "kind": kind,
        "language": "sv",
        "owner_kind": Owner.CASES,
        "owner_key": case_uuid.hex,
        "state": DocumentState.LOCKED,
        "made_by": by,
        "made_at": at,
        "ordered_by": by,
        "ordered_at": at,
        "locked_at": at,
        "part": "pdf-1",
        "digest": "0" * 64,
        "sha256": "0" * 64,
        "size": 40_000,
        "pages": 2,
    }


def _insert(model: type[peewee.Model], rows: list[dict[str, Any]]) -> None:
    for at in range(0, len(rows), BATCH):
        model.insert_many(rows[at : at + BATCH]).execute()
