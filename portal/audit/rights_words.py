"""What people read in the log about corrections, restrictions, claims, consents, disclosures: acts, keys and codes.

`words` joins them to the rest."""

from portal.audit.acts import Act
from portal.language import N_

ACTS: dict[str, str] = {
    Act.RESTRICTED: N_("Begränsade behandlingen av ett samtal"),
    Act.RESTRICTION_LIFTS_ON: N_("Bestämde dagen då en begränsning hävs"),
    Act.RESTRICTION_LIFTED: N_("Hävde en begränsning"),
    Act.PASSAGES_CLAIMED: N_("Påbörjade en radering av avsnitt i ett samtal"),
    Act.PASSAGES_ERASED: N_("Raderade avsnitt i ett samtal"),
    Act.PASSAGES_FAILED: N_("En radering av avsnitt misslyckades"),
    Act.CORRECTED: N_("Rättade en uppgift"),
    Act.ORIGINAL_OPENED: N_("Öppnade en ursprunglig uppgift"),
    Act.STATEMENT_ADDED: N_("Fogade en komplettering till ett samtal"),
    Act.STATEMENT_READ: N_("Läste en komplettering"),
    Act.ERROR_REPORTED: N_("Anmälde ett fel i en uppgift"),
    Act.ERROR_DISMISSED: N_("Avgjorde en felanmälan utan rättelse"),
    Act.ERRORS_LISTED: N_("Läste listan över anmälda fel"),
    Act.RESTRICTED_VIEWED: N_("Öppnade sidan för ett samtal vars behandling är begränsad"),
    Act.CASE_CLAIM_ADDED: N_("Antecknade ett yrkande"),
    Act.CASE_CLAIM_CHANGED: N_("Ändrade ett yrkande"),
    Act.CASE_CLAIM_REMOVED: N_("Tog bort ett yrkande"),
    Act.CASE_CLAIM_DECIDED: N_("Avgjorde ett yrkande"),
    Act.CASE_CLAIM_CARRIED: N_("Verkställde ett beslut om ett yrkande"),
    Act.CASE_CLAIM_WAITS: N_("Ett beslut om ett yrkande väntar på att verkställas"),
    Act.CASE_LETTER_SENT: N_("Antecknade att ett brev har skickats"),
    Act.CASE_REOPENED: N_("Öppnade en begäran på nytt"),
    Act.CASE_COMPLAINT_CHANGED: N_("Ändrade uppgifterna om ett klagomål"),
    Act.CONSENTS_LISTED: N_("Läste förteckningen över samtycken"),
    Act.CONSENT_VIEWED: N_("Läste ett samtycke"),
    Act.CONSENT_GIVEN: N_("Antecknade ett samtycke"),
    Act.CONSENT_CHANGED: N_("Ändrade vilka samtal ett samtycke gäller"),
    Act.CONSENT_WITHDRAWN: N_("Återkallade ett samtycke"),
    Act.CONSENT_ENDED: N_("Ett samtyckes tid tog slut"),
    Act.CONSENT_EMPTIED: N_("Tömde ett samtycke på personuppgifter"),
    Act.CONSENT_TEXT_MADE: N_("Beslutade om texten till ett samtycke"),
    Act.DISCLOSURES_LISTED: N_("Läste förteckningen över utlämnanden"),
    Act.DISCLOSURE_VIEWED: N_("Läste om ett utlämnande"),
    Act.NOTICES_LISTED: N_("Läste listan över mottagare som ska underrättas"),
    Act.NOTICE_OPENED: N_("En mottagare ska underrättas"),
    Act.NOTICE_VIEWED: N_("Läste en underrättelse"),
    Act.NOTICE_TOLD: N_("Antecknade att en mottagare har underrättats"),
    Act.NOTICE_IMPOSSIBLE: N_("Antecknade att en mottagare inte kan underrättas"),
}

KEYS: dict[str, str] = {
    "body": N_("Var klagomålet behandlas"),
    "calls": N_("Samtal"),
    "claim": N_("Yrkande"),
    "claimed": N_("Raderas genast"),
    "claim_decision": N_("Avgörande"),
    "complaint": N_("Klagomål"),
    "consent": N_("Samtycke"),
    "consent_purpose": N_("Samtycke till"),
    "correction": N_("Rättelse"),
    "ends_on": N_("Sista dag"),
    "entry": N_("Uppgift"),
    "given_how": N_("Hur det gavs"),
    "given_on": N_("Gavs den"),
    "need": N_("Behov"),
    "notice": N_("Underrättelse"),
    "ranges": N_("Avsnitt (ms)"),
    "redaction": N_("Radering av avsnitt"),
    "refusal": N_("Grund för vägran"),
    "removed": N_("Borttagna"),
    "report": N_("Felanmälan"),
    "restriction": N_("Begränsning"),
    "restriction_ground": N_("Grund för begränsning"),
    "restrictions": N_("Begränsningar"),
    "result": N_("Hur det slutade"),
    "reviewed": N_("Skälen är prövade"),
    "sha256_after": N_("SHA-256 efter"),
    "sha256_before": N_("SHA-256 före"),
    "statement": N_("Komplettering"),
    "told_of": N_("Underrättas om"),
    "valid_from": N_("Gäller från"),
    "version": N_("Version"),
    "waits": N_("Väntar på"),
}

CODES: dict[str, dict[str, str]] = {
    "entry": {
        "subject": N_("ämne"),
        "note": N_("anteckning"),
        "number": N_("telefonnummer"),
        "queue": N_("servicenummer"),
        "told": N_("informerad om inspelningen"),
        "direction": N_("riktning"),
        "adviser": N_("kundrådgivare"),
        "speech": N_("det som sägs"),
        "fact": N_("uppgift i ärendet"),
        "call": N_("hela samtalet"),
        "passage": N_("avsnitt"),
    },
    "claim_decision": {
        "corrected": N_("rättas"),
        "completed": N_("kompletteras"),
        "granted": N_("beviljas"),
        "refused": N_("vägras"),
    },
    "restriction_ground": {
        "18_1_a": N_("artikel 18.1 a"),
        "18_1_b": N_("artikel 18.1 b"),
        "18_1_c": N_("artikel 18.1 c"),
        "18_1_d": N_("artikel 18.1 d"),
    },
    "because_kind": {"case": N_("begäran"), "consent": N_("samtycke"), "transfer": N_("utlämnande")},
    "consent_purpose": {
        "training": N_("utbildning av kundrådgivare"),
        "disclosure": N_("utlämnande"),
    },
    "given_how": {
        "recording": N_("muntligt, på en inspelning"),
        "letter": N_("brev"),
        "email": N_("e-post"),
        "secure_mail": N_("säker e-post"),
        "desk": N_("vid disken"),
        "e_service": N_("e-tjänst"),
    },
    "waits": {
        "access": N_("att kopian har lämnats över"),
        "held": N_("att samtalet inte längre hålls kvar"),
        "frozen": N_("att raderingsspärren för något annat hävs"),
        "complaint": N_("att klagomålet avgörs"),
        "fault": N_("att ett fel rättas till"),
    },
    "told_of": {
        "corrected": N_("rättelse"),
        "completed": N_("komplettering"),
        "erased": N_("radering"),
        "restricted": N_("begränsning"),
    },
    "body": {
        "ombudsman": N_("dataombudsmannen"),
        "court": N_("domstol"),
        "other": N_("annan myndighet"),
    },
    "result": {
        "upheld": N_("svaret står fast"),
        "overturned": N_("svaret ändras"),
        "partly": N_("svaret ändras delvis"),
        "withdrawn": N_("klagomålet återtogs"),
        "dismissed": N_("prövades inte"),
    },
}

HIDDEN = {"claim", "complaint", "consent", "correction", "notice", "redaction", "report", "restriction", "statement"}
"""Kept for links and whoever mends, of no use to a reader."""

DAYS = {"ends_on", "given_on", "valid_from"}

KINDS: dict[str, str] = {
    "note": N_("Anteckning"),
    "claim": N_("Yrkande"),
    "consent": N_("Samtycke"),
    "consenttext": N_("Samtyckestext"),
    "notice": N_("Underrättelse"),
    "transfer": N_("Utlämnande"),
    "errorreport": N_("Felanmälan"),
}
