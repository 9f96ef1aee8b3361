"""`portal status --metrics`: the same as the status says, as numbers."""

import datetime as dt
import re

import pytest
from click.testing import CliRunner

from portal import clock, confined
from portal.cli import root
from portal.oversight import checkpoints
from portal.retention import actions, backup, metrics, sweeps
from tests.retention import kept

LINE = re.compile(r'(portal_[a-z_]+)(\{(?:[a-z]+="[A-Za-z_]+",?)+\})? (-?[\d.e+]+)')


@pytest.fixture(autouse=True)
def at(settings):
    with clock.frozen(kept.NOW):
        yield


def told() -> dict[str, float]:
    """Strictly: each line is a number or stands before one, and each name is explained once."""
    result = CliRunner().invoke(root, ["status", "--metrics"])
    assert result.exit_code == 0, "whoever keeps numbers takes another code for none"
    found: dict[str, float] = {}
    explained = re.findall(r"^# HELP (\S+) \S.*\n# TYPE \1 gauge$", result.stdout, re.MULTILINE)
    for line in (one for one in result.stdout.splitlines() if not one.startswith("#")):
        parts = LINE.fullmatch(line)
        assert parts, line
        assert parts[1] in explained
        found[parts[1] + (parts[2] or "")] = float(parts[3])
    assert len(explained) == len(set(explained))
    return found


def test_a_good_portal_is_told_in_numbers(people):
    actions.purge_due()
    checkpoints.sign_due()
    numbers = told()
    assert (numbers["portal_level"], numbers["portal_overdue"], numbers["portal_confined"]) == (0, 0, 1)
    assert numbers["portal_last_good_sweep_timestamp_seconds"] == kept.NOW.timestamp()
    assert numbers["portal_log_signed_timestamp_seconds"] == kept.NOW.timestamp()
    assert "portal_backup_timestamp_seconds" not in numbers, "none was made: no number, so that a missing one alarms"
    assert not [name for name in numbers if name.startswith("portal_fault")]


def test_what_is_amiss_is_told_in_numbers(people, monkeypatch):
    kept.call(people)
    with sweeps.running("inbox") as run:
        run.fault = "ENOSPC"
    monkeypatch.setattr(confined, "standing", lambda: confined.Standing.REFUSED)
    with clock.frozen(kept.NOW + dt.timedelta(days=200)):
        numbers = told()
    assert (numbers["portal_level"], numbers["portal_overdue"], numbers["portal_confined"]) == (2, 1, 0)
    assert numbers['portal_fault{round="inbox",kind="ENOSPC"}'] == 1
    assert "portal_last_good_sweep_timestamp_seconds" not in numbers


def test_the_newest_whole_backup_is_told(tmp_path):
    backup.make(tmp_path)
    with clock.frozen(kept.NOW + dt.timedelta(days=1)):
        made = backup.make(tmp_path)
        assert told()["portal_backup_timestamp_seconds"] == clock.now().timestamp()
        (tmp_path / "calls" / made.name / "manifest.json").unlink()
        assert told()["portal_backup_timestamp_seconds"] == kept.NOW.timestamp(), "half a backup is none"


def test_json_and_metrics_are_not_asked_for_together(settings):
    assert CliRunner().invoke(root, ["status", "--json", "--metrics"]).exit_code == 2


def test_every_name_is_one_of_its_own():
    names = [metric.name for metric in metrics.METRICS]
    assert len(names) == len(set(names))
