"""What people read for the codes of documents; translated where it is shown."""

from portal.documents.kinds import Kind
from portal.documents.models import State
from portal.language import N_

KINDS: dict[str, str] = {
    Kind.PURGE_DAY: N_("Gallringsprotokoll för en dag"),
    Kind.PURGE_MONTH: N_("Gallringsprotokoll för en månad"),
    Kind.LOG_EXTRACT: N_("Loggutdrag"),
    Kind.SPECIMEN: N_("Provbrev"),
    Kind.CASE_RECEIPT: N_("Mottagningsbekräftelse"),
    Kind.CASE_IDENTITY: N_("Begäran om styrkt identitet"),
    Kind.CASE_EXTENSION: N_("Meddelande om längre tid"),
    Kind.CASE_ACCESS: N_("Svar: uppgifterna ges ut"),
    Kind.CASE_NONE: N_("Svar: inga uppgifter"),
    Kind.CASE_PARTIAL: N_("Svar: en del ges ut"),
    Kind.CASE_REFUSAL: N_("Svar: vägran"),
    Kind.CASE_CLOSING: N_("Bekräftelse på återtagen begäran"),
    Kind.CASE_TRANSFER: N_("Meddelande om överföring"),
    Kind.CASE_CERTIFICATE: N_("Intyg om vägran"),
    Kind.CASE_RECTIFIED: N_("Bekräftelse på rättelse"),
    Kind.CASE_ERASED: N_("Intyg om radering"),
    Kind.CASE_RESTRICTED: N_("Bekräftelse på begränsning"),
    Kind.CASE_LIFTED: N_("Meddelande om att en begränsning hävs"),
    Kind.CASE_CONSENT: N_("Bekräftelse på återkallat samtycke"),
    Kind.RECIPIENT_NOTICE: N_("Underrättelse till mottagare"),
    Kind.DISCLOSURE_RECORD: N_("Protokoll över utlämnande"),
    Kind.LOG_MONTH: N_("Loggens månadssammandrag"),
    Kind.CALLER_EXTRACT: N_("Utdrag ur loggen för den som har ringt"),
    Kind.RIGHTS_REVIEW: N_("Protokoll över granskning av användarrättigheter"),
    Kind.PRIVACY_DESCRIPTION: N_("Dataskyddsbeskrivning"),
    Kind.PROCESSING_RECORD: N_("Register över behandling"),
}

STATES: dict[str, str] = {
    State.DRAFT: N_("Utkast"),
    State.ORDERED: N_("Görs i ordning"),
    State.LOCKED: N_("Låst"),
    State.FAILED: N_("Misslyckades"),
    State.DROPPED: N_("Kastat"),
}

TONES: dict[str, str] = {
    State.DRAFT: "warning",
    State.ORDERED: "info",
    State.LOCKED: "success",
    State.FAILED: "error",
    State.DROPPED: "neutral",
}
"""Of the tag that shows the state."""

LANGUAGES: dict[str, str] = {"sv": N_("svenska"), "fi": N_("finska")}

FILES: dict[tuple[str, str], str] = {
    (Kind.PURGE_DAY, "sv"): "gallringsprotokoll",
    (Kind.PURGE_MONTH, "sv"): "gallringsprotokoll",
    (Kind.LOG_EXTRACT, "sv"): "loggutdrag",
    (Kind.SPECIMEN, "sv"): "provbrev",
    (Kind.PURGE_DAY, "fi"): "havittamispoytakirja",
    (Kind.PURGE_MONTH, "fi"): "havittamispoytakirja",
    (Kind.LOG_EXTRACT, "fi"): "lokiote",
    (Kind.SPECIMEN, "fi"): "mallikirje",
    (Kind.LOG_MONTH, "sv"): "loggsammandrag",
    (Kind.LOG_MONTH, "fi"): "lokiyhteenveto",
    (Kind.CALLER_EXTRACT, "sv"): "utdrag-lyssningar",
    (Kind.CALLER_EXTRACT, "fi"): "ote-kuuntelut",
    (Kind.RIGHTS_REVIEW, "sv"): "granskning-av-anvandarrattigheter",
    (Kind.RIGHTS_REVIEW, "fi"): "kayttooikeuksien-tarkistus",
    (Kind.CASE_RECEIPT, "sv"): "mottagningsbekraftelse",
    (Kind.CASE_IDENTITY, "sv"): "begaran-om-identitet",
    (Kind.CASE_EXTENSION, "sv"): "langre-tid",
    (Kind.CASE_ACCESS, "sv"): "svar",
    (Kind.CASE_NONE, "sv"): "svar-inga-uppgifter",
    (Kind.CASE_PARTIAL, "sv"): "svar-delvis",
    (Kind.CASE_REFUSAL, "sv"): "svar-vagran",
    (Kind.CASE_CLOSING, "sv"): "atertagen-begaran",
    (Kind.CASE_TRANSFER, "sv"): "overforing",
    (Kind.CASE_RECEIPT, "fi"): "vastaanottoilmoitus",
    (Kind.CASE_IDENTITY, "fi"): "henkilollisyyden-todentaminen",
    (Kind.CASE_EXTENSION, "fi"): "maaraajan-jatkaminen",
    (Kind.CASE_ACCESS, "fi"): "vastaus",
    (Kind.CASE_NONE, "fi"): "vastaus-ei-tietoja",
    (Kind.CASE_PARTIAL, "fi"): "vastaus-osittain",
    (Kind.CASE_REFUSAL, "fi"): "vastaus-kieltaytyminen",
    (Kind.CASE_CLOSING, "fi"): "peruutettu-pyynto",
    (Kind.CASE_TRANSFER, "fi"): "siirto",
    (Kind.CASE_CERTIFICATE, "sv"): "intyg-om-vagran",
    (Kind.CASE_RECTIFIED, "sv"): "rattelse",
    (Kind.CASE_ERASED, "sv"): "intyg-om-radering",
    (Kind.CASE_RESTRICTED, "sv"): "begransning",
    (Kind.CASE_LIFTED, "sv"): "begransning-havs",
    (Kind.CASE_CONSENT, "sv"): "aterkallat-samtycke",
    (Kind.RECIPIENT_NOTICE, "sv"): "underrattelse",
    (Kind.DISCLOSURE_RECORD, "sv"): "utlamnande",
    (Kind.PRIVACY_DESCRIPTION, "sv"): "dataskyddsbeskrivning",
    (Kind.CASE_CERTIFICATE, "fi"): "kieltaytymistodistus",
    (Kind.CASE_RECTIFIED, "fi"): "oikaisu",
    (Kind.CASE_ERASED, "fi"): "poistotodistus",
    (Kind.CASE_RESTRICTED, "fi"): "kasittelyn-rajoittaminen",
    (Kind.CASE_LIFTED, "fi"): "rajoituksen-poistaminen",
    (Kind.CASE_CONSENT, "fi"): "suostumuksen-peruuttaminen",
    (Kind.RECIPIENT_NOTICE, "fi"): "ilmoitus-vastaanottajalle",
    (Kind.DISCLOSURE_RECORD, "fi"): "luovutus",
    (Kind.PRIVACY_DESCRIPTION, "fi"): "tietosuojaseloste",
    (Kind.PROCESSING_RECORD, "sv"): "register-over-behandling",
    (Kind.PROCESSING_RECORD, "fi"): "seloste-kasittelytoimista",
}
"""How a downloaded file is called, in the document's language."""

FAILURES: dict[str, str] = {
    "Stuck": N_("Det tog för lång tid att göra dokumentet."),
    "Crashed": N_("Programmet som gör dokumentet stannade."),
    "Overfull": N_("Dokumentet blev för stort."),
    "Faulty": N_("Dokumentet gick inte att sätta."),
    "Fetched": N_("Dokumentet gick inte att sätta."),
    "MissingGlyph": N_("Texten har ett tecken som inte finns i brevets typsnitt. Ta bort eller byt ut det."),
    "Refused": N_("Dokumentet gick inte att sätta."),
    "Lost": N_("Servern avbröts medan dokumentet gjordes."),
    "SealRefused": N_("Dokumentet kunde inte förseglas."),
    "SealBroken": N_("Dokumentet kunde inte läggas i valvet."),
}
OTHER_FAILURE = N_("Oväntat fel.")


def failure(code: str) -> str:
    """The words for the kind of a failure."""
    return FAILURES.get(code, OTHER_FAILURE)
