"""Deletion gives way to people, and takes no rest when nobody is there."""

import contextlib
import sqlite3

import pytest

from portal.retention import pace
from portal.retention.actions import purge_due
from tests.retention import made
from tests.retention.kept import call, clock


@pytest.fixture
def rests(monkeypatch) -> list[float]:
    found: list[float] = []
    monkeypatch.setattr(pace, "sleep", found.append)
    return found


def somebody_writes(settings) -> None:
    with contextlib.closing(sqlite3.connect(settings.database)) as other, other:
        other.execute("UPDATE account SET name = name || 'n'")  # a change that changes nothing is none


def test_alone_the_sweep_does_not_rest(people, rests):
    for _ in range(3):
        call(people)
    with clock.frozen(made.DUE):
        assert purge_due().purged == 3
    assert rests == []


def test_after_another_wrote_each_deletion_is_followed_by_a_rest(people, settings, rests):
    going = pace.Pace()
    with going.one():
        somebody_writes(settings)
    with going.one():
        pass
    assert len(rests) == 2
    assert all(0 <= rest <= pace.REST_MOST_SECONDS for rest in rests)


def test_the_rest_ends_when_the_others_have_gone(people, settings, rests, monkeypatch):
    going = pace.Pace()
    with going.one():
        somebody_writes(settings)
    monkeypatch.setattr(pace, "COMPANY_SECONDS", -1.0)
    going._company_until = 0.0
    with going.one():
        pass
    assert len(rests) == 1


def test_a_slow_deletion_is_not_followed_by_a_long_rest(people, settings, rests, monkeypatch):
    moments = iter([0.0, 5.0])
    going = pace.Pace()
    somebody_writes(settings)
    monkeypatch.setattr(pace, "monotonic", lambda: next(moments))
    with going.one():
        pass
    assert rests == [pace.REST_MOST_SECONDS]


def test_the_sweep_itself_gives_way(people, settings, rests, monkeypatch):
    from portal.retention import deletion

    for _ in range(3):
        call(people)
    finish = deletion.finish

    def beside_somebody(line):
        somebody_writes(settings)
        return finish(line)

    monkeypatch.setattr(deletion, "finish", beside_somebody)
    with clock.frozen(made.DUE):
        assert purge_due().purged == 3
    assert len(rests) == 3
