"""One's own password, second factor and language."""

import pyotp
import pytest

from portal import clock, db
from portal.accounts import factors, sessions
from portal.accounts.models import Account, RecoveryCode, SignIn
from tests.accounts.door import inside, last, log, secrets, stale, token, words
from tests.people import PASSWORD, TOTP, cookie_token

PASSWORD_PAGE, CODES_PAGE = "/accounts/me/password", "/accounts/me/recovery-codes"
FACTOR_PAGE, ENROL_PAGE = "/accounts/me/second-factor", "/accounts/me/enrolment"
CHOSEN = "tre glada smurfar dansade"


def change(client, old=PASSWORD, chosen=CHOSEN, again=None):
    return client.submit(PASSWORD_PAGE, {"old": old, "chosen": chosen, "again": again or chosen})


def test_a_new_password_needs_the_old_one_and_ends_the_other_sessions(as_, people):
    from portal.accounts import passwords

    client, other = as_(people.adviser), cookie_token(people.adviser)
    assert change(client).location == "/accounts/me"
    assert passwords.verify(Account.get_by_id(people.adviser.id).password_hash, CHOSEN)
    assert inside(client)
    assert sessions.resume(other) is None
    assert last("accounts:password_changed").by == people.adviser.uuid
    assert log("accounts:password_changed")[0][1] == {"sessions_ended": 1}


@pytest.mark.parametrize(
    ("old", "chosen", "again", "said"),
    [
        ("not my password at all", CHOSEN, CHOSEN, "Det nuvarande lösenordet stämmer inte. Försök igen."),
        (PASSWORD, "kort", "kort", "minst 12 tecken"),
        (PASSWORD, CHOSEN, CHOSEN + "x", "Lösenorden är inte lika."),
        (PASSWORD, PASSWORD, PASSWORD, "samma som det gamla"),
        (PASSWORD, "karin testström karin", "karin testström karin", "ditt eget namn"),
    ],
)
def test_a_password_that_will_not_do_is_told_beside_its_field(as_, people, old, chosen, again, said):
    client, other = as_(people.adviser), cookie_token(people.adviser)
    answer = change(client, old, chosen, again)
    assert answer.status_code == 422
    assert said in words(answer)
    assert 'class="field-error"' in answer.get_data(as_text=True)
    assert Account.get_by_id(people.adviser.id).password_hash == people.adviser.password_hash
    assert sessions.resume(other)


def test_guessing_the_old_password_makes_wait(as_, people):
    with clock.frozen(clock.now()):
        client = as_(people.adviser)
        for _ in range(6):
            assert change(client, old="not my password at all").status_code == 422
        assert change(client).status_code == 429
    assert len(log("accounts:sign_in_failed")) == 6


def test_changing_twice_with_the_same_old_password_is_refused(as_, people):
    client = as_(people.adviser)
    assert change(client).status_code == 303
    assert change(client, chosen=CHOSEN + " igen").status_code == 422


def new_codes(client, account: Account):
    return client.submit(CODES_PAGE, {"version": account.version})


def test_new_recovery_codes_are_shown_once(as_, people):
    with db.db.atomic():
        old = factors.new_codes(people.adviser)
    client = as_(people.adviser)
    page = new_codes(client, people.adviser)
    fresh = secrets(page)
    assert page.status_code == 200
    assert len(fresh) == 10
    assert not set(fresh) & set(old)
    again = new_codes(client, people.adviser)
    assert again.status_code == 409, "a second submit makes no second set"
    assert secrets(again) == secrets(client.get(CODES_PAGE)) == []
    with db.db.atomic():
        assert factors.accept(people.adviser, old[0]) is None
        assert factors.accept(people.adviser, fresh[0]) is factors.Proof.RECOVERY
    assert log("accounts:recovery_codes_made") == [("accounts:recovery_codes_made", {"count": 10})]


def test_new_recovery_codes_want_the_page_they_are_asked_on(as_, people):
    client = as_(people.adviser)
    assert client.submit(CODES_PAGE).status_code == 409
    assert not RecoveryCode.select().exists()
    page = client.get(CODES_PAGE).get_data(as_text=True)
    assert f'name="version" type="hidden" value="{people.adviser.version}"' in page


@pytest.mark.parametrize("page", [CODES_PAGE, FACTOR_PAGE])
@pytest.mark.parametrize("typed", ["000000", "", "AAAA-BBBB-CCCC-DDDD", "not a code"])
def test_without_a_proof_nothing_changes(as_, people, page, typed):
    with db.db.atomic():
        old = factors.new_codes(people.adviser)
    client = as_(people.adviser)
    stale(people.adviser)
    assert client.submit(page, {"proof_code": typed, "version": people.adviser.version}).status_code == 422
    assert secrets(client.get(page)) == []
    stale(people.adviser, never=False)
    assert client.get(ENROL_PAGE).location == FACTOR_PAGE
    with db.db.atomic():
        assert factors.accept(people.adviser, old[0])


def test_asking_twice_for_a_new_app_shows_the_same_key(as_, people):
    client = as_(people.adviser)
    client.submit(FACTOR_PAGE)
    (key,) = secrets(client.get(ENROL_PAGE))
    client.submit(FACTOR_PAGE)
    assert secrets(client.get(ENROL_PAGE)) == [key]


def test_a_new_app_replaces_the_old_once_its_own_code_is_typed(as_, people):
    client, other = as_(people.adviser), cookie_token(people.adviser)
    assert client.get(ENROL_PAGE).location == FACTOR_PAGE
    assert client.get(ENROL_PAGE + "/qr.svg").status_code == 404
    assert client.submit(FACTOR_PAGE).location == ENROL_PAGE
    (key,) = secrets(client.get(ENROL_PAGE))
    assert client.get(ENROL_PAGE + "/qr.svg").mimetype == "image/svg+xml"
    assert client.submit(ENROL_PAGE, {"code": "000000"}).status_code == 422
    page = client.submit(ENROL_PAGE, {"code": pyotp.TOTP(key).at(clock.now())})
    assert len(secrets(page)) == 10
    kept = Account.get_by_id(people.adviser.id)
    assert factors.unseal(kept, kept.totp_sealed) == key
    assert sessions.resume(other) is None
    assert inside(client)
    assert client.get(ENROL_PAGE + "/qr.svg").status_code == 404
    assert log("accounts:second_factor_enrolled")[0][1] == {"again": True, "sessions_ended": 1}


def test_the_old_app_works_until_the_new_one_is_confirmed(as_, people):
    client = as_(people.adviser)
    client.submit(FACTOR_PAGE)
    client.submit(ENROL_PAGE + "/cancellation")
    kept = Account.get_by_id(people.adviser.id)
    assert factors.unseal(kept, kept.totp_sealed) == TOTP
    assert client.get(ENROL_PAGE).location == FACTOR_PAGE


def test_a_new_app_in_one_session_is_not_shown_in_another(as_, people):
    client, other = as_(people.adviser), as_(people.adviser)
    client.submit(FACTOR_PAGE)
    assert other.get(ENROL_PAGE).location == FACTOR_PAGE
    assert other.get(ENROL_PAGE + "/qr.svg").status_code == 404


def test_confirming_a_new_app_twice_gives_one_set_of_codes(as_, people):
    client = as_(people.adviser)
    client.submit(FACTOR_PAGE)
    (key,) = secrets(client.get(ENROL_PAGE))
    now = pyotp.TOTP(key).at(clock.now())
    assert client.submit(ENROL_PAGE, {"code": now}).status_code == 200
    assert client.submit(ENROL_PAGE, {"code": now}).location == FACTOR_PAGE
    assert RecoveryCode.select().where(RecoveryCode.account == people.adviser).count() == 10


def test_few_recovery_codes_left_is_said(as_, people):
    with db.db.atomic():
        factors.new_codes(people.adviser)
    assert "Du har 10 oanvända reservkoder." in words(as_(people.adviser).get("/accounts/me"))
    RecoveryCode.update(used_at=clock.now()).where(
        RecoveryCode.id.in_(RecoveryCode.select(RecoveryCode.id).limit(8))
    ).execute()
    assert "Du har 2 reservkoder kvar." in words(as_(people.adviser).get("/accounts/me"))
    RecoveryCode.update(used_at=clock.now()).execute()
    page = words(as_(people.adviser).get("/accounts/me"))
    assert "Du har inga reservkoder. Skapa nya" in page
    assert "innan de tar slut" not in page, "they have"


def choose(client, language: str, came_from: str | None = "https://localhost/accounts/me"):
    return client.post(
        "/accounts/language",
        data={"csrf_token": client.csrf(), "language": language},
        headers={"Referer": came_from} if came_from else {},
    )


def test_the_language_chosen_is_kept_with_the_person_and_in_the_browser(as_, people):
    client = as_(people.adviser)
    answer = choose(client, "fi")
    assert answer.location == "/accounts/me"
    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith("__Host-language=fi"))
    assert all(part in cookie for part in ("Secure", "HttpOnly", "Path=/"))
    assert "Domain" not in cookie
    assert Account.get_by_id(people.adviser.id).language == "fi"
    assert '<html lang="fi"' in client.get("/accounts/me").get_data(as_text=True)
    assert log("accounts:language_changed") == [("accounts:language_changed", {"language": "fi"})]
    choose(client, "fi")
    assert len(log("accounts:language_changed")) == 1, "no change, no entry"


def test_nobody_signed_in_chooses_the_language_of_the_sign_in_page(client, people):
    assert choose(client, "fi", "https://localhost/accounts/sign-in?next=/accounts/me").location == (
        "/accounts/sign-in?next=/accounts/me"
    )
    assert '<html lang="fi"' in client.get("/accounts/sign-in").get_data(as_text=True)
    assert log() == []


@pytest.mark.parametrize(
    "came_from",
    [
        "https://localhost/no/such/page",
        "https://localhost//evil.example",
        "https://localhost/accounts/me/sessions/ending",
        "https://localhost/\\evil.example",
    ],
)
def test_the_language_never_leads_to_an_address_that_is_no_page(as_, people, came_from):
    assert choose(as_(people.adviser), "fi", came_from).location == "/"


def test_a_referrer_of_another_host_changes_nothing(as_, people):
    assert choose(as_(people.adviser), "fi", "https://evil.example/accounts/me").status_code == 400
    assert Account.get_by_id(people.adviser.id).language == "sv"


def test_a_language_the_portal_does_not_speak_is_refused(as_, people):
    assert choose(as_(people.adviser), "en").status_code == 400


def test_choosing_a_language_without_a_token_is_refused(as_, people):
    answer = as_(people.adviser).post("/accounts/language", data={"language": "fi"})
    assert answer.status_code == 400
    assert Account.get_by_id(people.adviser.id).language == "sv"


def test_the_key_being_enrolled_goes_when_the_session_ends(as_, people):
    client = as_(people.adviser)
    client.submit(FACTOR_PAGE)
    client.submit("/accounts/sign-out")
    assert token(client) is None
    assert SignIn.select().where(SignIn.enrolling_sealed.is_null(False)).count() == 0
