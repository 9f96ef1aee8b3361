"""`portal ingest`: by hand."""

import json
import re
import sys

import pytest
from click.testing import CliRunner

from portal import config, db
from portal.cli import root
from portal.ingest.models import Arriving, Quarantined
from portal.jobs import terminal
from portal.jobs.forecast import Progress
from portal.recordings.models import Recording
from tests.ingest import deliveries as d


@pytest.fixture
def folder(tmp_path, people):
    place = tmp_path / "delivered" / "2026" / "11"
    place.mkdir(parents=True)
    name = d.name()
    (place / name).write_bytes(d.sound())
    (place / "cdr.csv").write_bytes(d.cdr(d.detail(name)))
    (place / "call.vcon").write_bytes(d.vcon(d.dialog(d.sound())))
    (place / "skräp.txt").write_bytes(b"hej")
    (place / "link").symlink_to("/etc/passwd")
    return tmp_path / "delivered"


def run(*args: str, code: int = 0):
    with d.later(0):
        done = CliRunner().invoke(root, ["ingest", *args], catch_exceptions=False)
    assert done.exit_code == code, done.output
    db.connect()
    return done


def test_a_folder_comes_in_at_once_and_stays(folder):
    done = run(str(folder), "--json")
    summary = json.loads(done.stdout.splitlines()[-1])
    assert summary["taken"] == 2
    assert summary["call_details"] == 1
    assert summary["quarantined"] == {"bad_name": 1, "not_a_file": 1}
    assert Recording.select().count() == 2
    assert Quarantined.select().count() == 1
    assert Arriving.select().count() == 0
    assert len(list(folder.rglob("*.*"))) == 4


@pytest.mark.parametrize("columns", [80, 24])
def test_how_far_it_has_come_stays_on_one_line_of_a_terminal(columns, monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", str(columns))
    with terminal.line("ingest") as heard:
        heard(Progress(9, 10_000, 9, 66_600))
    [told] = re.findall(r"\r([^\r]*)\x1b\[K", capsys.readouterr().err)
    assert len(told) < columns
    assert "ingest: 9 of 10000, 9 a minute, 18:30:0".startswith(told[:38])
    assert len(told) == min(columns - 1, len("ingest: 9 of 10000, 9 a minute, 18:30:00 left"))


def test_a_sound_that_a_vcon_speaks_of_is_not_looked_at_again(tmp_path, people):
    (tmp_path / "call.wav").write_bytes(d.sound())
    (tmp_path / "a.vcon").write_bytes(d.vcon(d.dialog(url="call.wav")))
    summary = json.loads(run(str(tmp_path / "a.vcon"), "--json").stdout.splitlines()[-1])
    assert summary["taken"] == 1
    (tmp_path / "b").mkdir()
    for name in ("call.wav", "a.vcon"):
        (tmp_path / name).rename(tmp_path / "b" / name)
    summary = json.loads(run(str(tmp_path / "b"), "--json").stdout.splitlines()[-1])
    assert (summary["duplicates"], summary["quarantined"]) == (1, {})


def test_the_same_folder_twice_adds_nothing(folder):
    run(str(folder))
    summary = json.loads(run(str(folder), "--json").stdout.splitlines()[-1])
    assert (summary["taken"], summary["duplicates"], summary["call_details"]) == (0, 3, 0)
    assert Recording.select().count() == 2


def test_move_takes_what_came_in_away(folder):
    run(str(folder), "--move")
    assert [p.name for p in folder.rglob("*") if not p.is_dir()] == ["link"]


def test_one_file_comes_in(folder):
    name = d.name()
    done = run(str(folder / "2026" / "11" / name))
    assert "taken" in done.stdout
    assert Recording.get().conversation == d.unique_id(name)


def test_the_table_names_each_reason(folder):
    lines = run(str(folder)).stdout.splitlines()
    assert [line.split()[-1] for line in lines if line.startswith("quarantined: bad_name")] == ["1"]
    assert [line.split()[-1] for line in lines if line.startswith("taken")] == ["2"]


def test_a_fault_is_an_exit_code(folder, monkeypatch):
    from portal.vault import durable

    def refuse(*args):
        raise OSError(28, "full")

    monkeypatch.setattr(durable.os, "replace", refuse)
    summary = json.loads(run(str(folder), "--json", code=1).stdout.splitlines()[-1])
    assert summary["faults"]["ENOSPC"] >= 1


def test_a_path_that_is_not_there_is_refused(people):
    run("/nowhere/at/all", code=2)
    assert config.settings().data.exists()
