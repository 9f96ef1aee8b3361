"""The keyring: every root key that something here may be sealed under, itself sealed under the one in force.

One file in the folder of secrets, read anew whenever it is another: so a rotation reaches every process that runs.
It has a slot for each root key that opens it; two while a rotation is under way, one before and after. Inside are all
keys there have been, oldest first. The newest seals. The older open what still waits to be sealed anew, and the first
one stays for what cannot be made anew because nobody has its content: pseudonyms, the ledger, the seals of manifests.
"""

import base64
import dataclasses
import functools
import json
import os
import time
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from portal import config
from portal.vault import durable, root
from portal.vault.root import RootKeyMissing, RootKeyWrong

ALGORITHM = "AES-256-GCM, HKDF-SHA256"
FORMAT = 1
TRIES = 5
"""A rotation puts a new root key and a new keyring in place, one after the other: whoever reads between looks again."""
PAUSE = 0.05

Mark = tuple[int, int, int] | None


@dataclasses.dataclass(frozen=True)
class Ring:
    keys: tuple[bytes, ...] = dataclasses.field(repr=False)
    """Oldest first; the last seals."""
    opened_by: frozenset[str]
    """Ids of the root keys that open it, hex."""

    @property
    def current(self) -> bytes:
        return self.keys[-1]

    @property
    def lasting(self) -> bytes:
        return self.keys[0]

    @functools.cached_property
    def ids(self) -> dict[bytes, bytes]:
        """Each key by its id."""
        return {root.id_of(key): key for key in self.keys}

    @functools.cached_property
    def id(self) -> bytes:
        return root.id_of(self.current)

    @property
    def turning(self) -> bool:
        """Is a rotation under way?"""
        return self.opened_by != {self.id.hex()}


_held: dict[Path, tuple[Mark, Ring]] = {}
MOST_HELD = 8
_borrowed: dict[Path, Path] = {}


def current() -> Ring:
    """The keyring as it is now; where there is no file yet, the root key alone. Raises RootKeyMissing."""
    path = config.settings().keyring
    mark = _mark(path)
    held = _held.get(path)
    if held is not None and held[0] == mark:
        return held[1]
    return fresh()


def fresh() -> Ring:
    """Read from the disk whatever this process remembers. Raises RootKeyMissing."""
    path = config.settings().keyring
    before = _held.get(path)
    for left in reversed(range(TRIES)):
        mark = _mark(path)
        if mark is None and before is not None and len(before[1].keys) > 1:  # the root key alone would not do
            raise RootKeyMissing("the keyring is gone from the folder of secrets: take it from a backup of keys")
        try:
            ring = _read(path)
        except RootKeyMissing:
            if not left or mark is None:
                raise
            time.sleep(PAUSE)
        else:
            break
    if len(_held) >= MOST_HELD:
        _held.clear()
    _held[path] = (mark, ring)
    return ring


def forget() -> None:
    """As a process that has just begun."""
    _held.clear()
    _borrowed.clear()


def borrow(path: Path) -> None:
    """Until there is a keyring here, this process reads the one at `path`. Raises RootKeyMissing when the root key
    does not open it."""
    here = config.settings().keyring
    if here.exists() or not path.exists():
        return
    before = _borrowed.get(here)
    _borrowed[here] = path
    try:
        fresh()
    except RootKeyMissing:
        _borrowed.pop(here)
        if before is not None:
            _borrowed[here] = before
        raise


def _mark(path: Path) -> Mark:
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def _read(path: Path) -> Ring:
    given = root.read()
    if not path.exists() and path in _borrowed:
        path = _borrowed[path]
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return Ring((given.key,), frozenset({given.id.hex()}))
    try:
        plain = json.loads(text)
        slots = {str(name): base64.b64decode(slot, validate=True) for name, slot in plain["slots"].items()}
        if plain["format"] != FORMAT:
            raise ValueError
    except (ValueError, KeyError, TypeError, AttributeError):
        raise RootKeyMissing("the keyring is not whole: take it from a backup of keys") from None
    sealed = slots.get(given.id.hex())
    if sealed is None:
        raise RootKeyWrong(given.id, " or ".join(sorted(slots)))
    try:
        inside = json.loads(_cipher(given.key).decrypt(sealed[:12], sealed[12:], _bound(given.id)))
    except (InvalidTag, ValueError):
        raise RootKeyMissing("the keyring was altered: take it from a backup of keys") from None
    return Ring(tuple(base64.b64decode(key) for key in inside["keys"]), frozenset(slots))


def write(keys: tuple[bytes, ...], *, opened_by: tuple[bytes, ...]) -> Ring:
    """Put the keyring with `keys` in place of what is there, for these root keys to open; durable on return."""
    inside = json.dumps({"keys": [base64.b64encode(key).decode() for key in keys]}).encode()
    slots = {}
    for key in opened_by:
        nonce, name = os.urandom(12), root.id_of(key)
        slots[name.hex()] = base64.b64encode(nonce + _cipher(key).encrypt(nonce, inside, _bound(name))).decode()
    with durable.new_secret(config.settings().keyring) as file:
        file.write(json.dumps({"format": FORMAT, "algorithm": ALGORITHM, "slots": slots}, indent=1).encode() + b"\n")
    return fresh()


def begin() -> Ring:
    """Make the keyring of a data folder that has none. Raises RootKeyMissing."""
    if not config.settings().keyring.exists():
        given = root.read()
        write((given.key,), opened_by=(given.key,))
    return fresh()


def _cipher(key: bytes) -> AESGCM:
    return AESGCM(root.derived(key, "keyring"))


def _bound(name: bytes) -> bytes:
    return f"{FORMAT}:{ALGORITHM}:".encode() + name
