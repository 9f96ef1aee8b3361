"""The page that shows every part is there for those who work on the portal, and for nobody else."""

import collections
import dataclasses
import re

import pytest

from portal import config, create_app
from tests.conftest import Client
from tests.house.source import ROOT

MACROS = re.findall(r"{% macro (\w+)\(", (ROOT / "templates" / "_parts.html").read_text())
ELSEWHERE = {
    "flashes": "what was said last: alerts",
    "said": "the fault of a field above a list that comes anew: as a field's",
    "print_button": "shown by script, where one can print",
    "unseen": "only for those who listen",
}


def test_without_the_setting_there_is_no_such_page(as_, people):
    assert as_(people.admin).get("/house-style").status_code == 404


@pytest.fixture
def at_work(settings):
    chosen = config.use(dataclasses.replace(settings, house_style=1))
    application = create_app(chosen)
    application.test_client_class = Client
    return application


def test_with_it_whoever_is_signed_in_sees_every_part(at_work, people):
    assert at_work.test_client().get("/house-style").status_code == 303
    page = at_work.test_client().sign_in(people.adviser).get("/house-style")
    assert page.status_code == 200
    assert re.search(r'<a href="/" aria-current="page">', page.text), "the menu says from where one came"
    assert "1\N{NO-BREAK SPACE}234 samtal" in page.text
    parts = re.findall(r'data-part="(\w+)"', page.text)
    assert len(parts) == len(set(parts)) >= 9
    ids = collections.Counter(re.findall(r' id="([^"]+)"', page.text))
    assert [name for name, count in ids.items() if count > 1] == []


def test_every_macro_that_pages_share_is_shown_there():
    shown = (ROOT / "templates" / "house" / "index.html").read_text()
    missing = [
        name for name in MACROS if name not in ELSEWHERE and not re.search(rf"\b{name}\(|in \(.*\b{name}\b", shown)
    ]
    assert missing == []
    assert set(ELSEWHERE) <= set(MACROS)


def test_every_kind_and_tone_is_shown_there(at_work, people):
    page = at_work.test_client().sign_in(people.adviser).get("/house-style").text
    for made, kinds in {
        "alert": ("info", "success", "warning", "error"),
        "tag": ("neutral", "info", "success", "warning", "error"),
        "button": ("primary", "secondary", "danger", "quiet"),
        "icon": ("info", "success", "warning", "error", "download", "print"),
        "field": ("narrow", "short", "wide"),
    }.items():
        assert [kind for kind in kinds if not re.search(rf'class="[^"]*\b{made}-{kind}\b', page)] == [], made
    for state in ('aria-invalid="true"', "disabled", "checked", 'aria-current="page"', "is-current", "field-error"):
        assert state in page
