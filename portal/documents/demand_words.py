"""How a letter names what a person demands, and the values of an entry; translated where it is said."""

from portal.cases.claim_models import Claim
from portal.cases.codes import Disputed
from portal.language import N_
from portal.recordings.models import Direction, Told
from portal.register.models import ConsentPurpose

ENTRIES: dict[str, str] = {
    Disputed.SUBJECT: N_("Samtalets ämne"),
    Disputed.NOTE: N_("En anteckning om samtalet"),
    Disputed.NUMBER: N_("Numret som samtalet är kopplat till"),
    Disputed.QUEUE: N_("Servicenumret"),
    Disputed.TOLD: N_("Om inspelningen har meddelats"),
    Disputed.DIRECTION: N_("Vem som ringde"),
    Disputed.ADVISER: N_("Kundrådgivaren i samtalet"),
    Disputed.SPEECH: N_("Det som sägs i samtalet"),
    Disputed.FACT: N_("En uppgift i ditt ärende"),
    Disputed.CALL: N_("Hela samtalet"),
    Disputed.PASSAGE: N_("Ett avsnitt av samtalet"),
}

FACTS: dict[str, str] = {
    "received_on": N_("Dagen då begäran kom"),
    "received_where": N_("Var begäran togs emot"),
    "requested_on": N_("Begärans datum"),
    "registry_number": N_("Stadens diarienummer"),
    "channel": N_("Hur begäran kom"),
    "language": N_("Språk"),
    "regime": N_("Vad begäran gäller"),
    "capacity": N_("Vem som gör begäran"),
    "name": N_("Namn"),
    "agent": N_("Ombudets namn"),
    "authority": N_("Fullmakt"),
    "address": N_("Adress"),
    "email": N_("E-post"),
    "phone": N_("Telefon"),
    "asks": N_("Vad du begärde"),
    "called_from": N_("Från vilken dag du ringde"),
    "called_to": N_("Till vilken dag du ringde"),
    "called_words": N_("När du ringde"),
    "delivery": N_("Hur ljudet lämnas över"),
}
"""The columns of a case that can be disputed."""

VALUES: dict[str, dict[str, str]] = {
    Disputed.TOLD: {
        Told.YES: N_("den som ringde fick veta att samtalet spelas in"),
        Told.NO: N_("den som ringde fick inte veta att samtalet spelas in"),
        Told.UNKNOWN: N_("det är inte känt om den som ringde fick veta att samtalet spelas in"),
    },
    Disputed.DIRECTION: {
        Direction.IN: N_("samtalet kom till staden"),
        Direction.OUT: N_("staden ringde upp"),
        Direction.INTERNAL: N_("samtalet var internt"),
    },
}
"""Of the entries that hold a code."""

CONSENTS: dict[str, str] = {
    ConsentPurpose.TRAINING: N_("samtalet får användas i utbildning av kundrådgivare"),
    ConsentPurpose.DISCLOSURE: N_("samtalet får ges till någon som du namnger"),
}


def named(claim: Claim) -> str:
    """Which entry it is about."""
    return FACTS.get(claim.fact, ENTRIES[claim.entry])
