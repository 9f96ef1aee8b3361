"""Searching for a case by hand, and what comes in late."""

import datetime as dt

import pytest

from portal import clock
from portal.cases import actions, search
from portal.cases.codes import State
from portal.cases.models import Case, CaseCall, SearchRun
from portal.errors import NotFound
from portal.recordings.models import Recording
from portal.retention import freezes
from portal.retention.models import Freeze
from tests.cases import made

OTHER = "+358407654321"


@pytest.fixture(autouse=True)
def _now():
    with clock.frozen(made.NOW):
        yield


def day(days: int = 0) -> dt.date:
    return made.CALLED.date() + dt.timedelta(days=days)


def found(**keys) -> list[int]:
    return [row.id for row in search.candidates(keys.pop("numbers", ()), **({"first": None, "last": None} | keys))]


def test_search_adds_freezes_and_logs_what_it_found(people):
    case, call = made.case(people, numbers=()), made.call(people, number=OTHER)
    run = search.search(case, search.Keys(numbers=(OTHER,)), by=people.clerk)
    assert (run.found, run.added, run.numbers, run.last) == (1, 1, OTHER, clock.today())
    assert run.first <= day()
    assert [(row.recording_id, row.found_by) for row in made.calls(case)] == [(call.id, "hand")]
    assert made.fresh(call).freezes == 1
    assert made.fresh(case).state == State.IN_PROGRESS
    entry, detail = made.last_entry("cases:searched")
    assert (entry.reference, detail["hits"], detail["added"]) == (case.number, 1, 1)
    assert OTHER[4:] not in entry.detail
    again = search.search(case, search.Keys(numbers=(OTHER,)), by=people.clerk)
    assert (again.found, again.added) == (1, 0)
    assert Freeze.select().count() == 1


def test_only_the_handler_searches_and_only_while_it_is_undecided(people):
    case = made.case(people)
    keys = search.Keys(numbers=(OTHER,))
    with pytest.raises(NotFound):
        search.search(case, keys, by=people.adviser)
    for who in (people.decider, people.dpo):
        with pytest.raises(Exception, match="Denied"):
            search.search(case, keys, by=who)
    Case.update(handler=people.manager).execute()
    with pytest.raises(actions.NotHandler):
        search.search(case, keys, by=people.clerk)
    Case.update(handler=people.clerk, state=State.PROPOSED).execute()
    with pytest.raises(actions.NotNow):
        search.search(case, keys, by=people.clerk)


@pytest.mark.parametrize(
    ("error", "keys"),
    [
        (search.NothingToSearch, search.Keys()),
        (search.NothingToSearch, search.Keys(first=day())),
        (search.PeriodTurned, search.Keys(numbers=(OTHER,), first=day(1), last=day())),
    ],
)
def test_a_search_that_says_nothing_is_refused(people, error, keys):
    case = made.case(people)
    with pytest.raises(error):
        search.search(case, keys, by=people.clerk)


def test_the_period_includes_its_first_and_last_day_in_helsinki(people):
    midnight = clock.day_start(day(1))
    before, after = (made.call(people, started_at=midnight + dt.timedelta(minutes=m)) for m in (-1, 0))
    assert found(first=day(), last=day()) == [before.id]
    assert found(first=day(1), last=day(1)) == [after.id]
    assert found(numbers=(made.NUMBER,), first=day(), last=day(1)) == [before.id, after.id]
    assert found(numbers=(made.NUMBER,)) == [before.id, after.id]


@pytest.mark.parametrize(
    ("time_from", "time_to", "hits"),
    [
        ((10, 30), (10, 30), [0, 3]),
        ((10, 31), (23, 59), [1]),
        ((22, 0), (1, 0), [1, 2]),
        ((0, 0), (10, 29), [2]),
    ],
)
def test_hours_are_helsinkis_of_each_day_and_may_pass_midnight(people, time_from, time_to, hits):
    hours = (dt.timedelta(0), dt.timedelta(hours=12), dt.timedelta(hours=14), dt.timedelta(days=1, seconds=59))
    calls = [made.call(people, started_at=made.CALLED + hour) for hour in hours]
    keys = {"first": day(-40), "last": day(10), "time_from": dt.time(*time_from), "time_to": dt.time(*time_to)}
    expected = [calls[n].id for n in hits]
    assert found(**keys) == expected
    assert found(numbers=(made.NUMBER,), **keys) == expected, "the same by number"


def test_hours_are_right_on_the_day_the_clocks_turn_back(people):
    """25.10.2026: 3.30 comes twice."""
    turned = dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)
    with clock.frozen(turned + dt.timedelta(days=2)):
        calls = [made.call(people, started_at=turned + dt.timedelta(hours=n)) for n in range(3)]
        keys = {"first": dt.date(2026, 10, 25), "last": dt.date(2026, 10, 25)}
        half_past = {"time_from": dt.time(3, 0), "time_to": dt.time(3, 59)}
        assert found(**keys, **half_past) == [calls[0].id, calls[1].id]


def test_what_another_case_keeps_past_its_date_is_not_for_this_one(people):
    call = made.call(people)
    first = made.case(people)
    with clock.frozen(made.PAST):
        second = made.case(people, received_on=clock.today())
        assert made.calls(second) == []
        assert [row.id for row in search.find(search.Keys(numbers=(made.NUMBER,)), first)] == [call.id]


def test_what_comes_in_late_is_added_and_frozen_and_nothing_new_leaves_no_trace(people):
    case = made.case(people)
    assert search.again(case) == 0
    assert SearchRun.select().count() == 1
    late = made.call(people)
    made.call(people, number=OTHER)
    assert search.again(case) == 1
    assert [(row.recording_id, row.found_by) for row in made.calls(case)] == [(late.id, "late")]
    assert made.fresh(late).freezes == 1
    entry, detail = made.last_entry("cases:searched")
    assert (entry.by, detail["added"]) == (None, 1)
    assert made.steps(case) == ["registered", "searched"]
    assert search.again(case) == 0
    assert SearchRun.select().count() == 2


def test_what_comes_in_late_by_the_period_is_found_by_its_hours_too(people):
    case = made.case(people, numbers=(), called_from=day(), called_to=day(), time_from=dt.time(10), time_to=dt.time(11))
    late, _ = (
        made.call(people, number=None),
        made.call(people, number=None, started_at=made.CALLED + dt.timedelta(hours=3)),
    )
    assert search.again(case) == 1
    assert CaseCall.get().recording_id == late.id


@pytest.mark.parametrize("state", [State.APPROVED, State.DISPATCHED, State.CLOSED, State.COMPLAINT])
def test_nothing_is_added_to_an_answer_that_is_approved(people, state):
    case = made.case(people)
    Case.update(state=state).execute()
    made.call(people)
    assert search.again(case) == 0


def test_a_call_that_was_let_go_is_not_frozen_again(people):
    call = made.call(people)
    case = made.case(people)
    freezes.lift(case, by=None, recordings=[call])
    assert search.again(case) == 0
    assert Recording.get_by_id(call.id).freezes == 0


@pytest.mark.parametrize(("last", "past"), [(dt.date(2026, 6, 30), True), (dt.date(2026, 7, 1), False), (None, False)])
def test_a_period_wholly_before_the_three_months_is_known(settings, last, past):
    assert search.all_past(last, made.RECEIVED) is past
