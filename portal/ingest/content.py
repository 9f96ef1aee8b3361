"""The bytes of a delivery while they are looked at: an open file, never a path, so that what was
checked is what is sealed. Bytes that came in no file of their own live in anonymous memory."""

import fcntl
import hashlib
import os
import stat
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, Self

from portal.vault import objects

BLOCK = 1 << 20


class NotAFile(Exception):
    """A symlink, folder, device or pipe where a regular file was expected."""


class Unreadable(Exception):
    """The file cannot be opened or read; `kind` is the errno name."""


class Changed(Exception):
    """The bytes moved while they were read: the file still grows."""


class Print(NamedTuple):
    """What tells that a file stood still."""

    size: int
    mtime_ns: int

    @classmethod
    def of(cls, found: os.stat_result) -> "Print":
        return cls(found.st_size, found.st_mtime_ns)


class Content:
    """An open regular file. Reads by place, so that a copy of the descriptor shares nothing."""

    handle = -1

    def __init__(self, handle: int) -> None:
        """Takes over the descriptor `handle`."""
        self.handle = handle
        self.print = Print.of(os.fstat(handle))

    @classmethod
    def at(cls, path: Path, *, beneath: Path | None = None) -> Self:
        """The file at `path`; with `beneath`, no part of the way from there may be a symlink.

        Raises NotAFile, Unreadable, or FileNotFoundError when it is gone.
        """
        if beneath is None:
            beneath = path.parent
        *folders, name = path.relative_to(beneath).parts
        step = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW
        opened: list[int] = []
        try:
            opened.append(os.open(beneath, os.O_RDONLY | os.O_CLOEXEC | os.O_DIRECTORY))
            for folder in folders:
                opened.append(os.open(folder, step | os.O_DIRECTORY, dir_fd=opened[-1]))
            # O_NONBLOCK: a pipe without a writer would hold the sweep for ever
            handle = os.open(name, step | os.O_NONBLOCK, dir_fd=opened[-1])
        except FileNotFoundError:
            raise
        except OSError as error:
            if path.is_symlink() or not path.is_file():
                raise NotAFile from error
            raise Unreadable from error
        finally:
            for folder_handle in opened:
                os.close(folder_handle)
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise NotAFile
        return cls(handle)

    @classmethod
    def of(cls, blocks: Iterable[bytes]) -> Self:
        """Anonymous memory filled with `blocks`: it has no name and is on no disk."""
        handle = os.memfd_create("content", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        try:
            for block in blocks:
                view = memoryview(block)
                while view:
                    view = view[os.write(handle, view) :]
            fcntl.fcntl(handle, fcntl.F_ADD_SEALS, fcntl.F_SEAL_WRITE | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW)
        except BaseException:
            os.close(handle)
            raise
        return cls(handle)

    @classmethod
    def sealed(cls, subject: uuid.UUID, part: str) -> Self:
        """A part of the vault, opened into memory. Raises NoKey, NoObject or SealBroken."""
        with objects.Reader(subject, part) as reader:
            return cls.of(reader.span(0, reader.size))

    @property
    def size(self) -> int:
        return self.print.size

    def head(self, count: int) -> bytes:
        return self._read(count, 0)

    def blocks(self) -> Iterator[bytes]:
        """All bytes in order. Raises Unreadable when the disk refuses, Changed when the file moved meanwhile."""
        place = 0
        while block := self._read(BLOCK, place):
            place += len(block)
            yield block
        if place != self.size or self.changed():
            raise Changed

    def snapshot(self) -> bytes:
        """What was there when it was opened, though it may grow; for small content."""
        return self._read(self.size, 0)

    def read(self) -> bytes:
        """The whole in memory; for small content."""
        return b"".join(self.blocks())

    def sha256(self) -> str:
        digest = hashlib.sha256()
        for block in self.blocks():
            digest.update(block)
        return digest.hexdigest()

    def changed(self) -> bool:
        return Print.of(os.fstat(self.handle)) != self.print

    def _read(self, count: int, place: int) -> bytes:
        try:
            return os.pread(self.handle, count, place)
        except OSError as error:
            raise Unreadable from error

    def close(self) -> None:
        if self.handle >= 0:
            os.close(self.handle)
            self.handle = -1

    def __del__(self) -> None:
        self.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *fault: object) -> None:
        self.close()
