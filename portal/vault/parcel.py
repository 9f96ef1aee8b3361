"""A whole file sealed for a journey, under a key of its own that travels apart: AES-256-GCM in chunks.

Each chunk's associated data is the header, the context, the chunk's number and whether it is the last: swapping,
cutting and lengthening are refused. One file per key, so the chunk number can be the nonce.
"""

import os
import struct
from collections.abc import Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from portal.vault.box import SealBroken

MAGIC = b"BPP1"
CHUNK = 1 << 20
TAG = 16


def new_key() -> bytes:
    return os.urandom(32)


def _parts(source: BinaryIO, size: int) -> Iterator[tuple[bool, bytes]]:
    """Blocks of `size` and whether each is the last; one empty block for an empty source."""
    block = source.read(size)
    while True:
        following = source.read(size) if block else b""
        yield not following, block
        if not following:
            return
        block = following


def _bound(context: bytes, number: int, last: bool) -> bytes:
    return MAGIC + context + struct.pack(">Q?", number, last)


def sealed(source: BinaryIO, key: bytes, context: bytes) -> Iterator[bytes]:
    """The blocks of the sealed file. A key seals one file, never two."""
    cipher = AESGCM(key)
    yield MAGIC
    for number, (last, block) in enumerate(_parts(source, CHUNK)):
        yield cipher.encrypt(struct.pack(">IQ", 0, number), block, _bound(context, number, last))


def opened(source: BinaryIO, key: bytes, context: bytes) -> Iterator[bytes]:
    """The blocks in the clear; use none before the last has come. Raises SealBroken when anything is amiss."""
    if source.read(len(MAGIC)) != MAGIC:
        raise SealBroken
    cipher = AESGCM(key)
    for number, (last, block) in enumerate(_parts(source, CHUNK + TAG)):
        try:
            yield cipher.decrypt(struct.pack(">IQ", 0, number), block, _bound(context, number, last))
        except (InvalidTag, ValueError) as error:
            raise SealBroken from error
