"""What people read for the codes of observations; translated where it is shown."""

from portal.language import N_
from portal.oversight.models import Outcome, Pattern, State, Step

STATES: dict[str, str] = {
    State.OPEN: N_("Ny"),
    State.ASKED: N_("Väntar på svar"),
    State.ANSWERED: N_("Besvarad"),
    State.CLOSED: N_("Avslutad"),
}

TONES: dict[str, str] = {
    State.OPEN: "warning",
    State.ASKED: "info",
    State.ANSWERED: "warning",
    State.CLOSED: "neutral",
}
"""Of the tag that shows the state."""

PATTERNS: dict[str, str] = {
    Pattern.MANY: N_("Många lyssningar"),
    Pattern.SAME_NUMBER: N_("Samma nummer om och om igen"),
    Pattern.OWN_NUMBER: N_("Eget nummer"),
    Pattern.COLLEAGUE: N_("En kollegas nummer"),
    Pattern.HOURS: N_("Utanför arbetstid"),
    Pattern.QUEUE: N_("Främmande servicenummer"),
    Pattern.ONE: N_("En lyssning"),
}

OUTCOMES: dict[str, str] = {
    Outcome.EXPLAINED: N_("Det hör till arbetet"),
    Outcome.REMINDED: N_("Personen påminns om reglerna"),
    Outcome.INCIDENT: N_("Det behandlas som en personuppgiftsincident"),
    Outcome.MISTAKEN: N_("Uppgifterna var fel: något sådant mönster fanns inte"),
}

STEPS: dict[str, str] = {
    Step.FOUND: N_("Portalen gjorde iakttagelsen"),
    Step.RAISED: N_("Lyssningen togs upp"),
    Step.GREW: N_("Fler lyssningar av samma slag tillkom"),
    Step.ASKED: N_("Frågan ställdes"),
    Step.ANSWERED: N_("Svaret kom"),
    Step.CLOSED: N_("Iakttagelsen avslutades"),
    Step.REOPENED: N_("Iakttagelsen öppnades på nytt"),
}
