"""Closing and reopening an account; a new password, a new second factor."""

from portal import db
from portal.accounts import actions, factors, passwords, throttle
from portal.accounts.models import Account, SignIn, Throttle
from tests.accounts.administration import address
from tests.accounts.door import enter, first, inside, last, log, secrets, words
from tests.people import PASSWORD

# close and reopen


def test_closing_ends_the_sessions_and_reopening_lets_the_person_in_again(app, as_, people):
    admin, adviser = as_(people.admin), as_(people.adviser)
    assert admin.submit(address(people.adviser, "closing")).location == address(people.adviser)
    assert not inside(adviser)
    assert not SignIn.select().where(SignIn.account == people.adviser.id, SignIn.ended_at.is_null()).exists()
    assert "stängt" in words(admin.get(address(people.adviser)))
    assert last("accounts:closed").by == people.admin.uuid
    assert log("accounts:closed")[0][1] == {"sessions_ended": 1, "rights_ended": 0}
    admin.submit(address(people.adviser, "reopening"))
    assert not inside(adviser), "the old session stays over"
    client = app.test_client()
    enter(client, people.adviser)
    assert inside(client)
    assert last("accounts:reopened").subject == people.adviser.uuid


def test_closing_and_reopening_twice_conflict(as_, people):
    admin = as_(people.admin)
    assert admin.submit(address(people.adviser, "reopening")).status_code == 409
    assert admin.submit(address(people.adviser, "closing")).status_code == 303
    assert admin.submit(address(people.adviser, "closing")).status_code == 409
    assert len(log("accounts:closed")) == 1


# resets


def test_a_reset_password_is_temporary_shown_once_and_ends_sessions_and_waits(app, as_, people):
    admin, adviser = as_(people.admin), as_(people.adviser)
    throttle.begin(throttle.keys(name="karin"))
    page = admin.submit(address(people.adviser, "password"), {"version": "0"})
    (password,) = secrets(page)
    assert not inside(adviser)
    assert not Throttle.select().exists()
    client = app.test_client()
    assert first(client, "karin", PASSWORD).status_code == 422
    assert first(client, "karin", password).location == "/accounts/second-factor"
    from tests.people import code

    answer = client.submit("/accounts/second-factor", {"code": code()})
    assert answer.location == "/accounts/new-password"
    assert not inside(client)
    assert last("accounts:password_reset").by == people.admin.uuid
    again = admin.submit(address(people.adviser, "password"), {"version": "0"})
    assert again.status_code == 409, "a second submit does not change the password that was just told"
    assert passwords.verify(Account.get_by_id(people.adviser.id).password_hash, password)


def test_a_reset_second_factor_is_enrolled_anew(app, as_, people):
    with db.db.atomic():
        codes = factors.new_codes(people.adviser)
    admin, adviser = as_(people.admin), as_(people.adviser)
    page = admin.submit(address(people.adviser, "second-factor"))
    assert "kopplar personen en autentiseringsapp" in words(page)
    (password,) = secrets(page)
    assert not inside(adviser)
    kept = Account.get_by_id(people.adviser.id)
    assert kept.totp_sealed is None
    assert factors.codes_left(kept) == 0
    with db.db.atomic():
        assert factors.accept(kept, codes[0]) is None
    assert first(app.test_client(), "karin", PASSWORD).status_code == 422, "whoever knew it would enrol an app"
    assert first(app.test_client(), "karin", password).location == "/accounts/enrolment"
    assert kept.password_temporary
    assert [last(f"accounts:{act}_reset").by for act in ("second_factor", "password")] == [people.admin.uuid] * 2
    assert admin.submit(address(people.adviser, "second-factor")).status_code == 409


def test_a_half_way_session_does_not_outlive_a_reset(app, people):
    client = app.test_client()
    first(client, "karin")
    actions.reset_second_factor(people.adviser, by=people.admin)
    assert client.get("/accounts/enrolment").location == "/accounts/sign-in"
