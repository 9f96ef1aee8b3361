"""The content security policy names, in each answer anew, what of a page is ours; and who may ask for it at all."""

import re

import pytest

from portal.accounts.models import SignIn
from portal.accounts.permissions import Permission
from portal.audit.models import Entry
from portal.recordings.models import Listen
from tests import calls
from tests.house.source import ROOT
from tests.recordings.hearing import opened

ACTS = r"hx-(?:get|post|put|patch|delete|query|action|on)\b"
LED = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
PAGES = {
    "adviser": ("/recordings/", "/accounts/me", "/no/such/page"),
    "manager": ("/rights/", "/recordings/"),
    "decider": ("/rights/",),
    "dpo": ("/audit/", "/oversight/observations"),
    "admin": ("/accounts/", "/ingest/"),
}


def named(answer) -> str:
    """The nonce of an answer's policy; empty where its policy allows no script at all."""
    script = re.search(r"script-src ([^;]*);", answer.headers["Content-Security-Policy"])[1]
    return "" if script == "'none'" else re.fullmatch(r"'nonce-([\w-]{22})'", script)[1]


def tags(answer, pattern: str) -> list[str]:
    """The opening tags that `pattern` is found in."""
    return [tag for tag in re.findall(r"<[a-z][^<]*?>", answer.text, re.S) if re.search(pattern, tag)]


@pytest.mark.parametrize("role", PAGES)
def test_all_that_runs_in_a_page_bears_the_nonce_of_its_answer(as_, people, role):
    client = as_(getattr(people, role))
    acting = 0
    for path in PAGES[role]:
        answer = client.get(path)
        nonce = named(answer)
        scripts, elements = tags(answer, "^<script"), tags(answer, rf"\s{ACTS}")
        assert len(scripts) >= 2, path
        assert all(re.search(rf'\snonce="{nonce}"', tag) for tag in scripts), path
        assert all(re.search(rf'\shx-nonce="{nonce}"', tag) for tag in elements), path
        acting += len(elements)
    assert acting, "nothing here would have shown a missing one"


def test_a_player_bears_it_too(as_, people):
    client = as_(people.adviser)
    answer = client.get(opened(client, calls.recording(people.daycare)))
    assert len(tags(answer, "^<script")) == 5
    assert all(f' nonce="{named(answer)}"' in tag for tag in tags(answer, "^<script"))


def test_no_two_answers_share_a_nonce(as_, people):
    client = as_(people.adviser)
    nonces = {named(client.get("/accounts/me")) for _ in range(50)}
    assert len(nonces) == 50
    assert "" not in nonces


def test_what_is_no_page_runs_no_script(as_, people):
    client = as_(people.adviser)
    address = opened(client, calls.recording(people.daycare))
    for path in (f"{address}/audio", f"{address}/peaks", "/static/icon.svg", "/static/page.js", "/rights/"):
        answer = client.get(path)
        assert named(answer) == "", path
        answer.close()


def still(app):
    """The pages that nobody has to name an object for."""
    return [rule for rule in app.url_map.iter_rules() if not rule.arguments]


FETCHES = [
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "audio"},
    {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
    {"Sec-Fetch-Site": "something else"},
]


def test_who_was_led_by_another_site_is_told_that_nothing_was_done(as_, people):
    client = as_(people.adviser)
    for answer in (client.get("/recordings/", headers=FETCHES[2]), client.post("/recordings/", headers=LED)):
        assert answer.status_code == 403
        assert "Det kom från en annan webbplats och utfördes inte." in answer.text


@pytest.mark.parametrize("sent", FETCHES, ids=lambda sent: "-".join(sent.values()))
def test_no_page_is_given_to_a_page_of_another_site(app, as_, people, sent):
    client, count = as_(people.admin), Entry.select().count()
    paths = [rule.rule for rule in still(app) if "GET" in rule.methods]
    assert len(paths) > 30
    assert {path: client.get(path, headers=sent).status_code for path in paths} == dict.fromkeys(paths, 403)
    assert Entry.select().count() == count


def test_no_form_of_another_site_is_taken_though_its_token_were_right(app, as_, people):
    client = as_(people.admin)
    for rule in still(app):
        if "POST" in rule.methods:
            assert client.submit(rule.rule, headers=LED).status_code == 403, rule.rule
    assert SignIn.get(SignIn.account == people.admin).ended_at is None


def test_a_link_on_another_site_leads_here(as_, people):
    assert as_(people.adviser).get("/recordings/", headers=LED).status_code == 200


@pytest.mark.parametrize("path", ["/recordings/?sort=oldest", "/accounts/sign-in", "/description/"])
def test_who_comes_by_such_a_link_is_asked_for_the_cookie_once_more_by_a_page_of_ours(client, path):
    """The browser keeps it back (SameSite=Strict): they are as if signed out, and a new one would take its place."""
    answer = client.get(path, headers=LED)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    (onward,) = re.fullmatch(r"0; url=(/accounts/arrival\?next=\S+)", answer.headers["Refresh"]).groups()
    assert f'href="{onward}"' in answer.text, "and where the browser does not go by itself"
    assert client.get(onward, headers={"Sec-Fetch-Site": "same-origin"}).location == path


def test_no_answer_to_a_link_of_another_site_begins_a_session_in_the_place_of_the_one_kept_back(app, client):
    paths = [rule.rule for rule in still(app) if "GET" in rule.methods]
    answers = {path: client.get(path, headers=LED) for path in (*paths, "/no/such/page", "/static/none.js")}
    assert [path for path, answer in answers.items() if "Set-Cookie" in answer.headers] == []
    assert "Set-Cookie" in client.get("/accounts/sign-in").headers, "else it has none to begin"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example", "/no/such/page", ""])
def test_the_arrival_leads_to_no_other_site(client, target):
    assert client.get("/accounts/arrival", query_string={"next": target}).location == "/"


@pytest.mark.parametrize("site", ["same-origin", "none", None])
def test_the_portals_own_pages_and_the_person_may_ask(as_, people, site):
    headers = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "cors"} if site else {}
    assert as_(people.adviser).get("/accounts/me", headers=headers).status_code == 200


def test_a_page_of_another_site_hears_nothing_and_nothing_is_written(as_, people):
    """Neither by a link: a tab of its own that plays would be a listen that nobody chose."""
    client = as_(people.adviser)
    address = opened(client, calls.recording(people.daycare)) + "/audio"
    count = Entry.select().count()
    for sent in (*FETCHES, LED):
        assert client.get(address, headers=sent).status_code == 403, sent
        assert client.get(address, headers={**sent, "Range": "bytes=0-99"}).status_code == 403, sent
    assert Listen.get().started_at is None
    assert Entry.select().count() == count


def test_what_a_page_fetches_by_itself_does_not_keep_its_session_alive(app):
    """Ranges and waveforms, and what htmx asks for every few seconds: nobody may sit there any more."""
    templates = "".join(path.read_text() for path in (ROOT / "templates").rglob("*.html"))
    own = re.findall(r"hx-get=\"\{\{ url_for\('([\w.]+)'[^>]*hx-trigger=\"every ", templates)
    given = re.findall(r"address = url_for\(\"([\w.]+)\"[^%]*%\}\{% include \"retention/_came\.html", templates)
    assert len(own) + templates.count('hx-get="{{ address }}" hx-trigger="every ') == templates.count(
        'hx-trigger="every '
    )
    own += given
    assert {"recordings.state", "retention.notices", "documents.state", "ingest.arriving"} <= set(own)
    sound = [rule.endpoint for rule in app.url_map.iter_rules() if rule.rule.endswith(("/audio", "/peaks"))]
    assert len(sound) == 6
    for endpoint in (*own, *sound):
        view = app.view_functions[endpoint]
        assert isinstance(view.required, Permission), endpoint
        assert view.prolongs is False, endpoint
