"""The privacy description (dataskyddsbeskrivning): the register's twenty points, in versions."""

import enum

import peewee

from portal import clock
from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.db import PublicModel, UtcField


class DescriptionState(enum.StrEnum):
    DRAFT = "draft"
    PROPOSED = "proposed"
    PUBLISHED = "published"
    """In force from `valid_from` until the next one is."""
    DROPPED = "dropped"


class Description(PublicModel):
    """One version. There is at most one that is a draft or proposed; what is published never changes."""

    version = peewee.IntegerField(null=True, unique=True)
    """Given at publication: 1, 2, 3 …"""
    state = peewee.CharField(default=DescriptionState.DRAFT, index=True)
    under_way = peewee.BooleanField(null=True, unique=True, default=True)
    """True while a draft or proposed, else None."""
    content = peewee.TextField(default="{}")
    """{point: {"sv": text, "fi": text}}, JSON; points are codes of `register.points`."""
    seen = peewee.IntegerField(default=0)
    """Raised by every change; a form that saw an older one is refused."""
    made_by = peewee.ForeignKeyField(Account, on_delete="RESTRICT")
    made_at = UtcField(default=clock.now)
    changed_by = peewee.ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    changed_at = UtcField(default=clock.now)
    proposed_by = peewee.ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    proposed_at = UtcField(null=True)
    returned_words = peewee.TextField(default="")
    approved_by = peewee.ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    """Neither who proposed it nor who last changed it."""
    approved_at = UtcField(null=True)
    contradictions = peewee.TextField(default="[]")
    """Codes of what contradicted the live settings when it was approved, with the approver's reason, JSON."""
    valid_from = peewee.DateField(null=True)

    @classmethod
    def visible_to(cls, user: Account) -> peewee.ModelSelect:
        """Those who write, approve or oversee it: all. What is published, everybody, without this."""
        return cls.select() if user.may(Permission.REGISTER_DESCRIPTION) else cls.select().where(cls.id.is_null())
