"""What was wrong about a call, and what was done about it: reports, corrections with the sealed original, who opened
one, and what the person adds (GDPR 16; register §1).

Corrections, originals and statements die with the recording. The line of a correction that was made for a case (who,
when, which entry, for which case) stays as long as the case file.
"""

import enum

import peewee

from portal import clock
from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.db import BaseModel, PublicModel, UtcField
from portal.recordings.models import Recording


class EntryKind(enum.StrEnum):
    RECORDING = "recording"
    NOTE = "note"
    REVIEW = "review"
    CASE = "case"


class Entry(enum.StrEnum):
    """What of a call can be wrong. A case's facts go by their column's name."""

    SUBJECT = "subject"
    NOTE = "note"
    REVIEW = "review"
    """What was written beside a review of the call's quality. Its author changes it there; another does for a case."""
    NUMBER = "number"
    """Whose call it is taken for."""
    QUEUE = "queue"
    TOLD = "told"
    DIRECTION = "direction"
    ADVISER = "adviser"


class ReportState(enum.StrEnum):
    OPEN = "open"
    CORRECTED = "corrected"
    DISMISSED = "dismissed"
    LAPSED = "lapsed"
    """The call was deleted before anyone looked."""


class ErrorReport(PublicModel):
    """A member of staff saw something wrong that is not theirs to correct."""

    recording = peewee.ForeignKeyField(Recording, backref="error_reports", on_delete="RESTRICT")
    entry = peewee.CharField()
    """A code of `Entry`."""
    note = peewee.UUIDField(null=True)
    """The note, when the entry is one."""
    words = peewee.TextField(default="")
    """What is wrong; emptied with the call."""
    reported_by = peewee.ForeignKeyField(Account, on_delete="RESTRICT")
    reported_at = UtcField(default=clock.now)
    state = peewee.CharField(default=ReportState.OPEN, index=True)
    decided_by = peewee.ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    decided_at = UtcField(null=True)
    answer = peewee.TextField(default="")
    """Why nothing was corrected."""

    @classmethod
    def visible_to(cls, user: Account) -> peewee.ModelSelect:
        """Those about the calls within reach that the person may correct, and the own ones."""
        found = cls.select(cls, Recording).join(Recording).where(Recording.reached_by(user))
        corrects = Recording.of_queues(user.queues_for(Permission.RECORDINGS_CORRECT))
        return found.where(corrects | (cls.reported_by == user.id))


class Correction(PublicModel):
    """An entry got another value, and this was the one before."""

    entry_kind = peewee.CharField()
    """A code of `EntryKind`."""
    entry = peewee.UUIDField(index=True)
    """The uuid of the recording, the note, the review or the case."""
    recording = peewee.ForeignKeyField(Recording, null=True, backref="corrections", on_delete="RESTRICT")
    """The call that it dies with; None for a fact of a case."""
    field = peewee.CharField()
    """A code of `Entry`, or the column of a case."""
    sealed = peewee.BlobField(null=True)
    """The value before, under the key of the recording, or for a case under the root key; None when it is destroyed."""
    reason = peewee.TextField(default="")
    by = peewee.ForeignKeyField(Account, on_delete="RESTRICT")
    at = UtcField(default=clock.now)
    because = peewee.UUIDField(null=True, index=True)
    """The case that demanded it; None: on own initiative."""
    reference = peewee.CharField(default="")
    """Its number."""
    report = peewee.ForeignKeyField(ErrorReport, null=True, on_delete="SET NULL")

    class Meta:
        indexes = ((("entry", "field", "at"), False),)


class Opening(BaseModel):
    """Somebody opened the original, and said why."""

    correction = peewee.ForeignKeyField(Correction, backref="openings", on_delete="CASCADE")
    by = peewee.ForeignKeyField(Account, on_delete="RESTRICT")
    at = UtcField(default=clock.now)
    need = peewee.TextField(default="")


class StatementState(enum.StrEnum):
    TEXT = "text"
    """There is no file."""
    SEALING = "sealing"
    KEPT = "kept"
    GOING = "going"
    GONE = "gone"
    """The call was deleted, and the paper with it: the row says that nothing of it may be left in the vault."""


class Statement(PublicModel):
    """What the person adds to a call (completion, GDPR 16): a text, or a paper sealed in the vault under its uuid."""

    recording = peewee.ForeignKeyField(Recording, backref="statements", on_delete="RESTRICT")
    text = peewee.TextField(default="")
    because = peewee.UUIDField(null=True, index=True)
    """The case."""
    reference = peewee.CharField(default="")
    added_by = peewee.ForeignKeyField(Account, on_delete="RESTRICT")
    added_at = UtcField(default=clock.now)
    name = peewee.CharField(default="")
    """Of the paper, as the clerk calls it."""
    media_type = peewee.CharField(default="")
    size = peewee.IntegerField(default=0)
    sha256 = peewee.CharField(default="")
    standing = peewee.CharField(default=StatementState.TEXT)
