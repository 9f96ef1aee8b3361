"""What people read: every text is in the Finnish catalogue, whole, and nothing leaks in English."""

import ast
import re

import flask
import pytest
import wtforms
from babel.messages.pofile import read_po

from portal import language
from portal.web import SearchForm
from tests.house.source import modules, tree

CATALOGUE = language.CATALOGUES / "fi" / "LC_MESSAGES" / "messages.po"
RENEW = "python -m portal.language writes what is missing into the catalogue; then translate it"
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%%|(%.)")


def texts() -> dict[str, tuple[str, ...]]:
    """Every text by its id, with its plural form."""
    return {
        (m.id if isinstance(m.id, str) else m.id[0]): ((m.id,) if isinstance(m.id, str) else m.id)
        for m in language.texts()
        if m.id
    }


def catalogue():
    with CATALOGUE.open("rb") as file:
        return read_po(file)


def translations(message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def placeholders(text: str) -> set[str]:
    return {found[1] for found in PLACEHOLDER.finditer(text) if found[1]}


def test_every_text_has_a_finnish_translation():
    found = catalogue()
    missing = sorted(text for text in texts() if (message := found.get(text)) is None or not all(translations(message)))
    assert not missing, f"{RENEW}:\n" + "\n".join(missing)


def test_a_text_with_a_plural_is_written_where_it_is_asked_for():
    """Elsewhere the reader of texts does not see it, and a Finn is told in Swedish."""
    hidden = [
        f"{module}:{node.lineno}"
        for module, path in modules().items()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and (getattr(node.func, "id", "") or getattr(node.func, "attr", "")) in ("ngettext", "lazy_ngettext")
        and not all(isinstance(text, ast.Constant) for text in node.args[:2])
    ]
    assert not hidden, hidden


def test_every_translation_keeps_its_placeholders():
    wrong = []
    for message in catalogue():
        if not message.id:
            continue
        forms = (message.id,) if isinstance(message.id, str) else message.id
        allowed = set().union(*map(placeholders, forms))
        for form, said in zip((*forms, forms[-1]), translations(message), strict=False):
            if said and not (placeholders(form) - {"num"} <= placeholders(said) <= allowed):
                wrong.append(f"{form!r} → {said!r}")
    assert not wrong, "\n".join(wrong)


def test_no_translation_is_a_guess_or_left_over():
    known = texts()
    for message in catalogue():
        if message.id:
            text = message.id if isinstance(message.id, str) else message.id[0]
            assert not message.fuzzy, text
            assert text in known, f"no longer used: {text}"
    assert not catalogue().obsolete


def test_no_text_holds_a_percent_sign_that_breaks_it():
    for forms in texts().values():
        for form in forms:
            if placeholders(form):
                assert not [m[0] for m in PLACEHOLDER.finditer(form) if m[2]], form


@pytest.mark.parametrize("module", sorted(modules()))
def test_a_text_is_written_out_where_it_is_marked(module):
    """An f-string or a sum inside gettext is never found in the catalogue."""
    for node in ast.walk(tree(modules()[module])):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in language.KEYWORDS
            and node.args
        ):
            first = node.args[0]
            where = f"{modules()[module]}:{node.lineno}"
            assert not isinstance(first, ast.JoinedStr | ast.BinOp), where
            if node.func.id == "N_":
                assert isinstance(first, ast.Constant), where


@pytest.mark.parametrize("module", sorted(modules()))
def test_the_marks_are_imported_under_names_the_catalogue_knows(module):
    for node in ast.walk(tree(modules()[module])):
        if isinstance(node, ast.ImportFrom) and node.module in ("flask_babel", "portal.language"):
            for alias in node.names:
                if alias.name in language.KEYWORDS:
                    assert (alias.asname or alias.name) in language.KEYWORDS, f"{modules()[module]}:{node.lineno}"


def test_the_texts_are_found_in_code_and_templates():
    found = texts()
    assert "Hoppa till innehållet" in found, "templates"
    assert "Någon hann före. Ladda om sidan och se hur läget är nu." in found, "code"


def test_the_update_keeps_translations_drops_what_is_unused_and_is_stable(tmp_path, monkeypatch):
    monkeypatch.setattr(language, "CATALOGUES", tmp_path)
    missing = language.update_catalogue()
    assert "Hoppa till innehållet" in missing
    path = tmp_path / "fi" / "LC_MESSAGES" / "messages.po"
    first = path.read_text()
    assert not re.search(r"Creation-Date|Revision-Date|fuzzy|:\d+$", first, re.MULTILINE)
    translated = first.replace(
        'msgid "Hoppa till innehållet"\nmsgstr ""', 'msgid "Hoppa till innehållet"\nmsgstr "Siirry sisältöön"'
    )
    path.write_text(translated + '\nmsgid "Så sade vi förr"\nmsgstr "Ennen"\n')
    assert "Hoppa till innehållet" not in language.update_catalogue()
    assert path.read_text() == translated


@pytest.mark.parametrize("tongue", ["sv", "fi"])
def test_a_forms_own_messages_are_in_the_readers_language(app, tongue):
    """WTForms' texts: a field without a message of ours, a choice that is none, a number that is none."""

    class Asked(SearchForm):
        name = wtforms.StringField(validators=[wtforms.validators.InputRequired()])
        long = wtforms.StringField(validators=[wtforms.validators.Length(max=2)])
        kind = wtforms.SelectField(choices=["a"])
        count = wtforms.IntegerField()

    address = "/?long=abc&kind=b&count=x"
    with app.test_request_context(address, headers={"Accept-Language": tongue}, base_url="https://localhost"):
        form = Asked(flask.request.args)
        assert not form.validate()
        said = " ".join(message for messages in form.errors.values() for message in messages)
    assert len(form.errors) == 4
    assert not re.search(r"\b(this|field|not|valid|choice|integer|longer|character)\b", said, re.IGNORECASE), said
