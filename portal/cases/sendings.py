"""Letters to the person that leave apart from the answer: that what waited is erased now, that a restriction is about
to be lifted. No case closes while one waits to be sent."""

import datetime as dt
import uuid

from portal import clock
from portal.accounts.models import Account
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.cases import locking
from portal.cases.actions import handled_or_closed
from portal.cases.claim_models import Sending
from portal.cases.codes import OPEN, SendingState, State
from portal.cases.models import Case
from portal.cases.steps import What, tell
from portal.cases.words import DISPATCHES
from portal.db import db
from portal.documents.models import Document
from portal.documents.models import State as Letter
from portal.errors import Conflict, Invalid, NotFound
from portal.language import N_

SENDABLE = (*OPEN, State.DISPATCHED, State.COMPLAINT, State.CLOSED)
"""That a restriction will be lifted may be told long after the case was closed."""


class LetterWaiting(Conflict):
    text = N_(
        "Brevet är inte färdigt. Vänta tills det är gjort; om det misslyckades, försök igen bland breven på begärans "
        "sida."
    )


class AlreadySent(Conflict):
    text = N_("Brevet är redan antecknat som skickat.")


class DayAhead(Invalid):
    text = N_("Dagen kan inte vara efter i dag. Välj i dag eller en tidigare dag.")


class DayBefore(Invalid):
    """`first`: the first day that is possible."""

    text = N_("Dagen kan inte vara före den %(first)s. Välj den dagen eller en senare.")


class HowNeeded(Invalid):
    text = N_("Välj hur brevet skickades.")


def order(case: Case, letter: Document, right: str = "") -> Sending:
    """`letter`, just ordered, leaves by itself. Call in its transaction; asking again changes nothing."""
    found: Sending | None = Sending.get_or_none(Sending.letter == letter.uuid)
    if found is not None:
        return found
    made: Sending = Sending.create(case=case, letter=letter.uuid, right=right)
    return made


def get(case: Case, key: uuid.UUID) -> Sending:
    """The sending of the case that an address names. NotFound."""
    found: Sending | None = Sending.get_or_none(Sending.case == case.id, Sending.uuid == key)
    if found is None:
        raise NotFound
    return found


def of(case: Case) -> list[Sending]:
    """Every one of the case, the oldest first."""
    return list(Sending.select().where(Sending.case == case.id).order_by(Sending.id))


def with_letters(case: Case) -> list[tuple[Sending, Document]]:
    """Every one of the case with its letter, the oldest first."""
    rows = of(case)
    letters = {one.uuid: one for one in Document.select().where(Document.uuid.in_([row.letter for row in rows]))}
    return [(row, letters[row.letter]) for row in rows if row.letter in letters]


def waiting(case: Case) -> bool:
    """Is one still to be sent?"""
    return bool(Sending.select().where(Sending.case == case.id, Sending.state == SendingState.WAITING).exists())


@db.atomic()
def sent(sending: Sending, *, on: dt.date, how: str, by: Account) -> Sending:
    """Note that the letter has left. NotFound, Denied, NotHandler, NotNow, AlreadySent, LetterWaiting, HowNeeded,
    DayAhead, DayBefore."""
    case = handled_or_closed(sending.case, *SENDABLE, by=by)
    row: Sending = Sending.get_by_id(sending.id)
    letter = Document.get(Document.uuid == row.letter)
    if letter.state != Letter.LOCKED:
        raise LetterWaiting
    if how not in DISPATCHES:
        raise HowNeeded
    within(on, clock.local(letter.ordered_at).date())
    noted = Sending.update(state=SendingState.SENT, sent_on=on, sent_how=how, sent_by=by).where(
        Sending.id == row.id, Sending.state == SendingState.WAITING
    )
    if not noted.execute():
        raise AlreadySent
    told = {"document": letter.kind, "day": on.isoformat(), "how": how}
    record(Act.CASE_LETTER_SENT, letter, by=by, reference=case.number, **told)
    tell(case, What.LETTER_SENT, by=by, day=on)
    done: Sending = Sending.get_by_id(row.id)
    locking.told(done, by=by)
    return done


def within(on: dt.date, first: dt.date) -> None:
    """A letter has left from `first` on, and not after today. DayAhead, DayBefore."""
    if on > clock.today():
        raise DayAhead
    if on < first:
        raise DayBefore(first=f"{first.day}.{first.month}.{first.year}")
