"""Whom and what the city of the tests is made of: its service numbers, who works there, calls and listens."""

import dataclasses
import datetime as dt
import uuid

FIRST = dt.date(2026, 8, 24)
DAYCARE, TECHNICAL, ELDERLY, BUILDING, SWITCHBOARD, SOCIAL = range(1, 7)
QUEUES = (DAYCARE, TECHNICAL, ELDERLY, BUILDING, SWITCHBOARD, SOCIAL)
WEEKEND = ELDERLY
"""Answers on Saturdays and Sundays too."""
LATE = SOCIAL
"""Answers until ten in the evening."""


@dataclasses.dataclass(eq=False)
class Person:
    id: uuid.UUID
    role: str
    queues: list[int]
    """Where they work; the first is the main one."""
    rights: dict[int, dt.date]
    """Every queue whose calls they may hear, and from when."""
    number: str
    notes: float
    """How often they write something of a call they heard."""
    pace: float
    joins: dt.date = FIRST - dt.timedelta(days=400)
    away: set[dt.date] = dataclasses.field(default_factory=set)


@dataclasses.dataclass(eq=False)
class Call:
    id: uuid.UUID
    at: dt.datetime
    queue: int
    number: str
    adviser: Person | None


@dataclasses.dataclass(eq=False)
class Listen:
    person: Person
    at: dt.datetime
    call: Call
    worked: bool = False
    case: bool = False
    """For a request that the call belongs to."""
    typed: bool = False
    """For a request that does not have it: its number was only typed."""
    training: bool = False
    planted: int | None = None


@dataclasses.dataclass(eq=False)
class Plant:
    kind: str
    person: Person
    subtle: bool
    listens: list[Listen]
