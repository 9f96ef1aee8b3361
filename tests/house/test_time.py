"""Only the clock asks for the time."""

import ast
from pathlib import Path

import pytest

from tests.house.source import modules, tree

ASKS = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.today",
    "datetime.date.today",
    "dt.datetime.now",
    "dt.datetime.utcnow",
    "dt.datetime.today",
    "dt.date.today",
    "time.time",
    "time.time_ns",
    "time.localtime",
    "time.gmtime",
    "time.ctime",
    "time.strftime",
}
"""`time.monotonic` and `time.perf_counter` measure, they do not tell the time."""
ALONE = {"portal.audit.verifier"}
"""Programs that run without the portal."""


def asked(path: Path) -> list[str]:
    found = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute) and ast.unparse(node) in ASKS:
            found.append(f"{path}:{node.lineno}: {ast.unparse(node)}: ask portal.clock")
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            taken = {alias.name for alias in node.names} - {"sleep", "monotonic", "monotonic_ns", "perf_counter"}
            found += [f"{path}:{node.lineno}: from time import {name}: ask portal.clock" for name in sorted(taken)]
    return found


@pytest.mark.parametrize("module", sorted(set(modules()) - {"portal.clock", *ALONE}))
def test_nobody_but_the_clock_asks_for_the_time(module):
    assert not asked(modules()[module]), "\n".join(asked(modules()[module]))


def test_the_walk_sees_the_clocks_own_question():
    assert asked(modules()["portal.clock"])
