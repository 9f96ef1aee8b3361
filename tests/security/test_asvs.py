"""`asvs.md` leaves no requirement of level 2 out, and names only what is there."""

import ast
import functools
import re
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.house.source import ROOT, tree

LIST = Path(__file__).with_name("asvs.md")
LEVELS = {1: 70, 2: 183}
"""How many requirements of each level ASVS 5.0.0 has."""
REQUIREMENTS = """
1.1: 1 2
1.2: 1 2 3 4 5 6 7 8 9
1.3: 1 2 3 4 5 6 7 8 9 10 11
1.4: 1 2 3
1.5: 1 2
2.1: 1 2 3
2.2: 1 2 3
2.3: 1 2 3 4
2.4: 1
3.2: 1 2
3.3: 1 2 3 4
3.4: 1 2 3 4 5 6
3.5: 1 2 3 4 5
3.7: 1 2
4.1: 1 2 3
4.2: 1
4.3: 1 2
4.4: 1 2 3 4
5.1: 1
5.2: 1 2 3
5.3: 1 2
5.4: 1 2 3
6.1: 1 2 3
6.2: 1 2 3 4 5 6 7 8 9 10 11 12
6.3: 1 2 3 4
6.4: 1 2 3 4
6.5: 1 2 3 4 5
6.6: 1 2 3
6.8: 1 2 3 4
7.1: 1 2 3
7.2: 1 2 3 4
7.3: 1 2
7.4: 1 2 3 4 5
7.5: 1 2
7.6: 1 2
8.1: 1 2
8.2: 1 2 3
8.3: 1
8.4: 1
9.1: 1 2 3
9.2: 1 2 3 4
10.1: 1 2
10.2: 1 2
10.3: 1 2 3 4
10.4: 1 2 3 4 5 6 7 8 9 10 11
10.5: 1 2 3 4 5
10.6: 1 2
10.7: 1 2 3
11.1: 1 2
11.2: 1 2 3
11.3: 1 2 3
11.4: 1 2 3 4
11.5: 1
11.6: 1
12.1: 1 2 3
12.2: 1 2
12.3: 1 2 3 4
13.1: 1
13.2: 1 2 3 4 5
13.3: 1 2
13.4: 1 2 3 4 5
14.1: 1 2
14.2: 1 2 3 4
14.3: 1 2 3
15.1: 1 2 3
15.2: 1 2 3
15.3: 1 2 3 4 5 6 7
16.1: 1
16.2: 1 2 3 4 5
16.3: 1 2 3 4
16.4: 1 2 3
16.5: 1 2 3
17.1: 1
17.2: 1 2 3 4
17.3: 1 2
"""
"""Those of levels 1 and 2, by section."""
TEST = re.compile(r"`([\w/]+\.py)::(\w+(?:::\w+)?)`")
HEADING = re.compile(r"README, \*([^*]+)\*")
REASONS = ("Not applicable: ", "Operator: ")


class Row(NamedTuple):
    requirements: tuple[str, ...]
    level: int
    asks: str
    shown: str


@functools.cache
def rows() -> list[Row]:
    found = []
    for line in LIST.read_text().splitlines():
        if re.match(r"\| \d", line):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            assert len(cells) == 4, line
            found.append(Row(tuple(cells[0].split(", ")), int(cells[1]), *cells[2:]))
    return found


def required() -> list[str]:
    lines = [line.partition(": ") for line in REQUIREMENTS.split("\n") if line]
    return [f"{section}.{number}" for section, _, numbers in lines for number in numbers.split()]


@functools.cache
def collected(path: str) -> set[str]:
    """What pytest would collect in the file: functions, and methods of classes by their class."""
    found = set()
    for node in tree(ROOT / "tests" / path).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            found.add(node.name)
        elif isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            methods = [part.name for part in node.body if isinstance(part, ast.FunctionDef)]
            found |= {f"{node.name}::{name}" for name in methods if name.startswith("test_")}
    return found


def unfounded(shown: str) -> list[str]:
    """What a row says and is not so: a test or a heading that is not there, or neither of them and no reason."""
    found = []
    tests, headings = TEST.findall(shown), HEADING.findall(shown)
    for path, name in tests:
        if not (ROOT / "tests" / path).is_file() or name not in collected(path):
            found.append(f"{path}::{name} is not there")
    readme = re.findall(r"^#+ (.+)$", (ROOT / "README.md").read_text(), re.MULTILINE)
    found += [f"the README has no {heading}" for heading in headings if heading not in readme]
    if "::" in TEST.sub("", shown):
        found.append("a test that is written otherwise")
    if not tests and not headings and not shown.startswith(REASONS):
        found.append("neither shown nor reasoned")
    return found


def test_no_requirement_is_missing_and_none_is_there_twice():
    listed = [name for row in rows() for name in row.requirements]
    assert sorted(listed) == sorted(required())
    for level, count in LEVELS.items():
        assert sum(len(row.requirements) for row in rows() if row.level == level) == count


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.requirements[0])
def test_each_requirement_has_its_test_or_its_reason(row):
    assert not unfounded(row.shown)
    assert len(row.asks) > 8


def test_a_requirement_of_level_1_or_2_is_dropped_only_because_there_is_nothing_it_is_about():
    """A reason stands in for a test seldom: what is merely hard to test is not left out."""
    reasoned = [row for row in rows() if row.shown.startswith(REASONS)]
    assert sum(row.shown.startswith("Operator: ") for row in reasoned) <= 2
    assert all(len(row.shown) > 30 for row in reasoned)


@pytest.mark.parametrize(
    "planted",
    [
        "`house/test_headers.py::test_that_is_not_there`",
        "`house/test_no_such_file.py::test_the_csp_opens_nothing`",
        "README, *No such heading*",
        "It is done.",
        "house/test_headers.py::test_the_csp_opens_nothing",
        "`audit/test_chain.py::TestTheDatabasesOwnGuard::test_it_is_gone`",
    ],
)
def test_what_is_not_there_is_seen(planted):
    assert unfounded(planted)
