"""`portal doctor`: it says of each thing how it is and what to mend, changes nothing, and ends with the worst of it."""

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from portal import config
from portal.cli import root
from portal.machine import doctor
from portal.machine.told import Level, Told, good, look, mend

NONE = {"PORTAL_DATA": None}


def asked(data: Path | None, *arguments: str):
    config._current = None
    return CliRunner().invoke(root, ["doctor", *arguments], env={"PORTAL_DATA": str(data) if data else None})


@pytest.fixture(autouse=True)
def own_settings():
    before = config._current
    yield
    config._current = before


def told(data: Path | None) -> dict[str, list[dict[str, str]]]:
    lines: dict[str, list[dict[str, str]]] = {}
    for line in json.loads(asked(data, "--json").stdout)["lines"]:
        lines.setdefault(line["about"], []).append(line)
    return lines


def test_without_a_data_folder_it_looks_at_the_machine_and_says_what_is_missing():
    lines = told(None)
    assert next(iter(lines)) == "settings"
    assert lines["settings"][0]["level"] == "mend"
    assert "PORTAL_DATA" in lines["settings"][0]["says"]
    assert {"python", "packages", "libraries", "typefaces", "confinement", "clock"} <= set(lines)
    assert "worker" not in lines


def test_before_the_first_start_it_says_what_comes_first(tmp_path):
    lines = told(tmp_path / "none")
    assert "portal migrate" in lines["settings"][0]["mend"]
    assert "register" not in lines
    (tmp_path / "none").mkdir()
    lines = told(tmp_path / "none")
    assert (lines["register"][0]["level"], lines["register"][0]["mend"]) == ("look", "`portal migrate`")
    assert "worker" not in lines


def test_with_a_register_it_looks_at_all_of_it(settings):
    lines = told(settings.data)
    assert {"register", "root key", "worker", "status", "backups", "log", "log's key", "web", "syslog"} <= set(lines)
    assert {"disk", "encryption", "room", "ledger"} <= set(lines)


def test_it_changes_nothing(settings):
    def held() -> dict[str, tuple[int, bytes]]:
        files = (path for path in settings.data.rglob("*") if path.is_file() and path.suffix != ".db-shm")
        return {str(path): (path.stat().st_mode, path.read_bytes()) for path in files}

    before = held()
    asked(settings.data)
    assert held() == before


def test_the_worst_line_is_the_exit_code(monkeypatch):
    for lines, code in (([], 0), ([look("b", "c", "d")], 1), ([mend("b", "c", "d"), look("b", "c", "d")], 2)):
        monkeypatch.setattr(doctor, "look", lambda lines=lines: iter([good("a", "b"), *lines]))
        result = asked(None, "--json")
        assert (result.exit_code, json.loads(result.stdout)["level"]) == (code, Level(code).name.lower())
        assert asked(None).exit_code == code


def test_each_line_that_is_not_good_says_what_to_do(settings):
    for line in json.loads(asked(settings.data, "--json").stdout)["lines"]:
        assert bool(line["mend"]) == (line["level"] != "good"), line


def test_for_people_what_to_do_stands_below_what_is(monkeypatch):
    monkeypatch.setattr(doctor, "look", lambda: iter([good("disk", "ext4"), mend("web", "silent", "start it")]))
    lines = asked(None).stdout.splitlines()
    assert [line.split() for line in lines] == [
        ["good", "disk:", "ext4"],
        ["MEND", "web:", "silent"],
        ["→", "start", "it"],
    ]


def test_a_look_that_fails_is_a_line_without_the_faults_text_and_the_others_go_on(settings, monkeypatch):
    def fails() -> None:
        raise ValueError("0401234567")

    monkeypatch.setattr("portal.machine.software.python", fails)
    output = asked(settings.data).stdout
    assert "could not be looked at: ValueError" in output
    assert "0401234567" not in output
    assert "libraries:" in output


def test_what_cannot_be_imported_is_a_line_too(monkeypatch):
    monkeypatch.setattr(doctor, "LOOKS", (("nowhere:at_all", doctor.Needs.NOTHING), *doctor.LOOKS))
    assert "could not be looked at: ModuleNotFoundError" in asked(None).stdout


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives a folder away")
def test_nobody_but_its_owner_opens_the_register(settings):
    os.chown(settings.data, 64001, -1)
    lines = told(settings.data)
    assert "another user's" in lines["register"][0]["says"]
    assert "runuser -u 64001" in lines["register"][0]["mend"]
    assert "worker" not in lines


def test_every_look_is_there():
    for name, _ in doctor.LOOKS:
        module, _, function = name.partition(":")
        assert callable(getattr(__import__(f"portal.machine.{module}", fromlist=[function]), function)), name


def test_a_level_is_an_exit_code():
    assert [Told(level, "a", "b").level.value for level in Level] == [0, 1, 2]
