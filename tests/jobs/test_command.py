"""`portal jobs`, and the line of a terminal."""

import json
import sys

import pytest
from click.testing import CliRunner

from portal import db
from portal.cli import root
from portal.jobs import running, terminal
from portal.jobs.forecast import Progress
from portal.jobs.models import Job, Kind, Outcome
from portal.keys import rotation
from portal.vault import objects
from tests import calls
from tests.audit import tamper
from tests.jobs.made import ended, under_way


def portal(*words: str):
    done = CliRunner().invoke(root, [*words], catch_exceptions=False)
    db.connect()
    return done


def test_the_command_lists_what_the_page_does(people):
    ended(Kind.BACKUP, Outcome.FAILED, fault="ENOSPC")
    under_way(Kind.PURGE, done=3000)
    first, second = portal("jobs").stdout.splitlines()
    assert first.startswith("purge     under_way")
    assert first.endswith("3000 of 10000, 1500 a minute, 0:04:40 left")
    assert second.startswith("backup    failed")
    assert second.endswith("10 of 10, 0 a minute  ENOSPC")
    told = json.loads(portal("jobs", "--json").stdout)["jobs"]
    assert [(one["kind"], one["state"], one["done"], one["seconds_left"]) for one in told] == [
        ("purge", "under_way", 3000, 280),
        ("backup", "failed", 10, None),
    ]


def test_nothing_is_said_as_nothing(people):
    assert portal("jobs").stdout == "none\n"


@pytest.mark.parametrize("terminal_there", [True, False])
def test_a_terminal_hears_each_step_and_a_file_one_now_and_then(monkeypatch, capsys, terminal_there):
    now = [100.0]
    monkeypatch.setattr(terminal, "monotonic", lambda: now[0])
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal_there, raising=False)
    with terminal.line("backup") as heard:
        for n in range(1, 11):
            now[0] += 7
            heard(Progress(n, 10))
    said = capsys.readouterr().err
    if terminal_there:
        assert said.count("\r") == 10
        assert said.endswith("\n")
    else:
        assert said.splitlines() == ["backup: 5 of 10, 0 a minute", "backup: 10 of 10, 0 a minute"]


def test_a_restore_which_no_register_can_note_is_told_at_the_terminal(monkeypatch, capsys):
    now = [100.0]
    monkeypatch.setattr(terminal, "monotonic", lambda: now[0])
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with terminal.count("restore") as told:
        for n in range(1, 101):
            now[0] += 0.1
            told(n, 100)
    said = capsys.readouterr().err.split("\r")
    assert 15 <= len(said) <= 22, "twice a second"
    assert "restore: 30 of 100, 600 a minute, 0:00:07 left" in "".join(said)
    assert said[-1].startswith("restore: 100 of 100, 600 a minute\x1b")


def test_each_command_that_takes_long_leaves_its_job(people, tmp_path, monkeypatch):
    monkeypatch.setattr(rotation, "STRAGGLERS_SECONDS", 0)
    monkeypatch.setattr(running, "LOOK_SECONDS", 0)
    tamper.fill(3)
    calls.recording(people.daycare)
    (tmp_path / "delivered").mkdir()
    for words in (
        ("backup", str(tmp_path / "copies")),
        ("keys", "rotate"),
        ("purge",),
        ("audit", "verify"),
        ("reconcile", "--sound"),
        ("ingest", str(tmp_path / "delivered")),
    ):
        assert portal(*words).exit_code == 0, words
    found = {job.kind: (job.outcome, job.owner, job.done, job.whole) for job in Job.select()}
    assert {kind: outcome for kind, (outcome, *_) in found.items()} == dict.fromkeys(
        ("backup", "rotation", "purge", "log", "sound", "import"), "good"
    )
    assert found["sound"] == ("good", None, 1, 1)
    assert found["backup"] == ("good", None, 1, 1)
    assert found["rotation"] == ("good", None, 1, 1)


def test_sound_that_does_not_open_is_printed_by_its_id_with_exit_code_1(people):
    row = calls.recording(people.daycare)
    objects.remove_all(row.uuid)
    done = portal("reconcile", "--sound")
    assert done.exit_code == 1
    assert str(row.uuid) in done.stdout
    told = json.loads(portal("reconcile", "--sound", "--json").stdout)
    assert told == {"read": 1, "broken": 1, "subjects": [row.uuid.hex]}


def test_a_log_that_is_not_whole_ends_its_job_as_that(people):
    tamper.fill(3)
    tamper.unguard()
    tamper.overwrite(2, "act", "recordings:viewed")
    assert portal("audit", "verify").exit_code == 1
    assert (Job.get().outcome, Job.get().amiss) == (Outcome.AMISS, 1)
