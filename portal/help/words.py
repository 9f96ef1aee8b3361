"""How it is told whom to ask; translated where it is shown."""

from portal.help.parts import Ask
from portal.language import N_

WHOM = {
    Ask.HEAD: N_("Fråga den som svarar för din enhet: %(names)s."),
    Ask.MANAGER: N_("Fråga en chef: %(names)s."),
    Ask.CLERK: N_("Fråga en handläggare: %(names)s."),
    Ask.CONTROLLER: N_("Fråga en beslutsfattare: %(names)s."),
    Ask.DPO: N_("Fråga ett dataskyddsombud: %(names)s."),
    Ask.ADMIN: N_("Fråga en systemadministratör: %(names)s."),
}
OF_QUEUE = N_("Fråga en chef för servicenumret: %(names)s.")
"""Managers, where one queue is meant."""
NOBODY = N_("Just nu har ingen annan den rollen. En beslutsfattare kan ge någon den.")
NOBODY_GRANTS = N_("Just nu har ingen annan den rollen. Säg till systemadministratören.")
"""Where it is those who grant roles, or the administrator, who are missing."""
WITHOUT_ACCOUNT = N_("Fråga systemadministratören.")
"""To somebody who is not signed in nobody is named."""
MORE = N_("%(names)s och %(num)s till")

ABOUT = {
    Ask.HEAD: N_("Dina rättigheter"),
    Ask.MANAGER: N_("Samtal och hotsamtal"),
    Ask.CLERK: N_("Begäranden och underrättelser"),
    Ask.CONTROLLER: N_("Beslut och utlämnanden"),
    Ask.DPO: N_("Dataskydd och loggen"),
    Ask.ADMIN: N_("Inloggning och fel i portalen"),
}
"""What one asks each of them about, in the order they are listed."""
