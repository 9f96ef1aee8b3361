"""Reading about threat calls, holds and transfers is in the log, as listening is: they tell of people."""

from portal.accounts.models import Account
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import db
from portal.retention.models import Hold, Threat, Transfer


@db.atomic()
def note_list(name: str, count: int, *, by: Account) -> None:
    """`name`: 'reported', 'decided', 'held', 'released' or 'transfers'; `count`: rows shown."""
    record(Act.THREATS_LISTED, by=by, list=name, lines=count)


@db.atomic()
def note(row: Threat | Hold | Transfer, *, by: Account) -> None:
    """That `by` read this one, whole."""
    kind = type(row).__name__.lower()
    record(Act.THREAT_VIEWED, row.recording, by=by, **{kind: row.uuid.hex})
