"""What the data protection officer sees of the use of the register: counts of listens, and what is unusual in them.

The log is the source; these rows are made from it and can be made anew. An observation is a question to a person,
never a verdict: somebody asks, somebody answers, the officer closes it.
"""

import enum
import uuid

import peewee

from portal import clock
from portal.accounts.models import Account, RoleGrant
from portal.accounts.permissions import TABLE, Permission, Role
from portal.db import BaseModel, PublicModel, UtcField


class ListenCount(BaseModel):
    """How many calls one person heard in one hour, of one queue, for one purpose. Built from the log up to the
    entry that `ListenMark` names; what is later is counted in the log itself."""

    hour = UtcField()
    """The beginning of an hour on Helsinki's clocks."""
    person = peewee.UUIDField()
    queue_id = peewee.IntegerField(null=True)
    purpose = peewee.CharField()
    count = peewee.IntegerField()

    class Meta:
        indexes = (
            (("hour", "person", "queue_id", "purpose"), True),
            (("hour", "person", "queue_id", "purpose", "count"), False),  # sums are read out of the index alone
            (("person", "hour"), False),
        )


class ListenMonth(BaseModel):
    """The same counts by whole months in Helsinki: a year is summed up from these."""

    month = peewee.DateField()
    """Its first day."""
    person = peewee.UUIDField()
    queue_id = peewee.IntegerField(null=True)
    purpose = peewee.CharField()
    count = peewee.IntegerField()

    class Meta:
        indexes = ((("month", "person", "queue_id", "purpose"), True),)


class ListenMark(BaseModel):
    entry = peewee.BigIntegerField(default=0)
    """The last entry of the log that is counted. One row."""
    looked_until = UtcField(null=True)
    """Up to when unusual patterns have been looked for."""


class Pattern(enum.StrEnum):
    """What was unusual. Each has its words, with the figures of the one person's case."""

    MANY = "many"
    """Many more listens than usual in a day, without a note written or a case named."""
    SAME_NUMBER = "same_number"
    """The calls of one number again and again."""
    OWN_NUMBER = "own_number"
    """Calls from a number of the listener's own."""
    COLLEAGUE = "colleague"
    """Calls from a number of a colleague."""
    HOURS = "hours"
    """Outside working hours."""
    QUEUE = "queue"
    """A queue that the person does not otherwise work with."""
    ONE = "one"
    """None: the officer wants to ask about one listen."""


class State(enum.StrEnum):
    OPEN = "open"
    ASKED = "asked"
    ANSWERED = "answered"
    CLOSED = "closed"


class Outcome(enum.StrEnum):
    EXPLAINED = "explained"
    """Part of the work."""
    REMINDED = "reminded"
    """The person was reminded of the rules."""
    INCIDENT = "incident"
    """It is dealt with as a personal data breach."""
    MISTAKEN = "mistaken"
    """The data was wrong: no such pattern."""


class Observation(PublicModel):
    pattern = peewee.CharField()
    person = peewee.ForeignKeyField(Account, backref="observations", on_delete="RESTRICT")
    """Whose listens they are."""
    key = peewee.CharField(unique=True)
    """Names pattern, person and period (a number as a pseudonym): the same is observed once."""
    first_at = UtcField()
    last_at = UtcField()
    """Of the listens it is about."""
    listens = peewee.IntegerField()
    facts = peewee.TextField(default="{}")
    """Codes and counts for the words, JSON; no number, no name."""
    entries = peewee.TextField(default="[]")
    """The numbers of the log's entries, JSON."""
    found_at = UtcField(default=clock.now)
    state = peewee.CharField(default=State.OPEN, index=True)
    version = peewee.IntegerField(default=1)
    asked_of = peewee.ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    """The person, or somebody who answers for them."""
    asked_by = peewee.ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    asked_at = UtcField(null=True)
    question = peewee.TextField(default="")
    answer_by = peewee.DateField(null=True)
    answered_at = UtcField(null=True)
    answer = peewee.TextField(default="")
    closed_by = peewee.ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    closed_at = UtcField(null=True)
    outcome = peewee.CharField(default="")
    """A code of `Outcome`."""
    closing_words = peewee.TextField(default="")
    incident = peewee.UUIDField(null=True)
    purge_on = peewee.DateField(null=True, index=True)
    """When the row is deleted; `oversight_years` after closing."""

    class Meta:
        indexes = ((("state", "found_at"), False),)

    @classmethod
    def visible_to(cls, user: Account) -> peewee.ModelSelect:
        """For the data protection officer all but those about the officer; those about officers for a controller;
        for everybody those they were asked about."""
        chosen = cls.select(cls, Account).join(Account, on=(cls.person == Account.id))
        asked = cls.asked_of == user.id
        if user.may(Permission.OVERSIGHT_ASK):
            return chosen.where((cls.person != user.id) | asked)
        if user.may(Permission.OVERSIGHT_DEPUTISE):
            return chosen.where(cls.about_officers() & (cls.person != user.id) | asked)
        return chosen.where(asked)

    @classmethod
    def led_to(cls, incident: uuid.UUID, account: Account) -> bool:
        """Is the incident about what this person heard?"""
        found: bool = cls.select().where(cls.incident == incident, cls.person == account.id).exists()
        return found

    @classmethod
    def about_officers(cls) -> peewee.Expression:
        """The person oversees the others now."""
        officers = RoleGrant.select(RoleGrant.account).where(
            RoleGrant.role.in_([role for role in Role if Permission.OVERSIGHT_ASK in TABLE[role]]),
            RoleGrant.in_force(clock.now()),
        )
        return cls.person.in_(officers)


class Step(enum.StrEnum):
    """What was done with an observation."""

    FOUND = "found"
    RAISED = "raised"
    """By an officer, who wants to ask about a listen."""
    GREW = "grew"
    """More listens of the same pattern came before anybody asked."""
    ASKED = "asked"
    ANSWERED = "answered"
    CLOSED = "closed"
    REOPENED = "reopened"


class ObservationStep(BaseModel):
    """A line of its timeline, with the words: a new question does not efface the answer to the one before. The log
    proves; this tells."""

    observation = peewee.ForeignKeyField(Observation, backref="steps", on_delete="CASCADE")
    at = UtcField(default=clock.now)
    by = peewee.ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    """None: the portal."""
    what = peewee.CharField()
    """A code of `Step`."""
    words = peewee.TextField(default="")
