"""The time last seen, the pauses of deletion, and what a reconciliation found."""
from peewee import *  # noqa: F403
import uuid


def up(migrator, db):
    class Account(Model):
        class Meta:
            database = db
            table_name = 'account'

    class ClockMark(Model):
        at = BigIntegerField()
        boot = CharField()
        uptime_ms = BigIntegerField()
        class Meta:
            database = db
            table_name = 'clock_mark'
    db.create_tables([ClockMark])

    class Pause(Model):
        uuid = UUIDField(unique=True, default=uuid.uuid4)
        cause = CharField()
        began_at = BigIntegerField()
        seen_at = BigIntegerField(null=True)
        day = DateField(null=True)
        found = IntegerField(default=0)
        most = IntegerField(default=0)
        stands = BooleanField(null=True, default=True, unique=True)
        ended = CharField(default='')
        ended_at = BigIntegerField(null=True)
        ended_by = ForeignKeyField(Account, null=True, on_delete='RESTRICT')
        due = IntegerField(default=0)
        entry = BigIntegerField(default=0)
        class Meta:
            database = db
            table_name = 'pause'
    db.create_tables([Pause])

    class Finding(Model):
        kind = CharField()
        subject = UUIDField(null=True)
        store = CharField(default='')
        day = DateField(null=True)
        count = IntegerField(default=1)
        first_at = BigIntegerField()
        last_at = BigIntegerField()
        repaired_at = BigIntegerField(null=True)
        gone_at = BigIntegerField(index=True, null=True)
        class Meta:
            database = db
            table_name = 'finding'
    db.create_tables([Finding])


def down(migrator, db):
    for table in ('finding', 'pause', 'clock_mark'):
        migrator.migrate(migrator.drop_table(table))
