"""Roles that one person never has at the same time.

The data protection officer neither decides nor listens (GDPR 38(6)); who keeps the accounts never reaches content
(register §2). What follows is asked when a right is asked for, when it is granted, and wherever else one is given.
"""

import datetime as dt

from portal.accounts.models import Account, RoleGrant
from portal.accounts.permissions import Role
from portal.errors import Invalid
from portal.language import N_

CONTENT = frozenset({Role.ADVISER, Role.MANAGER, Role.CLERK, Role.CONTROLLER})
"""Roles that hear calls or decide about them."""

APART: dict[Role, frozenset[Role]] = {
    Role.DPO: CONTENT | {Role.ADMIN},
    Role.ADMIN: CONTENT | {Role.DPO},
    **dict.fromkeys(CONTENT, frozenset({Role.DPO, Role.ADMIN})),
}


class OfficerApart(Invalid):
    text = N_(
        "Ett dataskyddsombud kan inte samtidigt ha en annan roll: ombudet övervakar och får varken besluta eller "
        "lyssna (dataskyddsförordningen, artikel 38.6). Avsluta den andra rättigheten först, eller välj en annan tid."
    )


class AdministratorApart(Invalid):
    text = N_(
        "En systemadministratör kan inte samtidigt ha en roll som ger tillgång till innehållet. Avsluta den andra "
        "rättigheten först, eller välj en annan tid."
    )


def refuse(account: Account, role: Role | str, begins_at: dt.datetime, ends_at: dt.datetime) -> None:
    """Raises OfficerApart or AdministratorApart when the person has, or will have, a role in that time that does not
    go with this one."""
    wanted = Role(role)
    rows = RoleGrant.select(RoleGrant.role).where(
        RoleGrant.account == account.id,
        RoleGrant.role.in_(sorted(APART[wanted])),
        RoleGrant.begins_at < ends_at,
        RoleGrant.lasting(begins_at),
    )
    roles = {Role(found) for (found,) in rows.tuples()}
    if roles and Role.DPO in roles | {wanted}:
        raise OfficerApart
    if roles:
        raise AdministratorApart
