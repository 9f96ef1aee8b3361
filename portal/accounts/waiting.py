"""Where an attempt comes from, and how the wait after failed ones is told."""

import datetime as dt
import ipaddress
from typing import Any

import flask
from babel.dates import format_timedelta
from flask_babel import get_locale, gettext

from portal.accounts import throttle


def address() -> str:
    """Where the request comes from. Of an IPv6 address the network (/64): one subscriber holds all of it."""
    remote = flask.request.remote_addr or ""
    try:
        found = ipaddress.ip_address(remote.partition("%")[0])
    except ValueError:
        return remote
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    return str(found.ipv4_mapped or ipaddress.ip_network((found, 64), strict=False).network_address)


def told(error: throttle.TooSoon) -> str:
    """How long the wait is, in words."""
    if error.wait is None:
        return gettext("För många försök. Använd en säkerhetsnyckel, eller be systemadministratören om hjälp.")
    seconds = max(1, -(-error.wait // dt.timedelta(seconds=1)))
    if seconds > 60:
        seconds = -(-seconds // 60) * 60
    when = format_timedelta(dt.timedelta(seconds=seconds), add_direction=True, locale=get_locale())
    return gettext("För många försök. Försök igen %(when)s.", when=when)


def waiting(form: Any, error: throttle.TooSoon) -> dict[str, str]:
    """Put the wait on the form; returns the header that says it to programs."""
    form.form_errors.append(told(error))
    if error.wait is None:
        return {}
    return {"Retry-After": str(max(1, -(-error.wait // dt.timedelta(seconds=1))))}
