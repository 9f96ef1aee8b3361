"""What nothing uses is not kept: names, templates, what a view hands to its page, settings, rights, acts."""

import ast
import collections
import dataclasses
import functools
import re

from jinja2 import nodes

from portal.accounts.permissions import Permission
from portal.audit.acts import Act
from portal.config import Settings
from portal.documents.kinds import Kind
from portal.machine import doctor
from tests.house.source import ROOT, modules, tree
from tests.house.test_macros import tree as parsed
from tests.house.test_templates import NAMES, source

WORD = re.compile(r"[A-Za-z_]\w*")
PASSIVE = {
    "property",
    "staticmethod",
    "classmethod",
    "cache",
    "cached_property",
    "lru_cache",
    "contextmanager",
    "atomic",
    "dataclass",
    "total_ordering",
    "wraps",
    "setter",
}
"""Decorators that call nothing; any other hands the function to somebody: a route, a command, a template's global."""
CALLED_BY_OTHERS = {
    "WTForms": {"pre_validate", "process_formdata", "widget", "option_widget", "legacy_table_names"},
    "flask": {"_get_file_stream", "make_globals", "protect", "is_anonymous", "regex", "to_url"},
    "jinja2": {"filter_stream"},
    "click": {"list_commands", "get_command", "invoke"},
    "huey": {"initialize", "_create_connection", "_signature"},
    "io": {"readinto", "readable", "seekable"},
    "logging and html.parser": {"emit", "handle_starttag", "handle_endtag"},
}
"""What they ask for by its name, of a class of ours that stands on theirs."""
KEPT = {
    "portal.cases.claim_models.Complaint.noted_by": "who took the complaint in is kept with it",
    "portal.cases.claim_models.Complaint.noted_at": "and when",
    "portal.cases.models.Case.dispatched_by": "who sent the answer is kept with it",
    "portal.incidents.models.Incident.notified_by": "who told the ombudsman (GDPR 33(5))",
    "portal.incidents.models.Incident.told_by": "who told the people",
    "portal.retention.models.HoldRenewal.review_before": "what a renewal changed is kept with it",
    "portal.retention.watching.Finding.repaired_at": "what was mended by itself, for whoever reads the table",
    "portal.recordings.models.Recording.purge_reason": "the tombstone says why",
    "portal.accounts.models.Passkey.backed_up": "what the key said of itself, for whoever investigates one",
    "portal.oversight.grounds.Ground.SUSPICION": "the form offers each",
    "portal.oversight.grounds.Ground.AUTHORITY": "the same",
    "portal.oversight.grounds.Ground.CLAIM": "the same",
    "portal.cases.copy_making.Made.overtaken": "counted under the name that an attempt gives back",
    "portal.retention.actions.Tended.escalated": "what a round did, in counts, for who calls it by hand",
    "portal.documents.setting.Summary.drafted": "the same",
    "portal.documents.setting.Summary.overtaken": "the same",
    "portal.retention.actions.Summary.resumed": "the same",
    "portal.bench.first_sound.Seen.clicks": "read in its place in the row",
    "portal.cases.carrying.carry_case": "one case's turn of the round: what is to be done at once",
}
"""Defined, and read by no name of ours: why it is there all the same."""


@dataclasses.dataclass(frozen=True)
class Defined:
    where: str
    name: str
    node: ast.AST


def by_passive(node: ast.AST) -> bool:
    """Is it called only when somebody calls it by its name?"""
    found = getattr(node, "decorator_list", [])
    return all({"name", *WORD.findall(ast.unparse(one).partition("(")[0])} & PASSIVE for one in found)


def definitions(module: str, body: list[ast.stmt]) -> list[Defined]:
    found = []
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if by_passive(node):
                found.append(Defined(f"{module}.{node.name}", node.name, node))
            if isinstance(node, ast.ClassDef) and node.name != "Meta":
                found += definitions(f"{module}.{node.name}", node.body)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            aims = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [n.id for aim in aims for n in ast.walk(aim) if isinstance(n, ast.Name)]
            found += [Defined(f"{module}.{name}", name, node) for name in names]
        elif isinstance(node, ast.If | ast.Try | ast.With):
            found += definitions(module, node.body)
    return found


def reads(node: ast.AST) -> collections.Counter[str]:
    """Names and attributes that are read in it."""
    found: collections.Counter[str] = collections.Counter()
    for one in ast.walk(node):
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load):
            found[one.id] += 1
        elif isinstance(one, ast.Attribute) and isinstance(one.ctx, ast.Load):
            found[one.attr] += 1
    return found


@functools.cache
def in_templates() -> frozenset[str]:
    return frozenset().union(*map(words_in, NAMES))


@functools.cache
def in_code() -> collections.Counter[str]:
    found = collections.Counter(name.partition(":")[2] for name, _ in doctor.LOOKS)
    for module in modules():
        found.update(of_file(module))
    return found


@functools.cache
def of_file(module: str) -> collections.Counter[str]:
    return reads(tree(modules()[module]))


def is_used(defined: Defined, code: collections.Counter[str], pages: frozenset[str]) -> bool:
    name = defined.name
    if name.startswith(("__", "validate_")) or name in pages:
        return True
    own = 0 if isinstance(defined.node, ast.Assign | ast.AnnAssign) else reads(defined.node)[name]
    return code[name] > own or any(name in names for names in CALLED_BY_OTHERS.values())


def unused() -> list[str]:
    found = [one for module, path in modules().items() for one in definitions(module, tree(path).body)]
    return [one.where for one in found if not is_used(one, in_code(), in_templates())]


def test_every_name_is_used_by_the_portal_itself():
    """A test is no use: what only tests call proves nothing of what runs."""
    found = set(unused())
    assert sorted(found - KEPT.keys()) == []
    assert sorted(KEPT.keys() - found) == [], "used by now"


def planted(text: str) -> list[str]:
    code = ast.parse(text)
    return [one.name for one in definitions("m", code.body) if not is_used(one, reads(code), frozenset({"shown"}))]


def test_a_name_that_nobody_reads_is_seen():
    assert planted("def shown(): pass\ndef called(): pass\ndef alone(): alone()\ncalled()") == ["alone"]
    assert planted("class A:\n    b: int = 0\n    c = 1\nA().b") == ["c"]
    assert planted("@bp.get('/')\ndef view(): pass\n@db.atomic()\ndef act(): pass") == ["act"]
    assert planted("X = 1\nX = 2") == ["X", "X"], "written is not read"


# Templates


@functools.cache
def asked(name: str) -> set[str]:
    """The templates that this one asks for; the parts of the first page are asked for by the name of the work."""
    kinds = (nodes.Include, nodes.Extends, nodes.Import, nodes.FromImport)
    found: set[str] = set()
    for node in parsed(name).find_all(kinds):
        texts = [one.value for one in node.template.find_all(nodes.Const)] or [getattr(node.template, "value", "")]
        found |= {other for other in NAMES if any(text and other.startswith(text) for text in texts)}
    folder = name.rpartition("/")[0]
    return found | {f"{folder}/{one}" for one in _near(name)} & set(NAMES)


def _near(name: str) -> set[str]:
    """Letters name one another without their folder."""
    return {node.value for node in parsed(name).find_all(nodes.Const) if isinstance(node.value, str)}


@functools.cache
def named() -> frozenset[str]:
    """What the code renders by name, and the letters, by their kind."""
    texts = {
        node.value
        for path in modules().values()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return frozenset(texts & set(NAMES) | {f"documents/{kind}.html" for kind in Kind})


def test_every_template_is_rendered_or_is_a_part_of_another():
    used = named().union(*(asked(name) for name in NAMES))
    assert set(NAMES) - used == set()


def test_a_template_that_the_first_page_asks_for_by_its_work_is_seen_as_asked():
    assert "home/_cases.html" in asked("home/index.html")
    assert "base.html" in asked("home/index.html")
    assert "home/_cases.html" not in asked("recordings/show.html")


@functools.cache
def words_of(name: str) -> frozenset[str]:
    """Every word of a template and of all that it is made of."""
    done: set[str] = set()
    waiting = {name}
    while waiting:
        here = waiting.pop()
        done.add(here)
        waiting |= asked(here) - done
    return frozenset().union(*map(words_in, done))


@functools.cache
def words_in(name: str) -> frozenset[str]:
    return frozenset(WORD.findall(source(name)))


def handed_over() -> list[tuple[str, str, str]]:
    """Module, template and name of all that views hand to a page by name."""
    return [
        (module, node.args[0].value, keyword.arg)
        for module, path in modules().items()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("render_template")
        if node.args and isinstance(node.args[0], ast.Constant)
        for keyword in node.keywords
        if keyword.arg
    ]


def test_a_page_reads_what_its_view_hands_over():
    found = handed_over()
    assert len(found) > 500
    assert [one for one in found if one[2] not in words_of(one[1])] == []


# Settings, rights, acts


def outside(room: str) -> collections.Counter[str]:
    """What is read anywhere but in `room` and what stands under it."""
    inside: collections.Counter[str] = collections.Counter()
    for module in modules():
        if f"{module}.".startswith(f"{room}."):
            inside.update(of_file(module))
    return in_code() - inside


def test_every_setting_is_read():
    """By its name, or by a text that holds it."""
    paths = [path for path in modules().values() if path != ROOT / "portal" / "config.py"]
    words = {word for path in paths for word in WORD.findall(path.read_text())}
    assert [field.name for field in dataclasses.fields(Settings) if field.name not in words] == []


def test_every_right_is_asked_for():
    read = outside("portal.accounts.permissions")
    assert [right.name for right in Permission if not read[right.name]] == []


def test_every_act_is_written():
    read = outside("portal.audit")
    assert [act.name for act in Act if not read[act.name]] == []
