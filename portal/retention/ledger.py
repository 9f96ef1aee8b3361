"""The ledger: what must not come back, kept outside every backup.

An append-only file of lines, a new one each month, in a folder of its own (the setting `ledger`, best on another
disk). Each line is bound to the one before it by a keyed hash, and is on the disk when `append` returns.
It tells three things: what was deleted, calls or passages of them, what stands on a call or an account after each
change, and how far the log (`audit`) had come. A register whose log lacks that place is an older one, and stays closed
until `replay` has been through the lines it has not seen.

Ids, codes, times and pseudonyms only; the lines are kept.
"""

import dataclasses
import datetime as dt
import enum
import hashlib
import hmac
import json
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from portal import clock, config, lock
from portal.audit.chain import GENESIS, Checkpoint
from portal.audit.models import Entry
from portal.vault import box, durable

WAIT_SECONDS = 30.0
TAIL = 1 << 16
"""Bytes read at the end of a file in search of its last line; more when a line is longer."""


class Kind(enum.StrEnum):
    PURGE = "purge"
    """A key is about to be destroyed: written before it is."""
    ACCOUNT = "account"
    """What an account may, and what it proves itself by, from here on."""
    KEPT = "kept"
    """The holds and freezes of a call, from here on."""
    REDACTED = "redacted"
    """Passages of a call were erased: all that were, from here on. Written before the old key is destroyed."""
    CONSENT = "consent"
    """A consent was withdrawn or has ended, or was emptied of who gave it."""
    MARK = "mark"
    """How far the log has come, no more."""
    BACKUP = "backup"
    COPIES_REMOVED = "copies_removed"
    """Of a backup: it opens nothing any more."""
    RESTORED = "restored"
    """The log goes on from another place: an older register was put back."""


class Broken(Exception):
    """A line is missing, altered or not the ledger's own; `number` says which."""

    def __init__(self, number: int) -> None:
        super().__init__(f"line {number}")
        self.number = number


class Busy(Exception):
    """Another process has been writing for longer than one can wait."""


class Behind(Exception):
    """The register is an older one than the ledger knows: it has to be replayed first."""


@dataclasses.dataclass(frozen=True)
class New:
    """A line to be written."""

    kind: Kind
    subject: uuid.UUID | None = None
    detail: dict[str, Any] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Line:
    number: int
    """1, 2, 3 … without gaps, over all files."""
    at: dt.datetime
    kind: str
    subject: uuid.UUID | None
    detail: dict[str, Any]
    log: Checkpoint
    """How far the log had been followed."""
    previous: str
    hash: str

    @property
    def checkpoint(self) -> Checkpoint:
        """The place of this line, to be noted elsewhere."""
        return Checkpoint(self.number, self.hash)


START = Checkpoint(0, GENESIS)


def append(*new: New, log: Checkpoint | None = None) -> Line:
    """Write lines, durable on return; `log` when the log was followed to there. Raises OSError, Busy or Broken."""
    with lock.alone("ledger", WAIT_SECONDS) as mine:
        if not mine:
            raise Busy
        return _append(new, log)


def _append(new: tuple[New, ...], log: Checkpoint | None) -> Line:
    _drop_torn()
    last = tail()
    followed = log or (last.log if last else START)
    written = []
    for one in new:
        last = _next(last, one, followed)
        written.append(_text(last))
    assert last is not None
    _write(b"".join(written))
    return last


def _next(last: Line | None, new: New, log: Checkpoint) -> Line:
    line = Line(
        number=last.number + 1 if last else 1,
        at=clock.now(),
        kind=new.kind,
        subject=new.subject,
        detail=new.detail,
        log=log,
        previous=last.hash if last else GENESIS,
        hash="",
    )
    return dataclasses.replace(line, hash=_digest(_plain(line)))


def _plain(line: Line) -> dict[str, Any]:
    return {
        "n": line.number,
        "at": round(line.at.timestamp() * 1000),
        "kind": str(line.kind),
        "subject": line.subject.hex if line.subject else None,
        "detail": line.detail,
        "log": [line.log.entries, line.log.head],
        "previous": line.previous,
    }


def _canonical(plain: dict[str, Any]) -> bytes:
    return json.dumps(plain, sort_keys=True, ensure_ascii=True, separators=(",", ":")).encode()


def _digest(plain: dict[str, Any]) -> str:
    return hmac.new(box.lasting("ledger"), _canonical(plain), hashlib.sha256).hexdigest()


def _text(line: Line) -> bytes:
    return _canonical(_plain(line) | {"hash": line.hash}) + b"\n"


def _parse(text: bytes, number: int) -> Line:
    """Raises Broken for what no ledger wrote, naming `number`."""
    try:
        plain = json.loads(text)
        given = plain.pop("hash")
        if not hmac.compare_digest(_digest(plain), given):
            raise Broken(number)
        return Line(
            number=plain["n"],
            at=dt.datetime.fromtimestamp(plain["at"] / 1000, clock.UTC),
            kind=plain["kind"],
            subject=uuid.UUID(plain["subject"]) if plain["subject"] else None,
            detail=plain["detail"],
            log=Checkpoint(*plain["log"]),
            previous=plain["previous"],
            hash=given,
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Broken(number) from error


def files() -> list[Path]:
    """Oldest first; the order of their names is the order of their lines."""
    return sorted(config.settings().ledger.glob("[0-9][0-9][0-9][0-9]-[0-9][0-9].jsonl"))


def _write(text: bytes) -> None:
    here = files()
    month = f"{clock.now():%Y-%m}.jsonl"
    # A clock that was set back goes on in the newest file: the chain follows the names
    path = config.settings().ledger / max(month, here[-1].name if here else "")
    fresh = not path.exists()
    durable.make_folder(path.parent)
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "ab") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    if fresh:
        durable.sync_folder(path.parent)


def _drop_torn() -> None:
    """A last line without its end was never confirmed to anybody: whoever wrote it died, or the disk was full."""
    for path in files()[-1:]:
        with open(path, "r+b", buffering=0) as file:
            whole, size = _end_of_lines(file), os.fstat(file.fileno()).st_size
            if whole < size:
                os.ftruncate(file.fileno(), whole)
                os.fsync(file.fileno())


def _end_of_lines(file: BinaryIO | Any) -> int:
    size = os.fstat(file.fileno()).st_size
    reach = TAIL
    while True:
        start = max(0, size - reach)
        found = os.pread(file.fileno(), size - start, start).rfind(b"\n")
        if found >= 0 or start == 0:
            return start + found + 1
        reach *= 2


def tail() -> Line | None:
    """The last line; None when there is none. Raises Broken."""
    for path in reversed(files()):
        with open(path, "rb") as file:
            end, reach = _end_of_lines(file), TAIL
            while end:
                start = max(0, end - reach)
                block = os.pread(file.fileno(), end - 1 - start, start)
                found = block.rfind(b"\n")
                if found >= 0 or start == 0:
                    return _parse(block[found + 1 :], 0)
                reach *= 2
    return None


def lines(*, since: str = "") -> Iterator[Line]:
    """Every line in order, each proven to follow the one before it; `since` leaves out the files before that
    name. Raises Broken at the first that does not."""
    last: Line | None = None
    for path in files():
        if path.name < since:
            continue
        with open(path, "rb") as file:
            for text in file:
                if not text.endswith(b"\n"):
                    break  # torn
                expected = last.number + 1 if last else None
                line = _parse(text, expected or 0)
                if last and (line.number != expected or line.previous != last.hash):
                    raise Broken(line.number)
                if last is None and not since and (line.number != 1 or line.previous != GENESIS):
                    raise Broken(line.number)
                last = line
                yield line


def verify(expected: Checkpoint | None = None) -> Checkpoint:
    """Walk the whole ledger; returns its last place. Raises Broken, also when it lacks the place `expected`."""
    place, met = START, expected is None or expected.entries == 0
    for line in lines():
        place = line.checkpoint
        met = met or place == expected
    if expected is not None and not met:
        raise Broken(expected.entries)
    return place


def holds(log: Checkpoint) -> bool:
    """Has the register's log been at that place?"""
    if log.entries == 0:
        return True
    found = Entry.select(Entry.hash).where(Entry.id == log.entries).tuples().first()
    return bool(found and found[0] == log.head)


def is_behind() -> bool:
    """Is the register an older one than the ledger has followed? Raises Broken."""
    last = tail()
    return last is not None and not holds(last.log)


def unseen() -> Iterator[Line]:
    """The lines that the register may not have seen: from the first that was written at the newest place of the
    log that the register has been at. Raises Broken."""
    first, before = 1, START
    for line in lines():
        if line.log != before and holds(line.log):
            first = line.number
        before = line.log
    for line in lines():
        if line.number >= first:
            yield line
