"""Nothing in the log is shown as a bare code: each act, key and code has its words."""

import ast

import pytest

from portal.accounts.factors import Proof
from portal.accounts.permissions import Role
from portal.audit import detail_words, words
from portal.audit.acts import Act
from portal.cases import codes as cases
from portal.cases.reminders import Reminder
from portal.documents import kinds
from portal.incidents import models as incidents
from portal.ingest.models import Reason
from portal.jobs import models as jobs
from portal.oversight import grounds
from portal.oversight import models as oversight
from portal.recordings import models as calls
from portal.recordings.answers import Sort
from portal.register import counting, points
from portal.register import models as register
from portal.retention import holds, papers, watching
from portal.retention import models as retention
from portal.retention.restriction_models import RestrictionGround
from portal.rights import models as rights
from tests.house.source import modules, tree

OWN = {"by", "purpose", "reference", "queue_id", "subject"}
"""Parameters of `record` itself."""


def test_every_act_has_its_words_and_its_group():
    assert set(words.ACTS) == set(Act)
    assert {act.split(":")[0] for act in Act} == set(words.GROUPS)


@pytest.mark.parametrize(
    ("key", "codes"),
    [
        ("basis", retention.Basis),
        ("body", cases.Body),
        ("capacity", cases.Capacity),
        ("case_outcome", cases.Outcome),
        ("cause", watching.Cause),
        ("channel", retention.Channel),
        ("claim_decision", cases.ClaimDecision),
        ("concerns", cases.Concerns),
        ("consent_purpose", register.ConsentPurpose),
        ("decision", cases.Decision),
        ("delivery", cases.Delivery),
        ("direction", calls.Direction),
        ("document", kinds.Kind),
        ("ended", watching.Ended),
        ("entry", cases.Disputed),
        ("extract_ground", grounds.Ground),
        ("factor", Proof),
        ("figures", counting.What),
        ("ground", [*cases.Ground, *cases.ErasureGround]),
        ("job", jobs.Kind),
        ("kind", watching.Fault),
        ("losses", incidents.Loss),
        ("media_type", papers.ENDINGS),
        ("notify", incidents.Answer),
        ("observation_outcome", oversight.Outcome),
        ("outcome", Reason),
        ("pattern", oversight.Pattern),
        ("points", points.CODES),
        ("purpose", calls.Purpose),
        ("reason", Reason),
        ("refusal", cases.RefusalGround),
        ("regime", cases.Regime),
        ("reminder", Reminder),
        ("restriction_ground", RestrictionGround),
        ("result", cases.Result),
        ("right_end", rights.End),
        ("right_kind", rights.Kind),
        ("rights", cases.RightKind),
        ("risk", incidents.Risk),
        ("roles", Role),
        ("rule", retention.Rule),
        ("safety", retention.Safety),
        ("sort", Sort),
        ("state_before", set(cases.State) - {cases.State.PURGED}),
        ("store", calls.Store),
        ("then", holds.Then),
        ("threat_kind", retention.ThreatKind),
        ("told", calls.Told),
        ("told_of", register.Told),
        ("waits", cases.Wait),
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
