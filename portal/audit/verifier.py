"""Checks the log from outside the portal, against signed heads of it that were kept where nobody could change them.

A program of its own: this file, Python 3.11 or newer and the library `cryptography`, nothing of the portal's. What an
administrator of the portal's machine may have changed, the code included, has no part in it:

    python verifier.py portal.db --checkpoints checkpoints.log --public-key HEX

The log is a chain: each entry's hash is over its columns and the hash of the one before. The worker signs the chain's
head every minute (Ed25519, RFC 8032) with a key that the web does not have, and each signed head names the one before.
So whoever rewrites, cuts off or puts back the log contradicts a head that is already elsewhere.
"""

import argparse
import base64
import contextlib
import dataclasses
import datetime as dt
import hashlib
import json
import re
import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

GENESIS = "0" * 64
COLUMNS = ("id", "at", "act", "by", "subject_kind", "subject", "queue_id", "purpose", "reference", "detail", "previous")
BATCH = 5000
RESTORED = "retention:restored"
"""The act of the entry that a restore begins with: it tells after how many entries the log goes on."""

MAX_AGE = 600
"""Seconds. A newest head older than this is no proof of the present: the signer is dead, or lines are missing."""
CLOCK = 300
"""Seconds that an entry's time may lie on the wrong side of a head's: entries wait for their commit, clocks are set."""

TOLD = 500
"""How many entries are checked between two tellings of how far it has come."""

Unreadable = sqlite3.Error


def unheard(_entries: int) -> None:
    """Nobody wants to hear how far it has come."""


LINE = re.compile(
    r"checkpoint v=1 seq=(?P<seq>[1-9]\d{0,17}) at=(?P<at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) "
    r"entries=(?P<entries>\d{1,18}) head=(?P<head>[0-9a-f]{64}) previous=(?P<previous>[0-9a-f]{64}) "
    r"key=(?P<key>[0-9a-f]{16}) sig=(?P<sig>[A-Za-z0-9_-]{86})(?![A-Za-z0-9_-])",
    re.ASCII,
)
"""Also inside what a syslog server writes around it. Anything else in a file is passed over: of a line that was
damaged its number is missing."""


class Line(NamedTuple):
    """A signed head: at that moment the log had so many entries, the last with this hash."""

    text: str
    seq: int
    """1, 2, 3 … of its key, without gaps."""
    at: int
    """Milliseconds since 1970."""
    entries: int
    head: str
    previous: str
    """SHA-256 of the line before; GENESIS for the first of a key."""
    key: str
    """The first 16 hex digits of the SHA-256 of the public key."""

    @classmethod
    def parse(cls, text: str) -> "Line | None":
        """The first line in `text`; None when there is none."""
        if not (found := LINE.search(text)):
            return None
        try:
            at = dt.datetime.fromisoformat(found["at"])
        except ValueError:
            return None
        text, seq, _, entries, head, previous, key, _ = found.group(0, *range(1, 8))
        return cls(text, int(seq), milliseconds(at), int(entries), head, previous, key)

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    def is_signed_by(self, key: Ed25519PublicKey) -> bool:
        signed, _, signature = self.text.rpartition(" sig=")
        made = base64.urlsafe_b64decode(signature + "==")
        if encoded(made) != signature:  # four bits of the last character say nothing: one way to write it only
            return False
        try:
            key.verify(made, signed.encode())
        except InvalidSignature:
            return False
        return True


def claim(*, seq: int, at: dt.datetime, entries: int, head: str, previous: str, key: str) -> str:
    """What is signed of a line."""
    moment = at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"
    return f"checkpoint v=1 seq={seq} at={moment} entries={entries} head={head} previous={previous} key={key}"


def encoded(signature: bytes) -> str:
    return base64.urlsafe_b64encode(signature).decode().rstrip("=")


def key_id(key: Ed25519PublicKey) -> str:
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:16]


def public_key(text: str) -> Ed25519PublicKey:
    """From 64 hex digits. Raises ValueError."""
    return Ed25519PublicKey.from_public_bytes(bytes.fromhex(text))


def milliseconds(moment: dt.datetime) -> int:
    return round(moment.timestamp() * 1000)


class Log:
    """The log in a database file, which is opened for reading alone."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=30)

    def close(self) -> None:
        self._db.close()

    def head(self) -> tuple[int, str]:
        """How many entries there are, and the hash of the last."""
        last = self._db.execute('SELECT "id", "hash" FROM "audit_entry" ORDER BY "id" DESC LIMIT 1').fetchone()
        return last or (0, GENESIS)

    def rows(self, after: Any = -(1 << 62)) -> Iterator[tuple[Any, ...]]:
        """The columns and the hash of each, in order, in short reads: those who write do not wait."""
        names = ", ".join(f'"{name}"' for name in (*COLUMNS, "hash"))
        ask = f'SELECT {names} FROM "audit_entry" WHERE "id" > ? ORDER BY "id" LIMIT {BATCH}'  # noqa: S608 own names
        while rows := self._db.execute(ask, (after,)).fetchall():
            yield from rows
            after = rows[-1][0]

    def restores(self) -> dict[int, int]:
        """After how many entries it says that it was put back from a backup, and when."""
        ask = 'SELECT "id", "at", "detail" FROM "audit_entry" WHERE "act" = ? ORDER BY "id"'
        found = self._db.execute(ask, (RESTORED,)).fetchall()
        return {n - 1: at for n, at, detail in found if isinstance(n, int) and f'"entries":{n - 1},' in str(detail)}


def digest(row: dict[str, Any]) -> str:
    """The hash of an entry: SHA-256 of the canonical JSON of its columns."""
    canonical = json.dumps(row, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=repr)
    return hashlib.sha256(canonical.encode()).hexdigest()


FAULTS = {
    "gap": "entry {at} is missing, or one was put in its place",
    "link": "entry {at} does not follow the one before it",
    "content": "entry {at} was altered",
    "cut": "the log ends before entry {at}: entries were cut off, or an older log was put in its place",
    "rewritten": "an entry up to {at} is not the one that was signed: the log was rewritten",
    "unreadable": "about entry {at} the database cannot be read",
    "time": "entry {at} says another time than when it was written",
    "none": "there is no signed head of one of the keys: the lines are gone, or the key is another",
    "key": "line {line} is signed with a key that was not given",
    "signature": "line {line} was not signed like this",
    "replayed": "line {line} stands where an older one was put again",
    "missing": "line {line} of the signed heads is missing",
    "forked": "line {line} contradicts another signed line: there are two histories",
    "rolled_back": "line {line} tells of fewer entries than the one before: the log was put back, or cut off",
    "not_restored": "entry {at} does not say that the log was put back there",
    "stale": "the newest signed head, line {line}, is too old: the worker signs no more, or lines are cut off",
}


@dataclasses.dataclass(frozen=True)
class Verdict:
    """How much of the log is whole. `fault` is a code of FAULTS, `fault_at` the first entry that is not as written or
    that nothing vouches for any more, `line` the number of the signed head concerned."""

    whole: bool
    entries: int
    head: str
    fault: str = ""
    fault_at: int | None = None
    line: int | None = None
    signed: int = 0
    newest_at: int | None = None
    lost: int = 0
    """How many signed heads speak for entries that were lost in a restore."""
    silent: tuple[int, int] = (0, 0)
    """The longest time (ms) in which entries were written, changeable unseen, until the line with this number."""
    restores: tuple[int, ...] = ()
    """Where the log says that it was put back from a backup, and nobody has said that they know of it."""

    def __str__(self) -> str:
        lines = ["The log is whole." if self.whole else "The log is NOT whole."]
        if self.fault:
            lines.append("fault:   " + FAULTS[self.fault].format(at=self.fault_at, line=self.line))
        lines += [f"entries: {self.entries}", f"head:    {self.entries}:{self.head}"]
        if self.newest_at is not None:
            newest = dt.datetime.fromtimestamp(self.newest_at / 1000, dt.UTC)
            lines.append(f"signed:  {self.signed} heads, the newest {newest:%Y-%m-%d %H:%M:%S} UTC")
        if self.silent[0] > MAX_AGE * 1000:
            minutes, line = self.silent[0] // 60_000, self.silent[1]
            lines.append(f"silent:  nothing was signed for {minutes} min, until line {line}")
        if self.lost:
            lines.append(f"lost:    {self.lost} heads speak for entries that were lost in a restore")
        for entries in self.restores:
            lines.append(f"It says that it was put back after {entries} entries. Is that known? --restored {entries}")
        return "\n".join(lines)


class Fault(Exception):
    """`code` of FAULTS; `line` or entry `at` where it shows."""

    def __init__(self, code: str, *, line: int | None = None, at: int | None = None) -> None:
        super().__init__(code)
        self.code, self.line, self.at = code, line, at


@dataclasses.dataclass
class _Head:
    """What consecutive lines say alike."""

    entries: int
    head: str
    first_at: int
    last_at: int
    line: int


@dataclasses.dataclass
class _Course:
    """How far the check has come."""

    entries: int = 0
    head: str = GENESIS
    signed: int = 0
    newest: Line | None = None
    vouched: int = 0
    """Entries that agree with a signed head."""
    lost: int = 0
    silent: tuple[int, int] = (0, 0)


def check(
    log: Log,
    files: Iterable[Path],
    keys: Sequence[Ed25519PublicKey],
    *,
    restored: Sequence[int] = (),
    as_of: int | None = None,
    max_age: int = MAX_AGE,
    clock: int = CLOCK,
    told: Callable[[int], object] = unheard,
) -> Verdict:
    """Walk signed heads and log up to the first fault of each; the log's own is told first.

    `files` hold the same lines, or parts of them; `keys` in the order they were in use. `restored`: after so many
    entries the log was put back from a backup, as whoever checks knows: heads from before may speak for entries that
    it no longer has. `as_of`, in milliseconds: when the files were taken; None looks at no age but the log's own.
    """
    course, heads = _Course(), list[_Head]()
    try:
        says = log.restores()
        amiss = _gather(heads, files, keys, _known(says, restored), course)
        last_at = _walk(log, heads, clock * 1000, course, told)
        if amiss is not None:
            raise amiss
        _age(course, max(as_of or 0, last_at), max_age * 1000)
    except sqlite3.Error:
        return _verdict(course, fault="unreadable", fault_at=course.entries + 1)
    except Fault as fault:
        at = course.vouched + 1 if fault.at is None else fault.at
        unknown = tuple(sorted(set(says) - set(restored)))
        return _verdict(course, fault=fault.code, fault_at=at, line=fault.line, restores=unknown)
    return _verdict(course)


def _verdict(course: _Course, **fault: Any) -> Verdict:
    newest = course.newest.at if course.newest else None
    told: dict[str, Any] = {"signed": course.signed, "newest_at": newest, "lost": course.lost, "silent": course.silent}
    return Verdict(not fault, course.entries, course.head, **told | fault)


def _known(says: dict[int, int], restored: Sequence[int]) -> list[tuple[int, int]]:
    """After how many entries, and when. Raises Fault when the log itself does not say so."""
    for entries in restored:
        if not isinstance(says.get(entries), int):
            raise Fault("not_restored", at=entries + 1)
    return [(entries, says[entries]) for entries in restored]


def _gather(
    heads: list[_Head],
    files: Iterable[Path],
    keys: Sequence[Ed25519PublicKey],
    known: list[tuple[int, int]],
    course: _Course,
) -> Fault | None:
    """Into `heads` what the log must still hold, entries ascending; returns where the lines are not as they were
    written, or contradict each other: what follows there is left out."""
    found: dict[str, dict[int, Line]] = {key_id(key): {} for key in keys}
    amiss = None
    try:
        _read(files, {key_id(key): key for key in keys}, found)
    except Fault as fault:
        amiss = fault
    try:
        for line in _ordered(found, course):
            if any(line.entries > entries and line.at < at for entries, at in known):
                course.lost += 1
            else:
                _add(heads, line)
    except Fault as fault:
        amiss = amiss or fault
    return amiss


def _read(files: Iterable[Path], keys: dict[str, Ed25519PublicKey], found: dict[str, dict[int, Line]]) -> None:
    """Into `found` the lines of each key by number. Raises Fault."""
    for path in files:
        last: dict[str, Line] = {}
        with open(path, encoding="ascii", errors="replace") as texts:
            for line in filter(None, map(Line.parse, texts)):
                if line.key not in keys:
                    raise Fault("key", line=line.seq)
                before, same = last.get(line.key), found[line.key].get(line.seq)
                if (same is None or same.text != line.text) and not line.is_signed_by(keys[line.key]):
                    raise Fault("signature", line=line.seq)
                if same is not None and same.text != line.text:
                    raise Fault("forked", line=line.seq)
                if before is not None and line.seq <= before.seq and line.text != before.text:
                    raise Fault("replayed", line=line.seq)
                last[line.key] = found[line.key][line.seq] = line


def _ordered(found: dict[str, dict[int, Line]], course: _Course) -> Iterator[Line]:
    """All lines as they were signed. Raises Fault where one is missing, or does not follow the one before."""
    for lines in found.values():
        if not lines:
            raise Fault("none")
        previous = GENESIS
        for expected, seq in enumerate(sorted(lines), 1):
            line = lines[seq]
            if seq != expected:
                raise Fault("missing", line=expected)
            if line.previous != previous:
                raise Fault("forked", line=seq)
            if course.newest is not None and line.entries > course.newest.entries:
                course.silent = max(course.silent, (line.at - course.newest.at, seq))
            previous, course.newest = line.digest, line
            course.signed += 1
            yield line


def _add(heads: list[_Head], line: Line) -> None:
    last = heads[-1] if heads else None
    if last is None or line.entries > last.entries:
        heads.append(_Head(line.entries, line.head, line.at, line.at, line.seq))
    elif line.entries < last.entries:
        raise Fault("rolled_back", line=line.seq)
    elif line.head != last.head:
        raise Fault("forked", line=line.seq)
    else:
        last.last_at = max(last.last_at, line.at)


def _walk(log: Log, heads: list[_Head], clock: int, course: _Course, told: Callable[[int], object]) -> int:
    """The log, entry by entry, against the heads. Returns the time of the last entry. Raises Fault."""
    coming = iter(heads)
    head = next(coming, None)
    earliest, at = -(1 << 62), 0
    if head is not None and head.entries == 0:  # signed when nothing was written yet
        earliest, head = head.last_at, next(coming, None)
    for *values, stored in log.rows():
        number = course.entries + 1
        row = dict(zip(COLUMNS, values, strict=True))
        if row["id"] != number:
            raise Fault("gap", at=number)
        if row["previous"] != course.head:
            raise Fault("link", at=number)
        if digest(row) != stored:
            raise Fault("content", at=number)
        at = row["at"]
        if not isinstance(at, int) or at < earliest - clock or (head is not None and at > head.first_at + clock):
            raise Fault("time", at=number)
        if head is not None and number == head.entries:
            if stored != head.head:
                raise Fault("rewritten", line=head.line, at=number)
            course.vouched, earliest, head = number, head.last_at, next(coming, None)
        course.entries, course.head = number, stored
        if not number % TOLD:
            told(number)
    if head is not None:
        raise Fault("cut", line=head.line, at=course.entries + 1)
    return at


def _age(course: _Course, moment: int, most: int) -> None:
    assert course.newest is not None  # else it was Fault("none")
    if most and moment - course.newest.at > most:
        raise Fault("stale", line=course.newest.seq, at=course.vouched + 1)


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0: whole, 1: not, 2: could not be checked."""
    parser = argparse.ArgumentParser(description="Check the log of the portal against signed heads of it.")
    add = parser.add_argument
    add("database", type=Path, help="the register, or a copy of it made by SQLite")
    add("--checkpoints", type=Path, action="append", required=True, help="signed heads; repeat it for more files")
    add("--public-key", type=public_key, action="append", required=True, help="64 hex digits")
    add("--restored", type=int, action="append", default=[], help="after how many entries: a restore that you know of")
    add("--as-of", type=dt.datetime.fromisoformat, help="when the files were taken, with its zone; else now")
    add("--max-age", type=int, default=MAX_AGE, help="seconds; 0: any age of the newest head will do")
    add("--clock", type=int, default=CLOCK, help="seconds that clocks may differ")
    add("--json", action="store_true", help="print one JSON object")
    given = parser.parse_args(arguments)
    moment = given.as_of or dt.datetime.now(dt.UTC)
    ages = {"as_of": milliseconds(moment), "max_age": given.max_age, "clock": given.clock}
    try:
        with contextlib.closing(Log(given.database)) as log:
            verdict = check(log, given.checkpoints, given.public_key, restored=given.restored, **ages)
    except (OSError, sqlite3.Error) as error:
        print(f"not checked: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    print(json.dumps(dataclasses.asdict(verdict)) if given.json else verdict)
    return 0 if verdict.whole else 1


if __name__ == "__main__":
    sys.exit(main())
