"""What people read for the figures."""

from portal.cases.words import OUTCOMES, RIGHTS
from portal.language import N_
from portal.recordings.models import Purpose, Told
from portal.register.counting import Step, What

TITLES: dict[What, str] = {
    What.CALLS: N_("Samtal"),
    What.LISTENS: N_("Lyssningar"),
    What.REQUESTS: N_("Begäranden"),
    What.ANSWERS: N_("Svar på begäranden"),
    What.HOLDS: N_("Hotsamtal"),
    What.RESTRICTIONS: N_("Begränsningar"),
    What.DELETIONS: N_("Raderingar"),
    What.INCIDENTS: N_("Incidenter"),
}
TOLD: dict[What, str] = {
    What.CALLS: N_(
        "Inspelade samtal efter den dag då de började, och om den som ringde fick höra att samtalet spelas in."
    ),
    What.LISTENS: N_("Hur många gånger personalen har lyssnat på ett samtal, efter ändamål."),
    What.REQUESTS: N_(
        "Begäranden efter den dag då de registrerades. En begäran som gäller två rättigheter räknas i båda."
    ),
    What.ANSWERS: N_(
        "Svar på begäranden efter den dag då de skickades. Försenat är ett svar som skickades efter den sista dagen "
        "enligt lag."
    ),
    What.HOLDS: N_("Samtal som en chef har beslutat att hålla kvar som hotsamtal, och sådana beslut som har upphört."),
    What.RESTRICTIONS: N_("Samtal vars behandling har begränsats (artikel 18), och begränsningar som har upphört."),
    What.DELETIONS: N_("Raderade samtal och filer efter den regel som de raderades enligt."),
    What.INCIDENTS: N_("Personuppgiftsincidenter efter den dag då de antecknades."),
}
CODES: dict[What, dict[str, str]] = {
    What.CALLS: {
        Told.YES: N_("Informerad"),
        Told.NO: N_("Inte informerad"),
        Told.UNKNOWN: N_("Uppgift saknas"),
    },
    What.LISTENS: {
        Purpose.QUALITY: N_("Tjänstens kvalitet"),
        Purpose.SAFETY: N_("Kundrådgivarnas säkerhet"),
        Purpose.REQUEST: N_("Begäran"),
        Purpose.TRAINING: N_("Utbildning"),
    },
    What.REQUESTS: RIGHTS,
    What.ANSWERS: OUTCOMES,
    What.HOLDS: {Step.PLACED: N_("Kvarhållna"), Step.LIFTED: N_("Upphörda")},
    What.RESTRICTIONS: {Step.PLACED: N_("Begränsade"), Step.LIFTED: N_("Upphörda")},
    What.DELETIONS: {
        "retention": N_("Efter tre månader"),
        "erasure": N_("På begäran (artikel 17)"),
        "consent": N_("Samtycke som upphört"),
        "quarantine": N_("Filer i karantän"),
    },
    What.INCIDENTS: {
        Step.OPENED: N_("Anmälda i portalen"),
        Step.NOTIFIED: N_("Anmälda till dataombudsmannen"),
        Step.TOLD: N_("De berörda underrättade"),
    },
}
HIDING: dict[What, str] = {
    What.CALLS: N_(
        "Antalet samtal visas alltid som det är: att någon har ringt till en av stadens tjänster säger varken vem det "
        "var eller något om personen."
    ),
    What.DELETIONS: N_(
        "Raderingar efter tre månader visas i steg om fem, så att det inte går att räkna ut hur få samtal som har "
        "hållits kvar längre. För övriga visas 1–4 när antalet är mindre än fem."
    ),
}
SMALL = N_("Är antalet mindre än fem visas 1–4, så att ingen person syns i statistiken.")
