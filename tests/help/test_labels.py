"""What the help puts between quotation marks stands so on the pages that it speaks of, in both languages."""

import re

import pytest
from babel.messages.pofile import read_po

from portal.help import pages
from portal.help.parts import Page
from portal.language import CATALOGUES
from portal.web import MENU
from tests.house.source import ROOT

QUOTED = re.compile(r"”([^”]+)”")
TEXT = re.compile(r"\b(?:_|_l|N_)\(\s*\"((?:[^\"\\]|\\.)+)\"")
BORROWED = re.compile(r"{% (?:include|from|import) \"([\w-]+/[\w/-]+\.html)\"")
UNQUOTED = re.compile(r"\b(?:[Vv]älj(?:er)?|[Uu]nder|[Ff]liken) [A-ZÅÄÖ]")
"""A button, a heading or a tab by its name, which nobody can tell from the sentence around it."""


def texts(page: Page) -> list[str]:
    return [page.title, page.lead, *page.steps, *(text for why in page.whys for text in (why.question, why.rule))]


def words_of(page: Page) -> set[str]:
    """Every text of the rooms that the help is with or leads to, and of the parts they borrow. Sentences aside: no
    button is one."""
    rooms = {name.partition(".")[0] for name in (*page.of, *(endpoint for endpoint, _ in page.opens))} - {"help"}
    sources = [ROOT / "templates" / "base.html"]
    for room in rooms:
        sources += [*(ROOT / "templates" / room).rglob("*.html"), *(ROOT / "portal" / room).glob("*.py")]
    written = "".join(source.read_text() for source in sources)
    written += "".join((ROOT / "templates" / part).read_text() for part in set(BORROWED.findall(written)))
    return {text for text in TEXT.findall(written) if not text.endswith(".")}


@pytest.fixture(scope="module")
def finnish() -> dict[str, str]:
    with (CATALOGUES / "fi" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return {message.id: message.string for message in read_po(file) if isinstance(message.id, str)}


@pytest.mark.parametrize("slug", pages.PAGES)
def test_what_is_quoted_stands_on_the_pages_it_speaks_of(slug):
    page = pages.PAGES[slug]
    known = words_of(page)
    unknown = [label for text in texts(page) for label in QUOTED.findall(text) if label not in known]
    assert not unknown, unknown


@pytest.mark.parametrize("slug", pages.PAGES)
def test_finnish_quotes_the_finnish_names_in_the_same_order(slug, finnish):
    for text in texts(pages.PAGES[slug]):
        names = [finnish[label] for label in QUOTED.findall(text)]
        assert QUOTED.findall(finnish[text]) == names, text


@pytest.mark.parametrize("slug", pages.PAGES)
def test_a_button_is_never_named_without_quotation_marks(slug):
    for text in texts(pages.PAGES[slug]):
        assert not UNQUOTED.search(text), text
        assert text.count("”") % 2 == 0, text


@pytest.mark.parametrize("slug", pages.PAGES)
def test_the_name_of_a_page_to_go_to_is_its_name_there(slug):
    page = pages.PAGES[slug]
    for endpoint, label in page.opens:
        assert label in words_of(page) | {name for _, name in MENU}, endpoint


def test_a_link_to_one_answer_asks_the_question_that_is_answered_there():
    found = 0
    for path in (ROOT / "templates").rglob("*.html"):
        for slug, number, asked in re.findall(
            r"url_for\('help\.page', page='([\w-]+)'\) }}#why-(\d+)\"[^>]*>{{ _\(\"([^\"]+)\"\)", path.read_text()
        ):
            assert pages.PAGES[slug].whys[int(number) - 1].question == asked, path
            found += 1
    assert found == 2
