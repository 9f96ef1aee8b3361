"""What people read for the codes of incidents; translated where it is shown."""

from portal.incidents.models import Answer, Loss, Risk, State, What
from portal.language import N_

STATES: dict[str, str] = {
    State.OPENED: N_("Ny"),
    State.LED: N_("Utreds"),
    State.ASSESSED: N_("Väntar på beslut"),
    State.DECIDED: N_("Beslutad"),
    State.CLOSED: N_("Avslutad"),
}

TONES: dict[str, str] = {
    State.OPENED: "error",
    State.LED: "warning",
    State.ASSESSED: "warning",
    State.DECIDED: "info",
    State.CLOSED: "neutral",
}
"""Of the tag that shows the state."""

RISKS: dict[str, str] = {
    Risk.NONE: N_("Osannolik: dataombudsmannen behöver inte få någon anmälan"),
    Risk.RISK: N_("Risk: dataombudsmannen får en anmälan"),
    Risk.HIGH: N_("Hög risk: också de berörda underrättas"),
}

LOSSES: dict[str, str] = {
    Loss.SECRECY: N_("Sekretess: någon fick veta som inte får veta"),
    Loss.ACCURACY: N_("Riktighet: uppgifter har ändrats"),
    Loss.ACCESS: N_("Tillgänglighet: uppgifter har försvunnit eller går inte att nå"),
}

ANSWERS: dict[str, str] = {Answer.YES: N_("Ja"), Answer.NO: N_("Nej")}

STEPS: dict[str, str] = {
    What.OPENED: N_("Incidenten anmäldes"),
    What.LED: N_("Ledningen togs över"),
    What.CHANGED: N_("Uppgifterna ändrades; så här stod det förut"),
    What.ASSESSED: N_("Risken bedömdes"),
    What.DECIDED: N_("Beslut fattades"),
    What.NOTIFIED: N_("Dataombudsmannen fick anmälan"),
    What.TOLD: N_("De berörda underrättades"),
    What.NOTED: N_("Anteckning"),
    What.PAPER: N_("En handling lades till"),
    What.CLOSED: N_("Incidenten avslutades"),
    What.REOPENED: N_("Incidenten öppnades på nytt"),
}
