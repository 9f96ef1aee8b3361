"""What people read about what is done of a decision, and what it waits for."""

from portal.cases.carried import Stands
from portal.cases.codes import Wait
from portal.language import N_

STANDS: dict[str, str] = {
    Stands.NOTHING: N_("Inget att göra"),
    Stands.PLANNED: N_("Görs när svaret är godkänt"),
    Stands.HINDERED: N_("Får vänta"),
    Stands.DOING: N_("Görs"),
    Stands.WAITS: N_("Väntar"),
    Stands.FAULT: N_("Misslyckades"),
    Stands.DONE: N_("Gjort"),
}

TONES: dict[str, str] = {
    Stands.NOTHING: "neutral",
    Stands.PLANNED: "info",
    Stands.HINDERED: "warning",
    Stands.DOING: "info",
    Stands.WAITS: "warning",
    Stands.FAULT: "error",
    Stands.DONE: "success",
}

WAITS: dict[str, str] = {
    Wait.ACCESS: N_(
        "Personen ska först få den kopia som begärdes. Det raderas när svaret är skickat och kopian lämnad."
    ),
    Wait.HELD: N_("En chef håller kvar samtalet som hotsamtal. Det raderas när det släpps."),
    Wait.FROZEN: N_(
        "Samtalet behövs för ett annat ärende, ett utlämnande eller en begränsning. Det raderas när det släpps."
    ),
    Wait.COMPLAINT: N_(
        "Ett klagomål över svaret pågår. Det som klagomålet kan gälla raderas inte förrän det är avgjort."
    ),
    Wait.FAULT: N_(
        "Det gick inte att göra. Portalen försöker igen av sig själv; dröjer det, säg till systemadministratören."
    ),
}
