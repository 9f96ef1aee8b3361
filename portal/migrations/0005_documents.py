"""Documents: letters and protocols as PDF."""

from peewee import *  # noqa: F403


def up(migrator, db):
    class Account(Model):
        class Meta:
            database = db
            table_name = 'account'

    class Document(Model):
        uuid = UUIDField(unique=True)
        kind = CharField()
        language = CharField()
        owner_kind = CharField()
        owner_key = CharField()
        state = CharField(default='draft')
        content = TextField(default='{}')
        corrects = ForeignKeyField('self', null=True, on_delete='RESTRICT')
        made_by = ForeignKeyField(Account, null=True, on_delete='RESTRICT')
        made_at = BigIntegerField()
        once = CharField(null=True, unique=True)
        ordered_by = ForeignKeyField(Account, null=True, on_delete='RESTRICT')
        ordered_at = BigIntegerField(null=True)
        leased_until = BigIntegerField(null=True)
        attempts = IntegerField(default=0)
        failure = CharField(default='')
        locked_at = BigIntegerField(null=True)
        part = CharField(null=True)
        digest = CharField(null=True)
        sha256 = CharField(null=True)
        size = IntegerField(null=True)
        pages = IntegerField(null=True)
        certificate = CharField(default='')
        class Meta:
            database = db
            table_name = 'document'
            indexes = ((('state', 'leased_until'), False), (('owner_kind', 'owner_key'), False))
    db.create_tables([Document])


def down(migrator, db):
    migrator.migrate(migrator.drop_table('document'))
