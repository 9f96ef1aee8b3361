"""What a decision puts into force and what takes it out again: the only writer of `RoleGrant`.

Call inside the transaction of the act. Every request asks what is in force at its instant, and so does every range of
a sound that plays: nothing else has to be told.
"""

import datetime as dt

import peewee

from portal import clock
from portal.accounts.models import Account, QueueGrant, RoleGrant
from portal.rights.models import Right, RightQueue


def give(right: Right) -> RoleGrant:
    """In force from `right.begins_at` up to `right.ends_at`, for the queues of the right."""
    grant: RoleGrant = RoleGrant.create(
        account=right.account_id,
        role=right.role,
        right=right.uuid,
        begins_at=right.begins_at,
        ends_at=right.ends_at,
    )
    for row in RightQueue.select().where(RightQueue.right == right.id):
        QueueGrant.create(grant=grant, account=right.account_id, queue=row.queue_id)
    return grant


def stop(right: Right, *, at: dt.datetime) -> None:
    """It gives nothing from `at` on. One that would have ended before that stays as it is."""
    _stop(RoleGrant.right == right.uuid, at=at)


def stop_one(grant: RoleGrant, *, at: dt.datetime) -> None:
    """The same, of what is in force itself."""
    _stop(RoleGrant.id == grant.id, at=at)


def stop_all(account: Account, *, at: dt.datetime) -> list[RoleGrant]:
    """Nothing that was given to the account gives anything from `at` on; returns what that took away."""
    rows = list(RoleGrant.select().where(RoleGrant.account == account.id, RoleGrant.lasting(at)))
    _stop(RoleGrant.id.in_([row.id for row in rows]), at=at)
    return rows


def note_over(right: Right) -> None:
    """Its own end has come."""
    RoleGrant.update(ended=True).where(RoleGrant.right == right.uuid).execute()


def _stop(which: peewee.Expression, *, at: dt.datetime) -> None:
    ended = at <= clock.now()
    RoleGrant.update(ends_at=at, ended=ended).where(which, RoleGrant.lasting(at)).execute()
