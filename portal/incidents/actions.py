"""What can be done about an incident: anybody opens one, the data protection officer leads it and says how great the
risk is, the controller decides whether the ombudsman and the people are told, and it is noted when they were.

The officer never decides (GDPR 38(6)); who decides has not assessed it.
"""

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

import peewee

from portal import clock, config
from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.cases import personal_codes
from portal.db import db
from portal.errors import Denied, NotFound
from portal.incidents import reading
from portal.incidents.models import OPEN, Answer, Incident, IncidentStep, Loss, Risk, State, What
from portal.incidents.refusals import (
    AnswerNeeded,
    BeforeKnown,
    HighRiskTold,
    IncidentChanged,
    KnownLater,
    KnownNeeded,
    LateReasonNeeded,
    LossNeeded,
    NotDone,
    NotNow,
    OwnAssessment,
    OwnListening,
    RiskNeeded,
    WordsNeeded,
)
from portal.oversight.models import Observation

WORDS_LEAST = 10
REASONS_LEAST = 20


def get(key: uuid.UUID, *, by: Account) -> Incident:
    """The incident that an address names. NotFound when absent or not theirs to see."""
    found: Incident | None = Incident.visible_to(by).where(Incident.uuid == key).first()
    if found is None:
        raise NotFound
    return found


@db.atomic()
def view(incident: Incident, *, by: Account) -> None:
    record(Act.INCIDENT_VIEWED, incident, by=by, reference=incident.number)


@db.atomic()
def listed(by: Account, *, all_: bool) -> list[Incident]:
    """Those that are open, or every one, the most pressing first; logged."""
    rows = reading.listed(by, all_=all_)
    record(Act.INCIDENTS_LISTED, by=by, rows=len(rows))
    return rows


@db.atomic()
def report(
    *, known_at: dt.datetime | None, happened: str, concerns: str = "", measures: str = "", by: Account
) -> Incident:
    """Tell of an incident; anybody may. From `known_at` the 72 hours run. WordsNeeded, KnownNeeded, KnownLater,
    PersonalCode."""
    texts = _texts(happened=happened, concerns=concerns, measures=measures)
    _long(texts["happened"])
    if known_at is None:
        raise KnownNeeded
    if known_at > clock.now():
        raise KnownLater
    year = clock.today().year
    last = Incident.select(peewee.fn.MAX(Incident.serial)).where(Incident.year == year).scalar()
    serial = (last or 0) + 1
    made: Incident = Incident.create(
        year=year, serial=serial, number=f"PI/{serial}/{year}", opened_by=by, known_at=known_at, **texts
    )
    record(Act.INCIDENT_OPENED, made, by=by, reference=made.number, known_at=known_at.isoformat())
    tell(made, What.OPENED, by=by)
    return made


@db.atomic()
def lead(incident: Incident, *, by: Account) -> Incident:
    """Become the one who leads it. Denied, NotFound, NotNow, IncidentChanged."""
    found = _led(incident, by, OPEN, mine=False)
    if found.led_by_id == by.id:
        raise NotNow
    state = State.LED if found.state == State.OPENED else State(found.state)
    now = _advance(found, OPEN, led_by=by, state=state)
    record(Act.INCIDENT_LED, now, by=by, reference=now.number)
    tell(now, What.LED, by=by)
    return now


@db.atomic()
def change(
    incident: Incident,
    *,
    known_at: dt.datetime | None,
    happened: str,
    concerns: str,
    measures: str,
    version: int | None = None,
    by: Account,
) -> Incident:
    """What is known is known better. The one who leads it. NotFound, Denied, NotNow, IncidentChanged, WordsNeeded,
    KnownNeeded, KnownLater, PersonalCode."""
    found = _seen(_led(incident, by, OPEN), version)
    texts = _texts(happened=happened, concerns=concerns, measures=measures)
    _long(texts["happened"])
    if known_at is None:
        raise KnownNeeded
    if known_at > clock.now():
        raise KnownLater
    values = {"known_at": known_at, **texts}
    changed = sorted(name for name, value in values.items() if getattr(found, name) != value)
    if not changed:
        return found
    before = {name: getattr(found, name) for name in changed}
    now = _advance(found, OPEN, **values)
    record(Act.INCIDENT_CHANGED, now, by=by, reference=now.number, incident_facts=changed)
    tell(now, What.CHANGED, by=by, words="\n\n".join(str(before[name]) for name in changed if name != "known_at"))
    return now


@db.atomic()
def assess(
    incident: Incident,
    *,
    risk: str,
    risk_reasons: str,
    losses: Iterable[str],
    effects: str = "",
    persons: int | None = None,
    version: int | None = None,
    by: Account,
) -> Incident:
    """How great the risk is, and why; assessed anew, a decision that was made falls. The one who leads it.

    NotFound, Denied, NotNow, IncidentChanged, RiskNeeded, LossNeeded, WordsNeeded, PersonalCode.
    """
    found = _seen(_led(incident, by, OPEN), version)
    kinds = [str(loss) for loss in Loss if loss in set(losses)]
    if risk not in set(Risk):
        raise RiskNeeded
    if not kinds:
        raise LossNeeded
    texts = _texts(risk_reasons=risk_reasons, effects=effects)
    _long(texts["risk_reasons"])
    now = _advance(
        found,
        OPEN,
        state=State.ASSESSED,
        risk=risk,
        losses=",".join(kinds),
        persons=persons,
        assessed_by=by,
        assessed_at=clock.now(),
        notify="",
        tell="",
        decided_by=None,
        decided_at=None,
        **texts,
    )
    record(Act.INCIDENT_ASSESSED, now, by=by, reference=now.number, risk=risk, losses=kinds)
    tell(now, What.ASSESSED, by=by, words=texts["risk_reasons"])
    return now


@db.atomic()
def decide(
    incident: Incident, *, notify: str, people: str, reasons: str, version: int | None = None, by: Account
) -> Incident:
    """Whether the ombudsman is notified and the people are told, and why or why not. The controller, never who assessed
    it or whose listening it is about. NotFound, Denied, NotNow, OwnAssessment, OwnListening, IncidentChanged,
    AnswerNeeded, WordsNeeded, HighRiskTold, PersonalCode."""
    found = _seen(get(incident.uuid, by=by), version)
    if not by.may(Permission.INCIDENTS_DECIDE):
        raise Denied
    if found.state not in (State.ASSESSED, State.DECIDED) or found.notified_at is not None:
        raise NotNow
    if by.id in (found.assessed_by_id, found.led_by_id):
        raise OwnAssessment
    if Observation.led_to(found.uuid, by):
        raise OwnListening
    if notify not in set(Answer) or people not in set(Answer):
        raise AnswerNeeded
    said = _texts(reasons=reasons)["reasons"]
    _long(said, REASONS_LEAST)
    if found.risk == Risk.HIGH and people == Answer.NO and "34" not in said:
        raise HighRiskTold
    now = _advance(
        found,
        (State.ASSESSED, State.DECIDED),
        state=State.DECIDED,
        notify=notify,
        tell=people,
        reasons=said,
        decided_by=by,
        decided_at=clock.now(),
    )
    record(Act.INCIDENT_DECIDED, now, by=by, reference=now.number, notify=notify, tell_people=people)
    tell(now, What.DECIDED, by=by, words=said)
    return now


@db.atomic()
def notified(incident: Incident, *, at: dt.datetime | None, how: str, late_reasons: str = "", by: Account) -> Incident:
    """The ombudsman has been notified; later than 72 hours only with the reasons for it (33(1)).

    NotFound, Denied, NotNow, KnownNeeded, KnownLater, BeforeKnown, LateReasonNeeded, WordsNeeded, PersonalCode.
    """
    found = _led(incident, by, (State.DECIDED,))
    if found.notify != Answer.YES or found.notified_at is not None:
        raise NotNow
    moment = _moment(found, at)
    texts = _texts(notified_how=how, late_reasons=late_reasons)
    if not texts["notified_how"]:
        raise WordsNeeded(least=1)
    late = moment > found.due_at
    if late and len(texts["late_reasons"]) < WORDS_LEAST:
        raise LateReasonNeeded
    if not late:
        texts["late_reasons"] = ""
    now = _advance(found, (State.DECIDED,), notified_at=moment, notified_by=by, **texts)
    record(Act.INCIDENT_NOTIFIED, now, by=by, reference=now.number, late=late)
    tell(now, What.NOTIFIED, by=by, words=texts["notified_how"])
    return now


@db.atomic()
def told(incident: Incident, *, on: dt.date | None, how: str, by: Account) -> Incident:
    """The people have been told, and how. NotFound, Denied, NotNow, KnownNeeded, KnownLater, BeforeKnown, WordsNeeded,
    PersonalCode."""
    found = _led(incident, by, (State.DECIDED,))
    if found.tell != Answer.YES or found.told_on is not None:
        raise NotNow
    if on is None:
        raise KnownNeeded
    if on > clock.today():
        raise KnownLater
    known_at: Any = found.known_at
    if on < clock.local(known_at).date():
        raise BeforeKnown
    said = _texts(told_how=how)
    _long(said["told_how"])
    now = _advance(found, (State.DECIDED,), told_on=on, told_by=by, **said)
    record(Act.INCIDENT_PEOPLE_TOLD, now, by=by, reference=now.number, day=on.isoformat())
    tell(now, What.TOLD, by=by, words=said["told_how"])
    return now


@db.atomic()
def note(incident: Incident, *, words: str, by: Account) -> IncidentStep:
    """Add to the timeline: what was found out, who was asked. Who opened it may, too. NotFound, NotNow, WordsNeeded,
    PersonalCode."""
    found = get(incident.uuid, by=by)
    if found.state not in OPEN:
        raise NotNow
    said = _texts(words=words)["words"]
    _long(said)
    record(Act.INCIDENT_NOTED, found, by=by, reference=found.number, characters=len(said))
    return tell(found, What.NOTED, by=by, words=said)


@db.atomic()
def close(incident: Incident, *, lessons: str, version: int | None = None, by: Account) -> Incident:
    """Decided, done, and what is learnt from it written down. The one who leads it.

    NotFound, Denied, NotNow, IncidentChanged, NotDone, WordsNeeded, PersonalCode.
    """
    found = _seen(_led(incident, by, (State.DECIDED,)), version)
    if (found.notify == Answer.YES and found.notified_at is None) or (found.tell == Answer.YES and not found.told_on):
        raise NotDone
    said = _texts(lessons=lessons)
    _long(said["lessons"])
    purge_on = clock.months_after(clock.today(), 12 * config.settings().incident_years)
    now = _advance(
        found, (State.DECIDED,), state=State.CLOSED, closed_by=by, closed_at=clock.now(), purge_on=purge_on, **said
    )
    record(Act.INCIDENT_CLOSED, now, by=by, reference=now.number, purge_on=purge_on.isoformat())
    tell(now, What.CLOSED, by=by, words=said["lessons"])
    return now


@db.atomic()
def reopen(incident: Incident, *, words: str, by: Account) -> Incident:
    """Something new is known. It is to be assessed again. NotFound, Denied, NotNow, IncidentChanged, WordsNeeded."""
    found = _led(incident, by, (State.CLOSED,), mine=False)
    said = _texts(words=words)["words"]
    _long(said)
    gone = {"closed_by": None, "closed_at": None, "purge_on": None}
    now = _advance(found, (State.CLOSED,), state=State.LED, led_by=by, **gone)
    record(Act.INCIDENT_REOPENED, now, by=by, reference=now.number)
    tell(now, What.REOPENED, by=by, words=said)
    return now


def tell(incident: Incident, what: What, *, by: Account | None, words: str = "") -> IncidentStep:
    step: IncidentStep = IncidentStep.create(incident=incident, what=what, by=by, words=words.strip())
    return step


def _texts(**typed: str) -> dict[str, str]:
    texts = {name: text.strip() for name, text in typed.items()}
    personal_codes.refuse(*texts.values())
    return texts


def _long(text: str, least: int = WORDS_LEAST) -> None:
    if len(text) < least:
        raise WordsNeeded(least=least)


def _moment(found: Incident, at: dt.datetime | None) -> dt.datetime:
    if at is None:
        raise KnownNeeded
    if at > clock.now():
        raise KnownLater
    if at < found.known_at:
        raise BeforeKnown
    return at


def _led(incident: Incident, by: Account, states: Iterable[State], *, mine: bool = True) -> Incident:
    """The incident as it is now, for the officer who leads it. NotFound, Denied, NotNow."""
    found = get(incident.uuid, by=by)
    if not by.may(Permission.INCIDENTS_LEAD):
        raise Denied
    if found.state not in tuple(states) or (mine and found.led_by_id != by.id):
        raise NotNow
    return found


def _seen(found: Incident, version: int | None) -> Incident:
    """The form was made from the incident as it is now. IncidentChanged."""
    if version is not None and found.version != version:
        raise IncidentChanged
    return found


def _advance(incident: Incident, before: Iterable[State], **values: Any) -> Incident:
    """Change the row while it is in one of `before` and of the version at hand. IncidentChanged."""
    changed = Incident.update(version=Incident.version + 1, **values).where(
        Incident.id == incident.id, Incident.version == incident.version, Incident.state.in_(tuple(before))
    )
    if not changed.execute():
        raise IncidentChanged
    row: Incident = Incident.get_by_id(incident.id)
    return row
