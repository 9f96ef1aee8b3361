"""How consents end of themselves: the last day they were given for has passed; and what tells who somebody is goes
when nothing rests on it any more."""

import datetime as dt

import peewee

from portal import clock, config
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.cases import turns
from portal.cases.codes import State
from portal.cases.models import Case
from portal.db import db
from portal.recordings.models import Recording
from portal.recordings.models import State as RecordingState
from portal.register import consents
from portal.register.models import Consent, ConsentCall
from portal.retention import sweeps, transfers, watch
from portal.retention.models import PurgeLine, Transfer

UNLINKED = dt.timedelta(days=60)
"""So long a withdrawal outside a request can still be confirmed by one."""


def tend() -> int:
    """One round; how many consents ended, were emptied or let go of a deleted call. What ends by a date does so only
    while the clock can be trusted."""
    with sweeps.running("consents"):
        return 0 if watch.doubts_clock() else end_due() + unlink_due() + empty_due()


def end_due() -> int:
    """End those whose last day has passed; how many. One transaction each."""
    due = Consent.select(Consent.id).where(Consent.stands, Consent.ends_on < clock.today())
    return turns.each([key for (key,) in list(due.tuples())], _end)


def _end(key: int) -> bool:
    lines = _ended(key)
    if lines is not None:
        consents.finish(lines)
    return lines is not None


@db.atomic()
def _ended(key: int) -> list[PurgeLine] | None:
    found = Consent.get_or_none(Consent.id == key, Consent.stands, Consent.ends_on < clock.today())
    return consents.end(found, Act.CONSENT_ENDED, by=None)[1] if found is not None else None


@db.atomic()
def unlink_due() -> int:
    """Whose call it was goes with a deleted call, as soon as the letter that confirms the withdrawal has told what
    became of it: when the request is closed, or no request took it in for UNLINKED. How many."""
    ended = Consent.select(Consent.id).where(
        Consent.stands.is_null(),
        (Consent.because.is_null() & (Consent.withdrawn_at < clock.now() - UNLINKED))
        | (Consent.because.is_null(False) & Consent.because.not_in(_open_cases())),
    )
    gone = Recording.select(Recording.id).where(Recording.state == RecordingState.PURGED)
    deleted: int = ConsentCall.delete().where(ConsentCall.consent.in_(ended), ConsentCall.recording.in_(gone)).execute()
    return deleted


def _open_cases() -> peewee.ModelSelect:
    return Case.select(Case.uuid).where(Case.state.not_in((State.CLOSED, State.PURGED)))


def empty_due() -> int:
    """Empty those that ended `consent_file_years` ago of whatever tells who gave them; how many.

    Until then the city can show what it relied on (GDPR 5(2), 7(1)). What a request that is not closed, or a
    disclosure that is not done, rests on stays.
    """
    limit = clock.day_start(clock.months_after(clock.today(), -12 * config.settings().consent_file_years))
    disclosures = Transfer.select(Transfer.consent).where(
        Transfer.state.in_(transfers.OPEN), Transfer.consent.is_null(False)
    )
    due = Consent.select(Consent.id).where(
        Consent.stands.is_null(),
        Consent.withdrawn_at <= limit,
        Consent.name != "",
        Consent.because.is_null() | Consent.because.not_in(_open_cases()),
        Consent.uuid.not_in(disclosures),
    )
    return turns.each([key for (key,) in list(due.tuples())], _empty)


@db.atomic()
def _empty(key: int) -> bool:
    emptied = Consent.update(name="", number="", how_words="").where(
        Consent.id == key, Consent.stands.is_null(), Consent.name != ""
    )
    if not emptied.execute():
        return False
    ConsentCall.delete().where(ConsentCall.consent == key).execute()
    record(Act.CONSENT_EMPTIED, Consent.get_by_id(key))
    return True
