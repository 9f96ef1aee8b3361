"""The privacy description with invented words."""

from collections.abc import Callable

from portal.documents import description_shapes as shapes
from portal.documents.facts import Facts
from portal.documents.kinds import Kind
from portal.documents.samples_odd import LONG_WORD, ODD_NAME, ODD_WORDS
from portal.language import translator
from portal.register.points import POINTS

_SHORT = {
    "sv": "Exempelstads samtalsinspelningar. Texten är påhittad och visar hur en punkt ser ut på papper.",
    "fi": "Esimerkkilän puhelunauhoitteet. Teksti on keksitty ja näyttää, miltä kohta näyttää paperilla.",
}
_LONG = {
    "sv": "Samtalen spelas in för kundrådgivarnas säkerhet och för tjänstens kvalitet. Den som ringer får i början av "
    "samtalet veta att det spelas in, och kan be att få del av inspelningen så länge den finns kvar.",
    "fi": "Puhelut nauhoitetaan asiakasneuvojien turvallisuuden ja palvelun laadun vuoksi. Soittajalle kerrotaan "
    "puhelun alussa, että puhelu nauhoitetaan, ja hän voi pyytää nauhoitteen niin kauan kuin se on tallessa.",
}


def _description(language: str, size: str) -> Facts:
    say = translator(language)
    texts = {
        "short": (_SHORT[language],),
        "long": (_LONG[language], "\n\n".join([_LONG[language]] * 3)),
        "odd": (ODD_WORDS, LONG_WORD, f"{ODD_NAME}\n– första raden\n– andra raden"),
    }[size]
    return shapes.PrivacyDescription(
        version=12 if size == "long" else 1,
        valid_from="2026-12-01",
        points=[
            shapes.DescribedPoint(title=say(point.title), text=texts[place % len(texts)])
            for place, point in enumerate(POINTS)
        ],
    )


FACTS: dict[Kind, Callable[[str, str], Facts]] = {Kind.PRIVACY_DESCRIPTION: _description}
