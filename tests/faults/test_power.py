"""The power is cut at any operation of any act: what was not synced is gone, or in part not."""

import contextlib
import itertools
import random
import time

import pytest

from portal import db
from portal.vault import durable
from tests import kill
from tests.faults import invariants
from tests.faults.house import ACTS, House
from tests.faults.power import Disk
from tests.faults.test_planted import SEEN
from tests.faults.test_points import SHARE, SHARES, SOAK, doing, operations

SECONDS = 1.5
CHANCES = (0.0, 0.5)
TRIED = [act for act in ACTS if act != "restore"]


def powerless(house: House, act: str, at: int, survives: float) -> bool:
    """False: this run took a step fewer, and ended before the cut."""
    house.put_back(house.state_for(act))
    disk = Disk(house.folders, survives, at)
    does = doing(house, act)

    def watched() -> None:
        db.connect()
        disk.watch()
        does()

    if not kill.run_faulty(watched, at, disk.lose_power).killed:
        return False
    db.connect()
    invariants.hold_after(house)
    invariants.recover(house, act)
    invariants.all_is_well(house, act)
    return True


def points(count: int) -> list[tuple[int, float]]:
    every = list(itertools.product(range(1, count + 1), CHANCES))
    random.Random(72).shuffle(every)
    return every


def test_the_register_waits_for_the_disk_at_every_commit():
    """What `Disk` takes for granted."""
    assert db.PRAGMAS["synchronous"] == "full"
    assert db.PRAGMAS["journal_mode"] == "wal"


@pytest.mark.parametrize("act", TRIED)
@pytest.mark.parametrize("share", SHARE)
def test_a_power_cut_at_any_point_is_made_good(house, count, act, share):
    until = time.monotonic() + (3600 if SOAK else SECONDS)
    for at, survives in points(operations(house, act))[share::SHARES]:
        try:
            cut = powerless(house, act, at, survives)
        except BaseException as error:
            error.add_note(f"{act}, operation {at}, {survives}")
            raise
        if cut:
            count("power cuts")
        if time.monotonic() > until:
            break


def names_not_synced(patch) -> None:
    patch.setattr(durable, "sync_folder", lambda folder: None)


def bytes_not_synced(patch) -> None:
    @contextlib.contextmanager
    def hasty(target):
        durable.make_folder(target.parent)
        scratch = durable.scratch_of(target)
        with open(scratch, "wb") as file:
            yield file
        scratch.replace(target)
        durable.sync_folder(target.parent)

    patch.setattr(durable, "new_file", hasty)


@pytest.mark.parametrize("act", ["hold", "import"])
@pytest.mark.parametrize("plant", [names_not_synced, bytes_not_synced], ids=lambda plant: plant.__name__)
def test_the_cut_shows_what_is_not_synced(house, monkeypatch, plant, act):
    count = operations(house, act)
    plant(monkeypatch)
    for at in range(count, 0, -1):
        try:
            powerless(house, act, at, 0.0)
        except SEEN:
            return
    pytest.fail("no cut shows it")
