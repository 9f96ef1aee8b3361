"""The words for what the log keeps as codes. Every act, and every key and code of its detail."""

from typing import Any

from portal.audit import (
    account_words,
    case_words,
    incident_words,
    job_words,
    kept_words,
    key_words,
    oversight_words,
    retention_words,
    rights_words,
)
from portal.audit.acts import Act
from portal.audit.detail_words import KEYS
from portal.audit.reason_words import REASONS
from portal.language import N_

GROUPS = {
    "recordings": N_("Samtal"),
    "accounts": N_("Användare och inloggning"),
    "ingest": N_("Mottagning"),
    "retention": N_("Gallring"),
    "documents": N_("Dokument"),
    "queues": N_("Servicenumren"),
    "cases": N_("Begäranden"),
    "register": N_("Registret"),
    "incidents": N_("Incidenter"),
    **oversight_words.GROUPS,
    **key_words.GROUPS,
    **job_words.GROUPS,
    "audit": N_("Logg"),
}
"""By the capability an act begins with."""

ACTS: dict[str, str] = {
    **account_words.ACTS,
    **retention_words.ACTS,
    Act.DENIED: N_("Nekades tillträde till en sida"),
    Act.QUEUE_CREATED: N_("Lade till ett servicenummer"),
    Act.QUEUE_CHANGED: N_("Ändrade ett servicenummer"),
    Act.SEARCHED: N_("Sökte samtal"),
    Act.VIEWED: N_("Öppnade ett samtals uppgifter"),
    Act.LISTEN_OPENED: N_("Angav ändamål för att lyssna"),
    Act.SERIES_BEGUN: N_("Angav ändamål för att lyssna igenom en lista"),
    Act.PLAYED: N_("Lyssnade på ett samtal"),
    Act.NOTED: N_("Skrev en anteckning"),
    Act.OWN_NOTED: N_("Skrev en anteckning bara för sig"),
    Act.QUALITY_REVIEWED: N_("Bedömde samtalets kvalitet"),
    Act.QUALITY_CHANGED: N_("Ändrade sin bedömning av samtalets kvalitet"),
    Act.QUALITY_EXPORTED: N_("Laddade ner kvalitetsbedömningarna per servicenummer"),
    Act.LIST_EXPORTED: N_("Laddade ner en lista över samtal"),
    Act.SEARCH_SAVED: N_("Sparade en sökning"),
    Act.SEARCH_FORGOTTEN: N_("Raderade en sparad sökning"),
    Act.SUBJECT_CHANGED: N_("Ändrade ett samtals ämne"),
    Act.RENDER_FAILED: N_("Ljudet kunde inte göras spelbart"),
    Act.RECEIVED: N_("Tog emot en samtalsinspelning"),
    Act.COMPLETED: N_("Fyllde i ett samtals uppgifter"),
    Act.DUPLICATE: N_("Fick en inspelning som redan finns"),
    Act.QUARANTINED: N_("Satte en fil i karantän"),
    Act.RETRIED: N_("Försökte ta in en fil ur karantänen"),
    Act.DISCARDED: N_("Kasserade en fil i karantän"),
    Act.CALL_DETAILS_READ: N_("Läste in samtalsuppgifter"),
    Act.QUARANTINE_VIEWED: N_("Läste karantänen"),
    Act.DOCUMENT_DRAFTED: N_("Gjorde ett utkast till ett dokument"),
    Act.DOCUMENT_CHANGED: N_("Ändrade ett utkast"),
    Act.DOCUMENT_ORDERED: N_("Beställde ett dokument"),
    Act.DOCUMENT_LOCKED: N_("Låste ett dokument"),
    Act.DOCUMENT_FAILED: N_("Ett dokument kunde inte göras"),
    Act.DOCUMENT_RETRIED: N_("Beställde ett dokument på nytt"),
    Act.DOCUMENT_REOPENED: N_("Öppnade ett dokument för ändring"),
    Act.DOCUMENT_DROPPED: N_("Kastade ett utkast"),
    Act.DOCUMENT_VIEWED: N_("Öppnade ett dokuments sida"),
    Act.DOCUMENT_PREVIEWED: N_("Förhandsgranskade ett utkast"),
    Act.DOCUMENT_FETCHED: N_("Hämtade ett dokument"),
    Act.LOG_READ: N_("Läste loggen"),
    Act.LOG_EXPORTED: N_("Laddade ner loggen"),
    Act.LOG_VERIFIED: N_("Kontrollerade loggens helhet"),
    **case_words.ACTS,
    **rights_words.ACTS,
    **incident_words.ACTS,
    **oversight_words.ACTS,
    **key_words.ACTS,
    **job_words.ACTS,
}

KINDS = {
    "recording": N_("Samtal nr"),
    "account": N_("Användarkonto"),
    "queue": N_("Servicenummer"),
    "quarantined": N_("Fil i karantän"),
    "document": N_("Dokument"),
    "pause": N_("Gallringens paus"),
    "series": N_("Lista att lyssna igenom"),
    "savedsearch": N_("Sparad sökning"),
    **case_words.KINDS,
    **rights_words.KINDS,
    **incident_words.KINDS,
    **oversight_words.KINDS,
    **job_words.KINDS,
}
"""What an entry is about: the class of its subject, in lower case."""

YES, NO = N_("ja"), N_("nej")

PURPOSES = {
    "quality": N_("Tjänstens kvalitet"),
    "safety": N_("Kundrådgivarnas säkerhet"),
    "request": N_("Begäran"),
    "training": N_("Utbildning, med samtycke"),
}

_ROLES = {
    "adviser": N_("kundrådgivare"),
    "manager": N_("chef"),
    "clerk": N_("handläggare"),
    "controller": N_("beslutsfattare"),
    "dpo": N_("dataskyddsombud"),
    "admin": N_("systemadministratör"),
}

_FILTERS = {
    name: KEYS[name] for name in ("first", "last", "queue", "adviser", "direction", "length", "told", "flags")
} | {"words": N_("Ord"), "number": N_("Nummer"), "period": N_("Snabbval av dagar"), "sort": KEYS["sort"]}

CODES: dict[str, dict[str, str]] = {
    "job": job_words.JOBS,
    "direction": {"in": N_("inkommande"), "out": N_("utgående"), "internal": N_("internt")},
    "fault": {
        "gap": N_("rad saknas"),
        "link": N_("rad följer inte på den föregående"),
        "content": N_("rad har ändrats"),
        "cut": N_("slutet saknas"),
        "rewritten": N_("loggen har skrivits om"),
        "unreadable": N_("går inte att läsa"),
        "time": N_("rad har en annan tid än den skrevs"),
        "none": N_("signerade kontrollpunkter saknas"),
        "key": N_("en kontrollpunkt är signerad med en okänd nyckel"),
        "signature": N_("en kontrollpunkts signatur är ogiltig"),
        "replayed": N_("en gammal kontrollpunkt har lagts dit på nytt"),
        "missing": N_("en kontrollpunkt saknas"),
        "forked": N_("kontrollpunkter motsäger varandra"),
        "rolled_back": N_("loggen har återställts till ett äldre läge eller kapats"),
        "not_restored": N_("loggen nämner ingen återställning där"),
        "stale": N_("den senaste kontrollpunkten är för gammal"),
    },
    "filters": _FILTERS,
    "cause": {
        "clock_back": N_("klockan gick bakåt"),
        "clock_ahead": N_("klockan gick framåt"),
        "many": N_("ovanligt många på en gång"),
        "not_theirs": N_("samtalet gäller inte personen"),
        "erased": N_("samtalet raderas"),
    },
    "ended": {"confirmed": N_("efter svar"), "passed": N_("av sig själv")},
    "flags": {
        "untold": N_("inte informerad"),
        "empty": N_("inget ljud"),
        "failed": N_("ljudet kan inte spelas"),
        "withheld": N_("dolt nummer"),
        "noted": N_("har anteckningar"),
    },
    "sort": {
        "newest": N_("nyaste först"),
        "oldest": N_("äldsta först"),
        "longest": N_("längsta först"),
        "shortest": N_("kortaste först"),
    },
    "page": {"newest": N_("nyaste"), "older": N_("äldre"), "newer": N_("nyare")},
    "factor": {
        "totp": N_("engångskod"),
        "recovery": N_("reservkod"),
        "passkey": N_("säkerhetsnyckel"),
        "renewal": N_("nytt lösenord"),
    },
    "document": {
        "purge-day": N_("gallringsprotokoll för en dag"),
        "purge-month": N_("gallringsprotokoll för en månad"),
        "log-extract": N_("loggutdrag"),
        "specimen": N_("provbrev"),
        "case-receipt": N_("mottagningsbekräftelse"),
        "case-identity": N_("begäran om styrkt identitet"),
        "case-extension": N_("meddelande om längre tid"),
        "case-access": N_("svar: uppgifterna ges ut"),
        "case-none": N_("svar: inga uppgifter"),
        "case-partial": N_("svar: en del ges ut"),
        "case-refusal": N_("svar: vägran"),
        "case-closing": N_("bekräftelse på återtagen begäran"),
        "case-transfer": N_("meddelande om överföring"),
        "case-certificate": N_("intyg om vägran"),
        "case-rectified": N_("bekräftelse på rättelse"),
        "case-erased": N_("intyg om radering"),
        "case-restricted": N_("bekräftelse på begränsning"),
        "case-lifted": N_("meddelande om att en begränsning hävs"),
        "case-consent": N_("bekräftelse på återkallat samtycke"),
        "recipient-notice": N_("underrättelse till mottagare"),
        "disclosure-record": N_("protokoll över utlämnande"),
        "processing-record": N_("register över behandling"),
        "log-month": N_("loggens månadssammandrag"),
        "caller-extract": N_("utdrag ur loggen för den som har ringt"),
        "rights-review": N_("protokoll över granskning av användarrättigheter"),
        "privacy-description": N_("dataskyddsbeskrivning"),
    },
    "facts": {
        "name": N_("namn"),
        "language": N_("språk"),
        "extension": N_("anknytning"),
        "numbers": N_("egna telefonnummer"),
        "code": N_("kod"),
        "name_sv": N_("namn på svenska"),
        "name_fi": N_("namn på finska"),
        "active": N_("i bruk"),
    },
    "language": {"sv": N_("svenska"), "fi": N_("finska")},
    "length": {
        "0-1": N_("under 1 minut"),
        "1-5": N_("1–5 minuter"),
        "5-15": N_("5–15 minuter"),
        "15-": N_("15 minuter eller mer"),
    },
    "stage": {"password": N_("lösenord"), "full": N_("båda faktorerna")},
    "source": {"freepbx": N_("FreePBX"), "vcon": N_("vCon"), "call_details": N_("samtalsuppgifter")},
    "roles": _ROLES,
    "roles_before": _ROLES,
    "role": _ROLES,
    "reason": REASONS,
    "outcome": REASONS,
    "rule": {
        "retention:3-months:1": N_("3 månader efter samtalet"),
        "quarantine:3-months:1": N_("3 månader i karantän"),
        "quarantine:discarded:1": N_("kasserad"),
        "erasure:article-17:1": N_("radering på begäran"),
        "consent:withdrawn:1": N_("återkallat samtycke"),
    },
    "list": {
        "reported": N_("anmälda hotsamtal"),
        "decided": N_("avgjorda hotsamtal"),
        "held": N_("kvarhållna hotsamtal"),
        "released": N_("släppta hotsamtal"),
        "transfers": N_("utlämnanden till polisen"),
        "waiting": N_("de som väntar"),
        "ended": N_("avslutade"),
    },
    "told": {"yes": N_("ja"), "no": N_("nej"), "unknown": N_("uppgift saknas")},
    "act": {**{str(act): words for act, words in ACTS.items()}, **GROUPS},
    "kind": {
        **KINDS,
        # of a throttle
        "name": N_("användarnamn"),
        "factor": N_("andra faktor"),
        "own": N_("eget lösenord"),
        "held": N_("lösenord, med säkerhetsnyckel"),
        "address": N_("adress"),
        **retention_words.CODES["kind"],
    },
    "store": retention_words.CODES["store"],
    "purpose": PURPOSES,
    "person": {"system": N_("Systemet")},
    **kept_words.CODES,
    **case_words.CODES,
    **rights_words.CODES,
    **incident_words.CODES,
    **oversight_words.CODES,
    "method": {**case_words.CODES["method"], "GET": N_("sidan öppnades"), "POST": N_("ett formulär skickades")},
}
"""By the key of the detail; a code without words is shown as it is."""

HIDDEN = {
    *(
        "assessment",
        "head",
        "sha256",
        "note",
        "key",
        "listen",
        "sign_in",
        "code",
        "threat",
        "hold",
        "transfer",
        "because",
    ),
    *case_words.HIDDEN,
    *rights_words.HIDDEN,
    *incident_words.HIDDEN,
    *oversight_words.HIDDEN,
}
"""Kept for checks, links and whoever mends, of no use to a reader."""

QUIET: set[tuple[str, Any]] = {("page", "newest"), ("capped", False), ("empty", False), ("gone", False)}
"""What goes without saying."""
COUNTS = {"size"}
"""Numbers of bytes."""
QUEUES = {"queue", "queues"}
"""Numbers that are keys of queues."""
DAYS = (
    {"first", "last", "day", "review_before", "review_on", "lifts_on"}
    | case_words.DAYS
    | rights_words.DAYS
    | oversight_words.DAYS
)
"""Dates as ISO 8601 writes them."""
MOMENTS = {"known_at", "made_at"}
"""Instants, in the same way."""


def of(key: str, value: Any) -> Any:
    """The source text for a code, or the value itself."""
    return CODES.get(key, {}).get(value, value) if isinstance(value, str) else value
