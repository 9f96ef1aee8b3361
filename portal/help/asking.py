"""Whom a person can ask: read from the rights that are in force now."""

from collections.abc import Collection
from typing import NamedTuple

import peewee

from portal import clock
from portal.accounts.models import Account, QueueGrant, RoleGrant, UnitHead
from portal.accounts.permissions import TABLE, Permission, Role
from portal.help.parts import Ask

MOST = 5
"""So many names are enough to find one who is at work."""


class Answer(NamedTuple):
    """`ask` is who they are, which may be others than were asked for; `more` is how many are not named."""

    ask: Ask
    names: list[str]
    more: int


def answer(ask: Ask, *, by: Account, queue: int | None = None, but: Collection[int] = ()) -> Answer:
    """Those to ask, by name: never the one who asks, nor anybody of `but`, who cannot do it either. Managers are those
    of `queue`, else of the queues of the one who asks, if there are any. Where nobody answers for the unit it is those
    who grant rights."""
    apart = {by.id, *but}
    if ask == Ask.HEAD:
        found = _heads(by, apart)
        return _told(ask, found) if found else answer(Ask.CONTROLLER, by=by, but=but)
    queues = {queue} if queue is not None else by.queue_ids if ask == Ask.MANAGER else ()
    return _told(ask, _holders([Role(ask.value)], apart, queues))


def roles_with(permission: Permission) -> list[Role]:
    """Those that a page which demands it is for."""
    return [role for role, may in TABLE.items() if permission in may]


def _told(ask: Ask, people: peewee.ModelSelect) -> Answer:
    names = sorted({name for (name,) in people.tuples()}, key=str.casefold)
    return Answer(ask, names[:MOST], len(names[MOST:]))


def _heads(by: Account, apart: Collection[int]) -> peewee.ModelSelect | None:
    """Who answers for the person's unit and may ask for rights; None where nobody does."""
    asks = _holders(roles_with(Permission.RIGHTS_ASK), apart)
    found = asks.where(Account.id.in_(UnitHead.select(UnitHead.account).where(UnitHead.unit == by.unit_id)))
    return found if by.unit_id is not None and found.exists() else None


def _holders(roles: Collection[Role], apart: Collection[int], queues: Collection[int] = ()) -> peewee.ModelSelect:
    """The names of those who have one of the roles, for one of `queues` if any are given."""
    held = RoleGrant.select(RoleGrant.account).where(RoleGrant.role.in_(roles), RoleGrant.in_force(clock.now()))
    if queues:
        held = held.join(QueueGrant).where(QueueGrant.queue.in_(queues))
    return Account.select(Account.name).where(
        Account.id.in_(held), Account.id.not_in(apart), Account.closed_at.is_null()
    )
