"""The worker looks when it should, a failure stops nothing, and it ends when told."""

import datetime as dt
import os
import pickle
import signal
import subprocess
import sys
from typing import ClassVar

import pytest
from huey.signals import SIGNAL_ERROR

from portal import clock, db, logs, start
from portal.cases import copies, tending
from portal.documents import setting
from portal.ingest import actions as ingest
from portal.jobs import actions as jobs
from portal.jobs import ordered
from portal.oversight import checkpoints, listens
from portal.queues.models import Queue
from portal.recordings import filling, render, saved
from portal.recordings.models import Recording
from portal.retention import actions as retention
from portal.retention.models import Sweep
from portal.rights import tending as rights
from tasks import huey
from tasks.cases import make_copies, tend_cases
from tasks.documents import make_due
from tasks.ingest import sweep_inbox
from tasks.jobs import forget_jobs, run_ordered
from tasks.oversight import count_listens, sign_checkpoint
from tasks.recordings import fill_index, forget_searches, render_pending
from tasks.retention import purge_due
from tasks.rights import end_rights
from tasks.rounds import ROUNDS, Rounds
from tests import calls
from tests.demo.processes import children_of, core_limit, gone, niceness, until

JOBS = [
    (sweep_inbox, ingest, "sweep_inbox"),
    (render_pending, render, "render_pending"),
    (forget_searches, saved, "forget_due"),
    (fill_index, filling, "fill"),
    (run_ordered, ordered, "run_due"),
    (forget_jobs, jobs, "forget_due"),
    (make_due, setting, "make_due"),
    (purge_due, retention, "purge_due"),
    (tend_cases, tending, "tend"),
    (make_copies, copies, "make_due"),
    (end_rights, rights, "tend"),
    (count_listens, listens, "count_due"),
    (sign_checkpoint, checkpoints, "sign_due"),
]


@pytest.fixture(autouse=True)
def queue_file(settings):
    huey.storage.close()
    yield
    huey.storage.close()


@pytest.fixture
def immediate():
    logs.discreet()  # as `portal worker` does first
    huey.immediate = True
    yield
    huey.immediate = False


@pytest.fixture
def errors():
    """What failed in a task: immediate mode only logs it."""
    found = []

    def collect(signal, task, error=None):
        found.append((type(task).__name__, type(error)))

    huey.signal(SIGNAL_ERROR)(collect)
    yield found
    huey.disconnect_signal(collect, SIGNAL_ERROR)


@pytest.mark.parametrize(("task", "module", "name"), JOBS)
def test_each_job_calls_its_action(task, module, name, immediate, errors, monkeypatch):
    called = []
    monkeypatch.setattr(module, name, lambda: called.append(name))
    task()
    assert called == [name]
    assert errors == []


@pytest.mark.parametrize(("task", "module", "name"), JOBS)
def test_a_job_that_fails_is_told_of_and_logged_without_its_text(
    task, module, name, immediate, errors, monkeypatch, caplog
):
    said = "+35840" + "0001234"

    def fail():
        raise ValueError(said)

    monkeypatch.setattr(module, name, fail)
    task()
    assert errors == [(task.task_class.__name__, ValueError)]
    assert "ValueError" in caplog.text
    assert said not in caplog.text


def rounds() -> Rounds:
    return Rounds(huey, huey.create_consumer().stop_flag, 1, False)


def test_each_sweep_is_due_at_the_start_and_again_after_its_interval(settings):
    looks = rounds()
    looks.enqueue_due(1000.0)
    assert sorted(type(task).__name__ for task in huey.pending()) == [
        "count_figures",
        "count_listens",
        "end_rights",
        "erase_passages",
        "fill_index",
        "forget_jobs",
        "forget_numbers",
        "forget_observations",
        "forget_searches",
        "forget_staff_lists",
        "look_for_patterns",
        "make_copies",
        "make_due",
        "purge_due",
        "purge_incidents",
        "reconcile_nightly",
        "render_pending",
        "run_ordered",
        "sign_checkpoint",
        "sweep_inbox",
        "tend_announcements",
        "tend_cases",
        "tend_consents",
        "tend_kept",
        "tend_reviews",
    ]
    huey.flush()
    looks.enqueue_due(1000.0 + settings.inbox_seconds - 0.1)
    assert huey.pending_count() == 0
    looks.enqueue_due(1000.0 + settings.inbox_seconds)
    at_once = [
        "erase_passages",
        "fill_index",
        "make_copies",
        "make_due",
        "render_pending",
        "run_ordered",
        "sweep_inbox",
    ]
    assert sorted(type(task).__name__ for task in huey.pending()) == at_once
    huey.flush()
    looks.enqueue_due(1000.0 + settings.purge_minutes * 60)
    assert huey.pending_count() == sum(each.seconds() < 3600 for each in ROUNDS)  # others look at the hour


def test_a_busy_worker_is_not_told_twice(settings):
    looks = rounds()
    for hour in range(10):
        looks.enqueue_due(1000.0 + hour * 3600)
    assert huey.pending_count() == len(ROUNDS)


class Planted:
    opened: ClassVar[list[str]] = []

    def __reduce__(self):
        return (Planted.opened.append, ("unpickled",))


def test_a_message_from_another_hand_is_never_opened(settings):
    forged = pickle.dumps(Planted())
    for message in (forged, forged + b":" + b"0" * 64):
        huey.storage.enqueue(message)
        with pytest.raises(ValueError, match=r"Separator|Signature"):
            huey.dequeue()
    assert Planted.opened == []


@pytest.fixture
def worker(settings, tmp_path):
    db.db.close()
    log = (tmp_path / "worker.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-c", "from portal.cli import main; main()", "worker"],
        env={
            **os.environ,
            "PORTAL_DATA": str(settings.data),
            "PORTAL_SETTLE_SECONDS": "0",
            "PORTAL_INBOX_SECONDS": "1",
        },
        stdout=log,
        stderr=log,
    )
    yield process
    process.kill()
    process.wait()
    log.close()


def test_the_worker_survives_a_failing_sweep_brings_calls_in_and_ends_when_told(settings, worker, tmp_path):
    settings.inbox.rmdir()
    until(lambda: Sweep.select().where(Sweep.name == "inbox", Sweep.fault == "ENOENT").exists())
    Queue.create(number="2001", name_sv="A", name_fi="B")
    settings.inbox.mkdir()
    started = clock.local(clock.now() - dt.timedelta(days=30))
    name = f"q-2001-0400001234-{started:%Y%m%d-%H%M%S}-{int(started.timestamp())}.1.wav"
    (settings.inbox / name).write_bytes(calls.wav(calls.tone()))
    until(lambda: Recording.select().exists())
    assert not (settings.inbox / name).exists()
    family = children_of(worker.pid)
    assert len(family) >= len(ROUNDS) + 1
    assert {core_limit(pid) for pid in [worker.pid, *family]} == {"0"}, "a dump would hold the keys"
    assert {niceness(pid) for pid in family} == {min(19, os.nice(0) + start.NICENESS)}
    db.db.close()
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(10) == 0
    assert gone(family)
    assert (
        b"ENOENT" in (tmp_path / "worker.log").read_bytes()
        or b"FileNotFoundError" in (tmp_path / "worker.log").read_bytes()
    )


def test_a_killed_worker_leaves_no_orphan(worker):
    until(lambda: len(children_of(worker.pid)) >= len(ROUNDS) + 1)
    family = children_of(worker.pid)
    worker.kill()
    worker.wait()
    assert gone(family)
