"""A kill -9 at any point of a rotation: everything opens at once, and the next run ends it."""

import pytest

from portal import db
from portal.audit import chain
from portal.keys import rotation
from portal.vault import ring, root
from tests import kill
from tests.keys.sealed import Secrets, rotations

STRIDE = 11
"""The ordinary run dies at every so many points; the soak run at the others too."""
OFFSETS = [pytest.param(n, marks=pytest.mark.soak if n > 1 else ()) for n in range(1, STRIDE + 1)]


@pytest.fixture
def house(people, settings, monkeypatch):
    kill.without_waiting(monkeypatch)
    secrets = Secrets(people)
    folder = kill.House()
    folder.keep(settings)

    def put_back():
        ring.forget()
        folder.restore()

    secrets.put_back = put_back
    db.connect()
    return secrets


@pytest.mark.parametrize("offset", OFFSETS)
def test_a_death_in_a_rotation_loses_nothing_and_the_next_run_ends_it(house, settings, offset):
    point, finished, deaths = offset, False, 0
    while not finished:
        house.put_back()
        old = root.read()
        finished = kill.run_killed(rotation.rotate, point)
        deaths += not finished
        house.all_open()
        if not finished and (ring.fresh().turning or root.read().key == old.key):
            done = rotation.rotate()
            assert done.finished
            house.all_open()
        held = ring.fresh()
        assert root.read().key == held.current
        assert held.current != old.key
        assert not held.turning
        assert house.under() == {held.id.hex()}
        assert rotations()[-1]["finished"], "done, and the log does not tell it"
        assert chain.verify().whole
        scratch = [path.name for path in settings.data.rglob(".*.part")]
        assert not scratch, "a half-written file with a key in it"
        point += STRIDE
    assert deaths >= 4


@pytest.mark.parametrize("offset", OFFSETS)
def test_a_death_while_a_dead_rotation_is_ended_loses_nothing(house, offset):
    """Killed in its middle, and then again and again."""
    passed = kill.count_points(rotation.rotate)
    house.put_back()
    assert not kill.run_killed(rotation.rotate, passed // 2)
    point = offset
    while not kill.run_killed(rotation.rotate, point):
        house.all_open()
        point += STRIDE
    house.all_open()
    assert house.under() == {ring.fresh().id.hex()}
