"""Two sounds side by side: are they the same outside some stretches, and is the second one silent inside them?"""

import hashlib
import struct
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from portal.recordings import stretches

HEADER = 44
"""Bytes before the samples, as `sound.wave` writes them."""

HUSH = 8
"""The loudest sample that is silence: A-law has no zero, its smallest step is decoded as 8."""


class Heard(NamedTuple):
    rate: int
    channels: int
    frames: int
    outside: str
    """SHA-256 of the samples outside the stretches, with nothing in the place of those inside."""
    loudest: int
    """Of the samples inside."""


def heard(blocks: Iterable[bytes], silent: Sequence[tuple[int, int]]) -> Heard:
    """What `blocks`, a WAV file by `sound.wave`, sounds like in and out of `silent` (milliseconds from and up to).

    Memory does not grow with the length. Raises ValueError when it ends within its header.
    """
    pending, flow = bytearray(), iter(blocks)
    while len(pending) < HEADER:
        pending += next(flow, b"") or _short()
    channels, rate = struct.unpack("<HI", pending[22:28])
    del pending[:HEADER]
    spans, width = stretches.frames(silent, rate), channels * 2
    digest, place, loudest = hashlib.sha256(), 0, 0
    while True:
        whole = len(pending) - len(pending) % width
        samples = np.frombuffer(bytes(pending[:whole]), "<i2").reshape(-1, channels)
        del pending[:whole]
        outside = np.ones(len(samples), bool)
        for first, stop in spans:
            outside[max(0, first - place) : max(0, stop - place)] = False
        inside = samples[~outside]
        if inside.size:
            loudest = max(loudest, int(np.abs(inside.astype(np.int32)).max()))
        digest.update(samples[outside].tobytes())
        place += len(samples)
        block = next(flow, None)
        if block is None:
            return Heard(rate, channels, place, digest.hexdigest(), loudest)
        pending += block


def _short() -> bytes:
    raise ValueError("shorter than a header")


def is_silenced(before: Heard, after: Heard) -> bool:
    """Is the second the first, silent in the stretches both were heard with?"""
    same = (before.rate, before.channels, before.frames, before.outside)
    return same == (after.rate, after.channels, after.frames, after.outside) and after.loudest <= HUSH
