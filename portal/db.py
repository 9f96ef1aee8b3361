"""The database: connection, base model, migrations. SQLite's own words stay in this file
and in `recordings/index.py`; PostgreSQL comes in through these two."""

import contextlib
import dataclasses
import datetime as dt
import os
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol, TypeVar

import peewee
from playhouse.migrations import Runner

from portal import clock, config

Function = TypeVar("Function", bound=Callable[..., Any])


class Atomic(Protocol):
    """A transaction: around a block, or as the mark of a function, which keeps its type."""

    def __enter__(self) -> object: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def __call__(self, function: Function, /) -> Function: ...


class Register(peewee.SqliteDatabase):
    def atomic(self, *args: Any, **options: Any) -> Atomic:
        made: Atomic = super().atomic(*args, **options)
        return made


db = Register(None, lock_type="IMMEDIATE")

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


class Busy(Exception):
    """Somebody else writes at the moment."""


class _TakenBack(Exception):
    pass


@contextlib.contextmanager
def attempt() -> Iterator[None]:
    """A transaction that is taken back at its end. Raises Busy at once where it would have to wait, and what the
    database says to what is written in it."""
    connect()
    db.execute_sql("PRAGMA busy_timeout = 0")
    try:
        with contextlib.suppress(_TakenBack), db.atomic():
            yield
            raise _TakenBack
    except peewee.OperationalError as error:
        if "locked" in str(error):
            raise Busy from error
        raise
    finally:
        db.execute_sql(f"PRAGMA busy_timeout = {PRAGMAS['busy_timeout']}")


def writes_of_others() -> int:
    """A number that is another each time a connection other than this one has changed the register since."""
    changed: int = db.execute_sql("PRAGMA data_version").fetchone()[0]
    return changed


def copied(folder: Path, *queries: peewee.ModelSelect) -> tuple[BinaryIO, list[list[tuple[Any, ...]]]]:
    """The register as it is at this instant, and what `queries` find in it at the same.

    A file open for reading that has no name any more and is gone with this process; `folder` has the room.
    Others go on writing meanwhile. Raises OSError or peewee.DatabaseError.
    """
    scratch = folder / ".register.part"
    scratch.unlink(missing_ok=True)
    handle = os.open(scratch, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    file = os.fdopen(handle, "rb")
    connect()
    try:
        with contextlib.closing(sqlite3.connect(scratch)) as copy:
            os.unlink(scratch)  # empty yet: whoever is killed leaves nothing of the register behind
            copy.execute("PRAGMA journal_mode=off")
            copy.execute("PRAGMA synchronous=off")
            db.execute_sql("BEGIN DEFERRED")  # the first query fixes the instant, the copy is of the same
            try:
                found = [list(query.tuples()) for query in queries]
                db.connection().backup(copy)
            finally:
                db.execute_sql("ROLLBACK")
    except BaseException as error:
        file.close()
        scratch.unlink(missing_ok=True)
        if isinstance(error, sqlite3.Error):
            raise peewee.DatabaseError("the register could not be copied") from error
        raise
    return file, found


def is_sound(path: Path) -> bool:
    """Does the database file hold together? For one that was just put back."""
    with contextlib.closing(sqlite3.connect(path)) as opened:
        try:
            return bool(opened.execute("PRAGMA quick_check(1)").fetchall() == [("ok",)])
        except sqlite3.DatabaseError:
            return False


class UtcField(peewee.BigIntegerField):
    """An instant, stored as milliseconds since 1970 UTC; Python sees aware UTC datetimes."""

    if TYPE_CHECKING:  # of a row it is the instant, of its class the column

        def __get__(self, row: object, model: type) -> Any: ...

        def __set__(self, row: object, value: Any) -> None: ...

    def db_value(self, value: Any) -> Any:
        if isinstance(value, dt.datetime):
            return round(value.timestamp() * 1000)
        return value

    def python_value(self, value: Any) -> Any:
        if isinstance(value, int):
            return dt.datetime.fromtimestamp(value / 1000, clock.UTC)
        return value


class Whole(peewee.ModelSelect):
    """A query that is read to its end before its first row is looked at.

    Half read, it holds the register as it was: a transaction begun meanwhile, after a commit of somebody else's, is
    refused at once however long one would wait (SQLITE_BUSY_SNAPSHOT). `.iterator()` reads row by row, for loops that
    write nothing.
    """

    def __iter__(self) -> Iterator[Any]:
        self._ensure_execution()
        self._cursor_wrapper.fill_cache()
        return iter(self._cursor_wrapper)


class BaseModel(peewee.Model):
    class Meta:
        database = db
        legacy_table_names = False

    @classmethod
    def select(cls, *fields: Any) -> peewee.ModelSelect:
        return Whole(cls, fields or cls._meta.sorted_fields, is_default=not fields)


class PublicModel(BaseModel):
    """A row that a URL can name: by `uuid`, never by its key."""

    uuid = peewee.UUIDField(unique=True, default=uuid.uuid4)


@dataclasses.dataclass(frozen=True)
class Few:
    """The beginning of a list."""

    rows: list[Any]
    count: int
    """How long the whole list is."""


def few(query: peewee.ModelSelect, most: int) -> Few:
    """The first `most` rows that `query` finds, and how many it would find without an end, in one question."""
    whole = peewee.fn.COUNT(peewee.SQL("*")).over().alias("whole")
    rows = list(query.select_extend(whole).limit(most))
    return Few(rows, rows[0].whole if rows else 0)


NO_ROWS = Few([], 0)


def gathered(column: peewee.Field) -> peewee.Function:
    """All values of `column` in one text, with commas between; None when there are none. (PostgreSQL: string_agg.)"""
    return peewee.fn.GROUP_CONCAT(column)


class _Slot:
    """The place of a value in a prepared query."""

    def __init__(self, name: str, field: peewee.Field) -> None:
        self.name, self.field = name, field


def slot(name: str, field: peewee.Field) -> peewee.Value:
    """Stands in a `Prepared` query for the value `name`, which is stored as `field` stores its own."""
    return peewee.Value(_Slot(name, field), converter=False)


class _Written:
    """A statement whose SQL is written once, when it is first asked for. `build` makes it, with `slot`s where
    the values go."""

    def __init__(self, build: Callable[[], peewee.Query]) -> None:
        self._build = build
        self._sql = ""
        self._stored: list[Any] = []
        self._slots: list[tuple[int, str, Callable[[Any], Any]]] = []

    def _run(self, values: dict[str, Any]) -> Any:
        if not self._sql:
            self._write()
        stored = self._stored.copy()
        for place, name, convert in self._slots:
            stored[place] = convert(values[name])
        return db.execute_sql(self._sql, stored)

    def _write(self) -> None:
        sql, stored = self._build().sql()
        self._slots = [(n, p.name, p.field.db_value) for n, p in enumerate(stored) if isinstance(p, _Slot)]
        self._stored, self._sql = list(stored), sql


class Prepared(_Written):
    """A query whose SQL is written once. For what every request asks: Peewee takes many times longer
    to write such a query, and to take in its rows, than the database to answer it."""

    def __init__(self, build: Callable[[], peewee.ModelSelect]) -> None:
        super().__init__(build)
        self._convert: list[tuple[int, Callable[[Any], Any]]] = []

    def __call__(self, **values: Any) -> list[tuple[Any, ...]]:
        """The rows as tuples, each value as its field gives it to Python."""
        rows: list[tuple[Any, ...]] = self._run(values).fetchall()
        return [self._row(row) for row in rows] if self._convert else rows

    def _write(self) -> None:
        self._convert = [
            (place, column.python_value)
            for place, column in enumerate(self._build().selected_columns)
            if isinstance(column, (UtcField, peewee.UUIDField, peewee.BooleanField))  # others come as they are
        ]
        super()._write()

    def _row(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        given = list(row)
        for place, convert in self._convert:
            if given[place] is not None:
                given[place] = convert(given[place])
        return tuple(given)


class Change(_Written):
    """An update or a delete whose SQL is written once. For what is done to many rows, each in a transaction of
    its own: others wait to write for as long as it takes."""

    def __call__(self, **values: Any) -> int:
        """How many rows it changed."""
        changed: int = self._run(values).rowcount
        return changed


class Insertion(_Written):
    """Inserts new rows of a model, whose SQL is written once; for the same reason."""

    def __init__(self, model: type[BaseModel]) -> None:
        fields = [field for field in model._meta.sorted_fields if not isinstance(field, peewee.AutoField)]
        super().__init__(lambda: model.insert({field: slot(field.name, field) for field in fields}))
        self._empty = dict.fromkeys(field.name for field in fields)
        self._numbered = len(fields) < len(model._meta.sorted_fields)

    def __call__(self, row: BaseModel) -> None:
        """Store `row`, which is none yet; it gets its key if the database gives the keys."""
        cursor = self._run(self._empty | row.__data__)
        if self._numbered:
            row._pk = cursor.lastrowid
        row._dirty.clear()


def loaded(model: type[BaseModel], values: tuple[Any, ...], *fields: peewee.Field) -> Any:
    """The row of `model` with these values of `fields`, or of all its columns, in the order a select of the model
    gives them."""
    row = model(__no_default__=True)
    names = [field.name for field in fields] or model._meta.sorted_field_names
    row.__data__ = dict(zip(names, values, strict=True))
    return row
