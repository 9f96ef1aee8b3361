"""The sweeps, and the protocol of what was deleted."""

import enum

import peewee

from portal import clock
from portal.db import BaseModel, PublicModel, UtcField


class Sweep(BaseModel):
    """The last run of each of the worker's sweeps: what the dead-man check looks at."""

    name = peewee.CharField(unique=True)
    """'purge', 'inbox', 'render'."""
    started_at = UtcField(null=True)
    good_at = UtcField(null=True)
    """End of the last run without a fault."""
    fault = peewee.CharField(default="")
    """Kind of the last fault, empty when the last run was good."""


class Rule(enum.StrEnum):
    RETENTION = "retention:3-months"
    QUARANTINE = "quarantine:3-months"
    DISCARD = "quarantine:discarded"


class Result(enum.StrEnum):
    CLAIMED = "claimed"
    PURGED = "purged"
    FAILED = "failed"
    """Claimed, not finished: retried at every sweep, never called done."""


class PurgeLine(PublicModel):
    """One deletion in the protocol: identifiers and times, no personal data. Never deleted."""

    kind = peewee.CharField()
    """'recording' or 'quarantined'."""
    subject = peewee.UUIDField(unique=True)
    queue_id = peewee.IntegerField(null=True)
    rule = peewee.CharField()
    due_at = UtcField()
    claimed_at = UtcField(default=clock.now)
    key_destroyed_at = UtcField(null=True)
    purged_at = UtcField(null=True, index=True)
    result = peewee.CharField(default=Result.CLAIMED)
    failure = peewee.CharField(default="")
    """Kind of the last failure (an errno name), empty when none."""
    attempts = peewee.IntegerField(default=0)
