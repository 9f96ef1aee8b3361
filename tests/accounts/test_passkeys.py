"""Passkeys: added, named, used in place of a code, removed; and every answer that is not good is refused."""

import contextlib
import datetime as dt
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal import clock
from portal.accounts import passkeys, proving, sessions
from portal.accounts.models import Account, Passkey, SignIn
from portal.audit.models import Entry
from portal.errors import Conflict, NotFound
from tests.accounts.authenticator import (
    ASK_FACTOR,
    ASK_NEW,
    ASK_PROOF,
    ME,
    NEW,
    PROVE,
    Authenticator,
    added,
    kept,
    plain,
    proved_by_key,
    question,
    second_by_key,
    text,
)
from tests.accounts.door import NOON, SECOND_FACTOR, first, inside, last, later, log, stale, token, words
from tests.people import cookie_token

REFUSED = "Nyckeln godkändes inte."


@pytest.fixture
def client(as_, people):
    return as_(people.adviser)


@pytest.fixture
def key(client) -> Authenticator:
    return added(client)


def anew(app, username: str = "karin"):
    """A client that has given the password."""
    found = app.test_client()
    assert first(found, username).location == SECOND_FACTOR
    return found


def removal(row: Passkey) -> str:
    return f"/accounts/me/passkeys/{row.uuid}/removal"


def test_a_key_is_added_under_its_name_and_logged(client, people):
    page = client.get(NEW)
    assert page.status_code == 200
    made = added(client, "arbets\u00adtelefonen")
    (row,) = kept(people.adviser)
    assert (row.name, bytes(row.credential_id), row.transports) == ("arbetstelefonen", made.id, "usb,nfc")
    assert row.used_at is None
    assert "arbetstelefonen" in words(client.get(ME))
    entry = last("accounts:passkey_added")
    assert (entry.by, entry.subject) == (people.adviser.uuid, people.adviser.uuid)
    assert log("accounts:passkey_added")[0][1] == {"uuid": str(row.uuid)}


def test_a_person_has_several_keys_and_any_of_them_opens(app, client, people):
    one, two = added(client, "den ena"), added(client, "den andra", counts=False)
    for key in (one, two, two):
        other = anew(app)
        assert second_by_key(other, key).status_code == 303
        assert inside(other)


def test_a_key_signs_in_in_place_of_the_code_and_the_session_is_proven(app, people, key):
    other = anew(app)
    page = other.get(SECOND_FACTOR).get_data(as_text=True)
    assert 'data-key="/accounts/second-factor/question"' in page
    assert second_by_key(other, key).location == "/"
    assert inside(other)
    assert log("accounts:signed_in")[0][1]["factor"] == "passkey"
    assert proving.recent(sessions.resume(token(other)).sign_in)
    (row,) = kept(people.adviser)
    assert row.used_at is not None
    assert row.sign_count == key.count


def test_a_key_proves_anew_under_a_new_token(client, people, key):
    stale(people.adviser)
    before = token(client)
    assert proved_by_key(client, key).location == "/"
    assert sessions.resume(before) is None
    assert client.get(NEW).status_code == 200
    assert log("accounts:proved_anew")[0][1]["factor"] == "passkey"


def test_a_form_that_was_sent_is_done_with_the_keys_answer_beside_it(client, people, key):
    stale(people.adviser)
    (row,) = kept(people.adviser)
    page = client.submit(removal(row))
    assert page.status_code == 403
    assert 'data-key="/accounts/prove/question"' in page.get_data(as_text=True)
    answer = client.submit(removal(row), {"proof_key": key.get(question(client, ASK_PROOF))})
    assert answer.location == ME
    assert not kept(people.adviser)


def test_who_has_no_key_is_not_asked_for_one(app, client, people):
    assert "data-key" not in anew(app).get(SECOND_FACTOR).get_data(as_text=True)
    stale(people.adviser)
    assert "data-key" not in client.get(PROVE).get_data(as_text=True)
    sent = {"X-CSRFToken": client.csrf(), "Referer": "https://localhost" + ASK_PROOF}
    assert client.post(ASK_PROOF, headers=sent).status_code == 404


@pytest.mark.parametrize(
    "options",
    [
        {"origin": "https://1ocalhost"},
        {"origin": "https://localhost.evil.example"},
        {"origin": "http://localhost"},
        {"origin": "https://localhost:444"},
        {"host": "evil.example"},
        {"flags": 0},
    ],
)
def test_an_answer_given_to_another_site_or_by_nobody_opens_nothing(app, people, key, options):
    other = anew(app)
    answer = second_by_key(other, key, **options)
    assert answer.status_code == 422
    assert REFUSED in words(answer)
    assert not inside(other)
    assert log("accounts:passkey_refused")[0][1] == {"reason": "wrong"}
    assert kept(people.adviser)[0].used_at is None
    assert second_by_key(other, key).status_code == 303, "the key itself is as good as before"


def test_an_answer_is_good_once(app, people, key):
    other, again = anew(app), anew(app)
    sent = key.get(question(other, ASK_FACTOR))
    assert other.submit(SECOND_FACTOR, {"key": sent}).status_code == 303
    assert again.submit(SECOND_FACTOR, {"key": sent}).status_code == 422
    assert log("accounts:passkey_refused")[0][1] == {"reason": "stale"}, "no question waits in that session"
    question(again, ASK_FACTOR)
    assert again.submit(SECOND_FACTOR, {"key": sent}).status_code == 422
    assert not inside(again)


def test_a_question_is_answered_once_also_by_a_wrong_answer(app, people, key):
    other = anew(app)
    asked = question(other, ASK_FACTOR)
    assert other.submit(SECOND_FACTOR, {"key": Authenticator().get(asked)}).status_code == 422
    assert other.submit(SECOND_FACTOR, {"key": key.get(asked)}).status_code == 422


def test_the_question_of_one_session_is_not_answered_in_another(app, people, key):
    one, two = anew(app), anew(app)
    question(two, ASK_FACTOR)
    assert two.submit(SECOND_FACTOR, {"key": key.get(question(one, ASK_FACTOR))}).status_code == 422


def test_a_question_to_make_a_key_is_not_answered_by_using_one(client, people, key):
    stale(people.adviser, never=False)
    asked = question(client, ASK_NEW)
    asked["rpId"] = asked["rp"]["id"]
    assert client.submit(PROVE, {"proof_key": key.get(asked)}).status_code == 422
    asked = question(client, ASK_PROOF)
    asked["rp"] = {"id": asked["rpId"]}
    answer = client.submit(NEW, {"name": "en till", "key": Authenticator().create(asked)})
    assert answer.status_code == 422
    assert len(kept(people.adviser)) == 1


@pytest.mark.parametrize(("minutes", "good"), [(4.9, True), (5.1, False)])
def test_a_question_waits_five_minutes(app, people, key, minutes, good):
    now = clock.now() + dt.timedelta(minutes=1)
    with clock.frozen(now):
        other = anew(app)
        asked = question(other, ASK_FACTOR)
    with clock.frozen(now + dt.timedelta(minutes=minutes)):
        answer = other.submit(SECOND_FACTOR, {"key": key.get(asked)})
    assert (answer.status_code == 303) is good


def test_a_copy_of_a_key_is_found_out_by_its_counter(app, people, key):
    assert second_by_key(anew(app), key).status_code == 303
    key.count -= 1
    with later(seconds=2):
        answer = second_by_key(anew(app), key)
    assert answer.status_code == 422
    assert {"reason": "copied"} in [detail for _, detail in log("accounts:passkey_refused")]
    with later(seconds=4):
        assert second_by_key(anew(app), key).status_code == 303


def test_another_persons_key_opens_nothing(app, as_, people, key):
    theirs = added(as_(people.manager))
    other = anew(app)
    assert second_by_key(other, theirs).status_code == 422
    assert not inside(other)
    assert log("accounts:passkey_refused")[0][1] == {"reason": "wrong"}


def test_a_removed_key_opens_nothing_and_the_other_sessions_end(app, client, people, key):
    other = cookie_token(people.adviser)
    (row,) = kept(people.adviser)
    half = anew(app)
    asked = question(half, ASK_FACTOR)
    assert client.submit(removal(row)).location == ME
    assert inside(client)
    assert sessions.resume(other) is None
    assert half.submit(SECOND_FACTOR, {"key": key.get(asked)}).location == "/accounts/sign-in"
    assert log("accounts:passkey_removed")[0][1] == {"uuid": str(row.uuid), "sessions_ended": 2}
    assert client.submit(removal(row)).status_code == 404


def test_removing_a_key_that_was_removed_meanwhile_is_a_conflict(client, people, key):
    (row,) = kept(people.adviser)
    client.submit(removal(row))
    with pytest.raises(Conflict):
        passkeys.remove(row, by=sessions.resume(token(client)))


def test_a_strangers_key_is_not_found(as_, people, key):
    (row,) = kept(people.adviser)
    for stranger in (people.manager, people.admin):
        assert as_(stranger).submit(removal(row)).status_code == 404
    assert kept(people.adviser)


@pytest.mark.parametrize("method", ["get", "post"])
def test_keys_are_neither_added_nor_removed_without_a_proof(client, people, key, method):
    (row,) = kept(people.adviser)
    stale(people.adviser)
    sent = {"X-CSRFToken": client.csrf(), "Referer": "https://localhost" + NEW}
    for url in (NEW, ASK_NEW, removal(row)) if method == "post" else (NEW,):
        answer = getattr(client, method)(url, headers=sent)
        assert answer.status_code == (403 if method == "post" else 303)
    assert len(kept(people.adviser)) == 1


def test_a_key_needs_a_name_and_what_it_answers_is_asked_anew(client, people):
    for name in ("", "   ", "x" * 61):
        sent = Authenticator().create(question(client, ASK_NEW))
        answer = client.submit(NEW, {"name": name, "key": sent})
        assert answer.status_code == 422
        assert sent[:40] not in answer.get_data(as_text=True)
    assert not kept(people.adviser)


def test_a_name_sent_without_an_answer_asks_for_one_and_keeps_the_name(client, people):
    """As when Enter is pressed where no script runs, or a proof was asked for in between."""
    asked = question(client, ASK_NEW)
    answer = client.submit(NEW, {"name": "nyckelknippan", "key": ""})
    assert answer.status_code == 422
    assert "Nyckeln har inte svarat än." in words(answer)
    assert 'value="nyckelknippan"' in answer.get_data(as_text=True)
    assert not log("accounts:passkey_refused")
    sent = {"name": "nyckelknippan", "key": Authenticator().create(asked)}
    assert client.submit(NEW, sent).location == ME, "the question waits for its answer still"


def test_the_same_key_is_added_once(as_, client, people, key):
    for other in (client, as_(people.manager)):
        asked = question(other, ASK_NEW)
        answer = other.submit(NEW, {"name": "igen", "key": key.create(asked)})
        assert answer.status_code == 422
        assert "Den här nyckeln finns redan" in words(answer)
    assert Passkey.select().count() == 1


def test_a_person_has_at_most_ten_keys(client, people):
    account = sessions.resume(token(client))
    site = passkeys.Site("localhost", "https://localhost")
    for number in range(passkeys.MOST):
        passkeys.add(account, Authenticator().create(passkeys.creation(account, site)), f"nr {number}", site)
    with pytest.raises(passkeys.TooMany):
        passkeys.creation(account, site)
    assert len(kept(people.adviser)) == passkeys.MOST


def test_the_keys_one_has_are_named_to_the_browser_so_that_none_is_added_twice(client, people, key):
    asked = question(client, ASK_NEW)
    assert [plain(one["id"]) for one in asked["excludeCredentials"]] == [key.id]
    assert plain(asked["user"]["id"]) == people.adviser.uuid.bytes
    assert question(client, ASK_PROOF)["allowCredentials"][0]["transports"] == ["usb", "nfc"]


def test_the_administrators_reset_removes_the_keys_too(as_, people, key):
    as_(people.admin).submit(f"/accounts/{people.adviser.uuid}/second-factor")
    assert not kept(people.adviser)
    assert log("accounts:passkey_removed") == [("accounts:passkey_removed", {"count": 1})]


def test_a_session_that_ended_meanwhile_asks_and_answers_nothing(client, people, key):
    account = sessions.resume(token(client))
    site = passkeys.Site("localhost", "https://localhost")
    asked = passkeys.question(account.sign_in, site)
    SignIn.update(ended_at=clock.now()).where(SignIn.account == people.adviser).execute()
    with pytest.raises(passkeys.WrongKey):
        passkeys.prove(account.sign_in, key.get(asked), site)
    with pytest.raises(Conflict):
        passkeys.question(account.sign_in, site)


def test_a_person_without_keys_is_asked_nothing(people, client):
    with pytest.raises(NotFound):
        passkeys.question(sessions.resume(token(client)).sign_in, passkeys.Site("localhost", "https://localhost"))


def test_neither_challenge_nor_what_it_is_for_lies_in_the_clear(client, people, key):
    asked = question(client, ASK_PROOF)
    sealed = bytes(SignIn.get(SignIn.account == people.adviser).challenge_sealed)
    assert plain(asked["challenge"]) not in sealed
    assert b"challenge" not in sealed


def test_the_log_never_holds_what_a_key_is_called(client, people):
    added(client, "Hemlignamnet")
    assert not [row for row in Entry.select() if "Hemlignamnet" in row.detail]


ANSWERS = st.one_of(
    st.text(max_size=200),
    st.sampled_from(["[" * 5000, "{}", "null", "[]", '{"id": {}}', "1e999", '"' * 100]),
    st.dictionaries(st.sampled_from(["id", "rawId", "type", "response"]), st.text(max_size=40)).map(json.dumps),
)


@given(answer=ANSWERS)
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_no_answer_is_refused_and_never_a_fault(people, client, key, answer):
    account, site = sessions.resume(token(client)), passkeys.Site("localhost", "https://localhost")
    passkeys.question(account.sign_in, site)
    with pytest.raises(passkeys.WrongKey):
        passkeys.prove(account.sign_in, answer, site)
    passkeys.creation(account, site)
    with pytest.raises(passkeys.WrongKey):
        passkeys.add(account, answer, "namn", site)
    assert passkeys.prove_to_nobody(answer[:500], answer, site) is None


PARTS = ("clientDataJSON", "authenticatorData", "signature", "attestationObject")


@given(st.sampled_from(PARTS), st.integers(0, 10_000), st.integers(1, 255))
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_answer_with_one_byte_changed_is_refused(people, client, key, part, place, by):
    account, site = sessions.resume(token(client)), passkeys.Site("localhost", "https://localhost")
    if making := part == "attestationObject":
        sent = json.loads(Authenticator().create(passkeys.creation(account, site)))
    else:
        sent = json.loads(key.get(passkeys.question(account.sign_in, site)))
    content = bytearray(plain(sent["response"][part]))
    content[place % len(content)] ^= by
    sent["response"][part] = text(bytes(content))
    if making:  # without an attestation nothing signs what is made: only that no fault comes of it
        with contextlib.suppress(passkeys.WrongKey, passkeys.KeyTaken):
            passkeys.add(account, json.dumps(sent), "namn", site)
        Passkey.delete().where(Passkey.name == "namn").execute()
        return
    with pytest.raises(passkeys.WrongKey):
        passkeys.prove(account.sign_in, json.dumps(sent), site)


def test_an_account_that_is_closed_meanwhile_is_not_opened_by_its_key(app, people, key):
    other = anew(app)
    asked = question(other, ASK_FACTOR)
    Account.update(closed_at=clock.now()).where(Account.id == people.adviser.id).execute()
    assert other.submit(SECOND_FACTOR, {"key": key.get(asked)}).location == "/accounts/sign-in"


def test_the_moment_of_the_last_use_shuts_out_every_question_from_before(app, people, key):
    """Also where no session keeps the question: an answer that was overheard is not good a second time."""
    key.counts, site = False, passkeys.Site("localhost", "https://localhost")
    Passkey.update(sign_count=0).execute()
    key.count = 0
    with clock.frozen(NOON):
        asked, sealed = passkeys.question_to_anybody(site)
        sent = key.get(asked)
        assert passkeys.prove_to_nobody(sealed, sent, site) is not None
        assert passkeys.prove_to_nobody(sealed, sent, site) is None
    with clock.frozen(NOON + dt.timedelta(minutes=1)):
        assert passkeys.prove_to_nobody(sealed, sent, site) is None
