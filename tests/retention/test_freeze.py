"""A freeze keeps what a case needs; the last thing that keeps a call lets its original date apply again."""

import datetime as dt
import itertools

import pytest

from portal import clock
from portal.audit import chain
from portal.recordings.models import Recording, State
from portal.retention import actions, deletion, freezes, holds
from portal.retention.models import Freeze
from tests.retention import kept, made


@pytest.fixture(autouse=True)
def _day():
    with clock.frozen(kept.NOW):
        yield


def test_a_frozen_call_is_not_deleted_and_one_beside_it_is(people):
    frozen, other = kept.call(people), kept.call(people, after=dt.timedelta(seconds=1))
    case = kept.Case()
    done = freezes.freeze([frozen], because=case, by=people.clerk)
    assert ([r.id for r in done.frozen], done.gone) == ([frozen.id], [])
    with clock.frozen(kept.PAST):
        assert kept.sweep() == 1
    assert (kept.fresh(frozen).state, kept.fresh(other).state) == (State.LIVE, State.PURGED)
    row = Freeze.get()
    assert (row.because_kind, row.because, row.placed_by) == ("case", case.uuid, people.clerk)
    assert kept.acts(frozen) == ["freeze_placed"]
    assert chain.verify().whole


def test_the_condition_stands_in_the_claiming_statement_itself(people):
    row = kept.call(people)
    stale = kept.fresh(row)
    freezes.freeze([row], because=kept.Case(), by=people.clerk)
    with clock.frozen(kept.PAST):
        assert deletion._claim(stale, deletion.may_go(clock.now()), deletion.Rule.RETENTION, due_at=made.DUE) is None


def test_a_freeze_counts_from_the_receipt_and_never_from_the_future(people):
    received = kept.NOW - dt.timedelta(days=4)
    freezes.freeze([kept.call(people)], because=kept.Case(), by=people.clerk, from_at=received)
    assert (Freeze.get().from_at, Freeze.get().placed_at) == (received, kept.NOW)
    freezes.freeze([kept.call(people)], because=kept.Case(), by=None, from_at=kept.NOW + dt.timedelta(days=1))
    assert Freeze.get_by_id(2).from_at == kept.NOW


def test_what_is_claimed_or_deleted_is_told_and_not_frozen(people):
    rows = [kept.call(people, after=dt.timedelta(seconds=n)) for n in range(3)]
    with clock.frozen(made.DUE + dt.timedelta(seconds=1)):
        claimed = deletion.claim_due(2)
        deletion.finish(claimed[0])
        done = freezes.freeze(rows, because=kept.Case(), by=people.clerk)
    assert [r.id for r in done.gone] == [rows[0].id, rows[1].id]
    assert [r.id for r in done.frozen] == [rows[2].id]
    assert [kept.fresh(r).freezes for r in rows] == [0, 0, 1]


def test_one_case_freezes_a_call_once(people):
    row, case = kept.call(people), kept.Case()
    for _ in range(3):
        assert len(freezes.freeze([row], because=case, by=people.clerk).frozen) == 1
    assert (kept.fresh(row).freezes, Freeze.select().count()) == (1, 1)
    assert freezes.lift(case, by=people.clerk) == 1
    assert freezes.lift(case, by=people.clerk) == 0
    assert kept.fresh(row).freezes == 0
    freezes.freeze([row], because=case, by=people.clerk)
    assert kept.fresh(row).freezes == 1


@pytest.mark.parametrize("order", list(itertools.permutations(("first", "second", "hold"))))
def test_the_last_one_lifted_gives_the_original_date_back(people, order):
    row = kept.call(people)
    first, second = kept.Case(), kept.Case()
    freezes.freeze([row], because=first, by=people.clerk)
    freezes.freeze([row], because=second, by=people.clerk)
    hold = kept.place(row, people.manager)
    assert (kept.fresh(row).freezes, kept.fresh(row).holds) == (2, 1)
    ways = {
        "first": lambda: freezes.lift(first, by=people.clerk),
        "second": lambda: freezes.lift(second, by=people.clerk),
        "hold": lambda: holds.release(hold, reason="Klart", seen=holds.what_then(hold).then, by=people.manager),
    }
    with clock.frozen(kept.PAST):
        for way in order:
            assert kept.sweep() == 0
            assert kept.fresh(row).state == State.LIVE
            ways[way]()
        kept.sweep()
    after = kept.fresh(row)
    assert (after.state, after.expires_at) == (State.PURGED, made.DUE)


def test_lifted_before_the_date_it_goes_at_the_date(people):
    row, case = kept.call(people), kept.Case()
    freezes.freeze([row], because=case, by=people.clerk)
    freezes.lift(case, by=people.clerk)
    with clock.frozen(made.DUE - dt.timedelta(milliseconds=1)):
        assert kept.sweep() == 0
    with clock.frozen(made.DUE):
        assert kept.sweep() == 1
    assert kept.acts(row)[:2] == ["freeze_placed", "freeze_lifted"]


def test_a_part_of_a_cases_calls_is_let_go(people):
    rows = [kept.call(people, after=dt.timedelta(seconds=n)) for n in range(3)]
    case = kept.Case()
    freezes.freeze(rows, because=case, by=people.clerk)
    assert freezes.lift(case, by=people.clerk, recordings=rows[:2]) == 2
    assert [kept.fresh(r).freezes for r in rows] == [0, 0, 1]
    assert freezes.lift(case, by=people.clerk, recordings=[]) == 0


def test_past_its_date_a_frozen_call_is_used_for_its_case_only(people):
    row, case, other = kept.call(people), kept.Case(), kept.Case()
    freezes.freeze([row], because=case, by=people.clerk)
    freezes.freeze([kept.call(people, after=dt.timedelta(days=30))], because=other, by=people.clerk)
    with clock.frozen(made.DUE):
        assert list(freezes.usable_for(case)) == [row]
        assert row not in list(freezes.usable_for(other))
        assert row not in list(Recording.visible_to(people.clerk))
        assert row not in list(Recording.within_reach_of(people.manager))
        freezes.lift(case, by=people.clerk)
        assert list(freezes.usable_for(case)) == []


def test_it_lifts_by_itself_at_the_beginning_of_its_day_in_helsinki(people):
    row, case = kept.call(people), kept.Case()
    freezes.freeze([row], because=case, by=people.clerk)
    day = dt.date(2026, 7, 1)
    assert freezes.lift_on(case, day, by=people.clerk) == 1
    with clock.frozen(clock.day_start(day) - dt.timedelta(milliseconds=1)):
        assert freezes.lift_due() == 0
    with clock.frozen(clock.day_start(day)):
        assert freezes.lift_due() == 1
        assert freezes.lift_due() == 0
    lifted = Freeze.get()
    assert (lifted.stands, lifted.lifted_by, lifted.lifted_at) == (None, None, clock.day_start(day))
    assert kept.acts(row) == ["freeze_placed", "freeze_lifts_on", "freeze_lifted"]


def test_the_workers_round_lifts_what_is_due(people):
    row, case = kept.call(people), kept.Case()
    freezes.freeze([row], because=case, by=people.clerk)
    freezes.lift_on(case, clock.today(), by=people.clerk)
    assert actions.tend_kept().lifted == 1
    assert kept.fresh(row).freezes == 0


def test_a_day_put_off_in_between_keeps_the_freeze(people, monkeypatch):
    row, case = kept.call(people), kept.Case()
    freezes.freeze([row], because=case, by=people.clerk)
    freezes.lift_on(case, clock.today(), by=people.clerk)
    real = freezes._lift_due

    def put_off(key):
        freezes.lift_on(case, clock.today() + dt.timedelta(days=9), by=people.clerk)
        return real(key)

    monkeypatch.setattr(freezes, "_lift_due", put_off)
    assert freezes.lift_due() == 0
    assert kept.fresh(row).freezes == 1
