"""The root key and what hangs on it: small sealed secrets, and keyed pseudonyms."""

import base64
import functools
import hashlib
import hmac
import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from portal import config
from portal.vault import durable


class SealBroken(Exception):
    """Sealed bytes were altered, cut, moved, or belong to another key."""


class RootKeyMissing(Exception):
    """The root key file is absent or not a key."""


def make_key_file(path: Path) -> None:
    """Write a fresh 256-bit key, base64, mode 0600; leaves an existing one alone."""
    if path.exists():
        return
    with durable.new_file(path) as file:
        file.write(base64.b64encode(os.urandom(32)) + b"\n")


@functools.lru_cache(maxsize=8)
def _key_file(path: Path) -> bytes:
    try:
        key = base64.b64decode(path.read_bytes().strip(), validate=True)
    except (OSError, ValueError) as error:
        raise RootKeyMissing(f"{path.name} is missing or not a key") from error
    if len(key) != 32:
        raise RootKeyMissing(f"{path.name} is not a 256-bit key")
    return key


@functools.lru_cache(maxsize=64)
def _derived(path: Path, use: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"portal:" + use.encode()).derive(_key_file(path))


def root(use: str) -> bytes:
    """A 256-bit key for one use, derived (HKDF-SHA256, RFC 5869) from the root key."""
    return _derived(config.settings().root_key, use)


def root_id() -> bytes:
    """Eight bytes that name the root key without telling it."""
    return root("id")[:8]


def web(use: str) -> bytes:
    """A 256-bit key for one use, derived from the web key."""
    return _derived(config.settings().web_key, use)


def seal(use: str, context: bytes, secret: bytes) -> bytes:
    """Seal a small secret for `use`, bound to `context` (e.g. an account's uuid)."""
    nonce = os.urandom(12)
    return nonce + AESGCM(root(use)).encrypt(nonce, secret, context)


def unseal(use: str, context: bytes, sealed: bytes) -> bytes:
    """Raises SealBroken when altered or sealed for another use or context."""
    try:
        return AESGCM(root(use)).decrypt(bytes(sealed[:12]), bytes(sealed[12:]), context)
    except (InvalidTag, ValueError) as error:
        raise SealBroken from error


def seal_under(key: bytes, use: str, context: bytes, secret: bytes) -> bytes:
    """`seal` under a subject's own key (`keystore`) instead of the root key: gone with that key."""
    nonce = os.urandom(12)
    return nonce + _under(key, use).encrypt(nonce, secret, context)


def unseal_under(key: bytes, use: str, context: bytes, sealed: bytes) -> bytes:
    """Raises SealBroken when altered, or sealed under another key or for another use or context."""
    try:
        return _under(key, use).decrypt(bytes(sealed[:12]), bytes(sealed[12:]), context)
    except (InvalidTag, ValueError) as error:
        raise SealBroken from error


def _under(key: bytes, use: str) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt=None, info=b"portal:" + use.encode()).derive(key))


def pseudonym(use: str, value: str) -> str:
    """The same value gives the same 32 hex characters; without the root key it tells nothing."""
    return hmac.new(root("pseudonym:" + use), value.encode(), hashlib.sha256).hexdigest()[:32]
