"""What people read for the codes of cases; translated where it is shown."""

from portal.cases.codes import (
    Capacity,
    Channel,
    Concerns,
    CopyState,
    Decision,
    Delivery,
    Ground,
    Identity,
    Outcome,
    Regime,
    RightKind,
    State,
)
from portal.cases.steps import What
from portal.language import N_

STATES: dict[str, str] = {
    State.RECEIVED: N_("Mottagen"),
    State.IDENTITY_ASKED: N_("Identitet begärd"),
    State.COMPLETION_ASKED: N_("Komplettering begärd"),
    State.IN_PROGRESS: N_("Under handläggning"),
    State.PROPOSED: N_("Förslag"),
    State.APPROVED: N_("Godkänd"),
    State.DISPATCHED: N_("Expedierad"),
    State.CLOSED: N_("Avslutad"),
    State.COMPLAINT: N_("Klagomål pågår"),
    State.PURGED: N_("Gallrad"),
}

STATE_TONES: dict[str, str] = {
    State.RECEIVED: "info",
    State.IDENTITY_ASKED: "warning",
    State.COMPLETION_ASKED: "warning",
    State.IN_PROGRESS: "info",
    State.PROPOSED: "warning",
    State.APPROVED: "success",
    State.DISPATCHED: "success",
    State.CLOSED: "neutral",
    State.COMPLAINT: "warning",
    State.PURGED: "neutral",
}
"""Of the tag that shows the state."""

OUTCOMES: dict[str, str] = {
    Outcome.GRANTED: N_("Beviljad"),
    Outcome.PARTIAL: N_("Delvis beviljad"),
    Outcome.REFUSED: N_("Vägrad"),
    Outcome.NONE_FOUND: N_("Inga uppgifter"),
    Outcome.IDENTITY_UNPROVEN: N_("Identitet ej styrkt"),
    Outcome.UNFOUNDED: N_("Ogrundad eller orimlig"),
    Outcome.WITHDRAWN: N_("Återtagen"),
    Outcome.TRANSFERRED: N_("Överförd"),
    Outcome.DELETED_BEFORE: N_("Raderad före mottagande"),
}

REGIMES: dict[str, str] = {
    Regime.DATA_PROTECTION: N_("Dataskydd (egna uppgifter)"),
    Regime.PUBLIC_ACCESS: N_("Offentlighetslagen (handlingar)"),
    Regime.BOTH: N_("Både dataskydd och offentlighetslagen"),
}

CHANNELS: dict[str, str] = {
    Channel.LETTER: N_("Brev"),
    Channel.EMAIL: N_("E-post"),
    Channel.SECURE_MAIL: N_("Säker e-post"),
    Channel.DESK: N_("Vid disken"),
    Channel.PHONE: N_("Per telefon, nedtecknad"),
    Channel.E_SERVICE: N_("E-tjänst"),
}

CAPACITIES: dict[str, str] = {
    Capacity.SELF: N_("Personen själv"),
    Capacity.REPRESENTATIVE: N_("Ombud med fullmakt"),
    Capacity.GUARDIAN: N_("Vårdnadshavare för ett barn"),
}

DELIVERIES: dict[str, str] = {
    Delivery.ENCRYPTED: N_("Krypterad fil, lösenordet på annat sätt"),
    Delivery.DESK: N_("På ett minne vid disken"),
    Delivery.SECURE_MAIL: N_("Stadens säkra e-post"),
}

RIGHTS: dict[str, str] = {
    RightKind.ACCESS: N_("Insyn (artikel 15)"),
    RightKind.RECTIFICATION: N_("Rättelse (artikel 16)"),
    RightKind.ERASURE: N_("Radering (artikel 17)"),
    RightKind.RESTRICTION: N_("Begränsning (artikel 18)"),
    RightKind.OBJECTION: N_("Invändning (artikel 21)"),
    RightKind.WITHDRAWAL: N_("Återkallat samtycke (artikel 7.3)"),
}

RIGHTS_IN_A_LIST: dict[str, str] = {
    RightKind.ACCESS: N_("Insyn"),
    RightKind.RECTIFICATION: N_("Rättelse"),
    RightKind.ERASURE: N_("Radering"),
    RightKind.RESTRICTION: N_("Begränsning"),
    RightKind.OBJECTION: N_("Invändning"),
    RightKind.WITHDRAWAL: N_("Återkallat samtycke"),
}

IDENTITIES: dict[str, str] = {
    Identity.UNPROVEN: N_("Inte kontrollerad"),
    Identity.ASKED: N_("Begärd"),
    Identity.PROVEN: N_("Styrkt"),
    Identity.FAILED: N_("Inte styrkt"),
}

METHODS: dict[str, str] = {
    "eid": N_("Elektronisk identifiering"),
    "desk": N_("Visade sin identitet vid disken"),
    "callback": N_("Uppringning till ett känt nummer"),
    "known": N_("Känd av den som kontrollerade"),
}
"""How identity is proven: the codes that the setting `case_identity_methods` may name."""

CONCERNS: dict[str, str] = {
    Concerns.YES: N_("Gäller personen"),
    Concerns.NO: N_("Gäller inte personen"),
    Concerns.UNCLEAR: N_("Oklart"),
}

DECISIONS: dict[str, str] = {
    Decision.WHOLE: N_("Ges helt"),
    Decision.MUTED: N_("Ges med tystade avsnitt"),
    Decision.TRANSCRIPT: N_("Ges som ordagrann transkription"),
    Decision.WITHHELD: N_("Ges inte"),
}

GROUNDS: dict[str, str] = {
    Ground.OTHERS: N_("Andras rättigheter och friheter (artikel 15.4)"),
    Ground.SECURITY: N_("Säkerhet, allmän ordning eller brottsutredning (dataskyddslagen 34 § 1 mom. 1 punkten)"),
    Ground.DANGER: N_(
        "Allvarlig fara för hälsa, vård eller någons rättigheter (dataskyddslagen 34 § 1 mom. 2 punkten)"
    ),
    Ground.SUPERVISION: N_("Tillsyn för ett viktigt ekonomiskt intresse (dataskyddslagen 34 § 1 mom. 3 punkten)"),
}

SPEAKERS: dict[str, str] = {
    "caller": N_("Den som ringde"),
    "adviser": N_("Kundrådgivaren"),
    "other": N_("Någon annan"),
}

FOUND_BY: dict[str, str] = {
    "number": N_("Personens nummer"),
    "period": N_("Tiden som uppgavs"),
    "hand": N_("Sökning för hand"),
    "late": N_("Kom in efter registreringen"),
}

DISPATCHES: dict[str, str] = {
    "post": N_("Per post"),
    "secure_mail": N_("Stadens säkra e-post"),
    "desk": N_("Vid disken"),
    "e_service": N_("E-tjänst"),
}

COPIES: dict[str, str] = {
    CopyState.ORDERED: N_("Görs i ordning"),
    CopyState.READY: N_("Färdig"),
    CopyState.FAILED: N_("Misslyckades"),
    CopyState.GOING: N_("Raderas"),
    CopyState.GONE: N_("Raderad"),
}

STEPS: dict[str, str] = {
    What.REGISTERED: N_("Begäran registrerades"),
    What.CHANGED: N_("Uppgifterna ändrades"),
    What.TAKEN_OVER: N_("Handläggningen togs över"),
    What.RECKONED: N_("Sista dagen räknades om"),
    What.REMINDED: N_("Påminnelse om sista dagen"),
    What.IDENTITY_ASKED: N_("Personen ombads styrka sin identitet"),
    What.IDENTITY_PROVEN: N_("Identiteten styrktes"),
    What.IDENTITY_FAILED: N_("Identiteten styrktes inte"),
    What.COMPLETION_ASKED: N_("Personen ombads komplettera begäran"),
    What.COMPLETED: N_("Begäran kompletterades"),
    What.EXTENSION_PROPOSED: N_("Längre tid föreslogs"),
    What.EXTENDED: N_("Längre tid beslutades"),
    What.EXTENSION_REFUSED: N_("Längre tid avslogs"),
    What.SEARCHED: N_("Samtal söktes"),
    What.ATTACHED: N_("En bilaga lades till"),
    What.PROPOSED: N_("Ett svar föreslogs"),
    What.TAKEN_BACK: N_("Förslaget togs tillbaka"),
    What.RETURNED: N_("Förslaget returnerades"),
    What.OPINION: N_("Dataskyddsombudet gav sitt utlåtande"),
    What.APPROVED: N_("Svaret godkändes"),
    What.DISPATCHED: N_("Svaret skickades"),
    What.COPY_MADE: N_("Ljudkopian blev färdig"),
    What.COPY_FAILED: N_("Ljudkopian kunde inte göras"),
    What.COPY_HANDED_OVER: N_("Ljudkopian lämnades över"),
    What.COPY_DELETED: N_("Ljudkopian raderades"),
    What.WITHDRAWN: N_("Personen återtog begäran"),
    What.TRANSFERRED: N_("Begäran överfördes"),
    What.CLAIM_ADDED: N_("Ett yrkande antecknades"),
    What.CLAIM_REMOVED: N_("Ett yrkande togs bort"),
    What.CARRIED: N_("Beslutet verkställdes"),
    What.CONSENT_WITHDRAWN: N_("Samtycket återkallades"),
    What.NO_CONSENT: N_("Det finns inget samtycke i registret"),
    What.LETTER_SENT: N_("Ett brev skickades"),
    What.RESTRICTED: N_("Behandlingen begränsades"),
    What.RESTRICTION_LIFTED: N_("Begränsningen hävdes"),
    What.NOTICE_TOLD: N_("En mottagare underrättades"),
    What.NOTICE_IMPOSSIBLE: N_("En mottagare kunde inte underrättas"),
    What.REOPENED: N_("Begäran öppnades på nytt"),
    What.COMPLAINT: N_("Ett klagomål pågår"),
    What.COMPLAINT_ENDED: N_("Klagomålet är avgjort"),
    What.CLOSED: N_("Begäran avslutades"),
    What.PURGED: N_("Akten gallrades"),
}
