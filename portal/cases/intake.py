"""A request comes in: the case, the calls that may concern it frozen, and the receipt letter, in one commit.

And its facts, as long as they can be changed.
"""

import dataclasses
import datetime as dt
import json
from typing import Any

import peewee

from portal import clock, config
from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.cases import actions, clockwork, deadlines, letters, locking, outcomes, personal_codes, search
from portal.cases.actions import CaseChanged
from portal.cases.codes import ANSWERED, OPEN, UNDECIDED, Capacity, Channel, Delivery, Regime, RightKind, State
from portal.cases.models import CallerNumber, Case, CaseRight
from portal.cases.steps import What, tell
from portal.db import db
from portal.documents.kinds import Kind
from portal.errors import Denied, Invalid
from portal.language import LANGUAGES, N_
from portal.queues.models import Queue
from portal.recordings import corrections
from portal.recordings.correction_models import EntryKind
from portal.recordings.corrections import ReasonNeeded
from portal.recordings.entries import BadValue


class ReceivedLater(Invalid):
    text = N_("Begäran kan inte ha mottagits efter i dag. Skriv den dag då den kom till staden, var som helst.")


class RequestedLater(Invalid):
    text = N_("Begäran kan inte vara daterad efter dagen då den mottogs. Kontrollera båda dagarna.")


class NameNeeded(Invalid):
    text = N_("Skriv vems uppgifterna är.")


class AgentNeeded(Invalid):
    text = N_("Skriv namnet på den som agerar för personen. Breven går till hen.")


class RightNeeded(Invalid):
    text = N_("Välj minst en rättighet.")


class FactStands(Invalid):
    text = N_("Svaret vilar på den uppgiften. Efter svaret rättas den inte här, utan med ett nytt svar.")


class RightDone(Invalid):
    text = N_(
        "En rättighet som redan är besvarad, eller som något redan är gjort med stöd av, kan inte tas bort. Behåll den "
        "bland rättigheterna."
    )


@dataclasses.dataclass(frozen=True, kw_only=True)
class Registration:
    """What is known of a request when it is registered. Numbers in E.164 (`search.number`)."""

    received_on: dt.date
    received_where: str = ""
    requested_on: dt.date | None = None
    registry_number: str = ""
    channel: str
    language: str
    regime: str = Regime.DATA_PROTECTION
    capacity: str = Capacity.SELF
    name: str
    agent: str = ""
    authority: str = ""
    address: str = ""
    email: str = ""
    phone: str = ""
    numbers: tuple[str, ...] = ()
    asks: str = ""
    called_from: dt.date | None = None
    called_to: dt.date | None = None
    called_words: str = ""
    queue: Queue | None = None
    time_from: dt.time | None = None
    time_to: dt.time | None = None
    """Queue and hours narrow the first search; they are in the search log, not facts of the case."""
    rights: tuple[str, ...] = (RightKind.ACCESS,)
    delivery: str = Delivery.ENCRYPTED


FACTS = (
    *("received_on", "received_where", "requested_on", "registry_number", "channel", "language", "regime"),
    *("capacity", "name", "agent", "authority", "address", "email", "phone"),
    *("asks", "called_from", "called_to", "called_words", "delivery"),
)
"""The columns of a case that a form fills in. `numbers` and `rights` are rows of their own."""

AFTER = (*ANSWERED, State.CLOSED)
"""The answer has left, and the file is not yet emptied."""
LATER = (
    *("received_where", "requested_on", "registry_number", "channel", "language", "capacity", "name", "agent"),
    *("authority", "address", "email", "phone", "asks", "called_words"),
)
"""The facts that can be corrected then too: no answer rests on them."""

CODED: dict[str, tuple[str, ...]] = {"channel": tuple(Channel), "language": LANGUAGES, "capacity": tuple(Capacity)}

TEXTS = (
    *("received_where", "registry_number", "name", "agent", "authority", "address", "email", "phone"),
    *("asks", "called_words"),
)


def register(typed: Registration, *, by: Account) -> Case:
    """A new case with `by` as its handler. From its commit on nothing that may concern it is deleted.

    The calls with one of the numbers in the period, or all of the period (and hours) when no number is known, are
    frozen as from the receipt; with neither, nothing can be found yet. The receipt letter is ordered. Denied;
    ReceivedLater, RequestedLater, NameNeeded, AgentNeeded, RightNeeded, PersonalCode; PeriodTurned, TooMany.
    """
    return _register(_checked(typed), by)


@db.atomic()
def _register(typed: Registration, by: Account) -> Case:
    if not by.may(Permission.CASES_HANDLE):
        raise Denied
    year, serial = _next_serial()
    facts = {name: getattr(typed, name) for name in FACTS}
    days = deadlines.reckon(typed.received_on, regime=typed.regime).values()
    case: Case = Case.create(
        year=year,
        serial=serial,
        number=f"{config.settings().case_prefix}/{serial}/{year}",
        handler=by,
        registered_by=by,
        **facts,
        **days,
    )
    for right in typed.rights:
        CaseRight.create(case=case, right=right)
    for number in typed.numbers:
        CallerNumber.create(case=case, number=number)
    record(
        Act.CASE_REGISTERED,
        case,
        by=by,
        reference=case.number,
        received_on=case.received_on.isoformat(),
        due_on=case.due_on.isoformat(),
        regime=case.regime,
        rights=sorted(typed.rights),
        capacity=case.capacity,
        delivery=case.delivery,
    )
    tell(case, What.REGISTERED, by=by, day=case.received_on)
    keys = _keys(typed)
    if keys is not None:
        search.take(case, keys, found_by="number" if keys.numbers else "period", by=by)
    letters.order(case, Kind.CASE_RECEIPT, by=by, due_on=case.due_on.isoformat())
    return case


def _next_serial() -> tuple[int, int]:
    """This year's next number. Two at the same time wait for one another (the transaction is immediate); the
    unique index has the last word."""
    year = clock.today().year
    last = Case.select(peewee.fn.MAX(Case.serial)).where(Case.year == year).scalar()
    return year, (last or 0) + 1


def _keys(typed: Registration) -> search.Keys | None:
    """What the first search goes by; None when nothing is known to go by."""
    if not typed.numbers and not (typed.called_from and typed.called_to):
        return None
    return search.Keys(
        numbers=typed.numbers,
        first=typed.called_from,
        last=typed.called_to,
        queue=typed.queue,
        time_from=typed.time_from,
        time_to=typed.time_to,
    ).checked()


def _checked(typed: Registration) -> Registration:
    """The same with blanks away and each number and right once. Raises as `register` says."""
    texts = {name: getattr(typed, name).strip() for name in TEXTS}
    personal_codes.refuse(*texts.values())
    if typed.capacity == Capacity.SELF:
        texts |= {"agent": "", "authority": ""}
    elif not texts["agent"]:
        raise AgentNeeded
    if not texts["name"]:
        raise NameNeeded
    if typed.received_on > clock.today():
        raise ReceivedLater
    if typed.requested_on is not None and typed.requested_on > typed.received_on:
        raise RequestedLater
    if not typed.rights:
        raise RightNeeded
    return dataclasses.replace(
        typed, **texts, numbers=tuple(dict.fromkeys(typed.numbers)), rights=tuple(dict.fromkeys(typed.rights))
    )


def alike(numbers: tuple[str, ...]) -> list[Case]:
    """The open cases of somebody with one of the numbers: perhaps the request has been registered already."""
    if not numbers:
        return []
    same = CallerNumber.select(CallerNumber.case).where(CallerNumber.number.in_(numbers))
    return list(Case.select().where(Case.id.in_(same), Case.state.in_(OPEN)).order_by(Case.id))


def facts_of(case: Case) -> Registration:
    """The facts as they stand now, for the form that changes them."""
    numbers = CallerNumber.select(CallerNumber.number).where(CallerNumber.case == case.id).order_by(CallerNumber.id)
    rights = CaseRight.select(CaseRight.right).where(CaseRight.case == case.id).order_by(CaseRight.id)
    return Registration(
        **{name: getattr(case, name) for name in FACTS},
        numbers=tuple(number for (number,) in numbers.tuples()),
        rights=tuple(right for (right,) in rights.tuples()),
    )


@db.atomic()
def change_facts(case: Case, *, version: int, reason: str, by: Account, **facts: Any) -> Case:
    """Correct what was registered: any of FACTS, `numbers`, `rights`; after the answer those of LATER. `version`: of
    the case that the form was made from; CaseChanged when it is another by now. Nothing different: nothing is written.

    What stood before is sealed with the reason (`recordings.corrections`). Another receipt date or law reckons the
    days anew. Other numbers or another period are searched for and frozen in the same commit; what was frozen stays
    until it is judged. NotHandler, NotNow, ReasonNeeded, FactStands; as `register` otherwise.
    """
    found = actions.handled(case, *UNDECIDED, *AFTER, by=by)
    if found.version != version:
        raise CaseChanged
    before = facts_of(found)
    after = _checked(dataclasses.replace(before, **facts))
    changed = [name for name in (*FACTS, "numbers", "rights") if getattr(before, name) != getattr(after, name)]
    if not changed:
        return found
    if found.state in AFTER and not set(changed) <= set(LATER):
        raise FactStands
    if not reason.strip():
        raise ReasonNeeded
    personal_codes.refuse(reason)
    values = {name: getattr(after, name) for name in changed if name in FACTS}
    now = actions.advance(found, (*UNDECIDED, *AFTER), **values)
    _change_rows(now, before, after)
    _corrected(now, before, changed, reason=reason, by=by)
    if now.state in AFTER:
        return now
    now = _reckoned(now, by)
    keys = _keys(after)
    if keys is not None and {"numbers", "called_from", "called_to", "received_on"} & set(changed):
        search.take(now, keys, found_by="number" if keys.numbers else "period", by=by)
    locking.follow(now, by=by)
    return now


def checked_fact(case: Case, fact: str, value: str) -> str:
    """`value` as `correct_fact` would write it, as a text. BadValue; as `register` otherwise."""
    return _text(_read(case, fact, value))


def _read(case: Case, fact: str, value: str) -> Any:
    read: Any = value.strip()
    if isinstance(Case._meta.fields[fact], peewee.DateField):
        try:
            read = dt.date.fromisoformat(read) if read else None
        except ValueError as error:
            raise BadValue from error
    elif fact in CODED and read not in CODED[fact]:
        raise BadValue
    return getattr(_checked(dataclasses.replace(facts_of(case), **{fact: read})), fact)


@db.atomic()
def correct_fact(case: Case, fact: str, value: str, *, reason: str, by: Account, because: Case) -> Case:
    """Correct one fact of LATER, as a decision in the case `because` says; a day in ISO 8601, else the text or the
    code. Whoever carries the decision out has been asked for. ReasonNeeded, FactStands, Unchanged, CaseChanged; as
    `register` otherwise."""
    found = actions.get(case.uuid, by=by)
    if fact not in LATER or found.state == State.PURGED:
        raise FactStands
    if not reason.strip():
        raise ReasonNeeded
    before, after = facts_of(found), _read(found, fact, value)
    if after == getattr(before, fact):
        raise corrections.Unchanged
    now = actions.advance(found, (State(found.state),), **{fact: after})
    _corrected(now, before, [fact], reason=reason, by=by, because=because)
    return now


def _corrected(
    case: Case, before: Registration, changed: list[str], *, reason: str, by: Account, because: Case | None = None
) -> None:
    """What stood before is sealed; the log and the timeline tell which facts, never what they said."""
    for name in changed:
        original = _text(getattr(before, name))
        corrections.note_change(EntryKind.CASE, case.uuid, name, original, reason=reason, by=by, because=because)
    record(Act.CASE_CHANGED, case, by=by, reference=case.number, case_facts=sorted(changed))
    told = {"facts": changed, "reason": reason.strip()}
    tell(case, What.CHANGED, by=by, words=json.dumps(told, ensure_ascii=False))


def _change_rows(case: Case, before: Registration, after: Registration) -> None:
    for number in set(before.numbers) - set(after.numbers):
        CallerNumber.delete().where(CallerNumber.case == case.id, CallerNumber.number == number).execute()
    for number in after.numbers:
        if number not in before.numbers:
            CallerNumber.create(case=case, number=number)
    for right in list(CaseRight.select().where(CaseRight.case == case.id, CaseRight.right.not_in(after.rights))):
        if outcomes.is_done(right):
            raise RightDone
        right.delete_instance()
    for code in after.rights:
        if code not in before.rights:
            CaseRight.create(case=case, right=code, round=case.round)


def _reckoned(case: Case, by: Account) -> Case:
    """The days anew; written and told when the last one is another."""
    days = deadlines.store(case)
    if all(getattr(case, name) == day for name, day in days.items()):
        return case
    now = actions.advance(case, UNDECIDED, **days)
    clockwork.tell_moved(now, case.due_on, by=by)
    return now


def _text(value: Any) -> str:
    """As it is sealed."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        return ", ".join(value)
    return value.isoformat() if isinstance(value, dt.date) else str(value)
