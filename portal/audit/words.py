"""The words for what the log keeps as codes. Every act, and every key and code of its detail."""

from typing import Any

from portal.audit.acts import Act
from portal.language import N_

GROUPS = {
    "recordings": N_("Samtal"),
    "accounts": N_("Användare och inloggning"),
    "ingest": N_("Mottagning"),
    "retention": N_("Gallring"),
    "queues": N_("Servicenumren"),
    "audit": N_("Logg"),
}
"""By the capability an act begins with."""

ACTS: dict[str, str] = {
    Act.PASSWORD_ACCEPTED: N_("Angav rätt lösenord"),
    Act.SIGNED_IN: N_("Loggade in"),
    Act.SIGN_IN_FAILED: N_("Inloggningen misslyckades"),
    Act.SIGN_IN_THROTTLED: N_("Inloggningen spärrades en stund efter för många försök"),
    Act.SECOND_FACTOR_FAILED: N_("Fel engångskod"),
    Act.SECOND_FACTOR_ENROLLED: N_("Tog i bruk tvåfaktorsautentisering"),
    Act.SECOND_FACTOR_RESET: N_("Nollställde tvåfaktorsautentiseringen"),
    Act.RECOVERY_CODE_USED: N_("Använde en reservkod"),
    Act.RECOVERY_CODES_MADE: N_("Skapade nya reservkoder"),
    Act.SIGNED_OUT: N_("Loggade ut"),
    Act.SESSION_ENDED: N_("Avslutade en session"),
    Act.PASSWORD_CHANGED: N_("Bytte lösenord"),
    Act.PASSWORD_RESET: N_("Gav ett tillfälligt lösenord"),
    Act.ACCOUNT_CREATED: N_("Skapade en användare"),
    Act.ACCOUNT_CHANGED: N_("Ändrade en användare"),
    Act.ACCOUNT_CLOSED: N_("Stängde ett konto"),
    Act.ACCOUNT_REOPENED: N_("Öppnade ett stängt konto"),
    Act.LANGUAGE_CHANGED: N_("Bytte språk"),
    Act.DENIED: N_("Nekades tillträde till en sida"),
    Act.QUEUE_CREATED: N_("Lade till ett servicenummer"),
    Act.QUEUE_CHANGED: N_("Ändrade ett servicenummer"),
    Act.SEARCHED: N_("Sökte samtal"),
    Act.VIEWED: N_("Öppnade ett samtals uppgifter"),
    Act.LISTEN_OPENED: N_("Angav ändamål för att lyssna"),
    Act.PLAYED: N_("Lyssnade på ett samtal"),
    Act.NOTED: N_("Skrev en anteckning"),
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
    Act.PURGE_CLAIMED: N_("Påbörjade en gallring"),
    Act.PURGED: N_("Gallrade en inspelning"),
    Act.PURGE_FAILED: N_("En gallring misslyckades"),
    Act.PROTOCOL_VIEWED: N_("Läste ett gallringsprotokoll"),
    Act.PROTOCOL_EXPORTED: N_("Laddade ner ett gallringsprotokoll"),
    Act.PURGE_PAUSED: N_("Gallringen stannade och frågade"),
    Act.PURGE_RESUMED: N_("Gallringen fick fortsätta"),
    Act.RECONCILED: N_("Stämde av filerna mot registret"),
    Act.REPAIRED: N_("Rättade ett fel som avstämningen hittade"),
    Act.PURGE_PROVED: N_("Sökte efter spår av en raderad uppgift"),
    Act.LOG_READ: N_("Läste loggen"),
    Act.LOG_EXPORTED: N_("Laddade ner loggen"),
    Act.LOG_VERIFIED: N_("Kontrollerade loggens helhet"),
}

KINDS = {
    "recording": N_("Samtal"),
    "account": N_("Användarkonto"),
    "queue": N_("Servicenummer"),
    "quarantined": N_("Fil i karantän"),
    "pause": N_("Gallringens paus"),
}
"""What an entry is about: the class of its subject, in lower case."""

PURPOSES = {
    "quality": N_("Tjänstens kvalitet"),
    "safety": N_("Kundrådgivarnas säkerhet"),
    "request": N_("Begäran"),
}

KEYS = {
    "act": N_("Händelse"),
    "active": N_("I bruk"),
    "address": N_("Adress (kod)"),
    "adviser": N_("Kundrådgivare"),
    "again": N_("På nytt"),
    "asked": N_("Villkor"),
    "attempt": N_("Försök nummer"),
    "before": N_("Tecken före"),
    "capped": N_("Avkortat"),
    "changed": N_("Ändrat"),
    "characters": N_("Tecken"),
    "code": N_("Kod"),
    "count": N_("Antal"),
    "day": N_("Dag"),
    "direction": N_("Riktning"),
    "empty": N_("Utan ljud"),
    "endpoint": N_("Sida"),
    "enrolling": N_("Vid ibruktagandet"),
    "entries": N_("Rader"),
    "extension": N_("Anknytning"),
    "factor": N_("Bekräftat med"),
    "facts": N_("Ändrat"),
    "failure": N_("Fel"),
    "failures": N_("Misslyckade försök"),
    "fault": N_("Fel"),
    "fault_at": N_("Första felet på rad"),
    "filters": N_("Villkor"),
    "first": N_("Från"),
    "flags": N_("Kännetecken"),
    "format": N_("Format"),
    "given": N_("Av administratören"),
    "gone": N_("Filen var borta"),
    "head": N_("Kontrollsumma"),
    "hits": N_("Träffar"),
    "key": N_("Spärrad"),
    "kind": N_("Slag"),
    "language": N_("Språk"),
    "last": N_("Till"),
    "left": N_("Kvar"),
    "length": N_("Längd"),
    "lines": N_("Rader"),
    "listen": N_("Lyssning"),
    "method": N_("Metod"),
    "name": N_("Användarnamn (kod)"),
    "name_fi": N_("Namn på finska"),
    "name_sv": N_("Namn på svenska"),
    "new": N_("Nya"),
    "note": N_("Anteckning"),
    "number": N_("Nummer"),
    "outcome": N_("Resultat"),
    "page": N_("Blad"),
    "person": N_("Person"),
    "purpose": N_("Ändamål"),
    "queue": N_("Servicenummer"),
    "queues": N_("Servicenumren"),
    "queues_before": N_("Servicenummer före"),
    "reason": N_("Orsak"),
    "refused": N_("Avvisade"),
    "roles": N_("Roller"),
    "roles_before": N_("Roller före"),
    "rows": N_("Rader"),
    "rule": N_("Regel"),
    "sealed": N_("Förseglad"),
    "sessions_ended": N_("Avslutade sessioner"),
    "sign_in": N_("Session"),
    "size": N_("Storlek"),
    "source": N_("Källa"),
    "stage": N_("Inloggningens skede"),
    "subject": N_("Gäller"),
    "tells_callers": N_("Informerar den som ringer"),
    "temporary": N_("Tillfälligt lösenord"),
    "told": N_("Informerad om inspelningen"),
    "whole": N_("Hel"),
    "words": N_("Ord (koder)"),
}
"""Of an entry's detail."""

_ROLES = {
    "adviser": N_("kundrådgivare"),
    "manager": N_("chef"),
    "clerk": N_("handläggare"),
    "controller": N_("beslutsfattare"),
    "dpo": N_("dataskyddsombud"),
    "admin": N_("systemadministratör"),
}

_REASONS = {
    "too_large": N_("för stor"),
    "not_audio": N_("inte ljud"),
    "broken": N_("trasig"),
    "many_streams": N_("flera ljudspår eller bild"),
    "bad_length": N_("orimlig längd"),
    "bad_channels": N_("orimligt antal kanaler"),
    "bad_name": N_("filnamnet går inte att tolka"),
    "bad_time": N_("tiden går inte att tolka"),
    "unknown_queue": N_("okänt servicenummer"),
    "conflict": N_("samma samtal finns med annat innehåll"),
    "already_purged": N_("redan gallrad"),
    "bad_json": N_("trasig JSON"),
    "signed": N_("signerad"),
    "encrypted": N_("krypterad"),
    "critical": N_("kräver ett okänt tillägg"),
    "no_content": N_("utan innehåll"),
    "hash_mismatch": N_("kontrollsumman stämmer inte"),
    "remote": N_("innehållet finns på annat håll"),
    "not_a_file": N_("inte en vanlig fil"),
    "unreadable": N_("går inte att läsa"),
    "taken": N_("togs in"),
    # of a sign-in
    "unknown": N_("okänt användarnamn"),
    "closed": N_("stängt konto"),
    "password": N_("fel lösenord"),
    "old_password": N_("fel gammalt lösenord"),
}

_FILTERS = {
    name: KEYS[name] for name in ("first", "last", "queue", "adviser", "direction", "length", "told", "flags")
} | {"words": N_("Ord"), "number": N_("Nummer")}

CODES: dict[str, dict[str, str]] = {
    "direction": {"in": N_("inkommande"), "out": N_("utgående"), "internal": N_("internt")},
    "fault": {
        "gap": N_("rad saknas"),
        "link": N_("rad följer inte på den föregående"),
        "content": N_("rad har ändrats"),
        "cut": N_("slutet saknas"),
        "rewritten": N_("loggen har skrivits om"),
        "unreadable": N_("går inte att läsa"),
    },
    "filters": _FILTERS,
    "flags": {
        "untold": N_("inte informerad"),
        "empty": N_("inget ljud"),
        "failed": N_("ljudet kan inte spelas"),
        "withheld": N_("dolt nummer"),
        "noted": N_("har anteckningar"),
    },
    "page": {"newest": N_("nyaste"), "older": N_("äldre"), "newer": N_("nyare")},
    "factor": {"totp": N_("engångskod"), "recovery": N_("reservkod"), "renewal": N_("nytt lösenord")},
    "facts": {"name": N_("namn"), "language": N_("språk"), "extension": N_("anknytning")},
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
    "reason": _REASONS,
    "outcome": _REASONS,
    "rule": {
        "retention:3-months:1": N_("3 månader efter samtalet"),
        "quarantine:3-months:1": N_("3 månader i karantän"),
        "quarantine:discarded:1": N_("kasserad"),
    },
    "told": {"yes": N_("ja"), "no": N_("nej"), "unknown": N_("uppgift saknas")},
    "act": {**{str(act): words for act, words in ACTS.items()}, **GROUPS},
    "kind": {
        **KINDS,
        # of a throttle
        "name": N_("användarnamn"),
        "factor": N_("andra faktor"),
        "own": N_("eget lösenord"),
        "address": N_("adress"),
    },
    "purpose": PURPOSES,
    "person": {"system": N_("Systemet")},
}
"""By the key of the detail; a code without words is shown as it is."""

HIDDEN = {"head", "note", "key", "listen", "sign_in", "code"}
"""Kept for checks, links and whoever mends, of no use to a reader."""

QUIET: set[tuple[str, Any]] = {("page", "newest"), ("capped", False), ("empty", False), ("gone", False)}
"""What goes without saying."""
COUNTS = {"size"}
"""Numbers of bytes."""
QUEUES = {"queue", "queues"}
"""Numbers that are keys of queues."""
DAYS = {"first", "last", "day"}
"""Dates as ISO 8601 writes them."""


def of(key: str, value: Any) -> Any:
    """The source text for a code, or the value itself."""
    return CODES.get(key, {}).get(value, value) if isinstance(value, str) else value
