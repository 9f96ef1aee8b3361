"""Reconciliation: do the register, the keys, the sound and the telephone system's records agree?

Walks the stores folder by folder (a subject's first two hex digits). What is young, or is being written,
moved or deleted, is not judged; every fault is looked at once more before it is one. What is certain is
repaired; the rest is listed for a person.
"""

import collections
import dataclasses
import datetime as dt
import os
import re
import uuid
from collections.abc import Iterator
from pathlib import Path

from portal import clock, lock
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import db
from portal.recordings import index
from portal.recordings.models import Playable, Recording, State
from portal.retention import counts, deletion, owners, sweeps
from portal.retention.owners import Owned, Standing
from portal.retention.watching import Fault, Finding
from portal.vault import keystore, objects

YOUNG = dt.timedelta(hours=1)
"""A file that was written since belongs to a live writer, or may."""

MOST_REPAIRED = 100
"""More of one kind at once is no accident of a kill but a disk that is not mounted or a restore half done:
nothing of it is repaired, a person looks."""

SUBJECT = re.compile(r"[0-9a-f]{32}")
NIGHT = dt.time(2)


@dataclasses.dataclass(frozen=True)
class Seen:
    """Something that does not agree."""

    kind: Fault
    subject: uuid.UUID | None = None
    store: str = ""
    day: dt.date | None = None
    count: int = 1
    path: Path | None = dataclasses.field(default=None, compare=False)

    @property
    def key(self) -> tuple[str, uuid.UUID | None, str, dt.date | None]:
        return str(self.kind), self.subject, self.store, self.day


@dataclasses.dataclass
class Summary:
    busy: bool = False
    subjects: int = 0
    """How many of the register and the stores were compared."""
    repaired: dict[str, int] = dataclasses.field(default_factory=dict)
    """Code of `Fault` → how many."""
    open: dict[str, int] = dataclasses.field(default_factory=dict)
    """Those that wait for a person."""
    days: list[counts.Day] = dataclasses.field(default_factory=list)
    """Calls per day against the telephone system's records."""


@dataclasses.dataclass
class Files:
    """What the stores hold of one subject."""

    keys: set[str] = dataclasses.field(default_factory=set)
    """Stores with a key."""
    parts: dict[str, dict[str, int]] = dataclasses.field(default_factory=dict)
    """Store → part → size; a store with an empty folder is here too."""
    newest: float = 0
    """The youngest file's time of change."""


def nightly() -> Summary | None:
    """Reconcile when nobody has done so since two o'clock last night; else None."""
    now = clock.now()
    night = clock.from_local(dt.datetime.combine(clock.today(), NIGHT))
    if night > now:
        night = clock.from_local(dt.datetime.combine(clock.today() - dt.timedelta(days=1), NIGHT))
    trace = sweeps.last("reconcile")
    if trace and trace.good_at and night <= trace.good_at <= now:
        return None
    return reconcile()


def reconcile() -> Summary:
    """Compare, repair what is certain, and keep what is not. One at a time: a second one is `busy`."""
    with lock.alone("reconcile") as alone:
        if not alone:
            return Summary(busy=True)
        with sweeps.running("reconcile") as run:
            summary = Summary()
            seen = [fault for prefix in range(256) for fault in _compare(prefix, summary)]
            summary.days = counts.days()
            seen += [Seen(Fault.CALL_MISSING, day=day.day, count=day.missing) for day in summary.days if day.missing]
            done: set[Seen] = set()
            for kind, many in _by_kind(seen).items():
                if len(many) <= MOST_REPAIRED:
                    for fault in many:
                        try:
                            if _repair(fault):
                                done.add(fault)
                        except OSError as error:
                            run.fault = sweeps.kind(error)
                summary.repaired[kind] = sum(fault in done for fault in many)
            _keep(seen, done)
            summary.repaired = {kind: n for kind, n in summary.repaired.items() if n}
            summary.open = dict(collections.Counter(str(fault.kind) for fault in seen if fault not in done))
            with db.atomic():
                record(Act.RECONCILED, count=summary.subjects, repaired=len(done), found=len(seen) - len(done))
    return summary


def _by_kind(seen: list[Seen]) -> dict[str, list[Seen]]:
    found: dict[str, list[Seen]] = collections.defaultdict(list)
    for fault in seen:
        found[str(fault.kind)].append(fault)
    return found


# Comparing


def _compare(prefix: int, summary: Summary) -> list[Seen]:
    low = uuid.UUID(int=prefix << 120)
    high = uuid.UUID(int=(prefix << 120) | ((1 << 120) - 1))
    rows = owners.between(low, high)
    files, seen = _files(f"{prefix:02x}")
    summary.subjects += len(rows.keys() | files.keys())
    for subject in rows.keys() | files.keys():
        owned, here = rows.get(subject), files.get(subject, Files())
        for kind, store in _judge(owned, here):
            again = _files_of(subject)  # and the row after the files: either may have come or gone meanwhile
            if (kind, store) in _judge(owners.of(subject), again):
                seen.append(Seen(kind, subject, store))
    return seen


def _judge(owned: Owned | None, here: Files) -> list[tuple[Fault, str]]:
    standing = owned.standing if owned else None
    if standing == Standing.MOVING or _young(here.newest):
        return []
    stores = sorted(here.keys | here.parts.keys())
    if owned is None:
        alone = bool(here.keys) and not here.parts
        return [(Fault.KEY_ALONE if alone else Fault.NO_OWNER, store) for store in stores]
    if standing == Standing.GONE:
        return [(Fault.PURGED_KEPT, store) for store in stores]
    return _judge_kept(owned, here, stores)


def _judge_kept(owned: Owned, here: Files, stores: list[str]) -> list[tuple[Fault, str]]:
    home, parts = owned.store, here.parts.get(owned.store, {})
    others = [store for store in stores if store != home]
    if not owned.sound:
        return _judge_document(owned, here)
    whole = home in here.keys and "original" in parts
    if not whole and any(store in here.keys and "original" in here.parts.get(store, {}) for store in others):
        return [(Fault.WRONG_STORE, home)]
    found = [(Fault.LEFT_BEHIND, store) for store in others]
    if home not in here.keys:
        found.append((Fault.KEY_MISSING, home))
    if "original" not in parts:
        found.append((Fault.SOUND_MISSING, home))
    elif owned.size is not None and parts["original"] != objects.sealed_size(owned.size):
        found.append((Fault.SOUND_CHANGED, home))
    elif whole and any(part not in parts for part in owned.derived):
        found.append((Fault.DERIVED_MISSING, home))
    return found


def _judge_document(owned: Owned, here: Files) -> list[tuple[Fault, str]]:
    found = here.parts.get(owned.store, {}).get(owned.part)
    whole = owned.store in here.keys and owned.size is not None and found == objects.sealed_size(owned.size)
    return [] if whole else [(Fault.DOCUMENT_MISSING, owned.store)]


def _young(changed: float) -> bool:
    return changed > (clock.now() - YOUNG).timestamp()


def _files(prefix: str) -> tuple[dict[uuid.UUID, Files], list[Seen]]:
    """What the stores hold in the folder `prefix`, and what does not belong there."""
    found: dict[uuid.UUID, Files] = collections.defaultdict(Files)
    odd: list[Seen] = []
    for store in keystore.STORES:
        for entry in _scan(keystore.folder(store) / prefix):
            name, dot, ending = entry.name.partition(".")
            if SUBJECT.fullmatch(name) and dot and ending == "key":
                _add(found[uuid.UUID(hex=name)], store, entry)
            else:
                odd += _odd(entry, store)
        for entry in _scan(objects.folder(store) / prefix):
            if SUBJECT.fullmatch(entry.name) and entry.is_dir(follow_symlinks=False):
                odd += _parts(found[uuid.UUID(hex=entry.name)], store, Path(entry.path))
            else:
                odd += _odd(entry, store)
    return found, odd


def _files_of(subject: uuid.UUID) -> Files:
    """The same for one subject, anew."""
    found = Files()
    for store in keystore.STORES:
        path = keystore.path_of(subject, store=store)
        for entry in _scan(path.parent):
            if entry.name == path.name:
                _add(found, store, entry)
        if objects.anything(subject, store=store):
            _parts(found, store, objects.path_of(subject, "x", store=store).parent)
    return found


def _add(files: Files, store: str, entry: os.DirEntry[str]) -> None:
    files.keys.add(store)
    files.newest = max(files.newest, _changed(entry))


def _parts(files: Files, store: str, folder: Path) -> list[Seen]:
    odd: list[Seen] = []
    parts = files.parts.setdefault(store, {})
    with_folder = folder.stat().st_mtime if folder.exists() else 0
    files.newest = max(files.newest, with_folder)
    for entry in _scan(folder):
        if entry.name.startswith("."):
            odd += _odd(entry, store)
            continue
        files.newest = max(files.newest, _changed(entry))
        parts[entry.name] = entry.stat(follow_symlinks=False).st_size
    return odd


def _odd(entry: os.DirEntry[str], store: str) -> list[Seen]:
    """A half-written file whose writer died, or something that nobody here has written."""
    if _young(_changed(entry)):
        return []
    half = entry.name.startswith(".") and entry.name.endswith(".part") and entry.is_file(follow_symlinks=False)
    # Named by a pseudo-uuid of its path: a stranger's name may hold anything
    name = uuid.uuid5(uuid.NAMESPACE_URL, entry.path)
    return [Seen(Fault.STALE if half else Fault.STRANGER, name, store, path=Path(entry.path))]


def _scan(folder: Path) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            yield from list(entries)
    except FileNotFoundError:
        return


def _changed(entry: os.DirEntry[str]) -> float:
    try:
        return entry.stat(follow_symlinks=False).st_mtime
    except FileNotFoundError:
        return clock.now().timestamp()  # gone under our eyes


# Repairing


def _repair(fault: Seen) -> bool:
    """True when it is repaired; False when a person has to look. Raises OSError when the disk refuses."""
    if fault.kind == Fault.STALE and fault.path is not None:
        if not deletion.unlink_half(fault.path):
            return False
    elif fault.kind in (Fault.PURGED_KEPT, Fault.KEY_ALONE) and fault.subject is not None:
        deletion.destroy_ownerless(fault.subject)
    elif fault.kind == Fault.DERIVED_MISSING:
        return _make_again(fault)
    else:
        return False
    with db.atomic():
        record(Act.REPAIRED, kind=fault.kind, store=fault.store, uuid=fault.subject.hex if fault.subject else "")
    return True


@db.atomic()
def _make_again(fault: Seen) -> bool:
    assert fault.subject is not None
    row = Recording.get_or_none(Recording.sealed_under(fault.subject))
    waits = Recording.update(playable=Playable.PENDING, render_attempts=0).where(
        Recording.sealed_under(fault.subject), Recording.state == State.LIVE, Recording.playable == Playable.READY
    )
    if row is None or not waits.execute():
        return False
    index.put(Recording.get_by_id(row.id))
    record(Act.REPAIRED, row, kind=fault.kind, store=fault.store)
    return True


@db.atomic()
def _keep(seen: list[Seen], done: set[Seen]) -> None:
    """Bring the list up to date: new ones are added, those that are gone are closed."""
    now = clock.now()
    open_rows = {
        (row.kind, row.subject, row.store, row.day): row for row in Finding.select().where(Finding.gone_at.is_null())
    }
    for fault in seen:
        repaired = now if fault in done else None
        row = open_rows.pop(fault.key, None)
        if row is None:
            Finding.create(
                kind=fault.kind,
                subject=fault.subject,
                store=fault.store,
                day=fault.day,
                count=fault.count,
                repaired_at=repaired,
                gone_at=repaired,
            )
        else:
            Finding.update(last_at=now, count=fault.count, repaired_at=repaired, gone_at=repaired).where(
                Finding.id == row.id
            ).execute()
    gone = [row.id for row in open_rows.values()]
    for start in range(0, len(gone), 500):
        Finding.update(gone_at=now).where(Finding.id.in_(gone[start : start + 500])).execute()


def waiting(limit: int | None = None) -> list[Finding]:
    """What waits for a person, the oldest first."""
    return list(Finding.select().where(Finding.gone_at.is_null()).order_by(Finding.first_at, Finding.id).limit(limit))
