"""Which months' papers the calendar asks for: from the first working day of the month after."""

import datetime as dt

import peewee

from portal import clock
from portal.accounts.models import Account
from portal.documents.kinds import Kind
from portal.documents.models import Document
from portal.language import LANGUAGES
from portal.retention import months


def once(month: dt.date, language: str, kind: Kind = Kind.PURGE_MONTH) -> str:
    """What there may be one of."""
    return f"{kind}:{months.name(month)}:{language}"


def due(kind: Kind = Kind.PURGE_MONTH) -> list[tuple[dt.date, str]]:
    """Months and languages that should have a paper of that kind by now and have none.

    The month before this one; after a standstill also those since the last that was made. Never a month
    that ended before the register was there.
    """
    began = Account.select(peewee.fn.MIN(Account.created_at)).scalar()
    if began is None:
        return []
    first = max(clock.local(began).date().replace(day=1), _since(kind))
    wanted, month = [], first
    while clock.first_working_day(clock.next_month(month)) <= clock.today():
        wanted += [(month, language) for language in LANGUAGES]
        month = clock.next_month(month)
    made = {name for (name,) in Document.select(Document.once).where(Document.once.is_null(False)).tuples()}
    return [(month, language) for month, language in wanted if once(month, language, kind) not in made]


def _since(kind: Kind) -> dt.date:
    """The month of the newest one there is, or the month before this one."""
    newest = Document.select(peewee.fn.MAX(Document.owner_key)).where(Document.kind == kind).scalar()
    last = (clock.today().replace(day=1) - dt.timedelta(days=1)).replace(day=1)
    return min(months.named(newest), last) if newest else last
