"""Searches that a person keeps under a name."""

import peewee

from portal import clock
from portal.accounts.models import Account
from portal.db import PublicModel, UtcField


class SavedSearch(PublicModel):
    """The questions of a search, never a number: a caller's data lives no longer here than in the register."""

    account = peewee.ForeignKeyField(Account, on_delete="CASCADE")
    name = peewee.CharField()
    asked = peewee.TextField()
    """Names and values of the search form as in an address (application/x-www-form-urlencoded)."""
    created_at = UtcField(default=clock.now)
    used_at = UtcField(default=clock.now)

    class Meta:
        indexes = ((("account", "name"), True),)
