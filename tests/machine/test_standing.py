"""What the first page says of the machine: worker, backup, log, room."""

import datetime as dt
from pathlib import Path

import pytest

from portal import clock
from portal.jobs.models import Kind, Outcome
from portal.machine import places, running, standing
from portal.machine.places import Room
from portal.machine.told import Level
from portal.oversight import checkpoints
from portal.oversight.checkpoints import Standing as Signed
from portal.retention import copies
from portal.retention.models import Sweep
from tests.jobs.made import ended
from tests.retention import kept

HOUR = dt.timedelta(hours=1)
ROOMY = Room(Path("/"), 400 << 30, 500 << 30, 900, 1_000)


@pytest.fixture(autouse=True)
def at(settings, monkeypatch):
    monkeypatch.setattr(checkpoints, "standing", lambda: Signed(kept.NOW, False))
    with clock.frozen(kept.NOW):
        yield


def test_a_worker_that_has_not_begun_a_round_for_minutes_is_told_and_when_it_did(settings):
    assert standing.look().worker == (Level.MEND, None)
    Sweep.create(name="purge", started_at=kept.NOW - running.SILENT)
    assert standing.look().worker == (Level.MEND, kept.NOW - running.SILENT)
    Sweep.create(name="cases", started_at=kept.NOW)
    assert standing.look().worker == (Level.GOOD, kept.NOW)


@pytest.mark.parametrize(
    ("age", "level"),
    [(HOUR, Level.GOOD), (running.NIGHT + HOUR, Level.LOOK), (running.LOST + HOUR, Level.MEND)],
)
def test_the_backup_is_as_good_as_it_is_new(monkeypatch, tmp_path, age, level):
    copy = copies.Copy("one", tmp_path, tmp_path, kept.NOW - age)
    monkeypatch.setattr(copies, "newest_whole", lambda: copy)
    assert standing.look().backup == (level, kept.NOW - age)


def test_no_backup_has_to_be_mended_and_one_out_of_sight_looked_for(monkeypatch):
    assert standing.look().backup == (Level.MEND, None)

    def hidden():
        raise PermissionError

    monkeypatch.setattr(copies, "newest_whole", hidden)
    monkeypatch.setattr(places, "rooms", lambda _: hidden())
    found = standing.look()
    assert found.backup == (Level.LOOK, None)
    assert found.room is None
    assert found.level >= Level.LOOK


def test_a_log_that_is_not_whole_or_not_signed_is_told(people, monkeypatch):
    assert standing.look().log == (Level.GOOD, kept.NOW)
    ended(Kind.LOG, Outcome.AMISS)
    assert standing.look().log == (Level.MEND, kept.NOW)
    ended(Kind.LOG, Outcome.GOOD)
    assert standing.look().log.level == Level.GOOD, "the newest check counts"
    monkeypatch.setattr(checkpoints, "standing", lambda: Signed(kept.NOW, True))
    assert standing.look().log.level == Level.MEND
    monkeypatch.setattr(checkpoints, "standing", lambda: Signed(None, False))
    assert standing.look().log == (Level.LOOK, None)


def test_the_fullest_disk_is_told(monkeypatch):
    full, tight = ROOMY._replace(free=places.FULL - 1), ROOMY._replace(free=places.FULL + 1)
    few_files = ROOMY._replace(files_free=1)
    assert [one.level for one in (ROOMY, tight, few_files, full)] == [0, 1, 1, 2]
    assert ROOMY._replace(files=0, files_free=0).level == Level.GOOD, "a file system that does not count them"
    for rooms, shown in (([ROOMY, tight], tight), ([tight, full, ROOMY], full), ([], None)):
        monkeypatch.setattr(places, "rooms", lambda _, rooms=rooms: iter(rooms))
        assert standing.look().room == shown


def test_start_says_it_to_the_administrator_and_to_nobody_else(as_, people):
    page = as_(people.admin).get("/").text
    for said in ("Varmuuskopio", "eheää kopiota ei löydy", "Levytila", "ei ole koskaan ollut käynnissä", "#sound"):
        assert said in page
    assert "Säkerhetskopian" not in as_(people.dpo).get("/").text
