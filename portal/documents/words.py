"""What people read for the codes of documents; translated where it is shown."""

from portal.documents.kinds import Kind
from portal.documents.models import State
from portal.language import N_

KINDS: dict[str, str] = {
    Kind.PURGE_DAY: N_("Gallringsprotokoll för en dag"),
    Kind.PURGE_MONTH: N_("Gallringsprotokoll för en månad"),
    Kind.LOG_EXTRACT: N_("Loggutdrag"),
    Kind.SPECIMEN: N_("Provbrev"),
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
