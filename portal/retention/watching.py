"""What the watch over deletion keeps: the time last seen, a pause that asks a person, and what does not agree."""

import enum

import peewee

from portal import clock
from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.db import BaseModel, PublicModel, UtcField


class Cause(enum.StrEnum):
    """Why deletion pauses."""

    CLOCK_BACK = "clock_back"
    CLOCK_AHEAD = "clock_ahead"
    MANY = "many"


class Ended(enum.StrEnum):
    CONFIRMED = "confirmed"
    """A person said that it may go on."""
    PASSED = "passed"
    """The cause is no more: the clock agrees again, or so much is not due any longer."""


class ClockMark(BaseModel):
    """The one row that says when the clock was last found right, and how long the machine had run then."""

    at = UtcField()
    boot = peewee.CharField()
    """Names one start of the machine."""
    uptime_ms = peewee.BigIntegerField()


class Pause(PublicModel):
    """Nothing new is claimed for deletion while one stands; one stands at a time. Never deleted."""

    cause = peewee.CharField()
    """A code of `Cause`."""
    began_at = UtcField(default=clock.now)
    """By the clock that may be wrong."""
    seen_at = UtcField(null=True)
    """Of a clock: the latest time known before."""
    day = peewee.DateField(null=True)
    """Of many: the day they are due; None: what is due from before the last good sweep."""
    found = peewee.IntegerField(default=0)
    most = peewee.IntegerField(default=0)
    """Of many: how many there are, and how many would have passed."""
    stands = peewee.BooleanField(null=True, default=True, unique=True)
    """True until it ends, then None."""
    ended = peewee.CharField(default="")
    """A code of `Ended`."""
    ended_at = UtcField(null=True)
    ended_by = peewee.ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    """None when it passed by itself, and for the command on the server."""
    due = peewee.IntegerField(default=0)
    """How many were due when a person let it go on."""
    entry = peewee.BigIntegerField(default=0)
    """The log's entry about its end: times in older ones say no more about the clock."""

    @classmethod
    def visible_to(cls, user: Account) -> peewee.ModelSelect:
        """Those who may let deletion go on."""
        return cls.select() if user.may(Permission.RETENTION_CONFIRM) else cls.select().where(cls.id.is_null())


class Fault(enum.StrEnum):
    """What the reconciliation finds. The words people read, and what to do, are in `words`."""

    KEY_MISSING = "key_missing"
    SOUND_MISSING = "sound_missing"
    SOUND_CHANGED = "sound_changed"
    """The sealed original has another size than the register says."""
    DOCUMENT_MISSING = "document_missing"
    """Key or bytes of a locked document are missing, or it has another size."""
    DERIVED_MISSING = "derived_missing"
    """What is made from the original is not there: made again."""
    WRONG_STORE = "wrong_store"
    LEFT_BEHIND = "left_behind"
    """Key or sound stands in the other store as well, and no move is under way."""
    PURGED_KEPT = "purged_kept"
    """Purged, and something of it is in a store: destroyed."""
    NO_OWNER = "no_owner"
    """Sound, with or without key, that no row owns."""
    KEY_ALONE = "key_alone"
    """A key without row and without sound: it opens nothing, and is destroyed."""
    STALE = "stale"
    """Half a file whose writer died: removed."""
    STRANGER = "stranger"
    """Something in a store that the portal did not put there."""
    CALL_MISSING = "call_missing"
    """Calls that the telephone system says were recorded, and no recording of them came."""


class Finding(BaseModel):
    """Something that does not agree, from the first time it was seen until it was gone. No personal data."""

    kind = peewee.CharField()
    """A code of `Fault`."""
    subject = peewee.UUIDField(null=True)
    store = peewee.CharField(default="")
    day = peewee.DateField(null=True)
    """Of calls: the day they were made."""
    count = peewee.IntegerField(default=1)
    first_at = UtcField(default=clock.now)
    last_at = UtcField(default=clock.now)
    repaired_at = UtcField(null=True)
    gone_at = UtcField(null=True, index=True)
    """When it was no longer found, or repaired. None: it waits for a person."""
