"""Work that takes long, with how far it has come; that of the inbox is no longer told beside its sweep."""
from peewee import *  # noqa: F403
import uuid


def up(migrator, db):
    class Account(Model):
        class Meta:
            database = db
            table_name = 'account'

    class Job(Model):
        uuid = UUIDField(unique=True, default=uuid.uuid4)
        kind = CharField()
        owner = ForeignKeyField(Account, null=True, on_delete='CASCADE')
        ordered_at = BigIntegerField()
        begun_at = BigIntegerField(null=True)
        told_at = BigIntegerField(null=True)
        done = BigIntegerField(default=0)
        whole = BigIntegerField(null=True)
        per_minute = IntegerField(default=0)
        seconds_left = IntegerField(null=True)
        place = BigIntegerField(default=0)
        amiss = IntegerField(default=0)
        breaks = IntegerField(default=0)
        ended_at = BigIntegerField(null=True, index=True)
        outcome = CharField(default='')
        fault = CharField(default='')
        stands = BooleanField(null=True)
        seen_at = BigIntegerField(null=True)
        class Meta:
            database = db
            table_name = 'job'
            indexes = (
                (('kind', 'stands'), True),
                (('owner', 'seen_at'), False),
            )

    db.create_tables([Job])
    for column in ('told_at', 'done', 'whole'):
        db.execute_sql(f'ALTER TABLE "sweep" DROP COLUMN "{column}"')


def down(migrator, db):
    db.execute_sql('ALTER TABLE "sweep" ADD COLUMN "whole" INTEGER')
    db.execute_sql('ALTER TABLE "sweep" ADD COLUMN "done" INTEGER NOT NULL DEFAULT 0')
    db.execute_sql('ALTER TABLE "sweep" ADD COLUMN "told_at" INTEGER')
    migrator.migrate(migrator.drop_table('job'))
