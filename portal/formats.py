"""Filters of the pages: dates, times, lengths and numbers as Finns write them, and telephone numbers."""

import datetime as dt

import flask

from portal import spelling
from portal.spelling import date, duration, number, offset, phone, phone_masked, time
from portal.web import language

__all__ = ["date", "duration", "init_app", "moment", "number", "offset", "phone", "phone_masked", "size", "time"]


def moment(value: dt.datetime | None, seconds: bool = False) -> str:
    """24.11.2026 kl. 9.05 (fi: klo), in the page's language."""
    return spelling.moment(value, language(), seconds)


def size(count: int | None) -> str:
    """2,5 MB (fi: Mt), in the page's language."""
    return spelling.size(count, language())


def init_app(app: flask.Flask) -> None:
    for filter_ in (date, time, moment, duration, offset, number, size, phone, phone_masked):
        app.jinja_env.filters[filter_.__name__] = filter_
