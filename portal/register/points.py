"""The twenty points of the register's privacy description (register §1; GDPR 13 and 14)."""

import dataclasses

from portal.language import N_

TEXT_LEAST = 10
"""Signs. Fewer say nothing."""
TEXT_MOST = 4000


@dataclasses.dataclass(frozen=True)
class Point:
    code: str
    title: str
    """Swedish; translated where it is shown."""


POINTS = (
    Point("name", N_("Registrets namn")),
    Point("controller", N_("Personuppgiftsansvarig")),
    Point("responsible", N_("Person som ansvarar för registret")),
    Point("contact", N_("Kontakt i frågor om registret")),
    Point("officer", N_("Dataskyddsombud")),
    Point("requests", N_("Vart du riktar en begäran")),
    Point("stored", N_("Vad som lagras")),
    Point("source", N_("Varifrån uppgifterna kommer")),
    Point("purpose", N_("Ändamålet med behandlingen")),
    Point("basis", N_("Rättslig grund")),
    Point("storage", N_("Lagringstid")),
    Point("listeners", N_("Vem som får lyssna")),
    Point("told", N_("Hur de som ringer informeras")),
    Point("disclosure", N_("Utlämnande av uppgifter")),
    Point("transfers", N_("Överföring utanför EU och EES")),
    Point("protection", N_("Hur registret skyddas")),
    Point("automated", N_("Automatiserade beslut")),
    Point("access", N_("Rätt till insyn")),
    Point("rectification", N_("Rättelse, och intyg om den vägras")),
    Point("rights", N_("Andra rättigheter, och klagomål")),
)
TITLES: dict[str, str] = {point.code: point.title for point in POINTS}
CODES = tuple(TITLES)
"""In the order in which they are read."""

Content = dict[str, dict[str, str]]
"""What each point says, by code and language."""
