"""The database: connection, base model, migrations. SQLite's own words stay in this file
and in `recordings/index.py`; PostgreSQL comes in through these two."""

import datetime as dt
import uuid
from pathlib import Path
from typing import Any

import peewee
from playhouse.migrations import Runner

from portal import clock, config

db = peewee.SqliteDatabase(None, lock_type="IMMEDIATE")

MIGRATIONS = Path(__file__).parent / "migrations"

PRAGMAS = {
    "journal_mode": "wal",
    "foreign_keys": 1,
    "synchronous": "full",  # an audit row that was promised survives a power cut
    "secure_delete": 1,  # deleted rows are overwritten, not just unlinked
    "busy_timeout": 15000,
    "cache_size": -65536,
    "mmap_size": 268435456,
    "temp_store": "memory",  # nothing of the register in temporary files
}


def bind(settings: config.Settings) -> None:
    """Point the database at the data folder; opens nothing."""
    if not db.is_closed():
        db.close()
    db.init(str(settings.database), pragmas=PRAGMAS)


def connect() -> None:
    """Open this thread's connection, or keep the one it has (opening costs more than a query)."""
    db.connect(reuse_if_open=True)


def migrate() -> list[str]:
    """Bring the schema up to date; returns the names of the migrations that ran."""
    connect()
    return list(Runner(db, str(MIGRATIONS)).up())


def pending() -> list[str]:
    """Migrations that have not run."""
    connect()
    return [m.name for m in Runner(db, str(MIGRATIONS)).status() if not m.applied]


def checkpoint() -> bool:
    """Fold the write-ahead log into the database and empty it, so that what was deleted is gone.

    False when a reader still needs the log: then old pages are still in it.
    """
    busy, *_ = db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


class UtcField(peewee.BigIntegerField):
    """An instant, stored as milliseconds since 1970 UTC; Python sees aware UTC datetimes."""

    def db_value(self, value: Any) -> Any:
        if isinstance(value, dt.datetime):
            return round(value.timestamp() * 1000)
        return value

    def python_value(self, value: Any) -> Any:
        if isinstance(value, int):
            return dt.datetime.fromtimestamp(value / 1000, clock.UTC)
        return value


class BaseModel(peewee.Model):
    class Meta:
        database = db
        legacy_table_names = False


class PublicModel(BaseModel):
    """A row that a URL can name: by `uuid`, never by its key."""

    uuid = peewee.UUIDField(unique=True, default=uuid.uuid4)
