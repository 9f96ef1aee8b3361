"""What people read for the codes of consents and notices."""

from portal.language import N_
from portal.register.models import ConsentPurpose, NoticeState, Told

PURPOSES: dict[str, str] = {
    ConsentPurpose.TRAINING: N_("Utbildning av kundrådgivare"),
    ConsentPurpose.DISCLOSURE: N_("Utlämnande till någon som personen nämner"),
}
GIVEN: dict[str, str] = {
    "recording": N_("muntligt, på en inspelning"),
    "letter": N_("brev"),
    "email": N_("e-post"),
    "secure_mail": N_("säker e-post"),
    "desk": N_("vid disken"),
    "e_service": N_("e-tjänst"),
}
"""How a consent was given."""
TOLD: dict[str, str] = {
    Told.CORRECTED: N_("En uppgift har rättats"),
    Told.COMPLETED: N_("Samtalet har kompletterats"),
    Told.ERASED: N_("Samtalet eller en del av det har raderats"),
    Told.RESTRICTED: N_("Behandlingen av samtalet har begränsats"),
}
"""What a recipient is told of."""
NOTICES: dict[str, str] = {
    NoticeState.WAITING: N_("Ska underrättas"),
    NoticeState.TOLD: N_("Underrättad"),
    NoticeState.IMPOSSIBLE: N_("Kan inte underrättas"),
}
NOTICE_TONES: dict[str, str] = {
    NoticeState.WAITING: "warning",
    NoticeState.TOLD: "success",
    NoticeState.IMPOSSIBLE: "neutral",
}
HOWS: dict[str, str] = {
    "post": N_("Brevet per post"),
    "secure_mail": N_("Brevet med säker e-post"),
    "police_service": N_("Brevet genom polisens mottagningstjänst"),
    "phone": N_("Per telefon"),
    "in_person": N_("Personligen"),
}
"""How a recipient was told."""
