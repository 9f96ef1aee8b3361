"""What people read in the log about the root key. `words` joins it to the rest."""

from portal.audit.acts import Act
from portal.language import N_

GROUPS = {"keys": N_("Rotnyckel")}

ACTS: dict[str, str] = {
    Act.KEYS_ROTATED: N_("Bytte rotnyckel"),
    Act.KEYS_SPLIT: N_("Delade upp rotnyckeln"),
}

KEYS = {
    "earlier": N_("Tidigare rotnyckel (kod)"),
    "finished": N_("Klart"),
    "needed": N_("Delar som behövs"),
    "root": N_("Rotnyckel (kod)"),
    "shares": N_("Delar"),
    "unreadable": N_("Går inte att öppna"),
}
