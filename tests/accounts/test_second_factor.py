"""One code, one use: the app's and the recovery codes, also when many try at once."""

import concurrent.futures
import datetime as dt
import threading

import pyotp
import pytest

from portal import clock, db
from portal.accounts import factors, sessions
from portal.accounts import sign_in as doors
from portal.accounts.models import Account, RecoveryCode, SignIn
from portal.errors import Conflict
from tests.accounts.authenticator import added, first_with_key
from tests.accounts.door import NOON, SECOND_FACTOR, enter, first, inside, last, later, log, second, words
from tests.people import TOTP, code

MANY = 20


def at(moment: dt.datetime) -> str:
    return pyotp.TOTP(TOTP).at(moment)


@pytest.mark.parametrize(("seconds", "good"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_code_is_good_one_step_before_and_after(client, people, seconds, good):
    with clock.frozen(NOON):
        first(client, "karin")
        answer = second(client, at(NOON + dt.timedelta(seconds=seconds)))
    assert (answer.status_code == 303) is good
    assert bool(log("accounts:signed_in")) is good
    assert bool(log("accounts:second_factor_failed")) is not good


def test_a_used_code_is_never_accepted_again(app, people):
    with clock.frozen(NOON):
        enter(app.test_client(), people.adviser)
        again = app.test_client()
        first(again, "karin")
        answer = second(again, at(NOON))
        assert answer.status_code == 422
        assert "Koden stämmer inte, eller så är den redan använd." in words(answer)
        assert not inside(again)
        assert last("accounts:second_factor_failed").subject == people.adviser.uuid


def test_a_code_older_than_the_last_one_used_is_refused(app, people):
    with clock.frozen(NOON):
        client = app.test_client()
        first(client, "karin")
        assert second(client, at(NOON + dt.timedelta(seconds=30))).status_code == 303
        other = app.test_client()
        first(other, "karin")
        assert second(other, at(NOON)).status_code == 422, "an earlier step, though in the window and unused"
        assert second(other, at(NOON + dt.timedelta(seconds=30))).status_code == 422
    with clock.frozen(NOON + dt.timedelta(seconds=60)):
        assert second(other, at(NOON + dt.timedelta(seconds=60))).status_code == 303


def test_a_code_is_taken_with_spaces_as_apps_show_it(client, people):
    first(client, "karin")
    now = code()
    assert second(client, f" {now[:3]} {now[3:]} ").status_code == 303


def at_once(work) -> list:
    """`work(number)` in MANY threads that start together, each with its own connection."""
    gate = threading.Barrier(MANY)

    def one(number: int):
        db.connect()
        try:
            gate.wait(30)
            return work(number)
        finally:
            db.db.close()

    with concurrent.futures.ThreadPoolExecutor(MANY) as pool:
        return list(pool.map(one, range(MANY)))


def accepted(account_id: int, typed: str):
    account = Account.get_by_id(account_id)
    with db.db.atomic():
        return factors.accept(account, typed)


def test_of_twenty_simultaneous_uses_of_one_code_exactly_one_is_accepted(people):
    with clock.frozen(NOON):
        answers = at_once(lambda _: accepted(people.adviser.id, at(NOON)))
    assert sorted(answer is not None for answer in answers) == [False] * (MANY - 1) + [True]


def test_of_ten_thousand_uses_of_one_code_by_twenty_at_once_exactly_one_is_accepted(people):
    each, account = 10_000 // MANY, people.adviser
    with clock.frozen(NOON):
        typed, step = at(NOON), int(NOON.timestamp()) // 30
        answers = at_once(lambda _: [accepted(account.id, typed) for _ in range(each)])
    assert [proof for many in answers for proof in many if proof is not None] == [factors.Proof.TOTP]
    assert sum(map(len, answers)) == 10_000
    assert Account.get_by_id(account.id).totp_last_step == step


def test_of_twenty_simultaneous_uses_of_one_recovery_code_exactly_one_is_accepted(people):
    with db.db.atomic():
        codes = factors.new_codes(people.adviser)
    answers = at_once(lambda _: accepted(people.adviser.id, codes[3]))
    assert answers.count(factors.Proof.RECOVERY) == 1
    assert answers.count(None) == MANY - 1


def test_of_twenty_half_way_sessions_with_the_same_code_one_becomes_whole(people, monkeypatch):
    monkeypatch.setattr(doors.throttle, "begin", lambda attempt: None)  # it is not the count that stops them here
    rows = [sessions.open_session(people.adviser, sessions.PASSWORD)[1].id for _ in range(MANY)]

    def prove(number: int) -> bool:
        row = SignIn.select(SignIn, Account).join(Account).where(SignIn.id == rows[number]).get()
        try:
            doors.prove_factor(row, at(NOON), address="192.0.2.1")
        except doors.WrongCode:
            return False
        return True

    with clock.frozen(NOON):
        assert at_once(prove).count(True) == 1
    assert SignIn.select().where(SignIn.stage == sessions.FULL).count() == 1
    assert len(log("accounts:signed_in")) == 1
    assert len(log("accounts:second_factor_failed")) == MANY - 1


def test_of_twenty_raises_of_one_half_way_session_one_succeeds(people, monkeypatch):
    monkeypatch.setattr(doors.throttle, "begin", lambda attempt: None)
    row_id = sessions.open_session(people.adviser, sessions.PASSWORD)[1].id
    with db.db.atomic():
        codes = factors.new_codes(people.adviser)

    def prove(number: int) -> str:
        row = SignIn.select(SignIn, Account).join(Account).where(SignIn.id == row_id).get()
        try:
            doors.prove_factor(row, codes[number % 10], address="192.0.2.1")
        except (doors.WrongCode, Conflict) as error:
            return type(error).__name__
        return "raised"

    assert at_once(prove).count("raised") == 1
    used = RecoveryCode.select().where(RecoveryCode.used_at.is_null(False)).count()
    assert used == 1, "a raise that was refused uses no code up"


def test_a_recovery_code_signs_in_once_and_is_logged(app, people):
    with db.db.atomic():
        codes = factors.new_codes(people.adviser)
    client = app.test_client()
    first(client, "karin")
    answer = second(client, codes[0].lower().replace("-", " "))
    assert answer.status_code == 303
    assert "9 reservkoder är kvar" in words(client.get("/accounts/me"))
    assert log("accounts:recovery_code_used") == [("accounts:recovery_code_used", {"left": 9})]
    again = app.test_client()
    first(again, "karin")
    assert second(again, codes[0]).status_code == 422


def test_who_did_not_use_the_code_themselves_learns_of_it_at_the_next_sign_in(app, people):
    """The thief saw the page that said how many are left; the person it was stolen from has not."""
    with db.db.atomic():
        codes = factors.new_codes(people.adviser)
    told = "I din förra inloggning användes en reservkod, 24.11.2026 kl. 12.00. Var det inte du?"
    with clock.frozen(NOON):
        thief = app.test_client()
        first(thief, "karin")
        second(thief, codes[0])
        assert told not in words(thief.get("/accounts/me"))
    for days, expected in ((1, True), (2, False)):
        with clock.frozen(NOON + dt.timedelta(days=days)):
            client = app.test_client()
            enter(client, people.adviser)
            page = words(client.get("/accounts/me"))
            assert (told in page) is expected
            assert "En reservkod användes senast 24.11.2026 kl. 12.00." in page


def test_who_signs_in_with_a_key_learns_of_it_too(app, people):
    with db.db.atomic():
        codes = factors.new_codes(people.adviser)
    owner = app.test_client().sign_in(people.adviser)
    key = added(owner)
    with later(minutes=1):
        thief = app.test_client()
        first(thief, "karin")
        second(thief, codes[0])
    with later(minutes=2):
        client = app.test_client()
        assert first_with_key(client, "karin", key).location == "/"
        assert "användes en reservkod" in words(client.get("/accounts/me"))


def test_a_recovery_code_read_wrong_from_paper_is_taken(people):
    with db.db.atomic():
        RecoveryCode.create(account=people.adviser, code_hash=factors._hashed(people.adviser, "0110ABCDEFGHJKMN"))
        assert factors.accept(people.adviser, "OIlo-abcd-efgh-jkmn") is factors.Proof.RECOVERY


def test_another_persons_recovery_code_or_app_opens_nothing(people):
    with db.db.atomic():
        codes = factors.new_codes(people.manager)
        assert factors.accept(people.adviser, codes[0]) is None


def test_recovery_codes_have_eighty_bits_and_are_kept_as_hashes_only(people):
    with db.db.atomic():
        codes = factors.new_codes(people.adviser)
    assert len(set(codes)) == 10
    assert all(len(c.replace("-", "")) * 5 >= 80 for c in codes)
    assert set("".join(codes)) - {"-"} <= set(factors.ALPHABET)
    assert len(factors.ALPHABET) == 32
    kept = {row.code_hash for row in RecoveryCode.select()}
    assert not kept & {form for c in codes for form in (c, c.replace("-", ""))}


def test_new_recovery_codes_put_an_end_to_the_old(people):
    with db.db.atomic():
        old = factors.new_codes(people.adviser)
        factors.new_codes(people.adviser)
        assert factors.accept(people.adviser, old[0]) is None


def test_the_sealed_secret_of_one_account_does_not_open_in_another(people):
    from portal.vault.box import SealBroken

    with pytest.raises(SealBroken):
        factors.unseal(people.manager, people.adviser.totp_sealed)


def test_the_secret_is_nowhere_in_the_clear(people, settings):
    db.checkpoint()
    assert TOTP.encode() not in settings.database.read_bytes()


def test_a_half_way_session_dies_of_age_and_of_closing(app, people):
    client = app.test_client()
    first(client, "karin")
    with later(minutes=16):
        assert second(client, code()).location == "/accounts/sign-in"
    other = app.test_client()
    first(other, "maria")
    Account.update(closed_at=clock.now()).where(Account.id == people.manager.id).execute()
    assert other.get(SECOND_FACTOR).location == "/accounts/sign-in"


def test_a_second_submit_of_the_same_code_leaves_the_first_sign_in_alone(app, people):
    client = app.test_client()
    first(client, "karin")
    now, csrf = code(), client.csrf()
    half = client.get_cookie("__Host-portal", domain="localhost").value
    assert second(client, now).status_code == 303
    late = app.test_client()
    late.set_cookie("__Host-portal", half, domain="localhost")
    answer = late.post(
        SECOND_FACTOR,
        data={"code": now, "csrf_token": csrf},
        headers={"Referer": "https://localhost" + SECOND_FACTOR},
        base_url="https://localhost",
    )
    assert answer.location == "/accounts/sign-in"
    assert "__Host-portal" not in str(answer.headers.getlist("Set-Cookie")), (
        "the cookie of the first is not overwritten"
    )
    assert inside(client)
