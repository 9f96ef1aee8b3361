"""Sessions are rows: they end of idleness, of age, at sign-out, and when somebody ends them."""

import datetime as dt
import re

import pytest

from portal import clock
from portal.accounts import actions, devices, sessions
from portal.accounts.models import Account, RoleGrant, SignIn
from portal.accounts.permissions import Role
from tests.accounts.door import NOON, SIGN_IN, enter, inside, last, log, token, words
from tests.people import cookie_token, grant

SESSIONS = "/accounts/sessions/{}/ending"


def test_a_session_ends_after_fifteen_idle_minutes(as_, people):
    with clock.frozen(NOON):
        client = as_(people.adviser)
        assert inside(client)
    with clock.frozen(NOON + dt.timedelta(minutes=14, seconds=59)):
        assert inside(client)
    with clock.frozen(NOON + dt.timedelta(minutes=29)):
        assert inside(client), "activity prolongs it"
    with clock.frozen(NOON + dt.timedelta(minutes=44, seconds=1)):
        assert client.get("/accounts/me").location.startswith(SIGN_IN)


def test_a_session_ends_after_ten_hours_however_busy(as_, people):
    with clock.frozen(NOON):
        client = as_(people.adviser)
    for minutes in range(0, 600, 10):
        with clock.frozen(NOON + dt.timedelta(minutes=minutes)):
            assert inside(client), minutes
    with clock.frozen(NOON + dt.timedelta(hours=10)):
        assert not inside(client)


def test_an_expired_session_answers_a_fragment_with_401_and_the_way_in(as_, people):
    with clock.frozen(NOON):
        client = as_(people.admin)
    with clock.frozen(NOON + dt.timedelta(hours=1)):
        answer = client.get("/accounts/", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == SIGN_IN


def test_signing_out_ends_the_token_itself(app, people):
    client = app.test_client()
    enter(client, people.adviser)
    kept, cookie = token(client), client.get_cookie("__Host-portal", domain="localhost").value
    answer = client.submit("/accounts/sign-out")
    assert answer.location == SIGN_IN
    assert "Du är utloggad." in words(client.get(SIGN_IN))
    assert sessions.resume(kept) is None
    thief = app.test_client()
    thief.set_cookie("__Host-portal", cookie, domain="localhost")
    assert not inside(thief)
    assert last("accounts:signed_out").by == people.adviser.uuid


def test_at_signing_out_the_browser_forgets_what_it_kept_but_no_other_services_cookies(as_, people):
    answer = as_(people.adviser).submit("/accounts/sign-out")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert "Clear-Site-Data" not in as_(people.adviser).get("/accounts/me").headers


def test_the_page_after_signing_out_speaks_the_persons_language(as_, people):
    client = as_(people.adviser)
    Account.update(language="fi").where(Account.id == people.adviser.id).execute()
    client.submit("/accounts/sign-out")
    page = client.get(SIGN_IN)
    assert '<html lang="fi">' in page.text
    assert "Olet kirjautunut ulos." in words(page)


def test_signing_out_twice_is_harmless_and_logged_once(as_, people):
    client = as_(people.adviser)
    assert client.submit("/accounts/sign-out").status_code == 303
    assert client.submit("/accounts/sign-out").status_code == 303
    assert len(log("accounts:signed_out")) == 1


def test_signing_out_needs_a_csrf_token(as_, people):
    client = as_(people.adviser)
    assert client.post("/accounts/sign-out").status_code == 400
    assert inside(client)


def test_a_closed_accounts_running_session_is_over_at_the_next_request(as_, people):
    client = as_(people.adviser)
    assert inside(client)
    actions.close(people.adviser, by=people.admin)
    assert client.get("/accounts/me").location.startswith(SIGN_IN)
    assert client.get("/accounts/me", headers={"HX-Request": "true"}).status_code == 401


def test_closing_alone_stops_a_session_even_if_its_row_were_left_open(as_, people):
    client = as_(people.adviser)
    Account.update(closed_at=clock.now()).where(Account.id == people.adviser.id).execute()
    assert client.get("/accounts/me").location.startswith(SIGN_IN)


def test_roles_taken_away_act_on_the_next_request(as_, people):
    client = as_(people.admin)
    assert client.get("/accounts/").status_code == 200
    RoleGrant.delete().where(RoleGrant.account == people.admin.id).execute()
    assert client.get("/accounts/").status_code == 403
    assert client.get("/queues/").status_code == 403
    grant(people.admin, Role.ADMIN, until=clock.now() + dt.timedelta(minutes=1))
    assert client.get("/accounts/").status_code == 200
    with clock.frozen(clock.now() + dt.timedelta(minutes=1)):
        assert client.get("/accounts/").location.startswith(SIGN_IN), "a right ends by itself, and the session with it"


def test_ones_own_page_lists_the_sessions_in_words(app, people):
    agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
    client = app.test_client()
    with clock.frozen(NOON):
        client.environ_base["HTTP_USER_AGENT"] = agent
        enter(client, people.adviser)
        cookie_token(people.adviser)
        said = words(client.get("/accounts/me"))
    assert "Firefox · Windows" in said
    assert said.count("Windows den här") == 1
    assert said.count("24.11.2026 kl. 12.00") == 4, "started and last used, of two"


def listed(answer) -> set[str]:
    """The sessions that a page lists with a button to end them: all but the reader's own."""
    return set(re.findall(r"/accounts/sessions/([0-9a-f-]{36})/ending", answer.text))


def test_the_list_holds_ones_own_living_sessions_and_nobody_elses(as_, people):
    client = as_(people.adviser)
    kept, ended, idle, strangers = (
        sessions.find(cookie_token(account), sessions.FULL)
        for account in (people.adviser, people.adviser, people.adviser, people.manager)
    )
    actions.end_session(ended, by=people.adviser)
    SignIn.update(seen_at=clock.now() - dt.timedelta(minutes=15)).where(SignIn.id == idle.id).execute()
    page = client.get("/accounts/me")
    assert listed(page) == {str(kept.uuid)}
    assert page.text.count("<td data-label") == 2 * 2, "that, and this one"
    assert listed(as_(people.admin).get(f"/accounts/{people.manager.uuid}")) == {str(strangers.uuid)}


def test_a_person_ends_another_session_of_their_own(as_, people):
    client = as_(people.adviser)
    other = cookie_token(people.adviser)
    row = sessions.find(other, sessions.FULL)
    assert client.submit(SESSIONS.format(row.uuid)).location == "/accounts/me"
    assert sessions.resume(other) is None
    assert inside(client)
    assert last("accounts:session_ended").by == people.adviser.uuid
    assert client.submit(SESSIONS.format(row.uuid)).status_code == 409, "ended once"


def test_a_person_ends_all_other_sessions_but_not_this_one(as_, people):
    client = as_(people.adviser)
    others = [cookie_token(people.adviser) for _ in range(3)]
    strangers = cookie_token(people.manager)
    client.submit("/accounts/me/sessions/ending")
    assert not any(sessions.resume(other) for other in others)
    assert sessions.resume(strangers)
    assert inside(client)
    assert log("accounts:session_ended") == [("accounts:session_ended", {"count": 3})]


def test_a_stranger_cannot_end_or_tell_another_persons_session(as_, people):
    other = cookie_token(people.manager)
    row = sessions.find(other, sessions.FULL)
    client = as_(people.adviser)
    theirs = client.submit(SESSIONS.format(row.uuid))
    absent = client.submit(SESSIONS.format("00000000-0000-4000-8000-000000000000"))
    assert theirs.status_code == absent.status_code == 404
    assert words(theirs) == words(absent)
    assert sessions.resume(other)


def test_the_administrator_sees_and_ends_the_sessions_of_others(as_, people):
    other = cookie_token(people.adviser)
    row = sessions.find(other, sessions.FULL)
    client = as_(people.admin)
    assert str(row.uuid) in client.get(f"/accounts/{people.adviser.uuid}").get_data(as_text=True)
    assert client.submit(SESSIONS.format(row.uuid)).location == f"/accounts/{people.adviser.uuid}"
    assert sessions.resume(other) is None
    assert last("accounts:session_ended").by == people.admin.uuid
    two = [cookie_token(people.adviser) for _ in range(2)]
    client.submit(f"/accounts/{people.adviser.uuid}/sessions/ending")
    assert not any(sessions.resume(t) for t in two)


def test_ending_the_sessions_of_others_needs_the_administrators_permission(as_, people):
    other = cookie_token(people.adviser)
    assert as_(people.manager).submit(f"/accounts/{people.adviser.uuid}/sessions/ending").status_code == 403
    assert sessions.resume(other)


def test_the_cookie_carries_a_token_that_the_database_does_not_hold(as_, people, settings):
    from portal import db

    client = as_(people.adviser)
    db.checkpoint()
    assert token(client).encode() not in settings.database.read_bytes()


def test_old_rows_are_removed_when_somebody_signs_in(client, people):
    cookie_token(people.manager)
    SignIn.update(created_at=clock.now() - dt.timedelta(days=31)).execute()
    enter(client, people.adviser)
    assert SignIn.select().where(SignIn.account == people.manager).count() == 0


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36",
            "Chrome · Linux",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Version/18 Safari/605.1", "Safari · macOS"),
        ("Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/140 Mobile Safari/537.36", "Chrome · Android"),
        ("curl/8.0", ""),
        ("<script>alert(1)</script>", ""),
        ("", ""),
    ],
)
def test_a_device_is_told_in_a_few_words(agent, said):
    assert devices.describe(agent) == said
