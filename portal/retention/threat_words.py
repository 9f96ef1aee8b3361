"""What people read for the codes of threat calls, holds and transfers; translated where it is shown."""

from portal.language import N_
from portal.retention.models import Basis, Channel, Safety, ThreatKind, ThreatState, TransferState

KINDS: dict[str, str] = {
    ThreatKind.ADVISER: N_("Hot mot kundrådgivaren eller närstående"),
    ThreatKind.STAFF: N_("Hot mot annan personal eller en förtroendevald"),
    ThreatKind.OTHERS: N_("Hot mot någon annan"),
    ThreatKind.PLACE: N_("Hot mot en byggnad eller plats, till exempel bombhot"),
    ThreatKind.SELF: N_("Den som ringde hotar att skada sig själv"),
    ThreatKind.HARASSMENT: N_("Trakasserier"),
    ThreatKind.OTHER: N_("Annat hot"),
}

SAFETY_ASKED: dict[str, str] = {
    Safety.UNSAFE: N_("Jag känner mig inte trygg nu"),
    Safety.CONTACT: N_("Jag vill att en chef kontaktar mig"),
    Safety.SAFE: N_("Jag är trygg"),
}
"""As the one who reports answers."""

SAFETY: dict[str, str] = {
    Safety.UNSAFE: N_("Känner sig inte trygg"),
    Safety.CONTACT: N_("Vill bli kontaktad"),
    Safety.SAFE: N_("Trygg"),
}
"""As a manager reads it."""

SAFETY_TONES: dict[str, str] = {Safety.UNSAFE: "error", Safety.CONTACT: "warning", Safety.SAFE: "neutral"}

STATES: dict[str, str] = {
    ThreatState.REPORTED: N_("Väntar på beslut"),
    ThreatState.HELD: N_("Kvarhållet"),
    ThreatState.DISMISSED: N_("Inte kvarhållet"),
    ThreatState.LAPSED: N_("Raderat före beslut"),
}

STATE_TONES: dict[str, str] = {
    ThreatState.REPORTED: "warning",
    ThreatState.HELD: "info",
    ThreatState.DISMISSED: "neutral",
    ThreatState.LAPSED: "error",
}

TRANSFERS: dict[str, str] = {
    TransferState.PROPOSED: N_("Väntar på beslut"),
    TransferState.APPROVED: N_("Godkänt, inte överlämnat"),
    TransferState.REFUSED: N_("Avslaget"),
    TransferState.WITHDRAWN: N_("Tillbakataget"),
    TransferState.HANDED_OVER: N_("Överlämnat"),
}

TRANSFER_TONES: dict[str, str] = {
    TransferState.PROPOSED: "warning",
    TransferState.APPROVED: "warning",
    TransferState.REFUSED: "neutral",
    TransferState.WITHDRAWN: "neutral",
    TransferState.HANDED_OVER: "success",
}

BASES: dict[str, str] = {
    Basis.POLICE_ACT: N_("Polislagen 4 kap. 2–3 §: polisens rätt att få uppgifter"),
    Basis.INVESTIGATION: N_("Tvångsmedelslagen 7 eller 8 kap.: förundersökning"),
    Basis.REPORTED: N_("Dataskyddslagen 7 §: staden anmäler själv ett brott"),
    Basis.STATUTE: N_("En annan lag ger mottagaren rätt att få uppgiften"),
    Basis.CONSENT: N_("Personen har samtyckt till utlämnandet (artikel 6.1 a)"),
}

CHANNELS: dict[str, str] = {
    Channel.IN_PERSON: N_("Personligen, på krypterat minne"),
    Channel.SECURE_MAIL: N_("Säker e-post"),
    Channel.POLICE_SERVICE: N_("Polisens egen mottagningstjänst"),
}
