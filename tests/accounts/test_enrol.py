"""Enrolment at the first sign-in, and the temporary password's end."""

import pyotp
import pytest

from portal import clock
from portal.accounts import actions, factors, sessions
from portal.accounts import sign_in as doors
from portal.accounts.models import Account, RecoveryCode, SignIn
from portal.errors import Conflict
from tests.accounts.door import (
    ENROLMENT,
    NEW_PASSWORD,
    NOON,
    SECOND_FACTOR,
    SIGN_IN,
    first,
    inside,
    later,
    log,
    second,
    secrets,
    token,
    words,
)

CHOSEN = "tre glada smurfar dansade"
QR = "/accounts/enrolment/qr.svg"


@pytest.fixture
def newcomer(people) -> tuple[Account, str]:
    return actions.create("nytt", name="Ny Person", by=people.admin)


def enrol(client, answer=None):
    """Read the key from the page and confirm it; returns the page of recovery codes and the key."""
    (key,) = secrets(answer or client.get(ENROLMENT))
    return client.submit(ENROLMENT, {"code": pyotp.TOTP(key).at(clock.now())}), key


def test_the_first_sign_in_goes_through_app_codes_and_new_password_to_the_portal(client, newcomer):
    account, temporary = newcomer
    assert first(client, "nytt", temporary, next="/accounts/me").location == ENROLMENT
    codes_page, key = enrol(client)
    assert codes_page.status_code == 200
    assert len(secrets(codes_page)) == 10
    assert NEW_PASSWORD in codes_page.get_data(as_text=True)
    assert not inside(client)
    answer = client.submit(NEW_PASSWORD, {"chosen": CHOSEN, "again": CHOSEN})
    assert answer.location == "/accounts/me"
    assert inside(client)
    kept = Account.get_by_id(account.id)
    assert not kept.password_temporary
    assert factors.unseal(kept, kept.totp_sealed) == key
    assert [act for act, _ in log()][1:] == [
        "accounts:password_accepted",
        "accounts:second_factor_enrolled",
        "accounts:recovery_codes_made",
        "accounts:password_changed",
        "accounts:signed_in",
    ]


def test_the_form_after_the_codes_page_posts_with_a_living_token(client, newcomer):
    import re

    first(client, "nytt", newcomer[1])
    codes_page, _ = enrol(client)
    shown = set(re.findall(r'name="csrf_token" value="([^"]+)"', codes_page.get_data(as_text=True)))
    answer = client.post(
        "/accounts/language",
        data={"language": "fi", "csrf_token": shown.pop()},
        headers={"Referer": "https://localhost/accounts/new-password"},
    )
    assert answer.location == NEW_PASSWORD


def test_the_recovery_codes_are_shown_once(client, newcomer):
    first(client, "nytt", newcomer[1])
    codes_page, key = enrol(client)
    codes = secrets(codes_page)
    assert codes_page.headers["Cache-Control"] == "no-store"
    again = client.submit(ENROLMENT, {"code": pyotp.TOTP(key).now()})
    assert again.status_code == 303
    for page in (again, client.get(ENROLMENT), client.get(NEW_PASSWORD), client.get("/")):
        assert not set(codes) & set(secrets(page))
    assert RecoveryCode.select().where(RecoveryCode.code_hash.in_(codes)).count() == 0


def test_the_picture_is_the_key_and_is_shown_only_while_enrolling(client, newcomer, people):
    assert client.get(QR).location == SIGN_IN
    first(client, "nytt", newcomer[1])
    assert client.get(QR).status_code == 404, "nothing to show before the page made a key"
    client.get(ENROLMENT)
    picture = client.get(QR)
    assert picture.mimetype == "image/svg+xml"
    assert picture.headers["Cache-Control"] == "no-store"
    assert b"<svg" in picture.data
    for forbidden in (b"<style", b"style=", b"<script", b"data:", b"href"):
        assert forbidden not in picture.data
    enrol(client)
    assert client.get(QR).location == SIGN_IN


def test_the_picture_reads_back_as_the_key(people):
    """The modules drawn are those of the address an app expects."""
    import segno

    secret = factors.new_secret()
    address = pyotp.TOTP(secret).provisioning_uri(name="karin", issuer_name=factors.ISSUER)
    assert address.startswith("otpauth://totp/Samtalsregistret:karin?secret=" + secret)
    symbol = segno.make(address, error="m", micro=False)
    drawn = factors.qr(people.adviser, secret).decode()
    assert f'width="{symbol.symbol_size(scale=5, border=4)[0]}"' in drawn
    assert drawn.count("m") > 100


def test_the_page_keeps_its_key_while_wrong_codes_are_typed(client, newcomer):
    first(client, "nytt", newcomer[1])
    (key,) = secrets(client.get(ENROLMENT))
    wrong = client.submit(ENROLMENT, {"code": "000000"})
    assert wrong.status_code == 422
    assert secrets(wrong) == [key]
    assert log("accounts:second_factor_failed")[0][1] == {"enrolling": True}
    assert Account.get_by_id(newcomer[0].id).totp_sealed is None


def test_the_key_is_kept_sealed_and_goes_with_the_session(client, newcomer, settings):
    from portal import db

    first(client, "nytt", newcomer[1])
    (key,) = secrets(client.get(ENROLMENT))
    db.checkpoint()
    assert key.encode() not in settings.database.read_bytes()
    client.submit("/accounts/sign-out")
    assert SignIn.select().where(SignIn.enrolling_sealed.is_null(False)).count() == 0


def test_two_who_enrol_the_same_account_at_once_get_one_app(app, newcomer):
    one, two = app.test_client(), app.test_client()
    for client in (one, two):
        first(client, "nytt", newcomer[1])
        client.get(ENROLMENT)
    (key,) = secrets(two.get(ENROLMENT))
    enrol(one)
    assert two.submit(ENROLMENT, {"code": pyotp.TOTP(key).now()}).status_code == 303
    kept = Account.get_by_id(newcomer[0].id)
    assert factors.unseal(kept, kept.totp_sealed) != key


def test_an_enrolment_that_comes_second_is_refused_by_the_update_itself(newcomer):
    """Both have read that there is no second factor yet."""
    account, _ = newcomer
    rows = [sessions.open_session(account, sessions.PASSWORD)[1] for _ in range(2)]
    keys = [doors.begin_enrolment(row) for row in rows]
    doors.confirm_enrolment(rows[0], pyotp.TOTP(keys[0]).at(clock.now()), address="192.0.2.1")
    SignIn.update(ended_at=None).where(SignIn.id == rows[1].id).execute()
    with pytest.raises(Conflict):
        doors.confirm_enrolment(rows[1], pyotp.TOTP(keys[1]).at(clock.now()), address="192.0.2.1")
    kept = Account.get_by_id(account.id)
    assert factors.unseal(kept, kept.totp_sealed) == keys[0]
    assert len(log("accounts:second_factor_enrolled")) == 1


def test_the_code_that_confirmed_the_app_does_not_also_sign_in(app, newcomer):
    with clock.frozen(NOON):
        client = app.test_client()
        first(client, "nytt", newcomer[1])
        _, key = enrol(client)
        other = app.test_client()
        assert first(other, "nytt", newcomer[1]).location == SECOND_FACTOR
        assert second(other, pyotp.TOTP(key).at(NOON)).status_code == 422


def test_a_temporary_password_stops_everything_until_it_is_changed(app, newcomer):
    account, temporary = newcomer
    client = app.test_client()
    first(client, "nytt", temporary)
    enrol(client)
    assert client.get("/").location == SIGN_IN
    assert token(client) is None
    for chosen, again, said in [
        ("kort", "kort", "minst 12 tecken"),
        (CHOSEN, CHOSEN + "x", "Lösenorden är inte lika."),
        (temporary, temporary, "samma som det gamla"),
        ("Borgå2026Borgå", "Borgå2026Borgå", "lätta att gissa"),
        ("", "", "Ange ett nytt lösenord."),
    ]:
        answer = client.submit(NEW_PASSWORD, {"chosen": chosen, "again": again})
        assert answer.status_code == 422
        assert said in words(answer)
    assert Account.get_by_id(account.id).password_temporary
    assert not log("accounts:signed_in")


def test_a_reset_during_the_renewal_ends_it(client, newcomer, people):
    first(client, "nytt", newcomer[1])
    enrol(client)
    actions.reset_password(newcomer[0], by=people.admin)
    answer = client.submit(NEW_PASSWORD, {"chosen": CHOSEN, "again": CHOSEN})
    assert answer.location == SIGN_IN
    assert Account.get_by_id(newcomer[0].id).password_temporary


def test_renewing_twice_conflicts(newcomer):
    row = sessions.open_session(newcomer[0], sessions.RENEWAL)[1]
    row.account = Account.get_by_id(newcomer[0].id)
    stale = SignIn.select(SignIn, Account).join(Account).where(SignIn.id == row.id).get()
    doors.renew_password(row, CHOSEN)
    with pytest.raises(Conflict):
        doors.renew_password(stale, CHOSEN + " igen")


def test_enrolment_left_alone_too_long_starts_over(client, newcomer):
    first(client, "nytt", newcomer[1])
    client.get(ENROLMENT)
    with later(minutes=16):
        assert client.get(ENROLMENT).location == SIGN_IN


def test_actions_enrol_gives_a_known_secret_once_and_is_logged(newcomer, people):
    secret = factors.new_secret()
    actions.enrol(newcomer[0], secret, by=people.admin)
    kept = Account.get_by_id(newcomer[0].id)
    assert factors.step_of(factors.unseal(kept, kept.totp_sealed), pyotp.TOTP(secret).at(clock.now()))
    assert log("accounts:second_factor_enrolled") == [("accounts:second_factor_enrolled", {"given": True})]
    with pytest.raises(Conflict):
        actions.enrol(newcomer[0], secret, by=people.admin)
