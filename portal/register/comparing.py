"""How one version of the privacy description differs from another, word by word."""

import dataclasses
import difflib
import re
from typing import Literal

from portal.language import LANGUAGES
from portal.register.points import CODES, Content

Kind = Literal["same", "gone", "new"]


@dataclasses.dataclass(frozen=True)
class Change:
    point: str
    language: str
    parts: list[tuple[Kind, str]]
    """The text in order: what both have, what is gone, what is new."""


def changes(before: Content, now: Content) -> list[Change]:
    """Of the points that differ, in their order; Swedish first."""
    return [
        Change(point, name, parts(before[point][name], now[point][name]))
        for point in CODES
        for name in LANGUAGES
        if before[point][name] != now[point][name]
    ]


def parts(before: str, now: str) -> list[tuple[Kind, str]]:
    """Whole words with the space after them: a reader sees words, not letters, change."""
    old, new = re.findall(r"\S+\s*|\s+", before), re.findall(r"\S+\s*|\s+", now)
    found: list[tuple[Kind, str]] = []
    for what, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            found.append(("same", "".join(new[c:d])))
            continue
        if b > a:
            found.append(("gone", "".join(old[a:b])))
        if d > c:
            found.append(("new", "".join(new[c:d])))
    return found
