"""Grave acts want a second factor proven minutes ago: asked on a page of its own, or along with what was sent."""

import datetime as dt
import html
import re

import pyotp
import pytest

from portal import clock, db
from portal.accounts import factors, passwords, proving, sessions
from portal.accounts import sign_in as doors
from portal.accounts.models import Account, SignIn
from portal.accounts.throttle import TooSoon
from portal.errors import Conflict
from tests.accounts.door import NOON, enter, inside, last, log, stale, token, words
from tests.people import PASSWORD, TOTP, code

PROVE, PASSWORD_PAGE, CODES_PAGE = "/accounts/prove", "/accounts/me/password", "/accounts/me/recovery-codes"
ASKED = f"{PROVE}?next=/accounts/me/password"
CHOSEN = "tre glada smurfar dansade"
NEW = {"old": PASSWORD, "chosen": CHOSEN, "again": CHOSEN}


@pytest.fixture
def left_open(as_, people):
    """The adviser's session, whose proof is long past."""
    client = as_(people.adviser)
    stale(people.adviser)
    return client


def is_chosen(account: Account) -> bool:
    return passwords.verify(Account.get_by_id(account.id).password_hash, CHOSEN)


def hidden(answer) -> dict[str, str]:
    """The hidden fields of the page's main form."""
    main = answer.get_data(as_text=True).split('<main id="main"', 1)[1]
    found = re.findall(r'<input[^>]*type="hidden"[^>]*>', main)
    return {
        html.unescape(re.search(r'name="([^"]*)"', one)[1]): html.unescape(re.search(r'value="([^"]*)"', one)[1])
        for one in found
    }


def test_a_link_leads_to_the_question_and_the_code_leads_on(left_open, people):
    assert left_open.get(PASSWORD_PAGE).location == ASKED
    page = left_open.get(ASKED)
    assert page.status_code == 200
    assert "Bekräfta att det är du" in words(page)
    answer = left_open.submit(ASKED, {"proof_code": code()})
    assert answer.location == PASSWORD_PAGE
    page = left_open.get(PASSWORD_PAGE)
    assert page.status_code == 200
    assert "Det gäller i 5 minuter." in words(page)
    entry = last("accounts:proved_anew")
    assert (entry.by, entry.subject) == (people.adviser.uuid, people.adviser.uuid)
    row = SignIn.get(SignIn.account == people.adviser)
    assert log("accounts:proved_anew")[0][1] == {"factor": "totp", "sign_in": str(row.uuid)}


def test_what_was_sent_is_kept_until_the_code_and_then_done(left_open, people):
    answer = left_open.submit(PASSWORD_PAGE, NEW)
    assert answer.status_code == 403
    assert "Du behöver inte fylla i något på nytt" in words(answer)
    assert not is_chosen(people.adviser)
    kept = hidden(answer)
    assert {name: kept[name] for name in NEW} == NEW
    answer = left_open.submit(PASSWORD_PAGE, {**kept, "proof_code": code()})
    assert answer.location == "/accounts/me"
    assert is_chosen(people.adviser)
    assert [act for act, _ in log()] == ["accounts:proved_anew", "accounts:password_changed"]


def test_what_was_sent_is_kept_with_every_sign(left_open):
    odd = {"text": 'a "b" <c> & \u00e5\nd', "more": "'); --"}
    assert {name: hidden(left_open.submit(CODES_PAGE, odd))[name] for name in odd} == odd


@pytest.mark.parametrize(("typed", "said"), [("000000", "Koden stämmer inte"), ("", "Ange koden.")])
def test_a_wrong_code_does_nothing_and_keeps_what_was_sent(left_open, people, typed, said):
    answer = left_open.submit(PASSWORD_PAGE, {**NEW, "proof_code": typed})
    assert answer.status_code == 422
    assert said in words(answer)
    assert hidden(answer)["chosen"] == CHOSEN
    assert not is_chosen(people.adviser)
    assert not log("accounts:proved_anew")
    assert len(log("accounts:second_factor_failed")) == bool(typed)
    assert left_open.submit(ASKED, {"proof_code": typed}).status_code == 422


def test_a_code_opens_one_session_once(as_, people):
    one, two = as_(people.adviser), as_(people.adviser)
    stale(people.adviser)
    with clock.frozen(clock.now()):
        now = code()
        assert one.submit(ASKED, {"proof_code": now}).status_code == 303
        assert two.submit(ASKED, {"proof_code": now}).status_code == 422
        assert one.get(PASSWORD_PAGE).status_code == 200
        assert two.get(PASSWORD_PAGE).location == ASKED


def test_guesses_make_wait_and_are_counted_with_those_of_the_sign_in(left_open, people):
    with clock.frozen(NOON):
        client = left_open
        for _ in range(6):
            assert client.submit(ASKED, {"proof_code": "000000"}).status_code == 422
        answer = client.submit(ASKED, {"proof_code": code()})
        assert answer.status_code == 429
        assert answer.headers["Retry-After"] == "1"
        assert "Försök igen om 1 sekund." in words(answer)
        row = sessions.open_session(people.adviser, sessions.PASSWORD)[1]
        with pytest.raises(TooSoon):
            doors.prove_factor(row, code(), address="198.51.100.9")


def test_a_recovery_code_proves_once_and_is_announced_on_the_next_page(left_open, people):
    with db.db.atomic():
        codes = factors.new_codes(people.adviser)
    assert left_open.submit(ASKED, {"proof_code": codes[0]}).location == PASSWORD_PAGE
    assert "Du använde en reservkod. 9 reservkoder är kvar." in words(left_open.get(PASSWORD_PAGE))
    assert log("accounts:recovery_code_used") == [("accounts:recovery_code_used", {"left": 9})]
    stale(people.adviser)
    assert left_open.submit(ASKED, {"proof_code": codes[0]}).status_code == 422


def test_the_session_goes_on_under_a_new_token_and_the_old_one_is_dead(left_open, people):
    before, csrf = token(left_open), left_open.csrf()
    row = SignIn.get(SignIn.account == people.adviser)
    left_open.submit(ASKED, {"proof_code": code()})
    assert token(left_open) != before
    assert sessions.resume(before) is None
    assert sessions.resume(token(left_open)).sign_in.id == row.id
    assert inside(left_open)
    answer = left_open.post(
        "/accounts/language",
        data={"language": "fi", "csrf_token": csrf},
        headers={"Referer": "https://localhost/accounts/me"},
    )
    assert answer.status_code == 303, "a form open in another window still works"


@pytest.mark.parametrize(("minutes", "asked"), [(4.9, False), (5.1, True), (-60, True)])
def test_a_proof_lasts_five_minutes(as_, people, minutes, asked):
    with clock.frozen(NOON):
        client = as_(people.adviser)
    with clock.frozen(NOON + dt.timedelta(minutes=minutes)):
        assert (client.get(PASSWORD_PAGE).status_code == 303) is asked


def test_the_sign_in_itself_is_a_proof(client, people):
    with clock.frozen(NOON):
        enter(client, people.adviser)
        assert client.get(PASSWORD_PAGE).status_code == 200


def test_a_proof_in_one_session_is_none_in_another(as_, people):
    one, two = as_(people.adviser), as_(people.adviser)
    stale(people.adviser)
    one.submit(ASKED, {"proof_code": code()})
    assert one.get(PASSWORD_PAGE).status_code == 200
    assert two.get(PASSWORD_PAGE).location == ASKED


def test_another_persons_code_proves_nothing(left_open, people):
    secret = pyotp.random_base32(32)
    sealed = factors.seal(people.manager, secret)
    Account.update(totp_sealed=sealed).where(Account.id == people.manager.id).execute()
    assert left_open.submit(ASKED, {"proof_code": pyotp.TOTP(secret).now()}).status_code == 422


def test_a_session_ended_meanwhile_uses_no_code_up(left_open, people):
    account = sessions.resume(token(left_open))
    SignIn.update(ended_at=clock.now()).where(SignIn.account == people.adviser).execute()
    with clock.frozen(NOON):
        with pytest.raises(Conflict):
            proving.by_code(account, pyotp.TOTP(TOTP).at(NOON), address="192.0.2.1")
        assert Account.get_by_id(people.adviser.id).totp_last_step == 0


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/no/such/page", "\\evil", ""])
def test_the_code_leads_to_no_other_site(left_open, target):
    answer = left_open.post(
        PROVE,
        query_string={"next": target},
        data={"proof_code": code(), "csrf_token": left_open.csrf()},
        headers={"Referer": "https://localhost" + PROVE},
    )
    assert answer.location == "/"


def test_a_file_is_asked_for_again_where_its_button_is(as_, people):
    client = as_(people.dpo)
    stale(people.dpo)
    answer = client.get(
        "/audit/export?act=x", headers={"Referer": "https://localhost/audit/?act=x&words=hemligt&number=0401234567"}
    )
    assert answer.location == f"{PROVE}?next=/audit/?act%3Dx"
    assert client.get("/audit/export").location == f"{PROVE}?next=/audit/export", "typed: there is no page"
    foreign = client.get("/audit/export", headers={"Referer": "https://evil.example/audit/"})
    assert foreign.location == f"{PROVE}?next=/audit/export"


def test_who_sends_a_form_for_a_file_comes_back_to_the_page_with_the_button(as_, people):
    client = as_(people.manager)
    stale(people.manager)
    sent = {"csrf_token": client.csrf(), "words": "hemligt"}
    answer = client.post("/recordings/export", data=sent, headers={"Referer": "https://localhost/recordings/?queue=1"})
    assert (answer.status_code, answer.location) == (303, f"{PROVE}?next=/recordings/?queue%3D1")
    assert client.submit(answer.location, {"proof_code": code()}).location == "/recordings/?queue=1"
    page = words(client.get("/recordings/?queue=1"))
    assert "Det gäller i 5 minuter. Välj en gång till det du ville göra." in page


def test_who_lands_on_the_very_page_is_told_to_click_nowhere(left_open):
    left_open.submit(ASKED, {"proof_code": code()})
    assert "Välj en gång till" not in words(left_open.get(PASSWORD_PAGE))


def test_a_part_of_a_page_is_told_to_ask_as_a_page(left_open):
    answer = left_open.get(
        PASSWORD_PAGE, headers={"HX-Request": "true", "Referer": "https://localhost" + PASSWORD_PAGE}
    )
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == ASKED


def test_who_is_not_signed_in_is_sent_to_sign_in(client):
    assert client.get(PROVE).location.startswith("/accounts/sign-in")
    assert client.submit(PROVE, {"proof_code": "000000"}).location == "/accounts/sign-in"
