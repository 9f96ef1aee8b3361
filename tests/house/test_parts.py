"""Pages are made of the same parts: by their macros, not by hand."""

import re

import pytest

from tests.house.test_templates import NAMES, is_letter, source

PARTS = {
    "alert": "alert",
    "empty": "empty",
    "facts": "facts",
    "paging": "paging",
    "summary": "error_summary",
    "table-wrap": "table_wrap",
    "tag": "tag",
}
"""Class → the macro of `_parts.html` that gives it."""
BY_HAND = {
    ("cases/call.html", "summary"): "of two forms",
    ("recordings/_line.html", "table-wrap"): "drawn anew at every pause in typing",
    ("recordings/_line.html", "tag"): "drawn anew at every pause in typing, several to each of fifty rows",
    ("recordings/_keys.html", "facts"): "keys are named by kbd",
    ("recordings/_results.html", "empty"): "leads on by links",
}
MADE = re.compile(rf'class="({"|".join(sorted(PARTS, key=len, reverse=True))})[ "]')


def by_hand(name: str) -> set[tuple[str, str]]:
    return {(name, part) for part in MADE.findall(source(name))}


@pytest.mark.parametrize("name", [n for n in NAMES if n != "_parts.html" and not is_letter(n)])
def test_a_page_has_its_parts_from_their_macros(name):
    strange = {f"{part}: use {PARTS[part]}()" for key in by_hand(name) - BY_HAND.keys() for part in key[1:]}
    assert strange == set()


def test_those_made_by_hand_still_are():
    assert {key for key in BY_HAND if key not in by_hand(key[0])} == set()


def test_a_part_made_by_hand_is_seen():
    assert MADE.findall('<p class="alert alert-info"> <dl class="facts"> <p class="alerts"> <i class="tag tag-x">') == [
        "alert",
        "facts",
        "tag",
    ]
