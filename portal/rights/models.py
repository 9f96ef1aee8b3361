"""Rights as decisions: who asked for whom, which role for which queues, why and until when; who decided; how it ended.

What is in force at an instant is `accounts.models.RoleGrant`, written by `rights.effect` alone from these rows, in
the same commit. The principles by which rights are given, and the reviews of every quarter, are here too
(register §1: the director decides who may get user rights and how).
"""

import enum

import peewee

from portal import clock
from portal.accounts.models import Account, Unit
from portal.accounts.permissions import Permission, Role
from portal.db import BaseModel, PublicModel, UtcField
from portal.queues.models import Queue

SCOPED = (Role.ADVISER, Role.MANAGER, Role.CLERK)
"""Roles that are for named queues; the others have none."""

EMERGENCY = (Role.ADVISER, Role.MANAGER, Role.CLERK)
"""What may be given in an emergency."""


class Kind(enum.StrEnum):
    DECISION = "decision"
    """Asked for by one, granted by another."""
    EMERGENCY = "emergency"
    """Given at once, for hours; looked at by the director afterwards."""
    COMMAND = "command"
    """Given on the machine itself, for the first people of a portal and when nobody is left to grant."""
    CARRIED = "carried"
    """Was there before rights were decisions."""


class State(enum.StrEnum):
    ASKED = "asked"
    GRANTED = "granted"
    """Until it ends; whether it has begun is said by its instants."""
    REFUSED = "refused"
    TAKEN_BACK = "taken_back"
    """By the one who asked, before a decision."""
    ENDED = "ended"


class End(enum.StrEnum):
    """Why a granted right is no longer there."""

    TIME = "time"
    """Its last day is over."""
    DECISION = "decision"
    """Somebody ended it, with a reason."""
    UNIT = "unit"
    """The person changed unit."""
    LEFT = "left"
    """The account was closed."""
    REVIEW = "review"
    """The one who answers for the person ended it at a review."""
    LAPSED = "lapsed"
    """Nobody confirmed it at a review before the grace period was over."""
    RESTORED = "restored"
    """It had ended before a restore brought it back, and was taken again."""


class Right(PublicModel):
    account = peewee.ForeignKeyField(Account, backref="rights", on_delete="RESTRICT")
    kind = peewee.CharField(default=Kind.DECISION)
    role = peewee.CharField()
    unit = peewee.ForeignKeyField(Unit, null=True, on_delete="RESTRICT")
    """The person's unit when it was asked for: changing it ends the right."""
    reason = peewee.TextField(default="")
    """Why it is needed, in the words of the one who asked."""
    first_on = peewee.DateField()
    last_on = peewee.DateField()
    """Days in Helsinki, both included; an emergency's are those its hours lie in."""
    begins_at = UtcField()
    ends_at = UtcField()
    """The instants, at most `rights_months` calendar months, of an emergency `rights_emergency_hours`, apart."""
    state = peewee.CharField(default=State.ASKED, index=True)
    waits = peewee.BooleanField(null=True, default=True)
    """True while ASKED, else None: unique with account and role."""
    asked_by = peewee.ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    asked_at = UtcField(default=clock.now)
    decided_by = peewee.ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    """Neither who asked nor who receives."""
    decided_at = UtcField(null=True)
    decision_reason = peewee.TextField(default="")
    principles = peewee.IntegerField(null=True)
    """The version of the principles in force when it was decided."""
    seen_by = peewee.ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    """The controller who has looked at an emergency's right; until then every page of theirs says so."""
    seen_at = UtcField(null=True)
    seen_words = peewee.TextField(default="")
    ended_by = peewee.ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    """None when it ended by itself."""
    ended_at = UtcField(null=True)
    end = peewee.CharField(default="")
    """A code of `End`."""
    end_reason = peewee.TextField(default="")

    class Meta:
        table_name = "access_right"
        indexes = ((("account", "role", "waits"), True), (("state", "ends_at"), False))

    @classmethod
    def visible_to(cls, user: Account) -> peewee.ModelSelect:
        """All for those who grant, oversee or keep accounts; for a manager those they asked for and those of the
        people of the units they head; for everybody their own."""
        chosen = cls.select(cls, Account).join(Account, on=(cls.account == Account.id))
        if user.may(Permission.RIGHTS_READ):
            return chosen
        mine = cls.account == user.id
        if user.may(Permission.RIGHTS_ASK):
            mine |= (cls.asked_by == user.id) | Account.unit.in_([row.unit_id for row in user.heads_of])
        return chosen.where(mine)


class RightQueue(BaseModel):
    right = peewee.ForeignKeyField(Right, backref="queues", on_delete="CASCADE")
    queue = peewee.ForeignKeyField(Queue, on_delete="RESTRICT")

    class Meta:
        indexes = ((("right", "queue"), True),)


class Principles(PublicModel):
    """By which rights are given, in the director's words; a version is never changed."""

    version = peewee.IntegerField(unique=True)
    text_sv = peewee.TextField()
    text_fi = peewee.TextField()
    valid_from = peewee.DateField()
    made_by = peewee.ForeignKeyField(Account, on_delete="RESTRICT")
    made_at = UtcField(default=clock.now)


class Review(PublicModel):
    """One per quarter: every right in force when it opened, each to be confirmed or ended by whoever answers for the
    person before `due_on` is over; what is not, lapses."""

    year = peewee.IntegerField()
    quarter = peewee.IntegerField()
    opened_at = UtcField(default=clock.now)
    due_on = peewee.DateField(index=True)
    """The last day to answer, in Helsinki."""
    closed_at = UtcField(null=True)

    class Meta:
        indexes = ((("year", "quarter"), True),)


class Verdict(enum.StrEnum):
    CONFIRMED = "confirmed"
    ENDED = "ended"
    LAPSED = "lapsed"
    GONE = "gone"
    """The right had ended by itself or otherwise before anybody answered."""


class ReviewLine(PublicModel):
    review = peewee.ForeignKeyField(Review, backref="lines", on_delete="CASCADE")
    right = peewee.ForeignKeyField(Right, backref="review_lines", on_delete="RESTRICT")
    signed_in_at = UtcField(null=True)
    """The person's last sign-in before the review opened."""
    listened_at = UtcField(null=True)
    """The last call heard before it."""
    verdict = peewee.CharField(null=True)
    by = peewee.ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    at = UtcField(null=True)
    reason = peewee.TextField(default="")

    class Meta:
        indexes = ((("review", "right"), True),)


class StaffDraft(PublicModel):
    """A list of staff that was read and is to be looked at before it is applied; emptied when it is, or a day later."""

    made_by = peewee.ForeignKeyField(Account, on_delete="CASCADE")
    made_at = UtcField(default=clock.now)
    rows = peewee.TextField(default="[]")
    """What it would change, JSON."""
    state = peewee.CharField(default="read")
    """'read', 'applied' or 'dropped'."""
