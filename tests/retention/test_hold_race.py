"""Two processes at the same call: whoever was told that it is kept finds it whole; whoever was told that it is gone
finds nothing of it."""

import contextlib
import dataclasses
import datetime as dt
import multiprocessing
import random
import time
from collections.abc import Callable
from typing import Any

import pytest

from portal import clock, config, db
from portal.audit import chain
from portal.errors import DomainError
from portal.recordings.models import Recording, State
from portal.retention import deletion, freezes, holds, moves
from portal.retention.models import Hold, PurgeLine
from portal.vault import keystore, objects
from tests import kill
from tests.retention import kept, made

ROUNDS = [30, pytest.param(1000, marks=pytest.mark.soak)]
BEFORE = made.DUE - dt.timedelta(minutes=1)
"""The one who keeps it is in time by their own clock; the sweep's reads a moment after the date."""


@pytest.fixture(autouse=True)
def _quick(settings, monkeypatch):
    """Between living processes the disk need not be waited for."""
    kill.without_waiting(monkeypatch)


@dataclasses.dataclass
class Act:
    """What one of the two does in each round, by the clock that its process goes by."""

    does: Callable[[Recording, Any], Any]
    at: dt.datetime


def place(row, people):
    kept.place(row, people.manager, 30)
    return True


def freeze(row, people):
    return bool(freezes.freeze([row], because=_case(row), by=people.clerk).frozen)


def lift(row, people):
    return bool(freezes.lift(_case(row), by=people.clerk))


def purge(row, people):
    line = deletion.claim(row)
    return line is not None and deletion.finish(line) == ""


def release(row, people):
    hold = Hold.select().where(Hold.recording == row.id).order_by(Hold.id.desc()).first()
    return holds.release(hold, reason="x", seen=holds.Then.PURGED, by=people.manager).gone


def move(row, people):
    return moves.attempt(Hold.get(Hold.recording == row.id))


class _case:
    """One case for each call, the same in both processes."""

    def __init__(self, row) -> None:
        self.uuid = row.uuid


ACTS = {
    "place": Act(place, BEFORE),
    "place again": Act(place, BEFORE),
    "freeze": Act(freeze, made.DUE),
    "lift": Act(lift, made.DUE),
    "purge": Act(purge, made.DUE + dt.timedelta(minutes=1)),
    "release": Act(release, made.DUE + dt.timedelta(minutes=1)),
    "move": Act(move, BEFORE),
}


def _process(settings, name, people, keys, barrier, results, seed):
    config.use(settings)
    db.bind(settings)
    db.connect()
    act, waits = ACTS[name], random.Random(seed)
    done = []
    for key in keys:
        row = Recording.get_by_id(key)
        barrier.wait(60)
        time.sleep(waits.uniform(0, 0.004))
        with clock.frozen(act.at):
            try:
                done.append(bool(act.does(row, people)))
            except DomainError:
                done.append(False)
    db.db.close()
    results.put((name, done))


def raced(people, settings, rows, *names) -> dict[str, list[bool]]:
    """Each of `names` in a process of its own, call by call at the same time; who was told yes, per call."""
    keys = [row.id for row in rows]
    for account in (people.manager, people.clerk):
        account.permissions, account.queue_ids  # noqa: B018 known before the fork
    db.db.close()
    fork = multiprocessing.get_context("fork")
    barrier, results = fork.Barrier(len(names)), fork.Queue()
    children = [
        fork.Process(target=_process, args=(settings, name, people, keys, barrier, results, seed), daemon=True)
        for seed, name in enumerate(names)
    ]
    for child in children:
        child.start()
    told = dict(results.get(timeout=600) for _ in children)
    for child in children:
        child.join(60)
    db.connect()
    assert all(len(done) == len(rows) for done in told.values())
    return told


def calls(people, rounds) -> list[Recording]:
    return [kept.call(people, sound=b"RIFFsound" * 20) for _ in range(rounds)]


def place_unmoved(rows, people) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(moves, "attempt", lambda hold: False)
        for row in rows:
            kept.place(row, people.manager)


def settle() -> None:
    """What the worker's next rounds do."""
    with clock.frozen(made.DUE + dt.timedelta(minutes=2)):
        for line in list(PurgeLine.select().where(PurgeLine.purged_at.is_null())):
            assert deletion.finish(line) == ""
        assert moves.sweep() == ""


def whole(row) -> None:
    row = kept.fresh(row)
    assert row.state == State.LIVE
    assert objects.read(row.uuid, "original", store=row.store) == b"RIFFsound" * 20


def gone(row) -> None:
    assert kept.fresh(row).state == State.PURGED
    for store in keystore.STORES:
        assert not keystore.exists(row.uuid, store=store), "its key came back"
        assert not objects.anything(row.uuid, store=store), "its bytes came back"


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
            freezes.freeze([row], because=_case(row), by=people.clerk)
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
    real = keystore._write

    def slow(*args):
        time.sleep(0.005)  # it has read the key that is being destroyed
        real(*args)

    monkeypatch.setattr(moves, "at_rest", lambda row: contextlib.nullcontext())
    with clock.frozen(kept.NOW):
        rows = calls(people, 40)
        place_unmoved(rows, people)
    monkeypatch.setattr(keystore, "_write", slow)
    raced(people, settings, rows, "move", "release")
    settle()
    assert any(keystore.exists(row.uuid, store=store) for row in rows for store in keystore.STORES)
