"""Which backups there are, so that none of them outlives its days: a destroyed key is gone when its last copy is.

The list lies beside the ledger, and a backup is on it before its first key is copied. With a backup's keys
everything else in it is worthless, the register too; all of it is removed together.
"""

import contextlib
import dataclasses
import datetime as dt
import json
import os
import shutil
from pathlib import Path

from portal import clock, config, lock
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import db
from portal.retention import ledger, sweeps
from portal.retention.ledger import Kind, New
from portal.retention.models import KEY_BACKUP_DAYS
from portal.vault import durable

LIFE = dt.timedelta(days=KEY_BACKUP_DAYS) - dt.timedelta(hours=1)
"""The sweep that comes next removes it, so that no key is ever older than the days promised."""


@dataclasses.dataclass(frozen=True)
class Copy:
    name: str
    folder: Path
    """Holds `calls` and, unless set apart, `keys`."""
    keys: Path
    """The folder of key copies of all backups."""
    made_at: dt.datetime

    @property
    def calls_here(self) -> Path:
        return self.folder / "calls" / self.name

    @property
    def keys_here(self) -> Path:
        return self.keys / self.name

    @property
    def whole(self) -> bool:
        """Was it made to its end, and can it be reached? A backup under way is not."""
        return all((here / "manifest.json").exists() for here in (self.calls_here, self.keys_here))

    @property
    def over(self) -> bool:
        # One that is still to come was made by a clock that has been set back since: nobody knows its age
        return not clock.now() - LIFE < self.made_at <= clock.now()


def _list() -> Path:
    return config.settings().ledger / "copies.json"


def every() -> list[Copy]:
    """The backups whose keys may still be there, oldest first; unfinished ones too."""
    try:
        rows = json.loads(_list().read_text())
    except FileNotFoundError:
        return []
    return [Copy(r["name"], Path(r["folder"]), Path(r["keys"]), dt.datetime.fromisoformat(r["made_at"])) for r in rows]


def newest_whole() -> Copy | None:
    return max((copy for copy in every() if copy.whole), key=lambda copy: copy.made_at, default=None)


def add(copy: Copy) -> None:
    """Durable on return; before the first key is copied."""
    _change(add=copy)


def _change(*, add: Copy | None = None, drop: str = "") -> None:
    with lock.alone("copies", ledger.WAIT_SECONDS) as mine:
        if not mine:
            raise ledger.Busy
        rows = [copy for copy in every() if copy.name != drop] + ([add] if add else [])
        plain = [
            {"name": c.name, "folder": str(c.folder), "keys": str(c.keys), "made_at": c.made_at.isoformat()}
            for c in rows
        ]
        with durable.new_file(_list()) as file:
            file.write(json.dumps(plain, indent=1).encode())


def remove_old() -> tuple[int, str]:
    """Remove the backups that are over. Returns how many, and the kind of the last failure ('' for none).

    A disk that is not there is a failure: what lies on it has not been removed.
    """
    removed, failure = 0, ""
    for copy in every():
        if not copy.over:
            continue
        try:
            remove(copy)
        except (OSError, ledger.Busy) as error:
            failure = sweeps.kind(error)
        else:
            removed += 1
    return removed, failure


def remove(copy: Copy) -> None:
    """Overwrite and unlink its keys, then the rest; can be repeated. Raises OSError."""
    for root in (copy.keys, copy.folder):
        os.stat(root)  # a disk that is not mounted is no empty one
    if copy.keys_here.exists():
        for path in sorted(copy.keys_here.rglob("*")):
            if path.is_file():
                _shred(path)
        shutil.rmtree(copy.keys_here)
        durable.sync_folder(copy.keys)
    if copy.calls_here.exists():
        shutil.rmtree(copy.calls_here)
        durable.sync_folder(copy.calls_here.parent)
    forget(copy, found=True)


def forget(copy: Copy, *, found: bool) -> None:
    """Take it off the list. `found=False`: somebody says that the disk it was on is destroyed."""
    with db.atomic():
        record(Act.COPIES_REMOVED, code=copy.name, found=found)
    ledger.append(New(Kind.COPIES_REMOVED, detail={"name": copy.name, "found": found}))
    _change(drop=copy.name)


def _shred(path: Path) -> None:
    with contextlib.suppress(OSError), open(path, "r+b", buffering=0) as file:
        file.write(os.urandom(os.fstat(file.fileno()).st_size))
        os.fsync(file.fileno())
    path.unlink(missing_ok=True)
