"""What a reader sees of a PDF, as poppler tells it: words with their places, and the structure that is read aloud."""

import dataclasses
import functools
import re
import subprocess
import tempfile
from pathlib import Path

MM = 72 / 25.4


@dataclasses.dataclass(frozen=True)
class Word:
    page: int
    """From 1."""
    text: str
    left: float
    top: float
    right: float
    bottom: float
    """Millimetres from the page's upper left corner."""


@dataclasses.dataclass(frozen=True)
class Page:
    width: float
    height: float
    words: list[Word]


def _told(pdf: bytes, *command: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "looked-at.pdf"
        file.write_bytes(pdf)
        named = [str(file) if part == "FILE" else part for part in command]
        return subprocess.run(named, capture_output=True, text=True, check=True, timeout=120).stdout


@functools.cache
def pages(pdf: bytes) -> list[Page]:
    found: list[Page] = []
    for line in _told(pdf, "pdftotext", "-bbox", "FILE", "-").splitlines():
        if head := re.search(r'<page width="([\d.]+)" height="([\d.]+)"', line):
            found.append(Page(float(head[1]) / MM, float(head[2]) / MM, []))
        elif word := re.search(r'xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*)</word>', line):
            left, top, right, bottom = (float(word[n]) / MM for n in range(1, 5))
            found[-1].words.append(Word(len(found), _plain(word[5]), left, top, right, bottom))
    return found


def _plain(text: str) -> str:
    for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(entity, sign)
    return text


@functools.cache
def text(pdf: bytes) -> str:
    """As it is copied out of the file, words parted by one space."""
    return " ".join(_told(pdf, "pdftotext", "-raw", "FILE", "-").split())


@functools.cache
def info(pdf: bytes) -> dict[str, str]:
    rows = [line.partition(":") for line in _told(pdf, "pdfinfo", "FILE").splitlines()]
    return {key: value.strip() for key, _, value in rows}


def fonts(pdf: bytes) -> list[list[str]]:
    """Name, …, embedded, subset, has Unicode, object, generation."""
    return [line.split() for line in _told(pdf, "pdffonts", "FILE").splitlines()[2:]]


@dataclasses.dataclass
class Element:
    """Of the structure tree: what a screen reader walks."""

    tag: str
    text: str
    inside: list["Element"]
    headed: bool = False
    """A cell that names its headers."""

    def all(self, tag: str) -> list["Element"]:
        here = [self] if self.tag == tag else []
        return here + [found for one in self.inside for found in one.all(tag)]

    def said(self) -> str:
        return " ".join(filter(None, [self.text, *(one.said() for one in self.inside)]))


@functools.cache
def structure(pdf: bytes, said: bool = True) -> Element:
    """`said`: with the text, for short documents: poppler looks for each piece from the beginning."""
    root = Element("", "", [])
    open_ones = [(-1, root)]
    for line in _told(pdf, "pdfinfo", "-struct-text" if said else "-struct", "FILE").splitlines():
        depth = len(line) - len(line.lstrip())
        bare = line.strip()
        if bare.startswith("/"):
            open_ones[-1][1].headed |= bare.startswith("/Headers")
            continue
        while depth <= open_ones[-1][0]:
            open_ones.pop()
        parent = open_ones[-1][1]
        if bare.startswith('"'):
            parent.inside.append(Element("text", bare.strip('"'), []))
            continue
        made = Element(re.split(r"[\s:<(]", bare, maxsplit=1)[0], "", [])
        parent.inside.append(made)
        open_ones.append((depth, made))
    return root
