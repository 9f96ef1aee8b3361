"""Nothing in the log is shown as a bare code: each act, key and code has its words."""

import ast

import pytest

from portal.accounts.permissions import Role
from portal.audit import detail_words, words
from portal.audit.acts import Act
from portal.ingest.models import Reason
from portal.recordings.models import Direction, Purpose, Told
from portal.retention.models import Rule
from tests.house.source import modules, tree

OWN = {"by", "purpose", "reference", "queue_id", "subject"}
"""Parameters of `record` itself."""


def test_every_act_has_its_words_and_its_group():
    assert set(words.ACTS) == set(Act)
    assert {act.split(":")[0] for act in Act} == set(words.GROUPS)


@pytest.mark.parametrize(
    ("key", "codes"),
    [
        ("reason", Reason),
        ("outcome", Reason),
        ("rule", Rule),
        ("told", Told),
        ("direction", Direction),
        ("purpose", Purpose),
        ("roles", Role),
    ],
)
def test_every_code_has_its_words(key, codes):
    missing = {str(code) for code in codes} - set(words.CODES[key])
    assert not missing, f"portal/audit/words.py: CODES[{key!r}]"


def recorded() -> set[tuple[str, str]]:
    """Every key of a detail that some module writes, with the place."""
    found = set()
    for path in modules().values():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "record":
                place = f"{path.name}:{node.lineno}"
                for keyword in node.keywords:
                    if keyword.arg:
                        found.add((keyword.arg, place))
                    else:
                        keys = [k for d in ast.walk(keyword.value) if isinstance(d, ast.Dict) for k in d.keys]
                        found |= {(k.value, place) for k in keys if isinstance(k, ast.Constant)}
    return {(key, place) for key, place in found if key not in OWN}


def test_every_key_of_a_detail_has_its_words():
    missing = sorted((key, place) for key, place in recorded() if key not in detail_words.KEYS)
    assert not missing, "portal/audit/words.py: KEYS"
    assert "hits" in detail_words.KEYS
    assert len(recorded()) > 10


def test_every_kind_of_subject_has_its_words():
    assert {"recording", "account", "queue", "quarantined"} <= set(words.KINDS)
