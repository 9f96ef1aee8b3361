"""A document from the moment it is ordered: the row is the job, the vault holds the bytes."""

import datetime as dt
import enum
import hashlib
import json
from typing import Any

import peewee

from portal import clock
from portal.accounts.models import Account
from portal.accounts.permissions import Role
from portal.db import PublicModel, UtcField
from portal.documents.kinds import Owner


class State(enum.StrEnum):
    DRAFT = "draft"
    """Its content can be changed and previewed."""
    ORDERED = "ordered"
    """Waits for the worker, or is being set."""
    LOCKED = "locked"
    """Its bytes are in the vault and never change."""
    FAILED = "failed"
    """Tried `ATTEMPTS` times; waits for a person to order it again."""
    DROPPED = "dropped"
    """A draft that was given up. Content emptied."""


def canonical(content: dict[str, Any]) -> str:
    """The one spelling of a document's content."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


class Document(PublicModel):
    kind = peewee.CharField()
    """A code of `Kind`."""
    language = peewee.CharField()
    """'sv' or 'fi': the reader's, not the orderer's."""
    owner_kind = peewee.CharField()
    """A code of `Owner`."""
    owner_key = peewee.CharField()
    """Which page of the owner: a day, a month, a uuid. No personal data."""
    state = peewee.CharField(default=State.DRAFT)
    content = peewee.TextField(default="{}")
    """Canonical JSON of what the form filled in and what the facts are gathered by; emptied when locked."""
    corrects = peewee.ForeignKeyField("self", null=True, on_delete="RESTRICT")
    """The locked document that this one corrects and names."""
    made_by = peewee.ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    """None: made by schedule."""
    made_at = UtcField(default=clock.now)
    once = peewee.CharField(null=True, unique=True)
    """What there may be one of: 'purge-month:2026-10:sv', 'corrects:<uuid>'. None: as many as are wanted."""
    ordered_by = peewee.ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    ordered_at = UtcField(null=True)
    """The moment the facts are as of, and the date on the paper."""
    # The job
    leased_until = UtcField(null=True)
    """A worker has taken it and answers for it until then."""
    attempts = peewee.IntegerField(default=0)
    failure = peewee.CharField(default="")
    """Kind of the last failure, as a code; empty when it went well."""
    # The result
    locked_at = UtcField(null=True)
    part = peewee.CharField(null=True)
    """Name of the PDF's part in the vault; the document's uuid is the subject."""
    digest = peewee.CharField(null=True)
    """SHA-256 of the order (facts, template, stationery), hex: printed in the foot."""
    sha256 = peewee.CharField(null=True)
    """Of the PDF's bytes, hex."""
    size = peewee.IntegerField(null=True)
    pages = peewee.IntegerField(null=True)
    certificate = peewee.CharField(default="")
    """SHA-256 fingerprint of the certificate that sealed it, hex; empty: no seal."""

    class Meta:
        indexes = (
            (("state", "leased_until"), False),
            (("owner_kind", "owner_key"), False),
        )

    @property
    def version(self) -> str:
        """Names the content: a form that was made from another is refused."""
        return hashlib.sha256(self.content.encode()).hexdigest()[:16]

    @property
    def owner_day(self) -> dt.date:
        """Of a day's protocol."""
        return dt.date.fromisoformat(self.owner_key)

    @property
    def owner_month(self) -> dt.date:
        """The first day of a month's protocol."""
        return dt.date.fromisoformat(f"{self.owner_key}-01")

    @property
    def by_schedule(self) -> bool:
        """It waits for the responsible person and cannot be thrown away."""
        return self.made_by_id is None and self.corrects_id is None

    @classmethod
    def visible_to(cls, user: Account) -> peewee.ModelSelect:
        """Those whose owner's page `user` may read."""
        owners = []
        if user.roles & {Role.CONTROLLER, Role.DPO, Role.ADMIN}:
            owners += [Owner.RETENTION, Owner.RIGHTS]
        if Role.DPO in user.roles:
            owners += [Owner.AUDIT, Owner.OVERSIGHT]
        if user.roles & {Role.CONTROLLER, Role.ADMIN}:
            owners.append(Owner.STATIONERY)
        return cls.select().where(cls.owner_kind.in_(owners))
