"""Headers and cookies of every kind of answer."""

import pytest

from portal.security import public
from tests import calls
from tests.recordings.hearing import RANGE, opened

REQUIRED = {
    "Content-Security-Policy": (
        "default-src 'none'",
        "script-src 'n",  # 'none', or a nonce
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "object-src 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types htmx",
    ),
    "Strict-Transport-Security": ("max-age=",),
    "X-Content-Type-Options": ("nosniff",),
    "X-Frame-Options": ("DENY",),
    "Referrer-Policy": ("same-origin",),
    "Cross-Origin-Opener-Policy": ("same-origin",),
    "Cross-Origin-Resource-Policy": ("same-origin",),
    "Permissions-Policy": ("camera=()", "microphone=()"),
}
NEVER_IN_CSP = ("unsafe-inline", "unsafe-eval", "data:", "http:", "https:", "*")


@pytest.fixture
def answers(fresh_app, people):
    """One answer of each kind, by name."""

    @fresh_app.get("/house/fault")
    @public
    def house_fault():
        raise RuntimeError

    nobody, adviser = fresh_app.test_client(), fresh_app.test_client().sign_in(people.adviser)
    address = opened(adviser, calls.recording(people.daycare, sound=bytes(400_000))) + "/audio"
    static = nobody.get("/static/page.js")
    found = {
        "page": adviser.get("/accounts/me"),
        "sign-in": nobody.get("/accounts/sign-in"),
        "redirect": nobody.get("/accounts/me"),
        "fragment": nobody.get("/accounts/me", headers={"HX-Request": "true"}),
        "missing": adviser.get("/no/such/page"),
        "refused": adviser.get("/accounts/"),
        "wrong method": adviser.delete("/accounts/me"),
        "no token": nobody.post("/accounts/language"),
        "other host": nobody.get("/accounts/sign-in", base_url="https://evil.example"),
        "slash": nobody.get("/accounts"),
        "fault": nobody.get("/house/fault"),
        "static": static,
        "unchanged static": nobody.get("/static/page.js", headers={"If-None-Match": static.headers["ETag"]}),
        "missing static": nobody.get("/static/none.js"),
        "first range": adviser.get(address, headers=RANGE),
        "next range": adviser.get(address, headers=RANGE),
        "no range": adviser.get(address, headers={"Range": "bytes=900000-"}),
        "all the sound": adviser.get(address),
        "foreign range": adviser.get(address, headers={**RANGE, "Sec-Fetch-Site": "cross-site"}),
        "wrong form": nobody.submit("/accounts/sign-in", {}),
        "too large": nobody.submit("/accounts/sign-in", {"username": "x" * 70_000}),
    }
    yield found
    for answer in found.values():
        answer.close()  # a static file's answer holds it open


STATUS = {
    "page": 200,
    "sign-in": 200,
    "redirect": 303,
    "fragment": 401,
    "missing": 404,
    "refused": 403,
    "wrong method": 405,
    "no token": 400,
    "other host": 400,
    "slash": 308,
    "fault": 500,
    "static": 200,
    "missing static": 404,
    "unchanged static": 304,
    "first range": 206,
    "next range": 206,
    "no range": 416,
    "all the sound": 200,
    "foreign range": 403,
    "wrong form": 422,
    "too large": 413,
}


def test_security_headers_are_on_every_answer(answers):
    assert {name: answer.status_code for name, answer in answers.items()} == STATUS
    for name, answer in answers.items():
        for header, parts in REQUIRED.items():
            for part in parts:
                assert part in answer.headers.get(header, ""), f"{name}: {header}"
            assert len(answer.headers.getlist(header)) == 1, f"{name}: {header} twice"


def test_the_csp_opens_nothing(answers):
    for name, answer in answers.items():
        for word in NEVER_IN_CSP:
            assert word not in answer.headers["Content-Security-Policy"], f"{name}: {word}"


def test_nothing_of_a_page_is_kept_by_the_browser(answers):
    for name, answer in answers.items():
        if "static" not in name or "missing" in name:
            assert "no-store" in answer.headers["Cache-Control"], name
    assert "no-store" not in answers["static"].headers["Cache-Control"]


def test_answers_vary_by_what_they_depend_on(answers):
    for name in ("page", "sign-in", "missing", "refused"):
        assert "HX-Request" in answers[name].headers["Vary"], name
        assert "Cookie" in answers[name].headers["Vary"], name


def test_every_cookie_is_bound_to_host_and_https_and_hidden_from_script(app, as_, people):
    seen = []
    for client in (app.test_client(), as_(people.adviser)):
        for answer in (client.get("/accounts/sign-in"), client.submit("/accounts/language", {"language": "fi"})):
            seen += answer.headers.getlist("Set-Cookie")
    assert seen
    for cookie in seen:
        attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert cookie.startswith("__Host-"), cookie
        assert {"secure", "httponly", "path=/"} <= attributes, cookie
        assert {"samesite=strict", "samesite=lax"} & attributes, cookie
        assert not [a for a in attributes if a.startswith("domain=")], cookie


def test_no_answer_tells_what_it_runs_on(answers):
    for name, answer in answers.items():
        assert "X-Powered-By" not in answer.headers, name
        assert "werkzeug" not in answer.headers.get("Server", "").lower(), name
