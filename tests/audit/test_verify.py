"""`portal audit verify`: says whole or not, the head, and logs itself."""

import json

import pytest
from click.testing import CliRunner

from portal import config
from portal.audit import chain
from portal.audit.chain import Checkpoint
from portal.audit.cli import audit
from portal.audit.models import Entry
from tests.audit import tamper


@pytest.fixture
def verify(settings):
    def run(*options: str):
        return CliRunner().invoke(audit, ["verify", *options])

    return run


def test_verify_says_whole_with_the_head_and_exit_code_0(verify):
    tamper.fill(3)
    head = chain.verify().head
    answer = verify()
    assert answer.exit_code == 0, answer.output
    assert "The log is whole." in answer.output
    assert f"3:{head}" in answer.output
    assert answer.output.rstrip().endswith(Checkpoint(3, head).fingerprint)


def test_verify_is_itself_logged(verify):
    tamper.fill(3)
    head = chain.verify().head
    verify()
    entry = Entry.get_by_id(4)
    assert (entry.act, entry.by) == ("audit:verified", None)
    assert json.loads(entry.detail) == {"whole": True, "entries": 3, "head": head}
    assert chain.verify().entries == 4


def test_verify_names_the_first_fault_with_exit_code_1_and_logs_it(verify):
    tamper.fill(5)
    tamper.unguard()
    tamper.overwrite(3, "act", "recordings:viewed")
    answer = verify()
    assert answer.exit_code == 1
    assert "NOT whole" in answer.output
    assert "entry 3 was altered" in answer.output
    told = json.loads(Entry.get_by_id(6).detail)
    assert (told["whole"], told["fault"], told["fault_at"]) == (False, "content", 3)


def test_verify_answers_in_json(verify):
    tamper.fill(2)
    head = chain.verify().head
    answer = json.loads(verify("--json").output)
    assert answer == {
        "whole": True,
        "entries": 2,
        "head": head,
        "fault_at": None,
        "fault": "",
        "checkpoint": f"2:{head}",
    }


def test_verify_against_a_noted_head_sees_the_end_cut_off(verify):
    tamper.fill(4)
    noted = json.loads(verify("--json").output)["checkpoint"]
    assert verify("--expect", noted).exit_code == 0
    tamper.unguard()
    for number in (4, 5, 6):
        tamper.remove(number)
    assert verify().exit_code == 0
    tamper.remove(4)
    answer = verify("--expect", noted)
    assert answer.exit_code == 1
    assert "cut off" in answer.output


def test_verify_refuses_a_head_that_is_none(verify):
    answer = verify("--expect", "yesterday")
    assert answer.exit_code == 2
    assert Entry.select().count() == 0


def test_verify_refuses_a_folder_without_a_register_and_makes_none(tmp_path):
    config.use(config.load(tmp_path))
    answer = CliRunner().invoke(audit, ["verify"])
    assert isinstance(answer.exception, config.ConfigError)
    assert list(tmp_path.iterdir()) == []
