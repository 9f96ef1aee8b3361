"""The root key, from wherever the machine gives it: the environment, a systemd credential, or a file."""

import base64
import binascii
import dataclasses
import os
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from portal import config
from portal.vault import durable

ENVIRONMENT = "PORTAL_ROOT_KEY"
CREDENTIAL = "portal-root-key"
"""As in `LoadCredential=portal-root-key:…`; systemd names its folder in CREDENTIALS_DIRECTORY."""
SIZE = 32
ELSEWHERE = f"as {ENVIRONMENT}, or as the systemd credential {CREDENTIAL}"


class RootKeyMissing(Exception):
    """There is no root key, or what is given is none. The text says what to do, and tells nothing of the key."""


class RootKeyWrong(RootKeyMissing):
    """It is a root key, of something else."""

    def __init__(self, given: bytes, wanted: str) -> None:
        super().__init__(f"the root key {given.hex()} opens nothing here: give {wanted} instead")


@dataclasses.dataclass(frozen=True)
class Root:
    key: bytes = dataclasses.field(repr=False)
    source: str
    """'environment', 'credential' or 'file'."""

    @property
    def id(self) -> bytes:
        return id_of(self.key)


def derived(key: bytes, use: str) -> bytes:
    """A 256-bit key for one use (HKDF-SHA256, RFC 5869)."""
    return HKDF(SHA256(), SIZE, salt=None, info=b"portal:" + use.encode()).derive(key)


def id_of(key: bytes) -> bytes:
    """Eight bytes that name the key without telling it."""
    return derived(key, "id")[:8]


def parse(text: str | bytes, name: str) -> bytes:
    """The key that `text` is. Raises RootKeyMissing, naming only where it stood."""
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (ValueError, binascii.Error):
        raise RootKeyMissing(f"{name} is not a key: 32 bytes in base64 are expected") from None
    if len(key) != SIZE:
        raise RootKeyMissing(f"{name} is not a 256-bit key")
    return key


def shown(key: bytes) -> bytes:
    """As it stands in a file."""
    return base64.b64encode(key) + b"\n"


def credential() -> Path | None:
    """The file of the systemd credential, when this process was given one."""
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    path = Path(folder, CREDENTIAL) if folder else None
    return path if path is not None and path.exists() else None


def read() -> Root:
    """The root key as it is given now: the environment goes before the credential, and that before the file. What is
    given and is no key is never passed over for the next. Raises RootKeyMissing."""
    if text := os.environ.get(ENVIRONMENT):
        return Root(parse(text, ENVIRONMENT), "environment")
    given = credential()
    path = given or config.settings().root_key
    try:
        text_of = path.read_bytes()
    except FileNotFoundError:
        raise RootKeyMissing(
            f"{path.name} is missing: put it into the folder of secrets, or give it {ELSEWHERE}"
        ) from None
    except OSError as error:
        raise RootKeyMissing(f"{path.name} cannot be read: {error.strerror}") from error
    return Root(parse(text_of, path.name), "credential" if given else "file")


def is_given() -> bool:
    """Is there one, be it a bad one?"""
    return bool(os.environ.get(ENVIRONMENT)) or credential() is not None or config.settings().root_key.exists()


def make_file(path: Path) -> None:
    """Write a fresh key, mode 0600; leaves an existing file alone."""
    if not path.exists():
        put(path, os.urandom(SIZE))


def put(path: Path, key: bytes) -> None:
    """The file holds `key`, durably; what it held is overwritten."""
    with durable.new_secret(path) as file:
        file.write(shown(key))
