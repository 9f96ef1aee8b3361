"""Rights as decisions with an end, units, reviews, announcements, oversight, the description, figures."""
from peewee import *  # noqa: F403
import datetime
import uuid
from dateutil.relativedelta import relativedelta
from zoneinfo import ZoneInfo

HELSINKI = ZoneInfo('Europe/Helsinki')


def up(migrator, db):
    class Account(Model):
        class Meta:
            database = db
            table_name = 'account'

    class Queue(Model):
        class Meta:
            database = db
            table_name = 'queue'

    class Unit(Model):
        uuid = UUIDField(unique=True, default=uuid.uuid4)
        code = CharField(unique=True)
        name_sv = CharField()
        name_fi = CharField()
        active = BooleanField(default=True)
        version = IntegerField(default=0)
        class Meta:
            database = db
            table_name = 'unit'
    db.create_tables([Unit])

    class UnitHead(Model):
        unit = ForeignKeyField(Unit, on_delete='CASCADE')
        account = ForeignKeyField(Account, on_delete='CASCADE')
        class Meta:
            database = db
            table_name = 'unit_head'
            indexes = ((('unit', 'account'), True),)
    db.create_tables([UnitHead])

    class AccountNumber(Model):
        account = ForeignKeyField(Account, on_delete='CASCADE')
        number = CharField(index=True)
        class Meta:
            database = db
            table_name = 'account_number'
            indexes = ((('account', 'number'), True),)
    db.create_tables([AccountNumber])

    class Announcement(Model):
        uuid = UUIDField(unique=True, default=uuid.uuid4)
        queue = ForeignKeyField(Queue, on_delete='RESTRICT')
        version = IntegerField()
        valid_from = BigIntegerField()
        text_sv = TextField()
        text_fi = TextField()
        made_by = ForeignKeyField(Account, on_delete='RESTRICT', null=True)
        made_at = BigIntegerField()
        dropped_at = BigIntegerField(null=True)
        dropped_by = ForeignKeyField(Account, on_delete='RESTRICT', null=True)
        class Meta:
            database = db
            table_name = 'announcement'
            indexes = ((('queue', 'version'), True), (('queue', 'valid_from'), False))
    db.create_tables([Announcement])

    class AnnouncementSound(Model):
        uuid = UUIDField(unique=True, default=uuid.uuid4)
        announcement = ForeignKeyField(Announcement, on_delete='CASCADE', null=True)
        language = CharField()
        name = CharField(default='')
        media_type = CharField()
        size = IntegerField()
        sha256 = CharField()
        duration_ms = IntegerField()
        added_at = BigIntegerField()
        standing = CharField(default='sealing')
        class Meta:
            database = db
            table_name = 'announcement_sound'
            indexes = ((('announcement', 'language'), True),)
    db.create_tables([AnnouncementSound])

    class Right(Model):
        uuid = UUIDField(unique=True, default=uuid.uuid4)
        account = ForeignKeyField(Account, on_delete='RESTRICT')
        kind = CharField(default='decision')
        role = CharField()
        unit = ForeignKeyField(Unit, on_delete='RESTRICT', null=True)
        reason = TextField(default='')
        first_on = DateField()
        last_on = DateField()
        begins_at = BigIntegerField()
        ends_at = BigIntegerField()
        state = CharField(index=True, default='asked')
        waits = BooleanField(null=True, default=True)
        asked_by = ForeignKeyField(Account, on_delete='RESTRICT', null=True)
        asked_at = BigIntegerField()
        decided_by = ForeignKeyField(Account, on_delete='RESTRICT', null=True)
        decided_at = BigIntegerField(null=True)
        decision_reason = TextField(default='')
        principles = IntegerField(null=True)
        seen_by = ForeignKeyField(Account, on_delete='RESTRICT', null=True)
        seen_at = BigIntegerField(null=True)
        seen_words = TextField(default='')
        ended_by = ForeignKeyField(Account, on_delete='RESTRICT', null=True)
        ended_at = BigIntegerField(null=True)
        end = CharField(default='')
        end_reason = TextField(default='')
        class Meta:
            database = db
            table_name = 'access_right'
            indexes = ((('account', 'role', 'waits'), True), (('state', 'ends_at'), False))
    db.create_tables([Right])

    class RightQueue(Model):
        right = ForeignKeyField(Right, on_delete='CASCADE')
        queue = ForeignKeyField(Queue, on_delete='RESTRICT')
        class Meta:
            database = db
            table_name = 'right_queue'
            indexes = ((('right', 'queue'), True),)
    db.create_tables([RightQueue])

    class Principles(Model):
        uuid = UUIDField(unique=True, default=uuid.uuid4)
        version = IntegerField(unique=True)
        text_sv = TextField()
        text_fi = TextField()
        valid_from = DateField()
        made_by = ForeignKeyField(Account, on_delete='RESTRICT')
        made_at = BigIntegerField()
        class Meta:
            database = db
            table_name = 'principles'
    db.create_tables([Principles])

    class Review(Model):
        uuid = UUIDField(unique=True, default=uuid.uuid4)
        year = IntegerField()
        quarter = IntegerField()
        opened_at = BigIntegerField()
        due_on = DateField(index=True)
        closed_at = BigIntegerField(null=True)
        class Meta:
            database = db
            table_name = 'review'
            indexes = ((('year', 'quarter'), True),)
    db.create_tables([Review])

    class ReviewLine(Model):
        uuid = UUIDField(unique=True, default=uuid.uuid4)
        review = ForeignKeyField(Review, on_delete='CASCADE')
        right = ForeignKeyField(Right, on_delete='RESTRICT')
        signed_in_at = BigIntegerField(null=True)
        listened_at = BigIntegerField(null=True)
        verdict = CharField(null=True)
        by = ForeignKeyField(Account, on_delete='RESTRICT', null=True)
        at = BigIntegerField(null=True)
        reason = TextField(default='')
        class Meta:
            database = db
            table_name = 'review_line'
            indexes = ((('review', 'right'), True),)
    db.create_tables([ReviewLine])

    class StaffDraft(Model):
        uuid = UUIDField(unique=True, default=uuid.uuid4)
        made_by = ForeignKeyField(Account, on_delete='CASCADE')
        made_at = BigIntegerField()
        rows = TextField(default='[]')
        state = CharField(default='read')
        class Meta:
            database = db
            table_name = 'staff_draft'
    db.create_tables([StaffDraft])

    class ListenCount(Model):
        hour = BigIntegerField()
        person = UUIDField()
        queue_id = IntegerField(null=True)
        purpose = CharField()
        count = IntegerField()
        class Meta:
            database = db
            table_name = 'listen_count'
            indexes = (
                (('hour', 'person', 'queue_id', 'purpose'), True),
                (('hour', 'person', 'queue_id', 'purpose', 'count'), False),
                (('person', 'hour'), False),
            )
    db.create_tables([ListenCount])

    class ListenMonth(Model):
        month = DateField()
        person = UUIDField()
        queue_id = IntegerField(null=True)
        purpose = CharField()
        count = IntegerField()
        class Meta:
            database = db
            table_name = 'listen_month'
            indexes = ((('month', 'person', 'queue_id', 'purpose'), True),)
    db.create_tables([ListenMonth])

    class LogDay(Model):
        day = DateField(unique=True)
        first = BigIntegerField()
        last = BigIntegerField()
        entries = IntegerField()
        class Meta:
            database = db
            table_name = 'log_day'
    db.create_tables([LogDay])
    db.execute_sql('CREATE INDEX "entry_subject_kind" ON "audit_entry" ("subject_kind")')
    db.execute_sql('CREATE INDEX "entry_purpose" ON "audit_entry" ("purpose")')

    class ListenMark(Model):
        entry = BigIntegerField(default=0)
        looked_until = BigIntegerField(null=True)
        class Meta:
            database = db
            table_name = 'listen_mark'
    db.create_tables([ListenMark])

    class Observation(Model):
        uuid = UUIDField(unique=True, default=uuid.uuid4)
        pattern = CharField()
        person = ForeignKeyField(Account, on_delete='RESTRICT')
        key = CharField(unique=True)
        first_at = BigIntegerField()
        last_at = BigIntegerField()
        listens = IntegerField()
        facts = TextField(default='{}')
        entries = TextField(default='[]')
        found_at = BigIntegerField()
        state = CharField(index=True, default='open')
        version = IntegerField(default=1)
        asked_of = ForeignKeyField(Account, on_delete='RESTRICT', null=True)
        asked_by = ForeignKeyField(Account, on_delete='RESTRICT', null=True)
        asked_at = BigIntegerField(null=True)
        question = TextField(default='')
        answer_by = DateField(null=True)
        answered_at = BigIntegerField(null=True)
        answer = TextField(default='')
        closed_by = ForeignKeyField(Account, on_delete='RESTRICT', null=True)
        closed_at = BigIntegerField(null=True)
        outcome = CharField(default='')
        closing_words = TextField(default='')
        incident = UUIDField(null=True)
        purge_on = DateField(index=True, null=True)
        class Meta:
            database = db
            table_name = 'observation'
            indexes = ((('state', 'found_at'), False),)
    db.create_tables([Observation])

    class ObservationStep(Model):
        observation = ForeignKeyField(Observation, on_delete='CASCADE')
        at = BigIntegerField()
        by = ForeignKeyField(Account, on_delete='RESTRICT', null=True)
        what = CharField()
        words = TextField(default='')
        class Meta:
            database = db
            table_name = 'observation_step'
    db.create_tables([ObservationStep])

    class Description(Model):
        uuid = UUIDField(unique=True, default=uuid.uuid4)
        version = IntegerField(unique=True, null=True)
        state = CharField(index=True, default='draft')
        under_way = BooleanField(unique=True, null=True, default=True)
        content = TextField(default='{}')
        seen = IntegerField(default=0)
        made_by = ForeignKeyField(Account, on_delete='RESTRICT')
        made_at = BigIntegerField()
        changed_by = ForeignKeyField(Account, on_delete='RESTRICT', null=True)
        changed_at = BigIntegerField()
        proposed_by = ForeignKeyField(Account, on_delete='RESTRICT', null=True)
        proposed_at = BigIntegerField(null=True)
        returned_words = TextField(default='')
        approved_by = ForeignKeyField(Account, on_delete='RESTRICT', null=True)
        approved_at = BigIntegerField(null=True)
        contradictions = TextField(default='[]')
        valid_from = DateField(null=True)
        class Meta:
            database = db
            table_name = 'description'
    db.create_tables([Description])

    class DayFigure(Model):
        day = DateField()
        queue_id = IntegerField(default=0)
        what = CharField()
        of = CharField(default='')
        count = IntegerField()
        total = BigIntegerField(default=0)
        class Meta:
            database = db
            table_name = 'day_figure'
            indexes = ((('what', 'day', 'queue_id', 'of'), True),)
    db.create_tables([DayFigure])

    class DaySettled(Model):
        day = DateField(unique=True)
        counted_at = BigIntegerField()
        settled = BooleanField(default=False)
        class Meta:
            database = db
            table_name = 'day_settled'
    db.create_tables([DaySettled])


    db.execute_sql('ALTER TABLE "account" ADD COLUMN "unit_id" INTEGER REFERENCES "unit" ("id") ON DELETE RESTRICT')
    db.execute_sql('CREATE INDEX "account_unit_id" ON "account" ("unit_id")')
    db.execute_sql('ALTER TABLE "recording" ADD COLUMN "announcement_id" INTEGER REFERENCES "announcement" ("id") ON DELETE SET NULL')

    # What everybody may becomes a decision, with an end: twelve months from now, to be confirmed at the next review
    roles = list(db.execute_sql('SELECT g."account_id", a."uuid", g."role" FROM "role_grant" g JOIN "account" a ON a."id" = g."account_id" ORDER BY g."id"').fetchall())
    queues = {}
    for account, queue in db.execute_sql('SELECT "account_id", "queue_id" FROM "queue_grant" ORDER BY "id"').fetchall():
        queues.setdefault(account, []).append(queue)
    migrator.migrate(migrator.drop_table('queue_grant'))
    migrator.migrate(migrator.drop_table('role_grant'))

    class RoleGrant(Model):
        account = ForeignKeyField(Account, on_delete='CASCADE')
        role = CharField()
        right = UUIDField(null=True, unique=True)
        begins_at = BigIntegerField()
        ends_at = BigIntegerField(index=True)
        ended = BooleanField(default=False)
        class Meta:
            database = db
            table_name = 'role_grant'
            indexes = ((('account', 'ends_at'), False),)
    db.create_tables([RoleGrant])

    class QueueGrant(Model):
        grant = ForeignKeyField(RoleGrant, on_delete='CASCADE')
        account = ForeignKeyField(Account, on_delete='CASCADE')
        queue = ForeignKeyField(Queue, on_delete='CASCADE')
        class Meta:
            database = db
            table_name = 'queue_grant'
            indexes = ((('grant', 'queue'), True),)
    db.create_tables([QueueGrant])

    now = datetime.datetime.now(HELSINKI)
    last = now.date() + relativedelta(months=12)
    begins = int(now.timestamp() * 1000)
    ends = int(datetime.datetime.combine(last + datetime.timedelta(days=1), datetime.time.min, HELSINKI).timestamp() * 1000)
    for account, person, role in roles:
        # The same each time: a backup from before, put back and migrated, has the rights that the ledger names
        key = uuid.uuid5(uuid.UUID(str(person)), role)
        theirs = queues.get(account, []) if role in ('adviser', 'manager', 'clerk') else []
        right = Right.create(uuid=key, account=account, kind='carried', role=role, first_on=now.date(), last_on=last,
                             begins_at=begins, ends_at=ends, state='granted', waits=None, asked_at=begins)
        grant = RoleGrant.create(account=account, role=role, right=key, begins_at=begins, ends_at=ends)
        for queue in theirs:
            RightQueue.create(right=right, queue=queue)
            QueueGrant.create(grant=grant, account=account, queue=queue)


def down(migrator, db):
    now = int(datetime.datetime.now(HELSINKI).timestamp() * 1000)
    force = 'NOT "ended" AND "begins_at" <= %d AND "ends_at" > %d' % (now, now)
    roles = list(db.execute_sql('SELECT DISTINCT "account_id", "role" FROM "role_grant" WHERE ' + force).fetchall())
    queues = list(db.execute_sql('SELECT DISTINCT g."account_id", q."queue_id" FROM "queue_grant" q JOIN "role_grant" g ON g."id" = q."grant_id" WHERE ' + force).fetchall())
    migrator.migrate(migrator.drop_table('queue_grant'))
    migrator.migrate(migrator.drop_table('role_grant'))

    class Account(Model):
        class Meta:
            database = db
            table_name = 'account'

    class Queue(Model):
        class Meta:
            database = db
            table_name = 'queue'

    class RoleGrant(Model):
        account = ForeignKeyField(Account, on_delete='CASCADE')
        role = CharField()
        class Meta:
            database = db
            table_name = 'role_grant'
            indexes = ((('account', 'role'), True),)

    class QueueGrant(Model):
        account = ForeignKeyField(Account, on_delete='CASCADE')
        queue = ForeignKeyField(Queue, on_delete='CASCADE')
        class Meta:
            database = db
            table_name = 'queue_grant'
            indexes = ((('account', 'queue'), True),)
    db.create_tables([RoleGrant, QueueGrant])
    for account, role in roles:
        RoleGrant.create(account=account, role=role)
    for account, queue in queues:
        QueueGrant.create(account=account, queue=queue)
    db.execute_sql('ALTER TABLE "recording" DROP COLUMN "announcement_id"')
    db.execute_sql('DROP INDEX "entry_subject_kind"')
    db.execute_sql('DROP INDEX "entry_purpose"')
    db.execute_sql('DROP INDEX "account_unit_id"')
    db.execute_sql('ALTER TABLE "account" DROP COLUMN "unit_id"')
    for table in ('day_settled', 'day_figure', 'description', 'observation_step', 'observation', 'listen_mark', 'log_day', 'listen_month', 'listen_count', 'staff_draft', 'review_line', 'review', 'principles', 'right_queue', 'access_right', 'announcement_sound', 'announcement', 'account_number', 'unit_head', 'unit'):
        migrator.migrate(migrator.drop_table(table))
