"""A list of calls that one person listens through for one stated purpose."""

import peewee

from portal import clock
from portal.accounts.models import Account, SignIn
from portal.db import PublicModel, UtcField


class Series(PublicModel):
    """The purpose holds for the calls of the list, in this session, until `closes_at`. Each call that is heard is a
    listen of its own with a row of its own in the log."""

    account = peewee.ForeignKeyField(Account, on_delete="RESTRICT")
    sign_in = peewee.ForeignKeyField(SignIn, on_delete="CASCADE")
    purpose = peewee.CharField()
    reference = peewee.CharField(default="")
    """The case number when the purpose is a request."""
    calls = peewee.TextField()
    """The uuids of the calls in the order they are heard, with commas between."""
    opened_at = UtcField(default=clock.now)
    closes_at = UtcField()
