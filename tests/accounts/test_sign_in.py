"""The first factor, and that it opens nothing by itself."""

import html
import re

import pytest

from portal import clock
from portal.accounts import passwords, sessions
from portal.accounts import sign_in as doors
from portal.accounts.models import Account, SignIn
from portal.audit.models import Entry
from tests.accounts.door import (
    ENROLMENT,
    NOON,
    SECOND_FACTOR,
    SIGN_IN,
    enter,
    first,
    inside,
    last,
    log,
    second,
    token,
    words,
)
from tests.people import PASSWORD, code

WRONG = "Användarnamnet eller lösenordet stämmer inte. Försök igen."


def test_password_and_code_open_the_portal_and_are_logged(client, people):
    enter(client, people.adviser)
    assert inside(client)
    entry = last("accounts:signed_in")
    assert (entry.by, entry.subject, entry.subject_kind) == (people.adviser.uuid, people.adviser.uuid, "account")
    assert [act for act, _ in log()] == ["accounts:password_accepted", "accounts:signed_in"]
    assert log("accounts:signed_in")[0][1]["factor"] == "totp"


def test_the_user_name_is_taken_in_any_case_and_with_spaces_around(client, people):
    assert first(client, "  KARIN ").location == SECOND_FACTOR


def test_unknown_name_wrong_password_and_closed_account_get_the_same_answer(app, people):
    Account.update(closed_at=clock.now()).where(Account.id == people.outsider.id).execute()
    answers = [
        first(app.test_client(), "nobody", PASSWORD),
        first(app.test_client(), "karin", "wrong password entirely"),
        first(app.test_client(), "olli", PASSWORD),
    ]
    said = {words(answer).replace("nobody", "").replace("karin", "").replace("olli", "") for answer in answers}
    assert len(said) == 1
    assert WRONG in said.pop()
    assert {answer.status_code for answer in answers} == {422}
    assert [d["reason"] for _, d in log("accounts:sign_in_failed")] == ["unknown", "password", "closed"]


def test_an_unknown_name_costs_the_same_hashing_as_a_known_one(client, people, monkeypatch):
    checked = []

    class Counting:
        def verify(self, kept: str, typed: str) -> bool:
            checked.append(kept)
            return passwords.argon2.PasswordHasher().verify(kept, typed)

    passwords.stand_in()
    monkeypatch.setattr(passwords, "_hasher", Counting())
    first(client, "karin", "wrong password entirely")
    first(client, "nobody", "wrong password entirely")
    assert len(checked) == 2
    cost = [kept.split("$")[1:4] for kept in checked]
    assert cost[0] == cost[1], "the same variant, version and parameters"


def test_a_failed_sign_in_logs_a_pseudonym_and_never_the_name(client, people):
    first(client, "Hemlig Personnamn", "password typed in vain")
    first(client, "hemlig personnamn", "password typed in vain")
    (_, one), (_, two) = log("accounts:sign_in_failed")
    assert one["name"] == two["name"]
    assert len(one["name"]) == 32
    for entry in Entry.select():
        assert "hemlig" not in entry.detail.lower()
        assert "127.0.0.1" not in entry.detail


def test_the_typed_password_never_comes_back_in_the_page(client, people):
    assert "otroligt-hemligt-ord" not in first(client, "karin", "otroligt-hemligt-ord").get_data(as_text=True)


def test_empty_fields_are_refused_without_counting_as_an_attempt(client, people):
    answer = first(client, "", "")
    assert answer.status_code == 422
    assert "Ange ditt användarnamn." in words(answer)
    assert log() == []


def test_sign_in_without_a_csrf_token_is_refused(client, people):
    answer = client.post(
        SIGN_IN, data={"username": "karin", "password": PASSWORD}, headers={"Referer": "https://localhost" + SIGN_IN}
    )
    assert answer.status_code == 400
    assert SignIn.select().count() == 0


def test_a_csrf_token_of_before_the_sign_in_is_worth_nothing_after_it(client, people):
    old = client.csrf()
    enter(client, people.adviser)
    headers = {"Referer": "https://localhost/accounts/me"}
    answer = client.post("/accounts/language", data={"csrf_token": old, "language": "fi"}, headers=headers)
    assert answer.status_code == 400
    assert Account.get_by_id(people.adviser.id).language == "sv"


def test_each_rise_gives_a_new_token_and_ends_the_one_before(client, people):
    first(client, "karin")
    half = token(client, "pending")
    assert token(client) is None
    second(client, code())
    whole = token(client)
    assert whole
    assert whole != half
    assert token(client, "pending") is None
    assert sessions.find(half, sessions.PASSWORD) is None
    assert sessions.find(half, sessions.FULL) is None


def test_a_half_way_token_in_the_place_of_a_whole_one_opens_nothing(client, people):
    first(client, "karin")
    half = token(client, "pending")
    with client.session_transaction(base_url="https://localhost") as session:
        session["_user_id"] = half
    assert not inside(client)


def test_a_token_planted_before_the_sign_in_does_not_survive_it(client, people):
    with client.session_transaction(base_url="https://localhost") as session:
        session["pending"] = session["_user_id"] = session["planted"] = "chosen-by-an-attacker"
    enter(client, people.adviser)
    assert token(client) != "chosen-by-an-attacker"
    assert token(client, "planted") is None


def test_starting_over_ends_the_half_way_session_before(client, people):
    first(client, "karin")
    half = token(client, "pending")
    first(client, "karin")
    assert token(client, "pending") != half
    assert sessions.find(half, sessions.PASSWORD) is None


def some_value(converter):
    known = ("00000000-0000-4000-8000-000000000000", "1", "2026-11-24", "2026-11", "x")
    for text in (*sorted(getattr(converter, "items", ())), *known):  # one of a few words, else what it takes
        try:
            return converter.to_python(text)
        except ValueError:
            continue
    raise AssertionError(f"no value known for {converter}")


def reachable(app, signed_in) -> dict[str, int]:
    """Every route by every method, each with a fresh client from `signed_in()`: those that answer
    with anything but the way to the sign-in page, and their status."""
    adapter = app.url_map.bind("localhost", url_scheme="https")
    answers = {}
    for rule in app.url_map.iter_rules():
        if rule.endpoint in ("static", "accounts.sign_out"):
            continue
        values = {name: some_value(converter) for name, converter in rule._converters.items()}
        address = adapter.build(rule.endpoint, values)
        for method in sorted(rule.methods & {"GET", "POST", "PUT", "PATCH", "DELETE"}):
            client = signed_in()
            posted = {
                "data": {"csrf_token": client.csrf(), "language": "sv"},
                "headers": {"Referer": "https://localhost/"},
            }
            answer = client.open(address, method=method, **({} if method == "GET" else posted))
            if not (answer.status_code == 303 and answer.location.startswith(SIGN_IN)):
                answers[f"{method} {rule.endpoint}"] = answer.status_code
            answer.close()
    return answers


DESCRIPTION = {f"GET description.{part}" for part in ("index", "spoken", "version", "pdf")}
"""What the register is, and what it does, is for everybody to read."""
OPEN_TO_ALL = {
    *("GET accounts.sign_in", "POST accounts.sign_in", "POST accounts.sign_in_question"),
    *("POST accounts.language", "GET retention.alive"),
    "GET help.signing_in",
    "GET accounts.arrival",  # on to the page asked for, which asks for itself
    *DESCRIPTION,
}
STAGES = {
    sessions.PASSWORD: {
        "GET accounts.second_factor",
        "POST accounts.second_factor",
        "POST accounts.second_factor_question",
    },
    "enrolling": {
        "POST accounts.second_factor_question",  # not found: there is no key yet
        "GET accounts.enrolment",
        "POST accounts.enrolment",
        "GET accounts.enrolment_picture",
    },
    sessions.RENEWAL: {"GET accounts.new_password", "POST accounts.new_password"},
    "nobody": set(),
}
ELSEWHERE = {
    sessions.PASSWORD: {"GET accounts.enrolment", "POST accounts.enrolment", "GET accounts.enrolment_picture"},
    "enrolling": {"GET accounts.second_factor", "POST accounts.second_factor"},
}
"""Same stage, but the other page of the two: a redirect to the right one, or 404."""


@pytest.mark.parametrize("stage", STAGES)
def test_nothing_but_the_next_step_is_reachable_half_way(app, people, stage):
    admin = people.admin
    if stage == "enrolling":
        Account.update(totp_sealed=None).where(Account.id == admin.id).execute()
    Account.update(password_temporary=stage == sessions.RENEWAL).where(Account.id == admin.id).execute()

    def half_way():
        client = app.test_client()
        if stage != "nobody":
            real = sessions.PASSWORD if stage == "enrolling" else stage
            with client.session_transaction(base_url="https://localhost") as session:
                session["pending"] = session["_user_id"] = sessions.open_session(admin, real)[0]
        return client

    answers = reachable(app, half_way)
    elsewhere = {name: answers.pop(name) for name in ELSEWHERE.get(stage, set()) if name in answers}
    assert set(elsewhere.values()) <= {303, 404}
    assert set(answers) <= OPEN_TO_ALL | STAGES[stage], answers
    assert STAGES[stage] <= set(answers), "the walk reaches what it should reach"


def test_the_walk_sees_pages_that_are_open(app, as_, people):
    answers = reachable(app, lambda: as_(people.admin))
    assert {answers["GET accounts.me"], answers["GET accounts.index"], answers["GET queues.index"]} == {200}
    assert answers["GET accounts.account"] == 404


def test_a_second_sign_in_while_signed_in_goes_straight_on(as_, people):
    client = as_(people.adviser)
    assert client.get(f"{SIGN_IN}?next=/accounts/me").location == "/accounts/me"


@pytest.mark.parametrize(
    "evil",
    [
        "//evil.example",
        "///evil.example",
        "//evil.example/accounts/me",
        "///evil.example/accounts/me",
        "/\\evil.example/accounts/me",
        "/\t/evil.example/accounts/me",
        "\t//evil.example/accounts/me",
        "https://evil.example/accounts/me",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/%09/evil.example/",
        "https://evil.example",
        "https:evil.example",
        "https:///evil.example",
        "javascript:alert(1)",
        "evil.example",
        " //evil.example",
        "/accounts/../../evil",
        "/no/such/page",
        "/accounts/me/sessions/ending",
        "/accounts/me\r\nX-Planted: yes",
        "@evil.example",
        "",
    ],
)
def test_nobody_is_sent_away_from_the_portal_after_signing_in(client, people, evil):
    client.get(SIGN_IN, query_string={"next": evil})
    first(client, "karin", next=evil)
    assert second(client, code()).location == "/"


@pytest.mark.parametrize("page", ["/accounts/me", "/recordings/?from=1.3.2027&q=dagv%C3%A5rd", "/accounts/me?x=//y"])
def test_the_page_that_was_asked_for_opens_after_signing_in(client, people, page):
    asked = client.get(page)
    assert asked.status_code == 303
    shown = client.get(asked.location)
    kept = html.unescape(re.search(r'name="next"[^>]*value="([^"]*)"', shown.get_data(as_text=True))[1])
    first(client, "karin", next=kept)
    assert second(client, code()).location == page


def test_the_enrolled_are_never_offered_enrolment_with_a_password_alone(client, people):
    first(client, "karin")
    assert client.get(ENROLMENT).location == SECOND_FACTOR
    assert client.submit(ENROLMENT, {"code": code()}).location == SECOND_FACTOR
    assert client.get("/accounts/enrolment/qr.svg").status_code == 404


def test_a_password_reset_while_the_old_one_is_being_checked_lets_nobody_in(people, monkeypatch):
    real = passwords.verify

    def slow(kept, typed):
        answer = real(kept, typed)
        Account.update(password_hash=passwords.hashed("a quite different one")).execute()
        return answer

    monkeypatch.setattr(passwords, "verify", slow)
    with pytest.raises(doors.WrongPassword):
        doors.check_password("karin", PASSWORD, address="192.0.2.1")
    assert SignIn.select().count() == 0


def test_an_outdated_hash_is_made_anew_when_its_password_is_typed(client, people):
    import argon2

    weak = argon2.PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    Account.update(password_hash=weak).where(Account.id == people.adviser.id).execute()
    with clock.frozen(NOON):
        enter(client, people.adviser)
    kept = Account.get_by_id(people.adviser.id).password_hash
    assert kept != weak
    assert not passwords.outdated(kept)


def test_the_language_of_the_person_is_the_language_of_the_next_step(client, people):
    first(client, "mikko")
    assert '<html lang="fi"' in client.get(SECOND_FACTOR).get_data(as_text=True)
