"""What people read for the roles; translated where it is shown."""

from portal.accounts.permissions import Role
from portal.language import N_

ROLE_NAMES = {
    Role.ADVISER: N_("kundrådgivare"),
    Role.MANAGER: N_("chef"),
    Role.CLERK: N_("handläggare"),
    Role.CONTROLLER: N_("beslutsfattare"),
    Role.DPO: N_("dataskyddsombud"),
    Role.ADMIN: N_("systemadministratör"),
}
