"""A request near its last day reminds its handler, then those who decide; and the worker's round keeps its days."""

import datetime as dt
import errno
import functools
import logging

import pytest

from portal import clock
from portal.accounts.models import Account
from portal.accounts.permissions import Role
from portal.audit.acts import Act
from portal.cases import attachments, clockwork, copies, ending, purging, reminders, search, tending
from portal.cases.codes import Identity, State
from portal.cases.models import Case, Step
from portal.retention import sweeps, watch
from portal.retention.models import Sweep
from tests.cases.timed import case, day
from tests.people import person
from tests.recordings.hearing import acts

EXPECTED = {dt.date(2026, 9, 23): False, dt.date(2026, 9, 28): True, dt.date(2026, 10, 2): True}
"""When a reminder is due, and whether it reaches the deciders."""


def told(*people_) -> list[list[str]]:
    return [[row.number for row in reminders.notices(someone)] for someone in people_]


def test_the_handler_is_reminded_then_the_deciders_each_once(people):
    with day(2026, 9, 1):
        row = case(people)  # due 1 October, the proposal 22 September
    given = []
    for date in (dt.date(2026, 9, 1) + dt.timedelta(days=n) for n in range(35)):
        with clock.frozen(clock.day_start(date)):
            assert reminders.remind() == (date in EXPECTED)
            assert reminders.remind() == 0, "once each"
            if date in EXPECTED:
                given.append((date, told(people.clerk, people.decider)))
    assert given == [(date, [[row.number], [row.number] if decider else []]) for date, decider in EXPECTED.items()]
    entries = acts(Act.CASE_REMINDED)
    assert [entry.told["reminder"] for entry in entries] == ["handler", "decider", "overdue"]
    assert {(entry.by, entry.reference) for entry in entries} == {(None, row.number)}
    assert [(step.what, step.by) for step in Step.select()] == [("reminded", None)] * 3


def test_nobody_else_is_told_and_the_most_pressing_stands_first(people):
    other = person("kurt", "Kurt Handledare", *people.clerk.roles)
    with day(2026, 9, 1):
        case(people, handler=other)
    with day(2026, 8, 25):
        case(people)
    with day(2026, 10, 2):
        case(people, state=State.DISPATCHED, received_on=dt.date(2026, 8, 1))
        assert reminders.remind() == 2
    assert told(people.clerk, other, people.decider) == [["BS/2/2026"], ["BS/1/2026"], ["BS/2/2026", "BS/1/2026"]]
    assert told(people.dpo, people.adviser, people.admin) == [[], [], []]


def test_a_case_whose_handler_has_left_reminds_every_clerk(people):
    with day(2026, 9, 1):
        left = person("lars", "Lars Lämnat", Role.CLERK)
        case(people, handler=left)
        Account.update(closed_at=clock.now()).where(Account.id == left.id).execute()
    with day(2026, 9, 25):
        assert reminders.remind() == 1
    assert told(people.clerk, people.decider) == [["BS/1/2026"], []]


def test_a_last_day_that_moved_away_takes_the_reminder_with_it(people):
    with day(2026, 9, 1):
        row = clockwork.propose_extension(case(people), "140 samtal", by=people.clerk)
    with day(2026, 9, 29):
        assert reminders.remind() == 1
        row = clockwork.approve_extension(row, by=people.decider)
        assert row.reminded == ""
        assert told(people.clerk, people.decider) == [[], []]
        Case.update(reminded="decider").execute()  # as a corrected day of receipt leaves it
        assert reminders.remind() == 0
        assert Case.get().reminded == ""
    with day(2026, 11, 25):
        assert reminders.remind() == 1, "it begins anew"


def test_a_clock_that_stands_reminds_its_handler_when_the_time_for_proof_is_over(people):
    with day(2026, 9, 1):
        row = clockwork.ask_identity(case(people), "Tvivel", "Kom till disken", by=people.clerk)
    with day(2026, 10, 1):
        assert reminders.remind() == 0
    with day(2026, 10, 2):
        assert reminders.remind() == 1
        assert reminders.remind() == 0
        assert told(people.clerk, people.decider) == [[row.number], []]
        clockwork.fail_identity(Case.get(), by=people.clerk)
        assert told(people.clerk) == [[]]
        assert reminders.remind() == 0
    with day(2026, 10, 24):
        assert reminders.remind() == 1, "the proposal should have lain with the decider"
    assert [entry.told["reminder"] for entry in acts(Act.CASE_REMINDED)] == ["identity", "handler"]


def test_a_proposal_of_longer_time_waits_for_the_deciders(people):
    with day(2026, 9, 1):
        clockwork.propose_extension(case(people), "140 samtal", by=people.clerk)
    assert [row.number for row in reminders.to_decide(people.decider)] == ["BS/1/2026"]
    assert not list(reminders.to_decide(people.clerk))
    assert not list(reminders.to_decide(people.dpo))


# The round


def test_a_new_holiday_moves_the_days_of_open_cases_and_is_told(people, monkeypatch):
    with day(2026, 9, 1):
        row, answered = case(people), case(people, state=State.DISPATCHED)
    new = dt.date(2026, 10, 1)
    monkeypatch.setattr(clock, "is_working_day", lambda date: date.weekday() < 5 and date != new)
    with day(2026, 9, 2):
        assert tending.tend().moved == 1
        assert tending.tend().moved == 0
    assert [Case.get_by_id(key).due_on.day for key in (row.id, answered.id)] == [2, 1]
    assert Case.get_by_id(row.id).version == row.version, "an open form stays good"
    (entry,) = acts(Act.CASE_RECKONED)
    assert (entry.by, entry.told) == (None, {"due_before": "2026-10-01", "due_on": "2026-10-02"})
    step = Step.get()
    assert (step.what, step.words, step.by) == ("reckoned", "1.10.2026 → 2.10.2026", None)


def test_a_clock_that_stands_moves_the_last_day_in_silence(people):
    with day(2026, 9, 1):
        clockwork.ask_identity(case(people), "Tvivel", "Kom till disken", by=people.clerk)
    with day(2026, 9, 8):
        assert tending.tend().moved == 1
    assert Case.get().due_on == dt.date(2026, 10, 8)
    assert Case.get().identity == Identity.ASKED
    assert not acts(Act.CASE_RECKONED)


def test_what_somebody_changes_meanwhile_is_left_to_the_next_round(people):
    with day(2026, 9, 1):
        row = case(people, due_on=dt.date(2026, 10, 5))
        stale = Case.get_by_id(row.id)
        Case.update(version=2).execute()
        assert not clockwork.reckon_again(stale)
        assert Case.get().due_on == dt.date(2026, 10, 5)


def test_one_fault_stops_nothing_else_and_is_the_sweep_s(people, monkeypatch, caplog):
    """The case that cannot be reckoned is the first of two; its text never reaches the log."""
    with day(2026, 9, 1):
        first, second = case(people), case(people, due_on=dt.date(2026, 10, 5))
    reckon_again, secret = clockwork.reckon_again, "Rut Rimfors"

    def fail(row):
        if row.id == first.id:
            raise ValueError(secret)
        return reckon_again(row)

    monkeypatch.setattr(clockwork, "reckon_again", fail)
    with day(2026, 9, 29), caplog.at_level(logging.ERROR):
        done = tending.tend()
    assert (done.moved, done.reminded, done.fault) == (1, 2, "ValueError")
    assert Case.get_by_id(second.id).due_on == dt.date(2026, 10, 1)
    assert sweeps.last("cases").fault == "ValueError"
    assert "ValueError" in caplog.text
    assert secret not in caplog.text
    monkeypatch.undo()
    with day(2026, 9, 29):
        tending.tend()
    assert (Sweep.get(Sweep.name == "cases").fault, sweeps.last("cases").good_at is not None) == ("", True)


PARTS = (
    (reminders, "remind"),
    (copies, "make_due"),
    (copies, "expire_due"),
    (ending, "close_due"),
    (purging, "purge_due"),
    (attachments, "sweep"),
)


@pytest.mark.parametrize("failing", range(len(PARTS)))
def test_each_part_of_the_round_is_done_though_another_fails(people, monkeypatch, failing):
    called = []

    def part(name: str, number: int):
        called.append(name)
        if number == failing:
            raise OSError(errno.ENOSPC, "full")
        return purging.Purged() if name == "purge_due" else 0

    for number, (module, name) in enumerate(PARTS):
        monkeypatch.setattr(module, name, functools.partial(part, name, number))
    assert tending.tend().fault == "ENOSPC"
    assert called == [name for _, name in PARTS]


def test_calls_that_come_in_late_are_looked_for_case_by_case(people, monkeypatch):
    with day(2026, 9, 1):
        first, second = case(people), case(people)
        case(people, state=State.DISPATCHED)
    searched = []

    def again(row):
        searched.append(row)
        if row == first:
            raise ValueError
        return 2

    monkeypatch.setattr(search, "again", again)
    with day(2026, 9, 2):
        done = tending.tend()
    assert (searched, done.found, done.fault) == ([first, second], 2, "ValueError")


def test_a_paper_that_the_disk_keeps_is_the_sweep_s_fault(people, monkeypatch):
    monkeypatch.setattr(attachments, "sweep", lambda: 1)
    assert tending.tend().fault == "EIO"


def test_a_clock_that_is_doubted_closes_nothing(people, monkeypatch):
    monkeypatch.setattr(ending, "close_due", lambda: pytest.fail("a day that a wrong clock shows"))
    monkeypatch.setattr(watch, "doubts_clock", lambda: True)
    assert tending.tend().fault == ""


def test_a_file_that_cannot_be_emptied_is_the_sweep_s_fault(people, monkeypatch):
    monkeypatch.setattr(purging, "purge_due", lambda: purging.Purged(failed=1, fault="EIO"))
    assert tending.tend().fault == sweeps.last("cases").fault == "EIO"


@pytest.mark.parametrize("state", [State.APPROVED, State.PROPOSED, State.COMPLETION_ASKED])
def test_until_the_answer_has_left_it_reminds(people, state):
    with day(2026, 9, 1):
        case(people, state=state)
    with day(2026, 10, 3):
        assert reminders.remind() == 1
