"""One small set: what styles name is in it and nothing else, in light and in dark; what no page wears is not kept."""

import re

import pytest

from tests.house import tokens
from tests.house.source import ROOT
from tests.house.test_templates import NAMES, is_letter, source

COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgba?|hsla?|oklch|lab)\((?!0 0 0 /)|:\s*(?:white|black)\b")
"""One written out, but for shadows: they are black at any time of the day."""
PLAIN = {"white": "#fff", "black": "#000"}
ON = {
    "bg-default": ("text-neutral", "text-neutral-subtle", "text-accent-subtle", "text-danger-subtle"),
    "neutral-100": ("text-neutral", "text-neutral-subtle", "text-accent-subtle"),
    "neutral-200": ("text-neutral", "neutral-700"),
    "neutral-300": ("text-neutral",),
    "neutral-400": ("text-neutral",),
    "accent-100": ("text-neutral", "text-accent-subtle", "text-neutral-subtle"),
    "accent-200": ("text-neutral", "text-accent-subtle"),
    "bg-accent-moderate": ("text-neutral", "text-accent-subtle"),
    "bg-accent-moderate-hover": ("text-accent",),
    "bg-accent-strong": ("text-accent-contrast",),
    "bg-accent-strong-hover": ("text-accent-contrast",),
    "bg-danger-strong": ("text-danger-contrast",),
    "bg-danger-strong-hover": ("text-danger-contrast",),
    "bg-neutral-moderate": ("text-neutral",),
    "bg-success-moderate": ("text-success",),
    "bg-warning-moderate": ("text-warning", "text-neutral"),
    "bg-danger-moderate": ("text-neutral",),
    "bg-danger-moderate-hover": ("text-danger",),
    "bg-danger-soft": ("text-neutral",),
    "bg-info-soft": ("text-neutral",),
    "bg-success-soft": ("text-neutral",),
}
"""What is read on what."""
SEEN = (
    *("border-neutral", "border-accent", "border-accent-strong", "border-danger", "border-danger-strong"),
    *("border-info", "border-success", "border-warning", "bg-accent-strong", "bg-info-strong", "neutral-500"),
)
"""Edges, rings and signs that tell something, on the page."""


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    digits = PLAIN.get(colour, colour).removeprefix("#")
    digits = "".join(d * 2 for d in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def test_the_kept_tokens_are_aksels_in_light_and_dark_and_those_that_styles_name():
    assert tokens.KEPT.read_text() == tokens.written(), "python -m tests.house.tokens writes the file anew"


@pytest.mark.parametrize("look", ["light", "dark"])
def test_what_is_read_stands_out_from_what_it_is_written_on(look):
    values = tokens.aksel()[look == "dark"]
    colours = {
        name: tokens.resolved(f"--ax-{name}", values) for name in {*ON, *SEEN, *(t for on in ON.values() for t in on)}
    }
    dim = [
        f"{text} on {back}"
        for back, texts in ON.items()
        for text in texts
        if contrast(colours[text], colours[back]) < 4.5
    ]
    dim += [f"{edge} on the page" for edge in SEEN if contrast(colours[edge], colours["bg-default"]) < 3]
    if contrast(colours["bg-accent-strong"], colours["neutral-300"]) < 3:
        dim.append("how far it has come, of the whole")
    assert dim == []


def test_the_measure_of_contrast_is_that_of_wcag():
    assert round(contrast("black", "white"), 2) == 21
    assert round(contrast("#767676", "#fff"), 2) == 4.54


def test_every_colour_of_text_and_ground_was_weighed():
    """A new one is weighed in both looks, or is not in use."""
    weighed = {*ON, *SEEN, *(text for texts in ON.values() for text in texts)}
    grounds = {
        name.removeprefix("--ax-") for name in tokens.named() if re.match(r"--ax-(bg|text|accent|neutral)-", name)
    }
    assert grounds - weighed == set()


def test_no_style_writes_a_colour_of_its_own():
    written = {name: found for name, text in tokens.styles().items() if (found := COLOUR.findall(text))}
    assert written == {}


def test_a_colour_of_its_own_is_seen():
    with_one = {"a.css": "a { color: #fff }", "b.css": "b { color: rgb(1 2 3) }", "c.css": "c { background: white }"}
    assert all(COLOUR.search(text) for text in with_one.values())


WRITTEN = re.compile(r'\bclass="((?:[^"{]|\{[{%].*?[}%]\})*)"')
SCRIPTED = re.compile(r"""class(?:Name|List)\b[^;]*?["']([\w -]+)["']""")


def worn() -> str:
    """All that templates and scripts give elements as classes, as it is written there."""
    pages, scripts = ((ROOT / "templates").rglob("*.html"), (ROOT / "static").glob("*.js"))
    found = [name for page in pages for name in WRITTEN.findall(page.read_text())]
    return "\n".join(found + [name for script in scripts for name in SCRIPTED.findall(script.read_text())])


def styled() -> dict[str, str]:
    """Every class that a style of ours names, with a file that does."""
    found = {}
    for name, text in tokens.styles().items():
        selectors = re.sub(r"@layer [^;{]*[;{]|\{[^{}]*\}", "{}", text)
        if "vendor" not in name:
            found.update(dict.fromkeys(re.findall(r"\.([a-z][\w-]*)", selectors), name))
    return found


FROM_OUTSIDE = {"htmx-request", "light", "dark", "slow"}
"""Given by htmx; what the reader chose, which the page puts on itself; and the kind of a notice, by page.js."""


def bare(classes: dict[str, str], text: str) -> set[str]:
    """Those that no page wears: a name in whole, or one that is put together (`tag-{{ tone }}`)."""
    put_together = tuple(re.findall(r"([a-z][\w-]*-)(?=\{\{|' ~|\" ~)", text))
    return {
        name
        for name in classes
        if not re.search(rf"(?<![\w-]){name}(?![\w-])", text) and not name.startswith(put_together)
    }


def test_every_style_is_worn_by_some_page():
    assert bare(styled(), worn()) - FROM_OUTSIDE == set()


def test_a_style_that_no_page_wears_is_seen():
    text = "<p class=\"tag tag-{{ tone }}\"> 'field-' ~ width"
    assert bare(dict.fromkeys(("tag", "tag-info", "field-wide", "left"), ""), text) == {"left"}


PLAIN_TONE = {"tag-neutral"}
"""As `.tag` is."""


def bare_of_style(text: str) -> set[str]:
    """The classes that a template writes out and no style names. One that is put together ends with what is put in."""
    words = [
        word
        for written in WRITTEN.findall(text)
        for word in re.sub(r"\{%.*?%\}", " ", re.sub(r"\{\{.*?\}\}", "+", written)).split()
    ]
    return {word for word in words if "+" not in word} - styled().keys() - PLAIN_TONE


@pytest.mark.parametrize("name", [name for name in NAMES if not is_letter(name)])
def test_a_page_wears_only_what_some_style_knows(name):
    """What scripts and tests look for is named otherwise: by an id, by data-…"""
    assert bare_of_style(source(name)) == set()


def test_a_class_that_no_style_knows_is_seen():
    text = """<p class="tag tag-{{ tone }} old {{ 'field-' ~ "wide" }}{% if x == "y" %} older{% endif %}">"""
    assert bare_of_style(text) == {"old", "older"}


def test_every_icon_is_drawn_by_some_style_and_every_one_that_is_named_is_there():
    kept = {path.name for path in (ROOT / "static" / "icons").glob("*.svg")}
    drawn = {name for text in tokens.styles().values() for name in re.findall(r"icons/([\w-]+\.svg)", text)}
    assert kept == drawn
    signs = set(re.findall(r"\.icon-(\w+) \{", tokens.styles()["css/icons.css"]))
    pages = "\n".join(source(name) for name in NAMES if name != "house/index.html")
    named = {a or b for a, b in re.findall(r"icon\(\"(\w+)\"\)|sign=\"(\w+)\"", pages)}
    assert named | {"info", "success", "warning", "error"} == signs, "those of alerts, and those that pages name"
