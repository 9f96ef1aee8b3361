"""What a text in Swedish or Finnish says, as far as a machine can tell: which times it names, of whom it says yes
or no, which addresses it gives. It errs: what it finds is put to a person, who answers."""

import functools
import re

Time = tuple[int, str]
"""So many minutes, days or months: 'minute', 'day', 'month'. Weeks and years are counted in these."""

_NUMBERS = {
    "sv": "noll en|ett två tre fyra fem sex sju åtta nio tio elva tolv tretton fjorton femton",
    "fi": "nolla yksi|yhden|yhtä|yhdessä|yhteen kaksi|kahden|kahta|kahdessa|kahteen "
    "kolme|kolmen|kolmea|kolmessa|kolmeen "
    "neljä|neljän|neljää|neljässä|neljään viisi|viiden|viittä|viidessä|viiteen kuusi|kuuden|kuutta|kuudessa|kuuteen "
    "seitsemän|seitsemää|seitsemässä|seitsemään kahdeksan|kahdeksaa|kahdeksassa|kahdeksaan "
    "yhdeksän|yhdeksää|yhdeksässä|yhdeksään kymmenen|kymmentä|kymmenessä|kymmeneen "
    "yksitoista|yhdentoista|yhtätoista kaksitoista|kahdentoista|kahtatoista kolmetoista|kolmentoista "
    "neljätoista|neljäntoista viisitoista|viidentoista",
}
"""From nought up, each with its forms."""
_UNITS = {
    "sv": {
        "minuter|minuten|minut": (1, "minute"),
        "timmar|timmen|timme": (60, "minute"),
        "dagar|dagen|dag|dygn": (1, "day"),
        "veckor|veckan|vecka": (7, "day"),
        "månaders|månader|månaden|månad": (1, "month"),
        "åren|året|års|år": (12, "month"),
    },
    "fi": {
        r"minuut\w*|minuun\w*": (1, "minute"),
        r"tunti\w*|tunnin|tunnissa|tunniksi": (60, "minute"),
        r"päiv\w*|vuorokau\w*": (1, "day"),
        r"viik\w*": (7, "day"),
        r"kuukau\w*|kk": (1, "month"),
        "vuosi|vuotta|vuoden|vuodessa|vuodeksi|vuoteen": (12, "month"),
    },
}
_BETWEEN = {"sv": r"(?:hela |kalender|arbets)?", "fi": r"(?:kalenteri|täyden |täyttä )?"}


def _forms(language: str) -> dict[str, int]:
    return {form: n for n, forms in enumerate(_NUMBERS[language].split()) for form in forms.split("|")}


_VALUES = {language: _forms(language) for language in _NUMBERS}
_TIMES = {
    language: re.compile(
        rf"\b(\d{{1,4}}|{'|'.join(sorted(_VALUES[language], key=len, reverse=True))})\s+{_BETWEEN[language]}"
        rf"({'|'.join(units)})\b",
        re.IGNORECASE,
    )
    for language, units in _UNITS.items()
}
_NO = {
    "sv": re.compile(r"\b(inte|aldrig|ej|ingen|inget|inga|varken|utan att)\b", re.IGNORECASE),
    "fi": re.compile(r"\b(ei|eivät|eikä|eivätkä|emme|ettei|etteivät|en|koskaan)\b", re.IGNORECASE),
}
_NO_OTHER = {
    "sv": re.compile(r"\b(ingen annan|inga andra|ingen utomstående)\b", re.IGNORECASE),
    "fi": re.compile(r"\b(kukaan muu|muut eivät|eivät muut|muille ei)\b", re.IGNORECASE),
}
"""Says no of others, and so yes of those named."""
_HEDGE = {
    "sv": re.compile(r"\b(i regel|som regel|huvudregel\w*|vanligen|vanligtvis|i allmänhet|normalt)\b", re.IGNORECASE),
    "fi": re.compile(r"\b(pääsään\w*|yleensä|säännönmukais\w*|tavallisesti|normaalisti)\b", re.IGNORECASE),
}
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_SENTENCES = re.compile(r"(?<=[.!?;])\s+|\n+")


@functools.lru_cache(1024)
def times(text: str, language: str) -> frozenset[Time]:
    """The lengths of time that are named with a number."""
    found = set()
    for number, unit in _TIMES[language].findall(_plain(text)):
        many = int(number) if number.isdigit() else _VALUES[language][number.lower()]
        for forms, (each, of) in _UNITS[language].items():
            if re.fullmatch(forms, unit, re.IGNORECASE):
                found.add(spelled(many * each, of))
                break
    return frozenset(found)


def spelled(many: int, of: str) -> Time:
    """The one spelling of a length: whole days of minutes are days."""
    return (many // 1440, "day") if of == "minute" and many and many % 1440 == 0 else (many, of)


@functools.lru_cache(256)
def sentences(text: str) -> tuple[str, ...]:
    return tuple(part for part in _SENTENCES.split(_plain(text)) if part.strip())


def denies(sentence: str, language: str) -> bool:
    """Says no, of what or whom it names."""
    return bool(_NO[language].search(sentence)) and not _NO_OTHER[language].search(sentence)


def hedges(sentence: str, language: str) -> bool:
    """Says 'as a rule', and so leaves room for what is not."""
    return bool(_HEDGE[language].search(sentence))


def about(text: str, stems: str) -> list[str]:
    """The sentences that hold a word which begins with, or ends a compound with, one of `stems` (`|` between)."""
    wanted = re.compile(stems, re.IGNORECASE)
    return [sentence for sentence in sentences(text) if wanted.search(sentence)]


def affirmed(text: str, stems: str, language: str) -> bool:
    """Some sentence says yes of it."""
    return any(not denies(sentence, language) for sentence in about(text, stems))


def denied(text: str, stems: str, language: str) -> bool:
    """Some sentence says no of it."""
    return any(denies(sentence, language) for sentence in about(text, stems))


def addresses(text: str) -> set[str]:
    """E-mail addresses, in lower case."""
    return {found.lower().rstrip(".") for found in _ADDRESS.findall(text)}


def holds(text: str, part: str) -> bool:
    """Is `part` in the text, whatever its spaces and capitals?"""
    return _plain(part).casefold() in _plain(text).casefold()


def _plain(text: str) -> str:
    return re.sub(r"[^\S\n]+", " ", text.replace("\u00a0", " ")).strip()
