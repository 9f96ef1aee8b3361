"""The append-only log. Stores kinds and ids, imports no other capability."""

import json
from typing import Any

import peewee

from portal.db import BaseModel, UtcField


class Entry(BaseModel):
    """One act. `hash` is over all other columns and the previous entry's hash."""

    id = peewee.BigIntegerField(primary_key=True)
    """1, 2, 3 … without gaps."""
    at = UtcField(index=True)
    act = peewee.CharField(index=True)
    by = peewee.UUIDField(null=True, index=True)
    """The account's uuid; None for the worker and for people not yet known."""
    subject_kind = peewee.CharField(default="", index=True)
    subject = peewee.UUIDField(null=True, index=True)
    queue_id = peewee.IntegerField(null=True, index=True)
    """The queue of the recording concerned: managers see the rows of theirs."""
    purpose = peewee.CharField(default="", index=True)
    reference = peewee.CharField(default="")
    """A case number."""
    detail = peewee.TextField(default="{}")
    """Canonical JSON of codes, counts and pseudonyms; no personal data in the clear."""
    previous = peewee.CharField()
    hash = peewee.CharField()

    class Meta:
        table_name = "audit_entry"

    @classmethod
    def visible_to(cls, user: Any) -> peewee.ModelSelect:
        """All rows for the data protection officer; for a manager those about recordings of own queues."""
        if cls.sees_all(user):
            return cls.select()
        return cls.select().where(cls.queue_id.in_(sorted(user.queues_as("manager"))))

    @staticmethod
    def sees_all(user: Any) -> bool:
        """Is the whole log this person's matter, its checks included?"""
        return "dpo" in user.roles

    @property
    def told(self) -> dict[str, Any]:
        """The detail, read; empty when it is not readable: pages about a damaged log must stand."""
        try:
            found = json.loads(self.detail)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


class LogDay(BaseModel):
    """Where in the log the entries of one day in Helsinki lie: a question about days looks there only. Made from the
    log (`audit.days`), and can be made anew."""

    day = peewee.DateField(unique=True)
    first = peewee.BigIntegerField()
    last = peewee.BigIntegerField()
    """Numbers of entries. Where the clock was set, those of two days may lie among each other."""
    entries = peewee.IntegerField()
