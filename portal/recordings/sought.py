"""What was asked of a search, as an address may hold it.

An address is kept where nobody reads it with care: the browser's history, a shared screen, a proxy's log, the line a
colleague is sent. So the telephone number and the words, which are a person's, stand in it sealed: for the account
that asked and nobody else, and for a day. Everything else a search asks stays readable.
"""

import base64
import binascii
import datetime as dt
import struct
from collections.abc import Iterable
from urllib.parse import parse_qsl, urlencode

from portal import clock
from portal.accounts.models import Account
from portal.errors import Invalid
from portal.language import N_
from portal.vault import box

Pairs = list[tuple[str, str]]
"""Names and values of the search form, in order."""

PRIVATE = ("words", "number")
"""What never stands in an address as it was typed."""
NAME = "sought"
"""Under which an address holds them sealed."""
LASTS = dt.timedelta(hours=24)
BLOCK = 64
"""Sealed in steps of so many bytes: the length of an address does not tell how much was typed."""


class Ended(Invalid):
    text = N_("Sökningen gäller inte längre. Skriv numret eller orden och sök på nytt.")


def public(asked: Iterable[tuple[str, str]], *, by: Account) -> Pairs:
    """`asked` as an address may hold it: the private ones as one sealed value, for `by` alone."""
    asked = list(asked)
    private = [pair for pair in asked if pair[0] in PRIVATE]
    rest = [pair for pair in asked if pair[0] not in PRIVATE]
    return [(NAME, seal(private, by=by)), *rest] if private else rest


def read(shown: Iterable[tuple[str, str]], *, by: Account) -> Pairs:
    """What `public` was made of. Raises Ended when it was another's, has been altered, or is older than LASTS."""
    found: Pairs = []
    for name, value in shown:
        found += unseal(value, by=by) if name == NAME else [(name, value)]
    return found


def seal(asked: Pairs, *, by: Account, use: str = "search") -> str:
    """Letters, digits, - and _. What is sealed for one `use` opens for no other."""
    text = struct.pack(">Q", int(clock.now().timestamp())) + urlencode(asked).encode()
    padded = text + b"\0" * (-len(text) % BLOCK)
    return base64.urlsafe_b64encode(box.seal(use, by.uuid.bytes, padded)).decode().rstrip("=")


def unseal(sealed: str, *, by: Account, use: str = "search", lasts: dt.timedelta = LASTS) -> Pairs:
    """Raises Ended."""
    try:
        raw = base64.b64decode(sealed + "=" * (-len(sealed) % 4), altchars=b"-_", validate=True)
        text = box.unseal(use, by.uuid.bytes, raw)
    except (binascii.Error, ValueError, box.SealBroken) as error:
        raise Ended from error
    (sealed_at,) = struct.unpack(">Q", text[:8])
    age = clock.now().timestamp() - sealed_at
    if not -60 <= age <= lasts.total_seconds():
        raise Ended
    return parse_qsl(text[8:].rstrip(b"\0").decode())
