"""SQLite's own words stay in two files, so that PostgreSQL can come in through them; and in the program that checks the
log without the portal."""

import ast
import re
from pathlib import Path

import pytest

from tests.house.source import modules, tree

HOME = {"portal.db", "portal.recordings.index", "portal.audit.verifier"}

WORDS = re.compile(
    r"\b(pragma|rowid|fts[345]\w*|bm25|strftime|julianday|unixepoch|sqlite_\w+|autoincrement|"
    r"insert\s+or\s+\w+|glob\s|wal_checkpoint|group_concat|ifnull|typeof|total_changes|last_insert_rowid)\b|"
    r"\bmatch\s+\?|\bvacuum\b",
    re.IGNORECASE,
)
CALLS = {"strftime", "julianday", "unixepoch", "group_concat", "ifnull", "rowid", "match", "bm25", "typeof"}
"""As `fn.strftime(…)`."""


def sqlite_words(path: Path) -> list[str]:
    found = []
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    loose = {id(node.value) for node in ast.walk(tree(path)) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings | loose:
            found += [f"{path}:{node.lineno}: {word.group(0)}" for word in WORDS.finditer(node.value)]
        if isinstance(node, ast.Attribute) and node.attr.lower() in CALLS and ast.unparse(node.value).endswith("fn"):
            found.append(f"{path}:{node.lineno}: fn.{node.attr}")
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("playhouse.sqlite", "sqlite3")):
            found.append(f"{path}:{node.lineno}: from {node.module}")
        if isinstance(node, ast.Import) and any(alias.name.split(".")[0] == "sqlite3" for alias in node.names):
            found.append(f"{path}:{node.lineno}: import sqlite3")
    return found


@pytest.mark.parametrize("module", sorted(m for m in modules() if m not in HOME and not m.startswith("portal.bench")))
def test_sqlites_own_words_stay_in_two_files(module):
    path = modules()[module]
    assert not sqlite_words(path), "\n".join(sqlite_words(path))


def test_the_walk_sees_the_words_where_they_may_be():
    for module in HOME:
        assert sqlite_words(modules()[module]), module
