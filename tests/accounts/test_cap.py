"""A hundred failures close the password or the codes of a name, known or not; never the way of who holds the key."""

import datetime as dt

import pytest

from portal import clock
from portal.accounts import throttle
from portal.accounts.models import Account, Throttle
from portal.accounts.throttle import KEPT_CLOSED, LIMITS
from tests.accounts.authenticator import (
    ASK_ANYBODY,
    Authenticator,
    added,
    first_with_key,
    proved_by_key,
    question,
    second_by_key,
)
from tests.accounts.door import NEW_PASSWORD, NOON, SECOND_FACTOR, first, inside, log, second, secrets, stale, words
from tests.people import PASSWORD, code

BAD = "wrong password entirely"
CLOSED = "Använd en säkerhetsnyckel, eller be systemadministratören om hjälp."
CAP = LIMITS["name"].cap


def fail(times: int = CAP, **values: str) -> None:
    """Failures of others, from many addresses, each after the wait of the one before."""
    for _ in range(times):
        Throttle.update(open_at=clock.now()).where(Throttle.open_at > clock.now()).execute()
        throttle.begin(throttle.keys(**values))


@pytest.fixture
def key(as_, people) -> Authenticator:
    return added(as_(people.adviser))


def failures(**values: str) -> int:
    return Throttle.get(Throttle.key == next(iter(throttle.keys(**values).values()))).failures


def test_a_hundred_failures_are_looked_at_and_no_more(client, people):
    with clock.frozen(NOON):
        fail(CAP - 1, name="karin")
        assert first(client, "karin", BAD).status_code == 429, "the last wait runs"
        fail(1, name="karin")
    with clock.frozen(NOON + dt.timedelta(days=30)):
        for _ in range(3):
            answer = first(client, "karin", PASSWORD)
            assert answer.status_code == 429
            assert CLOSED in words(answer)
            assert "Retry-After" not in answer.headers
        assert failures(name="karin") == CAP
    assert log("accounts:sign_in_throttled")[-1][1]["failures"] == CAP


def test_the_last_of_the_hundred_may_be_the_good_one(client, people):
    with clock.frozen(NOON):
        fail(CAP - 1, name="karin")
    with clock.frozen(NOON + dt.timedelta(minutes=16)):
        assert first(client, "karin", PASSWORD).location == SECOND_FACTOR
        assert not Throttle.select().where(Throttle.failures == CAP).exists()


def test_an_unknown_name_is_closed_as_a_known_one(app, people):
    said = []
    for name in ("karin", "nobody"):
        with clock.frozen(NOON):
            fail(name=name)
            answer = first(app.test_client(), name, BAD)
            said.append((answer.status_code, words(answer)))
    assert said[0] == said[1]


def test_who_holds_the_key_enters_though_others_have_closed_password_and_codes(app, people, key):
    with clock.frozen(clock.now() + dt.timedelta(seconds=1)):
        fail(name="karin")
        fail(factor=people.adviser.uuid.hex)
        client = app.test_client()
        assert first(client, "karin").status_code == 429
        assert first_with_key(client, "karin", key).location == "/"
        assert inside(client)
        assert [act for act, _ in log()][-2:] == ["accounts:password_accepted", "accounts:signed_in"]
        assert log("accounts:signed_in")[0][1]["factor"] == "passkey"
        assert first(app.test_client(), "karin").location == SECOND_FACTOR, "the failures are forgotten"


def test_the_key_alone_opens_nothing(app, people, key):
    client = app.test_client()
    answer = first_with_key(client, "karin", key, BAD)
    assert answer.status_code == 422
    assert "Användarnamnet eller lösenordet stämmer inte. Försök igen." in words(answer)
    assert not inside(client)
    assert client.get(SECOND_FACTOR).location == "/accounts/sign-in"


def test_who_holds_the_key_and_guesses_the_password_waits_apart_from_the_others(app, people, key):
    key.counts = True
    now = clock.now()
    for tried in range(6):
        with clock.frozen(now + dt.timedelta(seconds=1 + tried)):
            assert first_with_key(app.test_client(), "karin", key, BAD).status_code == 422
    with clock.frozen(now + dt.timedelta(seconds=6, milliseconds=500)):
        assert first_with_key(app.test_client(), "karin", key).status_code == 429
        assert first(app.test_client(), "karin").location == SECOND_FACTOR


@pytest.mark.parametrize("options", [{"origin": "https://evil.example"}, {"flags": 0}, {"host": "evil.example"}])
def test_an_answer_that_is_not_good_is_as_none(app, people, key, options):
    client = app.test_client()
    assert first_with_key(client, "karin", key, **options).location == SECOND_FACTOR
    assert not inside(client)
    fail(CAP - 1, name="karin")
    fail(1, name="karin")
    assert first_with_key(app.test_client(), "karin", key, **options).status_code == 429


def test_another_persons_key_is_as_none(app, as_, people, key):
    theirs = added(as_(people.manager))
    fail(name="karin")
    assert first_with_key(app.test_client(), "karin", theirs).status_code == 429
    assert first_with_key(app.test_client(), "nobody", theirs).status_code == 422


def test_an_answer_before_the_name_is_good_once(app, people, key):
    one = app.test_client()
    sent = key.get(question(one, ASK_ANYBODY))
    cookie = one.get_cookie("__Host-portal", domain="localhost").value
    fields = {"username": "karin", "password": PASSWORD, "key": sent}
    assert one.submit("/accounts/sign-in", fields).location == "/"
    two = app.test_client()
    two.set_cookie("__Host-portal", cookie, domain="localhost")
    assert two.submit("/accounts/sign-in", fields).location == SECOND_FACTOR, "overheard with its cookie"
    assert not inside(two)


def test_the_question_before_the_name_says_nothing_of_anybody(app, people, key):
    one, two = question(app.test_client(), ASK_ANYBODY), question(app.test_client(), ASK_ANYBODY)
    assert one.pop("challenge") != two.pop("challenge")
    assert one == two
    assert not one.get("allowCredentials")


def test_a_temporary_password_is_changed_also_after_a_key(app, people, key):
    Account.update(password_temporary=True).where(Account.id == people.adviser.id).execute()
    client = app.test_client()
    assert first_with_key(client, "karin", key).location == NEW_PASSWORD
    assert not inside(client)


def test_a_hundred_wrong_codes_close_the_codes_and_not_the_key(app, people, key):
    fail(factor=people.adviser.uuid.hex)
    client = app.test_client()
    first(client, "karin")
    answer = second(client, code())
    assert answer.status_code == 429
    assert CLOSED in words(answer)
    assert second_by_key(client, key).location == "/"


def test_closed_codes_keep_nobodys_key_from_proving_anew(as_, people, key):
    client = as_(people.adviser)
    stale(people.adviser)
    fail(factor=people.adviser.uuid.hex)
    assert client.submit("/accounts/prove", {"proof_code": code()}).status_code == 429
    assert proved_by_key(client, key).status_code == 303


def test_an_administrators_new_password_opens_what_was_closed(app, as_, people):
    fail(name="karin")
    page = as_(people.admin).submit(f"/accounts/{people.adviser.uuid}/password", {"version": people.adviser.version})
    (temporary,) = secrets(page)
    assert first(app.test_client(), "karin", temporary).location == SECOND_FACTOR


def test_what_was_closed_is_remembered_for_ninety_days_and_then_no_more(client, people):
    with clock.frozen(NOON):
        fail(name="nobody")
    for days, there in ((KEPT_CLOSED.days - 1, True), (KEPT_CLOSED.days + 1, False)):
        with clock.frozen(NOON + dt.timedelta(days=days)):
            throttle.tidy()
            assert Throttle.select().exists() is there
