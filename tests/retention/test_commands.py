"""`portal purge` and `portal status`, as an operator or a timer runs them."""

import datetime as dt
import errno
import json

import pytest
from click.testing import CliRunner

from portal import clock, config, db, lock
from portal.audit.models import Entry
from portal.cli import root
from portal.recordings.models import Recording, State
from portal.retention import health, sweeps
from portal.retention.models import PurgeLine, Sweep
from tests.calls import recording
from tests.retention import made
from tests.retention.test_failures import refuse


def portal(*words: str):
    return CliRunner().invoke(root, words)


@pytest.fixture(autouse=True)
def at_the_date(settings):
    with clock.frozen(made.DUE + dt.timedelta(minutes=1)):
        yield


def everything() -> list:
    """Every row of every table."""
    rows = []
    for table in sorted(db.db.get_tables()):
        rows += [(table, *row) for row in db.db.execute_sql(f'SELECT * FROM "{table}"')]
    return rows


def test_purge_deletes_and_tells_how_many(people):
    row = made.marked(people.daycare, people.adviser)
    result = portal("purge")
    assert (result.exit_code, result.output) == (0, "deleted: 1\nfailed:  0\n")
    assert Recording.get_by_id(row.id).state == State.PURGED


def test_purge_as_json_is_one_object(people):
    made.marked(people.daycare, people.adviser)
    done = json.loads(portal("purge", "--json").output)
    assert (done["claimed"], done["purged"], done["failed"], done["log_emptied"]) == (1, 1, 0, True)


def test_a_dry_run_tells_and_changes_nothing(people, settings):
    made.marked(people.daycare, people.adviser)
    made.quarantined()
    db.checkpoint()
    before, files = everything(), made.files(settings.data)
    result = portal("purge", "--dry-run")
    assert result.exit_code == 0
    assert "would delete: 1 recordings, 1 quarantined files; would finish: 0" in result.output
    assert json.loads(portal("purge", "--dry-run", "--json").output) == {
        "unfinished": 0,
        "recordings": 1,
        "quarantined": 1,
    }
    db.connect()
    assert everything() == before
    after = made.files(settings.data)
    for name in ("portal.db-shm", "portal.db-wal"):
        files.pop(name, None)
        after.pop(name, None)
    assert after == files


def test_purge_fails_when_something_could_not_be_deleted(people, monkeypatch):
    made.marked(people.daycare, people.adviser)
    refuse(monkeypatch, "/original", errno.EIO)
    result = portal("purge")
    assert result.exit_code == 1
    assert "failed:  1\n  EIO: 1" in result.output


def test_purge_leaves_alone_what_another_sweep_is_doing(people):
    with lock.alone("purge"):
        result = portal("purge")
    assert result.exit_code == 1
    assert "another sweep" in result.output


def test_purge_refuses_a_register_that_waits_for_an_upgrade(people, monkeypatch):
    made.marked(people.daycare, people.adviser)
    monkeypatch.setattr(db, "pending", lambda: ["0009_next"])
    result = portal("purge")
    assert result.exit_code == 1
    assert "portal migrate" in result.output
    assert PurgeLine.select().count() == 0


@pytest.mark.parametrize("command", ["purge", "status"])
def test_without_a_register_the_commands_make_none(tmp_path, command):
    config.use(config.load(tmp_path / "nowhere"))
    result = portal(command)
    assert result.exit_code == 1
    assert "no register" in result.output
    assert not (tmp_path / "nowhere").exists()


def status() -> tuple[int, dict]:
    result = portal("status", "--json")
    return result.exit_code, json.loads(result.output)


def test_status_is_good_after_a_good_sweep(people):
    made.marked(people.daycare, people.adviser)
    portal("purge")
    code, told = status()
    assert (code, told["level"], told["overdue"], told["failed"]) == (0, "good", 0, 0)
    assert told["last_good"] == clock.now().isoformat()
    assert "status:          good" in portal("status").output


def test_status_warns_of_a_register_that_nobody_has_swept(people):
    assert status()[0] == 1


def test_status_warns_of_a_failed_deletion(people, monkeypatch):
    made.marked(people.daycare, people.adviser)
    portal("purge")
    row = recording(people.daycare, started_at=made.CALLED + dt.timedelta(minutes=1))
    assert row.expires_at <= clock.now() + dt.timedelta(minutes=1)
    with clock.frozen(row.expires_at):
        refuse(monkeypatch, "/original", errno.EPERM)
        portal("purge")
        code, told = status()
    assert (code, told["failed"], told["faults"]) == (1, 1, {"purge": "EPERM"})


def test_status_warns_of_a_fault_of_any_sweep_and_of_a_waiting_upgrade(people, monkeypatch):
    portal("purge")
    with pytest.raises(OSError, match="full"), sweeps.running("inbox"):
        raise OSError(errno.ENOSPC, "full")
    code, told = status()
    assert (code, told["faults"]) == (1, {"inbox": "ENOSPC"})
    assert "inbox: ENOSPC" in portal("status").output
    with sweeps.running("inbox"):
        pass
    assert status()[0] == 0
    monkeypatch.setattr(db, "pending", lambda: ["0009_next"])
    code, told = status()
    assert (code, told["pending"]) == (1, ["0009_next"])


@pytest.mark.parametrize("kind", ["recording", "quarantined"])
def test_status_is_an_alarm_when_something_is_past_its_date_for_two_sweeps(people, kind):
    portal("purge")
    due = made.DUE + dt.timedelta(minutes=5)
    if kind == "recording":
        recording(people.daycare, started_at=made.CALLED + dt.timedelta(minutes=5))
    else:
        made.quarantined(expires_at=due)
    with clock.frozen(due + dt.timedelta(minutes=10) - dt.timedelta(milliseconds=1)):
        assert status()[0] == 0
    with clock.frozen(due + dt.timedelta(minutes=10)):
        code, told = status()
        assert (code, told["level"], told["overdue"]) == (2, "alarm", 1)
        portal("purge")
        assert status()[0] == 0


def test_what_is_claimed_and_not_finished_is_overdue_too(people, monkeypatch):
    made.marked(people.daycare, people.adviser)
    with monkeypatch.context() as patched:
        refuse(patched, "/original", errno.EIO)
        portal("purge")
    with clock.frozen(made.DUE + dt.timedelta(minutes=30)):
        assert status()[1]["overdue"] == 1


def test_status_is_an_alarm_when_no_sweep_was_good_for_an_hour(people):
    portal("purge")
    good = clock.now()
    with clock.frozen(good + dt.timedelta(minutes=60)):
        assert status()[0] == 0
    with clock.frozen(good + dt.timedelta(minutes=60, milliseconds=1)):
        code, told = status()
    assert (code, told["silent"], told["overdue"]) == (2, True, 0)


def test_a_register_never_swept_is_an_alarm_once_something_in_it_is_an_hour_old(people):
    recording(people.daycare, started_at=made.DUE - dt.timedelta(days=1))
    assert not health.alarm().silent
    with clock.frozen(clock.now() + dt.timedelta(minutes=61)):
        assert status()[0] == 2


def test_a_sweep_that_fails_keeps_its_last_good_time(people):
    with sweeps.running("inbox"):
        pass
    good = clock.now()
    with clock.frozen(good + dt.timedelta(minutes=5)):
        with pytest.raises(ZeroDivisionError), sweeps.running("inbox"):
            raise ZeroDivisionError
        trace = sweeps.last("inbox")
    assert (trace.started_at, trace.good_at, trace.fault) == (good + dt.timedelta(minutes=5), good, "ZeroDivisionError")
    assert sweeps.last("nothing") is None
    assert Sweep.select().count() == 1
    assert Entry.select().count() == 0
