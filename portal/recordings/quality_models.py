"""What a manager found when hearing a call for the quality of the service."""

import enum

import peewee

from portal import clock
from portal.accounts.models import Account
from portal.db import BaseModel, PublicModel, UtcField
from portal.recordings.models import Recording


class Answer(enum.StrEnum):
    YES = "yes"
    PARTLY = "partly"
    NO = "no"
    NOT_APPLICABLE = "na"
    """The call gave no occasion for it."""


class QualityReview(PublicModel):
    """One person's review of one call that they have heard; it goes with the call. What a queue's reviews say together
    is counted each day (`register.counting`), without call, adviser or reviewer."""

    recording = peewee.ForeignKeyField(Recording, backref="reviews", on_delete="CASCADE")
    author = peewee.ForeignKeyField(Account, on_delete="RESTRICT")
    comment = peewee.TextField(default="")
    created_at = UtcField(default=clock.now)
    changed_at = UtcField(null=True)
    version = peewee.IntegerField(default=1)
    """Counts its author's changes: what is saved was made from the one that stands."""

    class Meta:
        indexes = ((("recording", "author"), True),)


class QualityAnswer(BaseModel):
    review = peewee.ForeignKeyField(QualityReview, backref="answers", on_delete="CASCADE")
    question = peewee.CharField()
    """A code of the setting `quality_questions`."""
    answer = peewee.CharField()
    """A code of `Answer`."""

    class Meta:
        indexes = ((("review", "question"), True),)
