"""A language of marks: every text of the catalogue between ⟦ and ⟧, what is put into it outside of them."""

import ast
import contextlib
import csv
import functools
import html.parser
import io
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import peewee
from babel.dates import get_day_names, get_month_names
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from portal import language

OPEN, CLOSE = "⟦", "⟧"
MARKED = re.compile(f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}")
PLACED = re.compile(r"%\(\w+\)[sd]")
WORD = re.compile(r"[^\W\d_]{3,}")
UNREAD = re.compile(
    r"https?://\S+|\S+@\S+|\b[a-z]+:[a-z0-9-]+:\d+\b|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}|\b[0-9a-f]{16,}\b"
    r"|\b(?=[\w+/=-]*\d)[A-Za-z0-9_+/=-]+|\b\w+(?:\.\w+)+\b|\{\w+\}|\w+…"
)
"""Addresses, rules with their version, ids, fingerprints, names with dots, places that a script fills, and the half
of a word that an excerpt ends with: nobody reads them as words."""
SENTENCE = re.compile(r"\n|(?<=[.?!])\s")
ENDLESS = 25
"""Letters of a word that only a test writes, to break a page."""
CODE = re.compile(r"[a-z0-9_:./%#?=&@-]*")
"""What is written so is a code of the program and not what a person has typed."""
NAMED = ("name", "username", "device")
"""Columns of names that somebody may have written like a code."""
EXCERPT = 3
"""So many words in a row are known when they stand anywhere in what somebody has written; fewer, when that is all."""
SAID = (
    "alt",
    "aria-description",
    "aria-label",
    "aria-roledescription",
    "aria-valuetext",
    "label",
    "placeholder",
    "title",
)
"""Attributes that are read to somebody."""


def marked(text: str) -> str:
    return OPEN + PLACED.sub(lambda found: CLOSE + found[0] + OPEN, text) + CLOSE


@functools.cache
def _texts() -> Catalog:
    return language.texts()


def write(path: Path, tongue: str) -> None:
    found = Catalog(locale=tongue)
    for message in _texts():
        if message.id:
            forms = (message.id,) if isinstance(message.id, str) else message.id
            said = tuple(map(marked, forms))
            found.add(message.id, said[0] if isinstance(message.id, str) else said)
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_mo(file, found)


class Read(html.parser.HTMLParser):
    """What a page says: to the eye, and to those who listen. What says that it is in another language is left out."""

    CODES = frozenset(("code", "kbd", "samp"))
    """What stands in these is the same in every language."""
    VOID = frozenset(
        ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")
    )
    WITHIN = frozenset(("b", "em", "i", "mark", "strong", "wbr"))
    """A sentence goes on through these."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said: list[str] = [""]
        self.tongue = ""
        self._silent: list[bool] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in attrs}
        other = ("lang" in at and tag != "html") or tag in self.CODES
        if tag == "html":
            self.tongue = at.get("lang", "")
        if tag not in self.VOID:
            self._silent.append(other or tag in ("script", "style") or any(self._silent[-1:]))
        if tag not in self.WITHIN:
            self.said.append("")
        if other or any(self._silent[-1:]):
            return
        told = [at[name] for name in SAID if name in at]
        if tag == "input" and at.get("type") in ("submit", "button", "reset"):
            told.append(at.get("value", ""))
        if tag == "meta" and at.get("name") == "description":
            told.append(at.get("content", ""))
        told += [value for name, value in at.items() if _shown(name, value)]
        if told:
            self.said[-1:-1] = told

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.WITHIN:
            self.said.append("")
        if tag not in self.VOID and self._silent:
            self._silent.pop()

    def handle_data(self, data: str) -> None:
        if not any(self._silent[-1:]):
            self.said[-1] += data


def _shown(name: str, value: str) -> bool:
    """The attribute holds words that a script shows: of those that are named so, or more than one word."""
    return name.startswith("data-text") or (name.startswith("data-") and " " in value.strip())


def cells(file: str) -> list[str]:
    """Of a file of rows, without those that hold the code of an act."""
    rows = csv.reader(io.StringIO(file.lstrip("\ufeff")), delimiter=";")
    return [cell for row in rows for cell in row if not re.fullmatch(r"[a-z_]+:[a-z_]+", cell)]


def words(text: str) -> list[str]:
    return [word.casefold() for word in WORD.findall(UNREAD.sub(" ", text.replace("\xad", ""))) if len(word) < ENDLESS]


class Known:
    """What the register holds, which is said as it was written: names, notes, the texts of the city."""

    def __init__(self, values: Iterable[str], names: Iterable[str] = ()) -> None:
        """`names` are single words that may stand anywhere."""
        rows = {tuple(words(part)) for value in values for part in (value, *SENTENCE.split(value))} - {()}
        self._whole = {*rows, *((name.casefold(),) for name in names)}
        self._said: dict[str, list[str]] = {}
        self._longest = max(map(len, self._whole), default=0)
        self._anywhere = "".join(f" {' '.join(row)} |" for row in sorted(rows))

    def unmarked(self, text: str) -> list[str]:
        """The words of `text` that stand outside of the marks and are not of the register."""
        if text not in self._said:
            self._said[text] = [word for part in MARKED.split(text) for word in self._strange(words(part))]
        return self._said[text]

    def _strange(self, said: list[str]) -> Iterator[str]:
        at = 0
        while at < len(said):
            if length := self._covered(said[at:]):
                at += length
            else:
                yield said[at]
                at += 1

    def _covered(self, said: list[str]) -> int:
        """How many of the first of the words the register holds in a row."""
        length = 0
        while length < len(said) and f" {' '.join(said[: length + 1])} " in self._anywhere:
            length += 1
        if length >= EXCERPT:
            return length
        return next((n for n in range(min(len(said), self._longest), 0, -1) if tuple(said[:n]) in self._whole), 0)


def calendar(tongue: str) -> list[str]:
    """Names of months and days, which the library writes."""
    return [
        name
        for width in ("wide", "abbreviated")
        for context in ("format", "stand-alone")
        for names in (get_month_names(width, context, tongue), get_day_names(width, context, tongue))
        for name in names.values()
    ]


def typed(models: Iterable[type[peewee.Model]], tongue: str) -> Iterator[str]:
    """What people have written into the register, and what it holds of others: no codes, and of what is there in both
    languages that of `tongue`."""
    for model in models:
        fields = [
            field
            for field in model._meta.sorted_fields
            if isinstance(field, (peewee.TextField, peewee.CharField))
            and not (field.name.endswith(("_sv", "_fi")) and not field.name.endswith(tongue))
        ]
        for row in model.select(*fields).tuples().distinct() if fields else ():
            for field, value in zip(fields, row, strict=True):
                found = leaves(value, tongue)
                yield from found if field.name in NAMED else (leaf for leaf in found if not CODE.fullmatch(leaf))


def leaves(value: Any, tongue: str) -> Iterator[str]:
    """The texts of a value, of what it holds in both languages those of `tongue`."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        with contextlib.suppress(ValueError):
            value = json.loads(value)
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key == tongue or key not in language.LANGUAGES:
                yield from leaves(inner, tongue)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, tongue)


def constants(paths: Iterable[Path]) -> Iterator[str]:
    """What is written out in these modules, in code that fills a register: what is sealed there is not found in its
    rows."""
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and not CODE.fullmatch(node.value):
                yield node.value
