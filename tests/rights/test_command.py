"""`portal rights`, as an operator runs it: the way in when nobody is left who could grant, loud in the log."""

import datetime as dt
import json

import pytest
from click.testing import CliRunner

from portal import clock, db
from portal.accounts.models import Account, RoleGrant
from portal.accounts.permissions import Role
from portal.audit.models import Entry
from portal.cli import root
from portal.retention import ledger
from portal.rights.models import Kind, Right, State


@pytest.fixture
def portal(settings):
    def run(*words: str):
        answer = CliRunner().invoke(root, ["rights", *words], catch_exceptions=False)
        db.connect()
        return answer

    return run


def test_a_right_is_given_when_nobody_could_grant_one_and_the_log_tells_how(portal, people):
    RoleGrant.delete().where(RoleGrant.role == Role.CONTROLLER).execute()
    answer = portal("grant", "Dag", "--role", "controller", "--days", "7", "--json")
    assert answer.exit_code == 0, answer.output
    (said,) = json.loads(answer.output)
    right = Right.get()
    days = (right.first_on, right.last_on) == (clock.today(), clock.today() + dt.timedelta(days=6))
    assert days, "today is the first"
    assert (right.kind, right.state, right.asked_by, right.decided_by) == (Kind.COMMAND, State.GRANTED, None, None)
    assert (said["uuid"], said["username"], said["role"], said["queues"]) == (str(right.uuid), "dag", "controller", [])
    assert Account.get_by_id(people.decider.id).roles == {Role.CONTROLLER}
    entry = Entry.select().where(Entry.act == "rights:given_by_command").get()
    assert (entry.by, entry.subject) == (None, right.uuid)
    assert entry.told["person"] == people.decider.uuid.hex
    told = [line.subject for line in ledger.lines() if line.kind == ledger.Kind.ACCOUNT]
    assert told == [people.decider.uuid], "at once, not with the next sweep"


def test_a_role_for_queues_is_given_for_those_named_and_ended_by_its_role(portal, people):
    given = ("grant", "olli", "--role", "clerk", "--queue", "2002", "--queue", "2001")
    assert portal(*given).output.split("\t")[:3] == ["olli", "clerk", "2001,2002"]
    assert Account.get_by_id(people.outsider.id).queues_as(Role.CLERK) == {people.daycare.id, people.technical.id}
    rows = json.loads(portal("list", "--json").output)
    assert [(row["username"], row["role"], row["kind"], row["state"]) for row in rows] == [
        ("olli", "clerk", "command", "granted")
    ]
    assert portal("list", "karin").output == ""
    (ended,) = json.loads(portal("end", "olli", "--role", "clerk", "--json").output)
    assert ended["state"] == "ended"
    assert Account.get_by_id(people.outsider.id).roles == {Role.ADVISER}
    entry = Entry.select().where(Entry.act == "rights:ended").get()
    assert (entry.by, entry.told["right_end"]) == (None, "decision")
    assert json.loads(portal("list", "--json").output) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("grant", "nobody", "--role", "clerk", "--queue", "2001"), "no such account"),
        (("grant", "karin", "--role", "clerk"), "needs a service number"),
        (("grant", "karin", "--role", "clerk", "--queue", "9999"), "no service number 9999"),
        (("grant", "karin", "--role", "emperor"), "emperor"),
        (("grant", "karin", "--role", "clerk", "--queue", "2001", "--days", "0"), "--days"),
        (("grant", "karin", "--role", "clerk", "--queue", "2001", "--days", "400"), "PORTAL_RIGHTS_MONTHS"),
        (("grant", "karin", "--role", "dpo"), "no other role at the same time"),
        (("grant", "arvo", "--role", "controller"), "no role that reaches calls"),
        (("grant", "rut", "--role", "clerk", "--queue", "2001"), "the account is closed"),
        (("end", "karin", "--role", "clerk"), "no such right"),
    ],
)  # fmt: skip
def test_what_cannot_be_given_or_ended_is_said_and_nothing_is_done(portal, people, words, said):
    Account.create(username="rut", name="Rut Stängd", password_hash="x", closed_at=clock.now())
    answer = portal(*words)
    assert answer.exit_code != 0
    assert said in answer.output
    assert not Right.select().exists()
    assert not Entry.select().where(Entry.act.startswith("rights:")).exists()
