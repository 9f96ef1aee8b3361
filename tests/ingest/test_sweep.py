"""The sweep itself: one at a time, noted, and what is left by one that died is gone before the next."""

import datetime as dt
import fcntl
import os
import threading
import time
import uuid

import portal.lock
from portal import clock
from portal.ingest import actions, drafts, inbox, lock
from portal.ingest.models import Arriving, Quarantined, Sealing
from portal.recordings.models import Recording
from portal.retention import sweeps
from portal.vault import durable, keystore, objects
from tests.ingest import deliveries as d


def test_a_second_sweep_at_the_same_time_does_nothing(sweep, settings):
    d.deliver(d.name(), d.sound())
    with lock.sweeping() as mine:
        assert mine
        assert sweep(0).busy
    assert Arriving.select().count() == 0
    assert not sweep(0).busy


def test_a_retry_comes_in_between_two_files_of_a_long_sweep(settings, monkeypatch):
    monkeypatch.setattr(portal.lock, "POLL_SECONDS", 0.05)  # so seldom that luck alone does not let it in
    inside, stop, holds = [], threading.Event(), threading.Event()

    def busily():
        while not stop.is_set():
            with lock.importing():
                holds.set()
                time.sleep(2 * lock.LONG_SECONDS)
                holds.clear()

    other = threading.Thread(target=busily)
    other.start()
    try:
        for _ in range(3):
            holds.wait(5)
            with lock.importing(wait_seconds=3):
                inside.append(1)
    finally:
        stop.set()
        other.join()
    assert len(inside) == 3


def test_the_lock_is_of_the_kernel_and_dies_with_its_holder(settings):
    with lock.sweeping():
        pass
    handle = os.open(settings.data / "sweep.lock", os.O_RDWR)
    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    with lock.sweeping() as mine:
        assert not mine
    os.close(handle)
    with lock.sweeping() as mine:
        assert mine


def test_the_sweep_is_noted(sweep):
    sweep(0)
    assert sweeps.last("inbox").good_at is not None
    assert sweeps.last("inbox").fault == ""


def test_an_inbox_that_is_not_there_is_a_fault(sweep, settings):
    settings.inbox.rmdir()
    try:
        sweep(0)
    except FileNotFoundError:
        pass
    else:
        raise AssertionError("a missing inbox went unnoticed")
    assert sweeps.last("inbox").fault == "ENOENT"


def test_a_folder_that_cannot_be_read_is_a_fault_and_the_rest_comes_in(sweep, monkeypatch):
    name = d.name()
    d.deliver(name, d.sound())
    d.deliver("cdr.csv", d.cdr(d.detail(name)))
    d.deliver("x.wav", d.sound(), folder="closed")
    real = os.scandir

    def refuse(path):
        if str(path).endswith("closed"):
            raise PermissionError(13, "no")
        return real(path)

    monkeypatch.setattr(inbox.os, "scandir", refuse)
    assert sweep().taken == 1
    assert sweeps.last("inbox").fault == "EACCES"


def test_what_an_import_that_died_has_left_is_removed(sweep, settings):
    subject = uuid.uuid4()
    drafts.disown(subject)
    objects.seal(subject, "original", [b"x"])
    durable.scratch_of(keystore.path_of(subject)).write_bytes(b"half a key")
    durable.scratch_of(objects.path_of(subject, "peaks")).write_bytes(b"half")
    sweep(0)
    assert not list(keystore.subjects()) + list(objects.subjects())
    assert not list(settings.data.rglob("*.part"))
    assert Sealing.select().count() == 0


def test_what_nobody_announced_is_not_touched(sweep):
    subject = uuid.uuid4()
    objects.seal(subject, "original", [b"x"])
    sweep(0)
    assert list(keystore.subjects()) == [subject]


def test_a_file_that_cannot_be_removed_is_a_fault_and_not_taken_twice(sweep, monkeypatch):
    name = d.name()
    d.deliver(name, d.sound())
    d.deliver("cdr.csv", d.cdr(d.detail(name)))
    real = os.unlink

    def refuse(path, *args, **kwargs):
        if str(path).endswith(".wav"):
            raise PermissionError(13, "no")
        return real(path, *args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(durable.os, "unlink", refuse)
        sweep()
        sweep(20)
        assert sweeps.last("inbox").fault == "EACCES"
    assert Recording.select().count() == 1
    assert sweep(30).duplicates == 1
    assert sweeps.last("inbox").fault == ""


def test_empty_folders_of_past_days_are_cleared_away(sweep, settings):
    name = d.name()
    old = d.deliver(name, d.sound(), folder="2026/11/07").parent
    d.deliver("cdr.csv", d.cdr(d.detail(name)), folder="2026/11/10")
    new = settings.inbox / "2026/11/10"
    sweep(0)
    with d.later(6):
        path = old / name
        path.rename(new / name)
        for folder, age in ((old, 3), (new, 0)):
            moment = (clock.now() - dt.timedelta(days=age)).timestamp()
            os.utime(folder, (moment, moment))
    sweep(6)
    sweep(12)
    assert not old.exists()
    assert new.exists()


def test_a_file_that_stands_under_a_name_that_is_no_text_is_renamed_and_can_be_discarded(sweep, settings, people):
    path = d.deliver(b"\xe5.wav", b"")
    os.truncate(path, 1 << 30)
    sweep(0)
    sweep(6)
    row = Quarantined.get()
    assert row.name == "2026/11/10/\\xe5.wav"
    assert (settings.inbox / row.name).exists()
    actions.discard(row, by=people.admin)
    assert not [p for p in settings.inbox.rglob("*") if p.is_file()]


def test_how_many_wait_is_counted(sweep, settings):
    for count in (1, 2):
        d.deliver(d.name(count=count), d.sound())
    (settings.inbox / "link").symlink_to("/x")
    sweep(0)
    assert inbox.waiting() == 2


def test_complete_runs_are_harmless_in_any_number(sweep):
    for seconds in (0, 1, 2, 30):
        sweep(seconds)
    assert actions.sweep_inbox().faults == {}
