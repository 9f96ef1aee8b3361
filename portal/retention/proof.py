"""Proof of a deletion: search everything the portal keeps for what must be gone, and say what is there.

The wrapped key is found without being known (`keystore.found_in`); plaintext only when it is told: words
that stood in notes or subject, a number. Reads only; what it found is logged as counts.
"""

import dataclasses
import mmap
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

from portal import config
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.cases import leaving
from portal.db import db
from portal.recordings import index
from portal.recordings.correction_models import Statement, StatementState
from portal.recordings.models import Recording
from portal.retention import owners, standing
from portal.retention.models import PurgeLine
from portal.retention.owners import Owned, Standing
from portal.retention.protocol import keys_gone_by
from portal.vault import keystore, objects

SHORTEST = 4
"""A marker of fewer characters is found everywhere, and proves nothing."""
SHARED = 8
"""A word of so many characters or more is also sought by its second half: where words stand in order, beginnings
shared with the one before are left out."""
TEMPORARY = ("portal-", "etilqs_")
"""How the portal's and the database's temporary files begin."""


class BadMarker(Exception):
    """A marker is too short."""


@dataclasses.dataclass(frozen=True)
class Found:
    where: str
    """A file, relative to the data folder where it is inside; never a name that people chose."""
    what: str
    """'key', 'objects', 'wrapped key', each 'of a copy', 'of another original' and 'of a paper' too, 'marker N',
    'end of marker N', 'number'."""
    count: int


@dataclasses.dataclass(frozen=True)
class Proof:
    subject: uuid.UUID
    known: bool
    """The register knows it."""
    purged: bool
    rule: str
    key_destroyed_at: str
    keys_gone_by: str
    searched: dict[str, int]
    """Place → bytes that were read."""
    found: list[Found]
    log_empty: bool
    """The database's own log held nothing when it was searched."""

    @property
    def clean(self) -> bool:
        return self.purged and not self.found


def prove(subject: uuid.UUID, *, markers: list[str], number: str = "") -> Proof:
    """Search for `subject`, the copies of requests that held it, and the papers added to it. Raises BadMarker."""
    needles = _needles(markers, number)
    line = PurgeLine.get_or_none(PurgeLine.subject == subject)
    owned = owners.of(subject)
    searched: dict[str, int] = {}
    subjects = {subject: ""} | dict.fromkeys(_copies(subject), " of a copy")
    subjects |= dict.fromkeys(_others(subject), " of another original")
    subjects |= dict.fromkeys(_papers(subject), " of a paper")
    found = [seen for one, mark in subjects.items() for seen in _in_stores(one, mark)]
    log_empty = True
    for place, path in _files():
        size = path.stat().st_size if path.exists() else 0
        if place == "portal.db-wal":
            log_empty = size == 0
        searched[place.split("/")[0]] = searched.get(place.split("/")[0], 0) + size
        found += _in_file(place, path, subjects, needles)
    destroyed = line.key_destroyed_at if line else None
    gone_by = keys_gone_by(destroyed)
    proof = Proof(
        subject=subject,
        known=owned is not None or line is not None,
        purged=_is_purged(line, owned),
        rule=line.rule if line else "",
        key_destroyed_at=destroyed.isoformat() if destroyed else "",
        keys_gone_by=gone_by.isoformat() if gone_by else "",
        searched=searched,
        found=found,
        log_empty=log_empty,
    )
    with db.atomic():
        record(Act.PURGE_PROVED, uuid=subject.hex, count=len(needles), found=len(found), whole=proof.purged)
    return proof


def _is_purged(line: PurgeLine | None, owned: Owned | None) -> bool:
    """A copy that was handed over has no line in the protocol; its row says that it is gone."""
    gone = owned is not None and owned.standing == Standing.GONE
    return gone if line is None else bool(line.purged_at) and (owned is None or gone)


def _copies(subject: uuid.UUID) -> list[uuid.UUID]:
    row = Recording.get_or_none(Recording.uuid == subject)
    return leaving.once_holding(row.id) if row is not None else []


def _others(subject: uuid.UUID) -> list[uuid.UUID]:
    """The other originals that the call has had, when passages of it were erased; not the one it is read from."""
    row = Recording.get_or_none(Recording.uuid == subject)
    if row is None:
        return []
    return [one for (one,) in standing.REDACTED(recording=row.id) if one != row.sealed_as]


def _papers(subject: uuid.UUID) -> list[uuid.UUID]:
    papers = Statement.select(Statement.uuid).join(Recording).where(Recording.uuid == subject)
    return [key for (key,) in papers.where(Statement.standing != StatementState.TEXT).tuples()]


def _in_stores(subject: uuid.UUID, mark: str) -> Iterator[Found]:
    for store in keystore.STORES:
        if keystore.exists(subject, store=store):
            yield Found(f"keystore of {store}", f"key{mark}", 1)
        if objects.anything(subject, store=store):
            yield Found(f"objects of {store}", f"objects{mark}", len(objects.parts(subject, store=store)))


def _needles(markers: list[str], number: str) -> list[tuple[str, bytes]]:
    """What to look for, in lower case: name, bytes."""
    found: list[tuple[str, bytes]] = []
    for place, marker in enumerate(markers, 1):
        for word in index.tokens(marker):
            if len(word) < SHORTEST:
                raise BadMarker
            found.append((f"marker {place}", word.encode()))
            found.append((f"marker {place}", word.encode("utf-16-le")))
            if len(word) >= SHARED:
                found.append((f"end of marker {place}", word[len(word) // 2 :].encode()))
        if not index.tokens(marker):
            raise BadMarker
    digits = "".join(c for c in number if c.isdigit())
    if number and len(digits) < SHORTEST:
        raise BadMarker
    if digits:
        local = digits[-9:] if len(digits) > 9 else digits
        found += [("number", local.encode()), ("number", local[::-1].encode())]  # the index keeps it backwards
    return found


def _files() -> Iterator[tuple[str, Path]]:
    """Every file of the data folder, of the places set elsewhere, and the temporary ones; place and path.

    Only the deliveries are left out of the names: they may hold a number.
    """
    settings = config.settings()
    roots = {"data": settings.data}
    for name in ("keystore", "objects", "threat_keystore", "threat_objects", "inbox", "ledger"):
        folder = getattr(settings, name, None)
        if isinstance(folder, Path) and not folder.is_relative_to(settings.data):
            roots[name] = folder
    for root, folder in roots.items():
        for path in sorted(folder.rglob("*")):
            if not path.is_file() or path.is_symlink():
                continue
            if path.is_relative_to(settings.inbox):
                yield "inbox", path
            else:
                inside = path.relative_to(folder).as_posix()
                yield inside if root == "data" else f"{root}/{inside}", path
    for path in sorted(Path(tempfile.gettempdir()).iterdir()):
        if path.is_file() and path.name.startswith(TEMPORARY):
            yield "temp", path


def _in_file(place: str, path: Path, subjects: dict[uuid.UUID, str], needles: list[tuple[str, bytes]]) -> list[Found]:
    counts: dict[str, int] = {}
    for content in _read(path):
        for subject, mark in subjects.items():
            if wrapped := keystore.found_in(content, subject):
                counts[f"wrapped key{mark}"] = counts.get(f"wrapped key{mark}", 0) + wrapped
        lower = content.lower() if needles else b""
        for what, needle in needles:
            if what.startswith("end") and not place.startswith("portal.db"):
                continue  # only the word index leaves beginnings out
            if seen := lower.count(needle):
                counts[what] = counts.get(what, 0) + seen
    return [Found(place, what, count) for what, count in sorted(counts.items())]


WINDOW, OVERLAP = 16 << 20, 4096


def _read(path: Path) -> Iterator[bytes]:
    """The file in windows that overlap by more than the longest needle; sealed objects and all. A thing in
    the overlap may be counted twice."""
    try:
        with path.open("rb") as file:
            if not path.stat().st_size:
                return
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole:
                for start in range(0, len(whole), WINDOW):
                    yield whole[start : start + WINDOW + OVERLAP]
    except (FileNotFoundError, ValueError):
        return  # gone, or emptied, under our eyes
