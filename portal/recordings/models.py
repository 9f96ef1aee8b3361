"""A recording of a call, what staff wrote about it, and each listen."""

import datetime as dt
import enum
import uuid
from collections.abc import Collection
from typing import Any

import peewee

from portal import clock
from portal.accounts.models import Account, SignIn
from portal.accounts.permissions import Permission
from portal.db import Prepared, PublicModel, UtcField, slot
from portal.queues.announcement_models import Announcement
from portal.queues.models import Queue

SEQUENCE_BITS = 20
"""The key is the call's start in whole seconds since 1970, shifted, plus a sequence number:
newest first is key order, and a date range is a key range."""


class State(enum.StrEnum):
    LIVE = "live"
    PURGING = "purging"
    PURGED = "purged"


class Store(enum.StrEnum):
    """Where the sealed bytes and the key are; the vault's word."""

    MAIN = "main"
    THREAT = "threat"


class Playable(enum.StrEnum):
    PENDING = "pending"
    READY = "ready"
    FAILED = "failed"
    EMPTY = "empty"
    """The recording holds no sound."""


class Direction(enum.StrEnum):
    IN = "in"
    OUT = "out"
    INTERNAL = "internal"


class Told(enum.StrEnum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Purpose(enum.StrEnum):
    QUALITY = "quality"
    SAFETY = "safety"
    REQUEST = "request"
    TRAINING = "training"
    """Only while a consent to it stands (`register.training`)."""


class Recording(PublicModel):
    id = peewee.BigIntegerField(primary_key=True)
    state = peewee.CharField(default=State.LIVE)
    source = peewee.CharField()
    """The format it came in by: 'freepbx', 'vcon'."""
    source_key = peewee.CharField(unique=True)
    """Keyed pseudonym of source + source id (`vault.box.pseudonym`): survives as tombstone, so that
    a copy delivered again after the purge is known."""
    content_key = peewee.CharField(index=True)
    """Keyed pseudonym of the original bytes' SHA-256."""
    started_at = UtcField()
    ended_at = UtcField()
    duration_ms = peewee.IntegerField()
    expires_at = UtcField(index=True)
    received_at = UtcField(default=clock.now)
    queue = peewee.ForeignKeyField(Queue, null=True, on_delete="RESTRICT")
    direction = peewee.CharField(null=True)
    number = peewee.CharField(null=True, index=True)
    """The other party's number in E.164, or as delivered when it is no number a telephone has; None when withheld."""
    extension = peewee.CharField(null=True)
    adviser = peewee.ForeignKeyField(Account, null=True, on_delete="SET NULL")
    told = peewee.CharField(default=Told.UNKNOWN)
    announcement = peewee.ForeignKeyField(Announcement, null=True, on_delete="SET NULL", index=False)
    """The version of the queue's announcement that told the caller, when one did."""
    conversation = peewee.CharField(null=True, index=True)
    """`linkedid`: the parts of a transferred call share it."""
    subject = peewee.CharField(default="")
    # The sound
    original_format = peewee.CharField(null=True)
    """Container and codec as sniffed, e.g. 'wav/pcm_alaw'."""
    original_size = peewee.BigIntegerField(null=True)
    original_sha256 = peewee.CharField(null=True)
    channels = peewee.IntegerField(null=True)
    speakers = peewee.CharField(null=True)
    """Who is on which channel when the source tells, comma-separated: 'adviser,caller'."""
    playable = peewee.CharField(default=Playable.PENDING)
    playable_type = peewee.CharField(null=True)
    """Media type that browsers play: of the original part, or of the part 'playable' if one was made."""
    playable_part = peewee.CharField(null=True)
    """'original' or 'playable'."""
    render_attempts = peewee.IntegerField(default=0)
    # What keeps it
    store = peewee.CharField(default=Store.MAIN)
    """A code of `Store`: the reader follows it."""
    sealed_as = peewee.UUIDField(null=True, index=True)
    """The vault's subject since passages were erased (`retention.passages`); None: its own uuid. See `vault_id`."""
    holds = peewee.IntegerField(default=0)
    freezes = peewee.IntegerField(default=0)
    """How many holds and freezes stand on it now. Kept on the row itself, so that whoever places one and whoever
    claims the row for deletion meet on the same row, in every database."""
    restrictions = peewee.IntegerField(default=0)
    """How many restrictions (GDPR 18) stand on it now: while any does, it is found, seen and heard for a case alone."""
    redacting = peewee.BooleanField(default=False)
    """Passages of it are to be erased: until they are, nobody hears it but those who keep it as a threat call."""
    freed_at = UtcField(null=True)
    """When the last of them went. Past its date, that is the moment from which it has to go."""
    # The end
    purge_reason = peewee.CharField(null=True)
    purged_at = UtcField(null=True)

    class Meta:
        indexes = (
            (("state", "expires_at"), False),
            (("playable", "render_attempts"), False),
            (("queue", "adviser"), False),
        )

    @classmethod
    def unexpired(cls) -> peewee.ModelSelect:
        """The live recordings, not past their date. For counting; nobody is shown more than `visible_to`."""
        return cls.select().where(cls.unexpired_at(clock.now()))

    @classmethod
    def unexpired_at(cls, moment: Any) -> peewee.Expression:
        """Live, and not past its date then; `moment` may be a slot of a prepared query."""
        return (cls.state == State.LIVE) & (cls.expires_at > moment)

    @classmethod
    def visible_to(cls, user: Account, doing: Permission = Permission.RECORDINGS_FIND) -> peewee.ModelSelect:
        """The live recordings of the queues where `user` may do that, not past their date and not restricted
        (GDPR 18)."""
        return cls.select().where(cls.visible_in(sorted(user.queues_for(doing)), clock.now()))

    @classmethod
    def visible_in(cls, queues: list[Any], moment: Any) -> peewee.Expression:
        """`visible_to` as a condition; the values may be slots of a prepared query."""
        return cls.unexpired_at(moment) & cls.queue.in_(queues) & (cls.restrictions == 0)

    @classmethod
    def within_reach_of(cls, user: Account, doing: Permission = Permission.RECORDINGS_FIND) -> peewee.ModelSelect:
        """What `user` may do that with by its address: `visible_to`, and for a manager the
        held calls of the own queues past their date, which no search finds (register §3)."""
        return cls.select().where(cls.reached_by(user, doing))

    @classmethod
    def reached_by(cls, user: Account, doing: Permission = Permission.RECORDINGS_FIND) -> peewee.Expression:
        """`within_reach_of` as a condition, for a query that joins recordings to few rows of its own."""
        return cls._own(user, doing) & (cls.restrictions == 0)

    @classmethod
    def of_queues(cls, queues: Collection[int]) -> peewee.Expression:
        """It is of one of these queues, as a condition for a query that joins recordings to few rows of its own: the
        sum keeps the planner from walking all calls of the queues instead of those rows."""
        return (cls.queue_id + 0).in_(sorted(queues))

    @classmethod
    def restricted_within_reach_of(cls, user: Account) -> peewee.ModelSelect:
        """What `user` could open and hear if its processing were not restricted: they learn that it is, no more."""
        return cls.select().where(cls._own(user, Permission.RECORDINGS_FIND), cls.restrictions > 0)

    @classmethod
    def _own(cls, user: Account, doing: Permission) -> peewee.Expression:
        own = user.queues_for(doing)
        reach = cls.unexpired_at(clock.now())
        if held := own & user.queues_for(Permission.RETENTION_HOLD):
            reach |= (cls.state == State.LIVE) & (cls.holds > 0) & cls.of_queues(held)
        return cls.of_queues(own) & reach

    @property
    def vault_id(self) -> uuid.UUID:
        """The subject under which its key and bytes lie in the vault."""
        found: uuid.UUID = self.sealed_as or self.uuid
        return found

    @classmethod
    def sealed_under(cls, subject: uuid.UUID) -> peewee.Expression:
        """The one whose `vault_id` is `subject`."""
        return (cls.sealed_as == subject) | (cls.sealed_as.is_null() & (cls.uuid == subject))

    @property
    def over(self) -> bool:
        """Is it past its date? Then only what is kept is still there to see, and only for some."""
        return bool(self.expires_at <= clock.now())

    @staticmethod
    def first_id(moment: dt.datetime) -> int:
        """The lowest key of a call that started in the second of `moment`."""
        return int(moment.timestamp()) << SEQUENCE_BITS

    @classmethod
    def next_id(cls, started_at: Any) -> int:
        """A free key for a call that started then; call inside the inserting transaction."""
        base = cls.first_id(started_at)
        top = base | ((1 << SEQUENCE_BITS) - 1)
        [(last,)] = _LAST_WITHIN(base=base, top=top)
        return base if last is None else int(last) + 1


# Asked for each file of a full inbox
_LAST_WITHIN = Prepared(
    lambda: Recording.select(peewee.fn.MAX(Recording.id)).where(
        Recording.id >= slot("base", Recording.id), Recording.id <= slot("top", Recording.id)
    )
)


class Note(PublicModel):
    recording = peewee.ForeignKeyField(Recording, backref="notes", on_delete="CASCADE")
    author = peewee.ForeignKeyField(Account, on_delete="RESTRICT")
    text = peewee.TextField()
    created_at = UtcField(default=clock.now)
    at_ms = peewee.IntegerField(null=True)
    """The place in the sound that it is about; None: the whole call."""
    kind = peewee.CharField(default="")
    """What it is about: a code of the setting `note_kinds`, or ''."""
    own = peewee.BooleanField(default=False)
    """Written for its author alone: no page shows it to others and no search finds it. It belongs to the caller's data
    all the same: whoever answers a request reads it, and it goes with the call."""


class Listen(PublicModel):
    """One stated purpose, one listen: whatever ranges the browser asks for, one audit row."""

    recording = peewee.ForeignKeyField(Recording, backref="listens", on_delete="CASCADE")
    account = peewee.ForeignKeyField(Account, on_delete="RESTRICT")
    sign_in = peewee.ForeignKeyField(SignIn, on_delete="CASCADE")
    purpose = peewee.CharField()
    reference = peewee.CharField(default="")
    """The case number when the purpose is a request."""
    because = peewee.UUIDField(null=True, index=True)
    """The uuid of the case that it was opened from: then that case gives the right to hear."""
    series = peewee.UUIDField(null=True, index=True)
    """The uuid of the list that it was opened in (`recordings.series`)."""
    opened_at = UtcField(default=clock.now)
    started_at = UtcField(null=True)
    """When the first sound left; the audit row is written with it."""
    closes_at = UtcField()
