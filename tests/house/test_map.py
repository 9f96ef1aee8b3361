"""The engineers' map, `portal/README.md`: what it names is there, what it quotes stands so in the code, and no room, no
screen and no program is missing from it."""

import re
from pathlib import Path

import pytest

from portal.audit import words as log_words
from portal.documents.kinds import Kind
from portal.ingest import words as quarantine_words
from portal.recordings import forms as search_forms
from portal.web import MENU
from tests.house.source import ROOT
from tests.house.test_arrow import TOOLS

MAP = ROOT / "portal" / "README.md"
PLACE = re.compile(r"`((?:portal|templates|static|tasks|tests)/[\w./-]*)`")
NO_ROOMS = {"migrations", "translations"}
"""Folders of `portal/` that are no capability."""
NOT_SCREENS = {"static"}


def paragraphs(text: str) -> list[str]:
    return re.split(r"\n\s*\n", text)


def is_code(paragraph: str, margin: str) -> bool:
    return all(line.startswith(margin) for line in paragraph.splitlines())


def dedented(paragraph: str, margin: str) -> str:
    return "\n".join(line.removeprefix(margin).rstrip() for line in paragraph.splitlines())


def quotes(text: str) -> list[tuple[list[str], str]]:
    """Each piece of code with the files that the words before it name, the last named first."""
    found: list[tuple[list[str], str]] = []
    for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        if not part.startswith(("How to add", "From a screen")):
            continue
        named: list[str] = []
        for paragraph in filter(str.strip, paragraphs(part)):
            margin = "       " if "\n1. " in part or part.startswith("How") else "    "
            if is_code(paragraph, margin):
                found.append((named, dedented(paragraph, margin)))
            else:
                named = [name for name in reversed(PLACE.findall(paragraph)) if (ROOT / name).is_file()] or named
    return found


def stands_in(path: Path, quoted: str) -> bool:
    """The lines of `quoted` follow each other in the file, with one margin before all of them."""
    lines, wanted = path.read_text().splitlines(), quoted.splitlines()
    for start in range(len(lines) - len(wanted) + 1):
        here = lines[start : start + len(wanted)]
        margin = here[0][: len(here[0]) - len(here[0].lstrip())]
        if all(line.rstrip() == (margin + want).rstrip() for line, want in zip(here, wanted, strict=True)):
            return True
    return False


QUOTES = quotes(MAP.read_text())


def test_every_file_and_folder_it_names_is_there():
    named = PLACE.findall(MAP.read_text())
    assert len(named) > 50
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_nouns_of_each_room_are_there():
    rows = re.findall(r"^\| `/\w*` \|[^|]+\| `(portal/\w+)` \|([^|]+)\|$", MAP.read_text(), re.MULTILINE)
    assert len(rows) > 10
    for folder, nouns in rows:
        files = re.findall(r"`(\w+\.py)`", nouns)
        assert files, folder
        assert [name for name in files if not (ROOT / folder / name).exists()] == [], folder


@pytest.mark.parametrize(("named", "quoted"), QUOTES, ids=[f"{n}" for n in range(len(QUOTES))])
def test_what_it_quotes_stands_so_in_a_file_that_it_names(named, quoted):
    assert any(stands_in(ROOT / name, quoted) for name in named), f"{quoted}\nis in none of {named}"


def test_each_recipe_has_its_code():
    assert len(QUOTES) >= 18


def test_every_room_is_on_the_map():
    rooms = {path.name for path in (ROOT / "portal").iterdir() if path.is_dir() and not path.name.startswith("_")}
    text = MAP.read_text()
    assert [room for room in sorted(rooms - NO_ROOMS) if f"`portal/{room}`" not in text] == []


def test_every_first_word_of_an_address_has_its_row():
    routes = (ROOT / "tests" / "house" / "routes.txt").read_text().splitlines()
    words = {line.split()[1].split("/")[1] for line in routes}
    rows = set(re.findall(r"^\| `/(\w*)` \|", MAP.read_text(), re.MULTILINE))
    assert rows == words - NOT_SCREENS


def test_every_word_of_the_menu_leads_to_its_folder():
    """The row of its address names it as it stands on the screen."""
    screens = dict(re.findall(r"^\| `/(\w*)` \| ([^|]+) \|", MAP.read_text(), re.MULTILINE))
    told = " ".join(screens.values())
    for endpoint, label in MENU:
        assert label in told, label
        room = endpoint.split(".")[0].replace("home", "")
        assert label in screens.get(room, "") or (room == "register" and label in screens["description"]), label


def test_the_tools_that_stand_around_the_portal_are_named():
    around = re.search(r"other: they keep a kind and an id\.(.+?)nothing but a command", MAP.read_text(), re.DOTALL)
    assert around
    assert {name.replace("/", ".") for name in PLACE.findall(around[1])} == TOOLS


def test_each_source_format_has_its_name_wherever_people_read_it():
    files = (ROOT / "portal" / "ingest").glob("*.py")
    sources = {name for file in files for name in re.findall(r'^SOURCE = "(\w+)"', file.read_text(), re.MULTILINE)}
    assert {"freepbx", "vcon"} <= sources
    for names in (quarantine_words.SOURCES, search_forms.SOURCES, log_words.CODES["source"]):
        assert sources <= set(names)


def test_each_kind_of_letter_has_its_name_in_the_log():
    assert {kind.value for kind in Kind} <= set(log_words.CODES["document"])
