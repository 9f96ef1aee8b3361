"""`kill -9` at any moment of an import: afterwards nothing is lost, half, twice or left over."""

import contextlib
import dataclasses
import shutil
from pathlib import Path

import pytest

from portal import config, db
from portal.audit import chain
from portal.ingest import actions, gate, intake
from portal.ingest.content import Content
from portal.ingest.models import CallDetail, Quarantined, QuarantineState, Sealing
from portal.ingest.probe import answer
from portal.recordings.models import Recording, State
from portal.vault import keystore, objects
from tests import kill
from tests.ingest import deliveries as d
from tests.people import People, queue

PARTS = 8
CREW_PARTS = 24
"""The points are shared out over so many tests, which can run side by side; every run does the first."""


class Register:
    """A data folder with a handful of deliveries, as they stand before the sweep; put back at will."""

    def __init__(self, folder: Path, kept: Path) -> None:
        self.folder, self.kept = folder, kept

    def keep(self) -> None:
        db.checkpoint()
        db.db.close()
        shutil.copytree(self.folder, self.kept)
        db.connect()

    def put_back(self) -> None:
        db.db.close()
        shutil.rmtree(self.folder)
        shutil.copytree(self.kept, self.folder)
        db.connect()


SOUNDS = {
    "queue": d.sound(),
    "empty": b"",
    "late": d.sound(1.0),
    "refused": d.sound(1.1),
    "inline": d.sound(1.5),
    "second": d.sound(1.2),
    "beside": d.sound(1.7),
}
BROKEN, TEXT = d.sound()[:-77], b"ingen vcon"


def deliver_all() -> None:
    first, cut, empty = d.name(count=1), d.name(count=2), d.name(count=3)
    d.deliver(first, SOUNDS["queue"])
    d.deliver(cut, BROKEN)
    d.deliver(empty, SOUNDS["empty"])
    d.deliver("cdr.csv", d.cdr(d.detail(first), d.detail(cut), d.detail(empty)))
    two = (d.dialog(SOUNDS["inline"]), d.dialog(SOUNDS["second"], start="2026-11-10T08:25:00Z"))
    d.deliver("two.vcon", d.vcon(*two, uuid="two"))
    d.deliver("call.wav", SOUNDS["beside"], folder="beside")
    pointing = d.dialog(url="https://example.invalid/call.wav", start="2026-11-10T08:35:00Z")
    d.deliver("pointing.vcon", d.vcon(pointing, uuid="pointing"), folder="beside")
    d.deliver("call.wav", SOUNDS["late"], folder="refused")
    both = (pointing, d.dialog(SOUNDS["refused"]))
    d.deliver("refused.vcon", d.vcon(*both, uuid="refused", parties=[{"tel": "1"}, {}, {}]), folder="refused")
    d.deliver("bad.json", TEXT)


TAKEN = ("queue", "empty", "inline", "second", "beside")


def check() -> None:
    """Each delivery exactly once, with its bytes; no file without row, no row without file."""
    recordings = list(Recording.select())
    originals = sorted(objects.read(row.uuid, "original") for row in recordings)
    assert originals == sorted(SOUNDS[name] for name in TAKEN)
    assert {row.state for row in recordings} == {State.LIVE}
    refused = list(Quarantined.select())
    assert sorted(row.reason for row in refused) == ["bad_json", "broken", "unknown_queue"]
    for row in refused:
        assert row.sealed
        assert row.state == QuarantineState.WAITING
    held = {objects.read(row.uuid, "original") for row in refused}
    assert {BROKEN, TEXT} < held
    [pointing] = [row for row in refused if row.reason == "unknown_queue"]
    assert objects.read(pointing.uuid, "beside-0") == SOUNDS["late"]
    owners = {row.uuid for row in (*recordings, *refused)}
    assert set(keystore.subjects()) == set(objects.subjects()) == owners
    assert Sealing.select().count() == 0
    assert CallDetail.select().count() == 3
    data = config.settings().data
    assert not list(data.rglob("*.part"))
    assert not [p for p in config.settings().inbox.rglob("*") if not p.is_dir()]
    assert chain.verify().whole


def sweep() -> None:
    with d.later(6):
        actions.sweep_inbox()


def recover() -> None:
    """The next sweeps of a worker that was started again."""
    for seconds in (12, 18):
        with d.later(seconds):
            summary = actions.sweep_inbox()
            assert not summary.faults


@contextlib.contextmanager
def asked(content):
    yield lambda: answer(content.handle)


@pytest.fixture
def register(settings, tmp_path, monkeypatch) -> Register:
    # A probe of each killed child's own would cost most of the time; what it answers is the same
    monkeypatch.setattr(gate.probe, "ask", lambda content: answer(content.handle))
    monkeypatch.setattr(gate.probe, "asked", asked)
    kill.without_waiting(monkeypatch)
    People()
    deliver_all()
    with d.later(0):
        actions.sweep_inbox()
    made = Register(settings.data, tmp_path / "kept")
    made.keep()
    return made


def test_the_deliveries_come_in_whole_when_nothing_happens(register):
    points = kill.count_points(sweep)
    check()
    assert points >= 200


@pytest.mark.parametrize("part", [0, *(pytest.param(n, marks=pytest.mark.soak) for n in range(1, PARTS))])
def test_a_kill_at_any_point_of_a_sweep_is_made_good_by_the_next(register, part):
    killed = 0
    point = 1 + part
    while True:
        register.put_back()
        if kill.run_killed(sweep, point):
            break
        killed += 1
        recover()
        check()
        point += PARTS
    assert killed >= 200 // PARTS


@pytest.mark.parametrize("size", [1, 2])
@pytest.mark.parametrize("part", [0, *(pytest.param(n, marks=pytest.mark.soak) for n in range(1, CREW_PARTS))])
def test_a_kill_at_any_point_of_a_crew_s_work_is_made_good_by_the_next(register, monkeypatch, size, part):
    monkeypatch.setattr(intake, "MANY", 1)
    config.use(dataclasses.replace(config.settings(), import_processes=size))
    register.put_back()
    points = kill.count_points(sweep)
    check()
    assert points >= 200
    for point in range(1 + part, points - 20, CREW_PARTS):  # a run takes some steps more or fewer
        register.put_back()
        assert not kill.run_killed(sweep, point)
        recover()
        check()


def test_a_second_kill_during_the_recovery_is_made_good_too(register):
    points = kill.count_points(sweep)
    for point in range(3, points - 20, points // 12):  # a run takes some steps more or fewer: folders are there or not
        register.put_back()
        assert not kill.run_killed(sweep, point)
        kill.run_killed(lambda: recover(), 1 + point // 3)
        recover()
        check()


def test_a_kill_at_any_point_of_a_retry_loses_nothing(register):
    sweep()
    queue("1", "Ny", "Uusi")
    shutil.rmtree(register.kept)
    register.keep()
    admin = register_admin()

    def retry() -> None:
        with d.later(30):
            actions.retry(Quarantined.get(Quarantined.reason == "unknown_queue"), by=admin)

    point = killed = 0
    while True:
        point += 2
        register.put_back()
        if kill.run_killed(retry, point):
            break
        killed += 1
        with d.later(40):
            actions.sweep_inbox()
        if (row := Quarantined.get_or_none(Quarantined.reason == "unknown_queue", state="waiting")) is not None:
            with d.later(50):
                actions.retry(row, by=admin)
        after = Quarantined.get(Quarantined.reason == "unknown_queue")
        assert after.state == QuarantineState.TAKEN
        retried = Recording.select().where(Recording.conversation == "refused")
        originals = {objects.read(row.uuid, "original") for row in retried}
        assert originals == {SOUNDS["late"], SOUNDS["refused"]}
        owners = {row.uuid for row in Recording.select()}
        owners |= {row.uuid for row in Quarantined.select().where(Quarantined.state == QuarantineState.WAITING)}
        assert set(keystore.subjects()) == set(objects.subjects()) == owners
        assert Recording.select().count() == len(TAKEN) + 2
        assert chain.verify().whole
    assert killed >= 20


def register_admin():
    from portal.accounts.models import Account

    return Account.get(Account.username == "arvo")


def test_the_probe_of_the_test_is_the_one_of_the_gate(settings, tmp_path):
    path = tmp_path / "x.wav"
    path.write_bytes(d.sound())
    with Content.at(path) as content:
        assert answer(content.handle) == gate.probe.ask(content)
