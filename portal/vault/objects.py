"""Sealed objects: AES-256-GCM in 64 KiB chunks, readable from any place.

A file is HEADER + chunks. Each chunk's associated data is the header, the subject, the part, the
chunk's number and whether it is the last: swapping, cutting, lengthening or moving is refused.
The chunk key is derived per object from the subject's key and the header's salt (HKDF), so the
chunk number alone can be the nonce (NIST SP 800-38D §8.2.1).
"""

import contextlib
import hashlib
import io
import os
import struct
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from portal import config
from portal.vault import durable, keystore
from portal.vault.box import SealBroken

MAGIC = b"BPO1"
CHUNK = 65536
TAG = 16
HEADER = 4 + 32
"""Magic and salt."""


NEAR = 1 << 20
"""Bytes that `bring_near` asks for: a minute of telephone sound."""


class Sealed(NamedTuple):
    size: int
    """Bytes in the clear."""
    sha256: str
    """Of the bytes in the clear, hex."""


class NoObject(Exception):
    """The subject has no such part."""


class NotCopied(Exception):
    """What was written in the other store does not read as what was to be copied."""


def folder(store: str) -> Path:
    """Where the objects of `store` are. Raises KeyError for a store that is none."""
    settings = config.settings()
    if store == keystore.MAIN:
        return settings.objects
    return {keystore.THREAT: settings.threat_objects}[store]


def path_of(subject: uuid.UUID, part: str, *, store: str = keystore.MAIN) -> Path:
    return Path(_place(subject, part, store))


def _place(subject: uuid.UUID, part: str, store: str) -> str:
    name = subject.hex
    return f"{folder(store)}/{name[:2]}/{name}/{part}"


def _cipher(key: bytes, header: bytes, subject: uuid.UUID, part: str) -> AESGCM:
    info = b"portal:object:" + subject.bytes + part.encode()
    return AESGCM(HKDF(SHA256(), 32, salt=header[4:], info=info).derive(key))


def _bound(header: bytes, subject: uuid.UUID, part: str, number: int, last: bool) -> bytes:
    return header + subject.bytes + part.encode() + struct.pack(">Q?", number, last)


def _nonce(number: int) -> bytes:
    return struct.pack(">IQ", 0, number)


def sealed_size(size: int) -> int:
    """Bytes on disk of a part that has `size` bytes in the clear."""
    return HEADER + size + TAG * max(1, -(-size // CHUNK))


def blocks(source: BinaryIO) -> Iterator[bytes]:
    """The chunks of an open file."""
    while block := source.read(CHUNK):
        yield block


def seal(
    subject: uuid.UUID, part: str, content: Iterable[bytes], *, new_key: bool = True, store: str = keystore.MAIN
) -> Sealed:
    """Seal `content` (blocks of any size) as `part`, durable on return; replaces an earlier one whole.

    Makes the subject's key first if there is none; with `new_key=False` it raises NoKey instead,
    so that what is derived from a purged recording never brings a key back. Raises OSError when
    the disk refuses; then nothing of the part is left.
    """
    key = keystore.create(subject, store=store) if new_key else keystore.load(subject, store=store)
    header = MAGIC + os.urandom(32)
    cipher = _cipher(key, header, subject, part)
    digest, size, number, pending = hashlib.sha256(), 0, 0, bytearray()
    with durable.new_file(path_of(subject, part, store=store)) as file:
        file.write(header)
        for block in content:
            digest.update(block)
            size += len(block)
            pending += block
            while len(pending) > CHUNK:
                clear = bytes(pending[:CHUNK])
                del pending[:CHUNK]
                file.write(cipher.encrypt(_nonce(number), clear, _bound(header, subject, part, number, False)))
                number += 1
        file.write(cipher.encrypt(_nonce(number), bytes(pending), _bound(header, subject, part, number, True)))
    return Sealed(size, digest.hexdigest())


class Reader(io.RawIOBase):
    """A sealed object as a seekable file in the clear; holds one chunk in memory."""

    def __init__(self, subject: uuid.UUID, part: str, *, store: str = keystore.MAIN) -> None:
        """Raises NoKey, NoObject or SealBroken."""
        self._handle = -1
        self._subject, self._part = subject, part
        key = keystore.load(subject, store=store)
        try:
            self._handle = os.open(_place(subject, part, store), os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError as error:
            raise NoObject from error
        self._header = os.pread(self._handle, HEADER, 0)
        body = os.fstat(self._handle).st_size - HEADER
        self._chunks = -(-body // (CHUNK + TAG)) if body > 0 else 0
        # A last chunk without a byte in the clear is one that nobody would ask for, and so never open: only that of
        # an empty object has none. Whatever was cut off ends elsewhere.
        last = body - (self._chunks - 1) * (CHUNK + TAG)
        if len(self._header) != HEADER or self._header[:4] != MAGIC or last < TAG + (self._chunks > 1):
            self.close()
            raise SealBroken
        self.size = body - TAG * self._chunks
        self._cipher = _cipher(key, self._header, subject, part)
        self._position = 0
        self._held: tuple[int, bytes] = (-1, b"")
        if not self.size:
            try:
                self._chunk(0)
            except SealBroken:
                self.close()
                raise

    def _chunk(self, number: int) -> bytes:
        if self._held[0] == number:
            return self._held[1]
        sealed = os.pread(self._handle, CHUNK + TAG, HEADER + number * (CHUNK + TAG))
        bound = _bound(self._header, self._subject, self._part, number, number == self._chunks - 1)
        try:
            clear = self._cipher.decrypt(_nonce(number), sealed, bound)
        except (InvalidTag, ValueError) as error:
            raise SealBroken from error
        self._held = (number, clear)
        return clear

    def span(self, start: int, stop: int) -> Iterator[bytes]:
        """The bytes from `start` up to `stop`, in blocks of at most 64 KiB."""
        while start < min(stop, self.size):
            number, offset = divmod(start, CHUNK)
            block = self._chunk(number)[offset : offset + stop - start]
            start += len(block)
            yield block

    def bring_near(self, start: int, stop: int) -> None:
        """Let the system read these bytes before they are asked for: what a slow disk takes long to give is then
        there. Opens no seal, waits for nothing, raises nothing."""
        if start < min(stop, self.size):
            first, last = start // CHUNK, -(-stop // CHUNK)
            _advise(self._handle, HEADER + first * (CHUNK + TAG), (last - first) * (CHUNK + TAG))

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # what it is called with
        number, offset = divmod(self._position, CHUNK)
        if self._position >= self.size:
            return 0
        block = self._chunk(number)[offset : offset + len(buffer)]
        buffer[: len(block)] = block
        self._position += len(block)
        return len(block)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def tell(self) -> int:
        return self._position

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def close(self) -> None:
        handle, self._handle = self._handle, -1
        if handle >= 0:
            os.close(handle)
        super().close()


def read(subject: uuid.UUID, part: str, *, store: str = keystore.MAIN) -> bytes:
    """The whole part in memory; for small parts."""
    with Reader(subject, part, store=store) as reader:
        return b"".join(reader.span(0, reader.size))


def bring_near(subject: uuid.UUID, part: str, *, store: str = keystore.MAIN) -> None:
    """Let the system read the beginning of a sealed object before it is asked for. Opens no seal, raises nothing."""
    try:
        handle = os.open(_place(subject, part, store), os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return
    _advise(handle, 0, NEAR)
    os.close(handle)


def _advise(handle: int, start: int, length: int) -> None:
    with contextlib.suppress(OSError):  # a hint, not a promise
        os.posix_fadvise(handle, start, length, os.POSIX_FADV_WILLNEED)


def exists(subject: uuid.UUID, part: str, *, store: str = keystore.MAIN) -> bool:
    return path_of(subject, part, store=store).exists()


def anything(subject: uuid.UUID, *, store: str = keystore.MAIN) -> bool:
    """Does the subject have a folder of objects there, be it empty?"""
    return path_of(subject, "x", store=store).parent.exists()


def parts(subject: uuid.UUID, *, store: str = keystore.MAIN) -> list[str]:
    """The names of the subject's whole parts, in order; none when it has no folder."""
    try:
        names = sorted(os.listdir(path_of(subject, "x", store=store).parent))
    except FileNotFoundError:
        return []
    return [name for name in names if not name.startswith(".")]


def copy_all(subject: uuid.UUID, *, source: str, target: str) -> list[str]:
    """Copy every part as it lies, sealed, and read it back; durable on return. Returns their names.

    Can be repeated: a part that is there whole is not written again, a part that `source` does
    not have is removed from `target`. Raises OSError, or NotCopied when what was written reads otherwise.
    """
    names = parts(subject, store=source)
    for name in names:
        here, there = path_of(subject, name, store=source), path_of(subject, name, store=target)
        if there.exists() and _same(here, there):
            continue
        with open(here, "rb") as sealed, durable.new_file(there) as file:
            for block in blocks(sealed):
                file.write(block)
        if not _same(here, there):
            raise NotCopied
    left = path_of(subject, "x", store=target).parent
    if left.exists():
        for path in left.iterdir():
            if path.name not in names:
                path.unlink(missing_ok=True)
        durable.sync_folder(left)
    return names


def _same(one: Path, other: Path) -> bool:
    if one.stat().st_size != other.stat().st_size:
        return False
    with open(one, "rb") as first, open(other, "rb") as second:
        return hashlib.file_digest(first, "sha256").digest() == hashlib.file_digest(second, "sha256").digest()


def remove(subject: uuid.UUID, part: str, *, store: str = keystore.MAIN) -> bool:
    """Unlink one part, durably; False when it is not there. Raises OSError when it cannot."""
    return durable.remove(path_of(subject, part, store=store))


def remove_others(subject: uuid.UUID, kept: str | None, *, store: str = keystore.MAIN) -> None:
    """Unlink whatever is not the part `kept`, half-written ones included. Raises OSError when it cannot."""
    folder = path_of(subject, "x", store=store).parent
    if folder.is_dir():
        for path in sorted(folder.iterdir()):
            if path.name != kept:
                durable.remove(path)


def remove_all(subject: uuid.UUID, *, store: str = keystore.MAIN) -> None:
    """Unlink every part and the folder, durably; nothing there, or another doing the same at the
    same time, is no fault. Raises OSError when it cannot."""
    here = path_of(subject, "x", store=store).parent
    with contextlib.suppress(FileNotFoundError):
        for path in sorted(here.iterdir()):
            path.unlink(missing_ok=True)
        durable.sync_folder(here)
        here.rmdir()
        durable.sync_folder(here.parent)


def subjects(*, store: str = keystore.MAIN) -> Iterator[uuid.UUID]:
    """Every subject that has a folder of objects; files of other names are none of ours."""
    for path in sorted(folder(store).glob("??/" + "[0-9a-f]" * 32)):
        yield uuid.UUID(hex=path.name)
