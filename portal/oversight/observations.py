"""What can be done about an observation: the officer asks the person or whoever answers for them, that one answers, the
officer closes it with what came of it. Nobody asks about, closes or reopens what concerns themselves: an officer's own
go to a controller. It is deleted some years after it was closed (setting `oversight_years`).
"""

import datetime as dt
import json
import uuid
from collections.abc import Iterable
from typing import Any

import peewee

from portal import clock, config
from portal.accounts.models import Account, UnitHead
from portal.accounts.permissions import Permission
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.cases import personal_codes
from portal.db import Few, Prepared, db, few, slot
from portal.errors import Conflict, Denied, Invalid, NotFound
from portal.incidents import actions as incidents
from portal.incidents.models import OPEN as OPEN_INCIDENTS
from portal.incidents.models import Incident
from portal.language import N_
from portal.oversight.models import Observation, ObservationStep, Outcome, Pattern, State, Step
from portal.retention import sweeps, watch

PAGE = 50
SHOWN = 100
"""Listens of one observation that a page shows, the newest."""
WORDS_LEAST = 10
ANSWER_DAYS = 14
"""What a question proposes."""
ANSWER_DAYS_MOST = 60
STANDING = (State.OPEN, State.ASKED, State.ANSWERED)


class ObservationChanged(Conflict):
    text = N_("Iakttagelsen har ändrats medan du arbetade. Ladda om sidan och se hur läget är nu.")


class NotNow(Conflict):
    text = N_("Det går inte att göra i det läge som iakttagelsen är i nu. Ladda om sidan och se vad som kan göras.")


class OwnAnswer(Conflict):
    """Whoever answered does not judge the answer."""

    text = N_("Du har själv fått frågan om den här iakttagelsen. En annan avslutar den.")


class WordsNeeded(Invalid):
    """`least` signs."""

    text = N_("Skriv mer utförligt, minst %(least)s tecken.")


class AskedNeeded(Invalid):
    text = N_("Välj vem som får frågan.")


class DayNeeded(Invalid):
    """`most` days."""

    text = N_("Välj en dag från och med i dag och högst %(most)s dagar framåt.")


class OutcomeNeeded(Invalid):
    text = N_("Välj vad det ledde till.")


class NotHeard(Invalid):
    """A person is heard before they are told that they did wrong."""

    text = N_("Personen har inte fått svara än. Fråga först, och vänta på svaret eller tills svarstiden har gått ut.")


class IncidentUnknown(Invalid):
    text = N_("Välj en öppen incident i listan, eller låt en ny öppnas.")


def get(key: uuid.UUID, *, by: Account) -> Observation:
    """The observation that an address names. NotFound when absent or not theirs to see."""
    found: Observation | None = Observation.visible_to(by).where(Observation.uuid == key).first()
    if found is None:
        raise NotFound
    return found


@db.atomic()
def view(observation: Observation, *, by: Account) -> None:
    record(Act.OBSERVATION_VIEWED, observation, by=by, pattern=observation.pattern)


@db.atomic()
def listed(
    by: Account, *, all_: bool = False, pattern: str = "", person: uuid.UUID | None = None, before: int | None = None
) -> tuple[list[Observation], int | None]:
    """The newest that stand, or all, that `by` oversees, and the number to ask older ones before; logged."""
    chosen = _overseen_by(by, all_=all_)
    if pattern in set(Pattern):
        chosen = chosen.where(Observation.pattern == pattern)
    if person is not None:
        chosen = chosen.where(Account.uuid == person)
    if before is not None:
        chosen = chosen.where(Observation.id < before)
    rows = list(chosen.order_by(Observation.id.desc()).limit(PAGE + 1))
    asked: dict[str, Any] = {"pattern": pattern, "observed_person": person.hex if person else ""}
    record(Act.OBSERVATIONS_LISTED, by=by, rows=min(len(rows), PAGE), **{k: v for k, v in asked.items() if v})
    return rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None


def newest(by: Account, most: int) -> Few:
    """Of those that stand and `by` oversees; of so few no entry is written."""
    return few(_overseen_by(by).order_by(Observation.id.desc()), most)


def count(by: Account) -> int:
    """How many stand that `by` oversees."""
    return int(_overseen_by(by).count())


def _overseen_by(by: Account, *, all_: bool = False) -> peewee.ModelSelect:
    chosen = Observation.visible_to(by).where(Observation.person != by.id)
    if not by.may(Permission.OVERSIGHT_ASK):
        chosen = chosen.where(Observation.about_officers())
    return chosen if all_ else chosen.where(Observation.state.in_(STANDING))


def questions(by: Account) -> list[Observation]:
    """Those that `by` was asked about, the unanswered first."""
    mine = Observation.visible_to(by).where(Observation.asked_of == by.id)
    return sorted(mine.order_by(Observation.asked_at.desc()), key=lambda row: row.state != State.ASKED)


_COUNT_ASKED = Prepared(
    lambda: Observation.select(peewee.fn.COUNT(Observation.id)).where(
        Observation.asked_of == slot("by", Observation.asked_of), Observation.state == State.ASKED
    )
)


def waiting(by: Account, *, asked: bool = False) -> tuple[int, int]:
    """How many questions wait for an answer of `by`, and how many observations about officers for a controller;
    `asked`: only the questions."""
    questions: int = _COUNT_ASKED(by=by.id)[0][0]
    if asked or not by.may(Permission.OVERSIGHT_DEPUTISE):
        return questions, 0
    theirs = Observation.select().where(Observation.about_officers(), Observation.person != by.id)
    return questions, theirs.where(Observation.state.in_((State.OPEN, State.ANSWERED))).count()


def oversees(observation: Observation, by: Account) -> bool:
    """May `by` ask about it and close it?"""
    if observation.person_id == by.id:
        return False
    if by.may(Permission.OVERSIGHT_ASK):
        return True
    about_officer = Observation.select().where(Observation.id == observation.id, Observation.about_officers())
    return by.may(Permission.OVERSIGHT_DEPUTISE) and about_officer.exists()


def is_witness(observation: Observation, by: Account) -> bool:
    """Is `by` asked about it, or have they ever answered? Such a one does not close it."""
    return observation.asked_of_id == by.id or _has_answered(observation, by.id)


def askable(observation: Observation, *, by: Account) -> list[Account]:
    """The person, and those who answer for the people of the person's unit and still may; never `by`."""
    person: Account = observation.person
    heads = Account.select().join(UnitHead).where(UnitHead.unit == person.unit_id).order_by(Account.name)
    answering = [head for head in heads if head != person and head.may(Permission.RIGHTS_ASK)]
    return [one for one in (person, *answering) if one.is_active and one.id != by.id]


def entries(observation: Observation) -> tuple[list[Entry], int]:
    """Its listens in the log, the newest SHOWN, and how many there are."""
    numbers = sorted(json.loads(observation.entries))
    rows = Entry.select().where(Entry.id.in_(numbers[-SHOWN:])).order_by(Entry.id.desc())
    return list(rows), len(numbers)


def steps(observation: Observation) -> list[ObservationStep]:
    """What was done with it, the newest first, each with who did it."""
    rows = ObservationStep.select(ObservationStep, Account).join(Account, peewee.JOIN.LEFT_OUTER)
    return list(rows.where(ObservationStep.observation == observation.id).order_by(ObservationStep.id.desc()))


def open_incidents(by: Account) -> list[Incident]:
    """To which a closing may refer."""
    return list(
        Incident.visible_to(by).where(Incident.state.in_(OPEN_INCIDENTS)).order_by(Incident.id.desc()).limit(50)
    )


@db.atomic()
def ask(
    observation: Observation,
    *,
    of: uuid.UUID | None,
    question: str,
    answer_by: dt.date | None,
    version: int | None = None,
    by: Account,
) -> Observation:
    """Ask the person or whoever answers for them; another question takes the place of one before. NotFound, Denied,
    NotNow, ObservationChanged, AskedNeeded, DayNeeded, WordsNeeded, PersonalCode."""
    found = _overseen(observation, by, STANDING, version)
    asked = next((one for one in askable(found, by=by) if one.uuid == of), None)
    if asked is None:
        raise AskedNeeded
    said, today = _words(question), clock.today()
    if answer_by is None or not today <= answer_by <= today + dt.timedelta(days=ANSWER_DAYS_MOST):
        raise DayNeeded(most=ANSWER_DAYS_MOST)
    now = _advance(
        found,
        STANDING,
        state=State.ASKED,
        asked_of=asked,
        asked_by=by,
        asked_at=clock.now(),
        question=said,
        answer_by=answer_by,
        answered_at=None,
        answer="",
    )
    record(Act.OBSERVATION_ASKED, now, by=by, observed_person=found.person.uuid.hex, person=asked.uuid.hex)
    _tell(now, Step.ASKED, by=by, words=said)
    return now


@db.atomic()
def answer(observation: Observation, *, words: str, version: int | None = None, by: Account) -> Observation:
    """Answer what one was asked; also when the day for it has passed. NotFound, Denied, NotNow, ObservationChanged,
    WordsNeeded, PersonalCode."""
    found = _seen(get(observation.uuid, by=by), version)
    if found.asked_of_id != by.id:
        raise Denied
    if found.state != State.ASKED:
        raise NotNow
    said = _words(words)
    now = _advance(found, (State.ASKED,), state=State.ANSWERED, answer=said, answered_at=clock.now())
    record(Act.OBSERVATION_ANSWERED, now, by=by, characters=len(said))
    _tell(now, Step.ANSWERED, by=by, words=said)
    return now


@db.atomic()
def close(
    observation: Observation,
    *,
    outcome: str,
    words: str,
    incident: uuid.UUID | None = None,
    version: int | None = None,
    by: Account,
) -> Observation:
    """What came of it, and why. As an incident it opens one, or refers to the open one `incident`; the person is
    reminded of the rules only when they have been heard. NotFound, Denied, OwnAnswer, NotNow, ObservationChanged,
    OutcomeNeeded, NotHeard, IncidentUnknown, WordsNeeded, PersonalCode."""
    found = _overseen(observation, by, STANDING, version)
    if is_witness(found, by):
        raise OwnAnswer
    if outcome not in set(Outcome):
        raise OutcomeNeeded
    if outcome == Outcome.REMINDED and not _is_heard(found):
        raise NotHeard
    said = _words(words)
    dealt_with = _incident(incident, said, by) if outcome == Outcome.INCIDENT else None
    purge_on = clock.months_after(clock.today(), 12 * config.settings().oversight_years)
    now = _advance(
        found,
        STANDING,
        state=State.CLOSED,
        closed_by=by,
        closed_at=clock.now(),
        outcome=outcome,
        closing_words=said,
        incident=dealt_with.uuid if dealt_with else None,
        purge_on=purge_on,
    )
    about: dict[str, Any] = {"observation_outcome": outcome, "purge_on": purge_on.isoformat()}
    record(Act.OBSERVATION_CLOSED, now, by=by, reference=dealt_with.number if dealt_with else "", **about)
    _tell(now, Step.CLOSED, by=by, words=said)
    return now


@db.atomic()
def reopen(observation: Observation, *, words: str, by: Account) -> Observation:
    """Something new is known. NotFound, Denied, NotNow, ObservationChanged, WordsNeeded, PersonalCode."""
    found = _overseen(observation, by, (State.CLOSED,), None)
    said = _words(words)
    gone = {"closed_by": None, "closed_at": None, "outcome": "", "closing_words": "", "incident": None}
    state = State.ANSWERED if found.answered_at else State.OPEN
    now = _advance(found, (State.CLOSED,), state=state, purge_on=None, **gone)
    record(Act.OBSERVATION_REOPENED, now, by=by)
    _tell(now, Step.REOPENED, by=by, words=said)
    return now


def forget_due() -> int:
    """Delete those whose time is out; how many. One transaction each; nothing while the clock is doubted."""
    with sweeps.running("observations"):
        if watch.doubts_clock():
            return 0
        due = list(Observation.select().where(*_due()))
        return sum(_forget(row) for row in due)


def _due() -> tuple[Any, ...]:
    return Observation.state == State.CLOSED, Observation.purge_on <= clock.today()


@db.atomic()
def _forget(observation: Observation) -> bool:
    """False when it was opened again meanwhile."""
    if not Observation.delete().where(Observation.id == observation.id, *_due()).execute():
        return False
    record(Act.OBSERVATION_DELETED, observation, pattern=observation.pattern)
    return True


def _is_heard(found: Observation) -> bool:
    """The person has answered, or let the day for it pass; what their head answers is not their word."""
    if _has_answered(found, found.person_id):
        return True
    return found.asked_of_id == found.person_id and found.answer_by is not None and found.answer_by < clock.today()


def _has_answered(found: Observation, account: int) -> bool:
    mine = (ObservationStep.what == Step.ANSWERED) & (ObservationStep.by == account)
    return bool(ObservationStep.select().where(ObservationStep.observation == found.id, mine).exists())


def _incident(key: uuid.UUID | None, words: str, by: Account) -> Incident:
    if key is None:
        return incidents.report(known_at=clock.now(), happened=words, by=by)
    found: Incident | None = Incident.visible_to(by).where(Incident.uuid == key).first()
    if found is None or found.state not in OPEN_INCIDENTS:
        raise IncidentUnknown
    return found


def _words(typed: str) -> str:
    said = typed.strip()
    personal_codes.refuse(said)
    if len(said) < WORDS_LEAST:
        raise WordsNeeded(least=WORDS_LEAST)
    return said


def _overseen(observation: Observation, by: Account, states: Iterable[State], version: int | None) -> Observation:
    """The observation as it is now, for who oversees it. NotFound, Denied, ObservationChanged, NotNow."""
    found = get(observation.uuid, by=by)
    if not oversees(found, by):
        raise Denied
    _seen(found, version)
    if found.state not in tuple(states):
        raise NotNow
    return found


def _seen(found: Observation, version: int | None) -> Observation:
    """The form was made from the observation as it is now. ObservationChanged."""
    if version is not None and found.version != version:
        raise ObservationChanged
    return found


def _advance(observation: Observation, before: Iterable[State], **values: Any) -> Observation:
    """Change the row while it is in one of `before` and of the version at hand. ObservationChanged."""
    changed = Observation.update(version=Observation.version + 1, **values).where(
        Observation.id == observation.id,
        Observation.version == observation.version,
        Observation.state.in_(tuple(before)),
    )
    if not changed.execute():
        raise ObservationChanged
    row: Observation = Observation.get_by_id(observation.id)
    return row


def _tell(observation: Observation, what: Step, *, by: Account, words: str) -> None:
    ObservationStep.create(observation=observation, what=what, by=by, words=words)
