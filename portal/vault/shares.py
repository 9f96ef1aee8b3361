"""A key split among people: any `needed` of them can put it together, fewer learn nothing of it.

Shamir's scheme over GF(2^8) with the polynomial of AES (x^8 + x^4 + x^3 + x + 1), byte by byte: each byte of the key
is a polynomial's value at 0, its other coefficients are random, and a share holds the values at the share's number.
Multiplication looks nothing up and takes no branch on what is secret.

A share is written in letters and figures that no hand confuses (Crockford's base 32), in groups of four. It says itself
which key it is of, how many are needed and which one it is, and ends with a checksum: what is read wrong from paper is
told, and shares of two keys never make a third.
"""

import base64
import dataclasses
import hashlib
import os
import re
from collections.abc import Sequence

from portal.vault import root

MAGIC = b"BPT1"
SUM = 4
SIZE = 4 + 8 + 1 + 1 + root.SIZE + SUM
MOST = 255
_PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_WRITE = str.maketrans(_PLAIN, _CROCKFORD)
_READ = str.maketrans(_CROCKFORD + "OIL", _PLAIN + _PLAIN[0] + _PLAIN[1] + _PLAIN[1])


class NotAShare(Exception):
    """The text is no share, or was read or typed wrong."""


class NotTogether(Exception):
    """The shares do not make a key; the text says why."""


@dataclasses.dataclass(frozen=True)
class Share:
    of: bytes
    """The id of the key."""
    needed: int
    number: int
    """1, 2, 3 …: the place at which the polynomials were evaluated."""
    values: bytes = dataclasses.field(repr=False)

    def text(self) -> str:
        content = MAGIC + self.of + bytes((self.needed, self.number)) + self.values
        written = base64.b32encode(content + _sum(content)).decode().rstrip("=").translate(_WRITE)
        return "-".join(re.findall(".{1,4}", written))


def read(text: str) -> Share:
    """The share that was written so. Case, spaces and hyphens do not matter, nor O for 0 and I or L for 1."""
    plain = re.sub(r"[\s-]", "", text).upper().translate(_READ)
    try:
        content = base64.b32decode(plain + "=" * (-len(plain) % 8))
    except ValueError:
        raise NotAShare from None
    body, told = content[:-SUM], content[-SUM:]
    if len(content) != SIZE or not body.startswith(MAGIC) or _sum(body) != told:
        raise NotAShare
    return Share(body[4:12], body[12], body[13], body[14:])


def _sum(content: bytes) -> bytes:
    return hashlib.sha256(b"portal:share:" + content).digest()[:SUM]


def split(key: bytes, *, shares: int, needed: int) -> list[Share]:
    """Raises ValueError unless 2 ≤ needed ≤ shares ≤ 255."""
    if not 2 <= needed <= shares <= MOST:
        raise ValueError("two shares at least are needed, and no more than there are")
    rows = [(byte, *os.urandom(needed - 1)) for byte in key]
    name = root.id_of(key)
    return [Share(name, needed, number, bytes(_value(row, number) for row in rows)) for number in range(1, shares + 1)]


def join(shares: Sequence[Share]) -> bytes:
    """The key. Raises NotTogether."""
    if len({(share.of, share.needed) for share in shares}) != 1:
        raise NotTogether("they are shares of different keys, or of different splits" if shares else "there are none")
    needed = shares[0].needed
    each = list({share.number: share for share in shares}.values())
    if len(each) < needed:
        raise NotTogether(f"{needed} different shares are needed, {len(each)} were given")
    used = each[:needed]
    key = bytes(
        _at_zero([(share.number, share.values[place]) for share in used]) for place in range(len(used[0].values))
    )
    if root.id_of(key) != shares[0].of:
        raise NotTogether("they make another key than the one they name: they are of two splits, or one is forged")
    return key


def times(one: int, other: int) -> int:
    """The product in GF(2^8)."""
    product = 0
    for bit in range(8):
        product ^= -(other >> bit & 1) & one
        one = one << 1 ^ (-(one >> 7) & 0x11B)
    return product


def inverse(one: int) -> int:
    """one^254, which is 1/one for all but 0."""
    result, power = 1, one
    for _ in range(7):
        power = times(power, power)
        result = times(result, power)
    return result


def _value(coefficients: Sequence[int], at: int) -> int:
    result = 0
    for coefficient in reversed(coefficients):
        result = times(result, at) ^ coefficient
    return result


def _at_zero(points: Sequence[tuple[int, int]]) -> int:
    """Lagrange's interpolation: subtraction is addition here, so that 0 - x is x."""
    result = 0
    for number, value in points:
        weight = 1
        for other, _ in points:
            if other != number:
                weight = times(weight, times(other, inverse(other ^ number)))
        result ^= times(value, weight)
    return result
