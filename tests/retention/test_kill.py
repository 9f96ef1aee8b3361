"""A kill -9 before every single step of a purge: after the next sweep nothing is lost, half-visible or left over."""

import datetime as dt
import shutil

import pytest

from portal import clock, config, db
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
"""The ordinary run dies at every tenth step, each time from another one on; the soak run at each."""


class House:
    """Three calls and two quarantined files that are due, two calls that are not; put back before each death."""

    def __init__(self, people, settings):
        self.settings, self.people = settings, people
        self.due = [
            made.marked(people.daycare, people.adviser, started_at=made.CALLED + dt.timedelta(seconds=n))
            for n in range(3)
        ]
        made.call_detail(self.due[0], "1")
        self.files = [made.quarantined(), made.quarantined(sealed=False, name=f"sub/{made.NUMBER}.wav")]
        self.live = [
            recording(people.daycare, started_at=made.CALLED + dt.timedelta(days=n), subject="kvar") for n in (1, 2)
        ]
        self.content = {row.uuid: objects.read(row.uuid, "original") for row in self.live}
        db.checkpoint()
        db.db.close()
        self.kept = settings.data.with_name("kept")
        shutil.copytree(settings.data, self.kept)

    def restore(self):
        db.db.close()
        shutil.rmtree(self.settings.data)
        shutil.copytree(self.kept, self.settings.data)
        db.connect()


@pytest.fixture
def house(people, settings):
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


def die_at(house, number: int) -> bool:
    house.restore()
    killed, _ = kill.run(sweep, at=number)
    if not killed:
        return False
    nothing_half_visible(house)
    with clock.frozen(AGAIN):
        summary = actions.purge_due()
    assert summary.failed == 0
    all_is_well(house)
    return True


def test_a_purge_takes_more_than_a_hundred_steps_and_ends_well(house):
    killed, steps = kill.run(sweep)
    assert not killed
    assert len(steps) >= 100
    assert {"os.remove", "os.rmdir", "fsync", "open", "sql COMMIT", "sql UPDATE"} <= set(steps)
    all_is_well(house)


@pytest.mark.parametrize("offset", [pytest.param(n, marks=pytest.mark.soak if n else ()) for n in range(STRIDE)])
def test_a_death_at_any_step_is_made_good_by_the_next_sweep(house, offset):
    number = offset
    while die_at(house, number):
        number += STRIDE
    assert number >= 100


def test_a_second_death_while_making_good_is_made_good_too(house):
    for first in range(20, 180, 40):
        for second in range(10, 100, 30):
            house.restore()
            kill.run(sweep, at=first)
            kill.run(sweep, at=second)
            nothing_half_visible(house)
            with clock.frozen(AGAIN):
                actions.purge_due()
            all_is_well(house)


def test_the_lock_of_a_dead_sweep_holds_nobody_up(house):
    killed, _ = kill.run(sweep, at=60)
    assert killed
    with clock.frozen(AGAIN):
        assert not actions.purge_due().busy
    assert config.settings().data.joinpath("purge.lock").exists()
