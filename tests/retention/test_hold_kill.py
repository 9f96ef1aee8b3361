"""A kill -9 at any point of a hold, a move, a release and a deletion: nothing kept is lost, nothing deleted is left."""

import datetime as dt

import pytest

from portal import clock
from portal.audit import chain
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.recordings.models import Recording, State, Store
from portal.retention import actions, deletion, freezes, holds, moves
from portal.retention.models import Freeze, Hold, HoldState, PurgeLine, Result
from portal.vault import box, durable, keystore, objects
from tests import kill
from tests.retention import kept

MAIN, THREAT = keystore.STORES
STRIDE = 12
"""The ordinary run dies at every twelfth point, the soak run at each of the others too."""
OFFSETS = [pytest.param(n, marks=pytest.mark.soak if n > 1 else ()) for n in range(1, STRIDE + 1)]


class House(kill.House):
    """A call to be held, one that is held, one that is frozen, one that nothing keeps; put back before each death."""

    def __init__(self, people, settings):
        self.settings, self.people, self.case = settings, people, kept.Case()
        with clock.frozen(kept.NOW):
            self.plain, self.held, self.frozen, self.due = (
                kept.call(people, after=dt.timedelta(seconds=n)) for n in range(4)
            )
            self.hold = kept.place(self.held, people.manager)
            freezes.freeze([self.frozen], because=self.case, by=people.clerk)
        self.content = {row.uuid: self.read(row) for row in Recording.select()}
        self.keep(settings)

    def read(self, row) -> bytes:
        return objects.read(row.uuid, "original", store=kept.fresh(row).store)

    # What is killed

    def place(self):
        with clock.frozen(kept.NOW):
            kept.place(self.plain, self.people.manager)

    def release_early(self):
        with clock.frozen(kept.NOW):
            holds.release(self.hold, reason="x", seen=holds.Then.KEPT, by=self.people.manager)

    def release_late(self):
        with clock.frozen(kept.PAST):
            holds.release(self.hold, reason="x", seen=holds.Then.PURGED, by=self.people.manager)

    def sweep(self):
        with clock.frozen(kept.PAST):
            kept.sweep()

    def erase(self):
        with clock.frozen(kept.NOW):
            actions.erase(self.frozen, because=self.case, by=self.people.decider)

    def lift(self):
        with clock.frozen(kept.PAST):
            freezes.lift(self.case, by=self.people.clerk)
            kept.sweep()

    def all_in_a_row(self):
        self.place()
        self.release_late()
        self.sweep()
        self.lift()


ACTS = ("place", "release_early", "release_late", "sweep", "erase", "lift", "all_in_a_row")


@pytest.fixture
def house(people, settings, monkeypatch):
    kill.without_waiting(monkeypatch)
    return House(people, settings)


def nothing_is_lost(house) -> None:
    """Straight after the death: what may still be heard is whole in the store its row names."""
    for row in Recording.select():
        holding = list(Hold.select().where(Hold.recording == row.id, Hold.state.in_(holds.STANDING)))
        frozen = Freeze.select().where(Freeze.recording == row.id, Freeze.stands).count()
        assert (row.holds, row.freezes) == (len(holding), frozen), "the row says how many stand on it"
        if row.state == State.LIVE:
            assert house.read(row) == house.content[row.uuid]
        else:
            assert (row.holds, row.freezes) == (0, 0), "held or frozen and deleted"
        if row.state == State.PURGED:
            gone(row)
        acts = kept.acts(row)
        assert acts.count("hold_placed") == Hold.select().where(Hold.recording == row.id).count()
        assert acts.count("hold_released") == acts.count("hold_placed") - len(holding)
        assert acts.count("freeze_placed") - acts.count("freeze_lifted") == frozen
        assert acts.count("hold_moved") == (row.store == Store.THREAT)
    assert chain.verify().whole


def gone(row) -> None:
    for store in (MAIN, THREAT):
        assert not keystore.exists(row.uuid, store=store)
        assert not durable.scratch_of(keystore.path_of(row.uuid, store=store)).exists()
        assert not objects.anything(row.uuid, store=store)


def made_good(house) -> None:
    nothing_is_lost(house)
    with clock.frozen(kept.PAST):
        for line in PurgeLine.select().where(PurgeLine.purged_at.is_null()):
            assert deletion.finish(line) == ""
        assert moves.sweep() == ""
    nothing_is_lost(house)
    for row in Recording.select():
        assert row.state in (State.LIVE, State.PURGED)
        if row.state == State.LIVE:
            assert row.store == (Store.THREAT if row.holds else row.store)
            other = MAIN if row.store == THREAT else THREAT
            assert not keystore.exists(row.uuid, store=other), "the key lies in one store alone"
            assert not objects.anything(row.uuid, store=other)
    assert {h.state for h in Hold.select()} <= {HoldState.STORED, HoldState.RELEASED}
    assert not Hold.select().where(Hold.cleared_at.is_null()).exists()
    assert {line.result for line in PurgeLine.select()} <= {Result.PURGED}
    for act in (Act.PURGED, Act.HOLD_MOVED):
        subjects = [subject for (subject,) in Entry.select(Entry.subject).where(Entry.act == act).tuples()]
        assert len(subjects) == len(set(subjects))
    assert not [p for p in house.settings.data.rglob("*.part")]


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("offset", OFFSETS)
def test_a_death_at_any_point_is_made_good(house, act, offset):
    point, finished, run = offset, False, getattr(house, act)
    while not finished:
        house.restore()
        finished = kill.run_killed(run, point)
        made_good(house)
        point += STRIDE
    if act == "all_in_a_row" and offset == 1:
        states = [kept.fresh(row).state for row in (house.plain, house.held, house.frozen, house.due)]
        assert states == [State.LIVE, State.PURGED, State.PURGED, State.PURGED]
        assert point > 200, "a harness that passes few points proves little"


def test_a_second_death_while_making_good_is_made_good_too(house):
    def again():
        with clock.frozen(kept.PAST):
            for line in list(PurgeLine.select().where(PurgeLine.purged_at.is_null())):
                deletion.finish(line)
            moves.sweep()

    for first in range(12, 90, 16):
        for second in range(3, 40, 12):
            house.restore()
            kill.run_killed(house.place, first)
            kill.run_killed(again, second)
            made_good(house)


def planted(monkeypatch, bug: str) -> None:
    """One guard taken away."""
    if bug == "hold not in the claim":
        real = deletion.kept_by_nothing
        monkeypatch.setattr(deletion, "kept_by_nothing", lambda: (real()[0], real()[2]))
    if bug == "freeze not in the claim":
        real = deletion.kept_by_nothing
        monkeypatch.setattr(deletion, "kept_by_nothing", lambda: real()[:2])
    if bug == "main cleared before the row is changed":
        real_copy = moves._copy

        def copy(row):
            real_copy(row)
            keystore.destroy(row.uuid)

        monkeypatch.setattr(moves, "_copy", copy)
    if bug == "row changed before the copy":
        real_copy = moves._copy

        def late(hold, row):
            moved = real_say(hold, row)
            real_copy(row)
            return moved

        real_say = moves._say_moved
        monkeypatch.setattr(moves, "_say_moved", late)
        monkeypatch.setattr(moves, "_copy", lambda row: None)
    if bug == "only the main store is purged":
        monkeypatch.setattr(keystore, "STORES", (MAIN,))
    if bug == "main never cleared":

        def hasty(hold):
            row = kept.fresh(hold.recording)
            if row.holds and row.store == MAIN:
                moves._copy(row)
                moves._say_moved(hold, row)
            moves._say_cleared(hold)

        monkeypatch.setattr(moves, "_settle", hasty)


BUGS = {
    "hold not in the claim": "sweep",
    "freeze not in the claim": "sweep",
    "main cleared before the row is changed": "place",
    "row changed before the copy": "place",
    "only the main store is purged": "release_late",
    "main never cleared": "place",
}


@pytest.mark.parametrize("bug", BUGS)
def test_the_harness_sees_a_planted_bug(house, monkeypatch, bug):
    """The test of the test: with one guard taken away, some death is not made good."""
    planted(monkeypatch, bug)
    finished, point, run = False, 1, getattr(house, BUGS[bug])
    while not finished:
        house.restore()
        finished = kill.run_killed(run, point)
        try:
            made_good(house)
        except (AssertionError, keystore.NoKey, objects.NoObject, box.SealBroken):
            return
        point += 2
    pytest.fail("nothing was seen at any point")
