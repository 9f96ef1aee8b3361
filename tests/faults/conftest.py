"""The data folders lie in memory where there is such a place: they are put back thousands of times."""

import shutil
import tempfile
from pathlib import Path

import pytest

from portal import config, db
from tests import kill
from tests.faults.house import House

MEMORY = Path("/dev/shm")


@pytest.fixture
def settings(template: Path):
    place = MEMORY if MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="portal-faults-", dir=place) as folder:
        data = Path(folder, "data")
        shutil.copytree(template, data)
        chosen = config.use(config.load(data))
        db.bind(chosen)
        db.connect()
        yield chosen
        db.db.close()


@pytest.fixture
def house(people, settings, monkeypatch) -> House:
    kill.without_waiting(monkeypatch)
    made = House(people, settings)
    kill.without_waiting(monkeypatch)
    return made
