"""The list of rights shows each reader those that are their matter, finds them, and reminds of what ends."""

import csv
import datetime as dt
import io

import pytest

from portal import clock
from portal.accounts.models import Account, Unit, UnitHead
from portal.accounts.permissions import Role
from portal.audit.models import Entry
from portal.queues.models import Queue
from portal.rights import asking, ending, granting, reading
from portal.rights.models import End, Right
from portal.rights.reading import Asked
from tests.people import person
from tests.rights.asked import DAY, NOW, WORDS, ask, fresh, given, granted


@pytest.fixture(autouse=True)
def _day():
    with clock.frozen(NOW):
        yield


@pytest.fixture
def five(people) -> dict[str, Right]:
    """One in each state, by the manager but for the last."""
    made = {
        "now": granted(people),
        "coming": granted(people, people.clerk, first_on=clock.today() + DAY, role=Role.CLERK),
        "refused": ask(people, people.outsider),
        "soon": granted(people, people.outsider, role=Role.CLERK, last_on=clock.today() + 5 * DAY),
        "waiting": ask(people, people.adviser, by=people.decider, queues=[people.daycare], role=Role.CLERK),
    }
    granting.refuse(made["refused"], reason=WORDS, by=people.decider)
    return made


def listed(by, **asked) -> list[Right]:
    rows, count = reading.listed(Asked(**asked), by=by)
    assert count == len(rows)
    return [row.right for row in rows]


def test_it_asks_by_person_role_queue_state_and_end_and_the_log_keeps_what_was_asked_not_of_whom(people, five):
    decider, of = people.decider, five
    assert listed(decider) == [of["waiting"], of["soon"], of["now"], of["coming"]], "what waits, then what ends first"
    assert listed(decider, words="TESTSTRÖM karin") == [of["waiting"], of["now"]]
    assert listed(decider, role="clerk") == [of["waiting"], of["soon"], of["coming"]]
    assert listed(decider, queue=people.daycare.uuid) == [of["waiting"]]
    assert listed(decider, soon=True) == [of["soon"]]
    assert listed(decider, state=reading.NOW) == [of["soon"], of["now"]]
    assert listed(decider, state=reading.COMING) == [of["coming"]]
    assert listed(decider, state=reading.WAITING) == [of["waiting"]]
    assert listed(decider, state=reading.OVER) == [of["refused"]]
    with clock.frozen(of["soon"].ends_at):
        assert listed(decider, state=reading.OVER) == [of["soon"], of["refused"]], "also before it is noted as ended"
        assert of["soon"] not in listed(decider)
    reading.listed(Asked(words="olli", role="clerk", soon=True), by=decider)
    entry = Entry.select().order_by(Entry.id.desc()).get()
    assert (entry.act, entry.told) == ("rights:listed", {"asked": {"role": "clerk", "soon": True}, "rows": 1})


def test_a_manager_sees_what_they_asked_for_and_the_people_of_units_they_head_and_others_their_own(people, five):
    assert set(listed(people.manager)) == {five["now"], five["coming"], five["soon"]}
    assert listed(people.second_manager) == []
    schools = Unit.create(code="KOUL", name_sv="Skolor", name_fi="Koulut")
    UnitHead.create(unit=schools, account=people.second_manager)
    Account.update(unit=schools).where(Account.id == people.adviser.id).execute()
    assert set(listed(Account.get_by_id(people.second_manager.id))) == {five["now"], five["waiting"]}
    assert listed(people.adviser) == [five["waiting"], five["now"]]
    for reader in (people.dpo, people.admin):
        assert len(listed(reader)) == 4


def test_a_page_of_the_list_costs_the_same_however_many_there_are(people, monkeypatch):
    monkeypatch.setattr(reading, "SHOWN", 3)
    for n in range(5):
        granted(people, person(f"p{n}", f"Person {n}"))
    rows, count = reading.listed(Asked(), by=people.decider, most=3)
    assert (len(rows), count) == (3, 5)
    assert all(row.queues == [people.technical] for row in rows)


def test_the_file_holds_the_same_rows_and_no_formula(people, as_):
    who = person("eva", "=1+1 Eva")
    granted(people, who, reason="@" + WORDS)
    answer = as_(people.decider).get("/rights/list.csv?role=adviser")
    head, row = csv.reader(io.StringIO(answer.text.lstrip("\ufeff")), delimiter=";")
    assert (row[0], row[8]) == ("'=1+1 Eva", f"'@{WORDS}")
    assert row[1:8] == [
        "eva",
        "kundrådgivare",
        "Tekniska servicen",
        "Gäller nu",
        "14.9.2026",
        "14.10.2026",
        "Beslut på begäran",
    ]
    assert len(head) == len(row)
    assert Entry.select().order_by(Entry.id.desc()).get().told["exported"] is True
    own = as_(people.adviser).get("/rights/list.csv").text
    assert "Eva" not in own


def test_whoever_asked_is_reminded_thirty_days_before_and_not_when_it_is_asked_for_again(people):
    right = granted(people, last_on=clock.today() + 60 * DAY)
    for moment, reminds in (
        (right.ends_at - 31 * DAY, False),
        (right.ends_at - 30 * DAY, True),
        (right.ends_at - dt.timedelta(seconds=1), True),
        (right.ends_at, False),
    ):
        with clock.frozen(moment):
            assert reading.waits(people.manager).ending == reminds
            assert reading.waits(people.second_manager).ending == 0
            assert reading.waits(people.decider).ending == 0
    with clock.frozen(right.ends_at - 10 * DAY):
        for queues, reminds in (([people.daycare], 1), ([people.technical, people.daycare], 0)):
            again = ask(people, queues=queues, first_on=right.last_on + DAY, last_on=right.last_on + 30 * DAY)
            assert reading.waits(people.manager).ending == reminds, "only the same queues are the same"
            granting.grant(again, by=people.decider)
            assert reading.waits(people.manager).ending == reminds
        ending.end(again, reason=WORDS, by=people.decider)
        assert reading.waits(people.manager).ending == 1


def test_a_service_number_that_is_closed_needs_no_successor(people):
    right = granted(people, queues=[people.technical, people.daycare], last_on=clock.today() + 5 * DAY)
    Queue.update(active=False).where(Queue.id == people.technical.id).execute()
    assert [row.right for row in reading.ending(people.manager)] == [right]
    ask(people, queues=[people.daycare], first_on=clock.today() + 6 * DAY)
    assert reading.ending(people.manager) == []
    assert reading.is_followed(right)


def test_one_whose_service_numbers_are_all_closed_reminds_nobody(people):
    granted(people, last_on=clock.today() + 5 * DAY)
    Queue.update(active=False).where(Queue.id == people.technical.id).execute()
    assert reading.ending(people.manager) == [], "nobody can ask for it anew"


def test_what_nobody_asked_for_reminds_those_who_grant_and_the_head_of_the_unit(people):
    schools = Unit.create(code="KOUL", name_sv="Skolor", name_fi="Koulut")
    UnitHead.create(unit=schools, account=people.second_manager)
    Account.update(unit=schools).where(Account.id == people.adviser.id).execute()
    right = granting.grant(
        asking.ask(
            people.adviser,
            role=Role.ADVISER,
            queues=[people.technical],
            reason=WORDS,
            first_on=clock.today(),
            last_on=clock.today() + DAY,
            by=people.second_manager,
        ),
        by=people.decider,
    )
    Right.update(asked_by=None, kind="carried").where(Right.id == right.id).execute()
    assert reading.waits(people.decider).ending == 1
    assert reading.waits(people.second_manager).ending == 1
    assert reading.waits(people.manager).ending == 0
    Account.update(closed_at=NOW).where(Account.id == people.adviser.id).execute()
    assert reading.waits(people.decider).ending == 0


def test_who_decides_sees_how_many_wait_for_them_and_not_their_own(people):
    ask(people)
    ask(people, people.clerk, by=people.decider)
    ask(people, people.decider, by=people.delegate, role=Role.CLERK)
    assert (reading.waits(people.decider).decide, reading.waits(people.delegate).decide) == (1, 2)
    assert reading.waits(people.manager).decide == 0


def test_what_stands_is_what_has_not_ended(people):
    now, later = granted(people), granted(people, people.clerk, first_on=clock.today() + DAY)
    gone = granted(people, people.outsider)
    ending.end(gone, reason=WORDS, by=people.decider)
    given(people, people.outsider)
    assert [row.right for row in reading.standing()][1:] == [now, later]
    assert [row.right for row in reading.standing(people.clerk)] == [later]
    with clock.frozen(NOW + 40 * DAY):
        assert reading.standing() == []
    assert fresh(gone).end == End.DECISION
