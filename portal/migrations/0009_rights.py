"""Rectification, erasure, restriction, objection, consent: claims, corrections, restrictions, consents, notices."""
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

    class Case(Model):
        class Meta:
            database = db
            table_name = 'case'

    class CaseCall(Model):
        class Meta:
            database = db
            table_name = 'case_call'

    class CaseRight(Model):
        class Meta:
            database = db
            table_name = 'case_right'

    class Transfer(Model):
        class Meta:
            database = db
            table_name = 'transfer'

    class ErrorReport(Model):
        uuid = UUIDField(unique=True, default=uuid.uuid4)
        recording = ForeignKeyField(Recording, on_delete='RESTRICT')
        entry = CharField()
        note = UUIDField(null=True)
        words = TextField(default='')
        reported_by = ForeignKeyField(Account, on_delete='RESTRICT')
        reported_at = BigIntegerField()
        state = CharField(index=True, default='open')
        decided_by = ForeignKeyField(Account, null=True, on_delete='RESTRICT')
        decided_at = BigIntegerField(null=True)
        answer = TextField(default='')
        class Meta:
            database = db
            table_name = 'error_report'
    db.create_tables([ErrorReport])

    class Correction(Model):
        uuid = UUIDField(unique=True, default=uuid.uuid4)
        entry_kind = CharField()
        entry = UUIDField(index=True)
        recording = ForeignKeyField(Recording, null=True, on_delete='RESTRICT')
        field = CharField()
        sealed = BlobField(null=True)
        reason = TextField(default='')
        by = ForeignKeyField(Account, on_delete='RESTRICT')
        at = BigIntegerField()
        because = UUIDField(null=True, index=True)
        reference = CharField(default='')
        report = ForeignKeyField(ErrorReport, null=True, on_delete='SET NULL')
        class Meta:
            database = db
            table_name = 'correction'
            indexes = ((('entry', 'field', 'at'), False),)
    db.create_tables([Correction])

    class Opening(Model):
        correction = ForeignKeyField(Correction, on_delete='CASCADE')
        by = ForeignKeyField(Account, on_delete='RESTRICT')
        at = BigIntegerField()
        need = TextField(default='')
        class Meta:
            database = db
            table_name = 'opening'
    db.create_tables([Opening])

    class Statement(Model):
        uuid = UUIDField(unique=True, default=uuid.uuid4)
        recording = ForeignKeyField(Recording, on_delete='RESTRICT')
        text = TextField(default='')
        because = UUIDField(null=True, index=True)
        reference = CharField(default='')
        added_by = ForeignKeyField(Account, on_delete='RESTRICT')
        added_at = BigIntegerField()
        name = CharField(default='')
        media_type = CharField(default='')
        size = IntegerField(default=0)
        sha256 = CharField(default='')
        standing = CharField(default='text')
        class Meta:
            database = db
            table_name = 'statement'
    db.create_tables([Statement])

    class Restriction(Model):
        uuid = UUIDField(unique=True, default=uuid.uuid4)
        recording = ForeignKeyField(Recording, on_delete='RESTRICT')
        ground = CharField()
        because = UUIDField(index=True)
        reference = CharField(default='')
        placed_by = ForeignKeyField(Account, null=True, on_delete='RESTRICT')
        placed_at = BigIntegerField()
        told_on = DateField(null=True)
        lifts_on = DateField(null=True, index=True)
        lifted_by = ForeignKeyField(Account, null=True, on_delete='RESTRICT')
        lifted_at = BigIntegerField(null=True)
        stands = BooleanField(null=True, default=True)
        class Meta:
            database = db
            table_name = 'restriction'
            indexes = ((('recording', 'because', 'ground', 'stands'), True),)
    db.create_tables([Restriction])

    class Redaction(Model):
        uuid = UUIDField(unique=True, default=uuid.uuid4)
        recording = ForeignKeyField(Recording, on_delete='RESTRICT')
        because = UUIDField(index=True)
        reference = CharField(default='')
        ranges = TextField()
        by = ForeignKeyField(Account, on_delete='RESTRICT')
        at = BigIntegerField()
        state = CharField(index=True, default='ordered')
        failure = CharField(default='')
        sha256_before = CharField(default='')
        sha256_after = CharField(default='')
        replaces = UUIDField(null=True, index=True)
        done_at = BigIntegerField(null=True)
        under_way = BooleanField(null=True, default=True)
        class Meta:
            database = db
            table_name = 'redaction'
            indexes = ((('recording', 'under_way'), True),)
    db.create_tables([Redaction])

    class Claim(Model):
        uuid = UUIDField(unique=True, default=uuid.uuid4)
        right = ForeignKeyField(CaseRight, on_delete='CASCADE')
        call = ForeignKeyField(CaseCall, null=True, on_delete='CASCADE')
        entry = CharField()
        note = UUIDField(null=True)
        fact = CharField(default='')
        start_ms = IntegerField(null=True)
        end_ms = IntegerField(null=True)
        disputed = TextField(default='')
        demanded = TextField(default='')
        added_by = ForeignKeyField(Account, on_delete='RESTRICT')
        added_at = BigIntegerField()
        decision = CharField(null=True)
        value = TextField(default='')
        statement = TextField(default='')
        ground = CharField(default='')
        refusal = CharField(default='')
        reasons = TextField(default='')
        phrase = CharField(default='')
        decided_by = ForeignKeyField(Account, null=True, on_delete='RESTRICT')
        changed_at = BigIntegerField()
        carried_at = BigIntegerField(null=True)
        carried_by = ForeignKeyField(Account, null=True, on_delete='RESTRICT')
        waits = CharField(default='')
        class Meta:
            database = db
            table_name = 'claim'
    db.create_tables([Claim])

    class Sending(Model):
        uuid = UUIDField(unique=True, default=uuid.uuid4)
        case = ForeignKeyField(Case, on_delete='CASCADE')
        letter = UUIDField(unique=True)
        right = CharField(default='')
        state = CharField(default='waiting')
        ordered_at = BigIntegerField()
        sent_on = DateField(null=True)
        sent_how = CharField(default='')
        sent_by = ForeignKeyField(Account, null=True, on_delete='RESTRICT')
        class Meta:
            database = db
            table_name = 'sending'
    db.create_tables([Sending])

    class Complaint(Model):
        uuid = UUIDField(unique=True, default=uuid.uuid4)
        case = ForeignKeyField(Case, on_delete='CASCADE')
        round = IntegerField(default=1)
        body = CharField()
        body_words = CharField(default='')
        reference = CharField(default='')
        received_on = DateField()
        asks = TextField(default='')
        answer_by = DateField(null=True)
        noted_by = ForeignKeyField(Account, on_delete='RESTRICT')
        noted_at = BigIntegerField()
        result = CharField(null=True)
        decided_on = DateField(null=True)
        words = TextField(default='')
        overturned = CharField(default='')
        due_on = DateField(null=True)
        ended_by = ForeignKeyField(Account, null=True, on_delete='RESTRICT')
        ended_at = BigIntegerField(null=True)
        class Meta:
            database = db
            table_name = 'complaint'
    db.create_tables([Complaint])

    class ConsentText(Model):
        uuid = UUIDField(unique=True, default=uuid.uuid4)
        purpose = CharField()
        version = IntegerField()
        text_sv = TextField()
        text_fi = TextField()
        valid_from = DateField()
        made_by = ForeignKeyField(Account, on_delete='RESTRICT')
        made_at = BigIntegerField()
        class Meta:
            database = db
            table_name = 'consent_text'
            indexes = ((('purpose', 'version'), True),)
    db.create_tables([ConsentText])

    class Consent(Model):
        uuid = UUIDField(unique=True, default=uuid.uuid4)
        text = ForeignKeyField(ConsentText, on_delete='RESTRICT')
        name = CharField(default='')
        number = CharField(index=True, default='')
        language = CharField()
        given_on = DateField()
        given_how = CharField()
        how_words = TextField(default='')
        ends_on = DateField(null=True)
        registered_by = ForeignKeyField(Account, on_delete='RESTRICT')
        registered_at = BigIntegerField()
        stands = BooleanField(null=True, default=True)
        withdrawn_at = BigIntegerField(null=True)
        withdrawn_by = ForeignKeyField(Account, null=True, on_delete='RESTRICT')
        because = UUIDField(null=True, index=True)
        reference = CharField(default='')
        class Meta:
            database = db
            table_name = 'consent'
    db.create_tables([Consent])

    class ConsentCall(Model):
        consent = ForeignKeyField(Consent, on_delete='CASCADE')
        recording = ForeignKeyField(Recording, on_delete='RESTRICT')
        class Meta:
            database = db
            table_name = 'consent_call'
            indexes = ((('consent', 'recording'), True),)
    db.create_tables([ConsentCall])

    class Notice(Model):
        uuid = UUIDField(unique=True, default=uuid.uuid4)
        transfer = ForeignKeyField(Transfer, on_delete='RESTRICT')
        what = CharField()
        entry = CharField(default='')
        because = UUIDField(null=True, index=True)
        reference = CharField(default='')
        correction = UUIDField(null=True)
        opened_at = BigIntegerField()
        opened_by = ForeignKeyField(Account, null=True, on_delete='RESTRICT')
        state = CharField(index=True, default='waiting')
        letter = UUIDField(null=True)
        told_on = DateField(null=True)
        told_how = CharField(default='')
        reason = TextField(default='')
        ended_by = ForeignKeyField(Account, null=True, on_delete='RESTRICT')
        ended_at = BigIntegerField(null=True)
        class Meta:
            database = db
            table_name = 'notice'
    db.create_tables([Notice])

    db.execute_sql('ALTER TABLE "case" ADD COLUMN "round" INTEGER NOT NULL DEFAULT 1')
    db.execute_sql('ALTER TABLE "case_right" ADD COLUMN "round" INTEGER NOT NULL DEFAULT 1')
    db.execute_sql('ALTER TABLE "case" ADD COLUMN "reopened_on" DATE')
    db.execute_sql('ALTER TABLE "case" ADD COLUMN "reopened_due_on" DATE')
    db.execute_sql("ALTER TABLE \"attachment\" ADD COLUMN \"direction\" VARCHAR(255) NOT NULL DEFAULT ''")
    db.execute_sql('ALTER TABLE "attachment" ADD COLUMN "complaint" TEXT')
    db.execute_sql('ALTER TABLE "recording" ADD COLUMN "restrictions" INTEGER NOT NULL DEFAULT 0')
    db.execute_sql('ALTER TABLE "recording" ADD COLUMN "redacting" INTEGER NOT NULL DEFAULT 0')
    db.execute_sql('ALTER TABLE "recording" ADD COLUMN "sealed_as" TEXT')
    db.execute_sql('CREATE INDEX "recording_sealed_as" ON "recording" ("sealed_as")')
    db.execute_sql('ALTER TABLE "transfer" ADD COLUMN "consent" TEXT')
    db.execute_sql("ALTER TABLE \"transfer\" ADD COLUMN \"address\" TEXT NOT NULL DEFAULT ''")
    db.execute_sql("ALTER TABLE \"transfer\" ADD COLUMN \"language\" VARCHAR(255) NOT NULL DEFAULT 'sv'")
    db.execute_sql("ALTER TABLE \"transfer\" ADD COLUMN \"silent\" TEXT NOT NULL DEFAULT ''")
    migrator.migrate(migrator.drop_not_null('transfer', 'hold_id'))
    # A case had one answering letter; now each is of a round, and of a right ('': of the whole)
    db.execute_sql("UPDATE \"document\" SET \"once\" = \"once\" || ':1:' WHERE \"once\" LIKE 'case-answer:%'")


def down(migrator, db):
    db.execute_sql("UPDATE \"document\" SET \"once\" = NULL WHERE \"once\" LIKE 'case-answer:%' AND \"once\" NOT LIKE '%:1:'")
    db.execute_sql("UPDATE \"document\" SET \"once\" = substr(\"once\", 1, 44) WHERE \"once\" LIKE 'case-answer:%:1:'")
    db.execute_sql('DELETE FROM "notice"')
    db.execute_sql('DELETE FROM "transfer" WHERE "hold_id" IS NULL')
    migrator.migrate(migrator.add_not_null('transfer', 'hold_id'))
    db.execute_sql('ALTER TABLE "transfer" DROP COLUMN "silent"')
    db.execute_sql('ALTER TABLE "transfer" DROP COLUMN "language"')
    db.execute_sql('ALTER TABLE "transfer" DROP COLUMN "address"')
    db.execute_sql('ALTER TABLE "transfer" DROP COLUMN "consent"')
    db.execute_sql('DROP INDEX "recording_sealed_as"')
    db.execute_sql('ALTER TABLE "recording" DROP COLUMN "sealed_as"')
    db.execute_sql('ALTER TABLE "recording" DROP COLUMN "redacting"')
    db.execute_sql('ALTER TABLE "recording" DROP COLUMN "restrictions"')
    db.execute_sql('ALTER TABLE "attachment" DROP COLUMN "complaint"')
    db.execute_sql('ALTER TABLE "attachment" DROP COLUMN "direction"')
    db.execute_sql('ALTER TABLE "case" DROP COLUMN "reopened_due_on"')
    db.execute_sql('ALTER TABLE "case" DROP COLUMN "reopened_on"')
    db.execute_sql('ALTER TABLE "case_right" DROP COLUMN "round"')
    db.execute_sql('ALTER TABLE "case" DROP COLUMN "round"')
    for table in ('notice', 'consent_call', 'consent', 'consent_text', 'complaint', 'sending', 'claim', 'redaction', 'restriction', 'statement', 'opening', 'correction', 'error_report'):
        migrator.migrate(migrator.drop_table(table))
