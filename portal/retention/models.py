"""The sweeps, and the protocol of what was deleted."""

import enum

import peewee

from portal import clock
from portal.accounts.models import Account
from portal.accounts.permissions import Permission, Role
from portal.db import BaseModel, PublicModel, UtcField

KEY_BACKUP_DAYS = 7
"""A backup copy of the keystore lives this long at most (README, Backups): then a destroyed key is gone everywhere."""


class Sweep(BaseModel):
    """The last run of each of the worker's sweeps: what the dead-man check looks at."""

    name = peewee.CharField(unique=True)
    """'purge' and its parts 'words' and 'returned', 'inbox', 'render'."""
    started_at = UtcField(null=True)
    good_at = UtcField(null=True)
    """End of the last run without a fault."""
    fault = peewee.CharField(default="")
    """Kind of the last fault, empty when the last run was good."""


class Kind(enum.StrEnum):
    """What a line of the protocol is about; also the log's word for it."""

    RECORDING = "recording"
    QUARANTINED = "quarantined"


class Rule(enum.StrEnum):
    """Why it was deleted, ending in the rule's version: a changed rule is a new value, old lines keep theirs."""

    RETENTION = "retention:3-months:1"
    QUARANTINE = "quarantine:3-months:1"
    DISCARD = "quarantine:discarded:1"


class Result(enum.StrEnum):
    CLAIMED = "claimed"
    PURGED = "purged"
    FAILED = "failed"
    """Claimed, not finished: retried at every sweep, never called done."""


class PurgeLine(PublicModel):
    """One deletion in the protocol: identifiers and times, no personal data. Never deleted."""

    kind = peewee.CharField()
    """A code of `Kind`."""
    subject = peewee.UUIDField(unique=True)
    queue_id = peewee.IntegerField(null=True)
    rule = peewee.CharField()
    """A code of `Rule`."""
    due_at = UtcField()
    claimed_at = UtcField(default=clock.now)
    key_destroyed_at = UtcField(null=True)
    """None until then, and for a quarantined file that was never sealed."""
    purged_at = UtcField(null=True, index=True)
    result = peewee.CharField(default=Result.CLAIMED)
    failure = peewee.CharField(default="")
    """Kind of the last failure (an errno name), empty when there was none; stays when it went well later."""
    attempts = peewee.IntegerField(default=0)

    @classmethod
    def visible_to(cls, user: Account) -> peewee.ModelSelect:
        """A manager: the lines of the queues granted. The others who may read protocols: every line."""
        if not user.may(Permission.RETENTION_READ):
            return cls.select().where(cls.id.is_null())
        if user.roles & {Role.CONTROLLER, Role.DPO, Role.ADMIN}:
            return cls.select()
        return cls.select().where(cls.queue_id.in_(sorted(user.queue_ids)))
