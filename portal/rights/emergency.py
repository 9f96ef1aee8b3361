"""A right given at once when a decision cannot be waited for: for hours, with a reason, loud. A controller who neither
gave nor received it looks at it afterwards; until then every page of theirs and of the officer's says so."""

import datetime as dt
from collections.abc import Iterable

from portal import clock, config
from portal.accounts.models import Account, QueueGrant, RoleGrant
from portal.accounts.permissions import Permission, Role
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import db
from portal.errors import Conflict, Denied, Invalid, NotFound
from portal.language import N_
from portal.queues.models import Queue
from portal.rights import asking, effect, incompatible, principles
from portal.rights.models import EMERGENCY, Kind, Right, State

REASON_LEAST = 20


class NotInEmergency(Invalid):
    text = N_("Den rollen kan inte ges i ett nödläge. Begär den, så beslutar en beslutsfattare.")


class OwnEmergency(Invalid):
    text = N_("Du kan inte ge dig själv en rättighet. Be en annan chef eller en beslutsfattare.")


class ForeignQueues(Invalid):
    text = N_(
        "I ett nödläge kan en chef bara ge rättigheter till sina egna servicenummer, och inte till dem som chefen "
        "själv har fått i ett nödläge. Välj bland de egna."
    )


class HoursWrong(Invalid):
    text = N_("Skriv ett antal timmar mellan 1 och %(most)s.")


class NotLookedAt(Invalid):
    text = N_(
        "Personen har redan fått en rättighet i ett nödläge som ingen har granskat. Sammanlagt får de gälla högst "
        "%(most)s timmar: en beslutsfattare måste först granska den förra."
    )


class SeenAlready(Conflict):
    text = N_("Någon har redan granskat rättigheten.")


class OwnLook(Invalid):
    text = N_("Du gav eller fick själv rättigheten. En annan beslutsfattare granskar den.")


@db.atomic()
def give(
    account: Account, *, role: Role | str, queues: Iterable[Queue] = (), reason: str, hours: int, by: Account
) -> Right:
    """Give the person the role for `hours` from now on.

    Denied, NotFound, OwnEmergency, RoleNeeded, NotInEmergency, QueuesNeeded, ForeignQueues, HoursWrong, ReasonNeeded,
    PersonalCode, NotLookedAt, and those of `incompatible`.
    """
    if not by.may(Permission.RIGHTS_ASK):
        raise Denied
    receiver = asking.person(account.uuid, by=by)
    if receiver.id == by.id:
        raise OwnEmergency
    wanted, scope = asking.scoped(role, queues)
    if wanted not in EMERGENCY:
        raise NotInEmergency
    if not by.may(Permission.RIGHTS_GRANT) and not {queue.id for queue in scope} <= own_queues(by):
        raise ForeignQueues
    most = config.settings().rights_emergency_hours
    if not 1 <= hours <= most:
        raise HoursWrong(most=most)
    words = asking.told(reason, REASON_LEAST)
    now = clock.now()
    ends_at = now + dt.timedelta(hours=hours)
    _refuse_chain(receiver, ends_at, most)
    incompatible.refuse(receiver, wanted, now, ends_at)
    version = principles.in_force(clock.today())
    made: Right = Right.create(
        account=receiver,
        kind=Kind.EMERGENCY,
        role=wanted,
        unit=receiver.unit_id,
        reason=words,
        first_on=clock.today(),
        last_on=clock.local(ends_at - dt.timedelta(milliseconds=1)).date(),
        begins_at=now,
        ends_at=ends_at,
        state=State.GRANTED,
        waits=None,
        asked_by=by,
        principles=version.version if version else None,
    )
    asking.name(made, scope)
    effect.give(made)
    record(Act.EMERGENCY_GIVEN, made, by=by, **asking.codes(made), right_hours=hours)
    return made


@db.atomic()
def seen(right: Right, *, words: str, by: Account) -> Right:
    """A controller has looked at it, and writes what was found. It still ends by its time; to end it sooner is
    `ending.end`. Denied, NotFound, OwnLook, SeenAlready, ReasonNeeded, PersonalCode."""
    if not by.may(Permission.RIGHTS_GRANT):
        raise Denied
    found: Right | None = Right.visible_to(by).where(Right.uuid == right.uuid, Right.kind == Kind.EMERGENCY).first()
    if found is None:
        raise NotFound
    if by.id in (found.asked_by_id, found.account_id):
        raise OwnLook
    said = asking.told(words)
    update = Right.update(seen_by=by, seen_at=clock.now(), seen_words=said)
    if not update.where(Right.id == found.id, Right.seen_at.is_null()).execute():
        raise SeenAlready
    record(Act.EMERGENCY_SEEN, found, by=by, **asking.codes(found), asked_for_by=str(found.asked_by.uuid))
    return Right.get_by_id(found.id)


def own_queues(by: Account) -> set[int]:
    """Keys of the queues that a manager may give in an emergency: those that a decision has given the manager. What was
    itself given in an emergency gives nobody else anything."""
    given = Right.select(Right.uuid).where(Right.account == by.id, Right.kind == Kind.EMERGENCY)
    decided = RoleGrant.right.is_null() | RoleGrant.right.not_in(given)
    held = (RoleGrant.account == by.id, RoleGrant.role == Role.MANAGER, RoleGrant.in_force(clock.now()))
    return {key for (key,) in QueueGrant.select(QueueGrant.queue_id).join(RoleGrant).where(*held, decided).tuples()}


def unseen() -> list[Right]:
    """Those nobody has looked at, the oldest first."""
    rows = Right.select(Right, Account).join(Account, on=(Right.account == Account.id))
    return list(rows.where(Right.kind == Kind.EMERGENCY, Right.seen_at.is_null()).order_by(Right.id))


def _refuse_chain(account: Account, ends_at: dt.datetime, most: int) -> None:
    """One emergency after another is no decision: together they last no longer than one may, in whichever roles, until
    somebody has looked. Raises NotLookedAt."""
    before = Right.select(Right.begins_at).where(
        Right.account == account.id, Right.kind == Kind.EMERGENCY, Right.seen_at.is_null()
    )
    first = before.order_by(Right.begins_at).first()
    if first is not None and ends_at > first.begins_at + dt.timedelta(hours=most):
        raise NotLookedAt(most=most)
