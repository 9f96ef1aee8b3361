"""How a case ends: the answer leaves, what was frozen is let go on its day, the file is closed (register §§3–4).

Aside: the person takes the request back, or it belongs to another authority; that the answer is complained of is
`complaints`. No case closes without a letter sent, and no late answer leaves without why.
"""

import datetime as dt
from typing import Any

from portal import clock, config
from portal.accounts.models import Account
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.cases import (
    carrying,
    claims,
    complaints,
    copies,
    deadlines,
    letters,
    locking,
    outcomes,
    personal_codes,
    sendings,
    turns,
)
from portal.cases.actions import NotNow, advance, handled
from portal.cases.codes import UNDECIDED, Outcome, State
from portal.cases.models import Case, CaseRight
from portal.cases.outcomes import ASIDE, KINDS, lifting_day, of_round
from portal.cases.sendings import LetterWaiting, within
from portal.cases.steps import What, tell
from portal.cases.words import DISPATCHES
from portal.db import db
from portal.documents.kinds import Kind
from portal.documents.models import State as Letter
from portal.errors import Conflict, Invalid
from portal.language import N_
from portal.register import notices
from portal.retention import freezes, watch

WITHDRAWABLE = (*UNDECIDED, State.PROPOSED)
"""Nothing has been decided yet."""
WORDS_LEAST = 10


class CopyWaiting(Conflict):
    text = N_("Ljudkopian är inte färdig. Vänta tills den är gjord; om den misslyckades, beställ den på nytt.")


class HowNeeded(Invalid):
    text = N_("Välj hur svaret skickades.")


class LateReasonNeeded(Invalid):
    """`due`: the last day."""

    text = N_("Svaret är försenat: sista dagen var den %(due)s. Skriv varför, minst %(least)s tecken.")


class WordsNeeded(Invalid):
    text = N_("Skriv vad som har hänt, minst %(least)s tecken.")


class ToNeeded(Invalid):
    text = N_("Skriv vart.")


class RestrictionLeft(Conflict):
    """GDPR 18(3)."""

    text = N_(
        "Samtal är fortfarande begränsade på grund av begäran, och personen vet inte till när. Skicka brevet om "
        "hävningen, så kan begäran avslutas."
    )


class CopyLeft(Conflict):
    text = N_("Ljudkopian har inte lämnats över. Anteckna överlämnandet, eller vänta tills den har raderats.")


class NotCarried(Conflict):
    text = N_("Allt som beslutades är inte gjort än. Sidan ”Verkställighet” visar vad som återstår och varför.")


class LetterLeft(Conflict):
    text = N_("Ett brev till personen har inte skickats. Skicka det och anteckna dagen.")


class NoticeLeft(Conflict):
    """GDPR 19."""

    text = N_("En mottagare av ett samtal har inte underrättats. Underrätta den, eller skriv varför det inte går.")


class BegunAlready(Conflict):
    text = N_(
        "En del av det som begärdes är redan gjort i registret, så begäran avslutas med ett svar. Ta bland begärans "
        "uppgifter bort de rättigheter som återtas eller överförs, och svara på resten."
    )


@db.atomic()
def dispatch(case: Case, *, on: dt.date, how: str, late_reason: str = "", by: Account) -> Case:
    """Note that the answer has left. From its day on, the days of the freeze are counted.

    NotHandler, NotNow, LetterWaiting, CopyWaiting, HowNeeded, DayAhead, DayBefore, LateReasonNeeded.
    """
    found = handled(case, State.APPROVED, by=by)
    if not is_set(found):
        raise LetterWaiting
    if not copies.ready(found):
        raise CopyWaiting
    if how not in DISPATCHES:
        raise HowNeeded
    within(on, approved_on(found))
    late = deadlines.is_late(found, on)
    if late and len(late_reason.strip()) < WORDS_LEAST:
        raise LateReasonNeeded(due=_day(deadlines.of(found, today=on).statutory), least=WORDS_LEAST)
    personal_codes.refuse(late_reason)
    lifts_on = lifting_day(found, on)
    sent = advance(
        found,
        (State.APPROVED,),
        state=State.DISPATCHED,
        dispatched_on=on,
        dispatched_by=by,
        dispatched_how=how,
        late_reason=late_reason.strip() if late else "",
        lifts_on=lifts_on,
    )
    freezes.lift_on(sent, copies.kept_until(sent), by=by)
    told: dict[str, Any] = {"day": on.isoformat(), "lifts_on": lifts_on.isoformat(), "how": how, "late": late}
    record(Act.CASE_DISPATCHED, sent, by=by, reference=sent.number, **told)
    tell(sent, What.DISPATCHED, by=by, words=sent.late_reason, day=on)
    told_of = complaints.resume(sent, by=by)
    locking.follow(told_of, by=by)
    return told_of


def is_set(case: Case) -> bool:
    """Is every letter that answers there, and every other one that was ordered? What confirms an erasure that is not
    done yet is still a draft: it leaves apart, when another letter of the answer can leave now."""
    if letters.waiting(case):
        return False
    if case.outcome in ASIDE:
        kind = KINDS[Outcome(case.outcome)]
        return any(letter.kind == kind and letter.state == Letter.LOCKED for letter in letters.of(case))
    there = {(letter.kind, letters.of_right(letter)): letter.state for letter in letters.answering(case)}
    states = []
    for kind, right in outcomes.answers(case):
        state = there.get((kind, right)) or there.get((kind, ""))  # before letters had rights there was one
        if not (kind == Kind.CASE_ERASED and state == Letter.DRAFT):
            states.append(state)
    return set(states) == {Letter.LOCKED}


def approved_on(case: Case) -> dt.date:
    at: Any = case.approved_at
    return clock.local(at).date()


def _day(day: dt.date) -> str:
    return f"{day.day}.{day.month}.{day.year}"


@db.atomic()
def withdraw(case: Case, *, words: str, by: Account) -> Case:
    """The person takes the request back, in `words`; a letter confirms it. NotHandler, NotNow, WordsNeeded,
    BegunAlready."""
    found = handled(case, *WITHDRAWABLE, by=by)
    said = _said(words)
    ended = _end_aside(found, Outcome.WITHDRAWN, by=by)
    letters.order(ended, Kind.CASE_CLOSING, by=by, on=clock.today().isoformat())
    record(Act.CASE_WITHDRAWN, ended, by=by, reference=ended.number, state_before=found.state)
    tell(ended, What.WITHDRAWN, by=by, words=said)
    return ended


@db.atomic()
def transfer(case: Case, *, to: str, words: str, by: Account) -> Case:
    """It belongs to another authority, and is sent on `to` it; `words` tell the person why.

    NotHandler, NotNow, ToNeeded, WordsNeeded, BegunAlready.
    """
    found = handled(case, *WITHDRAWABLE, by=by)
    if not to.strip():
        raise ToNeeded
    personal_codes.refuse(to)
    said = _said(words)
    ended = _end_aside(found, Outcome.TRANSFERRED, by=by, transferred_to=to.strip())
    letters.order(ended, Kind.CASE_TRANSFER, by=by, to=to.strip(), words=said)
    record(Act.CASE_TRANSFERRED, ended, by=by, reference=ended.number, state_before=found.state)
    tell(ended, What.TRANSFERRED, by=by, words=said)
    return ended


def _said(words: str) -> str:
    if len(words.strip()) < WORDS_LEAST:
        raise WordsNeeded(least=WORDS_LEAST)
    personal_codes.refuse(words)
    return words.strip()


def _end_aside(found: Case, outcome: Outcome, *, by: Account, **values: Any) -> Case:
    """Nothing is answered: no second person is asked, and what remains is to send the letter. A clock that stood for
    proof of identity goes on: it is awaited no more."""
    if deadlines.stands(found):
        found.resumed_on = clock.today()
        values |= {"resumed_on": found.resumed_on, **deadlines.store(found)}
    if claims.is_begun(found):
        raise BegunAlready
    letters.drop_drafts(found, by=by)
    mine = [right.id for right in of_round(found)]
    CaseRight.update(outcome=outcome).where(CaseRight.id.in_(mine)).execute()
    return advance(
        found,
        WITHDRAWABLE,
        state=State.APPROVED,
        outcome=outcome,
        approved_by=by,
        approved_at=clock.now(),
        **values,
    )


@db.atomic()
def close(case: Case, *, by: Account) -> Case:
    """Nothing remains to be done but to let go on its day of what is frozen: the file is closed before that day.

    No hand lifts a freeze: what the letter promised to keep is kept until then. NotHandler, NotNow, CopyLeft,
    NotCarried, LetterLeft, NoticeLeft, RestrictionLeft.
    """
    found = handled(case, State.DISPATCHED, by=by)
    if found.lifts_on is None:
        raise NotNow
    if (remains := remaining(found)) is not None:
        raise remains
    return _close(found, by=by)


def remaining(case: Case) -> Conflict | None:
    """What is left to do, besides waiting for its day, before a case whose answer has left can be closed."""
    if copies.keeps(case):
        return CopyLeft()
    if not carrying.is_carried(case):
        return NotCarried()
    if sendings.waiting(case):
        return LetterLeft()
    if locking.unsettled(case):
        return RestrictionLeft()
    return NoticeLeft() if notices.waiting(case) else None


def close_due() -> int:
    """Close every case whose lifting day has come; how many. One transaction each. One of which something remains
    closes when that is done: sound to be handed over, an erasure that waits, a letter, a recipient to be told."""
    if watch.doubts_clock():
        return 0  # a day that a wrong clock shows has not come
    due = Case.select(Case.id).where(Case.state == State.DISPATCHED, Case.lifts_on <= clock.today())
    return turns.each([key for (key,) in due.tuples()], _close_due)


@db.atomic()
def _close_due(key: int) -> bool:
    chosen = (Case.id == key, Case.state == State.DISPATCHED, Case.lifts_on <= clock.today())  # it may have been moved
    found: Case | None = Case.select().where(*chosen).first()
    if found is None or remaining(found) is not None:
        return False
    _close(found, by=None)
    return True


def _close(found: Case, *, by: Account | None) -> Case:
    purge_on = clock.months_after(clock.today(), 12 * config.settings().case_file_years)
    closed = advance(
        found, (State.DISPATCHED,), state=State.CLOSED, closed_at=clock.now(), closed_by=by, purge_on=purge_on
    )
    lifts_on: dt.date = closed.lifts_on
    if lifts_on <= clock.today():
        freezes.lift(closed, by=by)
    copies.end(closed)
    record(Act.CASE_CLOSED, closed, by=by, reference=closed.number, purge_on=purge_on.isoformat())
    tell(closed, What.CLOSED, by=by)
    return closed
