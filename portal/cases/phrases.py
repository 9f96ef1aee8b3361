"""Phrases that the reasons of a refusal may begin as (setting `case_refusal_phrases`). They are starting points: what
is sent is written for the one case."""

import difflib
import re
from typing import NamedTuple

from portal import config

OWN_LEAST = 40
"""So many signs of the reasons must be the writer's own."""
_GAP = re.compile(r"\[[^\]]*\]")
_TOGETHER = 12
"""Signs in a row that are the same are taken from the phrase; fewer may be so by chance."""


class Phrase(NamedTuple):
    code: str
    right: str
    """A code of `RightKind`."""
    sv: str
    fi: str

    def text(self, language: str) -> str:
        return self.fi if language == "fi" else self.sv


def every() -> list[Phrase]:
    """Each phrase of the setting, in its order."""
    return [Phrase(*parts) for parts in map(config.phrase_parts, config.settings().case_refusal_phrases)]


def offered(right: str) -> list[Phrase]:
    """Those for a right."""
    return [one for one in every() if one.right == right]


def is_unedited(reasons: str) -> bool:
    """Are the reasons still a phrase: with a gap that nobody filled in, or with less than OWN_LEAST signs of their
    own beside what a phrase says?"""
    said = _plain(reasons)
    texts = [text for one in every() for text in (one.sv, one.fi)]
    if any(_plain(gap) in said for text in texts for gap in _GAP.findall(text)):
        return True
    return any(_begins(said, _plain(text)) and _own(said, _plain(text)) < OWN_LEAST for text in texts)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _begins(said: str, phrase: str) -> bool:
    """Is more than half of the phrase in what is said?"""
    return 2 * (len(said) - _own(said, phrase)) > len(phrase)


def _own(said: str, phrase: str) -> int:
    """How many signs of `said` are not the phrase's."""
    alike = difflib.SequenceMatcher(None, said, phrase, autojunk=False).get_matching_blocks()
    return len(said) - sum(block.size for block in alike if block.size >= _TOGETHER)
