"""Personal data breaches (personuppgiftsincidenter, GDPR 33–34): what happened, who knew when, what was decided and
why, whom it was told. The record is there whether or not anybody is notified (33(5)).

What people typed is emptied when the record is purged; the line of codes and times goes with it.
"""

import datetime as dt
import enum
from typing import Any

import peewee

from portal import clock
from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.db import BaseModel, PublicModel, UtcField

NOTIFY_WITHIN = dt.timedelta(hours=72)
"""From when the city became aware (GDPR 33(1)). A time in hours is moved by no weekend (regulation 1182/71, 3(4))."""


class State(enum.StrEnum):
    OPENED = "opened"
    """Told of by somebody; nobody leads it yet."""
    LED = "led"
    ASSESSED = "assessed"
    """The data protection officer has said how great the risk is; a decision is awaited."""
    DECIDED = "decided"
    CLOSED = "closed"


OPEN = (State.OPENED, State.LED, State.ASSESSED, State.DECIDED)


class Risk(enum.StrEnum):
    """To the rights and freedoms of people."""

    NONE = "none"
    """Unlikely: the ombudsman need not be notified (33(1))."""
    RISK = "risk"
    HIGH = "high"
    """The people concerned are told (34)."""


class Loss(enum.StrEnum):
    """What was lost of the data; several may be."""

    SECRECY = "secrecy"
    ACCURACY = "accuracy"
    ACCESS = "access"


class Answer(enum.StrEnum):
    YES = "yes"
    NO = "no"


class What(enum.StrEnum):
    """A line of the timeline."""

    OPENED = "opened"
    LED = "led"
    CHANGED = "changed"
    ASSESSED = "assessed"
    DECIDED = "decided"
    NOTIFIED = "notified"
    TOLD = "told"
    NOTED = "noted"
    PAPER = "paper"
    CLOSED = "closed"
    REOPENED = "reopened"


class Incident(PublicModel):
    year = peewee.IntegerField()
    serial = peewee.IntegerField()
    number = peewee.CharField(unique=True)
    """'PI/3/2026'."""
    state = peewee.CharField(default=State.OPENED, index=True)
    version = peewee.IntegerField(default=1)
    """Grows with every change: a form made from an older one is refused."""
    opened_by = peewee.ForeignKeyField(Account, on_delete="RESTRICT")
    opened_at = UtcField(default=clock.now)
    known_at = UtcField()
    """When somebody in the city's service became aware of it: from then on the 72 hours run."""
    happened = peewee.TextField(default="")
    concerns = peewee.TextField(default="")
    """Whose data, and which."""
    measures = peewee.TextField(default="")
    """What was done at once, and after."""
    led_by = peewee.ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    # The assessment
    losses = peewee.CharField(default="")
    """Codes of `Loss` with commas between."""
    persons = peewee.IntegerField(null=True)
    """About how many; None: not known."""
    effects = peewee.TextField(default="")
    """What it may lead to for them."""
    risk = peewee.CharField(default="")
    """A code of `Risk`."""
    risk_reasons = peewee.TextField(default="")
    assessed_by = peewee.ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    assessed_at = UtcField(null=True)
    # The decision
    notify = peewee.CharField(default="")
    """Is the ombudsman notified (33)? A code of `Answer`."""
    tell = peewee.CharField(default="")
    """Are the people told (34)?"""
    reasons = peewee.TextField(default="")
    decided_by = peewee.ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    decided_at = UtcField(null=True)
    # What was done
    notified_at = UtcField(null=True)
    notified_by = peewee.ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    notified_how = peewee.CharField(default="")
    """The ombudsman's own case number, or by what way."""
    late_reasons = peewee.TextField(default="")
    """Why it took longer than 72 hours (33(1))."""
    told_on = peewee.DateField(null=True)
    told_by = peewee.ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    told_how = peewee.TextField(default="")
    lessons = peewee.TextField(default="")
    """What is done so that it does not happen again."""
    closed_by = peewee.ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    closed_at = UtcField(null=True)
    purge_on = peewee.DateField(null=True, index=True)

    class Meta:
        indexes = ((("year", "serial"), True),)

    @classmethod
    def visible_to(cls, user: Account) -> peewee.ModelSelect:
        """The data protection officer and those who decide: all. Anybody else: what they told of themselves."""
        chosen = cls.select()
        return chosen if user.may(Permission.INCIDENTS_READ) else chosen.where(cls.opened_by == user.id)

    @property
    def due_at(self) -> dt.datetime:
        """When the 72 hours are over."""
        at: Any = self.known_at
        due: dt.datetime = at + NOTIFY_WITHIN
        return due

    @property
    def runs(self) -> bool:
        """Does the clock run? Not once the ombudsman is notified, or it is decided that he need not be."""
        return self.state in OPEN and self.notified_at is None and self.notify != Answer.NO


class IncidentStep(BaseModel):
    """A line of the timeline. The log proves; this tells."""

    incident = peewee.ForeignKeyField(Incident, backref="steps", on_delete="CASCADE")
    at = UtcField(default=clock.now)
    by = peewee.ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    what = peewee.CharField()
    """A code of `What`."""
    words = peewee.TextField(default="")


class IncidentPaper(PublicModel):
    """A paper of an incident, sealed in the vault under its uuid."""

    incident = peewee.ForeignKeyField(Incident, backref="papers", on_delete="CASCADE")
    name = peewee.CharField(default="")
    media_type = peewee.CharField()
    size = peewee.IntegerField()
    sha256 = peewee.CharField()
    added_by = peewee.ForeignKeyField(Account, on_delete="RESTRICT")
    added_at = UtcField(default=clock.now)
    standing = peewee.CharField(default="sealing")
    """'sealing' → 'kept' → 'going' → the row is deleted: what is in the vault always has a row."""
