"""A button says what it does, with a verb; what cannot be taken back says what follows before it is pressed; a refusal
says what to do."""

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

import jinja2
import pytest
from babel.messages.pofile import read_po
from jinja2 import nodes

from portal import language
from tests.house.source import modules, tree

TEMPLATES = language.ROOT / "templates"
CATALOGUE = language.CATALOGUES / "fi" / "LC_MESSAGES" / "messages.po"
BUTTON = re.compile(r"""<button\b(?:[^>"]|"[^"]*")*>(.*?)</button>""", re.DOTALL)
UNSEEN = re.compile(r"""<span class="visually-hidden">.*?</span>""", re.DOTALL)
"""Which of several it is, after what it says."""
PARSER = jinja2.Environment(extensions=["jinja2.ext.i18n"])

# fmt: off
VERBS = {
    "sv": frozenset((
        "kontrollera", "fråga",
        "anmäl", "anteckna", "använd", "avbryt", "avsluta", "avslå", "begär", "behandla", "behåll", "bekräfta",
        "beställ", "bestäm", "bevilja", "byt", "börja", "dra", "fatta", "foga", "fortsätt", "föreslå",
        "förhandsgranska", "förläng", "förnya", "försök", "ge", "godkänn", "gör", "håll", "kassera", "kasta",
        "kopiera", "ladda", "logga", "lotta", "lyssna", "lägg", "läs", "lås", "låt", "pausa", "radera",
        "registrera", "returnera", "rätta", "skapa", "skicka", "skriv", "släpp", "spara", "spela", "spola",
        "stanna", "ställ", "stäng", "svara", "sök", "ta", "tysta", "visa", "ändra", "återkalla", "öppna",
    )),
    "fi": frozenset((
        "tarkista", "kysy",
        "aloita", "anna", "arvo", "avaa", "ehdota", "esikatsele", "esitä", "hae", "hylkää", "hyväksy",
        "ilmoita", "jatka", "kelaa", "keskeytä", "kirjaa", "kirjaudu", "kirjoita", "kopioi", "kuuntele",
        "käsittele", "käytä", "laadi", "lataa", "liitä", "lisää", "lopeta", "lukitse", "luo", "luovuta",
        "lähetä", "merkitse", "muuta", "mykistä", "myönnä", "nimeä", "näytä", "oikaise", "ota", "palauta",
        "peru", "peruuta", "poista", "pysäytä", "pyydä", "päätä", "ratkaise", "siirrä", "sulje", "säilytä",
        "tallenna", "tee", "tilaa", "toista", "tulosta", "tuo", "vahvista", "vaihda", "vapauta", "vastaa",
        "vedä", "yritä", "älä",
    )),
}
# fmt: on
"""What a button begins with: verbs, each as one tells somebody to do it."""

PLACES = {"Här", "Meny"}
"""Beside a box of a time, whose name for those who listen is a whole act (aria-label); and what opens the menu."""


class Button(NamedTuple):
    template: str
    line: int
    text: str


def texts(node: nodes.Node) -> Iterator[str]:
    """The texts of the catalogue that an expression may come to."""
    for call in [node, *node.find_all(nodes.Call)]:
        if isinstance(call, nodes.Call) and isinstance(call.node, nodes.Name) and call.node.name in ("_", "ngettext"):
            yield from (
                one.value for one in call.args[:2] if isinstance(one, nodes.Const) and isinstance(one.value, str)
            )


def buttons() -> list[Button]:
    found = []
    for path in sorted(TEMPLATES.rglob("*.html")):
        name, source = str(path.relative_to(TEMPLATES)), path.read_text()
        for call in PARSER.parse(source).find_all(nodes.Call):
            made = call.node.name if isinstance(call.node, nodes.Name) else ""
            if made in ("submit", "act"):
                label = call.args[1 if made == "act" else 0]
                found += [Button(name, call.lineno, text) for text in texts(label)]
        for plain in BUTTON.finditer(source):
            line = source[: plain.start()].count("\n") + 1
            found += [
                Button(name, line, text) for text in re.findall(r"""_\(["']([^"']+)["']""", UNSEEN.sub("", plain[1]))
            ]
    return found


@pytest.fixture(scope="module")
def finnish():
    with CATALOGUE.open("rb") as file:
        return read_po(file)


def first(text: str) -> str:
    return re.split(r"[\s,…]", text.lower())[0]


def test_every_button_begins_with_a_verb():
    found = buttons()
    assert len(found) > 150
    wrong = [one for one in found if one.text not in PLACES and first(one.text) not in VERBS["sv"]]
    assert not wrong, "\n".join(map(str, wrong))


def test_every_button_begins_with_a_verb_in_finnish_too(finnish):
    said = {one.text: str(message.string) for one in buttons() if (message := finnish.get(one.text))}
    wrong = {sv: fi for sv, fi in said.items() if fi and sv not in PLACES and first(fi) not in VERBS["fi"]}
    assert not wrong, wrong


ENDS = frozenset(
    (
        "avsluta",
        "avslå",
        "dra",
        "godkänn",
        "kasta",
        "kassera",
        "lås",
        "radera",
        "returnera",
        "släpp",
        "stäng",
        "återkalla",
    )
)
"""Acts that something ends by, or that bind the city."""
TAKES = re.compile(r"ta bort|ta tillbaka|låt gallringen|bevilja|dra tillbaka|håll inte kvar")
MILD = {
    ("accounts/_sign_ins.html", "Avsluta"),  # the pages that show the table say it above it
    ("cases/_call_passages.html", "Ta bort avsnitt %(number)s"),  # a row of a form that is not sent yet
    ("recordings/_review.html", "Spara och avsluta listan"),
}
PARTS = ("<section", "<article", "<details", "{% macro", "{% block main", "{% block case_main")
SAYS = re.compile(r"<p\b|alert\(|field\([^)]*_\(")


def test_what_ends_something_says_what_follows_before_it_is_pressed():
    """In the same part of the page, above the button; or it leads to a page that asks."""
    mute, seen = [], 0
    for one in buttons():
        if (one.template, one.text) in MILD or not (first(one.text) in ENDS or TAKES.search(one.text.lower())):
            continue
        seen += 1
        lines = (TEMPLATES / one.template).read_text().splitlines(keepends=True)
        above = "".join(lines[: one.line - 1]) + lines[one.line - 1].partition(one.text)[0]
        begins = max(above.rfind(part) for part in PARTS)
        if not SAYS.search(above[max(begins, 0) :]):
            mute.append(one)
    assert seen > 25
    assert not mute, "\n".join(map(str, mute))


TELLS = frozenset(
    (
        "ange",
        "anmäl",
        "anteckna",
        "använd",
        "be",
        "bedöm",
        "fyll",
        "ge",
        "gör",
        "hör",
        "kontrollera",
        "fråga",
        "kryssa",
        "ladda",
        "logga",
        "lyssna",
        "lägg",
        "läs",
        "rätta",
        "skicka",
        "skriv",
        "svara",
        "ta",
        "välj",
        "vänta",
        "öppna",
    )
)
DONE = re.compile(r"\bredan\b|\binte (?:kvar )?längre|håller på att|har raderats|raderades")
"""Somebody was first, or it is over: there is nothing to be done."""


def refusals() -> dict[str, str]:
    """Every refusal of the portal's own, class → text."""
    found = {}
    for module, path in modules().items():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ClassDef):
                for line in node.body:
                    if isinstance(line, ast.Assign) and getattr(line.targets[0], "id", "") == "text":
                        said = [c.value for c in ast.walk(line.value) if isinstance(c, ast.Constant)]
                        if isinstance(line.value, ast.Call) and getattr(line.value.func, "id", "") == "N_":
                            found[f"{module}.{node.name}"] = "".join(said)
    return found


PLAIN = {
    "portal.errors.NotFound",  # the same answer whether it is absent or another's
    "portal.errors.Denied",  # its page says whom to ask
    "portal.documents.preview.CannotShow",  # its reason says it
}


def test_every_refusal_says_what_to_do_or_why_there_is_nothing_to_do():
    found = refusals()
    assert len(found) > 200
    mute = {
        name: text
        for name, text in found.items()
        if name not in PLAIN
        and first(text) not in TELLS
        and not DONE.search(text)
        and not re.search(r"[.:?] \S|, så (?!är)|måste|ska |kan bara|får bara|först|^Bara ", text)
    }
    assert not mute, "\n".join(f"{name}: {text}" for name, text in mute.items())
