"""A case with a call that was found for it, frozen."""

import datetime as dt

from portal import clock
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.cases.codes import Channel, State
from portal.cases.models import Case, CaseCall
from portal.cases.passages import LineTyped, PassageTyped
from portal.retention import freezes
from tests.calls import recording

REASONS = {"interest": "zqgrannens", "harm": "zqsjukdomen röjs", "milder": "zqsänkt ljud prövat"}
SILENT = PassageTyped(500, 900, "15_4", *REASONS.values())
SAID = [LineTyped(0, "adviser", "Borgå stad, god dag."), LineTyped(900, "caller", "zqgod dag, det gäller far.")]


def case(people, *, handler=None, state: State = State.IN_PROGRESS, serial: int = 12, **more) -> Case:
    today = clock.today()
    by = handler or people.clerk
    facts = {
        "year": 2026,
        "serial": serial,
        "number": f"BS/{serial}/2026",
        "state": state,
        "handler": by,
        "registered_by": by,
        "received_on": today,
        "channel": Channel.LETTER,
        "language": "sv",
        "name": "Zqgun Testdotter",
        "due_on": today + dt.timedelta(days=30),
        "working_on": today + dt.timedelta(days=28),
        "internal_on": today + dt.timedelta(days=20),
    }
    return Case.create(**facts | more)


def call(people, of: Case, *, recorded=None, found_by: str = "number", **more) -> CaseCall:
    """A call of an elder-care queue (the adviser and the managers do not have it), frozen for the case."""
    row = recorded or recording(people.elderly, **more)
    freezes.freeze([row], because=of, by=people.clerk)
    return CaseCall.create(case=of, recording=row, found_by=found_by)


def fresh(row):
    return type(row).get_by_id(row.id)


def told(*which: Act) -> list[Entry]:
    """The log's entries of these acts, in order."""
    return list(Entry.select().where(Entry.act.in_(which)).order_by(Entry.id))
