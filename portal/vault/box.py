"""What hangs on the root key: small sealed secrets, and keyed pseudonyms.

A sealed secret says itself how it was sealed: four bytes for the algorithm and eight that name the key, both bound to
what they stand before. Those from before there was such a header are of the first key.
"""

import functools
import hashlib
import hmac
import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from portal import config
from portal.vault import ring
from portal.vault import root as roots
from portal.vault.root import RootKeyMissing as RootKeyMissing

MAGIC = b"BPS1"
"""AES-256-GCM with a random nonce, under a key derived from the root key that the next eight bytes name."""
MAGIC_UNDER = b"BPU1"
"""The same under a subject's own key."""
HEAD = 4 + 8


class SealBroken(Exception):
    """Sealed bytes were altered, cut, moved, or belong to another key."""


@functools.lru_cache(maxsize=64)
def _derived(key: bytes, use: str) -> bytes:
    return roots.derived(key, use)


@functools.lru_cache(maxsize=8)
def _web_key(path: Path) -> bytes:
    return roots.parse(path.read_bytes(), path.name)


def root(use: str, key: bytes | None = None) -> bytes:
    """A 256-bit key for one use, derived from the root key in force, or from `key` of the keyring. What is made with
    it must name its key, or live no longer than a request."""
    return _derived(key or ring.current().current, use)


def lasting(use: str) -> bytes:
    """The same for what no rotation can make anew: it stays as long as the register does."""
    return _derived(ring.current().lasting, use)


def root_id() -> bytes:
    """Eight bytes that name the root key in force without telling it."""
    return ring.current().id


def web(use: str) -> bytes:
    """A 256-bit key for one use, derived from the web key."""
    path = config.settings().web_key
    try:
        return _derived(_web_key(path), use)
    except OSError as error:
        raise RootKeyMissing(f"{path.name} is missing: `portal migrate` makes a new one") from error


def seal(use: str, context: bytes, secret: bytes) -> bytes:
    """Seal a small secret for `use`, bound to `context` (e.g. an account's uuid)."""
    held = ring.current()
    head, nonce = MAGIC + held.id, os.urandom(12)
    return head + nonce + AESGCM(_derived(held.current, use)).encrypt(nonce, secret, head + context)


def unseal(use: str, context: bytes, sealed: bytes) -> bytes:
    """Raises SealBroken when altered or sealed for another use, context or root key."""
    sealed, held = bytes(sealed), ring.current()
    head, rest, bound = sealed[:HEAD], sealed[HEAD:], sealed[:HEAD] + context
    key = held.ids.get(head[4:]) if head.startswith(MAGIC) else None
    if key is None:
        key, rest, bound = held.lasting, sealed, context
    return _opened(AESGCM(_derived(key, use)), rest, bound)


def _opened(cipher: AESGCM, sealed: bytes, bound: bytes) -> bytes:
    try:
        return cipher.decrypt(sealed[:12], sealed[12:], bound)
    except (InvalidTag, ValueError) as error:
        raise SealBroken from error


def is_current(sealed: bytes) -> bool:
    """Is it sealed under the root key in force?"""
    return bytes(sealed[:HEAD]) == MAGIC + root_id()


def sealed_anew(use: str, context: bytes, sealed: bytes) -> bytes | None:
    """The same secret under the root key in force; None when it is so already. Raises SealBroken."""
    return None if is_current(sealed) else seal(use, context, unseal(use, context, sealed))


def seal_under(key: bytes, use: str, context: bytes, secret: bytes) -> bytes:
    """`seal` under a subject's own key (`keystore`) instead of the root key: gone with that key."""
    nonce = os.urandom(12)
    return MAGIC_UNDER + nonce + _under(key, use).encrypt(nonce, secret, MAGIC_UNDER + context)


def unseal_under(key: bytes, use: str, context: bytes, sealed: bytes) -> bytes:
    """Raises SealBroken when altered, or sealed under another key or for another use or context."""
    sealed, size = bytes(sealed), len(MAGIC_UNDER)
    if sealed.startswith(MAGIC_UNDER):
        return _opened(_under(key, use), sealed[size:], MAGIC_UNDER + context)
    return _opened(_under(key, use), sealed, context)


def _under(key: bytes, use: str) -> AESGCM:
    return AESGCM(roots.derived(key, use))


def pseudonym(use: str, value: str) -> str:
    """The same value gives the same 32 hex characters; without the keyring it tells nothing. A new root
    key leaves it as it was: what it stands for is kept nowhere."""
    return hmac.new(lasting("pseudonym:" + use), value.encode(), hashlib.sha256).hexdigest()[:32]
