"""Files that are there after a power cut, or were never there."""

import contextlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` durable (fsync of the directory)."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


_durable: set[Path] = set()
"""The folders whose names this process knows to be durable, at most MOST_KNOWN: one is made for each recording."""
MOST_KNOWN = 4096


def make_folder(folder: Path) -> None:
    """Create `folder` and its parents, private, each durable in its parent."""
    if folder.is_dir():
        if folder not in _durable:  # made by a process that may have died before it made the name durable
            with contextlib.suppress(PermissionError):  # in a folder that is another's, and so is the name
                sync_folder(folder.parent)
            _know(folder)
        return
    make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    sync_folder(folder.parent)
    _know(folder)


def _know(folder: Path) -> None:
    if len(_durable) >= MOST_KNOWN:
        _durable.clear()
    _durable.add(folder)


def scratch_of(target: Path) -> Path:
    """Where `target` is written before it has its name."""
    return target.with_name(f".{target.name}.part")


@contextlib.contextmanager
def new_file(target: Path, *, secret: bool = False) -> Iterator[BinaryIO]:
    """Write `target` whole or not at all: a scratch name beside it, fsync, rename, fsync of the folder. Of a `secret`
    no half is left behind, on the disk under no name either."""
    make_folder(target.parent)
    scratch = scratch_of(target)
    if secret:
        _overwrite(scratch)  # its writer was killed
        scratch.unlink(missing_ok=True)
    handle = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(scratch, target)
    except BaseException:
        if secret:
            _overwrite(scratch)
        scratch.unlink(missing_ok=True)
        raise
    sync_folder(target.parent)


def _overwrite(path: Path) -> None:
    with contextlib.suppress(OSError):
        handle = os.open(path, os.O_WRONLY | os.O_NOFOLLOW)
        try:
            os.write(handle, os.urandom(os.fstat(handle).st_size))
            os.fsync(handle)
        finally:
            os.close(handle)


@contextlib.contextmanager
def new_secret(target: Path) -> Iterator[BinaryIO]:
    """`new_file`, and what stood there before is overwritten once the new one is in its place."""
    with contextlib.ExitStack() as opened:
        before = None
        with contextlib.suppress(FileNotFoundError):
            before = opened.enter_context(open(target, "r+b", buffering=0))
        with new_file(target, secret=True) as file:
            yield file
        if before is not None:
            before.write(os.urandom(os.fstat(before.fileno()).st_size))
            os.fsync(before.fileno())


def remove_many(targets: Iterable[Path]) -> dict[Path, OSError]:
    """Unlink these, durably, each folder synced once; what is not there is no fault. Returns what could not be
    unlinked, and why."""
    refused: dict[Path, OSError] = {}
    folders = set()
    for target in targets:
        try:
            os.unlink(target)
        except FileNotFoundError:
            continue
        except OSError as error:
            refused[target] = error
        folders.add(target.parent)
    for folder in folders:
        try:
            sync_folder(folder)
        except OSError as error:
            refused[folder] = error
    return refused


def remove(target: Path) -> bool:
    """Unlink durably; False when it was not there. Raises OSError when it cannot be unlinked."""
    try:
        os.unlink(target)
    except FileNotFoundError:
        return False
    sync_folder(target.parent)
    return True
