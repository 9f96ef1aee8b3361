"""Putting a backup back into an empty data folder. What it brings is checked before anything is written, and
again as it is written; the register comes last. `replay` then brings it to the present."""

import contextlib
import dataclasses
import hashlib
import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from portal import config, db, lock
from portal.audit.chain import Checkpoint
from portal.recordings.models import Store
from portal.retention import backup, closed, ledger
from portal.retention.backup import NoBackup
from portal.vault import box, durable, keystore, objects, parcel, ring, root
from portal.vault.box import SealBroken

BLOCK = 1 << 20


class Refused(Exception):
    """The restore may not begin; the text says why and what to do."""


class Damaged(Exception):
    """A file of the backup is not what its manifest says; the text names it."""


@dataclasses.dataclass(frozen=True)
class Found:
    """A backup whose two halves belong together."""

    name: str
    calls: Path
    keys: Path
    told: dict[str, Any]
    key_files: dict[str, str]
    keyring: str
    """SHA-256 of the keyring; '' in one from before there were any."""

    @property
    def made_at(self) -> str:
        return str(self.told["made_at"])


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """While web and worker are stopped, and no command writes. Raises Refused."""
    durable.make_folder(config.settings().data)
    with contextlib.ExitStack() as stack:
        if not stack.enter_context(lock.alone("running")):
            raise Refused("web or worker is running: stop both first")
        for name in ("backup", "purge", "sweep", "import"):
            if not stack.enter_context(lock.alone(name)):
                raise Refused("another command is at work: let it end first")
        yield


def find(folder: Path, *, keys: Path | None = None, name: str = "") -> Found:
    """The backup `name` in `folder`, by default the newest. Raises NoBackup."""
    folder = folder.absolute()
    keys = (keys or folder / "keys").absolute()
    here = backup.names(folder)
    chosen = name or (here[-1] if here else "")
    if chosen not in here:
        raise NoBackup("there is no such backup in the folder" if name else "there is no whole backup in the folder")
    try:
        ring.borrow(keys / chosen / backup.KEYRING)
    except root.RootKeyWrong as error:
        raise NoBackup(f"{backup.OTHER_ROOT}: {error}") from error
    except root.RootKeyMissing as error:
        raise NoBackup(str(error)) from error
    told = backup.read(folder / "calls" / chosen / "manifest.json", "calls")
    if not (keys / chosen).is_dir():
        raise NoBackup("its keys are not there: they live seven days, or lie in another folder (--keys)")
    key_told = backup.read(keys / chosen / "manifest.json", "keys")
    if told["name"] != chosen or key_told["name"] != chosen:
        raise NoBackup("its keys and its register are of two backups")
    return Found(chosen, folder / "calls" / chosen, keys / chosen, told, key_told["files"], key_told.get("keyring", ""))


def refuse_unless_ready(found: Found, *, without_ledger: bool) -> None:
    """Raises Refused when the data folder is in use, or the ledger does not go on from the backup."""
    settings = config.settings()
    under_way = closed.restoring()
    if under_way is not None and under_way["name"] != found.name:
        raise Refused(f"a restore of {under_way['name']} is not finished: finish it, or move the data folder aside")
    if under_way is None:
        stores = (keystore.folder(store) for store in keystore.STORES)
        sounds = (objects.folder(store) for store in keystore.STORES)
        if settings.database.exists() or any(_any_file(folder) for folder in (*stores, *sounds)):
            raise Refused("the data folder holds a register or sealed calls: move them aside first")
    if without_ledger:
        return
    try:
        ledger.verify(Checkpoint(*found.told["ledger"]))
    except ledger.Broken as error:
        raise Refused(
            "the ledger is not here, is not whole, or does not know this backup: put it into the folder `ledger`. "
            "Without it what was erased and whose rights were taken since are back (--without-ledger)"
        ) from error


def _any_file(folder: Path) -> bool:
    return folder.exists() and any(path.is_file() for path in folder.rglob("*"))


def put_back(
    found: Found, *, without_ledger: bool = False, told: Callable[[int, int], None] = lambda _done, _whole: None
) -> None:
    """Keyring, sound, keys, then the register; of what the ledger knows as deleted neither sound nor key. Can be
    repeated: what is there whole is left. `told` hears how many files of how many had their turn. Raises Damaged,
    OSError."""
    if closed.restoring() is None:
        closed.begin(name=found.name, made_at=found.made_at, register=False)
    settings = config.settings()
    if found.keyring and not settings.keyring.exists():
        _put(found.keys / backup.KEYRING, settings.keyring, None, found.keyring)
    deleted = set() if without_ledger else _deleted()
    turns, whole = itertools.count(1), len(found.told["files"]) + len(found.key_files)
    for name, (size, _, digest) in found.told["files"].items():
        told(next(turns), whole)
        if name.split("/")[2] in deleted:
            continue
        _put(found.calls / name, _target(name, objects.folder), size, digest)
    for name, digest in found.key_files.items():
        told(next(turns), whole)
        if name.split("/")[2].removesuffix(".key") in deleted:
            continue
        _put(found.keys / name, _target(name, keystore.folder), keystore.SIZE, digest)
    _put_register(found)


def _deleted() -> set[str]:
    deleted: set[str] = set()
    for line in ledger.lines():
        if line.kind == ledger.Kind.PURGE and line.subject:
            deleted.update((line.subject.hex, *line.detail.get("also", ())))
    return deleted


def _target(name: str, folder_of: Any) -> Path:
    store, *parts = name.split("/")
    if store not in set(Store) or not parts or any(part in ("", ".", "..") for part in parts):
        raise Damaged(name)
    return Path(folder_of(store), *parts)


def _put(source: Path, target: Path, size: int | None, digest: str) -> None:
    if target.exists() and target.stat().st_size == size and _digest(target) == digest:
        return
    seen = hashlib.sha256()
    try:
        with open(source, "rb") as given, durable.new_file(target) as file:
            while block := given.read(BLOCK):
                seen.update(block)
                file.write(block)
            if seen.hexdigest() != digest:
                raise Damaged("/".join(source.parts[-3:]))
    except FileNotFoundError as error:
        raise Damaged("/".join(source.parts[-3:])) from error


def _digest(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _put_register(found: Found) -> None:
    database = config.settings().database
    if (closed.restoring() or {}).get("register"):
        return  # an earlier run put it there whole, and may have replayed a part
    try:
        key = box.unseal("backup", found.name.encode(), (found.keys / "register.key").read_bytes())
        scratch = database.with_name(".portal.db.part")
        handle = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with open(found.calls / "register", "rb") as sealed, os.fdopen(handle, "wb") as file:
            for block in parcel.opened(sealed, key, found.name.encode()):
                file.write(block)
            file.flush()
            os.fsync(file.fileno())
    except (SealBroken, FileNotFoundError) as error:
        raise Damaged("register") from error
    if not db.is_sound(scratch):
        raise Damaged("register")
    for left in ("-wal", "-shm"):  # of a register that is no more: they would be read into this one
        durable.remove(database.with_name(database.name + left))
        durable.remove(scratch.with_name(scratch.name + left))
    os.replace(scratch, database)
    durable.sync_folder(database.parent)
    closed.begin(name=found.name, made_at=found.made_at, register=True)
