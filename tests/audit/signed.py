"""A log with signed heads, and what somebody who owns the whole machine but not the key may do to it."""

import copy
import dataclasses
import datetime as dt
import random
import sqlite3
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from portal import clock
from portal.audit import verifier
from portal.audit.verifier import COLUMNS, GENESIS, Line
from portal.db import db
from portal.oversight import checkpoints
from tests.audit import tamper

BEGUN = dt.datetime(2026, 9, 1, 9, 0, tzinfo=clock.UTC)
MINUTE = dt.timedelta(minutes=1)
ENTRIES = 42
EACH = 3
"""Entries between two heads; one entry a minute."""
AT, DETAIL, PREVIOUS, HASH = COLUMNS.index("at"), COLUMNS.index("detail"), COLUMNS.index("previous"), -1


@dataclasses.dataclass
class World:
    rows: list[list[Any]]
    lines: list[str]
    """As the append-only file has them."""
    key: Ed25519PrivateKey
    """The worker's own: nobody but the worker may use it here."""
    other: list[str] = dataclasses.field(default_factory=list)
    """What another place has of the lines."""
    now: int = 0

    @classmethod
    def lived(cls, settings: Any) -> "World":
        """What the portal itself wrote and signed in three quarters of an hour."""
        for number in range(ENTRIES):
            with clock.frozen(BEGUN + number * MINUTE):
                tamper.fill(1)
            if number % EACH == EACH - 1:
                with clock.frozen(BEGUN + number * MINUTE + dt.timedelta(seconds=30)):
                    checkpoints.sign()
        names = ", ".join(f'"{name}"' for name in (*COLUMNS, "hash"))
        rows = [list(row) for row in db.execute_sql(f"SELECT {names} FROM audit_entry ORDER BY id").fetchall()]
        key = load_pem_private_key(settings.checkpoint_key.read_bytes(), None)
        lines = settings.checkpoint_file.read_text().splitlines()
        return cls(rows, lines, key, now=verifier.milliseconds(BEGUN + ENTRIES * MINUTE))

    def twin(self) -> "World":
        return dataclasses.replace(self, rows=copy.deepcopy(self.rows), lines=list(self.lines), other=list(self.other))

    def line(self, index: int) -> Line:
        found = Line.parse(self.lines[index])
        assert found is not None
        return found

    def verdict(self, folder: Path, **options: Any) -> verifier.Verdict:
        """What the program says of it."""
        database = folder / "copy.db"
        database.unlink(missing_ok=True)
        with sqlite3.connect(database) as written:
            written.execute("PRAGMA synchronous=off")
            names = ", ".join(f'"{name}"' for name in (*COLUMNS, "hash"))
            written.execute(f"CREATE TABLE audit_entry ({names})")
            written.executemany(f"INSERT INTO audit_entry VALUES ({', '.join('?' * 12)})", self.rows)
        written.close()
        files = [folder / "lines", folder / "other"]
        for file, lines in zip(files, (self.lines, self.other), strict=True):
            file.write_text("".join(f"{line}\n" for line in lines))
        log = verifier.Log(database)
        try:
            return verifier.check(log, files, [self.key.public_key()], **{"as_of": self.now, **options})
        finally:
            log.close()

    # What anybody with the machine can do

    def rehash(self, start: int = 0) -> None:
        """Number and chain the rows from the index `start` on, so that the log is whole in itself."""
        for index in range(start, len(self.rows)):
            row = self.rows[index]
            row[0] = index + 1
            row[PREVIOUS] = self.rows[index - 1][HASH] if index else GENESIS
            row[HASH] = verifier.digest(dict(zip(COLUMNS, row[:-1], strict=True)))

    def forged(self, index: int, draw: random.Random) -> list[Any]:
        """An entry that never was, like the one at `index`."""
        row = list(self.rows[index])
        row[DETAIL] = f'{{"hits":{draw.randrange(10**6, 10**7)}}}'
        return row

    # What the worker does

    def sign(self, after: dt.timedelta = MINUTE, *, lines: list[str] | None = None, key: Any = None) -> None:
        """The worker's next line, over the log as it stands."""
        lines = self.lines if lines is None else lines
        last = Line.parse(lines[-1])
        assert last is not None
        self.now = max(self.now, last.at + round(after.total_seconds() * 1000))
        lines.append(
            signed(
                key or self.key,
                seq=last.seq + 1,
                at=dt.datetime.fromtimestamp(last.at / 1000, clock.UTC) + after,
                entries=len(self.rows),
                head=self.rows[-1][HASH] if self.rows else GENESIS,
                previous=last.digest,
            )
        )


def signed(key: Ed25519PrivateKey, *, claiming: str = "", **told: Any) -> str:
    """A line signed with `key`, under its own name or under that of another."""
    text = verifier.claim(**told, key=claiming or verifier.key_id(key.public_key()))
    return f"{text} sig={verifier.encoded(key.sign(text.encode()))}"
