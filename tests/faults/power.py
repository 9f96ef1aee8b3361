"""A disk whose power is cut: what was not synced is gone, or in part not.

A file keeps the bytes it had when it was last synced, a folder the names it had. SQLite syncs by itself, beside
`os.fsync`: with `synchronous=full` its log is on the disk when a commit returns, and so it is taken here.
"""

import os
import random
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from portal import config, db


class Disk:
    """`survives`: how likely a change that was not synced is there all the same (a disk may write it any time)."""

    def __init__(self, folders: Iterable[Path], survives: float, seed: int) -> None:
        self.folders, self.survives, self.chance = list(folders), survives, random.Random(seed)
        self.names: dict[str, dict[str, int]] = {}
        self.bytes: dict[int, bytes] = {}
        self._held: dict[int, int] = {}

    def watch(self) -> None:
        """Everything is synced as it is now; from here on what is synced is noted. In the child only."""
        for folder in self.folders:
            for here, _, files in os.walk(folder):
                self._folder(here)
                for file in files:
                    self._file(os.path.join(here, file))
        os.fsync = self._noting(os.fsync)
        db.db.commit = self._noting_register(db.db.commit)
        db.db.execute_sql = self._noting_register(db.db.execute_sql)

    def _noting(self, fsync: Callable[[Any], None]) -> Callable[[Any], None]:
        def synced(handle: Any) -> None:
            fsync(handle)
            number = handle if isinstance(handle, int) else handle.fileno()
            path = os.readlink(f"/proc/self/fd/{number}")
            (self._folder if os.path.isdir(path) else self._file)(path)

        return synced

    def _noting_register(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def committed(*args: Any, **kwargs: Any) -> Any:
            result = call(*args, **kwargs)
            if not db.db.in_transaction() or call.__name__ == "commit":
                self._register()
            return result

        return committed

    def _register(self) -> None:
        folder = str(config.settings().data)
        names = self.names.setdefault(folder, {})
        for name in ("portal.db", "portal.db-wal"):
            path = os.path.join(folder, name)
            if os.path.exists(path):
                self._file(path)
                names[name] = os.stat(path).st_ino
            else:
                names.pop(name, None)
        names.pop("portal.db-shm", None)

    def _folder(self, path: str) -> None:
        if os.path.isdir(path):
            self.names[path] = {entry.name: entry.inode() for entry in os.scandir(path)}

    def _file(self, path: str) -> None:
        if not os.path.isfile(path):
            return  # unlinked, and still open
        with open(path, "rb") as file:
            number = os.fstat(file.fileno()).st_ino
            self.bytes[number] = file.read()
            if number not in self._held:
                self._held[number] = os.dup(file.fileno())  # so that no other file gets its number

    def lose_power(self) -> None:
        for folder in self.folders:
            left = self._left(str(folder))
            shutil.rmtree(folder)
            self._write(str(folder), left)

    def _left(self, folder: str) -> dict[str, Any]:
        """What is there when the power is back: name → bytes, or the same of a folder."""
        durable = self.names.get(folder, {})
        there = {e.name: e for e in os.scandir(folder)} if os.path.isdir(folder) else {}
        left: dict[str, Any] = {}
        for name in sorted(durable.keys() | there.keys()):
            path, register = os.path.join(folder, name), name.startswith("portal.db")
            now = there[name].inode() if name in there else None
            number = durable.get(name)
            if number != now and not register and self._lucky():
                number = now
            if number is None or name.endswith("-shm"):
                continue
            if number not in self.bytes and (path in self.names or os.path.isdir(path)):
                left[name] = self._left(path)
                continue
            content = self.bytes.get(number, b"")
            if number == now and not register and self._lucky():
                content = Path(path).read_bytes()
            left[name] = content
        return left

    def _lucky(self) -> bool:
        return self.chance.random() < self.survives

    def _write(self, folder: str, left: dict[str, Any]) -> None:
        os.makedirs(folder, exist_ok=True)
        for name, content in left.items():
            path = os.path.join(folder, name)
            if isinstance(content, dict):
                self._write(path, content)
            else:
                Path(path).write_bytes(content)
