"""Templates: they compile, open with a title, post with a token, and leave nothing to inline script or style."""

import ast
import re
from pathlib import Path

import pytest
from jinja2 import nodes

from portal.documents import typesetter
from tests.house.source import ROOT, modules

FOLDER = ROOT / "templates"
NAMES = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.html"))
FRAMES = {"base.html", "errors/bare.html", "accounts/arrival.html"}
"""Whole documents; every other page extends base."""
OF_A_KIND = {"cases/_case.html": "part"}
"""Frames between base and the pages of one thing: the block with which a page opens their title and h1."""

FORBIDDEN = {
    "a safe filter": r"\|\s*safe\b",
    "autoescape off": r"autoescape\s+false",
    "an inline event handler": r"<[^>]*\son[a-z]+\s*=",
    "hx-on": r"\bhx-on\b",
    "a js: value": r"[\"']\s*js:|javascript:",
    "a trigger filter": r"hx-trigger\s*=\s*\"[^\"]*\[",
    "an inline style": r"<[^>]*\sstyle\s*=",
    "a style element": r"<style\b",
    "an inline script": r"<script(?![^>]*\ssrc=)[^>]*>",
    "a data: address": r"(?:src|href)\s*=\s*[\"']data:",
    "another host": r"(?:src|href|action)\s*=\s*[\"'](?:https?:)?//",
    "a script without a nonce": r"<script(?! nonce=\"\{\{ nonce\(\) \}\}\" )",
    "an htmx element without a nonce": (
        r"(?<!hx-nonce=\"\{\{ nonce\(\) \}\}\" )\bhx-(?:get|post|put|patch|delete|query|action)\b"
    ),
}


def source(name: str) -> str:
    return re.sub(r"\{#.*?#\}", "", (FOLDER / name).read_text(), flags=re.S)


def is_letter(name: str) -> bool:
    """Set on paper, in an environment of its own."""
    return Path(name).parent == Path("documents")


def is_page(name: str) -> bool:
    """Not a part: neither the file nor its folder begins with an underscore."""
    return not any(part.startswith("_") for part in Path(name).parts) and name not in FRAMES and not is_letter(name)


@pytest.mark.parametrize("name", [n for n in NAMES if not is_letter(n)])
def test_every_template_compiles(app, name):
    app.jinja_env.get_template(name)


def test_what_a_template_is_indented_with_is_not_sent_but_what_was_typed_is_as_it_was(app):
    written = "<ul>\n    {% if typed %}\n    <li>  {{ typed }} <b></b>\n\n        </li>\n    {% endif %}\n</ul>\n"
    sent = app.jinja_env.from_string(written).render(typed="x\n\n   y")
    assert sent == "<ul>\n <li> x\n\n   y <b></b>\n</li>\n</ul>"


@pytest.mark.parametrize("name", [n for n in NAMES if is_letter(n)])
def test_every_letter_compiles_and_has_the_common_form_and_a_title(name):
    environment = typesetter.environment("sv")
    environment.get_template(Path(name).name)
    if Path(name).name.startswith("_"):
        return
    tree = environment.parse(source(name))
    assert [node.template.value for node in tree.find_all(nodes.Extends)] == ["_letter.html"]
    assert {"title", "type", "body"} <= {node.name for node in tree.find_all(nodes.Block) if node.body}


@pytest.mark.parametrize("name", [n for n in NAMES if is_page(n)])
def test_every_page_extends_base_and_fills_its_title(app, name):
    tree = app.jinja_env.parse((FOLDER / name).read_text())
    parents = [node.template.value for node in tree.find_all(nodes.Extends)]
    blocks = {node.name: node for node in tree.find_all(nodes.Block)}
    (parent,) = parents
    title = OF_A_KIND.get(parent, "title")
    assert parent == "base.html" or parent in OF_A_KIND, "a part's name begins with an underscore"
    assert title in blocks
    assert blocks[title].body, "an empty title"


@pytest.mark.parametrize("name", sorted(OF_A_KIND))
def test_a_frame_of_pages_extends_base_and_opens_title_and_h1_with_what_they_fill(app, name):
    tree = app.jinja_env.parse(source(name))
    assert [node.template.value for node in tree.find_all(nodes.Extends)] == ["base.html"]
    assert re.search(rf"block title %}}{{{{ self\.{OF_A_KIND[name]}\(\)", source(name))
    assert f"<h1>{{{{ self.{OF_A_KIND[name]}()" in source(name)


@pytest.mark.parametrize("name", [n for n in NAMES if is_page(n)])
def test_every_page_has_an_h1(name):
    frames = [frame for frame in OF_A_KIND if f'extends "{frame}"' in source(name)]
    assert ("<h1" in source(name)) != bool(frames), "one, in the page or in its frame"


@pytest.mark.parametrize("name", NAMES)
def test_no_template_holds_what_the_csp_or_the_escaping_forbids(name):
    found = [why for why, pattern in FORBIDDEN.items() if re.search(pattern, source(name), re.I)]
    assert not found


@pytest.mark.parametrize("name", NAMES)
def test_every_post_form_carries_a_token(name):
    for form in re.findall(r"<form\b.*?</form>", source(name), flags=re.S | re.I):
        head = form[: form.index(">") + 1]
        if re.search(r"method\s*=\s*[\"']?post", head, re.I):
            assert "csrf_token" in form or "hidden_tag" in form, head


@pytest.mark.parametrize("name", NAMES)
def test_every_form_says_its_method(name):
    for head in re.findall(r"<form\b[^>]*>", source(name), flags=re.I):
        assert re.search(r"method\s*=\s*[\"']?(get|post)\b", head, re.I), head


def test_no_module_marks_text_as_safe():
    for module, path in modules().items():
        assert "Markup(" not in path.read_text(), module


@pytest.mark.parametrize(
    ("planted", "why"),
    [
        ("<p>{{ name | safe }}</p>", "a safe filter"),
        ('<a onclick="x()">', "an inline event handler"),
        ('<div hx-on:click="x">', "hx-on"),
        ("<b hx-vals='js:{a: 1}'>", "a js: value"),
        ('<p style="color:red">', "an inline style"),
        ("<script>x()</script>", "an inline script"),
        ('<img src="data:image/png;base64,A">', "a data: address"),
        ('<script src="https://cdn.example/x.js"></script>', "another host"),
        ('<script src="/static/x.js" defer></script>', "a script without a nonce"),
        ('<form method="get" hx-get="/x">', "an htmx element without a nonce"),
        ('<form hx-nonce="x" hx-post="/x">', "an htmx element without a nonce"),
        ('<input hx-trigger="keyup[ctrlKey]">', "a trigger filter"),
    ],
)
def test_the_patterns_see_what_they_forbid(planted, why):
    assert re.search(FORBIDDEN[why], planted, re.I)


def test_the_patterns_leave_ordinary_markup_alone():
    plain = (
        '<script nonce="{{ nonce() }}" src="/static/page.js" defer></script>'
        '<form method="get" hx-nonce="{{ nonce() }}" hx-get="/x" hx-target="#x"></form>'
        '<button class="button">{{ _("Lyssna på samtalet") }}</button>'
    )
    assert not [why for why, pattern in FORBIDDEN.items() if re.search(pattern, plain, re.I)]


def test_a_page_leads_to_addresses_under_the_root_it_is_asked_for(app):
    written = app.jinja_env.from_string("{{ url_for('home.index') }} {{ url_for('accounts.me') }}")
    for root in ("", "/samtal", ""):
        with app.test_request_context("/", base_url=f"https://localhost{root}"):
            assert written.render() == f"{root}/ {root}/accounts/me"


def test_what_the_frame_of_the_pages_sets_hides_nothing_that_a_view_hands_over():
    frame = set(re.findall(r"{%-? set (\w+)", (FOLDER / "base.html").read_text()))
    handed = {
        word.arg
        for path in (ROOT / "portal").rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("render_template")
        for word in call.keywords
    }
    assert len(frame) > 3
    assert frame & handed == set()
