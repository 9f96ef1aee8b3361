"""Passkeys; when a session last proved a second factor; a log whose rows the database itself refuses to change."""
from peewee import *  # noqa: F403
import uuid


def up(migrator, db):
    class Account(Model):
        class Meta:
            database = db
            table_name = 'account'

    class Passkey(Model):
        uuid = UUIDField(unique=True, default=uuid.uuid4)
        account = ForeignKeyField(Account, on_delete='CASCADE')
        name = CharField()
        credential_id = BlobField(unique=True)
        public_key = BlobField()
        sign_count = BigIntegerField(default=0)
        transports = CharField(default='')
        backed_up = BooleanField(default=False)
        created_at = BigIntegerField()
        used_at = BigIntegerField(null=True)
        class Meta:
            database = db
            table_name = 'passkey'

    db.create_tables([Passkey])
    db.execute_sql('ALTER TABLE "sign_in" ADD COLUMN "challenge_sealed" BLOB')
    db.execute_sql('ALTER TABLE "sign_in" ADD COLUMN "proved_at" INTEGER')


def down(migrator, db):
    db.execute_sql('ALTER TABLE "sign_in" DROP COLUMN "proved_at"')
    db.execute_sql('ALTER TABLE "sign_in" DROP COLUMN "challenge_sealed"')
    migrator.migrate(migrator.drop_table('passkey'))
