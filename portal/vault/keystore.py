"""One wrapped key file per subject, in a store of its own. A destroyed key is the purge:
keys never lie in a database, where a deleted one stays readable in its log."""

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


class NoKey(Exception):
    """The subject has no key: it was never sealed, or it is purged."""


@functools.lru_cache(maxsize=8)
def _wrapping(key: bytes) -> AESGCM:
    return AESGCM(key)


def path_of(subject: uuid.UUID) -> Path:
    return Path(_place(subject))


def _place(subject: uuid.UUID) -> str:
    name = subject.hex
    return f"{config.settings().keystore}/{name[:2]}/{name}.key"


def create(subject: uuid.UUID) -> bytes:
    """A fresh key, wrapped by the root key and durable on return; an existing one is returned."""
    if exists(subject):
        return load(subject)
    key, nonce = os.urandom(32), os.urandom(12)
    head = MAGIC + box.root_id()
    wrapped = _wrapping(box.root("wrap")).encrypt(nonce, key, head + subject.bytes)
    with durable.new_file(path_of(subject)) as file:
        file.write(head + nonce + wrapped)
    return key


def load(subject: uuid.UUID) -> bytes:
    """Raises NoKey when there is none, SealBroken when it is altered or wrapped by another root key."""
    try:
        handle = os.open(_place(subject), os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError as error:
        raise NoKey from error
    try:
        data = os.read(handle, SIZE + 1)
    finally:
        os.close(handle)
    if len(data) != SIZE or data[:4] != MAGIC or data[4:12] != box.root_id():
        raise box.SealBroken
    try:
        return _wrapping(box.root("wrap")).decrypt(data[12:24], data[24:], data[:12] + subject.bytes)
    except InvalidTag as error:
        raise box.SealBroken from error


def exists(subject: uuid.UUID) -> bool:
    return path_of(subject).exists()


def destroy(subject: uuid.UUID) -> bool:
    """Overwrite and unlink, durably; False when there was none. Raises OSError when it cannot be unlinked:
    a key that cannot be overwritten goes all the same."""
    path = path_of(subject)
    with contextlib.suppress(OSError), open(path, "r+b", buffering=0) as file:
        file.write(os.urandom(SIZE))
        os.fsync(file.fileno())
    return durable.remove(path)


def subjects() -> Iterator[uuid.UUID]:
    """Every subject that has a key; files of other names are none of ours."""
    for path in sorted(config.settings().keystore.glob("??/" + "[0-9a-f]" * 32 + ".key")):
        yield uuid.UUID(hex=path.stem)
