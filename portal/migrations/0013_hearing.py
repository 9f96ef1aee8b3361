"""Notes at a place in the sound, quality reviews, saved searches; the word index with stems, lengths, parts of numbers.

The index is one column without positions: nothing that is asked needs them. It is empty until it has been
filled again, which the worker does beside everything else; `index_state` says how far it has come.
"""
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

    class QualityReview(Model):
        uuid = UUIDField(unique=True, default=uuid.uuid4)
        recording = ForeignKeyField(Recording, on_delete='CASCADE')
        author = ForeignKeyField(Account, on_delete='RESTRICT')
        comment = TextField(default='')
        created_at = BigIntegerField()
        changed_at = BigIntegerField(null=True)
        version = IntegerField(default=1)
        class Meta:
            database = db
            table_name = 'quality_review'
            indexes = (
                (('recording', 'author'), True),
            )

    class QualityAnswer(Model):
        review = ForeignKeyField(QualityReview, on_delete='CASCADE')
        question = CharField()
        answer = CharField()
        class Meta:
            database = db
            table_name = 'quality_answer'
            indexes = (
                (('review', 'question'), True),
            )

    class SavedSearch(Model):
        uuid = UUIDField(unique=True, default=uuid.uuid4)
        account = ForeignKeyField(Account, on_delete='CASCADE')
        name = CharField()
        asked = TextField()
        created_at = BigIntegerField()
        used_at = BigIntegerField()
        class Meta:
            database = db
            table_name = 'saved_search'
            indexes = (
                (('account', 'name'), True),
            )
    class IndexState(Model):
        rules = IntegerField()
        below = BigIntegerField()
        class Meta:
            database = db
            table_name = 'index_state'

    db.create_tables([QualityReview, QualityAnswer, SavedSearch, IndexState])
    newest = Recording.select(fn.MAX(Recording.id)).scalar()
    IndexState.create(rules=1, below=0 if newest is None else newest + 1)
    if isinstance(db, SqliteDatabase):
        db.execute_sql('DROP TABLE recording_index')
        db.execute_sql(
            "CREATE VIRTUAL TABLE recording_index USING fts5("
            "entry, prefix='1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18', detail=none, tokenize=\"unicode61 remove_diacritics 0 tokenchars '=~#'\")"
        )
    db.execute_sql('ALTER TABLE "note" ADD COLUMN "at_ms" INTEGER')
    db.execute_sql('ALTER TABLE "note" ADD COLUMN "kind" VARCHAR(255) NOT NULL DEFAULT \'\'')
    db.execute_sql('ALTER TABLE "note" ADD COLUMN "own" INTEGER NOT NULL DEFAULT 0')
    db.execute_sql('ALTER TABLE "sweep" ADD COLUMN "whole" INTEGER')
    db.execute_sql('ALTER TABLE "sweep" ADD COLUMN "done" INTEGER NOT NULL DEFAULT 0')
    db.execute_sql('ALTER TABLE "sweep" ADD COLUMN "told_at" INTEGER')


def down(migrator, db):
    if isinstance(db, SqliteDatabase):
        db.execute_sql('DROP TABLE recording_index')
        db.execute_sql(
            "CREATE VIRTUAL TABLE recording_index USING fts5("
            "words, facets, prefix='1 2 3 4 5 6', detail=column, tokenize=\"unicode61 remove_diacritics 0\")"
        )
    migrator.migrate(migrator.drop_table('index_state'))
    for column in ('told_at', 'done', 'whole'):
        db.execute_sql(f'ALTER TABLE "sweep" DROP COLUMN "{column}"')
    # Without the column everybody would read what was written for oneself
    db.execute_sql('DELETE FROM "note" WHERE "own" = 1')
    db.execute_sql('ALTER TABLE "note" DROP COLUMN "own"')
    db.execute_sql('ALTER TABLE "note" DROP COLUMN "kind"')
    db.execute_sql('ALTER TABLE "note" DROP COLUMN "at_ms"')
    migrator.migrate(migrator.drop_table('saved_search'))
    migrator.migrate(migrator.drop_table('quality_answer'))
    migrator.migrate(migrator.drop_table('quality_review'))
