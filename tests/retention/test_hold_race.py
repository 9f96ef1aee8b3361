"""Two processes at the same call: whoever was told that it is kept finds it whole; whoever was told that it is gone
finds nothing of it."""

import contextlib
import datetime as dt
import time

import pytest

from portal import clock, db
from portal.audit import chain
from portal.recordings.models import Recording, State
from portal.retention import deletion, freezes, moves
from portal.retention.models import PurgeLine
from portal.vault import keystore
from tests import kill
from tests.retention import kept, made
from tests.retention.race import ROUNDS, Case, calls, gone, place_unmoved, raced, settle, whole


@pytest.fixture(autouse=True)
def _quick(settings, monkeypatch):
    """Between living processes the disk need not be waited for."""
    kill.without_waiting(monkeypatch)


def one_of_each(rows, first: list[bool], second: list[bool]) -> None:
    """In every round just one was told yes, and it is so; both must have won some, or nothing raced."""
    settle()
    for row, keeps, goes in zip(rows, first, second, strict=True):
        assert keeps != goes
        (whole if keeps else gone)(row)
    assert chain.verify().whole


@pytest.mark.parametrize("rounds", ROUNDS)
@pytest.mark.parametrize("keeper", ["place", "freeze"])
def test_a_call_is_either_kept_or_deleted_never_both(people, settings, keeper, rounds):
    with clock.frozen(kept.NOW):
        rows = calls(people, rounds)
    told = raced(people, settings, rows, keeper, "purge")
    one_of_each(rows, told[keeper], told["purge"])
    assert any(told[keeper])
    assert any(told["purge"])


@pytest.mark.parametrize("rounds", ROUNDS)
def test_a_release_that_deletes_and_a_freeze_never_both_come_true(people, settings, rounds):
    with clock.frozen(kept.NOW):
        rows = calls(people, rounds)
        for row in rows:
            kept.place(row, people.manager)
    told = raced(people, settings, rows, "release", "freeze")
    settle()
    for row, released, frozen in zip(rows, told["release"], told["freeze"], strict=True):
        # A freeze that came first makes the release ask again: what it said would happen is not so any more.
        assert released != frozen
        (gone if released else whole)(row)
    assert chain.verify().whole


@pytest.mark.parametrize("rounds", ROUNDS)
def test_a_move_beside_a_release_that_deletes_leaves_nothing(people, settings, rounds):
    with clock.frozen(kept.NOW):
        rows = calls(people, rounds)
        place_unmoved(rows, people)
    told = raced(people, settings, rows, "move", "release")
    settle()
    assert all(told["release"])
    for row in rows:
        gone(row)
    assert chain.verify().whole


@pytest.mark.parametrize("rounds", ROUNDS)
def test_the_last_freeze_lifted_beside_a_sweep_is_deleted_once(people, settings, rounds):
    with clock.frozen(kept.NOW):
        rows = calls(people, rounds)
        for row in rows:
            freezes.freeze([row], because=Case(row), by=people.clerk)
    told = raced(people, settings, rows, "lift", "purge")
    assert all(told["lift"])
    with clock.frozen(made.DUE + dt.timedelta(minutes=2)):
        while kept.sweep(500):
            pass
    for row in rows:
        gone(row)
    assert PurgeLine.select().count() == rounds


@pytest.mark.parametrize("rounds", ROUNDS)
def test_of_two_holds_at_the_same_time_one_stands(people, settings, rounds):
    with clock.frozen(kept.NOW):
        rows = calls(people, rounds)
    told = raced(people, settings, rows, "place", "place again")
    assert all(one != other for one, other in zip(told["place"], told["place again"], strict=True))
    settle()
    for row in rows:
        whole(row)
        assert kept.fresh(row).holds == 1


@pytest.mark.parametrize("guard", ["holds", "freezes"])
def test_the_race_sees_a_condition_that_is_read_before_and_not_in_the_claim(people, settings, monkeypatch, guard):
    """The test of the test: read, then written, as it must not be."""
    column = getattr(Recording, guard)

    def careless(row, **more):
        if getattr(kept.fresh(row), guard):
            return None
        time.sleep(0.004)
        with db.db.atomic(), monkeypatch.context() as patch:
            patch.setattr(deletion, "kept_by_nothing", lambda: (Recording.state == State.LIVE, column >= 0))
            return real(row, **more)

    real = deletion.claim
    monkeypatch.setattr(deletion, "claim", careless)
    with clock.frozen(kept.NOW):
        rows = calls(people, 40)
    keeper = "place" if guard == "holds" else "freeze"
    told = raced(people, settings, rows, keeper, "purge")
    assert any(keeps and goes for keeps, goes in zip(told[keeper], told["purge"], strict=True))


def test_the_race_sees_a_deletion_that_does_not_wait_for_a_move(people, settings, monkeypatch):
    real = keystore.load

    def slow(subject, **store):
        key = real(subject, **store)
        time.sleep(0.02)  # it has read the key that is being destroyed, and holds no lock yet
        return key

    monkeypatch.setattr(moves, "at_rest", lambda row: contextlib.nullcontext())
    with clock.frozen(kept.NOW):
        rows = calls(people, 40)
        place_unmoved(rows, people)
    monkeypatch.setattr(keystore, "load", slow)
    raced(people, settings, rows, "move", "release")
    settle()
    assert any(keystore.exists(row.uuid, store=store) for row in rows for store in keystore.STORES)
