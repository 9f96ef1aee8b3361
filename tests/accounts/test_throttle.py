"""Waits grow with failures, by name and by address, and outlive a restart."""

import datetime as dt
import subprocess
import sys

import pytest

from portal import clock, create_app, db
from portal.accounts import throttle
from portal.accounts.models import Account, Throttle
from portal.accounts.throttle import LIMITS, Limit, TooSoon, wait_after
from tests.accounts.door import NOON, SECOND_FACTOR, first, inside, last, log, second, words
from tests.accounts.test_second_factor import at_once
from tests.conftest import Client
from tests.people import PASSWORD, code

BAD = "wrong password entirely"


def fail(times: int, name: str = "karin", address: str = "192.0.2.1") -> None:
    """Failures without the hashing, each after the wait of the one before."""
    for _ in range(times):
        Throttle.update(open_at=clock.now()).where(Throttle.open_at > clock.now()).execute()
        throttle.begin(throttle.keys(name=name, address=address))


def waits(name: str, address: str = "192.0.2.1") -> dt.timedelta:
    try:
        throttle.begin(throttle.keys(name=name, address=address))
    except TooSoon as error:
        return error.wait
    return dt.timedelta()


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 0), (5, 0), (6, 1), (7, 2), (8, 4), (15, 512), (16, 900), (10_000, 900)]
)
def test_a_names_wait_doubles_after_five_failures_up_to_fifteen_minutes(failures, seconds):
    assert wait_after(failures, LIMITS["name"]) == dt.timedelta(seconds=seconds)


def test_an_address_is_given_more_for_a_city_shares_one(people):
    name, address = LIMITS["name"], LIMITS["address"]
    assert address.free >= 20 * name.free
    assert address.forgets < name.forgets
    with clock.frozen(NOON):
        for i in range(60):
            fail(1, name=f"person{i}")
        assert waits("somebody-else") == dt.timedelta()


def test_the_sixth_failure_makes_the_person_wait_and_says_how_long(client, people):
    with clock.frozen(NOON):
        for _ in range(6):
            assert first(client, "karin", BAD).status_code == 422
        answer = first(client, "karin", PASSWORD)
        assert answer.status_code == 429
        assert answer.headers["Retry-After"] == "1"
        assert "För många försök. Försök igen om 1 sekund." in words(answer)
        assert last("accounts:sign_in_throttled").by is None
        assert log("accounts:sign_in_throttled")[0][1]["kind"] == "name"
    with clock.frozen(NOON + dt.timedelta(seconds=2)):
        assert first(client, "karin", PASSWORD).location == SECOND_FACTOR


@pytest.mark.parametrize(("failures", "said"), [(11, "om 32 sekunder"), (14, "om 5 minuter"), (30, "om 15 minuter")])
def test_long_waits_are_told_in_words(client, people, failures, said):
    with clock.frozen(NOON):
        fail(failures)
        assert said in words(first(client, "karin", PASSWORD))


def test_the_wait_is_told_in_finnish(client, people):
    with clock.frozen(NOON):
        fail(11)
        client.set_cookie("__Host-language", "fi", domain="localhost")
        answer = first(client, "karin", PASSWORD)
        assert answer.status_code == 429
        assert "32 sekunnin päästä" in words(answer)


def test_an_unknown_name_waits_exactly_as_a_known_one(app, people):
    said = []
    for name in ("karin", "nobody"):
        with clock.frozen(NOON):
            client = app.test_client()
            for _ in range(6):
                first(client, name, BAD)
            answer = first(client, name, BAD)
            said.append((answer.status_code, answer.headers["Retry-After"], words(answer)))
    assert said[0] == said[1]


def test_while_the_wait_runs_nobody_is_looked_up_and_no_password_looked_at(client, people, monkeypatch):
    from portal.accounts import passwords

    with clock.frozen(NOON):
        fail(6)
        monkeypatch.setattr(passwords, "verify", lambda *_: pytest.fail("looked at"))
        monkeypatch.setattr(Account, "get_or_none", lambda *_: pytest.fail("looked up: that tells who is there"))
        assert first(client, "karin", PASSWORD).status_code == 429


def test_waits_survive_a_restart(settings, people):
    with clock.frozen(NOON):
        fail(12)
    db.db.close()
    asked = """
import datetime as dt, sys
from portal import clock, config, db
from portal.accounts import throttle
db.bind(config.use(config.load(sys.argv[1]))); db.connect()
with clock.frozen(dt.datetime.fromisoformat(sys.argv[2])):
    try:
        throttle.begin(throttle.keys(name="karin", address="198.51.100.7"))
        print("open")
    except throttle.TooSoon as error:
        print(round(error.wait.total_seconds()))
"""
    run = [sys.executable, "-W", "error", "-c", asked, str(settings.data)]
    said = subprocess.run([*run, NOON.isoformat()], capture_output=True, text=True, timeout=60, check=True)
    assert said.stdout.strip() == "64"
    after = (NOON + dt.timedelta(seconds=65)).isoformat()
    assert subprocess.run([*run, after], capture_output=True, text=True, timeout=60, check=True).stdout == "open\n"


def test_a_new_application_on_the_same_register_remembers(settings, people):
    with clock.frozen(NOON):
        fail(8)
        app = create_app(settings)
        app.test_client_class = Client
        assert first(app.test_client(), "karin", PASSWORD).status_code == 429


def test_success_clears_the_name_but_only_takes_its_own_attempt_back_from_the_address(client, people):
    with clock.frozen(NOON):
        fail(4, address="127.0.0.1")
        first(client, "karin")
        keys = throttle.keys(name="karin", address="127.0.0.1")
        assert not Throttle.select().where(Throttle.key == keys["name"]).exists()
        assert Throttle.get(Throttle.key == keys["address"]).failures == 4


def test_one_account_of_their_own_does_not_clear_an_attackers_address(people):
    with clock.frozen(NOON):
        for i in range(LIMITS["address"].free):
            fail(1, name=f"n{i}")
        own = throttle.keys(name="maria", address="192.0.2.1")
        for _ in range(3):
            throttle.begin(own)
            with db.db.atomic():
                throttle.succeeded(own)
        assert waits("n500") == dt.timedelta()
        assert waits("n501") == dt.timedelta(seconds=1), "the free ones stay used up"


def test_a_name_waits_from_any_address_and_an_address_for_any_name(people):
    with clock.frozen(NOON):
        fail(6, address="192.0.2.1")
        assert waits("karin", "198.51.100.9") > dt.timedelta()
        for i in range(LIMITS["address"].free + 1):
            fail(1, name=f"n{i}", address="203.0.113.5")
        assert waits("never-tried", "203.0.113.5") > dt.timedelta()
        assert waits("never-tried", "203.0.113.6") == dt.timedelta()


def test_failures_are_forgotten_one_by_one(people):
    with clock.frozen(NOON):
        fail(5)
    with clock.frozen(NOON + dt.timedelta(minutes=59)):
        fail(1)
        assert waits("karin") == dt.timedelta(seconds=1)
    with clock.frozen(NOON + dt.timedelta(hours=2, minutes=1)):
        fail(1)
        assert waits("karin") == dt.timedelta(), "two were forgotten"
        row = Throttle.get(Throttle.key == throttle.keys(name="karin")["name"])
        assert row.failures == 6


def test_slow_but_steady_failures_are_forgotten_too(people):
    """Forgetting counts whole steps from where it stopped, not from the last failure."""
    limit = LIMITS["address"]
    for i in range(300):
        with clock.frozen(NOON + i * dt.timedelta(seconds=45)):
            fail(1, name=f"n{i}")
    row = Throttle.get(Throttle.key == throttle.keys(address="192.0.2.1")["address"])
    assert row.failures < limit.free


def test_of_twenty_attempts_at_once_only_the_free_ones_are_looked_at(people):
    with clock.frozen(NOON):

        def attempt(_):
            try:
                throttle.begin(throttle.keys(name="karin", address="192.0.2.1"))
            except TooSoon:
                return False
            return True

        assert at_once(attempt).count(True) == LIMITS["name"].free + 1


def test_a_flood_while_waiting_writes_one_line_to_the_log(people):
    with clock.frozen(NOON):
        fail(6)
        for _ in range(30):
            assert waits("karin") > dt.timedelta()
    assert len(log("accounts:sign_in_throttled")) == 1
    assert Throttle.get(Throttle.key == throttle.keys(name="karin")["name"]).refused == 30


def test_the_register_keeps_no_name_or_address(settings, people):
    fail(6, name="karin.unik.person", address="203.0.113.77")
    db.checkpoint()
    kept = settings.database.read_bytes()
    assert b"karin.unik.person" not in kept
    assert b"203.0.113.77" not in kept


def test_the_second_factor_makes_wait_too(client, people):
    with clock.frozen(NOON):
        first(client, "karin")
        for _ in range(6):
            assert second(client, "000000").status_code == 422
        answer = second(client, code())
        assert answer.status_code == 429
        assert "Försök igen om 1 sekund." in words(answer)
        assert not inside(client)
    with clock.frozen(NOON + dt.timedelta(seconds=2)):
        assert second(client, code()).status_code == 303


def test_wrong_codes_are_counted_across_sign_ins_with_the_password(app, people):
    """Knowing the password must not give fresh guesses at the code."""
    with clock.frozen(NOON):
        for _ in range(6):
            client = app.test_client()
            first(client, "karin")
            second(client, "000000")
        assert second(client, code()).status_code == 429


def test_rows_with_nothing_to_remember_are_removed(client, people):
    with clock.frozen(NOON):
        fail(1, name="once")
    with clock.frozen(NOON + dt.timedelta(days=3)):
        first(client, "karin")
        assert not Throttle.select().where(Throttle.key == throttle.keys(name="once")["name"]).exists()


def test_the_networks_of_one_subscriber_count_as_one(app, people):
    from portal.accounts.sign_in_views import address

    def seen(remote: str) -> str:
        with app.test_request_context(environ_overrides={"REMOTE_ADDR": remote}, base_url="https://localhost"):
            return address()

    assert seen("2001:db8:1:2:3:4:5:6") == seen("2001:db8:1:2:ffff::1")
    assert seen("2001:db8:1:3::1") != seen("2001:db8:1:2::1")
    short = ("2001:db8::1", "2001:db8::2", "2001:db8::1:2:3:4", "2001:db8::a:b", "2001:db8:0:0:9:8:7:6")
    assert len({seen(remote) for remote in short}) == 1, "however its zeros are written"
    assert len({seen(remote) for remote in ("fe80::1%eth0", "fe80::2%eth1", "fe80::2")}) == 1
    assert seen("::ffff:192.0.2.7") == seen("192.0.2.7") != seen("192.0.2.8")
    assert seen("192.0.2.1") != seen("192.0.2.2")


def test_a_clock_that_was_ahead_and_is_set_back_keeps_nobody_out(people):
    with clock.frozen(NOON + dt.timedelta(days=400)):
        fail(9)
        assert waits("karin") > dt.timedelta()
    with clock.frozen(NOON):
        assert waits("karin") == dt.timedelta()
        assert dt.timedelta() < waits("karin") <= LIMITS["name"].longest
        assert Throttle.select(Throttle.failures).order_by(Throttle.failures.desc()).first().failures == 10


def test_a_limit_without_free_attempts_waits_at_once():
    assert wait_after(1, Limit(0, dt.timedelta(hours=1), dt.timedelta(minutes=1))) == dt.timedelta(seconds=1)
