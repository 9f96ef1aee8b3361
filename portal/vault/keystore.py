"""One wrapped key file per subject, in a store of its own. A destroyed key is the purge:
keys never lie in a database, where a deleted one stays readable in its log.

There are two stores: 'main', and 'threat' for the calls that are stored separately. Each wraps its keys
under a key of its own, so that a file carried from one to the other opens nothing.
"""

import contextlib
import functools
import os
import uuid
from collections.abc import Iterator
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from portal import config
from portal.vault import box, durable

MAGIC = b"BPK1"
SIZE = 4 + 8 + 12 + 32 + 16


MAIN, THREAT = "main", "threat"
STORES = (MAIN, THREAT)
_WRAPS = {MAIN: "wrap", THREAT: "wrap:threat"}
"""The use that the wrapping key of each store is derived for."""


class NoKey(Exception):
    """The subject has no key: it was never sealed, or it is purged."""


@functools.lru_cache(maxsize=8)
def _wrapping(key: bytes) -> AESGCM:
    return AESGCM(key)


def folder(store: str) -> Path:
    """Where the keys of `store` are. Raises KeyError for a store that is none."""
    settings = config.settings()
    if store == MAIN:
        return settings.keystore
    return {THREAT: settings.threat_keystore}[store]


def path_of(subject: uuid.UUID, *, store: str = MAIN) -> Path:
    return Path(_place(subject, store))


def _place(subject: uuid.UUID, store: str) -> str:
    name = subject.hex
    return f"{folder(store)}/{name[:2]}/{name}.key"


def create(subject: uuid.UUID, *, store: str = MAIN) -> bytes:
    """A fresh key, wrapped by the root key and durable on return; an existing one is returned."""
    if exists(subject, store=store):
        return load(subject, store=store)
    key = os.urandom(32)
    _write(subject, key, store)
    return key


def _write(subject: uuid.UUID, key: bytes, store: str) -> None:
    head, nonce = MAGIC + box.root_id(), os.urandom(12)
    wrapped = _wrapping(box.root(_WRAPS[store])).encrypt(nonce, key, head + subject.bytes)
    with durable.new_file(path_of(subject, store=store)) as file:
        file.write(head + nonce + wrapped)


def copy(subject: uuid.UUID, *, source: str, target: str) -> None:
    """Wrap the key of `source` for `target` too, durable on return. Can be repeated: what stood in `target`
    is replaced when it is not that key. Raises NoKey or SealBroken for the one in `source`."""
    key = load(subject, store=source)
    try:
        if load(subject, store=target) == key:
            return
    except (NoKey, box.SealBroken):
        pass
    _write(subject, key, target)


def load(subject: uuid.UUID, *, store: str = MAIN) -> bytes:
    """Raises NoKey when there is none, SealBroken when it is altered or wrapped by another root key."""
    try:
        handle = os.open(_place(subject, store), os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError as error:
        raise NoKey from error
    try:
        data = os.read(handle, SIZE + 1)
    finally:
        os.close(handle)
    if len(data) != SIZE or data[:4] != MAGIC or data[4:12] != box.root_id():
        raise box.SealBroken
    try:
        return _wrapping(box.root(_WRAPS[store])).decrypt(data[12:24], data[24:], data[:12] + subject.bytes)
    except InvalidTag as error:
        raise box.SealBroken from error


def exists(subject: uuid.UUID, *, store: str = MAIN) -> bool:
    return path_of(subject, store=store).exists()


def destroy(subject: uuid.UUID, *, store: str = MAIN) -> bool:
    """Overwrite and unlink, durably; False when there was none. Raises OSError when it cannot be unlinked:
    a key that cannot be overwritten goes all the same. One that was being written when its writer
    died goes too."""
    path = path_of(subject, store=store)
    written = durable.scratch_of(path)
    half = written.exists() and _shred(written)
    return _shred(path) or half


def _shred(path: Path) -> bool:
    with contextlib.suppress(OSError), open(path, "r+b", buffering=0) as file:
        file.write(os.urandom(SIZE))
        os.fsync(file.fileno())
    return durable.remove(path)


def subjects(*, store: str = MAIN) -> Iterator[uuid.UUID]:
    """Every subject that has a key; files of other names are none of ours."""
    for path in sorted(folder(store).glob("??/" + "[0-9a-f]" * 32 + ".key")):
        yield uuid.UUID(hex=path.stem)


def found_in(content: bytes, subject: uuid.UUID) -> int:
    """How many times the wrapped key of `subject` stands in `content`, whichever store it was wrapped for.

    A destroyed key need not be known for that: each thing that looks like a wrapped key is tried with
    the subject it would be bound to, and only its own opens.
    """
    mark, found, at = MAGIC + box.root_id(), 0, -1
    while (at := content.find(mark, at + 1)) >= 0:
        data = content[at : at + SIZE]
        found += len(data) == SIZE and any(_opens(data, subject, store) for store in STORES)
    return found


def _opens(data: bytes, subject: uuid.UUID, store: str) -> bool:
    try:
        _wrapping(box.root(_WRAPS[store])).decrypt(data[12:24], data[24:], data[:12] + subject.bytes)
    except InvalidTag:
        return False
    return True
