"""What came in and could not be taken, and what is still arriving."""

import enum

import peewee

from portal import clock
from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.db import BaseModel, PublicModel, UtcField


class Reason(enum.StrEnum):
    """Why a file is in quarantine. The words people read are in the templates."""

    TOO_LARGE = "too_large"
    NOT_AUDIO = "not_audio"
    BROKEN = "broken"
    MANY_STREAMS = "many_streams"
    BAD_LENGTH = "bad_length"
    BAD_CHANNELS = "bad_channels"
    BAD_NAME = "bad_name"
    BAD_TIME = "bad_time"
    UNKNOWN_QUEUE = "unknown_queue"
    CONFLICT = "conflict"
    """Same source id as a recording already here, other bytes."""
    ALREADY_PURGED = "already_purged"
    BAD_JSON = "bad_json"
    SIGNED = "signed"
    ENCRYPTED = "encrypted"
    CRITICAL = "critical"
    """A vCon demands an extension that is not known here."""
    NO_CONTENT = "no_content"
    HASH_MISMATCH = "hash_mismatch"
    REMOTE = "remote"
    """A vCon points outside its own folder; nothing is fetched."""
    NOT_A_FILE = "not_a_file"
    """A symlink, device or folder where a file was expected."""
    UNREADABLE = "unreadable"


class QuarantineState(enum.StrEnum):
    WAITING = "waiting"
    TAKEN = "taken"
    """A retry made it a recording."""
    PURGING = "purging"
    DISCARDED = "discarded"
    EXPIRED = "expired"


class Quarantined(PublicModel):
    state = peewee.CharField(default=QuarantineState.WAITING)
    reason = peewee.CharField()
    detail = peewee.CharField(default="")
    """A short code that narrows the reason; no text from the file."""
    source = peewee.CharField(null=True)
    name = peewee.CharField(null=True)
    """The delivered file name: may hold a number, so it is emptied with the bytes."""
    size = peewee.BigIntegerField()
    content_key = peewee.CharField(index=True, null=True)
    sealed = peewee.BooleanField()
    """The bytes are in the vault under `uuid`; False: they stand in the inbox (too large, unreadable)."""
    received_at = UtcField(default=clock.now)
    expires_at = UtcField(index=True)
    ended_at = UtcField(null=True)
    recording_uuid = peewee.UUIDField(null=True)
    """The recording that a retry made of it."""

    @classmethod
    def visible_to(cls, user: Account) -> peewee.ModelSelect:
        """Every file, for those who run the inbox; none for all others."""
        return cls.select() if user.may(Permission.INGEST_MANAGE) else cls.select().where(cls.id.is_null())


class Arriving(BaseModel):
    """A file seen in the inbox: read only when it has stood unchanged between two looks."""

    path = peewee.CharField(unique=True)
    size = peewee.BigIntegerField()
    mtime_ns = peewee.BigIntegerField()
    since = UtcField(default=clock.now)


class CallDetail(BaseModel):
    """A row of the telephone system's call detail records (FreePBX `cdr`, Asterisk `Master.csv`).

    Emptied with the recordings it belongs to, and on the same 3-month clock.
    """

    unique_id = peewee.CharField(index=True)
    linked_id = peewee.CharField(null=True, index=True)
    recording_file = peewee.CharField(null=True, index=True)
    called_at = UtcField()
    src = peewee.CharField(default="")
    dst = peewee.CharField(default="")
    did = peewee.CharField(default="")
    duration_s = peewee.IntegerField(default=0)
    billsec_s = peewee.IntegerField(default=0)
    disposition = peewee.CharField(default="")
    user_field = peewee.CharField(default="")
    channel = peewee.CharField(default="")
    dst_channel = peewee.CharField(default="")
    row_key = peewee.CharField(unique=True)
    """Pseudonym of the row: the same export read twice adds nothing."""
    expires_at = UtcField(index=True)


class Sealing(BaseModel):
    """A uuid whose key or bytes may lie in the vault while no row owns them yet.

    Committed before the key is written and taken away in the commit that makes the owner: whatever
    is here when an import begins was left by one that died, and is removed.
    """

    subject = peewee.UUIDField(unique=True)
    since = UtcField(default=clock.now)
