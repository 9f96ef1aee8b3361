"""What the pages of consents list. Reads, and the log of them."""

import dataclasses
import uuid

import peewee

from portal import clock
from portal.accounts.models import Account
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import db
from portal.recordings.models import Recording, State
from portal.register import consents
from portal.register.models import Consent, ConsentCall

PAGE = 50
OFFERED = 50
"""Calls from one number that are offered at a time, the newest."""


@dataclasses.dataclass(frozen=True)
class Page:
    rows: list[Consent]
    calls: dict[int, int]
    """Consent → how many calls it is about."""
    older: uuid.UUID | None


def page(standing: str, *, after: uuid.UUID | None, by: Account) -> Page:
    """A page of the consents, newest first, with an entry in the log. `standing`: '', 'standing' or 'ended'."""
    chosen = Consent.visible_to(by).order_by(Consent.id.desc())
    if standing:
        chosen = chosen.where(Consent.stands if standing == "standing" else Consent.stands.is_null())
    last = Consent.get_or_none(Consent.uuid == after) if after else None
    if last is not None:
        chosen = chosen.where(Consent.id < last.id)
    rows = list(chosen.limit(PAGE + 1))
    shown = rows[:PAGE]
    counted = (
        ConsentCall.select(ConsentCall.consent, peewee.fn.COUNT(ConsentCall.id))
        .where(ConsentCall.consent.in_([row.id for row in shown]))
        .group_by(ConsentCall.consent)
    )
    with db.atomic():
        record(Act.CONSENTS_LISTED, by=by, rows=len(shown), page="older" if after else "newest")
    return Page(shown, dict(counted.tuples()), shown[-1].uuid if len(rows) > PAGE else None)


@db.atomic()
def note_viewed(consent: Consent, *, by: Account) -> None:
    """Write that `by` opened it."""
    record(Act.CONSENT_VIEWED, consent, by=by)


def others(call: Recording, *, by: Account) -> list[Recording]:
    """The other calls from the same number that `by` may note a consent for."""
    if not call.number:
        return []
    same = consents.reachable(by).where(Recording.number == call.number, Recording.id != call.id)
    return list(same.order_by(Recording.id.desc()).limit(OFFERED))


def more(consent: Consent, *, by: Account) -> list[Recording]:
    """The calls from the number of the consent that it is not about yet."""
    if not consent.number:
        return []
    had = ConsentCall.select(ConsentCall.recording).where(ConsentCall.consent == consent.id)
    same = consents.reachable(by).where(Recording.number == consent.number, Recording.id.not_in(had))
    return list(same.order_by(Recording.id.desc()).limit(OFFERED))


def goes(row: Recording) -> bool:
    """Is the call past its date, and one consent all that keeps it?"""
    kept_by_more = row.holds or row.freezes > 1
    return row.state == State.LIVE and row.expires_at <= clock.now() and not kept_by_more
