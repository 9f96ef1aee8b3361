"""How a right ends: by its time, by a decision, with the person's unit or account. At once, and for good."""

import datetime as dt
from collections.abc import Mapping

import peewee

from portal import clock
from portal.accounts.models import Account, RoleGrant
from portal.accounts.permissions import Permission, Role
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.cases import personal_codes
from portal.db import db
from portal.errors import Conflict, Denied, Invalid, NotFound
from portal.language import N_
from portal.rights import effect
from portal.rights.models import SCOPED, End, Kind, Right, State


class ReasonNeeded(Invalid):
    text = N_("Skriv varför rättigheten avslutas.")


class LastAdministrator(Invalid):
    text = N_("Portalen behöver minst en systemadministratör med öppet konto. Ge först någon annan rollen.")


class LastController(Invalid):
    text = N_(
        "Portalen behöver minst en beslutsfattare med öppet konto: ingen annan kan bevilja rättigheter. "
        "Bevilja först någon annan den rättigheten."
    )


def end(right: Right, *, reason: str, by: Account, why: End = End.DECISION) -> None:
    """End a granted right, begun or not, at this instant.

    Raises Denied, NotFound, ReasonNeeded, PersonalCode, LastAdministrator, LastController, and Conflict when it had
    ended, by its time too.
    """
    if not may_end(right, by=by):
        raise Denied
    if not Right.visible_to(by).where(Right.id == right.id).exists():
        raise NotFound
    if not reason.strip():
        raise ReasonNeeded
    personal_codes.refuse(reason)
    with db.atomic():
        _end(right, why, reason=reason.strip(), by=by)
        _refuse_nobody_left(right.role)


def may_end(right: Right, *, by: Account) -> bool:
    """Whoever asks for rights; of a role of the whole register only who grants, or whose own it is: nobody who is
    overseen ends the officer's."""
    whole = right.role not in SCOPED and right.account_id != by.id
    return by.may(Permission.RIGHTS_GRANT if whole else Permission.RIGHTS_ASK)


@db.atomic()
def lapse(right: Right) -> None:
    """Nobody confirmed it at a review in time. Raises Conflict when it had ended."""
    _end(right, End.LAPSED)


@db.atomic()
def end_all(account: Account, why: End, *, by: Account | None) -> int:
    """End all that the person may, now and later, and take back what waits for a decision; returns how many rights
    ended. Call it after what `why` tells of is written. Raises LastAdministrator, LastController."""
    now = clock.now()
    rights = end_some(account, why, by=by)
    held = effect.stop_all(account, at=now)  # what no decision stands behind
    waiting = Right.select().where(Right.account == account.id, Right.state == State.ASKED)
    for right in list(waiting):
        Right.update(state=State.TAKEN_BACK, waits=None, ended_at=now, end=why).where(Right.id == right.id).execute()
        record(Act.RIGHT_TAKEN_BACK, right, by=by, role=right.role, person=account.uuid.hex, right_end=why)
    _refuse_nobody_left(*(row.role for row in held))
    return len(rights)


@db.atomic()
def end_some(account: Account, why: End, *which: peewee.Expression, by: Account | None) -> list[Right]:
    """End those of the account's rights that `which` says, begun or not; returns them as they are then. Raises
    LastAdministrator, LastController."""
    living = Right.account == account.id, Right.state == State.GRANTED, Right.ends_at > clock.now()
    rights = list(Right.select().where(*living, *which).order_by(Right.id))
    for right in rights:
        _end(right, why, by=by)
    _refuse_nobody_left(*(right.role for right in rights))
    return [Right.get_by_id(right.id) for right in rights]


def end_due() -> int:
    """Note as ended what has ended by its time; returns how many. It gave nothing since that instant already."""
    due = Right.select().where(Right.state == State.GRANTED, Right.ends_at <= clock.now()).order_by(Right.id)
    return sum(_note_due(right) for right in list(due))


@db.atomic()
def _note_due(right: Right) -> bool:
    noted = Right.update(state=State.ENDED, end=End.TIME, ended_at=right.ends_at).where(
        Right.id == right.id, Right.state == State.GRANTED, Right.ends_at <= clock.now()
    )
    if not noted.execute():
        return False
    effect.note_over(right)
    _tell(right, End.TIME)
    return True


def name_of(grant: RoleGrant) -> str:
    """By which the ledger knows what was given: the decision's uuid; a role where no decision stands behind it."""
    return grant.right.hex if grant.right else str(grant.role)


@db.atomic()
def take_again(account: Account, ends: Mapping[str, dt.datetime]) -> bool:
    """After a restore: what `ends` does not name (by `name_of`) has ended since, and of what it names nothing lasts
    longer than it says. Gives nothing. Returns whether anything was taken."""
    now = clock.now()
    taken = False
    for grant in list(RoleGrant.select().where(RoleGrant.account == account.id, RoleGrant.lasting(now))):
        until = max(ends.get(name_of(grant), now), now)
        if until >= grant.ends_at:
            continue
        effect.stop_one(grant, at=until)
        taken = True
        right = Right.get_or_none(Right.uuid == grant.right)
        if right is not None and until == now:
            _end(right, End.RESTORED)
        elif right is not None:
            Right.update(ends_at=until).where(Right.id == right.id).execute()
    return taken


def _end(right: Right, why: End, *, reason: str = "", by: Account | None = None) -> None:
    now = clock.now()
    ended = Right.update(state=State.ENDED, end=why, end_reason=reason, ended_by=by, ended_at=now).where(
        Right.id == right.id, Right.state == State.GRANTED, Right.ends_at > now
    )
    if not ended.execute():
        raise Conflict
    effect.stop(right, at=now)
    _tell(right, why, by=by)


def _tell(right: Right, why: End, *, by: Account | None = None) -> None:
    about = {"role": right.role, "right_end": why, "right_kind": Kind(right.kind)}
    record(Act.RIGHT_ENDED, right, by=by, person=right.account.uuid.hex, **about)


def _refuse_nobody_left(*roles: str) -> None:
    """Of the roles that somebody has just lost."""
    for role, refusal in ((Role.ADMIN, LastAdministrator), (Role.CONTROLLER, LastController)):
        if role in roles and not _anybody(role):
            raise refusal


def _anybody(role: Role) -> bool:
    """With an open account, in force now."""
    held = RoleGrant.select().join(Account).where(RoleGrant.role == role, RoleGrant.in_force(clock.now()))
    found: bool = held.where(Account.closed_at.is_null()).exists()
    return found
