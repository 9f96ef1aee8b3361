"""One wrapped key file per subject, in a store of its own. A destroyed key is the purge:
keys never lie in a database, where a deleted one stays readable in its log.

There are two stores: 'main', and 'threat' for the calls that are stored separately. Each wraps its keys
under a key of its own, so that a file carried from one to the other opens nothing.

A file is HEAD (four bytes for the algorithm, eight that name the root key) + nonce + the wrapped key. When the root
key is changed each file is written anew while the portal runs. Whoever does that, makes a key or destroys one holds
the lock of its folder meanwhile: a destroyed key is not written again by one who had read it before.
"""

import collections
import contextlib
import fcntl
import functools
import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from portal import config
from portal.vault import box, durable, ring
from portal.vault.root import RootKeyWrong

MAGIC = b"BPK1"
"""AES-256-GCM with a random nonce, under a key derived from the root key."""
HEAD = 4 + 8
SIZE = HEAD + 12 + 32 + 16


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
    path = path_of(subject, store=store)
    durable.make_folder(path.parent)
    with _alone(path.parent):
        if path.exists():
            return load(subject, store=store)
        key = os.urandom(32)
        _write(subject, key, store)
        return key


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Within it nobody else makes, destroys or wraps anew a key of that folder. The kernel lets go of it with its
    holder. Raises FileNotFoundError when there is no such folder."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _write(subject: uuid.UUID, key: bytes, store: str) -> None:
    held = ring.current()
    head, nonce = MAGIC + held.id, os.urandom(12)
    wrapped = _wrapping(box.root(_WRAPS[store], held.current)).encrypt(nonce, key, head + subject.bytes)
    with durable.new_file(path_of(subject, store=store)) as file:
        file.write(head + nonce + wrapped)


def wrap_anew(subject: uuid.UUID, *, store: str = MAIN) -> bool:
    """Wrap the key under the root key in force, durable on return, and overwrite what it was wrapped as. False when it
    is so already. Raises NoKey when it was destroyed, SealBroken when no key of the keyring opens it, OSError."""
    path = path_of(subject, store=store)
    try:
        with _alone(path.parent), open(path, "r+b", buffering=0) as before:
            if before.read(HEAD) == MAGIC + box.root_id():
                return False
            _write(subject, load(subject, store=store), store)
            _overwrite(before)
            return True
    except FileNotFoundError as error:
        raise NoKey from error


def _overwrite(file: Any) -> None:
    file.seek(0)
    file.write(os.urandom(SIZE))
    os.fsync(file.fileno())


def copy(subject: uuid.UUID, *, source: str, target: str) -> None:
    """Wrap the key of `source` for `target` too, durable on return. Can be repeated: what stood in `target`
    is replaced when it is not that key. Raises NoKey or SealBroken for the one in `source`."""
    key, place = load(subject, store=source), path_of(subject, store=target).parent
    durable.make_folder(place)
    with _alone(place):
        try:
            if load(subject, store=target) == key:
                return
        except (NoKey, box.SealBroken):
            pass
        _write(subject, key, target)


def load(subject: uuid.UUID, *, store: str = MAIN) -> bytes:
    """Raises NoKey when there is none, SealBroken when it is altered or wrapped by a key that is not in the keyring."""
    data, current = _read(subject, store)
    try:
        return _opened(data, subject, store)
    except box.SealBroken:
        if current():
            raise
    return _opened(_read(subject, store)[0], subject, store)  # it was just wrapped anew, and overwritten


def _read(subject: uuid.UUID, store: str) -> tuple[bytes, Callable[[], bool]]:
    """The file as it lies, and whether it still does."""
    place = _place(subject, store)
    try:
        handle = os.open(place, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError as error:
        raise NoKey from error
    try:
        data, number = os.read(handle, SIZE + 1), os.fstat(handle).st_ino
    finally:
        os.close(handle)

    def current() -> bool:
        try:
            return os.stat(place).st_ino == number
        except FileNotFoundError:
            return True  # destroyed, not wrapped anew

    return data, current


def _opened(data: bytes, subject: uuid.UUID, store: str) -> bytes:
    key = ring.current().ids.get(data[4:HEAD]) if len(data) == SIZE and data[:4] == MAGIC else None
    if key is None:
        raise box.SealBroken
    try:
        wrapping = _wrapping(box.root(_WRAPS[store], key))
        return wrapping.decrypt(data[HEAD : HEAD + 12], data[HEAD + 12 :], data[:HEAD] + subject.bytes)
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
    if not path.parent.is_dir():
        return False
    with _alone(path.parent):
        half = written.exists() and _shred(written)
        return _shred(path) or half


def _shred(path: Path) -> bool:
    with contextlib.suppress(OSError), open(path, "r+b", buffering=0) as file:
        _overwrite(file)
    return durable.remove(path)


def subjects(*, store: str = MAIN) -> Iterator[uuid.UUID]:
    """Every subject that has a key; files of other names are none of ours."""
    for path in sorted(folder(store).glob("??/" + "[0-9a-f]" * 32 + ".key")):
        yield uuid.UUID(hex=path.stem)


def named_in(store: str) -> collections.Counter[bytes]:
    """How many files of `store` name which root key, by its id."""
    found: collections.Counter[bytes] = collections.Counter()
    for subject in subjects(store=store):
        with contextlib.suppress(FileNotFoundError), open(_place(subject, store), "rb") as file:
            head = file.read(HEAD)
            if len(head) == HEAD and head[:4] == MAGIC:
                found[head[4:]] += 1
    return found


def refuse_another_root() -> None:
    """Before there is a keyring: raises RootKeyWrong when keys are there and the root key opens none of them."""
    here = {name for store in STORES for name in named_in(store)}
    if here and not here & set(ring.current().ids):
        raise RootKeyWrong(box.root_id(), " or ".join(sorted(name.hex() for name in here)))


def found_in(content: bytes, subject: uuid.UUID) -> int:
    """How many times the wrapped key of `subject` stands in `content`, whichever store it was wrapped for, and under
    whichever root key there has been.

    A destroyed key need not be known for that: each thing that looks like a wrapped key is tried with
    the subject it would be bound to, and only its own opens.
    """
    found = 0
    for name in ring.current().ids:
        mark, at = MAGIC + name, -1
        while (at := content.find(mark, at + 1)) >= 0:
            found += any(_opens(content[at : at + SIZE], subject, store) for store in STORES)
    return found


def _opens(data: bytes, subject: uuid.UUID, store: str) -> bool:
    try:
        _opened(data, subject, store)
    except box.SealBroken:
        return False
    return True
