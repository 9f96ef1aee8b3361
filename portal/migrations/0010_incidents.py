"""Personal data breaches: the record, its timeline and papers."""
from peewee import *  # noqa: F403
import uuid


def up(migrator, db):
    class Account(Model):
        class Meta:
            database = db
            table_name = 'account'

    class Incident(Model):
        uuid = UUIDField(unique=True, default=uuid.uuid4)
        year = IntegerField()
        serial = IntegerField()
        number = CharField(unique=True)
        state = CharField(index=True, default='opened')
        version = IntegerField(default=1)
        opened_by = ForeignKeyField(Account, on_delete='RESTRICT')
        opened_at = BigIntegerField()
        known_at = BigIntegerField()
        happened = TextField(default='')
        concerns = TextField(default='')
        measures = TextField(default='')
        led_by = ForeignKeyField(Account, null=True, on_delete='RESTRICT')
        losses = CharField(default='')
        persons = IntegerField(null=True)
        effects = TextField(default='')
        risk = CharField(default='')
        risk_reasons = TextField(default='')
        assessed_by = ForeignKeyField(Account, null=True, on_delete='RESTRICT')
        assessed_at = BigIntegerField(null=True)
        notify = CharField(default='')
        tell = CharField(default='')
        reasons = TextField(default='')
        decided_by = ForeignKeyField(Account, null=True, on_delete='RESTRICT')
        decided_at = BigIntegerField(null=True)
        notified_at = BigIntegerField(null=True)
        notified_by = ForeignKeyField(Account, null=True, on_delete='RESTRICT')
        notified_how = CharField(default='')
        late_reasons = TextField(default='')
        told_on = DateField(null=True)
        told_by = ForeignKeyField(Account, null=True, on_delete='RESTRICT')
        told_how = TextField(default='')
        lessons = TextField(default='')
        closed_by = ForeignKeyField(Account, null=True, on_delete='RESTRICT')
        closed_at = BigIntegerField(null=True)
        purge_on = DateField(null=True, index=True)
        class Meta:
            database = db
            table_name = 'incident'
            indexes = ((('year', 'serial'), True),)
    db.create_tables([Incident])

    class IncidentStep(Model):
        incident = ForeignKeyField(Incident, on_delete='CASCADE')
        at = BigIntegerField()
        by = ForeignKeyField(Account, null=True, on_delete='RESTRICT')
        what = CharField()
        words = TextField(default='')
        class Meta:
            database = db
            table_name = 'incident_step'
    db.create_tables([IncidentStep])

    class IncidentPaper(Model):
        uuid = UUIDField(unique=True, default=uuid.uuid4)
        incident = ForeignKeyField(Incident, on_delete='CASCADE')
        name = CharField(default='')
        media_type = CharField()
        size = IntegerField()
        sha256 = CharField()
        added_by = ForeignKeyField(Account, on_delete='RESTRICT')
        added_at = BigIntegerField()
        standing = CharField(default='sealing')
        class Meta:
            database = db
            table_name = 'incident_paper'
    db.create_tables([IncidentPaper])


def down(migrator, db):
    for table in ('incident_paper', 'incident_step', 'incident'):
        migrator.migrate(migrator.drop_table(table))
