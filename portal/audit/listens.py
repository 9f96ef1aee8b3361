"""Who listened to a recording, as the log tells it."""

import datetime as dt
import uuid
from typing import Any, NamedTuple

from portal.audit.acts import Act
from portal.audit.models import Entry


class Heard(NamedTuple):
    """One listen: the moment its first sound left, by whom, and why."""

    at: dt.datetime
    by: uuid.UUID | None
    """The account's uuid; `accounts.names.of` has the name."""
    purpose: str
    """A code of `recordings.models.Purpose`."""
    reference: str
    """The case number, if the purpose has one."""


def who_listened(recording: Any) -> list[Heard]:
    """Every listen to `recording` (a row with a uuid), newest first.

    One entry per listen, however many ranges the browser asked for. The caller decides what the
    reader may see: the names are for those who may read the log, the dates and purposes for all
    who may see the call. They are also what a data subject has a right to (CJEU C-579/21).
    """
    rows = (
        Entry.select(Entry.at, Entry.by, Entry.purpose, Entry.reference)
        .where(Entry.act == Act.PLAYED, Entry.subject == recording.uuid)
        .order_by(Entry.id.desc())
        .tuples()
    )
    return [Heard(at, by, purpose, reference) for at, by, purpose, reference in rows]
