"""Dates, times, lengths and numbers as Finns write them, in Swedish and Finnish."""

import datetime as dt

import flask
import phonenumbers

from portal import clock
from portal.web import language

NBSP = "\u00a0"


def date(moment: dt.datetime | dt.date | None) -> str:
    """24.11.2026, in Helsinki."""
    if moment is None:
        return "–"
    day = clock.local(moment) if isinstance(moment, dt.datetime) else moment
    return f"{day.day}.{day.month}.{day.year}"


def time(moment: dt.datetime | None, seconds: bool = False) -> str:
    """9.05, or 9.05.30 with seconds, in Helsinki."""
    if moment is None:
        return "–"
    wall = clock.local(moment)
    return f"{wall.hour}.{wall.minute:02}" + (f".{wall.second:02}" if seconds else "")


def moment(value: dt.datetime | None, seconds: bool = False) -> str:
    """24.11.2026 kl. 9.05 (fi: klo)."""
    if value is None:
        return "–"
    word = "klo" if language() == "fi" else "kl."
    return f"{date(value)} {word}{NBSP}{time(value, seconds)}"


def duration(milliseconds: int | None) -> str:
    """3:07, or 1:03:07 from an hour on."""
    if milliseconds is None:
        return "–"
    seconds = round(milliseconds / 1000)
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def number(value: int | None) -> str:
    """12 345, with a space that does not break."""
    return "–" if value is None else f"{value:,}".replace(",", NBSP)


def size(count: int | None) -> str:
    """Bytes in kB, MB or GB (SI), with a decimal comma."""
    if count is None:
        return "–"
    for unit, factor in (("GB", 10**9), ("MB", 10**6)):
        if count >= factor:
            return f"{count / factor:.1f}".replace(".", ",") + NBSP + unit
    return f"{-(-count // 1000)}{NBSP}kB"


def phone(value: str | None) -> str:
    """A number as people write it: nationally for Finland (040 123 4567), else international."""
    if not value:
        return ""
    try:
        parsed = phonenumbers.parse(value, "FI")
    except phonenumbers.NumberParseException:
        return value
    style = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(parsed, style.NATIONAL if parsed.country_code == 358 else style.INTERNATIONAL)


def phone_masked(value: str | None) -> str:
    """All but the last three digits hidden: lists do not need more."""
    shown = phone(value)
    digits = sum(c.isdigit() for c in shown)
    out, seen = [], 0
    for c in shown:
        if c.isdigit():
            seen += 1
            c = c if seen > digits - 3 else "•"
        out.append(c)
    return "".join(out)


def init_app(app: flask.Flask) -> None:
    for filter_ in (date, time, moment, duration, number, size, phone, phone_masked):
        app.jinja_env.filters[filter_.__name__] = filter_
