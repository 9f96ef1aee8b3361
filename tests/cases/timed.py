"""A request's row for the tests of its clock, without the search and the letters of a registration."""

import datetime as dt
from typing import Any

from portal import clock
from portal.cases import deadlines
from portal.cases.codes import Channel, State
from portal.cases.models import Case
from tests.people import People


def day(year: int, month: int, number: int, hour: int = 9) -> Any:
    """Stop the clock on that day in Helsinki."""
    return clock.frozen(clock.day_start(dt.date(year, month, number)) + dt.timedelta(hours=hour))


def case(people: People, **values: Any) -> Case:
    """In progress, received today, handled by the clerk; `values` of the row."""
    received_on = values.pop("received_on", None) or clock.today()
    serial = Case.select().count() + 1
    row = Case(
        **{
            "year": received_on.year,
            "serial": serial,
            "number": f"BS/{serial}/{received_on.year}",
            "state": State.IN_PROGRESS,
            "handler": people.clerk,
            "registered_by": people.clerk,
            "received_on": received_on,
            "channel": Channel.LETTER,
            "language": "sv",
            "name": "Rut Rimfors",
            "address": "Strandgatan 1\n06100 Borgå",
            "asks": "Vad har ni spelat in?",
            **values,
        }
    )
    for name, value in deadlines.store(row).items():
        if name not in values:
            setattr(row, name, value)
    row.save()
    return row
