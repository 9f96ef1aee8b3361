"""What people read in the log about residents' requests: acts, keys and codes. `words` joins them to the rest."""

from portal.audit.acts import Act
from portal.language import N_

ACTS: dict[str, str] = {
    Act.CASE_REGISTERED: N_("Registrerade en begäran"),
    Act.CASES_LISTED: N_("Läste listan över begäranden"),
    Act.CASE_VIEWED: N_("Öppnade en begäran"),
    Act.CASE_CHANGED: N_("Ändrade uppgifter i en begäran"),
    Act.CASE_TAKEN_OVER: N_("Tog över en begäran"),
    Act.CASE_RECKONED: N_("Räknade om en begärans dagar"),
    Act.CASE_REMINDED: N_("Påminde om en begäran"),
    Act.CASE_IDENTITY_ASKED: N_("Bad om styrkt identitet"),
    Act.CASE_IDENTITY_PROVEN: N_("Antecknade att identiteten är styrkt"),
    Act.CASE_IDENTITY_FAILED: N_("Antecknade att identiteten inte styrktes"),
    Act.CASE_COMPLETION_ASKED: N_("Bad om komplettering"),
    Act.CASE_COMPLETED: N_("Antecknade en komplettering"),
    Act.CASE_EXTENSION_PROPOSED: N_("Föreslog längre tid för en begäran"),
    Act.CASE_EXTENDED: N_("Beslutade om längre tid för en begäran"),
    Act.CASE_EXTENSION_REFUSED: N_("Avslog längre tid för en begäran"),
    Act.CASE_SEARCHED: N_("Sökte samtal för en begäran"),
    Act.CASE_CALL_ADDED: N_("Lade ett samtal till en begäran"),
    Act.CASE_CALL_VIEWED: N_("Öppnade ett samtal i en begäran"),
    Act.CASE_CALL_JUDGED: N_("Bedömde om ett samtal gäller personen"),
    Act.CASE_CALL_DECIDED: N_("Avgjorde hur ett samtal lämnas ut"),
    Act.CASE_PASSAGES_CHANGED: N_("Ändrade avsnitten som tystas i ett samtal"),
    Act.CASE_TRANSCRIPT_CHANGED: N_("Ändrade utskriften av ett samtal"),
    Act.CASE_REASONS_CHANGED: N_("Ändrade motiveringen i ett svar"),
    Act.CASE_PROPOSED: N_("Föreslog ett svar"),
    Act.CASE_RETURNED: N_("Returnerade ett förslag"),
    Act.CASE_PROPOSAL_TAKEN_BACK: N_("Tog tillbaka ett förslag"),
    Act.CASE_OPINION_GIVEN: N_("Gav sitt utlåtande om en begäran"),
    Act.CASE_APPROVED: N_("Godkände ett svar"),
    Act.CASE_DISPATCHED: N_("Expedierade ett svar"),
    Act.CASE_COPY_MADE: N_("Gjorde en ljudkopia"),
    Act.CASE_COPY_FAILED: N_("En ljudkopia kunde inte göras"),
    Act.CASE_COPY_ORDERED: N_("Beställde en ljudkopia"),
    Act.CASE_COPY_TAKEN: N_("Laddade ner en ljudkopia för att lämna över den"),
    Act.CASE_PASSWORD_SHOWN: N_("Visade lösenordet till en ljudkopia"),
    Act.CASE_COPY_HANDED_OVER: N_("Lämnade över en ljudkopia"),
    Act.CASE_COPY_DELETED: N_("Raderade en ljudkopia"),
    Act.CASE_ATTACHMENT_ADDED: N_("Lade en bilaga till en begäran"),
    Act.CASE_ATTACHMENT_READ: N_("Läste en bilaga till en begäran"),
    Act.CASE_ATTACHMENT_REMOVED: N_("Tog bort en bilaga"),
    Act.CASE_WITHDRAWN: N_("Antecknade att en begäran har återtagits"),
    Act.CASE_TRANSFERRED: N_("Överförde en begäran"),
    Act.CASE_COMPLAINT: N_("Antecknade att ett klagomål pågår"),
    Act.CASE_COMPLAINT_ENDED: N_("Antecknade att ett klagomål är avgjort"),
    Act.CASE_CLOSED: N_("Avslutade en begäran"),
    Act.CASE_PURGED: N_("Gallrade akten i en begäran"),
    Act.CASE_LINE_DELETED: N_("Raderade registerraden för en begäran"),
    Act.CASES_OVERSEEN: N_("Läste tillsynen över begäranden"),
    Act.CASES_EXPORTED: N_("Laddade ner tillsynen över begäranden"),
}

KEYS: dict[str, str] = {
    "added": N_("Tillagda"),
    "attachment": N_("Bilaga"),
    "capacity": N_("Vem som begär"),
    "case": N_("Ärende"),
    "case_outcome": N_("Utfall"),
    "concerns": N_("Gäller personen"),
    "copy": N_("Ljudkopia"),
    "decision": N_("Beslut"),
    "delivery": N_("Överlämning"),
    "due_before": N_("Sista dag före"),
    "due_on": N_("Sista dag enligt lag"),
    "files": N_("Filer"),
    "found_by": N_("Hittat genom"),
    "frozen": N_("Med raderingsspärr"),
    "goes_on": N_("Raderas den"),
    "ground": N_("Grund"),
    "handler": N_("Handläggare"),
    "how": N_("Hur"),
    "late": N_("Försenat"),
    "media_type": N_("Filslag"),
    "passages": N_("Avsnitt som tystas"),
    "paused_on": N_("Klockan står från"),
    "purge_on": N_("Gallras den"),
    "received_on": N_("Mottagen"),
    "regime": N_("Lagstiftning"),
    "reminder": N_("Påminnelse"),
    "resumed_on": N_("Klockan går från"),
    "right": N_("Rättighet"),
    "rights": N_("Rättigheter"),
    "silent_ms": N_("Tystat (ms)"),
    "state_before": N_("Läge före"),
}

CODES: dict[str, dict[str, str]] = {
    "concerns": {
        "yes": N_("gäller personen"),
        "no": N_("gäller inte personen"),
        "unclear": N_("oklart"),
    },
    "decision": {
        "whole": N_("ges helt"),
        "muted": N_("ges med tystade avsnitt"),
        "transcript": N_("ges som ordagrann utskrift"),
        "withheld": N_("ges inte"),
    },
    "ground": {
        "15_4": N_("artikel 15.4"),
        "34_1_1": N_("34 § 1 mom. 1 punkten"),
        "34_1_2": N_("34 § 1 mom. 2 punkten"),
        "34_1_3": N_("34 § 1 mom. 3 punkten"),
    },
    "rights": {
        "access": N_("insyn"),
        "rectification": N_("rättelse"),
        "erasure": N_("radering"),
        "restriction": N_("begränsning"),
        "objection": N_("invändning"),
        "withdrawal": N_("återkallat samtycke"),
    },
    "regime": {
        "data_protection": N_("dataskydd"),
        "public_access": N_("offentlighet"),
        "both": N_("både dataskydd och offentlighet"),
    },
    "capacity": {
        "self": N_("personen själv"),
        "representative": N_("ombud"),
        "guardian": N_("vårdnadshavare"),
    },
    "delivery": {
        "encrypted": N_("krypterad fil"),
        "desk": N_("vid disken"),
        "secure_mail": N_("säker e-post"),
    },
    "found_by": {
        "number": N_("nummer"),
        "period": N_("period"),
        "hand": N_("för hand"),
        "late": N_("inkommet i efterhand"),
    },
    "reminder": {
        "handler": N_("till handläggaren"),
        "decider": N_("också till beslutsfattarna"),
        "overdue": N_("sista dagen har passerat"),
    },
    "case_outcome": {
        "granted": N_("beviljad"),
        "partial": N_("delvis beviljad"),
        "refused": N_("vägrad"),
        "none_found": N_("inga uppgifter"),
        "identity_unproven": N_("identitet ej styrkt"),
        "unfounded": N_("ogrundad eller orimlig"),
        "withdrawn": N_("återtagen"),
        "transferred": N_("överförd"),
        "deleted_before": N_("raderad före mottagande"),
    },
    "how": {
        "post": N_("per post"),
        "secure_mail": N_("säker e-post"),
        "desk": N_("vid disken"),
        "e_service": N_("e-tjänst"),
    },
}

DAYS = {"due_on", "due_before", "received_on", "goes_on", "purge_on", "resumed_on", "paused_on"}
"""Dates as ISO 8601 writes them."""

HIDDEN = {"case", "copy", "attachment"}
"""Ids, of no use to a reader."""

KINDS: dict[str, str] = {"case": N_("Begäran"), "copy": N_("Ljudkopia"), "attachment": N_("Bilaga")}
"""What an entry is about."""
