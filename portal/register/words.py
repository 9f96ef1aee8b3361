"""What people read for the codes of consents."""

from portal.language import N_
from portal.register.models import ConsentPurpose

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
