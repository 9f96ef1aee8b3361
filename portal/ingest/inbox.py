"""What stands in the inbox, and whether it has settled. FreePBX lays its files by year, month and day."""

import contextlib
import dataclasses
import datetime as dt
import errno
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import peewee

from portal import clock, config
from portal.db import db
from portal.ingest.content import Print
from portal.ingest.models import Arriving, Quarantined, QuarantineState

DEEPEST = 12
"""Folders within folders."""

FOLDER_STAYS = dt.timedelta(days=2)
"""An empty folder younger than this may still be written to."""

PATIENCE = dt.timedelta(minutes=10)
"""How long a settled file waits for what belongs to it: its call detail record, the file beside a vCon."""


@dataclasses.dataclass(frozen=True)
class Found:
    """Something in a folder that is not a folder."""

    path: Path
    name: str
    """Path relative to the folder walked, in text that can be stored."""
    print: Print
    regular: bool
    since: dt.datetime | None = None
    """Unchanged since then; None at the first look, and after every change."""

    @property
    def settled(self) -> bool:
        """Unchanged between two looks and for `settle_seconds`."""
        wait = dt.timedelta(seconds=config.settings().settle_seconds)
        return self.since is not None and clock.now() - self.since >= wait

    @property
    def patient(self) -> bool:
        """It may still wait for what belongs to it."""
        return self.since is None or clock.now() - self.since < PATIENCE

    @property
    def ending(self) -> str:
        return self.path.suffix[1:].lower()

    @property
    def base(self) -> str:
        """The file's own name, storable."""
        return self.name.rpartition("/")[2]


def storable(name: str) -> str:
    """File names are bytes: what is no UTF-8 in `name` is written as \\xNN."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def make_nameable(file: Found) -> None:
    """A file that stays in the inbox is found again by its name when its time comes, so one whose name is no
    UTF-8 is renamed. Raises FileNotFoundError then: the next look sees it. Raises OSError (EILSEQ) when
    a folder's name is at fault."""
    if os.fsencode(file.path).endswith(file.name.encode()):
        return
    if not os.fsencode(file.path.parent / file.base).endswith(file.name.encode()):
        raise OSError(errno.EILSEQ, "a folder's name is not UTF-8")
    os.rename(file.path, file.path.with_name(file.base))
    raise FileNotFoundError


def remove_empty_folders(root: Path) -> None:
    """Folders of past days, that the telephone system makes and nobody else would clear away."""
    before = (clock.now() - FOLDER_STAYS).timestamp()
    for folder, _, _ in os.walk(root, topdown=False):
        if Path(folder) != root and os.lstat(folder).st_mtime < before:
            with contextlib.suppress(OSError):  # not empty, or gone
                os.rmdir(folder)


def walk(folder: Path, fault: Callable[[OSError], None]) -> Iterator[Found]:
    """Everything below `folder` that is no folder, in order of path; symlinks are seen, never followed,
    dot files skipped. A folder that cannot be read is told to `fault`, and the rest goes on."""
    yield from _walk(folder, folder, DEEPEST, fault)


def _walk(root: Path, folder: Path, depth: int, fault: Callable[[OSError], None]) -> Iterator[Found]:
    try:
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries if not entry.name.startswith("."))
    except FileNotFoundError:
        if folder == root:
            raise
        return
    except OSError as error:
        fault(error)
        return
    for name in names:
        path = folder / name
        try:
            found = os.lstat(path)
        except FileNotFoundError:
            continue
        if not stat.S_ISDIR(found.st_mode):
            yield look(path, root, found)
        elif depth:
            yield from _walk(root, path, depth - 1, fault)


def look(path: Path, root: Path, found: os.stat_result) -> Found:
    return Found(path, storable(str(path.relative_to(root))), Print.of(found), stat.S_ISREG(found.st_mode))


def compare(files: Iterable[Found]) -> list[Found]:
    """The files with `since` set from what was seen at the last look; remembers this look, in steps that keep nobody
    else waiting."""
    seen = {row.path: row for row in Arriving.select()}
    now = clock.now()
    known = []
    new: list[dict[str, object]] = []
    for file in files:
        row = seen.pop(file.name, None)
        if row is None or (row.size, row.mtime_ns) != file.print:
            new.append({"path": file.name, "size": file.print.size, "mtime_ns": file.print.mtime_ns, "since": now})
            known.append(file)
        else:
            known.append(dataclasses.replace(file, since=row.since))
    for start in range(0, len(new), 500):
        with db.atomic():
            Arriving.insert_many(new[start : start + 500]).on_conflict(
                conflict_target=(Arriving.path,), preserve=(Arriving.size, Arriving.mtime_ns, Arriving.since)
            ).execute()
    forget(list(seen))
    return known


def forget(names: list[str]) -> None:
    """These have left the inbox."""
    for start in range(0, len(names), 500):
        with db.atomic():
            Arriving.delete().where(Arriving.path.in_(names[start : start + 500])).execute()


def waiting() -> int:
    """How many files stood in the inbox at the last look, those listed in quarantine aside."""
    listed = (Quarantined.state == QuarantineState.WAITING, ~Quarantined.sealed)
    standing = Quarantined.select(peewee.fn.COUNT(Quarantined.id)).where(*listed)
    found: int = Arriving.select(peewee.fn.COUNT(Arriving.id) - standing).scalar()
    return max(0, found)
