"""What people read in the log about incidents: acts, keys and codes. `words` joins them to the rest."""

from portal.audit.acts import Act
from portal.language import N_

ACTS: dict[str, str] = {
    Act.INCIDENTS_LISTED: N_("Läste listan över incidenter"),
    Act.INCIDENT_VIEWED: N_("Öppnade en incident"),
    Act.INCIDENT_OPENED: N_("Anmälde en personuppgiftsincident"),
    Act.INCIDENT_LED: N_("Tog över ledningen av en incident"),
    Act.INCIDENT_CHANGED: N_("Ändrade uppgifterna om en incident"),
    Act.INCIDENT_ASSESSED: N_("Bedömde risken i en incident"),
    Act.INCIDENT_DECIDED: N_("Beslutade om anmälan av en incident"),
    Act.INCIDENT_NOTIFIED: N_("Antecknade att dataombudsmannen har fått anmälan om en incident"),
    Act.INCIDENT_PEOPLE_TOLD: N_("Antecknade att de berörda har underrättats om en incident"),
    Act.INCIDENT_NOTED: N_("Skrev en anteckning om en incident"),
    Act.INCIDENT_PAPER_ADDED: N_("Lade en handling till en incident"),
    Act.INCIDENT_PAPER_READ: N_("Läste en handling om en incident"),
    Act.INCIDENT_CLOSED: N_("Avslutade en incident"),
    Act.INCIDENT_REOPENED: N_("Öppnade en incident på nytt"),
    Act.INCIDENT_DELETED: N_("Raderade en incident vars tid är ute"),
}

KEYS: dict[str, str] = {
    "incident_facts": N_("Ändrat"),
    "known_at": N_("Staden fick veta"),
    "losses": N_("Förlorat"),
    "notify": N_("Anmäls till dataombudsmannen"),
    "paper": N_("Handling"),
    "risk": N_("Risk"),
    "tell_people": N_("De berörda underrättas"),
}

_ANSWERS = {"yes": N_("ja"), "no": N_("nej")}

CODES: dict[str, dict[str, str]] = {
    "incident_facts": {
        "known_at": N_("när staden fick veta"),
        "happened": N_("vad som hände"),
        "concerns": N_("vems uppgifter"),
        "measures": N_("åtgärder"),
    },
    "losses": {
        "secrecy": N_("sekretess"),
        "accuracy": N_("riktighet"),
        "access": N_("tillgänglighet"),
    },
    "risk": {"none": N_("osannolik"), "risk": N_("risk"), "high": N_("hög risk")},
    "notify": _ANSWERS,
    "tell_people": _ANSWERS,
}

KINDS: dict[str, str] = {"incident": N_("Incident")}

HIDDEN = {"paper"}
"""Kept for links, of no use to a reader."""
