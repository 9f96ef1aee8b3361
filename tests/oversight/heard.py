"""Listens in the log, as those who hear write them."""

import datetime as dt

from portal import clock
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.db import db

NOON = dt.datetime(2026, 11, 24, 10, 0, tzinfo=dt.UTC)
"""A Tuesday."""


def heard(call, *, by, at=NOON, purpose="quality", reference="") -> Entry:
    with clock.frozen(at), db.atomic():
        return record(Act.PLAYED, call, by=by, purpose=purpose, reference=reference, listen="0" * 32)


def other(act, subject=None, *, by=None, at=NOON, **told) -> Entry:
    with clock.frozen(at), db.atomic():
        return record(act, subject, by=by, **told)
