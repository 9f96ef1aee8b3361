"""The record of processing activities with invented words."""

from collections.abc import Callable

from portal.documents import processing_shapes as shapes
from portal.documents import stationery
from portal.documents.facts import Facts
from portal.documents.kinds import Kind
from portal.documents.samples_odd import DATED, LONG_WORD, MARKUP, ODD_NAME, ODD_WORDS

_TITLES = {
    "sv": (
        *("Den personuppgiftsansvariga och dataskyddsombudet", "Ändamålen med behandlingen"),
        *("De registrerade och deras uppgifter", "Mottagare", "Överföring till tredje land"),
        *("Tidsfrister för radering", "Säkerhetsåtgärder"),
    ),
    "fi": (
        *("Rekisterinpitäjä ja tietosuojavastaava", "Käsittelyn tarkoitukset", "Rekisteröidyt ja heidän tietonsa"),
        *("Vastaanottajat", "Siirrot kolmansiin maihin", "Poistamisen määräajat", "Turvatoimet"),
    ),
}
_WHO = {"sv": "Personuppgiftsansvarig", "fi": "Rekisterinpitäjä"}
_LABELS = {
    "sv": ("Samtal, deras uppgifter och anteckningar", "Allvarliga hotsamtal", "Handlingarna i en begäran"),
    "fi": ("Puhelut, niiden tiedot ja merkinnät", "Vakavat uhkailupuhelut", "Pyynnön asiakirjat"),
}
_LINES = {
    "sv": ("Tre månader efter samtalets slut.", "Sedan raderas de av sig själva, nyckeln först och ljudet därefter."),
    "fi": ("Kolme kuukautta puhelun päättymisestä.", "Sitten ne poistetaan itsestään, ensin avain ja sitten ääni."),
}


def _record(language: str, size: str) -> Facts:
    labels, lines = _LABELS[language], list(_LINES[language])
    if size == "odd":
        labels, lines = (LONG_WORD, ODD_NAME, MARKUP), [ODD_WORDS, LONG_WORD, MARKUP]
    many = {"short": 2, "long": 9, "odd": 3}[size]
    rows = [
        shapes.RecordRow(label=labels[n % len(labels)], lines=lines * (2 if size == "long" and n % 3 == 0 else 1))
        for n in range(many)
    ]
    who = shapes.RecordRow(label=_WHO[language], lines=[stationery.defaults(language)["controller"]])
    return shapes.ProcessingRecord(
        at=DATED.isoformat(),
        description_version=None if size == "short" else 12,
        description_from=None if size == "short" else "2026-10-01",
        contradictions=3 if size == "odd" else 0,
        sections=[
            shapes.RecordSection(
                letter=letter,
                title=title,
                rows=[who, *rows] if letter == "a" else rows,
                described=[] if size == "short" else rows[: 1 + place % 2],
            )
            for place, (letter, title) in enumerate(zip("abcdefg", _TITLES[language], strict=True))
        ],
    )


FACTS: dict[Kind, Callable[[str, str], Facts]] = {Kind.PROCESSING_RECORD: _record}
