"""Deciding what was asked for: the director, or whoever the director has named, grants or refuses. Never what one
asked for or would receive (register §2)."""

from typing import Any

from portal import clock
from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.cases import personal_codes
from portal.db import db
from portal.errors import Conflict, Denied, Invalid, NotFound
from portal.language import N_
from portal.queues.models import Queue
from portal.rights import asking, effect, incompatible, principles
from portal.rights.models import SCOPED, Right, RightQueue, State


class OwnRequest(Invalid):
    text = N_("Du har själv begärt rättigheten eller skulle få den. En annan beslutsfattare beslutar.")


class PersonGone(Conflict):
    text = N_("Personens konto är stängt. Avslå begäran.")


class PersonMoved(Conflict):
    text = N_("Personen har bytt enhet sedan rättigheten begärdes. Avslå begäran: den nya enheten får begära på nytt.")


class QueuesGone(Conflict):
    text = N_("Inget av servicenumren är längre i bruk. Avslå begäran.")


class TimeGone(Conflict):
    text = N_("Den sista dagen är redan över. Avslå begäran: behövs rättigheten ännu begärs den på nytt.")


@db.atomic()
def grant(right: Right, *, reason: str = "", by: Account) -> Right:
    """Grant it: it has effect from its first day, or from now, and ends by itself.

    Denied, NotFound, OwnRequest, NotWaiting, PersonGone, PersonMoved, QueuesGone, TimeGone, TooLong, PersonalCode, and
    those of `incompatible`.
    """
    found = _decided(right, by)
    personal_codes.refuse(reason)
    receiver = Account.get_by_id(found.account_id)
    if not receiver.is_active:
        raise PersonGone
    if receiver.unit_id != found.unit_id:
        raise PersonMoved
    if found.role in SCOPED and not _in_use(found):
        raise QueuesGone
    now = clock.now()
    begins_at: Any = max(found.begins_at, now)
    first_on = max(found.first_on, clock.today())
    if found.ends_at <= begins_at:
        raise TimeGone
    asking.refuse_long(first_on, found.last_on)
    incompatible.refuse(receiver, found.role, begins_at, found.ends_at)
    version = principles.in_force(clock.today())
    asking.settle(
        found,
        state=State.GRANTED,
        begins_at=begins_at,
        first_on=first_on,
        decided_by=by,
        decided_at=now,
        decision_reason=reason.strip(),
        principles=version.version if version else None,
    )
    granted = Right.get_by_id(found.id)
    effect.give(granted)
    record(
        Act.RIGHT_GRANTED,
        granted,
        by=by,
        **asking.codes(granted),
        asked_for_by=str(granted.asked_by.uuid),
        first_on=granted.first_on.isoformat(),
        last_on=granted.last_on.isoformat(),
    )
    return granted


@db.atomic()
def refuse(right: Right, *, reason: str, by: Account) -> Right:
    """Refuse it, and say why. Denied, NotFound, OwnRequest, NotWaiting, ReasonNeeded, PersonalCode."""
    found = _decided(right, by)
    words = asking.told(reason)
    asking.settle(found, state=State.REFUSED, decided_by=by, decided_at=clock.now(), decision_reason=words)
    refused = Right.get_by_id(found.id)
    record(Act.RIGHT_REFUSED, refused, by=by, **asking.codes(refused), asked_for_by=str(refused.asked_by.uuid))
    return refused


def _decided(right: Right, by: Account) -> Right:
    """The right as it is, for one who may decide it. Denied, NotFound, NotWaiting, OwnRequest."""
    if not by.may(Permission.RIGHTS_GRANT):
        raise Denied
    found: Right | None = Right.visible_to(by).where(Right.uuid == right.uuid).first()
    if found is None:
        raise NotFound
    if found.state != State.ASKED:
        raise asking.NotWaiting
    if by.id in (found.asked_by_id, found.account_id):
        raise OwnRequest
    return found


def _in_use(right: Right) -> bool:
    named = RightQueue.select().join(Queue).where(RightQueue.right == right.id, Queue.active)
    return bool(named.exists())
