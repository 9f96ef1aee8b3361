"""Templates import what they use, use what they import, and keep no macro that nobody calls."""

import functools

import jinja2
import pytest
from jinja2 import nodes

from tests.house.test_templates import NAMES, source

PARSER = jinja2.Environment(extensions=["jinja2.ext.i18n"], autoescape=True)


@functools.cache
def tree(name: str) -> nodes.Template:
    return PARSER.parse(source(name))


def brought_in(parsed: nodes.Template) -> set[str]:
    """Under the names that the template knows them by."""
    named = {each for node in parsed.find_all(nodes.FromImport) for each in node.names}
    whole = {node.target for node in parsed.find_all(nodes.Import)}
    return whole | {each if isinstance(each, str) else each[1] for each in named}


def read(parsed: nodes.Template) -> set[str]:
    return {node.name for node in parsed.find_all(nodes.Name) if node.ctx == "load"}


def macros(parsed: nodes.Template) -> set[str]:
    return {node.name for node in parsed.find_all(nodes.Macro)}


def asked_of_others(name: str) -> set[str]:
    """Of whatever is imported, what is asked of it: by its name in the import, or after a dot."""
    parsed = tree(name)
    named = {each for node in parsed.find_all(nodes.FromImport) for each in node.names}
    dotted = {node.attr for node in parsed.find_all(nodes.Getattr)}
    return dotted | {each if isinstance(each, str) else each[0] for each in named}


@pytest.mark.parametrize("name", NAMES)
def test_a_template_uses_what_it_imports(name):
    assert brought_in(tree(name)) - read(tree(name)) == set()


@pytest.mark.parametrize("name", [name for name in NAMES if name != "_parts.html"])
def test_a_template_imports_the_parts_that_it_calls(name):
    """Else it works only where whoever includes it happens to have them."""
    parsed = tree(name)
    called = {node.node.name for node in parsed.find_all(nodes.Call) if isinstance(node.node, nodes.Name)}
    bound = {node.name for node in parsed.find_all(nodes.Name) if node.ctx != "load"}
    assert (called & macros(tree("_parts.html"))) - brought_in(parsed) - macros(parsed) - bound == set()


@pytest.mark.parametrize("name", [name for name in NAMES if macros(tree(name))])
def test_every_macro_is_called_by_somebody(name):
    elsewhere = set().union(*(asked_of_others(other) for other in NAMES if other != name))
    assert macros(tree(name)) - read(tree(name)) - elsewhere == set()


def test_an_import_that_is_not_used_is_seen():
    parsed = PARSER.parse('{% from "a" import b, c as d %}{% import "e" as f %}{{ b() }}{{ f.g }}{{ c }}')
    assert brought_in(parsed) - read(parsed) == {"d"}
