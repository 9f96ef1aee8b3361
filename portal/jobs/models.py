"""Work that takes long: what it is, how far it has come, and for whom."""

import enum

import peewee

from portal import clock
from portal.accounts.models import Account
from portal.accounts.permissions import Permission, Role
from portal.db import PublicModel, UtcField


class Kind(enum.StrEnum):
    INBOX = "inbox"
    """What the telephone system has delivered is brought in."""
    IMPORT = "import"
    """The same by hand."""
    INDEX = "index"
    """The word index is filled anew."""
    PURGE = "purge"
    LOG = "log"
    """The log is checked from its first entry on."""
    LOG_FILE = "log_file"
    """Entries of the log leave as a file."""
    SOUND = "sound"
    """Every sealed sound is read through."""
    BACKUP = "backup"
    ROTATION = "rotation"
    """What is sealed under an earlier root key is sealed anew."""


ALONE = frozenset(set(Kind) - {Kind.IMPORT, Kind.LOG_FILE})
"""One at a time."""
GOES_ON = ALONE - {Kind.BACKUP}
"""What a kill breaks off is gone on with: by the same job."""
ORDERED = (Kind.LOG, Kind.SOUND)
"""Done by the worker when a person asks for it."""
ITSELF = frozenset({Kind.INBOX, Kind.INDEX, Kind.PURGE})
"""Done by the worker when it is time."""
ASKED_WITH = {
    Kind.LOG: Permission.AUDIT_CHECK,
    Kind.LOG_FILE: Permission.AUDIT_READ,
    Kind.SOUND: Permission.RETENTION_CHECK,
    Kind.PURGE: Permission.RETENTION_CONFIRM,
}
"""What a person may ask for, and the right to: whose right is over is not told how it went either."""
LOOKED_AT = frozenset(set(Kind) - ITSELF - {Kind.LOG_FILE})
"""What is to be seen to when it did not go well the last time. Of the others the next round tells, or whoever has the
file knows."""


class Outcome(enum.StrEnum):
    GOOD = "good"
    AMISS = "amiss"
    """It is done, and something is not as it should be."""
    STOPPED = "stopped"
    """It stopped, and waits for a person."""
    BROKEN_OFF = "broken_off"
    FAILED = "failed"


class Job(PublicModel):
    """Counts and codes, nothing of what they count."""

    kind = peewee.CharField()
    """A code of `Kind`."""
    owner = peewee.ForeignKeyField(Account, null=True, on_delete="CASCADE")
    """Who asked for it; None: the worker by itself, or somebody at the server's command line."""
    ordered_at = UtcField(default=clock.now)
    begun_at = UtcField(null=True)
    told_at = UtcField(null=True)
    """When it last said how far it has come."""
    done = peewee.BigIntegerField(default=0)
    whole = peewee.BigIntegerField(null=True)
    """None: nobody knows yet."""
    per_minute = peewee.IntegerField(default=0)
    seconds_left = peewee.IntegerField(null=True)
    """As of `told_at`; None: it cannot be said."""
    place = peewee.BigIntegerField(default=0)
    """Where it goes on after a kill, in its own terms."""
    amiss = peewee.IntegerField(default=0)
    """How much was found that is not as it should be."""
    breaks = peewee.IntegerField(default=0)
    """How often it was broken off and taken up again."""
    ended_at = UtcField(null=True, index=True)
    outcome = peewee.CharField(default="")
    """A code of `Outcome`."""
    fault = peewee.CharField(default="")
    """Kind of the error it ended with."""
    stands = peewee.BooleanField(null=True)
    """True for one that is ALONE until it has ended, else None: unique with its kind."""
    seen_at = UtcField(null=True)
    """When its owner was told of its end, or had no need to be."""

    class Meta:
        indexes = ((("kind", "stands"), True), (("owner", "seen_at"), False))

    @classmethod
    def visible_to(cls, user: Account) -> peewee.ModelSelect:
        """An administrator: all. Everybody else: one's own, of the kinds that one may still ask for."""
        if user.may(Permission.JOBS_READ) and Role.ADMIN in user.roles:
            return cls.select()
        return cls.select().where(cls.owner == user.id, cls.kind.in_(told_of(user)))


def told_of(user: Account) -> list[str]:
    """The kinds of which `user` is told how it went, having asked for it."""
    if not user.may(Permission.JOBS_READ):
        return []
    if Role.ADMIN in user.roles:
        return sorted(Kind)
    return sorted(kind for kind, right in ASKED_WITH.items() if user.may(right))
