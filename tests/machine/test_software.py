"""The doctor's look at what the machine has to bring."""

import importlib
import importlib.metadata
import re
import sys
import time
from pathlib import Path

import pytest

from portal import clock, confined
from portal.documents import fonts
from portal.machine import software
from portal.machine.told import Level
from tests.house.source import ROOT


def only(looked):
    (line,) = looked
    return line


def test_this_machine_has_all_of_it():
    for look in (software.python, software.packages, software.libraries, software.typefaces, software.confinement):
        assert only(look()).level == Level.GOOD, look


@pytest.mark.parametrize(
    ("version", "level"),
    [((3, 10, 9), Level.MEND), ((3, 11, 0), Level.GOOD), ((3, 13, 7), Level.GOOD), ((3, 14, 0), Level.MEND)],
)
def test_another_python_than_the_portal_takes_is_told(monkeypatch, version, level):
    monkeypatch.setattr(sys, "version_info", version)
    line = only(software.python())
    assert (line.level, line.says.startswith(f"{version[0]}.{version[1]}, ")) == (level, True)


def test_a_package_of_another_version_and_one_that_is_gone_are_named(monkeypatch):
    real = importlib.metadata.version

    def version(name: str) -> str:
        if name == "peewee":
            raise importlib.metadata.PackageNotFoundError(name)
        return "0.0.1" if name == "jinja2" else real(name)

    monkeypatch.setattr(importlib.metadata, "version", version)
    line = only(software.packages())
    assert (line.level, line.says) == (Level.MEND, "not as locked: peewee, jinja2")
    assert "make install" in line.mend


def test_a_package_that_cannot_be_loaded_is_named(monkeypatch):
    real = importlib.import_module

    def load(name: str):
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
        return real(name)

    monkeypatch.setattr(importlib, "import_module", load)
    line = only(software.packages())
    assert (line.level, line.says) == (Level.MEND, "cannot be loaded: weasyprint")


def test_a_library_that_is_missing_is_named_by_its_package(monkeypatch):
    monkeypatch.setattr(software, "LIBRARIES", software.LIBRARIES | {"libnone.so.7": "libnone7"})
    line = only(software.libraries())
    assert (line.level, line.mend) == (Level.MEND, "apt-get install libnone7")


def test_the_libraries_are_those_that_make_installs():
    named = re.search(r'libraries="([^"]+)"', (ROOT / "Makefile").read_text())
    assert named
    assert set(named[1].split()) == {*software.LIBRARIES.values(), software.TYPEFACES}


@pytest.mark.parametrize(
    ("missing", "do"), [(fonts.STAND_IN / "none.ttf", "fonts-dejavu-core"), (fonts.OWN / "none.ttf", "code anew")]
)
def test_a_typeface_that_is_missing_is_told(monkeypatch, missing: Path, do):
    monkeypatch.setattr(fonts, "FILES", (*fonts.FILES, missing))
    line = only(software.typefaces())
    assert (line.level, do in line.mend) == (Level.MEND, True)


@pytest.mark.parametrize(("standing", "level"), [("held", Level.GOOD), ("loose", Level.LOOK), ("refused", Level.MEND)])
def test_a_machine_that_cannot_confine_is_told(monkeypatch, standing, level):
    monkeypatch.setattr(confined, "standing", lambda: confined.Standing(standing))
    assert only(software.confinement()).level == level


@pytest.mark.parametrize(("kept_right", "level"), [(True, Level.GOOD), (False, Level.LOOK)])
def test_a_clock_that_nobody_keeps_right_is_told(kept_right, level):
    with clock.on(clock.Machine("boot", time.monotonic(), kept_right)):
        assert only(software.time()).level == level
