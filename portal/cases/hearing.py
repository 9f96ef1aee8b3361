"""Hearing a call for a case: the purpose and the number are known, and the case gives the right.

The handler hears while the case is worked on and while its answer is proposed; who decides, other than
the one who proposed or handles it or has had a part in it, while it is proposed. In all queues, past its date
too: what counts is that the call is frozen for this case, or held as a threat call. Asked anew at every range,
so that a take-over, an approval, a return or a withdrawal ends it at once. The listens of `recordings.listening`
are others: neither opens the other's doors.
"""

import datetime as dt
import uuid

from peewee import SQL, Expression, ModelSelect, fn

from portal import clock
from portal.accounts import sessions
from portal.accounts.models import Account, SignIn
from portal.accounts.permissions import Permission
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.cases import actions, handling
from portal.cases.codes import UNDECIDED, State
from portal.cases.models import Case, CaseCall, Reading
from portal.db import Prepared, db, slot
from portal.errors import Conflict, Denied, DomainError, Invalid, NotFound
from portal.language import N_
from portal.recordings import listening
from portal.recordings.listening import OPEN_FOR, NotReady, Open
from portal.recordings.models import Listen, Playable, Purpose, Recording
from portal.recordings.models import State as RecordingState
from portal.retention.models import Freeze

HANDLERS = (*UNDECIDED, State.PROPOSED)
"""The states in which the handler hears: after the approval there is nothing left to decide."""


class OwnWork(Invalid):
    """Who proposed or handles it does not check it too (register §2)."""

    text = N_("Du har själv handlagt begäran eller föreslagit svaret. En annan beslutsfattare prövar det.")


class NothingProposed(Conflict):
    text = N_("Vänta tills ett svar är föreslaget: som beslutsfattare hör du samtalen först då.")


class NotKept(Conflict):
    """The freeze was lifted, or the call is deleted."""

    text = N_("Samtalet är inte spärrat för begäran längre, eller så har det raderats. Det går inte att höra.")


def _kept() -> Expression:
    standing = Freeze.select(SQL("1")).where(
        Freeze.recording == Recording.id, Freeze.because == Case.uuid, Freeze.stands
    )
    return (Recording.state == RecordingState.LIVE) & ((Recording.holds > 0) | fn.EXISTS(standing))


_OPEN = Prepared(
    lambda: (
        Listen.select(
            *(Listen.id, Listen.purpose, Listen.started_at),
            *(Recording.playable_part, Recording.playable_type, Recording.store, Recording.expires_at),
            *(Recording.uuid, Recording.sealed_as),
            *(Case.state, Case.handler, Case.proposed_by),
        )
        .join(Recording)
        .join(CaseCall, on=(CaseCall.recording == Recording.id))
        .join(Case)
        .where(
            Listen.uuid == slot("key", Listen.uuid),
            Listen.because == Case.uuid,
            Case.uuid == slot("case", Case.uuid),
            CaseCall.uuid == slot("call", CaseCall.uuid),
            Listen.account == slot("account", Account.id),
            Listen.sign_in == slot("sign_in", SignIn.id),
            Listen.closes_at > slot("now", Listen.closes_at),
            Recording.playable == Playable.READY,
            _kept(),
        )
    )
)


def check(key: uuid.UUID, case: uuid.UUID, call: uuid.UUID, *, by: Account) -> Open:
    """The open listen that an address names: asked at every range, so it is one query.

    NotFound when absent, another person's, another session's, another case's, past its time, or when the case
    or the call does not give the right any more.
    """
    rows = _OPEN(key=key, case=case, call=call, account=by.id, sign_in=by.sign_in.id, now=clock.now())
    if not rows:
        raise NotFound
    *known, state, handler, proposer = rows[0]
    if not _may(by, state=state, handler=handler, proposer=proposer):
        raise NotFound
    return Open(*known)


def still(key: uuid.UUID, case: uuid.UUID, call: uuid.UUID, *, by: Account) -> bool:
    """May sound go on leaving, in an answer that takes long? Asks everything anew, session and role too."""
    account = sessions.anew(by)
    try:
        return account is not None and bool(check(key, case, call, by=account))
    except NotFound:
        return False


def refusal(case: Case, *, by: Account) -> DomainError | None:
    """Why `by` may not hear the calls of the case now; None when they may."""
    if _may(by, state=case.state, handler=case.handler_id, proposer=case.proposed_by_id):
        checks = case.handler_id != by.id
        return OwnWork() if checks and (case.opinion_by_id == by.id or handling.has_handled(case, by)) else None
    if not by.may(Permission.CASES_HEAR):
        return Denied()
    if by.may(Permission.CASES_DECIDE):
        own = by.id in (case.handler_id, case.proposed_by_id)
        return OwnWork() if case.state == State.PROPOSED and own else NothingProposed()
    return actions.NotNow() if case.handler_id == by.id else actions.NotHandler()


def _may(by: Account, *, state: str, handler: int | None, proposer: int | None) -> bool:
    if handler == by.id and by.may(Permission.CASES_HANDLE):
        return state in HANDLERS
    return state == State.PROPOSED and by.may(Permission.CASES_DECIDE) and by.id not in (handler, proposer)


def is_kept(call: CaseCall) -> bool:
    """Is the call frozen for its case or held, and there?"""
    return bool(_with_case(call).where(_kept()).exists())


@db.atomic()
def open_listen(call: CaseCall, *, by: Account) -> Listen:
    """Open a listen for the case, in the session `by.sign_in`, for OPEN_FOR.

    NotFound, Denied, NotHandler, NotNow, OwnWork, NothingProposed, NotKept, NotReady.
    """
    case = actions.get(call.case.uuid, by=by)
    found = actions.get_call(case, call.uuid, by=by)
    if error := refusal(case, by=by):
        raise error
    if not is_kept(found):
        raise NotKept
    if found.recording.playable != Playable.READY:
        raise NotReady
    now = clock.now()
    listen: Listen = Listen.create(
        recording=found.recording,
        account=by,
        sign_in=by.sign_in,
        purpose=Purpose.REQUEST,
        reference=case.number,
        because=case.uuid,
        opened_at=now,
        closes_at=now + OPEN_FOR,
    )
    about = {"purpose": Purpose.REQUEST, "reference": case.number, "listen": listen.uuid.hex}
    record(Act.LISTEN_OPENED, found.recording, by=by, case=case.uuid.hex, **about)
    return listen


start = listening.start
"""The first sound leaves: written once, with the purpose and the number of the case."""


def standing(call: CaseCall, *, by: Account) -> Listen | None:
    """The listen that `by` has open for the case in this session; None when there is none, or it gives no right."""
    chosen = _listens(call, by).where(Listen.sign_in == by.sign_in.id, Listen.closes_at > clock.now())
    found: Listen | None = chosen.order_by(Listen.id.desc()).first()
    if found is None:
        return None
    try:
        check(found.uuid, call.case.uuid, call.uuid, by=by)
    except NotFound:
        return None
    return found


def heard_since(call: CaseCall, account: Account) -> bool:
    """Has the person heard the call for the case after what is decided of it last changed?"""
    return bool(_listens(call, account).where(Listen.started_at >= _changed(call)).exists())


def read_since(call: CaseCall, account: Account) -> bool:
    """Has the person opened the page of the call after what is decided of it last changed?"""
    chosen = Reading.select().where(Reading.call == call.id, Reading.account == account.id)
    return bool(chosen.where(Reading.at >= _changed(call)).exists())


@db.atomic()
def note_read(call: CaseCall, *, by: Account) -> None:
    """Write that `by` opened the page of the call."""
    Reading.create(call=call, account=by)
    record(Act.CASE_CALL_VIEWED, call.recording, by=by, reference=call.case.number, case=call.case.uuid.hex)


def _listens(call: CaseCall, account: Account) -> ModelSelect:
    return Listen.select().where(
        Listen.recording == call.recording_id, Listen.account == account.id, Listen.because == call.case.uuid
    )


def _with_case(call: CaseCall) -> ModelSelect:
    return CaseCall.select().join(Case).switch(CaseCall).join(Recording).where(CaseCall.id == call.id)


def _changed(call: CaseCall) -> dt.datetime:
    """As the register has it now: the row at hand may be older."""
    moment: dt.datetime = CaseCall.get_by_id(call.id).changed_at
    return moment
