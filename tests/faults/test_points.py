"""Every write, fsync, rename, unlink, change of the register and commit of every act, each killed before it, killed
after it, refused by the disk, and refused by a full disk."""

import os
import random
import time

import pytest

from portal import db
from tests import kill
from tests.faults import invariants
from tests.faults.house import ACTS, House

SHARES = 10
"""The ordinary run tries the first share of all points, the soak run every one."""
SHARE = [pytest.param(n, marks=pytest.mark.soak if n else ()) for n in range(SHARES)]
LEAST = 5000
SOAK = bool(os.environ.get("SOAK"))
SECONDS = 4
"""The ordinary run ends an act's share after so long: on busy cores it tries less."""


def doing(house: House, act: str):
    def does() -> None:
        if act != "restore":  # which opens what it has put back
            db.connect()
        ACTS[act](house)

    return does


def tried(house: House, act: str, at: int | None, fault: str) -> kill.Told:
    """Try it, and see that all is as it must be."""
    house.put_back(house.state_for(act))
    told = kill.run_faulty(doing(house, act), at, fault)
    if act != "restore":
        db.connect()
        invariants.hold_after(house)
        if not told.killed and not told.answer:
            invariants.told_is_so(house, act)
    invariants.recover(house, act)
    invariants.all_is_well(house, act)
    return told


def operations(house: House, act: str) -> int:
    told = tried(house, act, None, "")
    assert told.answer == ""
    return told.operations


def points(count: int) -> list[tuple[int, str]]:
    """All of them, in an order that is the same in each run and follows nothing."""
    every = [(at, fault) for at in range(1, count + 1) for fault in kill.FAULTS]
    random.Random(4).shuffle(every)
    return every


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("share", SHARE)
def test_a_fault_at_any_point_of_any_act_is_made_good(house, count, act, share):
    until = time.monotonic() + (3600 if SOAK else SECONDS)
    for at, fault in points(operations(house, act))[share::SHARES]:
        try:
            tried(house, act, at, fault)
        except BaseException as error:
            error.add_note(f"{act}, operation {at}, {fault}")
            raise
        count("points tried")
        if time.monotonic() > until:
            break


def test_there_are_as_many_points_as_promised(house):
    counts = {act: operations(house, act) for act in ACTS}
    assert sum(counts.values()) * len(kill.FAULTS) >= LEAST, counts
