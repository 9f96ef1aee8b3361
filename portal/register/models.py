"""Consents to a use that nothing else allows, and the recipients that are told of a change (GDPR 7, 19)."""

import enum

import peewee

from portal import clock
from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.db import BaseModel, PublicModel, UtcField
from portal.recordings.models import Recording
from portal.retention.models import Transfer


class ConsentPurpose(enum.StrEnum):
    TRAINING = "training"
    """The call is used to train advisers, also after its three months."""
    DISCLOSURE = "disclosure"
    """The call is given to somebody the person names."""


class ConsentText(PublicModel):
    """What people consent to, word for word; a new wording is a new version, and the old ones stay."""

    purpose = peewee.CharField()
    """A code of `ConsentPurpose`."""
    version = peewee.IntegerField()
    text_sv = peewee.TextField()
    text_fi = peewee.TextField()
    valid_from = peewee.DateField()
    made_by = peewee.ForeignKeyField(Account, on_delete="RESTRICT")
    made_at = UtcField(default=clock.now)

    class Meta:
        indexes = ((("purpose", "version"), True),)


class Consent(PublicModel):
    """Somebody consented, in so many words, for so many calls. What tells who they are is emptied some time after it
    ended and nothing rests on it any more (README)."""

    text = peewee.ForeignKeyField(ConsentText, backref="consents", on_delete="RESTRICT")
    name = peewee.CharField(default="")
    number = peewee.CharField(default="", index=True)
    """E.164: by it a withdrawal finds the consent."""
    language = peewee.CharField()
    given_on = peewee.DateField()
    given_how = peewee.CharField()
    """A code of `words.GIVEN`."""
    how_words = peewee.TextField(default="")
    """What shows it: 'on the recording of 3.9. at 2 min', 'letter of 3.9.'."""
    ends_on = peewee.DateField(null=True)
    """The last day it was given for; None: until it is withdrawn."""
    registered_by = peewee.ForeignKeyField(Account, on_delete="RESTRICT")
    registered_at = UtcField(default=clock.now)
    stands = peewee.BooleanField(null=True, default=True)
    """True until it is withdrawn or has ended, then None."""
    withdrawn_at = UtcField(null=True)
    withdrawn_by = peewee.ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    """None: its last day had passed."""
    because = peewee.UUIDField(null=True, index=True)
    """The case by which it was withdrawn."""
    reference = peewee.CharField(default="")

    @classmethod
    def visible_to(cls, user: Account) -> peewee.ModelSelect:
        """Those who keep the register of consents, those who decide, the data protection officer: all."""
        chosen = cls.select(cls, ConsentText).join(ConsentText)
        return chosen if user.may(Permission.REGISTER_CONSENTS) else chosen.where(cls.id.is_null())


class ConsentCall(BaseModel):
    """A call that a consent is about."""

    consent = peewee.ForeignKeyField(Consent, backref="calls", on_delete="CASCADE")
    recording = peewee.ForeignKeyField(Recording, backref="consent_calls", on_delete="RESTRICT")

    class Meta:
        indexes = ((("consent", "recording"), True),)


class Told(enum.StrEnum):
    """What a recipient is told of (GDPR 19)."""

    CORRECTED = "corrected"
    COMPLETED = "completed"
    ERASED = "erased"
    RESTRICTED = "restricted"


class NoticeState(enum.StrEnum):
    WAITING = "waiting"
    TOLD = "told"
    IMPOSSIBLE = "impossible"
    """Impossible, or disproportionate: with the reason."""


class Notice(PublicModel):
    """A recipient that is to be told that what it once got is corrected, erased or restricted. One per disclosure and
    change; the letter, if any, is a document whose owner is the notice."""

    transfer = peewee.ForeignKeyField(Transfer, backref="notices", on_delete="RESTRICT")
    what = peewee.CharField()
    """A code of `Told`."""
    entry = peewee.CharField(default="")
    """Which entry was corrected; the words before and after are the letter's, not kept here."""
    because = peewee.UUIDField(null=True, index=True)
    """The case; None: a correction on own initiative."""
    reference = peewee.CharField(default="")
    correction = peewee.UUIDField(null=True)
    """The correction's uuid."""
    opened_at = UtcField(default=clock.now)
    opened_by = peewee.ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    state = peewee.CharField(default=NoticeState.WAITING, index=True)
    letter = peewee.UUIDField(null=True)
    told_on = peewee.DateField(null=True)
    told_how = peewee.CharField(default="")
    reason = peewee.TextField(default="")
    """Why it is impossible; emptied with the call."""
    ended_by = peewee.ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    ended_at = UtcField(null=True)

    @classmethod
    def visible_to(cls, user: Account) -> peewee.ModelSelect:
        chosen = cls.select(cls, Transfer, Recording).join(Transfer).join(Recording)
        return chosen if user.may(Permission.REGISTER_NOTICES) else chosen.where(cls.id.is_null())
