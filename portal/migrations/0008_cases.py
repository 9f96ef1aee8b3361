"""Residents' requests: the case, its calls, what was decided, what was handed over; and which case a listen is for."""
from peewee import *  # noqa: F403
import uuid


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

    class Queue(Model):
        class Meta:
            database = db
            table_name = 'queue'

    class Case(Model):
        uuid = UUIDField(unique=True, default=uuid.uuid4)
        year = IntegerField()
        serial = IntegerField()
        number = CharField(unique=True)
        registry_number = CharField(default='')
        state = CharField(index=True, default='received')
        outcome = CharField(null=True)
        version = IntegerField(default=1)
        handler = ForeignKeyField(Account, null=True, on_delete='RESTRICT')
        registered_by = ForeignKeyField(Account, on_delete='RESTRICT')
        registered_at = BigIntegerField()
        received_on = DateField()
        received_where = CharField(default='')
        requested_on = DateField(null=True)
        channel = CharField()
        regime = CharField(default='data_protection')
        language = CharField()
        capacity = CharField(default='self')
        name = CharField(default='')
        agent = CharField(default='')
        authority = TextField(default='')
        address = TextField(default='')
        email = CharField(default='')
        phone = CharField(default='')
        asks = TextField(default='')
        called_from = DateField(null=True)
        called_to = DateField(null=True)
        called_words = CharField(default='')
        delivery = CharField(default='encrypted')
        due_on = DateField(index=True)
        working_on = DateField()
        internal_on = DateField()
        paused_on = DateField(null=True)
        resumed_on = DateField(null=True)
        extended_on = DateField(null=True)
        extension_reason = TextField(default='')
        extension_state = CharField(default='')
        extension_by = ForeignKeyField(Account, null=True, on_delete='RESTRICT')
        extension_decided_by = ForeignKeyField(Account, null=True, on_delete='RESTRICT')
        reminded = CharField(default='')
        late_reason = TextField(default='')
        identity = CharField(default='unproven')
        identity_method = CharField(default='')
        identity_on = DateField(null=True)
        identity_by = ForeignKeyField(Account, null=True, on_delete='RESTRICT')
        identity_doubt = TextField(default='')
        identity_asks = TextField(default='')
        reasons = TextField(default='')
        proposed_by = ForeignKeyField(Account, null=True, on_delete='RESTRICT')
        proposed_at = BigIntegerField(null=True)
        opinion = TextField(default='')
        opinion_by = ForeignKeyField(Account, null=True, on_delete='RESTRICT')
        opinion_at = BigIntegerField(null=True)
        approved_by = ForeignKeyField(Account, null=True, on_delete='RESTRICT')
        approved_at = BigIntegerField(null=True)
        dispatched_on = DateField(null=True)
        dispatched_by = ForeignKeyField(Account, null=True, on_delete='RESTRICT')
        dispatched_how = CharField(default='')
        lifts_on = DateField(null=True)
        complaint_to = CharField(default='')
        complaint_on = DateField(null=True)
        transferred_to = CharField(default='')
        closed_at = BigIntegerField(null=True)
        closed_by = ForeignKeyField(Account, null=True, on_delete='RESTRICT')
        purge_on = DateField(null=True, index=True)
        purged_at = BigIntegerField(null=True)
        class Meta:
            database = db
            table_name = 'case'
            indexes = ((('year', 'serial'), True), (('state', 'due_on'), False), (('handler', 'state'), False),)
    db.create_tables([Case])

    class CaseRight(Model):
        case = ForeignKeyField(Case, on_delete='CASCADE')
        right = CharField()
        outcome = CharField(null=True)
        words = TextField(default='')
        class Meta:
            database = db
            table_name = 'case_right'
            indexes = ((('case', 'right'), True),)
    db.create_tables([CaseRight])

    class CallerNumber(Model):
        case = ForeignKeyField(Case, on_delete='CASCADE')
        number = CharField()
        class Meta:
            database = db
            table_name = 'caller_number'
            indexes = ((('case', 'number'), True),)
    db.create_tables([CallerNumber])

    class Step(Model):
        case = ForeignKeyField(Case, on_delete='CASCADE')
        at = BigIntegerField()
        by = ForeignKeyField(Account, null=True, on_delete='RESTRICT')
        what = CharField()
        words = TextField(default='')
        day = DateField(null=True)
        class Meta:
            database = db
            table_name = 'step'
    db.create_tables([Step])

    class SearchRun(Model):
        case = ForeignKeyField(Case, on_delete='CASCADE')
        at = BigIntegerField()
        by = ForeignKeyField(Account, null=True, on_delete='RESTRICT')
        numbers = TextField(default='')
        first = DateField()
        last = DateField()
        queue = ForeignKeyField(Queue, null=True, on_delete='RESTRICT')
        time_from = TimeField(null=True)
        time_to = TimeField(null=True)
        found = IntegerField()
        added = IntegerField()
        class Meta:
            database = db
            table_name = 'search_run'
    db.create_tables([SearchRun])

    class Attachment(Model):
        uuid = UUIDField(unique=True, default=uuid.uuid4)
        case = ForeignKeyField(Case, on_delete='CASCADE')
        name = CharField(default='')
        media_type = CharField()
        size = IntegerField()
        sha256 = CharField()
        added_by = ForeignKeyField(Account, on_delete='RESTRICT')
        added_at = BigIntegerField()
        standing = CharField(default='sealing')
        class Meta:
            database = db
            table_name = 'attachment'
    db.create_tables([Attachment])

    class CaseCall(Model):
        uuid = UUIDField(unique=True, default=uuid.uuid4)
        case = ForeignKeyField(Case, on_delete='CASCADE')
        recording = ForeignKeyField(Recording, on_delete='RESTRICT')
        found_by = CharField()
        added_at = BigIntegerField()
        concerns = CharField(null=True)
        judged_by = ForeignKeyField(Account, null=True, on_delete='RESTRICT')
        judged_at = BigIntegerField(null=True)
        decision = CharField(null=True)
        ground = CharField(default='')
        interest = TextField(default='')
        harm = TextField(default='')
        milder = TextField(default='')
        decided_by = ForeignKeyField(Account, null=True, on_delete='RESTRICT')
        changed_at = BigIntegerField()
        class Meta:
            database = db
            table_name = 'case_call'
            indexes = ((('case', 'recording'), True),)
    db.create_tables([CaseCall])

    class Passage(Model):
        call = ForeignKeyField(CaseCall, on_delete='CASCADE')
        start_ms = IntegerField()
        end_ms = IntegerField()
        ground = CharField(default='15_4')
        interest = TextField(default='')
        harm = TextField(default='')
        milder = TextField(default='')
        class Meta:
            database = db
            table_name = 'passage'
    db.create_tables([Passage])

    class Line(Model):
        call = ForeignKeyField(CaseCall, on_delete='CASCADE')
        at_ms = IntegerField()
        speaker = CharField()
        text = TextField()
        class Meta:
            database = db
            table_name = 'line'
    db.create_tables([Line])

    class Reading(Model):
        call = ForeignKeyField(CaseCall, on_delete='CASCADE')
        account = ForeignKeyField(Account, on_delete='RESTRICT')
        at = BigIntegerField()
        class Meta:
            database = db
            table_name = 'reading'
            indexes = ((('call', 'account', 'at'), False),)
    db.create_tables([Reading])

    class Copy(Model):
        uuid = UUIDField(unique=True, default=uuid.uuid4)
        case = ForeignKeyField(Case, on_delete='CASCADE')
        delivery = CharField()
        state = CharField(index=True, default='ordered')
        ordered_at = BigIntegerField()
        attempts = IntegerField(default=0)
        failure = CharField(default='')
        made_at = BigIntegerField(null=True)
        size = BigIntegerField(null=True)
        sha256 = CharField(null=True)
        files = IntegerField(default=0)
        password_sealed = BlobField(null=True)
        password_shown_at = BigIntegerField(null=True)
        goes_on = DateField(null=True)
        handed_on = DateField(null=True)
        handed_by = ForeignKeyField(Account, null=True, on_delete='RESTRICT')
        handed_to = CharField(default='')
        handed_how = TextField(default='')
        identity_seen = CharField(default='')
        gone_at = BigIntegerField(null=True)
        class Meta:
            database = db
            table_name = 'copy'
    db.create_tables([Copy])

    db.execute_sql('ALTER TABLE "listen" ADD COLUMN "because" TEXT')
    db.execute_sql('CREATE INDEX "listen_because" ON "listen" ("because")')


def down(migrator, db):
    db.execute_sql('DROP INDEX "listen_because"')
    db.execute_sql('ALTER TABLE "listen" DROP COLUMN "because"')
    for table in ('copy', 'reading', 'line', 'passage', 'case_call', 'attachment', 'search_run', 'step', 'caller_number', 'case_right', 'case'):
        migrator.migrate(migrator.drop_table(table))
