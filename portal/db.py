"""The database: connection, base model, migrations. SQLite's own words stay in this file
and in `recordings/index.py`; PostgreSQL comes in through these two."""

import datetime as dt
import uuid
from collections.abc import Callable
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


class _Slot:
    """The place of a value in a prepared query."""

    def __init__(self, name: str, field: peewee.Field) -> None:
        self.name, self.field = name, field


def slot(name: str, field: peewee.Field) -> peewee.Value:
    """Stands in a `Prepared` query for the value `name`, which is stored as `field` stores its own."""
    return peewee.Value(_Slot(name, field), converter=False)


class Prepared:
    """A query whose SQL is written once. For what every request asks: Peewee takes many times longer
    to write such a query than the database to answer it.

    `build` makes the query, with `slot`s where the values go; calling gives its rows.
    """

    def __init__(self, build: Callable[[], peewee.Query]) -> None:
        self._build = build
        self._written: tuple[str, tuple[Any, ...]] | None = None
        self._row: Callable[[Any], Any] | None = None

    def __call__(self, **values: Any) -> list[Any]:
        """The rows, as `build` chose: models, or `.tuples()`."""
        if self._written is None or self._row is None:
            query = self._build()
            sql, stored = query.sql()
            cursor = db.execute_sql(sql, _fill(stored, values))
            rows = query._get_cursor_wrapper(cursor)
            rows.initialize()
            self._written, self._row = (sql, stored), rows.process_row
        else:
            sql, stored = self._written
            cursor = db.execute_sql(sql, _fill(stored, values))
        return [self._row(row) for row in cursor.fetchall()]


def _fill(stored: tuple[Any, ...], values: dict[str, Any]) -> list[Any]:
    return [p.field.db_value(values[p.name]) if isinstance(p, _Slot) else p for p in stored]
