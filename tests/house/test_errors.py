"""Error pages: they cannot fail, speak the person's language, and tell the log no personal data."""

import logging
import re

import flask
import pytest

from portal import db
from portal.errors import trace
from portal.security import public

SECRET = "Aino Salasana +358401234567"
ENGLISH = re.compile(
    r"\b(bad request|not found|method not allowed|forbidden|too large|internal server|unauthori[sz]ed|"
    r"the browser|the requested|referrer|csrf|token|trusted|missing|invalid|please|error)\b",
    re.IGNORECASE,
)


def words(answer) -> str:
    """What a person reads of the page: no markup, no attributes."""
    return re.sub(r"<(script|style)\b.*?</\1>|<[^>]*>", " ", answer.get_data(as_text=True), flags=re.S)


@pytest.fixture
def faulty(fresh_app):
    """The portal with a page that breaks while holding a person's data."""

    @fresh_app.get("/house/fault")
    @public
    def house_fault():
        try:
            raise ValueError(SECRET)
        except ValueError as error:
            raise RuntimeError(f"while looking at {SECRET}") from error

    return fresh_app


@pytest.mark.parametrize("language", ["sv", "fi"])
@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/no/such/page", {}, 404),
        ("DELETE", "/accounts/sign-in", {}, 405),
        ("POST", "/accounts/language", {}, 400),
        ("POST", "/accounts/language", {"Content-Length": str(10**9)}, 413),
        ("GET", "/accounts/sign-in", {"Host": "evil.example"}, 400),
        ("GET", "/house/fault", {}, 500),
    ],
)
def test_error_pages_speak_the_readers_language_and_no_english(faulty, language, method, path, headers, status):
    client = faulty.test_client()
    base = "https://" + headers.get("Host", "localhost")
    environ = {"CONTENT_LENGTH": headers["Content-Length"]} if "Content-Length" in headers else {}
    answer = client.open(
        path,
        method=method,
        base_url=base,
        headers={"Accept-Language": language, "Referer": base + path},
        content_type="application/x-www-form-urlencoded" if method == "POST" else None,
        environ_overrides=environ,
    )
    assert answer.status_code == status
    assert f'<html lang="{language}"' in answer.get_data(as_text=True)
    assert not ENGLISH.search(words(answer)), ENGLISH.search(words(answer))
    assert "<h1" in answer.get_data(as_text=True)


def test_an_unlisted_http_status_still_gets_a_page(fresh_app):
    @fresh_app.get("/house/teapot")
    @public
    def house_teapot():
        flask.abort(418)

    answer = fresh_app.test_client().get("/house/teapot")
    assert answer.status_code == 400
    assert "teapot" not in answer.get_data(as_text=True)


def test_a_fault_says_nothing_of_its_text_to_the_person_or_the_log(faulty, caplog):
    with caplog.at_level(logging.DEBUG):
        answer = faulty.test_client().get("/house/fault")
    assert answer.status_code == 500
    assert "house_fault" in caplog.text, "the frames are there for whoever mends it"
    assert "ValueError" in caplog.text
    for leak in (SECRET, "Aino", "358401234567"):
        assert leak not in caplog.text
        assert leak not in answer.get_data(as_text=True)


def test_a_fault_outside_the_views_says_nothing_either(fresh_app, caplog):
    @fresh_app.after_request
    def house_break(response):
        raise RuntimeError(SECRET)

    with caplog.at_level(logging.DEBUG):
        answer = fresh_app.test_client().get("/accounts/sign-in")
    assert answer.status_code == 500
    assert "house_break" in caplog.text
    assert "Aino" not in caplog.text + answer.get_data(as_text=True)


def test_the_page_of_a_fault_cannot_fail(faulty, monkeypatch, caplog):
    def broken(*args, **kwargs):
        raise OSError(SECRET)

    monkeypatch.setattr(flask, "render_template", broken)
    answer = faulty.test_client().get("/house/fault")
    assert answer.status_code == 500
    assert "Något gick fel" in answer.get_data(as_text=True)
    assert "Tapahtui virhe" in answer.get_data(as_text=True)
    assert "Aino" not in caplog.text + answer.get_data(as_text=True)


def test_a_register_that_cannot_be_read_answers_500_and_not_a_dropped_connection(app, as_, people, settings):
    client = as_(people.adviser)
    db.db.close()
    settings.database.write_bytes(b"not a database at all" * 400)
    for suffix in ("-wal", "-shm"):
        settings.database.with_name(settings.database.name + suffix).unlink(missing_ok=True)
    for path in ("/accounts/me", "/no/such/page"):
        answer = client.get(path)
        assert answer.status_code in (404, 500), path
        assert "<h1" in answer.get_data(as_text=True)


def test_a_trace_names_kinds_and_frames_of_the_whole_chain_but_no_text():
    try:
        try:
            raise KeyError(SECRET)
        except KeyError as inner:
            raise RuntimeError(SECRET) from inner
    except RuntimeError as outer:
        told = trace(outer)
    assert "RuntimeError" in told
    assert "KeyError" in told
    assert "test_a_trace_names_kinds" in told
    assert "Aino" not in told
