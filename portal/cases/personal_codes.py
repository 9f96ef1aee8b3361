"""Finnish personal identity codes: none is stored in a case (register §5), so texts that hold one are refused."""

import datetime as dt
import re

from portal.errors import Invalid
from portal.language import N_

_SHAPE = re.compile(r"(?<![0-9A-Za-z])([0-9]{6})([-+A-FU-Y])([0-9]{3})([0-9A-FHJ-NPR-Y])(?![0-9A-Za-z])", re.IGNORECASE)
_CHECKS = "0123456789ABCDEFHJKLMNPRSTUVWXY"


class PersonalCode(Invalid):
    text = N_("Skriv ingen personbeteckning. Den sparas inte i en begäran; namn, adress och nummer räcker.")


def holds(text: str | None) -> bool:
    """Is there a personal identity code in `text`, rightly written or with a slip in its last sign?

    A telephone number written 040123-4567 has the same shape: figures alone are taken for a code only when the
    last one is the right check.
    """
    return any(_is_code(*found.groups()) for found in _SHAPE.finditer(text or ""))


def _is_code(day: str, sign: str, number: str, check: str) -> bool:
    try:
        dt.date(2000, int(day[2:4]), int(day[:2]))  # a leap year: 29.2. is a day of birth
    except ValueError:
        return False
    if sign in "-+" and check.isdigit():
        return _CHECKS[int(day + number) % 31] == check
    return True


def refuse(*texts: str | None) -> None:
    """Raises PersonalCode when one of them holds a code."""
    if any(holds(text) for text in texts):
        raise PersonalCode
