"""A right is asked for by whoever answers for the person, and gives nothing until another has granted it."""

import datetime as dt

import pytest

from portal import clock
from portal.accounts.models import Account, RoleGrant, Unit, UnitHead
from portal.accounts.permissions import Role
from portal.audit.models import Entry
from portal.cases.personal_codes import PersonalCode
from portal.errors import Denied, NotFound
from portal.queues.models import Queue
from portal.rights import asking, command, granting, incompatible
from portal.rights.models import Right, RightQueue, State
from tests.people import grant, person
from tests.rights.asked import DAY, NOW, WORDS, acts, ask, fresh


@pytest.fixture(autouse=True)
def _day():
    with clock.frozen(NOW):
        yield


def unit(code: str, *heads: Account, people: tuple[Account, ...] = ()) -> Unit:
    row = Unit.create(code=code, name_sv=code, name_fi=code)
    for head in heads:
        UnitHead.create(unit=row, account=head)
    Account.update(unit=row).where(Account.id.in_([one.id for one in people])).execute()
    return row


def test_what_is_asked_for_waits_and_gives_nothing_and_the_log_says_who_asked_for_whom(people):
    right = ask(people)
    assert (right.state, right.waits, right.asked_by, right.reason) == (State.ASKED, True, people.manager, WORDS)
    assert right.begins_at == dt.datetime(2026, 9, 13, 21, tzinfo=clock.UTC), "the first day begins in Helsinki"
    assert right.ends_at == dt.datetime(2026, 10, 14, 21, tzinfo=clock.UTC), "the last day is over"
    assert [row.queue for row in RightQueue.select()] == [people.technical]
    assert people.technical.id not in fresh(people.adviser).queue_ids
    entry = Entry.select().where(Entry.act == "rights:asked").get()
    assert (entry.subject, entry.by) == (right.uuid, people.manager.uuid)
    assert entry.told == {
        "person": str(people.adviser.uuid),
        "role": "adviser",
        "queues": [str(people.technical.uuid)],
        "first_on": "2026-09-14",
        "last_on": "2026-10-14",
    }
    assert WORDS not in entry.detail


def test_one_asks_for_the_people_of_a_unit_one_heads_a_manager_for_those_without_who_grants_for_anybody(people):
    schools = unit("KOUL", people.second_manager, people=(people.adviser, people.manager))
    unit("ANNAN", people=(people.clerk,))
    with pytest.raises(NotFound):
        ask(people, by=people.manager)
    with pytest.raises(NotFound):
        ask(people, people.clerk, by=people.second_manager)
    assert ask(people, by=people.second_manager).unit == schools
    assert ask(people, people.outsider, by=people.manager).unit is None
    assert ask(people, people.clerk, by=people.decider)
    assert ask(people, people.manager, by=people.second_manager, role=Role.CLERK)
    for nobody in (people.adviser, people.clerk, people.dpo, people.admin):
        with pytest.raises(Denied):
            ask(people, people.outsider, by=nobody)
        assert not asking.people(nobody).exists()
    Account.update(closed_at=NOW).where(Account.id == people.outsider.id).execute()
    with pytest.raises(NotFound):
        ask(people, people.outsider, by=people.decider, role=Role.CLERK)


@pytest.mark.parametrize(
    ("error", "typed"),
    [
        (asking.RoleNeeded, {"role": "owner"}),
        (asking.QueuesNeeded, {"queues": []}),
        (asking.ReasonNeeded, {"reason": "behövs   \n  "}),
        (PersonalCode, {"reason": f"{WORDS} 131052-308T"}),
        (asking.FirstBefore, {"first_on": dt.date(2026, 9, 13)}),
        (asking.FirstTooFar, {"first_on": dt.date(2026, 12, 15), "last_on": dt.date(2026, 12, 16)}),
        (asking.LastBefore, {"first_on": dt.date(2026, 9, 15), "last_on": dt.date(2026, 9, 14)}),
        (asking.TooLong, {"last_on": dt.date(2027, 9, 14)}),
    ],
)
def test_what_cannot_be_asked_says_what_is_missing_and_leaves_nothing(people, error, typed):
    with pytest.raises(error):
        ask(people, **typed)
    assert not Right.select().exists()
    assert acts() == []


def test_a_right_is_asked_for_up_to_twelve_months_to_the_day_and_three_ahead(people):
    assert ask(people, last_on=dt.date(2027, 9, 13))
    assert ask(people, people.clerk, first_on=dt.date(2026, 12, 14), last_on=dt.date(2027, 12, 13))


def test_a_queue_out_of_use_is_not_asked_for_and_a_role_without_queues_gets_none(people):
    Queue.update(active=False).where(Queue.id == people.technical.id).execute()
    with pytest.raises(asking.QueuesNeeded):
        ask(people, queues=[Queue.get_by_id(people.technical.id)])
    made = ask(people, people.clerk, by=people.decider, role=Role.CONTROLLER, queues=[people.daycare])
    assert not RightQueue.select().where(RightQueue.right == made.id).exists()


def test_the_same_role_is_asked_for_once_until_it_is_decided(people):
    first = ask(people)
    with pytest.raises(asking.AlreadyAsked):
        ask(people, queues=[people.elderly])
    assert ask(people, role=Role.CLERK)
    assert ask(people, people.clerk)
    asking.take_back(first, by=people.manager)
    assert ask(people)


def test_only_who_asked_takes_it_back_and_only_while_it_waits(people):
    right = ask(people)
    for by, error in (
        (people.decider, asking.NotYours),
        (people.adviser, asking.NotYours),
        (people.second_manager, NotFound),
    ):
        with pytest.raises(error):
            asking.take_back(right, by=by)
    asking.take_back(right, by=people.manager)
    with pytest.raises(asking.NotWaiting):
        asking.take_back(right, by=people.manager)
    with pytest.raises(asking.NotWaiting):
        granting.grant(right, by=people.decider)
    assert (fresh(right).state, acts()) == (State.TAKEN_BACK, ["asked", "taken_back"])


def test_the_officer_never_decides_or_listens_and_the_administrator_never_reaches_content(people):
    for role in Role:
        for account, allowed in ((people.dpo, {Role.DPO}), (people.admin, {Role.ADMIN})):
            if role in allowed:
                assert ask(people, account, by=people.decider, role=role)
                continue
            officer = Role.DPO in (role, Role.DPO if account == people.dpo else role)
            with pytest.raises(incompatible.OfficerApart if officer else incompatible.AdministratorApart):
                ask(people, account, by=people.decider, role=role)
    for account in (people.adviser, people.manager, people.clerk, people.delegate):
        with pytest.raises(incompatible.OfficerApart):
            ask(people, account, by=people.decider, role=Role.DPO)
        with pytest.raises(incompatible.AdministratorApart):
            ask(people, account, by=people.decider, role=Role.ADMIN)
    with pytest.raises(incompatible.OfficerApart):
        command.by_command(people.dpo, role=Role.ADVISER, queues=[people.daycare])


def test_roles_that_do_not_go_together_may_follow_each_other_to_the_day(people):
    who = person("bo", "Bo Bytersson")
    grant(who, Role.DPO, until=clock.day_start(clock.today() + 10 * DAY))
    with pytest.raises(incompatible.OfficerApart):
        ask(people, who, first_on=clock.today() + 9 * DAY)
    later = ask(people, who, first_on=clock.today() + 10 * DAY)
    coming = person("ea", "Ea Efterträdare")
    row = grant(coming, Role.DPO)
    RoleGrant.update(begins_at=clock.day_start(clock.today() + 10 * DAY)).where(RoleGrant.id == row.id).execute()
    assert ask(people, coming, last_on=clock.today() + 9 * DAY)
    with pytest.raises(incompatible.OfficerApart):
        ask(people, coming, role=Role.CLERK, last_on=clock.today() + 10 * DAY)
    RoleGrant.update(ends_at=RoleGrant.ends_at + 1).where(RoleGrant.account == who.id).execute()
    with pytest.raises(incompatible.OfficerApart):
        granting.grant(later, by=people.decider)
    assert fresh(later).state == State.ASKED
