"""The doctor's look at the portal itself: register, root key, worker, backups, and who signs the log."""

import contextlib
import dataclasses
import datetime as dt
import socket
import threading

import pytest

from portal import clock, config, db
from portal.keys import care
from portal.machine import running
from portal.machine.told import Level
from portal.oversight import checkpoints
from portal.retention import actions, backup, closed, copies, sweeps
from portal.retention.copies import Copy
from tests.retention import kept


@pytest.fixture(autouse=True)
def at(settings):
    with clock.frozen(kept.NOW):
        yield


def levels(looked) -> dict[str, Level]:
    found: dict[str, Level] = {}
    for line in looked:
        found[line.about] = max(line.level, found.get(line.about, Level.GOOD))
    return found


@pytest.mark.parametrize(
    ("host", "hosts", "level"),
    [
        ("0.0.0.0", ("localhost",), Level.MEND),
        ("0.0.0.0", ("samtal.example.fi",), Level.GOOD),
        ("127.0.0.1", ("localhost",), Level.GOOD),
    ],
)
def test_a_web_for_others_that_answers_to_no_name_of_theirs_is_told(settings, host, hosts, level):
    config.use(dataclasses.replace(settings, host=host, trusted_hosts=hosts))
    assert levels(running.settings()) == {"settings": level}


def test_a_register_that_waits_for_an_upgrade_or_a_restore_has_to_be_mended(settings, monkeypatch):
    assert levels(running.register()) == {"register": Level.GOOD}
    closed.begin(name="a", made_at="b")
    (line,) = running.register()
    assert (line.level, "portal restore" in line.says) == (Level.MEND, True)
    closed.end()
    monkeypatch.setattr(db, "pending", lambda: ["0099_later"])
    (line,) = running.register()
    assert (line.level, "portal migrate" in line.mend) == (Level.MEND, True)


def test_a_root_key_that_is_not_there_is_told_once_by_its_own_line(settings, tmp_path):
    settings.root_key.rename(tmp_path / "away")
    assert levels(running.root_key()) == {"root key": Level.MEND}


@pytest.mark.parametrize(
    ("cared", "level"),
    [
        (care.Care(shares=care.Shares.HELD), Level.GOOD),
        (care.Care(shares=care.Shares.UNKNOWN), Level.LOOK),
        (care.Care(shares=care.Shares.EARLIER), Level.MEND),
        (care.Care(shares=care.Shares.HELD, due=True), Level.LOOK),
        (care.Care(shares=care.Shares.HELD, unfinished=True), Level.MEND),
        (care.Care(missing="gone"), Level.MEND),
    ],
)
def test_what_the_root_key_wants_is_told(monkeypatch, cared, level):
    monkeypatch.setattr(care, "look", lambda: cared)
    assert levels(running.root_key()) == {"root key": level}


def test_a_worker_that_never_was_that_is_alive_and_that_died(settings):
    assert levels(running.worker())["worker"] == Level.MEND, "never"
    with sweeps.running("inbox"):
        pass
    assert levels(running.worker())["worker"] == Level.GOOD
    with clock.frozen(kept.NOW + running.SILENT):
        assert levels(running.worker())["worker"] == Level.MEND, "dead"
    with clock.frozen(kept.NOW - dt.timedelta(seconds=1)):
        assert levels(running.worker())["worker"] == Level.MEND, "its round is still to come"


def test_the_level_of_the_status_is_told(settings, people):
    assert levels(running.worker())["status"] == Level.LOOK, "nobody has swept yet"
    actions.purge_due()
    assert levels(running.worker())["status"] == Level.GOOD
    kept.call(people)
    with clock.frozen(kept.NOW + dt.timedelta(days=200)):
        assert levels(running.worker())["status"] == Level.MEND


# Backups


def made(settings, tmp_path) -> Copy:
    backup.make(tmp_path / "backup", keys=tmp_path / "keys")
    return copies.every()[-1]


def test_no_backup_an_old_one_and_one_of_tonight(settings, tmp_path):
    assert levels(running.backups()) == {"backups": Level.MEND}, "none"
    made(settings, tmp_path)
    for age, level in ((dt.timedelta(hours=25), Level.GOOD), (dt.timedelta(hours=27), Level.LOOK)):
        with clock.frozen(kept.NOW + age):
            assert levels(running.backups()) == {"backups": level}
    with clock.frozen(kept.NOW + dt.timedelta(days=4)):
        assert levels(running.backups()) == {"backups": Level.MEND}


@pytest.mark.parametrize("half", ["calls", "keys"])
def test_a_backup_that_was_killed_before_its_end_is_none(settings, tmp_path, half):
    copy = made(settings, tmp_path)
    here = copy.calls_here if half == "calls" else copy.keys_here
    (here / "manifest.json").unlink()
    assert levels(running.backups()) == {"backups": Level.MEND}


def test_a_backup_that_outlived_its_days_is_told_beside_the_good_one(settings, tmp_path):
    made(settings, tmp_path)
    copies.add(Copy("old", tmp_path, tmp_path, clock.now() - dt.timedelta(days=8)))
    first, second = running.backups()
    assert (first.level, second.level) == (Level.MEND, Level.GOOD)
    assert "past their days" in first.says


def test_a_backup_whose_disk_is_away_is_told(settings, tmp_path):
    made(settings, tmp_path)
    copies.add(Copy("away", tmp_path / "gone", tmp_path, clock.now()))
    first, second = running.backups()
    assert (first.level, "cannot be reached" in first.says, second.level) == (Level.LOOK, True, Level.GOOD)


# Who signs the log


def test_a_log_that_nobody_signs_and_one_that_is_signed(settings, people):
    assert levels(running.signer())["log"] == Level.LOOK, "not yet"
    checkpoints.sign_due()
    assert levels(running.signer())["log"] == Level.GOOD
    with clock.frozen(kept.NOW + dt.timedelta(hours=1)):
        assert levels(running.signer())["log"] == Level.MEND


def test_a_round_of_signing_with_a_fault_is_told(settings, people):
    checkpoints.sign_due()
    with sweeps.running("checkpoints") as run:
        run.fault = "SignerSilent"
    (line, _) = running.signer()
    assert (line.level, "SignerSilent" in line.says) == (Level.MEND, True)


def test_a_key_that_the_web_can_read_is_told(settings, tmp_path, monkeypatch):
    assert levels(running.signer())["log's key"] == Level.LOOK
    apart = tmp_path / "apart"
    config.use(dataclasses.replace(settings, checkpoint_key=apart / "key", checkpoint_file=apart / "lines"))
    assert levels(running.signer())["log's key"] == Level.GOOD
    monkeypatch.setattr(checkpoints, "is_webs", lambda: True)
    assert levels(running.signer())["log's key"] == Level.LOOK


def test_a_syslog_server_is_called_and_nothing_is_sent(settings):
    heard = []

    def answer(server: socket.socket) -> None:
        line, _ = server.accept()
        with line:
            heard.append(line.recv(100))

    assert levels(running.syslog()) == {"syslog": Level.GOOD}, "none is named"
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        config.use(dataclasses.replace(settings, checkpoint_syslog=f"127.0.0.1:{port}"))
        thread = threading.Thread(target=answer, args=(server,))
        thread.start()
        assert levels(running.syslog()) == {"syslog": Level.GOOD}
        thread.join()
    assert heard == [b""]
    (line,) = running.syslog()
    assert (line.level, f"127.0.0.1:{port} does not answer: ECONNREFUSED" in line.says) == (Level.MEND, True)


def test_a_local_syslog_that_is_not_there_has_to_be_mended(settings, monkeypatch):
    @contextlib.contextmanager
    def gone():
        raise FileNotFoundError(2, "no such file")
        yield

    monkeypatch.setattr(checkpoints, "_local", gone)
    config.use(dataclasses.replace(settings, checkpoint_syslog="local"))
    assert levels(running.syslog()) == {"syslog": Level.MEND}
