"""The restriction of a call (begränsning, GDPR 18), and the passages that were erased from one."""

import datetime as dt
import enum
import json
from typing import Any

import peewee

from portal import clock
from portal.accounts.models import Account
from portal.db import PublicModel, UtcField
from portal.recordings.models import Recording
from portal.retention.models import KEY_BACKUP_DAYS


class RestrictionGround(enum.StrEnum):
    """GDPR 18(1)."""

    CONTESTED = "18_1_a"
    """The person says that something is wrong, until that has been looked into."""
    UNLAWFUL = "18_1_b"
    """The processing is unlawful, and the person wants it restricted, not erased."""
    CLAIMS = "18_1_c"
    """The city needs it no more; the person does, for a legal claim."""
    OBJECTION = "18_1_d"
    """The person has objected, until that has been decided."""


KEEPING = (RestrictionGround.UNLAWFUL, RestrictionGround.CLAIMS)
"""The person wants the call kept: it is not deleted by its date while such a restriction stands (its own freeze)."""


class Restriction(PublicModel):
    """One call is restricted because of one case."""

    recording = peewee.ForeignKeyField(Recording, backref="restriction_rows", on_delete="RESTRICT")
    ground = peewee.CharField()
    """A code of `RestrictionGround`."""
    because = peewee.UUIDField(index=True)
    """The case's uuid."""
    reference = peewee.CharField(default="")
    placed_by = peewee.ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    placed_at = UtcField(default=clock.now)
    told_on = peewee.DateField(null=True)
    """The day the person was told that it will be lifted (18(3)); nothing lifts without."""
    lifts_on = peewee.DateField(null=True, index=True)
    """The day, in Helsinki, at whose beginning it lifts by itself; None: not yet known."""
    lifted_by = peewee.ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    lifted_at = UtcField(null=True)
    stands = peewee.BooleanField(null=True, default=True)
    """True until lifted, then None: unique with recording, case and ground."""

    class Meta:
        indexes = ((("recording", "because", "ground", "stands"), True),)


class RedactionState(enum.StrEnum):
    ORDERED = "ordered"
    """Decided; the new original is being made."""
    SWITCHED = "switched"
    """The register reads the new original; the old one is to be destroyed."""
    DONE = "done"
    FAILED = "failed"
    """Waits for the next sweep."""
    LAPSED = "lapsed"
    """The whole call was deleted first, or the decision was taken back."""


class Redaction(PublicModel):
    """Passages erased from the sound of one call (GDPR 17): a new sealed original without them in place of the old.
    Both hashes and the ranges stay in the log and here."""

    recording = peewee.ForeignKeyField(Recording, backref="redactions", on_delete="RESTRICT")
    because = peewee.UUIDField(index=True)
    """The case's uuid."""
    reference = peewee.CharField(default="")
    ranges = peewee.TextField()
    """JSON: [[start_ms, end_ms], …], in order, not touching."""
    by = peewee.ForeignKeyField(Account, on_delete="RESTRICT")
    """The decider."""
    at = UtcField(default=clock.now)
    state = peewee.CharField(default=RedactionState.ORDERED, index=True)
    failure = peewee.CharField(default="")
    sha256_before = peewee.CharField(default="")
    sha256_after = peewee.CharField(default="")
    replaces = peewee.UUIDField(null=True, index=True)
    """The vault's subject of the old original; the new one lies under the uuid of this row."""
    done_at = UtcField(null=True)
    """When the old key and bytes were gone from the stores."""
    under_way = peewee.BooleanField(null=True, default=True)
    """True until it has ended, then None: unique with the recording."""

    class Meta:
        indexes = ((("recording", "under_way"), True),)

    @property
    def passages(self) -> list[tuple[int, int]]:
        """`ranges` in milliseconds, from and up to."""
        return [(start, end) for start, end in json.loads(self.ranges)]

    @property
    def key_gone_by(self) -> dt.datetime | None:
        """When the last backup copy of the old key is gone; None until it is gone from the stores."""
        at: Any = self.done_at
        return at + dt.timedelta(days=KEY_BACKUP_DAYS) if at else None
