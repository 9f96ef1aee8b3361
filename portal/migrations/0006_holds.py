"""Reports of threat calls, holds, freezes, transfers; and on the recording itself, what keeps it."""
from peewee import *  # noqa: F403
import uuid

KEPT = {
    "store": "VARCHAR(255) NOT NULL DEFAULT 'main'",
    "holds": "INTEGER NOT NULL DEFAULT 0",
    "freezes": "INTEGER NOT NULL DEFAULT 0",
    "freed_at": "BIGINT",
}
"""Added in one step each: copying a table of millions of rows would take minutes, and lose its statistics."""


def up(migrator, db):
    class Account(Model):
        class Meta:
            database = db
            table_name = 'account'

    class Recording(Model):
        id = BigIntegerField(primary_key=True)
        class Meta:
            database = db
            table_name = 'recording'

    class Freeze(Model):
        uuid = UUIDField(unique=True, default=uuid.uuid4)
        recording = ForeignKeyField(Recording, on_delete='RESTRICT')
        because_kind = CharField()
        because = UUIDField(index=True)
        from_at = BigIntegerField()
        placed_by = ForeignKeyField(Account, null=True, on_delete='RESTRICT')
        placed_at = BigIntegerField()
        lifts_on = DateField(index=True, null=True)
        lifted_by = ForeignKeyField(Account, null=True, on_delete='RESTRICT')
        lifted_at = BigIntegerField(null=True)
        stands = BooleanField(null=True, default=True)
        class Meta:
            database = db
            table_name = 'freeze'
            indexes = ((('recording', 'because', 'stands'), True),)
    db.create_tables([Freeze])

    class Threat(Model):
        uuid = UUIDField(unique=True, default=uuid.uuid4)
        recording = ForeignKeyField(Recording, on_delete='RESTRICT')
        kind = CharField()
        words = TextField(default='')
        safety = CharField()
        safety_words = TextField(default='')
        reported_by = ForeignKeyField(Account, on_delete='RESTRICT')
        reported_at = BigIntegerField()
        state = CharField(default='reported')
        waits = BooleanField(null=True, default=True)
        decided_by = ForeignKeyField(Account, null=True, on_delete='RESTRICT')
        decided_at = BigIntegerField(null=True)
        reason = TextField(default='')
        class Meta:
            database = db
            table_name = 'threat'
            indexes = ((('recording', 'waits'), True), (('state', 'reported_at'), False))
    db.create_tables([Threat])

    class Hold(Model):
        uuid = UUIDField(unique=True, default=uuid.uuid4)
        recording = ForeignKeyField(Recording, on_delete='RESTRICT')
        threat = ForeignKeyField(Threat, null=True, on_delete='RESTRICT')
        placed_by = ForeignKeyField(Account, on_delete='RESTRICT')
        placed_at = BigIntegerField()
        reason = TextField(default='')
        action_ahead = TextField(default='')
        review_on = DateField()
        state = CharField(default='placed')
        moved_at = BigIntegerField(null=True)
        cleared_at = BigIntegerField(index=True, null=True)
        renewed_by = ForeignKeyField(Account, null=True, on_delete='RESTRICT')
        released_by = ForeignKeyField(Account, null=True, on_delete='RESTRICT')
        released_at = BigIntegerField(null=True)
        release_reason = TextField(default='')
        escalated_on = DateField(null=True)
        transfers = IntegerField(default=0)
        class Meta:
            database = db
            table_name = 'hold'
            indexes = ((('state', 'review_on'), False),)
    db.create_tables([Hold])

    class HoldRenewal(Model):
        hold = ForeignKeyField(Hold, on_delete='RESTRICT')
        by = ForeignKeyField(Account, on_delete='RESTRICT')
        at = BigIntegerField()
        reason = TextField(default='')
        review_before = DateField()
        review_on = DateField()
        class Meta:
            database = db
            table_name = 'hold_renewal'
    db.create_tables([HoldRenewal])

    class Transfer(Model):
        uuid = UUIDField(unique=True, default=uuid.uuid4)
        hold = ForeignKeyField(Hold, on_delete='RESTRICT')
        recording = ForeignKeyField(Recording, on_delete='RESTRICT')
        authority = CharField()
        reference = CharField(default='')
        asked_on = DateField()
        basis = CharField()
        purpose = TextField(default='')
        scope = TextField(default='')
        channel = CharField()
        state = CharField(index=True, default='proposed')
        proposed_by = ForeignKeyField(Account, on_delete='RESTRICT')
        proposed_at = BigIntegerField()
        decided_by = ForeignKeyField(Account, null=True, on_delete='RESTRICT')
        decided_at = BigIntegerField(null=True)
        decision_reason = TextField(default='')
        ended_by = ForeignKeyField(Account, null=True, on_delete='RESTRICT')
        ended_at = BigIntegerField(null=True)
        left_size = BigIntegerField(null=True)
        left_how = TextField(default='')
        class Meta:
            database = db
            table_name = 'transfer'
    db.create_tables([Transfer])

    for name, kind in KEPT.items():
        db.execute_sql(f'ALTER TABLE "recording" ADD COLUMN "{name}" {kind}')


def down(migrator, db):
    for name in KEPT:
        db.execute_sql(f'ALTER TABLE "recording" DROP COLUMN "{name}"')
    migrator.migrate(migrator.drop_table('transfer'))
    migrator.migrate(migrator.drop_table('hold_renewal'))
    migrator.migrate(migrator.drop_table('hold'))
    migrator.migrate(migrator.drop_table('threat'))
    migrator.migrate(migrator.drop_table('freeze'))
