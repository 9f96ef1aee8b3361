"""Who answers for a right at a review.

For a role with queues it is whoever heads the person's unit. For a head's own rights, for those of people whose unit
has nobody who may, and for the roles of the whole register it is a controller. Nobody answers for their own: where no
other is left, nobody can, and the right lapses.
"""

import collections
from collections.abc import Sequence

from portal import clock
from portal.accounts.models import Account, RoleGrant, UnitHead
from portal.accounts.permissions import TABLE, Permission, Role
from portal.rights.models import SCOPED


class Answering:
    """As things are at this instant: read at once, asked for many lines."""

    def __init__(self) -> None:
        self.names: dict[int, str] = {}
        """Of everybody who may answer for some."""
        holders = self._holders((Permission.RIGHTS_ASK, Permission.RIGHTS_GRANT))
        asks, self.controllers = holders[Permission.RIGHTS_ASK], holders[Permission.RIGHTS_GRANT]
        self._heads: dict[int, set[int]] = collections.defaultdict(set)
        for unit, account in UnitHead.select(UnitHead.unit, UnitHead.account).tuples():
            self._heads[unit].add(account)
        self._may = {unit: heads & asks for unit, heads in self._heads.items()}

    def for_(self, role: str, account: int, unit: int | None) -> set[int]:
        """Keys of those who answer for this right; empty when nobody can."""
        if role in SCOPED and unit is not None and account not in self._heads.get(unit, ()):
            heads = self._may.get(unit, set())
            if heads:
                return heads
        return self.controllers - {account}

    def may(self, user: Account, account: int, answerers: set[int]) -> bool:
        """Those who answer for it; and a controller may step in for any head, never for themselves."""
        return user.id != account and (user.id in answerers or user.id in self.controllers)

    def _holders(self, permissions: Sequence[Permission]) -> dict[Permission, set[int]]:
        """Of each permission the keys of those who have it."""
        roles = [role for role, may in TABLE.items() if may & set(permissions)]
        rows = (
            RoleGrant.select(RoleGrant.role, Account.id, Account.name)
            .join(Account)
            .where(RoleGrant.role.in_(roles), RoleGrant.in_force(clock.now()), Account.closed_at.is_null())
            .distinct()
        )
        found: dict[Permission, set[int]] = {permission: set() for permission in permissions}
        for role, account, name in rows.tuples():
            self.names[account] = name
            for permission in TABLE[Role(role)] & set(permissions):
                found[permission].add(account)
        return found
