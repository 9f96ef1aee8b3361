"""README.md, the one guide: what it tells an operator to type can be typed, and what it links to is there."""

import dataclasses
import re
import struct
import tomllib

import click
import pytest

from portal.cli import root
from portal.config import Settings, load
from portal.documents import stationery
from portal.machine import units
from portal.retention import metrics
from tests.house.source import ROOT
from tests.machine.test_units import plan

GUIDE = ROOT / "README.md"
MAP = ROOT / "portal" / "README.md"
BOTH = (GUIDE, MAP)
BY = r"(?:runuser -u [\w-]+ -- |\\)?(?:\.venv/bin/)?"
"""By whom a command is run; a backslash passes over the alias in root's shell."""
LARGEST_PICTURE = 250_000
"""Bytes: whoever reads the guide waits for both."""


def blocks(text: str) -> list[str]:
    """The indented pieces: what is typed, or stands in a file."""
    return re.findall(r"(?:^ {4,}\S.*\n(?:[ ]*\n(?= {4,}\S))?)+", text, re.MULTILINE)


def typed(text: str) -> list[str]:
    """Each command of the portal's: in a line to be typed, after whoever runs it, or in the text between backticks."""
    found = []
    for block in blocks(text):
        for line in block.splitlines():
            words = re.split(r"\s{2,}#|\s>\s|\s#\s", line.strip())[0]
            if command := re.match(rf"{BY}portal ([a-z].*)", words):
                found.append(command[1])
    spans = rf"`{BY}portal ([a-z][^`]*)`"
    return found + re.findall(spans, re.sub(r"\s*\n\s*", " ", text))


def resolved(words: str) -> tuple[click.Command, list[str]]:
    """The command, and what follows its name."""
    command: click.Command = root
    rest = words.split()
    while rest and isinstance(command, click.Group):
        with click.Context(command) as context:
            inner = command.get_command(context, rest[0])
        if inner is None:
            break
        command, rest = inner, rest[1:]
    return command, rest


def faults(words: str) -> list[str]:
    command, rest = resolved(words)
    if command is root:
        return [f"there is no command {words}"]
    known = {name for parameter in command.params for name in parameter.opts}
    options = [word.split("=")[0] for word in rest if word.startswith("--") and word != "--help"]
    found = [f"portal {words}: no option {option}" for option in options if option not in known]
    takes = any(isinstance(parameter, click.Argument) for parameter in command.params)
    plain = [word for word in rest if re.fullmatch(r"[a-z]+", word)]
    if isinstance(command, click.Group) and plain and not takes:
        found.append(f"portal {words}: no command {plain[0]}")
    return found


@pytest.mark.parametrize("file", BOTH, ids=["guide", "map"])
def test_every_command_that_is_told_can_be_given(file):
    commands = typed(file.read_text())
    assert commands
    assert [fault for words in commands for fault in faults(words)] == []


def test_the_walk_finds_what_cannot_be_given():
    assert faults("statsu") == ["there is no command statsu"]
    assert faults("status --jsno") == ["portal status --jsno: no option --jsno"]
    assert faults("audit vrify") == ["portal audit vrify: no command vrify"]
    assert faults("keys rotate --to FILE") == []
    assert typed("x\n\n    runuser -u portal -- portal migrate --now   # a word\n") == ["migrate --now"]
    assert typed("x\n\n    \\portal units --to DIR\n") == ["units --to DIR"]
    assert typed("so `portal keys\n   split` does") == ["keys split"]


def test_every_command_there_is_is_told():
    told = {words.split()[0] for words in typed(GUIDE.read_text())}
    assert set(root.list_commands(click.Context(root))) <= told


def test_every_target_of_make_that_is_told_is_there():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for file in BOTH:
        told = re.findall(r"(?:^ {4}|`)make (?:-C \S+ )?([a-z]+)\b", file.read_text(), re.MULTILINE)
        assert set(told) <= targets, file


def anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("file", BOTH, ids=["guide", "map"])
def test_every_link_leads_somewhere(file):
    for target in re.findall(r"\]\(([^)\s]+)\)", file.read_text()):
        path, _, anchor = target.partition("#")
        there = (file.parent / path).resolve() if path else file
        assert there.exists(), target
        assert not anchor or anchor in anchors(there.read_text()), target


def test_every_line_of_a_settings_file_is_a_setting(tmp_path):
    """Of `portal.toml`, and of `stationery.toml`; together they can be read as they stand."""
    lines = [line.strip() for block in blocks(GUIDE.read_text()) for line in block.splitlines()]
    given = [line for line in lines if re.match(r'[a-z_]+ = ["\d\[]', line)]
    names = {line.split(" = ")[0] for line in given}
    settings = set(Settings.__dataclass_fields__)
    assert {"host", "port", "trusted_hosts", "tls_cert", "checkpoint_key", "seal_certificate"} <= names & settings
    letters = set(stationery.defaults("sv")) | {"arms", "name", "title", "court", "specimen"}
    assert names - settings <= letters
    once = {line.split(" = ")[0]: line for line in given if line.split(" = ")[0] in settings}
    (tmp_path / "portal.toml").write_text("\n".join(once.values()))
    assert tomllib.loads("\n".join(once.values()))
    load(tmp_path)


def test_the_units_that_are_started_are_those_that_are_written(settings, tmp_path):
    apart = dataclasses.replace(settings, checkpoint_key=tmp_path / "key")
    made = {name.removesuffix(".service") for name in units.written(apart, plan())}
    enabled = re.search(r"systemctl enable (.+)", GUIDE.read_text())
    assert enabled
    assert set(enabled[1].split()) == made - {"portal-backup"}, "the backup's timer starts it"
    for name in re.findall(r"(?:systemctl [a-z-]+|journalctl -u) ((?:portal[\w.-]*))", GUIDE.read_text()):
        assert name in made, name


def test_the_numbers_that_are_told_are_printed():
    names = {f"portal_{metric.name}" for metric in metrics.METRICS} | {"portal_backup_timestamp_seconds"}
    told = set(re.findall(r"\bportal_[a-z_]+\b", GUIDE.read_text()))
    assert told
    assert told <= names


def test_two_pictures_show_what_it_is():
    shown = re.findall(r"!\[([^\]]+)\]\(([^)]+)\)", GUIDE.read_text())
    assert len(shown) == 2
    for words, path in shown:
        assert path.startswith("tests/")
        assert len(words) > 30, "a picture is told to who does not see it"
        picture = (ROOT / path).read_bytes()
        assert picture.startswith(b"\x89PNG\r\n\x1a\n")
        assert len(picture) <= LARGEST_PICTURE
        width, height = struct.unpack(">II", picture[16:24])
        assert width >= 1000
        assert height >= 600


def test_what_root_has_to_run_itself_passes_over_the_alias_and_nothing_else_does():
    """Root's shell runs `portal` as another user, who may not write where systemd looks for units."""
    text = re.sub(r"\s*\n\s*", " ", GUIDE.read_text())
    assert "alias portal='runuser -u portal -- portal'" in text
    assert {words.split()[0] for words in re.findall(r"\\portal ([a-z]+)", text)} == {"units"}
    assert not re.search(r"(?<!\\)portal units [^`]*--to /", text)


def test_what_is_made_by_hand_is_made_for_the_user_who_reads_it():
    """What root writes with an editor, or copies back in haste, is root's, and the portal would not read it."""
    lines = [line.strip() for block in blocks(GUIDE.read_text()) for line in block.splitlines()]
    made = [line for line in lines if line.startswith("install ")]
    assert len([line for line in made if line.endswith(("portal.toml", "portal.toml /srv/portal/"))]) == 2
    assert [line for line in made if "/srv/portal" in line and not re.search(r"-o portal(-log)? -g portal", line)] == []
    assert [line for line in lines if re.match(r"(cp|mkdir)\b.*/srv/portal\b", line)] == []
