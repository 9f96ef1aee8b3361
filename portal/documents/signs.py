"""The signs of what is printed: which can be set, and what is taken away because it cannot be seen.

A letter says what it shows. Signs that only steer (direction overrides, soft hyphens, joiners of nothing) could make
it read otherwise than it is, on paper, on screen or aloud.
"""

import functools
import unicodedata
from typing import Any

from portal.documents import fonts

_JOINERS = "\u200c\u200d"
"""Part of how Persian and Indic words, and some pictures, are spelt."""
_SELECTORS = range(0xFE00, 0xFE10)
"""Choose between the looks of a sign; the typefaces have one each."""

_APART = {ord(sign): unicodedata.normalize("NFD", sign) for sign in "ǩǨ"}
"""Skolt Sámi letters that Source Sans builds out of letter and caron, and does not have as one sign."""


def printable(value: Any) -> Any:
    """`value`, an order or a part of it, with every text composed (NFC, but for _APART) and free of signs that
    only steer. A line break stays; other control signs become a space."""
    if isinstance(value, str):
        return value if value.isascii() and value.isprintable() else _printable(value)
    if isinstance(value, dict):
        return {key: printable(one) for key, one in value.items()}
    if isinstance(value, list):
        return [printable(one) for one in value]
    return value


def _printable(text: str) -> str:
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    return "".join(map(_shown, composed)).translate(_APART)


@functools.lru_cache(4096)
def _shown(sign: str) -> str:
    kind = unicodedata.category(sign)
    if sign == "\n" or sign in _JOINERS:
        return sign
    if kind in ("Cc", "Zl", "Zp"):
        return " "
    return "" if kind in ("Cf", "Cs", "Cn", "Co") or ord(sign) in _SELECTORS else sign


def missing(text: str) -> str:
    """The signs of `text` that no typeface has, each once; a letter with one of them is refused (MissingGlyph)."""
    known = _known()
    return "".join(
        dict.fromkeys(sign for sign in printable(text) if ord(sign) not in known and sign not in "\n\u200c\u200d")
    )


@functools.cache
def _known() -> frozenset[int]:
    from fontTools.ttLib import TTFont

    found: set[int] = set()
    for file in fonts.FILES:
        with TTFont(file, lazy=True) as font:
            found.update(font["cmap"].getBestCmap())
    return frozenset(found)
