"""Filters of the pages: dates, times, lengths and numbers as Finns write them, and telephone numbers."""

import datetime as dt

import flask
import phonenumbers

from portal import spelling
from portal.spelling import date, duration, number, offset, size, time
from portal.web import language

__all__ = ["date", "duration", "init_app", "moment", "number", "offset", "phone", "phone_masked", "size", "time"]


def moment(value: dt.datetime | None, seconds: bool = False) -> str:
    """24.11.2026 kl. 9.05 (fi: klo), in the page's language."""
    return spelling.moment(value, language(), seconds)


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
    for filter_ in (date, time, moment, duration, offset, number, size, phone, phone_masked):
        app.jinja_env.filters[filter_.__name__] = filter_
