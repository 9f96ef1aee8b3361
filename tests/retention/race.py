"""Two processes at the same call, each by its own clock."""

import dataclasses
import datetime as dt
import multiprocessing
import random
import time
from collections.abc import Callable
from typing import Any

import pytest

from portal import clock, config, db
from portal.errors import DomainError
from portal.recordings.models import Recording, State
from portal.retention import deletion, freezes, holds, moves
from portal.retention.models import Hold, PurgeLine
from portal.vault import keystore, objects
from tests.retention import kept, made

ROUNDS = [30, pytest.param(1000, marks=pytest.mark.soak)]
BEFORE = made.DUE - dt.timedelta(minutes=1)
"""The one who keeps it is in time by their own clock; the sweep's reads a moment after the date."""


@dataclasses.dataclass
class Act:
    """What one of the two does in each round, by the clock that its process goes by."""

    does: Callable[[Recording, Any], Any]
    at: dt.datetime


def place(row, people):
    kept.place(row, people.manager, 30)
    return True


def freeze(row, people):
    return bool(freezes.freeze([row], because=Case(row), by=people.clerk).frozen)


def lift(row, people):
    return bool(freezes.lift(Case(row), by=people.clerk))


def purge(row, people):
    line = deletion.claim(row)
    return line is not None and deletion.finish(line) == ""


def release(row, people):
    hold = Hold.select().where(Hold.recording == row.id).order_by(Hold.id.desc()).first()
    return holds.release(hold, reason="x", seen=holds.Then.PURGED, by=people.manager).gone


def move(row, people):
    return moves.attempt(Hold.get(Hold.recording == row.id))


class Case:
    """One case for each call, the same in both processes."""

    def __init__(self, row) -> None:
        self.uuid = row.uuid


def renew(row, people):
    hold = Hold.get(Hold.recording == row.id)
    holds.renew(hold, reason="x", review_on=kept.review(40), by=people.second_manager)
    return True


def release_early(row, people):
    hold = Hold.select().where(Hold.recording == row.id).order_by(Hold.id.desc()).first()
    return not holds.release(hold, reason="x", seen=holds.Then.KEPT, by=people.manager).gone


def place_till_it_stands(row, people):
    """Tried again until the earlier hold is gone."""
    while True:
        try:
            return place(row, people)
        except holds.AlreadyHeld:
            time.sleep(0.001)


def sweep(row, people):
    """Takes up what another has claimed, and claims: as a sweep does, until there is something to do."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        lines = list(PurgeLine.select().where(PurgeLine.subject == row.uuid, PurgeLine.purged_at.is_null()))
        if line := deletion.claim(row):
            lines.append(line)
        if lines or kept.fresh(row).state == State.PURGED:
            return bool([line for line in lines if deletion.finish(line) == ""])
    raise TimeoutError


ACTS = {
    "place": Act(place, BEFORE),
    "renew": Act(renew, BEFORE),
    "release early": Act(release_early, BEFORE),
    "place when free": Act(place_till_it_stands, BEFORE),
    "sweep": Act(sweep, made.DUE + dt.timedelta(minutes=1)),
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
    for account in (people.manager, people.second_manager, people.clerk):
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
