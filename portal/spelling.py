"""How dates, times, lengths, numbers and telephone numbers are written in both languages: on screen and on paper."""

import datetime as dt
import re

from portal import clock

NBSP = "\u00a0"
MISSING = "–"

_CLOCKED = re.compile(r"(?:([0-9]{1,2}):)?([0-9]{1,3}):([0-5]?[0-9])(?:[.,]([0-9]{1,3}))?")
_SECONDS = re.compile(r"([0-9]{1,5})(?:[.,]([0-9]{1,3}))?")


def date(moment: dt.datetime | dt.date | None) -> str:
    """24.11.2026, in Helsinki."""
    if moment is None:
        return MISSING
    day = clock.local(moment) if isinstance(moment, dt.datetime) else moment
    return f"{day.day}.{day.month}.{day.year}"


def time(moment: dt.datetime | None, seconds: bool = False) -> str:
    """9.05, or 9.05.30 with seconds, in Helsinki."""
    if moment is None:
        return MISSING
    wall = clock.local(moment)
    return f"{wall.hour}.{wall.minute:02}" + (f".{wall.second:02}" if seconds else "")


def moment(value: dt.datetime | None, language: str, seconds: bool = False) -> str:
    """24.11.2026 kl. 9.05 (fi: klo)."""
    if value is None:
        return MISSING
    word = "klo" if language == "fi" else "kl."
    return f"{date(value)} {word}{NBSP}{time(value, seconds)}"


def duration(milliseconds: int | None) -> str:
    """3:07, or 1:03:07 from an hour on."""
    if milliseconds is None:
        return MISSING
    seconds = round(milliseconds / 1000)
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def offset(milliseconds: int) -> str:
    """A place in a recording, exactly: 1:05, 1:05,3 or 1:02:03,25."""
    seconds, part = divmod(milliseconds, 1000)
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    whole = f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
    return f"{whole},{part:03}".rstrip("0") if part else whole


def milliseconds(text: str) -> int | None:
    """A place in a recording as people type it: '1:05', '1:05,3', '1:02:03.25', or seconds alone. None when it is
    none."""
    typed = text.strip()
    if clocked := _CLOCKED.fullmatch(typed):
        hours, minutes, seconds, part = clocked.groups()
        whole = (int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)
    elif plain := _SECONDS.fullmatch(typed):
        whole, part = int(plain[1]), plain[2]
    else:
        return None
    return whole * 1000 + int((part or "0").ljust(3, "0"))


def number(value: int | None) -> str:
    """12 345, with a space that does not break."""
    return MISSING if value is None else f"{value:,}".replace(",", NBSP)


def size(count: int | None, language: str) -> str:
    """Bytes in kB, MB or GB (SI; fi: kt, Mt, Gt), with a decimal comma."""
    if count is None:
        return MISSING
    byte = "t" if language == "fi" else "B"
    for unit, factor in (("G", 10**9), ("M", 10**6)):
        if count >= factor:
            return f"{count / factor:.1f}".replace(".", ",") + NBSP + unit + byte
    return f"{-(-count // 1000)}{NBSP}k{byte}"


def phone(value: str | None) -> str:
    """A number as people write it: nationally for Finland (040 123 4567), else international."""
    import phonenumbers  # the typesetter's process does without its tables

    if not value:
        return ""
    try:
        parsed = phonenumbers.parse(value, "FI")
    except phonenumbers.NumberParseException:
        return value
    style = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(parsed, style.NATIONAL if parsed.country_code == 358 else style.INTERNATIONAL)


def phone_masked(value: str | None) -> str:
    """All but the last three digits hidden: lists and letters do not need more."""
    shown = phone(value)
    digits = sum(c.isdigit() for c in shown)
    out, seen = [], 0
    for c in shown:
        if c.isdigit():
            seen += 1
            c = c if seen > digits - 3 else "•"
        out.append(c)
    return "".join(out)
