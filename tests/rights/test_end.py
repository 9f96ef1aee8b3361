"""Rights end at once and for good: by their time, by a decision, with the account or the unit, after a restore."""

import datetime as dt
import json

import pytest

from portal import clock
from portal.accounts import actions as accounts
from portal.accounts import passwords
from portal.accounts.models import Account, RoleGrant, Unit, UnitHead
from portal.accounts.permissions import Permission, Role
from portal.audit.models import Entry
from portal.errors import Conflict, Denied
from portal.retention import account_standing, ledger, standing, sweeps, watch
from portal.rights import asking, command, ending, tending
from portal.rights.models import End, Right, State
from tests.people import EVER, grant, person
from tests.rights.asked import DAY, NOW, acts, ask, fresh, granted

WORDS = "zqarbetar inte längre med skolorna"


@pytest.fixture(autouse=True)
def _stopped_clock():
    with clock.frozen(NOW):
        yield


def told(act: str = "ended") -> dict:
    entry = Entry.select().where(Entry.act == f"rights:{act}").order_by(Entry.id.desc()).get()
    return {"by": entry.by, "subject": entry.subject, **json.loads(entry.detail)}


def reached(account: Account) -> frozenset[int]:
    """The queues of what the person may now."""
    return Account.get_by_id(account.id).queue_ids


def test_a_right_ended_by_a_decision_gives_nothing_from_then_on(people):
    right = granted(people)
    assert people.technical.id in reached(people.adviser)
    with pytest.raises(ending.ReasonNeeded):
        ending.end(right, reason=" ", by=people.decider)
    ending.end(right, reason=f" {WORDS} ", by=people.decider)
    assert reached(people.adviser) == {people.daycare.id}, "what another right gives stays"
    row = fresh(right)
    assert (row.state, row.end, row.end_reason, row.ended_by, row.ended_at) == (
        *(State.ENDED, End.DECISION, WORDS),
        *(people.decider, NOW),
    )
    expected = {"by": people.decider.uuid, "subject": right.uuid, "person": people.adviser.uuid.hex}
    assert told() == {**expected, "role": "adviser", "right_end": "decision", "right_kind": "decision"}
    assert WORDS not in json.dumps([entry.detail for entry in Entry.select()])
    with pytest.raises(Conflict):
        ending.end(right, reason=WORDS, by=people.delegate)
    assert fresh(right).ended_by == people.decider


def test_a_role_of_the_whole_register_is_ended_by_who_grants_also_for_the_people_one_answers_for(people, as_):
    unit = Unit.create(code="JUR", name_sv="Juridik", name_fi="Juridiikka")
    UnitHead.create(unit=unit, account=people.manager)
    officer = person("dora", "Dora Ombudsman", Role.ADVISER, queues=[people.daycare])
    RoleGrant.delete().where(RoleGrant.account == officer.id).execute()
    Account.update(unit=unit).where(Account.id == officer.id).execute()
    right = granted(people, fresh(officer), role=Role.DPO, queues=[])
    with pytest.raises(Denied):
        ending.end(right, reason=WORDS, by=people.manager)
    assert f"/rights/{right.uuid}/end" not in as_(people.manager).get(f"/rights/{right.uuid}").text
    assert f"/rights/{right.uuid}/end" in as_(people.decider).get(f"/rights/{right.uuid}").text
    ending.end(right, reason=WORDS, by=people.decider)
    assert fresh(right).state == State.ENDED


def test_one_that_has_not_begun_never_does(people):
    right = granted(people, first_on=clock.today() + 5 * DAY)
    ending.end(right, reason=WORDS, by=people.decider)
    with clock.frozen(NOW + 10 * DAY):
        assert reached(people.adviser) == {people.daycare.id}


def test_time_ends_a_right_to_the_millisecond_and_the_round_notes_it_once(people):
    right = command.by_command(people.adviser, role=Role.ADVISER, queues=[people.technical], days=1)
    later = granted(people, role=Role.CLERK)
    over = right.ends_at
    assert clock.local(over).time() == dt.time.min
    with clock.frozen(over - dt.timedelta(milliseconds=1)):
        assert people.technical.id in Account.get_by_id(people.adviser.id).queues_as(Role.ADVISER)
        assert tending.tend() == 0
    with clock.frozen(over):
        assert people.technical.id not in Account.get_by_id(people.adviser.id).queues_as(Role.ADVISER)
        with pytest.raises(Conflict):
            ending.end(right, reason=WORDS, by=people.decider)
        assert fresh(right).state == State.GRANTED, "whether or not anybody has looked"
    with clock.frozen(over + dt.timedelta(hours=1)):
        assert (tending.tend(), tending.tend()) == (1, 0)
        row = fresh(right)
        assert (row.state, row.end, row.ended_by, row.ended_at) == (State.ENDED, End.TIME, None, over)
        assert (told()["by"], told()["right_end"]) == (None, "time")
        assert fresh(later).state == State.GRANTED
        assert sweeps.last("rights").good_at == clock.now()
    with clock.frozen(over - dt.timedelta(hours=1)):
        account = Account.get_by_id(people.adviser.id)
        assert people.technical.id not in account.queues_as(Role.ADVISER), "noted is noted, whatever the clock says"


def test_a_clock_that_is_set_back_gives_nothing_again_that_was_ended(people):
    ended, kept = granted(people), granted(people, role=Role.CLERK, queues=[people.elderly])
    with clock.frozen(NOW + 2 * DAY):
        ending.end(ended, reason=WORDS, by=people.decider)
    with clock.frozen(NOW + DAY):
        account = Account.get_by_id(people.adviser.id)
        assert account.queues_for(Permission.RECORDINGS_FIND) == {people.daycare.id, people.elderly.id}
        assert set(account_standing.of(account)["rights"]) == {"adviser", kept.uuid.hex}
        assert granted(people, role=Role.ADVISER).state == State.GRANTED, "and hinders no new decision"


def test_nothing_is_noted_as_over_while_the_clock_is_doubted(people, monkeypatch):
    right = granted(people)
    monkeypatch.setattr(watch, "doubts_clock", lambda: True)
    with clock.frozen(right.ends_at):
        assert tending.tend() == 0
        assert fresh(right).state == State.GRANTED
    assert people.technical.id in reached(people.adviser), "the clock was wrong, and the right is there"


@pytest.mark.parametrize("why", [End.LEFT, End.UNIT])
def test_with_the_account_or_the_unit_all_ends_at_once_and_what_waits_is_taken_back(people, why):
    right, coming = granted(people), granted(people, role=Role.CLERK, first_on=clock.today() + 5 * DAY)
    over = command.by_command(people.adviser, role=Role.MANAGER, queues=[people.elderly])
    ending.end(over, reason=WORDS, by=people.decider)
    waiting = ask(people, role=Role.MANAGER)
    if why == End.LEFT:
        accounts.close(people.adviser, by=people.admin)
        entry = Entry.select().where(Entry.act == "accounts:closed").get()
        assert json.loads(entry.detail)["rights_ended"] == 2
        accounts.reopen(people.adviser, by=people.admin)
    else:
        assert ending.end_all(people.adviser, why, by=people.admin) == 2
    with clock.frozen(NOW + 10 * DAY):
        account = Account.get_by_id(people.adviser.id)
        assert (account.roles, account.queue_ids) == (frozenset(), frozenset()), "opened again, it has none"
    assert [(fresh(one).state, fresh(one).end) for one in (right, coming)] == [(State.ENDED, why)] * 2
    assert fresh(over).end == End.DECISION
    assert (fresh(waiting).state, fresh(waiting).waits) == (State.TAKEN_BACK, None)
    assert (told("taken_back")["by"], told("taken_back")["right_end"]) == (people.admin.uuid, why)
    assert acts()[-3:] == ["ended", "ended", "taken_back"]
    assert asking.ask(
        *[people.adviser],
        role=Role.MANAGER,
        queues=[people.technical],
        reason=WORDS,
        first_on=clock.today(),
        last_on=clock.today() + DAY,
        by=people.decider,
    ), "the way is free to ask anew"


@pytest.mark.parametrize(("role", "refusal"), [(Role.ADMIN, "LastAdministrator"), (Role.CONTROLLER, "LastController")])
def test_nobody_takes_the_last_right_by_which_others_are_let_in_but_time_does(people, role, refusal):
    RoleGrant.delete().where(RoleGrant.role == role).execute()
    one = command.by_command(person("eva", "Eva Prövberg"), role=role, days=1)
    by = person("dora", "Dora Beslutberg", Role.CONTROLLER) if role == Role.ADMIN else one.account
    coming = grant(person("ester", "Ester Framtidsson"), role)
    RoleGrant.update(begins_at=NOW + DAY).where(RoleGrant.id == coming.id).execute()
    for end in (
        lambda: ending.end(one, reason=WORDS, by=by),
        lambda: ending.end_all(one.account, End.UNIT, by=people.decider),
        lambda: command.end_by_command(one.account, role=role),
    ):
        with pytest.raises(getattr(ending, refusal)):
            end()
        assert fresh(one).state == State.GRANTED, "nothing of a refused act stays"
        assert role in Account.get_by_id(one.account_id).roles
    assert acts() == ["given_by_command"]
    RoleGrant.update(begins_at=NOW).where(RoleGrant.id == coming.id).execute()
    Account.update(closed_at=NOW).where(Account.id == coming.account_id).execute()
    with pytest.raises(getattr(ending, refusal)):
        ending.end(one, reason=WORDS, by=by)
    Account.update(closed_at=None).where(Account.id == coming.account_id).execute()
    ending.end(one, reason=WORDS, by=by)
    RoleGrant.update(ends_at=NOW + DAY).where(RoleGrant.id == coming.id).execute()
    last = command.by_command(one.account, role=role, days=1)
    with clock.frozen(NOW + 2 * DAY):
        assert ending.end_due() == 1
        assert fresh(last).end == End.TIME
        lapsing = command.by_command(one.account, role=role)
        ending.lapse(lapsing)
        assert fresh(lapsing).end == End.LAPSED


def test_a_restore_brings_no_ended_right_back_and_lengthens_none(people):
    """The ledger knows every right by its decision; what it no longer names is over."""
    kept, ended, shorter = (
        granted(people, role=role, queues=[people.technical]) for role in (Role.ADVISER, Role.CLERK, Role.MANAGER)
    )
    coming = granted(people, role=Role.ADVISER, first_on=clock.today() + 40 * DAY, last_on=clock.today() + 50 * DAY)
    standing.catch_up()
    for right in (ended, coming):
        ending.end(right, reason=WORDS, by=people.decider)
    until = NOW + 3 * DAY
    RoleGrant.update(ends_at=until).where(RoleGrant.right == shorter.uuid).execute()
    stands = json.loads(json.dumps(account_standing.of(people.adviser)))
    assert ended.uuid.hex not in stands["rights"]
    # The register is older again
    for right in (ended, coming, shorter):
        Right.update(state=State.GRANTED, end="", ended_at=None, ended_by=None).where(Right.id == right.id).execute()
        RoleGrant.update(ends_at=right.ends_at, ended=False).where(RoleGrant.right == right.uuid).execute()
    assert account_standing.take_again(people.adviser, stands) == ["rights"]
    assert account_standing.take_again(people.adviser, stands) == []
    account = Account.get_by_id(people.adviser.id)
    assert account.roles == {Role.ADVISER, Role.MANAGER}
    assert [fresh(one).state for one in (kept, ended, coming)] == [State.GRANTED, State.ENDED, State.ENDED]
    assert (fresh(ended).end, told()["right_end"]) == (End.RESTORED, "restored")
    assert fresh(shorter).ends_at == until
    with clock.frozen(until):
        assert Account.get_by_id(people.adviser.id).roles == {Role.ADVISER}
    with clock.frozen(NOW + 45 * DAY):
        assert people.technical.id not in reached(people.adviser)


def test_a_line_of_the_ledger_from_before_rights_were_decisions_still_takes_what_was_lost(people):
    grant(people.adviser, Role.MANAGER, [people.daycare, people.technical], until=EVER)
    proofs = account_standing.of(people.adviser)
    old = {**{key: value for key, value in proofs.items() if key != "rights"}, "roles": ["adviser"]}
    assert account_standing.take_again(people.adviser, {**old, "queues": [people.daycare.uuid.hex]}) == [
        "queues",
        "rights",
    ]
    account = Account.get_by_id(people.adviser.id)
    assert (account.roles, account.queue_ids) == ({Role.ADVISER}, {people.daycare.id})
    assert passwords.verify(account.password_hash, "hallon-och-kardemumma-7")


def test_every_end_and_every_beginning_reaches_the_ledger(people):
    def lines() -> int:
        standing.catch_up()
        return sum(line.kind == ledger.Kind.ACCOUNT and line.subject == people.adviser.uuid for line in ledger.lines())

    right = granted(people)
    assert lines() == 1
    ending.end(right, reason=WORDS, by=people.decider)
    assert lines() == 2
    timed = command.by_command(people.adviser, role=Role.CLERK, queues=[people.elderly], days=1)
    assert lines() == 3
    with clock.frozen(timed.ends_at):
        ending.end_due()
        assert lines() == 4
