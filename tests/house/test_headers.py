"""Headers and cookies of every kind of answer."""

import re

import pytest

from portal import clock, error_pages
from portal.security import public
from tests import calls
from tests.recordings.hearing import RANGE, opened

REQUIRED = {
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
POLICY = {
    **dict.fromkeys(("default-src", "frame-ancestors", "base-uri", "object-src"), "'none'"),
    **dict.fromkeys(("style-src", "img-src", "font-src", "connect-src", "media-src", "form-action"), "'self'"),
    "require-trusted-types-for": "'script'",
    "trusted-types": "htmx",
}
"""Beside script-src, which names nobody, or what bears this answer's nonce."""


@pytest.fixture
def answers(fresh_app, people, monkeypatch):
    """One answer of each kind, by name. The clock stands still: a wait of a second is not over before it is met."""

    @fresh_app.get("/house/fault")
    @public
    def house_fault():
        raise RuntimeError

    with clock.frozen(clock.now()):
        found = _asked(fresh_app, people)
    with monkeypatch.context() as broken:
        broken.setattr(error_pages, "_page", lambda *_: 1 / 0)
        found["fault of a fault"] = fresh_app.test_client().get("/house/fault")
    yield found
    for answer in found.values():
        answer.close()  # a file's answer holds it open, that of a whole recording one of two places


def _asked(app, people):
    nobody, adviser = app.test_client(), app.test_client().sign_in(people.adviser)
    address = opened(adviser, calls.recording(people.daycare, sound=bytes(400_000))) + "/audio"
    static = nobody.get("/static/page.js")
    for _ in range(6):
        guessed = nobody.submit("/accounts/sign-in", {"username": "nobody", "password": "guessed"})
    return {
        "page": adviser.get("/accounts/me"),
        "sign-in": nobody.get("/accounts/sign-in"),
        "redirect": nobody.get("/accounts/me"),
        "fragment": nobody.get("/accounts/me", headers={"HX-Request": "true"}),
        "asked about": adviser.head("/accounts/me"),
        "options": adviser.options("/accounts/me"),
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
        "conflict": adviser.submit("/accounts/me/recovery-codes", {}),
        "guessed": guessed,
        "too soon": nobody.submit("/accounts/sign-in", {"username": "nobody", "password": "guessed"}),
        "all of it again": adviser.get(address),
        "too busy": adviser.get(address),
        "signed out": adviser.submit("/accounts/sign-out"),
    }


STATUS = {
    "page": 200,
    "sign-in": 200,
    "redirect": 303,
    "fragment": 401,
    "asked about": 200,
    "options": 200,
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
    "conflict": 409,
    "guessed": 422,
    "too soon": 429,
    "all of it again": 200,
    "too busy": 503,
    "signed out": 303,
    "fault of a fault": 500,
}


def test_security_headers_are_on_every_answer(answers):
    assert {name: answer.status_code for name, answer in answers.items()} == STATUS
    for name, answer in answers.items():
        for header, value in REQUIRED.items():
            assert answer.headers.getlist(header) == [value], f"{name}: {header}"


def test_the_csp_opens_nothing(answers):
    for name, answer in answers.items():
        (policy,) = answer.headers.getlist("Content-Security-Policy")
        directives = dict(part.split(" ", 1) for part in policy.split("; "))
        assert re.fullmatch(r"'none'|'nonce-[\w-]{22}'", directives.pop("script-src")), name
        assert directives == POLICY, name


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
