"""The first schema, frozen: a copy of the models as they were."""
from peewee import *  # noqa: F403
import uuid


def up(migrator, db):
    class Account(Model):
        uuid = UUIDField(unique=True, default=uuid.uuid4)
        username = CharField(unique=True)
        name = CharField()
        language = CharField(default='sv')
        extension = CharField(unique=True, null=True)
        password_hash = CharField()
        password_temporary = BooleanField(default=True)
        totp_sealed = BlobField(null=True)
        totp_last_step = BigIntegerField(default=0)
        created_at = BigIntegerField()
        closed_at = BigIntegerField(null=True)
        version = IntegerField(default=0)
        class Meta:
            database = db
            table_name = 'account'
    db.create_tables([Account])

    class Arriving(Model):
        path = CharField(unique=True)
        size = BigIntegerField()
        mtime_ns = BigIntegerField()
        since = BigIntegerField()
        class Meta:
            database = db
            table_name = 'arriving'
    db.create_tables([Arriving])

    class CallDetail(Model):
        unique_id = CharField(index=True)
        linked_id = CharField(index=True, null=True)
        recording_file = CharField(index=True, null=True)
        called_at = BigIntegerField()
        src = CharField(default='')
        dst = CharField(default='')
        did = CharField(default='')
        duration_s = IntegerField(default=0)
        billsec_s = IntegerField(default=0)
        disposition = CharField(default='')
        user_field = CharField(default='')
        channel = CharField(default='')
        dst_channel = CharField(default='')
        row_key = CharField(unique=True)
        expires_at = BigIntegerField(index=True)
        class Meta:
            database = db
            table_name = 'call_detail'
    db.create_tables([CallDetail])

    class Entry(Model):
        id = BigIntegerField(primary_key=True)
        at = BigIntegerField(index=True)
        act = CharField(index=True)
        by = UUIDField(index=True, null=True)
        subject_kind = CharField(default='')
        subject = UUIDField(index=True, null=True)
        queue_id = IntegerField(index=True, null=True)
        purpose = CharField(default='')
        reference = CharField(default='')
        detail = TextField(default='{}')
        previous = CharField()
        hash = CharField()
        class Meta:
            database = db
            table_name = 'audit_entry'
    db.create_tables([Entry])

    class Queue(Model):
        uuid = UUIDField(unique=True, default=uuid.uuid4)
        number = CharField(unique=True)
        name_sv = CharField()
        name_fi = CharField()
        tells_callers = BooleanField(default=False)
        active = BooleanField(default=True)
        version = IntegerField(default=0)
        class Meta:
            database = db
            table_name = 'queue'
    db.create_tables([Queue])

    class Recording(Model):
        id = BigIntegerField(primary_key=True)
        uuid = UUIDField(unique=True, default=uuid.uuid4)
        state = CharField(default='live')
        source = CharField()
        source_key = CharField(unique=True)
        content_key = CharField(index=True)
        started_at = BigIntegerField()
        ended_at = BigIntegerField()
        duration_ms = IntegerField()
        expires_at = BigIntegerField(index=True)
        received_at = BigIntegerField()
        queue = ForeignKeyField(Queue, null=True, on_delete='RESTRICT')
        direction = CharField(null=True)
        number = CharField(index=True, null=True)
        extension = CharField(null=True)
        adviser = ForeignKeyField(Account, null=True, on_delete='SET NULL')
        told = CharField(default='unknown')
        conversation = CharField(index=True, null=True)
        subject = CharField(default='')
        original_format = CharField(null=True)
        original_size = BigIntegerField(null=True)
        original_sha256 = CharField(null=True)
        channels = IntegerField(null=True)
        speakers = CharField(null=True)
        playable = CharField(default='pending')
        playable_type = CharField(null=True)
        playable_part = CharField(null=True)
        render_attempts = IntegerField(default=0)
        purge_reason = CharField(null=True)
        purged_at = BigIntegerField(null=True)
        class Meta:
            database = db
            table_name = 'recording'
            indexes = ((('state', 'expires_at'), False), (('playable', 'render_attempts'), False), (('queue', 'adviser'), False))
    db.create_tables([Recording])

    class SignIn(Model):
        uuid = UUIDField(unique=True, default=uuid.uuid4)
        account = ForeignKeyField(Account, on_delete='CASCADE')
        token_hash = CharField(unique=True)
        stage = CharField()
        created_at = BigIntegerField()
        seen_at = BigIntegerField()
        ended_at = BigIntegerField(null=True)
        device = CharField(default='')
        enrolling_sealed = BlobField(null=True)
        class Meta:
            database = db
            table_name = 'sign_in'
    db.create_tables([SignIn])

    class Listen(Model):
        uuid = UUIDField(unique=True, default=uuid.uuid4)
        recording = ForeignKeyField(Recording, on_delete='CASCADE')
        account = ForeignKeyField(Account, on_delete='RESTRICT')
        sign_in = ForeignKeyField(SignIn, on_delete='CASCADE')
        purpose = CharField()
        reference = CharField(default='')
        opened_at = BigIntegerField()
        started_at = BigIntegerField(null=True)
        closes_at = BigIntegerField()
        class Meta:
            database = db
            table_name = 'listen'
    db.create_tables([Listen])

    class Note(Model):
        uuid = UUIDField(unique=True, default=uuid.uuid4)
        recording = ForeignKeyField(Recording, on_delete='CASCADE')
        author = ForeignKeyField(Account, on_delete='RESTRICT')
        text = TextField()
        created_at = BigIntegerField()
        class Meta:
            database = db
            table_name = 'note'
    db.create_tables([Note])

    class PurgeLine(Model):
        uuid = UUIDField(unique=True, default=uuid.uuid4)
        kind = CharField()
        subject = UUIDField(unique=True)
        queue_id = IntegerField(null=True)
        rule = CharField()
        due_at = BigIntegerField()
        claimed_at = BigIntegerField()
        key_destroyed_at = BigIntegerField(null=True)
        purged_at = BigIntegerField(index=True, null=True)
        result = CharField(default='claimed')
        failure = CharField(default='')
        attempts = IntegerField(default=0)
        class Meta:
            database = db
            table_name = 'purge_line'
    db.create_tables([PurgeLine])

    class Quarantined(Model):
        uuid = UUIDField(unique=True, default=uuid.uuid4)
        state = CharField(default='waiting')
        reason = CharField()
        detail = CharField(default='')
        source = CharField(null=True)
        name = CharField(null=True)
        size = BigIntegerField()
        content_key = CharField(index=True, null=True)
        sealed = BooleanField()
        received_at = BigIntegerField()
        expires_at = BigIntegerField(index=True)
        ended_at = BigIntegerField(null=True)
        recording_uuid = UUIDField(null=True)
        class Meta:
            database = db
            table_name = 'quarantined'
    db.create_tables([Quarantined])

    class QueueGrant(Model):
        account = ForeignKeyField(Account, on_delete='CASCADE')
        queue = ForeignKeyField(Queue, on_delete='CASCADE')
        class Meta:
            database = db
            table_name = 'queue_grant'
            indexes = ((('account', 'queue'), True),)
    db.create_tables([QueueGrant])

    class RecoveryCode(Model):
        account = ForeignKeyField(Account, on_delete='CASCADE')
        code_hash = CharField()
        used_at = BigIntegerField(null=True)
        class Meta:
            database = db
            table_name = 'recovery_code'
    db.create_tables([RecoveryCode])

    class RoleGrant(Model):
        account = ForeignKeyField(Account, on_delete='CASCADE')
        role = CharField()
        class Meta:
            database = db
            table_name = 'role_grant'
            indexes = ((('account', 'role'), True),)
    db.create_tables([RoleGrant])

    class Sealing(Model):
        subject = UUIDField(unique=True)
        since = BigIntegerField()
        class Meta:
            database = db
            table_name = 'sealing'
    db.create_tables([Sealing])

    class Sweep(Model):
        name = CharField(unique=True)
        started_at = BigIntegerField(null=True)
        good_at = BigIntegerField(null=True)
        fault = CharField(default='')
        class Meta:
            database = db
            table_name = 'sweep'
    db.create_tables([Sweep])

    class Throttle(Model):
        key = CharField(unique=True)
        failures = IntegerField(default=0)
        last_at = BigIntegerField()
        open_at = BigIntegerField()
        refused = IntegerField(default=0)
        class Meta:
            database = db
            table_name = 'throttle'
    db.create_tables([Throttle])


def down(migrator, db):
    migrator.migrate(migrator.drop_table('throttle'))
    migrator.migrate(migrator.drop_table('sweep'))
    migrator.migrate(migrator.drop_table('sealing'))
    migrator.migrate(migrator.drop_table('role_grant'))
    migrator.migrate(migrator.drop_table('recovery_code'))
    migrator.migrate(migrator.drop_table('queue_grant'))
    migrator.migrate(migrator.drop_table('quarantined'))
    migrator.migrate(migrator.drop_table('purge_line'))
    migrator.migrate(migrator.drop_table('note'))
    migrator.migrate(migrator.drop_table('listen'))
    migrator.migrate(migrator.drop_table('sign_in'))
    migrator.migrate(migrator.drop_table('recording'))
    migrator.migrate(migrator.drop_table('queue'))
    migrator.migrate(migrator.drop_table('audit_entry'))
    migrator.migrate(migrator.drop_table('call_detail'))
    migrator.migrate(migrator.drop_table('arriving'))
    migrator.migrate(migrator.drop_table('account'))
