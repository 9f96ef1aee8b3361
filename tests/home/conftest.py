"""A register with every kind of thing in every state, filled once for all tests that only read."""

import shutil
from pathlib import Path

import pytest

from portal import config, db
from portal.accounts.models import Account
from portal.accounts.permissions import Role
from portal.retention import health
from tests.browser.register import Register, fill
from tests.people import grant, person


@pytest.fixture(scope="module")
def filled(template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Register, int]:
    """A register with every kind of thing in every state, filled once, and the key of somebody who has every role in
    it."""
    folder = tmp_path_factory.mktemp("filled") / "data"
    shutil.copytree(template, folder)
    db.bind(config.use(config.load(folder)))
    db.connect()
    register = fill()
    people = register.people
    queues = (people.daycare, people.technical, people.elderly)
    every = person("alla", "Alva Allkonstnär")
    for role in Role:
        grant(every, role, queues if role in (Role.ADVISER, Role.MANAGER, Role.CLERK) else ())
    db.checkpoint()
    db.db.close()
    return folder, register, every.id


@pytest.fixture
def everything(settings, filled) -> tuple[Register, Account]:
    """For tests that only read."""
    folder, register, every = filled
    db.bind(config.use(config.load(folder)))
    db.connect()
    health.forget()
    return register, Account.get_by_id(every)
