"""Lists of calls that are listened through for one stated purpose."""
from peewee import *  # noqa: F403
import uuid


def up(migrator, db):
    class Account(Model):
        class Meta:
            database = db
            table_name = 'account'

    class SignIn(Model):
        class Meta:
            database = db
            table_name = 'sign_in'

    class Series(Model):
        uuid = UUIDField(unique=True, default=uuid.uuid4)
        account = ForeignKeyField(Account, on_delete='RESTRICT')
        sign_in = ForeignKeyField(SignIn, on_delete='CASCADE')
        purpose = CharField()
        reference = CharField(default='')
        calls = TextField()
        opened_at = BigIntegerField()
        closes_at = BigIntegerField()
        class Meta:
            database = db
            table_name = 'series'
    db.create_tables([Series])
    db.execute_sql('ALTER TABLE "listen" ADD COLUMN "series" TEXT')
    db.execute_sql('CREATE INDEX "listen_series" ON "listen" ("series")')


def down(migrator, db):
    db.execute_sql('DROP INDEX "listen_series"')
    db.execute_sql('ALTER TABLE "listen" DROP COLUMN "series"')
    migrator.migrate(migrator.drop_table('series'))
