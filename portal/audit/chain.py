"""The hash chain: what an entry's hash covers, and the check of the whole.

The chain shows any change but one that rewrites everything after it; against that, and against
cutting off the end, stands a head noted elsewhere (`Checkpoint`).
"""

import dataclasses
import hashlib
import json
import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import peewee

from portal.audit.models import Entry
from portal.audit.verifier import TOLD, unheard
from portal.db import db

GENESIS = "0" * 64

BATCH = 5000
"""Rows held in memory at a time."""

COLUMNS = ("id", "at", "act", "by", "subject_kind", "subject", "queue_id", "purpose", "reference", "detail", "previous")
"""What the hash is over: every column but `hash` itself."""

_canonical = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=repr).encode
"""`repr`: a column that someone filled with bytes is a fault to report, not one to stumble on."""


def canonical(row: dict[str, Any]) -> bytes:
    """What is hashed: the canonical JSON of every column but `hash` itself."""
    return _canonical(row).encode()


def digest(row: dict[str, Any]) -> str:
    """SHA-256, in hex, over `canonical`."""
    return hashlib.sha256(canonical(row)).hexdigest()


def covered(entry: Entry) -> dict[str, Any]:
    """The columns the hash is over, in storable form (milliseconds, hex)."""
    return {
        "id": entry.id,
        "at": round(entry.at.timestamp() * 1000),
        "act": str(entry.act),
        "by": entry.by.hex if entry.by else None,
        "subject_kind": entry.subject_kind,
        "subject": entry.subject.hex if entry.subject else None,
        "queue_id": entry.queue_id,
        "purpose": str(entry.purpose),
        "reference": entry.reference,
        "detail": entry.detail,
        "previous": entry.previous,
    }


@dataclasses.dataclass(frozen=True)
class Checkpoint:
    """A head noted earlier: the log had this many entries, the last with this hash."""

    entries: int
    head: str

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        """From 'NUMBER:HASH' as `str()` writes it; raises ValueError for anything else."""
        if not (found := re.fullmatch(r"(\d{1,18}):([0-9a-f]{64})", text.strip())):
            raise ValueError("not NUMBER:HASH")
        return cls(int(found[1]), found[2])

    def __str__(self) -> str:
        return f"{self.entries}:{self.head}"

    @property
    def fingerprint(self) -> str:
        """Of number and head together, short enough to be read out and compared."""
        digits = hashlib.sha256(str(self).encode()).hexdigest()[:24].upper()
        return " ".join(digits[n : n + 4] for n in range(0, len(digits), 4))


@dataclasses.dataclass(frozen=True)
class Verdict:
    whole: bool
    entries: int
    """How many entries are whole, from the first on."""
    head: str
    """Hash of the last whole entry: what a later check is compared with."""
    fault_at: int | None = None
    """Number of the first entry that is not as it was written."""
    fault: str = ""
    """'gap' (missing or inserted), 'link' (another predecessor), 'content' (altered),
    'cut' (fewer entries than noted), 'rewritten' (not the noted head), 'unreadable' (from there on
    or a little after, the database cannot give the rows)."""

    @property
    def checkpoint(self) -> Checkpoint:
        return Checkpoint(self.entries, self.head)


def verify(expected: Checkpoint | None = None, told: Callable[[int], object] = unheard) -> Verdict:
    """Walk the whole log; stops at the first entry that is missing, unlinked or altered.

    With `expected`, also that the log once had that head: the only way to see an end cut off
    or a chain written anew. Memory is bounded; entries appended meanwhile are walked too. `told`
    hears now and then how many entries are checked.
    """
    previous, count = GENESIS, 0
    try:
        for *values, stored in _stored():
            count += 1
            if values[0] != count:
                return Verdict(False, count - 1, previous, count, "gap")
            if values[-1] != previous:
                return Verdict(False, count - 1, previous, count, "link")
            if digest(dict(zip(COLUMNS, values, strict=True))) != stored:
                return Verdict(False, count - 1, previous, count, "content")
            if expected and count == expected.entries and stored != expected.head:
                return Verdict(False, count - 1, previous, count, "rewritten")
            previous = stored
            if not count % TOLD:
                told(count)
    except (peewee.DatabaseError, db.connection().Error):  # the second: the driver's own, while fetching (PEP 249)
        return Verdict(False, count, previous, count + 1, "unreadable")
    if expected and count < expected.entries:
        return Verdict(False, count, previous, count + 1, "cut")
    return Verdict(True, count, previous)


def _stored() -> Iterator[tuple[Any, ...]]:
    """The rows as they lie in the database, in order: what was stored is hashed, not what a
    model would make of it. In batches, so that no long read holds up the writers."""
    names = ", ".join(f'"{name}"' for name in (*COLUMNS, "hash"))
    mark = db.param
    ask = f'SELECT {names} FROM "audit_entry" WHERE "id" > {mark} ORDER BY "id" LIMIT {BATCH}'  # noqa: S608 own names
    after: Any = -(1 << 62)
    while rows := db.execute_sql(ask, (after,)).fetchall():
        for row in rows:
            yield tuple(value.hex if isinstance(value, uuid.UUID) else value for value in row)
        after = rows[-1][0]
