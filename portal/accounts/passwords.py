"""Passwords: which may be chosen, and how they are kept (argon2id, RFC 9106)."""

import functools
import re
import secrets
import unicodedata
from collections.abc import Iterable
from pathlib import Path

import argon2
import zxcvbn
from argon2.exceptions import InvalidHashError, VerificationError

from portal.errors import Invalid
from portal.language import N_

LEAST, MOST = 12, 256
SEEN = 72
"""Characters shown to zxcvbn: its time grows with the square of the length."""
SCORE = 3
"""zxcvbn: more than 10^8 guesses, safely unguessable online and slow offline."""
OWN = 8
"""Characters a password must have besides listed words, names, years and runs."""

_hasher = argon2.PasswordHasher()


class Weak(Invalid):
    """A password that may not be chosen."""


class TooShort(Weak):
    text = N_("Lösenordet är för kort: det ska ha minst %(least)s tecken.")


class TooLong(Weak):
    text = N_("Lösenordet är för långt: det får ha högst %(most)s tecken.")


class Common(Weak):
    text = N_(
        "Lösenordet består mest av ord som är lätta att gissa, som stadens namn, årstider eller ditt eget namn. "
        "Välj flera ord som inte hör ihop."
    )


class Guessable(Weak):
    text = N_("Lösenordet är för lätt att gissa. Välj flera ord som inte hör ihop.")


class Unchanged(Weak):
    text = N_("Det nya lösenordet är samma som det gamla. Välj ett annat.")


def check(password: str, *, names: Iterable[str] = ()) -> None:
    """Raises Weak unless `password` may be chosen. `names`: the person's own and user name."""
    password = normal(password)
    if len(password) < LEAST:
        raise TooShort(least=LEAST)
    if len(password) > MOST:
        raise TooLong(most=MOST)
    own = [part for name in names for part in (name, *re.split(r"[\W_]+", name)) if len(part) > 2]
    if len(_remainder(password, own)) < OWN:
        raise Common
    if zxcvbn.zxcvbn(password[:SEEN], [*own, *blocklist()])["score"] < SCORE:
        raise Guessable


def normal(password: str) -> str:
    """One form for what keyboards write differently: å as one character or as a and ring (NFKC)."""
    return unicodedata.normalize("NFKC", password)


@functools.cache
def blocklist() -> tuple[str, ...]:
    lines = (Path(__file__).parent / "blocklist.txt").read_text().splitlines()
    return tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))


_LOOKALIKE = str.maketrans("013457@$!|8", "oieastasilb")


def _folded(text: str) -> str:
    """Lower case, å ä ö without rings and dots."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


@functools.cache
def _listed() -> tuple[str, ...]:
    return tuple(sorted({_folded(word) for word in blocklist()}, key=len, reverse=True))


def _remainder(password: str, own: Iterable[str]) -> str:
    """What is left when listed words, own names, years, runs and everything but letters and figures
    are taken away."""
    words = sorted({*_listed(), *map(_folded, own)}, key=len, reverse=True)
    plain = _folded(password)
    taken = bytearray(len(plain))
    for reading in (plain, plain.translate(_LOOKALIKE)):
        for word in words:
            start = reading.find(word)
            while start >= 0:
                taken[start : start + len(word)] = b"\1" * len(word)
                start = reading.find(word, start + 1)
    for year in re.finditer(r"(19|20)\d\d", plain):
        taken[year.start() : year.end()] = b"\1" * 4
    for i in range(len(plain) - 2):
        steps = {ord(plain[i + 1]) - ord(plain[i]), ord(plain[i + 2]) - ord(plain[i + 1])}
        if len(steps) == 1 and steps <= {-1, 0, 1}:
            taken[i : i + 3] = b"\1\1\1"
    return "".join(c for c, t in zip(plain, taken, strict=True) if not t and c.isalnum())


def hashed(password: str) -> str:
    """argon2id. Takes tens of milliseconds: not inside a transaction."""
    return _hasher.hash(normal(password)[:MOST])


@functools.cache
def stand_in() -> str:
    """A hash of nothing anybody knows: checking against it costs what checking a person's costs."""
    return _hasher.hash(secrets.token_hex(32))


def verify(password_hash: str | None, typed: str) -> bool:
    """True when `typed` belongs to the hash. Without a hash (unknown user) the same work is done and
    the answer is False."""
    absent = stand_in()  # made before the choice: the first unknown name does not cost more
    try:
        _hasher.verify(password_hash or absent, normal(typed)[: MOST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def outdated(password_hash: str) -> bool:
    """Made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)


def temporary() -> str:
    """A password to be told to a person and changed at the first sign-in: 79 random bits in groups."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(4)) for _ in range(4))
