"""`portal account`, as an operator runs it."""

import json

import pytest
from click.testing import CliRunner

from portal import db
from portal.accounts import passwords
from portal.accounts.models import Account
from portal.cli import root
from tests.accounts.door import last, log
from tests.people import cookie_token


@pytest.fixture
def portal(settings):
    def run(*words: str, text: str | None = None):
        answer = CliRunner().invoke(root, ["account", *words], input=text, catch_exceptions=False)
        db.connect()
        return answer

    return run


def test_create_prints_the_temporary_password_once(portal, people):
    rights = ("--role", "controller", "--role", "manager", "--queue", "2001")
    answer = portal("create", "Nytt", "--name", "Ny Person", *rights, "--json")
    assert answer.exit_code == 0, answer.output
    said = json.loads(answer.output)
    account = Account.get(Account.username == "nytt")
    assert passwords.verify(account.password_hash, said["password"])
    assert account.password_temporary
    assert account.roles == {"controller", "manager"}
    assert account.queues_as("controller") == frozenset(), "that role has no queue"
    assert account.queues_as("manager") == {people.daycare.id}
    entry = last("accounts:created")
    assert entry.by is None
    assert json.loads(entry.detail)["via"] == "command"
    told = [(about["role"], about["person"]) for act, about in log("rights:given_by_command")]
    assert told == [("controller", account.uuid.hex), ("manager", account.uuid.hex)]


def test_create_reads_the_password_from_standard_input_and_does_not_repeat_it(portal, people):
    chosen = "tre glada smurfar dansade"
    answer = portal("create", "nytt", "--name", "Ny Person", "--password-stdin", text=chosen + "\n")
    assert answer.exit_code == 0
    assert chosen not in answer.output
    account = Account.get(Account.username == "nytt")
    assert passwords.verify(account.password_hash, chosen)
    assert account.password_temporary


@pytest.mark.parametrize(
    ("words", "text", "said"),
    [
        (("create", "karin", "--name", "X"), None, "the user name is taken"),
        (("create", "två ord", "--name", "X"), None, "a user name has"),
        (("create", "nytt", "--name", "X", "--queue", "9999"), None, "no service number 9999"),
        (("create", "nytt", "--name", "X", "--password-stdin"), "kort\n", "at least 12"),
        (("create", "nytt", "--name", "X", "--role", "emperor"), None, "emperor"),
        (("create", "nytt", "--name", "X", "--role", "adviser"), None, "needs a service number"),
        (("create", "nytt", "--name", "X", "--role", "admin", "--role", "dpo"), None, "no other role at the same time"),
        (("close", "nobody"), None, "no such account"),
        (("reset", "nobody"), None, "no such account"),
        (("close", "arvo"), None, "last administrator"),
        (("close", "dag"), None, "give that right to another first"),
    ],
)
def test_what_cannot_be_done_is_said_and_exits_with_an_error(portal, people, words, text, said):
    before = Account.select().count()
    answer = portal(*words, text=text)
    assert answer.exit_code != 0
    assert said in answer.output
    assert Account.select().count() == before


def test_list_tells_roles_queues_and_state_but_no_secret(portal, people):
    rows = {row["username"]: row for row in json.loads(portal("list", "--json").output)}
    assert rows["maria"] == {
        "username": "maria",
        "name": "Maria Chefberg",
        "roles": ["manager"],
        "queues": ["2001", "2002"],
        "open": True,
        "enrolled": True,
        "recovery_codes": 0,
    }
    assert "argon2" not in portal("list").output


def test_close_ends_the_sessions_and_a_second_close_is_refused(portal, people):
    from portal.accounts import sessions

    token = cookie_token(people.adviser)
    assert portal("close", "Karin").exit_code == 0
    assert sessions.resume(token) is None
    assert last("accounts:closed").by is None
    answer = portal("close", "karin")
    assert answer.exit_code != 0
    assert "already" in answer.output


def test_reset_gives_a_new_password_and_lets_the_app_be_enrolled_anew(portal, people):
    said = json.loads(portal("reset", "karin", "--json").output)
    account = Account.get_by_id(people.adviser.id)
    assert passwords.verify(account.password_hash, said["password"])
    assert account.totp_sealed is None
    assert [act for act, _ in log()] == ["accounts:second_factor_reset", "accounts:password_reset"]
    assert portal("reset", "karin").exit_code == 0, "again, now without an app"


def test_without_a_register_the_command_says_what_to_do(settings, tmp_path, monkeypatch):
    from portal import config

    config.use(config.load(tmp_path / "empty"))
    answer = CliRunner().invoke(root, ["account", "list"])
    assert answer.exit_code != 0
    assert "portal migrate" in answer.output
    assert not (tmp_path / "empty" / "portal.db").exists()
