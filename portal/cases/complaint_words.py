"""What people read about complaints; translated where it is shown."""

from portal.cases.codes import Body, Result
from portal.language import N_

BODIES: dict[str, str] = {
    Body.OMBUDSMAN: N_("Dataombudsmannen"),
    Body.COURT: N_("Förvaltningsdomstol"),
    Body.OTHER: N_("Annan myndighet"),
}

RESULTS: dict[str, str] = {
    Result.UPHELD: N_("Svaret står fast"),
    Result.OVERTURNED: N_("Svaret ändras"),
    Result.PARTLY: N_("Svaret ändras delvis"),
    Result.WITHDRAWN: N_("Personen återtog klagomålet"),
    Result.DISMISSED: N_("Prövades inte"),
}

DIRECTIONS: dict[str, str] = {"in": N_("Kommit in"), "out": N_("Skickat")}
"""Of a paper, as the city sees it."""
