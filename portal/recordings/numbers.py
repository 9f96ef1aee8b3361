"""A telephone number: read in any way of writing it, and the digits it is written with."""

import dataclasses
import functools
import re
import unicodedata

import phonenumbers

from portal import config
from portal.errors import Invalid
from portal.language import N_

FEWEST_DIGITS = 3
MOST_DIGITS = 20

_NOT_A_NUMBER = re.compile(r"[^0-9+\-–./()\s]")


class NotANumber(Invalid):
    text = N_("Skriv numret med siffror, till exempel 040 123 4567.")


class TooFewDigits(Invalid):
    text = N_("Skriv minst tre siffror.")


@dataclasses.dataclass(frozen=True)
class Number:
    """A number as typed: digits that stand somewhere in it, and the whole number they can be read as."""

    whole: str | None
    """In E.164."""
    part: str
    """'' where the whole one alone is meant."""

    @property
    def text(self) -> str:
        """What the log's pseudonym is made of: the whole number whenever it can be read as one."""
        return self.whole or self.part


def number(text: str) -> Number:
    """Read a number in any way of writing it.

    With a country code (+, or 00 and enough after it) its part begins with that; without, it is what is typed, and a
    whole number of the setting `region` too where possible. Raises NotANumber and TooFewDigits.
    """
    text = unicodedata.normalize("NFKC", text).strip().removeprefix("tel:")
    typed = digits(text)
    if _NOT_A_NUMBER.search(text) or len(typed) > MOST_DIGITS:
        raise NotANumber
    if len(typed) < FEWEST_DIGITS:
        raise TooFewDigits
    foreign = text.startswith("+") or (typed.startswith("00") and len(typed) >= len("00") + FEWEST_DIGITS)
    if foreign:
        text = text.replace("(0)", "")  # as many write it, for those who call from inside the country
        typed = digits(text)
    part, whole = typed.removeprefix("00") if foreign else typed, None
    try:
        parsed = phonenumbers.parse(text, config.settings().region)
    except phonenumbers.NumberParseException:
        return Number(None, _long_enough(part))
    written = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    if phonenumbers.is_possible_number(parsed):
        whole = written
    return Number(whole, _long_enough(digits(written) if foreign else part))


def _long_enough(part: str) -> str:
    if len(part) < FEWEST_DIGITS:
        raise TooFewDigits
    return part


def digits(text: str) -> str:
    return "".join(c for c in text if c in "0123456789")


def writings(number: str) -> tuple[str, ...]:
    """The digits of a stored number, and those it is written with inside its own country."""
    international = digits(number)
    code, trunk = _region(config.settings().region)
    if code and trunk and number.startswith(f"+{code}"):
        return international, trunk + international.removeprefix(code)
    return (international,)


def holds(number: str, part: str) -> bool:
    """Has a stored number these digits in it, in one of the ways it is written?"""
    return any(part in written for written in writings(number))


@functools.cache
def _region(region: str) -> tuple[str, str]:
    """The code of the country, and what stands before a number inside it."""
    return str(phonenumbers.country_code_for_region(region) or ""), phonenumbers.ndd_prefix_for_region(
        region, True
    ) or ""
