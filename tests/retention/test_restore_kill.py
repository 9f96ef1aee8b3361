"""A kill -9 at points over backup and restore: a backup is whole or none, a restore is finished by running it again."""

import shutil

import pytest

from portal import clock, config, db, start
from portal.audit import chain
from portal.retention import backup, closed, copies, ledger, replay, restore
from portal.start import prepare
from tests import kill
from tests.retention import drill
from tests.retention.lost import NIGHT, NOON, House, all_is_well

STRIDE = 97
"""The ordinary run dies at every so many points; the soak run at the others too."""
OFFSETS = [pytest.param(n, marks=pytest.mark.soak if n > 1 else ()) for n in range(1, STRIDE + 1)]


@pytest.fixture
def house(people, settings, monkeypatch):
    kill.without_waiting(monkeypatch)
    with clock.frozen(NIGHT):
        house = House(people, drill.apart(settings))
        kill.without_waiting(monkeypatch)
        yield house


def keep(*folders):
    """Copies of the folders, and what puts them back."""
    db.db.close()
    pairs = [(folder, folder.with_name(f"kept-{folder.name}")) for folder in folders]
    for folder, kept in pairs:
        shutil.copytree(folder, kept)

    def put_back():
        db.db.close()
        for folder, kept in pairs:
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(kept, folder)

    return put_back


def forget_empty(house) -> bool:
    """The harness opens the register before and after each run, and thereby makes one where there is none."""
    empty = not db.db.get_tables()
    db.db.close()
    for path in house.settings.data.glob("portal.db*") if empty else ():
        path.unlink()
    return empty


def restoring(house):
    """What `portal restore` does, in a process that has not opened the register yet."""
    forget_empty(house)
    with restore.alone():
        found = restore.find(house.backups)
        restore.refuse_unless_ready(found, without_ledger=False)
        restore.put_back(found)
        prepare(config.settings())
        outcome = replay.run(found.name, found.made_at)
        assert outcome.whole
        closed.end()


@pytest.mark.parametrize("offset", OFFSETS)
def test_a_death_in_a_backup_leaves_the_one_before_and_the_next_is_whole(house, offset):
    first = drill.make(house.backups).name
    put_back = keep(house.settings.data, house.settings.ledger, house.backups)
    point, finished, deaths = offset, False, 0
    while not finished:
        put_back()
        db.connect()
        finished = kill.run_killed(lambda: backup.make(house.backups), point)
        deaths += not finished
        assert restore.find(house.backups, name=first).name == first
        for name in backup.names(house.backups):
            found = restore.find(house.backups, name=name)
            assert len(found.key_files) == 10
        keys = {path.name for path in (house.backups / "keys").iterdir()}
        assert keys <= {copy.name for copy in copies.every()}, "no key copy that nobody knows of"
        assert not [p for p in house.settings.data.rglob(".register.part") if p.stat().st_size]
        assert chain.verify().whole
        ledger.verify()
        point += STRIDE
    assert deaths >= 2
    drill.make(house.backups)
    house.live_on()
    drill.breaks(house.settings)
    restoring(house)
    all_is_well(house)


@pytest.mark.parametrize("offset", OFFSETS)
def test_a_death_in_a_restore_leaves_the_portal_closed_and_the_next_run_finishes(house, offset):
    drill.make(house.backups)
    house.live_on()
    drill.breaks(house.settings)
    house.put_back = put_back = keep(house.settings.data, house.settings.ledger)
    point, finished, deaths = offset, False, 0
    while not finished:
        put_back()
        finished = kill.run_killed(lambda: restoring(house), point)
        deaths += not finished
        with clock.frozen(NOON):
            if not finished:
                half_done_is_closed(house)
                restoring(house)
            all_is_well(house)
        point += STRIDE
    assert deaths >= 4  # each run dies at a ninety-seventh of the points; together they die at all of them


def half_done_is_closed(house) -> None:
    """The portal does not start before all is replayed, also when the death came before the first file."""
    if not forget_empty(house) and closed.restoring() is None:
        db.connect()
        assert not ledger.is_behind()
        all_is_well(house)
        db.db.close()
        house.put_back()  # the death came after all was done: from the start, for the run that follows
        return
    with pytest.raises(config.ConfigError):
        start.check(config.settings())
