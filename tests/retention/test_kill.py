"""A kill -9 at every single point of a purge: after the next sweep nothing is lost, half-visible or left over."""

import datetime as dt
import os
import random
import signal
import time

import pytest

from portal import clock, db
from portal.audit import chain
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.ingest.models import Quarantined, QuarantineState
from portal.recordings.models import Note, Recording, State
from portal.retention import actions
from portal.retention.models import PurgeLine, Result
from portal.vault import keystore, objects
from tests import kill
from tests.calls import recording
from tests.retention import made

NOW = made.DUE + dt.timedelta(minutes=5)
AGAIN = NOW + dt.timedelta(minutes=5)
STRIDE = 10
"""The ordinary run dies at every tenth point, the soak run at each of the others too."""


class House(kill.House):
    """Five calls and two quarantined files that are due, two calls that are not; put back before each death."""

    def __init__(self, people, settings):
        self.settings, self.people = settings, people
        self.due = [
            made.marked(people.daycare, people.adviser, started_at=made.CALLED + dt.timedelta(seconds=n))
            for n in range(5)
        ]
        made.call_detail(self.due[0], "1")
        self.files = [made.quarantined(), made.quarantined(sealed=False, name=f"sub/{made.NUMBER}.wav")]
        self.live = [
            recording(people.daycare, started_at=made.CALLED + dt.timedelta(days=n), subject="kvar") for n in (1, 2)
        ]
        self.content = {row.uuid: objects.read(row.uuid, "original") for row in self.live}
        self.keep(settings)


@pytest.fixture
def house(people, settings, monkeypatch):
    kill.without_waiting(monkeypatch)
    with clock.frozen(NOW):
        yield House(people, settings)


def sweep():
    with clock.frozen(NOW):
        actions.purge_due()


def nothing_half_visible(house) -> None:
    """Straight after the death: whoever may still be heard is whole, whoever lost something is no longer live."""
    for row in Recording.select():
        if row.state == State.LIVE:
            assert keystore.exists(row.uuid), "live without its key"
            assert objects.exists(row.uuid, "original")
            objects.read(row.uuid, "original")
        if row.state == State.PURGED:
            assert not keystore.exists(row.uuid)
            assert not objects.path_of(row.uuid, "x").parent.exists()
            assert row.number is None
    visible = {row.uuid for row in Recording.visible_to(house.people.adviser)}
    assert visible == {row.uuid for row in house.live}
    purging = set(Recording.select(Recording.uuid).where(Recording.state == State.PURGING).tuples())
    waiting = set(Quarantined.select(Quarantined.uuid).where(Quarantined.state == QuarantineState.PURGING).tuples())
    open_lines = set(PurgeLine.select(PurgeLine.subject).where(PurgeLine.purged_at.is_null()).tuples())
    assert purging | waiting == open_lines, "whatever is on its way has its line in the protocol"
    assert chain.verify().whole


def all_is_well(house) -> None:
    """After the next sweep: every due thing gone once, every other one untouched."""
    gone = {row.uuid for row in (*house.due, *house.files)}
    lines = list(PurgeLine.select())
    assert sorted(line.subject for line in lines) == sorted(gone)
    assert {line.result for line in lines} == {Result.PURGED}
    for act in (Act.PURGE_CLAIMED, Act.PURGED):
        entries = [subject for (subject,) in Entry.select(Entry.subject).where(Entry.act == act).tuples()]
        assert sorted(entries) == sorted(gone)
    assert Entry.select().where(Entry.act == Act.PURGE_FAILED).count() == 0
    kept = {row.uuid for row in house.live}
    assert set(keystore.subjects()) == kept, "no file without row, no row without file"
    assert set(objects.subjects()) == kept
    assert {row.uuid for row in Recording.select().where(Recording.state == State.LIVE)} == kept
    assert {row.state for row in Quarantined.select()} == {QuarantineState.EXPIRED}
    assert all(objects.read(uuid, "original") == content for uuid, content in house.content.items())
    assert Note.select().count() == 0
    for needle in (made.NUMBER[4:].encode(), *made.TAILS, made.SOUND_MARKER[:44]):
        assert made.holding(house.settings.data, needle) == []
    left = {p.name for p in house.settings.data.rglob("*") if p.is_file()}
    assert not [name for name in left if name.endswith(".part")]
    assert chain.verify().whole


def made_good(house) -> None:
    nothing_half_visible(house)
    with clock.frozen(AGAIN):
        summary = actions.purge_due()
    assert summary.failed == 0
    all_is_well(house)


def test_a_purge_passes_more_than_two_hundred_points_and_ends_well(house):
    assert kill.count_points(sweep) >= 200
    all_is_well(house)


@pytest.mark.parametrize(
    "offset", [pytest.param(n, marks=pytest.mark.soak if n > 1 else ()) for n in range(1, STRIDE + 1)]
)
def test_a_death_at_any_point_is_made_good_by_the_next_sweep(house, offset):
    point, finished = offset, False
    while not finished:
        house.restore()
        finished = kill.run_killed(sweep, point)
        made_good(house)
        point += STRIDE
    assert point >= 200


def test_a_second_death_while_making_good_is_made_good_too(house):
    for first in range(25, 220, 60):
        for second in range(15, 130, 40):
            house.restore()
            assert not kill.run_killed(sweep, first)
            kill.run_killed(sweep, second)
            made_good(house)


def killed_within(seconds: float) -> bool:
    """A sweep in a child that is killed after `seconds` wherever it is, also in the middle of a write."""
    db.db.close()
    child = os.fork()
    if child == 0:
        try:
            db.connect()
            sweep()
        finally:
            os._exit(0)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    db.connect()
    return os.WIFSIGNALED(status)


@pytest.mark.parametrize("times", [10, pytest.param(100, marks=pytest.mark.soak)])
def test_a_death_at_any_moment_is_made_good_by_the_next_sweep(house, times):
    begun = time.monotonic()
    sweep()
    whole = time.monotonic() - begun
    moments, deaths = random.Random(times), 0
    for _ in range(times):
        house.restore()
        deaths += killed_within(moments.uniform(0, whole))
        made_good(house)
    assert deaths


def test_the_lock_of_a_dead_sweep_holds_nobody_up(house):
    assert not kill.run_killed(sweep, 60)
    assert (house.settings.data / "purge.lock").exists()
    with clock.frozen(AGAIN):
        assert not actions.purge_due().busy
