"""A template that asks whether something is of a kind, or in a state, asks for a code that there is: one that was
renamed elsewhere, or mistyped, is never met, and what depends on it is silently not shown."""

import ast
import functools
from collections.abc import Iterator

import jinja2
import pytest
from jinja2 import nodes

from tests.house.source import modules, tree
from tests.house.test_templates import NAMES, source

PARSER = jinja2.Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
NO_CODES = "portal.help"
"""Its pages are named by words of their own."""
OTHERS = {"type", "endpoint", "blueprint"}
"""Of a field or of a request: those words are the libraries'."""


@functools.cache
def codes() -> frozenset[str]:
    """Every text that stands by itself in the portal's own code."""
    found = [tree(path) for module, path in modules().items() if not module.startswith(NO_CODES)]
    every = (node.value for parsed in found for node in ast.walk(parsed) if isinstance(node, ast.Constant))
    return frozenset(value for value in every if isinstance(value, str))


def asked(parsed: nodes.Template) -> Iterator[tuple[str, str]]:
    """Attribute and code, of each comparison of the one with the other."""
    for compared in parsed.find_all(nodes.Compare):
        if isinstance(compared.expr, nodes.Getattr) and compared.expr.attr not in OTHERS:
            for constant in (one for operand in compared.ops for one in constants(operand.expr)):
                if isinstance(constant.value, str) and constant.value:
                    yield compared.expr.attr, constant.value


def constants(node: nodes.Expr) -> Iterator[nodes.Const]:
    if isinstance(node, nodes.Const):
        yield node
    elif isinstance(node, nodes.Tuple):
        yield from (item for item in node.items if isinstance(item, nodes.Const))


@pytest.mark.parametrize("name", [name for name in NAMES if list(asked(PARSER.parse(source(name))))])
def test_a_template_asks_for_codes_that_there_are(name):
    assert [(what, code) for what, code in asked(PARSER.parse(source(name))) if code not in codes()] == []


def test_a_code_that_is_asked_for_is_seen():
    parsed = PARSER.parse('{% if a.kind == "b" or a.c.state in ("d", "e") and f.type != "g" %}{% endif %}')
    assert sorted(asked(parsed)) == [("kind", "b"), ("state", "d"), ("state", "e")]
