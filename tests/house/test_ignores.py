"""What lint and types are told to pass over has its reason beside it."""

import re
from pathlib import Path

import pytest

from tests.house.source import ROOT
from tests.house.test_top_level import tracked

ASIDE = re.compile(r"# (?:noqa|type: ignore)\b(?P<rules>: ?[A-Z]+\d+(?:, ?[A-Z]+\d+)*|\[[a-z-]+\])?(?P<why>.*)")
WORDS = re.compile(r"[a-z]{3}", re.IGNORECASE)
LOOSE = (
    r'"[A-Z]+\d*",',  # a rule of ruff's
    r'"\S+" = \[.*\]',  # rules, for some files
    r'\w+ = (?:false|"skip")',
    r"[\w-]*(?:ignore|exclude|for_stubs)\w* = .+",
)
SETTING = re.compile(rf"\s*(?:{'|'.join(LOOSE)})")


def bare(line: str) -> bool:
    """Does the line pass over something, and not say what or why?"""
    found = ASIDE.search(line)
    return found is not None and not (found["rules"] and WORDS.search(found["why"]))


def test_every_line_that_is_passed_over_says_which_rule_and_why():
    found = []
    for name in tracked():
        if name.endswith(".py") and not name.startswith("portal/migrations/") and name != "tests/house/test_ignores.py":
            lines = enumerate((ROOT / name).read_text().splitlines(), 1)
            found += [f"{name}:{number}: {line.strip()[:100]}" for number, line in lines if bare(line)]
    assert not found, "\n".join(found)


def test_tests_pass_over_no_types_for_nobody_looks_there():
    tests = [path for path in (ROOT / "tests").rglob("*.py") if path != Path(__file__)]
    assert not [path for path in tests if "# type: ignore" in path.read_text()]


def loosened(text: str) -> list[str]:
    """Lines of the settings of lint and types that loosen something."""
    tools = text[text.index("[tool.ruff]") :]
    lines = [line for line in tools.splitlines() if SETTING.match(line)]
    return [line for line in lines if line != "ignore = ["]


def test_what_is_passed_over_everywhere_says_why():
    lines = loosened((ROOT / "pyproject.toml").read_text())
    assert len(lines) > 10
    assert not [line for line in lines if not re.search(r"# \w.*\w{2}", line)]


@pytest.mark.parametrize(
    "line",
    [
        "x = 1  # noqa",
        "x = 1  # noqa: E712",
        "from a import b  # noqa: E402, F401",
        "x = y  # type: ignore",
        "x = y  # type: ignore[assignment]",
    ],
)
def test_a_line_without_its_reason_is_seen(line):
    assert bare(line)


@pytest.mark.parametrize(
    "line",
    [
        "x = 1  # noqa: E712 a column",
        "from a import b  # noqa: E402, F401 siblings",
        "x = y  # type: ignore[assignment]  # the database refuses",
        "x = 1  # an ordinary remark",
    ],
)
def test_a_line_with_its_reason_is_left_alone(line):
    assert not bare(line)
