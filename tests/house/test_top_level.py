"""The house has the rooms it was drawn with, and its files end before they tire."""

import re
import subprocess

import pytest

from tests.house.source import ROOT

TOP = {
    "app.py",
    "pyproject.toml",
    "uv.lock",
    "Makefile",
    "README.md",
    "portal",
    "templates",
    "static",
    "tasks",
    "tests",
}
NOT_NAMES = {
    "utils",
    "util",
    "helpers",
    "helper",
    "services",
    "service",
    "common",
    "manager",
    "managers",
    "misc",
    "lib",
}
LONGEST = 400
ALONE = {"portal/audit/verifier.py": 440}
"""A program of one file on purpose: an auditor takes it to a machine without the portal."""
BINARY = {".woff2", ".ttf", ".png", ".ico", ".wav", ".mp3", ".opus", ".gsm", ".zip", ".bin"}
MACHINE = re.compile(r"(?<![\w.])(/work/|/root/|/home/\w+/|/Users/\w+/|[A-Z]:\\\\Users)")


def tracked() -> list[str]:
    """What the repository holds, or will with the next commit."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if told.returncode:  # an unpacked archive: what lies there
        paths = (path.relative_to(ROOT) for top in TOP for path in [ROOT / top, *(ROOT / top).rglob("*")])
        return sorted(str(path) for path in paths if "__pycache__" not in path.parts and (ROOT / path).is_file())
    return sorted(name for name in told.stdout.split("\0") if name and (ROOT / name).is_file())


def test_the_top_level_holds_only_what_belongs_there():
    top = {name.split("/")[0] for name in tracked()}
    assert {name for name in top if not name.startswith(".")} <= TOP


def test_no_file_is_named_for_nothing():
    for name in tracked():
        for part in name.split("/"):
            assert part.split(".")[0] not in NOT_NAMES, name


def test_no_file_of_ours_is_longer_than_a_reader():
    long = []
    for name in tracked():
        ours = name.split("/")[0] in ("portal", "tests", "tasks", "static", "templates", "app.py")
        frozen = name.startswith(("static/vendor/", "portal/migrations/"))
        if ours and not frozen and name.endswith((".py", ".js", ".css", ".html")):
            lines = (ROOT / name).read_text().count("\n")
            if lines > ALONE.get(name, LONGEST):
                long.append(f"{name}: {lines} lines, split by noun")
    assert not long, "\n".join(long)


def test_no_file_names_a_place_on_somebodys_machine():
    found = []
    for name in tracked():
        path = ROOT / name
        if path.suffix in BINARY or name.startswith("static/vendor/") or path.name == "test_top_level.py":
            continue
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            if MACHINE.search(line):
                found.append(f"{name}:{number}: {line.strip()[:100]}")
    assert not found, "\n".join(found)


@pytest.mark.parametrize("planted", ["PORTAL_DATA=/work/x", 'open("/root/key")', "cd /home/anna/portal"])
def test_the_pattern_sees_a_machines_path(planted):
    assert MACHINE.search(planted)


@pytest.mark.parametrize("plain", ["https://example.fi/work/", "templates/root/x", "a/home/b/c", "/accounts/me"])
def test_the_pattern_leaves_other_paths_alone(plain):
    assert not MACHINE.search(plain)


def test_every_capabilitys_word_is_one_word_in_all_four_places():
    """`portal/x`, and if there are any `templates/x`, `tests/x`, `tasks/x.py`, go by the same name."""
    rooms = {path.name for path in (ROOT / "portal").iterdir() if (path / "__init__.py").exists()}
    rooms |= {
        "house",
        "browser",
        "faults",
        "security",
        "errors",
        "words",
    }  # the tests of the whole, and the error pages
    for top in ("templates", "tests"):
        for path in (ROOT / top).iterdir():
            if path.is_dir() and not path.name.startswith(("_", ".")):
                assert path.name in rooms, path
