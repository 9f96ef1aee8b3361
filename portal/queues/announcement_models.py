"""What callers are told at the start of the call, per queue, in versions."""

import peewee

from portal import clock
from portal.accounts.models import Account
from portal.db import PublicModel, UtcField
from portal.queues.models import Queue


class Announcement(PublicModel):
    """One version of a queue's announcement, in both languages; never changed. A new one may keep a language as it
    was."""

    queue = peewee.ForeignKeyField(Queue, backref="announcements", on_delete="RESTRICT")
    version = peewee.IntegerField()
    """Per queue: 1, 2, 3 …"""
    valid_from = UtcField()
    """The instant from which it plays; never before it was made."""
    text_sv = peewee.TextField()
    text_fi = peewee.TextField()
    made_by = peewee.ForeignKeyField(Account, null=True, on_delete="RESTRICT")
    made_at = UtcField(default=clock.now)
    dropped_at = UtcField(null=True)
    """Given up before it came into force."""
    dropped_by = peewee.ForeignKeyField(Account, null=True, on_delete="RESTRICT")

    class Meta:
        indexes = ((("queue", "version"), True), (("queue", "valid_from"), False))


class AnnouncementSound(PublicModel):
    """The sound file that plays, in one language; sealed in the vault under its own uuid like any file."""

    announcement = peewee.ForeignKeyField(Announcement, null=True, backref="sounds", on_delete="CASCADE")
    """None while it is being sealed: one commit makes the announcement and gives it its sounds."""
    language = peewee.CharField()
    name = peewee.CharField(default="")
    media_type = peewee.CharField()
    size = peewee.IntegerField()
    sha256 = peewee.CharField()
    duration_ms = peewee.IntegerField()
    added_at = UtcField(default=clock.now)
    standing = peewee.CharField(default="sealing")
    """As a paper's (`retention.papers`)."""

    class Meta:
        indexes = ((("announcement", "language"), True),)
