"""Consents that were withdrawn or have ended, as lines of the ledger: on an older register they end again, so that no
use comes back with it."""

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from portal import clock
from portal.accounts.models import Account
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.db import db
from portal.recordings.models import Recording
from portal.register.models import Consent, ConsentCall
from portal.retention import freezes
from portal.retention.ledger import Kind, New
from portal.retention.models import Freeze

ENDING = (Act.CONSENT_WITHDRAWN, Act.CONSENT_ENDED, Act.CONSENT_EMPTIED)


def lines(after: int, until: int) -> list[New]:
    """What the log tells of ended consents between two of its entries, the first not included."""
    told = Entry.select(Entry.subject).where(Entry.id.between(after + 1, until), Entry.act.in_(ENDING)).distinct()
    subjects = [subject for (subject,) in told.tuples()]
    rows = Consent.select().where(Consent.uuid.in_(subjects)).order_by(Consent.id)
    return [New(Kind.CONSENT, row.uuid, of(row)) for row in rows]


def of(row: Consent) -> dict[str, Any]:
    """When it ended, by whom, for which request, and whether it is emptied."""
    at: Any = row.withdrawn_at
    return {
        "ended_at": round(at.timestamp() * 1000),
        "ended_by": row.withdrawn_by.uuid.hex if row.withdrawn_by else None,
        "because": row.because.hex if row.because else None,
        "reference": row.reference,
        "emptied": not row.name,
    }


@db.atomic()
def end_again(subject: uuid.UUID, told: dict[str, Any]) -> bool:
    """End a consent that the older register takes for standing, and let go of its calls. False: nothing to do."""
    row: Consent | None = Consent.get_or_none(Consent.uuid == subject)
    if row is None:
        return False
    values: dict[str, Any] = {}
    if row.stands:
        values = {
            "stands": None,
            "withdrawn_at": dt.datetime.fromtimestamp(told["ended_at"] / 1000, clock.UTC),
            "withdrawn_by": _person(told["ended_by"]),
            "because": uuid.UUID(told["because"]) if told["because"] else None,
            "reference": told["reference"],
        }
    if told["emptied"] and row.name:
        values |= {"name": "", "number": "", "how_words": ""}
        ConsentCall.delete().where(ConsentCall.consent == row.id).execute()
    if not values:
        return False
    Consent.update(values).where(Consent.id == row.id).execute()
    freezes.lift(row, by=None)
    record(Act.CONSENT_ENDED, row, again=True)
    return True


@db.atomic()
def let_go_of_unknown() -> int:
    """A consent that came in after the backup is lost with its name and words, and what cannot be shown is none (GDPR
    7(1)): the calls that it kept are let go. How many."""
    known = Consent.select(Consent.uuid)
    rows = (
        Freeze.select(Freeze.recording)
        .where(Freeze.because_kind == freezes.CONSENT, Freeze.stands, Freeze.because.not_in(known))
        .distinct()
    )
    calls = Recording.select().where(Recording.id.in_(rows))
    return sum(freezes.lift_consented(call, by=None, unless=_standing_of(call)) for call in list(calls))


def _standing_of(call: Recording) -> Iterable[uuid.UUID]:
    linked = Consent.select(Consent.uuid).join(ConsentCall).where(ConsentCall.recording == call.id, Consent.stands)
    return [key for (key,) in linked.tuples()]


def _person(key: str | None) -> Account | None:
    found: Account | None = Account.get_or_none(Account.uuid == uuid.UUID(key)) if key else None
    return found
