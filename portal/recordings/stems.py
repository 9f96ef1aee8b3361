"""What is left of a word without its ending, in Swedish and in Finnish: 'bussikortin' and 'bussikortti' are one.

Nobody says which language a word is in, so each has the stem of both. The library's Finnish stems differ
where the consonant before the ending does (päiväkoti, päiväkodin; lupa, luvan); `_finnish` evens that out.
"""

import re
import threading

import Stemmer

SHORTEST = 3
"""Letters of a word that has an ending to take away, and of what may be left of it."""

_SWEDISH, _FINNISH = Stemmer.Stemmer("swedish", 0), Stemmer.Stemmer("finnish", 0)
_ONE_AT_A_TIME = threading.Lock()  # the library's stemmers are not for several threads

_CHANGING = re.compile(r"[ptkdvs]+$")
_WEAK = {"d": "t", "v": "p"}


def stems(word: str) -> frozenset[str]:
    """The stems of a word in lower case; two words with one in common differ in their endings alone. None of a short
    word, or of one with digits in it."""
    if len(word) < SHORTEST or not word.isalpha():
        return frozenset()
    with _ONE_AT_A_TIME:
        swedish, finnish = _SWEDISH.stemWord(word), _FINNISH.stemWord(word)
    return frozenset((_swedish(swedish), _finnish(finnish)))


def _swedish(stem: str) -> str:
    """'plats' loses a letter in the library, 'platser' does not."""
    return stem.removesuffix("s") if len(stem) > SHORTEST + 1 else stem


def _finnish(stem: str) -> str:
    """Without the consonants at its end that change with the ending; of a short one they stay, the weak made strong."""
    changing = _CHANGING.search(stem)
    if changing:
        return stem[: max(changing.start(), SHORTEST)]
    return stem[:-2] + _WEAK.get(stem[-2], stem[-2]) + stem[-1] if len(stem) > 1 else stem
