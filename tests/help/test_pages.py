"""Help: every page has it, it leads back, and no link of it is dead."""

import re

import pytest

from portal import web
from portal.accounts.permissions import Permission
from portal.help import pages
from portal.help.parts import Ask
from portal.security import PUBLIC, requirement
from tests.house.source import ROOT

WITHOUT = re.compile(r"static|help\.(?!keys$)|description\.|retention\.(alive|notices)$")
"""No page of its own, help itself, or read by anybody without an account."""
PEOPLE = ("adviser", "manager", "clerk", "decider", "dpo", "admin")
HREF = re.compile(r'<a\b[^>]*\bhref="([^"]+)"')
TOP = re.compile(r'<p class="top-help"><a [^>]*\bhref="([^"]+)"')


def main(page: str) -> str:
    return page[page.index("<main") : page.index("</main>")]


def endpoints(app) -> set[str]:
    return {rule.endpoint for rule in app.url_map.iter_rules()}


def test_every_page_of_the_portal_has_its_help(app):
    without = sorted(name for name in endpoints(app) if not WITHOUT.match(name) and not pages.of(name))
    assert not without, f"name them in the `of` of a help page: {without}"


@pytest.mark.parametrize("slug", pages.PAGES)
def test_a_help_page_is_of_pages_that_there_are_and_opens_some(app, slug):
    page, known = pages.PAGES[slug], endpoints(app)
    for pattern in page.of:
        assert [name for name in known if pages._is_meant(name, pattern)] or slug == pages.KEYS, pattern
    assert page.opens, "the way back"
    for endpoint, _ in page.opens:
        with app.test_request_context("/", base_url="https://localhost"):
            assert app.url_for(endpoint).startswith("/"), "without an argument"


@pytest.mark.parametrize("slug", pages.PAGES)
def test_a_help_page_says_what_to_do_and_why_not(slug):
    page = pages.PAGES[slug]
    assert page.steps
    assert page.whys or slug == pages.KEYS
    assert all(why.question.endswith("?") and why.rule.endswith(".") for why in page.whys)


def test_a_whole_name_counts_before_a_beginning_and_a_longer_before_a_shorter(monkeypatch):
    page = pages.PAGES["find"]
    several = {"short": "a.*", "whole": "a.list", "long": "a.li*"}
    monkeypatch.setattr(pages, "PAGES", {slug: page._replace(of=(pattern,)) for slug, pattern in several.items()})
    of = pages.of.__wrapped__
    assert [of(name) for name in ("a.list", "a.lines", "a.other")] == ["whole", "long", "short"]


def test_pages_of_one_beginning_have_each_their_own_help():
    assert pages.of("recordings.quality_own") == "reviews"
    assert pages.of("rights.review_page") == "confirming"
    assert pages.of("oversight.observation") == "questions"
    assert pages.of("nowhere.index") == ""


@pytest.mark.parametrize("who", PEOPLE)
def test_each_page_of_the_menu_leads_to_its_help_and_the_help_back_to_it(app, as_, people, who):
    person = getattr(people, who)
    client, seen = as_(person), 0
    for endpoint, _ in web.MENU:
        with app.test_request_context("/", base_url="https://localhost"):
            required, address = requirement(endpoint), app.url_for(endpoint)
        if not person.may(required):
            continue
        (found,) = TOP.findall(client.get(address, follow_redirects=True).text)
        shown = client.get(found)
        assert shown.status_code == 200, found
        assert address in HREF.findall(main(shown.text)), f"{found} does not lead back to {address}"
        assert found == f"/help/{pages.of(endpoint)}"
        seen += 1
    assert seen > 3


BESIDE = {"home.index": "start", "recordings.heard": "find", "retention.reports": "reporting", "jobs.index": "progress"}
"""Pages that the first page leads to, with their help."""


@pytest.mark.parametrize("endpoint", BESIDE)
def test_each_page_that_the_first_one_leads_to_has_its_help_and_is_led_back_to(app, as_, people, endpoint):
    client = as_(people.manager)
    with app.test_request_context("/", base_url="https://localhost"):
        address = app.url_for(endpoint)
    assert TOP.findall(client.get(address).text) == [f"/help/{BESIDE[endpoint]}"]
    assert address in HREF.findall(main(client.get(f"/help/{BESIDE[endpoint]}").text))


@pytest.mark.parametrize("who", PEOPLE)
def test_no_link_of_the_help_is_dead(as_, people, who):
    client, links = as_(getattr(people, who)), set()
    for slug in pages.PAGES:
        page = client.get(f"/help/{slug}").text
        links |= set(HREF.findall(main(page)))
        assert f"/help/{slug}" not in HREF.findall(main(page)), "a page that leads to itself"
    links |= set(HREF.findall(main(client.get("/help/").text)))
    assert {f"/help/{slug}" for slug in pages.PAGES if slug != pages.SIGNING_IN} <= links
    for link in sorted(links - {"/accounts/sign-in"}):
        address, _, place = link.partition("#")
        answer = client.get(address, follow_redirects=True)
        assert answer.status_code == 200, link
        assert not place or f'id="{place}"' in answer.text, link


def test_one_who_may_not_open_a_page_is_told_whom_it_is_for(as_, people):
    page = main(as_(people.dpo).get("/help/quarantine").text)
    assert "Sidan är till för: systemadministratör." in page
    assert 'href="/ingest/"' not in page
    assert 'href="/ingest/"' in main(as_(people.admin).get("/help/quarantine").text)


def test_help_opens_beside_what_one_is_doing_and_help_itself_in_its_place(as_, people):
    client = as_(people.adviser)
    link = re.search(r'<p class="top-help">.*?</p>', client.get("/recordings/").text, re.S)[0]
    assert 'target="_blank" rel="noopener"' in link
    assert "i en ny flik" in link
    inside = re.search(r'<p class="top-help">.*?</p>', client.get("/help/find").text, re.S)[0]
    assert "target=" not in inside
    assert 'href="/help/"' in inside


def test_before_signing_in_there_is_help_to_sign_in_and_it_names_nobody(app, people):
    client = app.test_client()
    assert TOP.findall(client.get("/accounts/sign-in").text) == ["/help/sign-in"]
    page = client.get("/help/sign-in").text
    assert "Fråga systemadministratören." in page
    assert people.admin.name not in page
    assert 'href="/accounts/sign-in"' in main(page)


def test_the_rest_of_the_help_is_for_those_who_are_signed_in(app):
    client = app.test_client()
    for address in ("/help/", "/help/find"):
        assert client.get(address).headers["Location"].startswith("/accounts/sign-in")
    assert not TOP.findall(client.get("/description/").text)


def test_the_index_names_those_to_ask_and_leads_to_every_why(as_, people):
    page = as_(people.adviser).get("/help/").text
    assert f"Fråga en chef: {people.manager.name}, {people.second_manager.name}." in page
    assert f"Fråga ett dataskyddsombud: {people.dpo.name}." in page
    assert "<summary>Anmäla ett hotsamtal</summary>" in page, "the questions under the task that they are about"
    assert "/help/reporting#why-2" in HREF.findall(page)
    assert "/help/quarantine#why-1" not in HREF.findall(page), "in somebody else's work"


def test_every_way_to_the_help_names_a_page_and_people_that_there_are():
    found = 0
    for path in (ROOT / "templates").rglob("*.html"):
        for whom, page in re.findall(r'\bto_ask\("(\w+)", "([\w-]+)"', path.read_text()):
            if path.name != "_why.html":
                assert Ask(whom), path
                assert page in pages.PAGES, path
                found += 1
        for page in re.findall(r"url_for\('help.page', page='([\w-]+)'\)", path.read_text()):
            assert page in pages.PAGES, path
    assert found > 15


def test_help_is_marked_for_everybody_with_an_account(app):
    with app.app_context():
        assert requirement("help.page") is requirement("help.index") is Permission.ACCOUNTS_SELF
        assert requirement("help.signing_in") is PUBLIC


# The keyboard

NAMED = {"Mellanslag": " ", "←": "arrowleft", "→": "arrowright", "&lt;": "<", "&gt;": ">"}
ELSEWHERE = {"ctrl", "enter", "esc"}
"""Keys of the form beside the player, which its own script knows by their full names."""


def keys_of_scripts() -> set[str]:
    scripts = [(ROOT / "static" / name).read_text() for name in ("player.js", "player-tools.js", "player-notes.js")]
    tables = [re.search(r"const KEYS = \{\n(.*?)\n  \};", scripts[0], re.S)[1]]
    tables.append(re.search(r"Object\.assign\(keys, \{\n(.*?)\n  \}\);", scripts[1], re.S)[1])
    known = {key for table in tables for key in re.findall(r"^    '?([^\s':]+|\s)'?: ", table, re.M)}
    seek = re.search(r"const ONLY_ON_SEEK = \[(.*?)\]", scripts[0])[1]
    known -= set(re.findall(r"'(\w+)'", seek))
    return known | set(re.findall(r"\bkeys\.(\w) = ", scripts[2]))


def test_the_keyboard_map_is_that_of_the_scripts():
    source = (ROOT / "templates" / "recordings" / "_keys.html").read_text()
    written = {re.sub(r"\{\{ _\(\"(.*?)\"\) \}\}", r"\1", key) for key in re.findall(r"<kbd>(.*?)</kbd>", source)}
    told = {NAMED.get(key, key.lower()) for key in written}
    assert told - ELSEWHERE == keys_of_scripts()


def test_the_keyboard_map_stands_in_the_help(as_, people):
    page = main(as_(people.adviser).get("/help/keys").text)
    assert page.count("<kbd>") == (ROOT / "templates" / "recordings" / "_keys.html").read_text().count("<kbd>")
