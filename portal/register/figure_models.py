"""Figures that outlive what they count: calls are deleted after three months, how many there were is not."""

import peewee

from portal import clock
from portal.db import BaseModel, UtcField


class DayFigure(BaseModel):
    """How many of one thing on one day in Helsinki, of one queue. Days not yet settled are counted anew at each
    round; a settled day is never counted again (`register.counting`)."""

    day = peewee.DateField()
    queue_id = peewee.IntegerField(default=0)
    """0: of no queue."""
    what = peewee.CharField()
    """A code of `register.counting.What`."""
    of = peewee.CharField(default="")
    """A code that divides it further: purpose, told, rule …"""
    count = peewee.IntegerField()
    total = peewee.BigIntegerField(default=0)
    """A sum that goes with it, where there is one (seconds, days)."""

    class Meta:
        indexes = ((("what", "day", "queue_id", "of"), True),)


class DaySettled(BaseModel):
    day = peewee.DateField(unique=True)
    counted_at = UtcField(default=clock.now)
    """When it was first counted."""
    settled = peewee.BooleanField(default=False)
