"""`portal supply audit`: no hole is known only when somebody was asked about every package and answered."""

import json
import pathlib
import stat
import sys
import textwrap

import pytest
from click.testing import CliRunner

from portal.supply import advisories, lock
from portal.supply.advisories import CANARIES, CouldNotLook, Hole
from portal.supply.cli import supply
from portal.supply.lock import Key
from tests.supply.test_scanners import SECRET

KEYS = [Key("flask", "3.1.3"), Key("numpy", "2.4.6"), Key("numpy", "2.5.5"), Key("pyyaml", "6.0.3")]
ANSWERS = """
    import json, pathlib, sys
    said = dict(zip(sys.argv[1:], sys.argv[2:]))
    asked = [line.split("==") for line in pathlib.Path(said["--requirement"]).read_text().split()]
    answer = pathlib.Path(said["--output"])
    names = [name for name, _ in asked]
    assert len(names) == len(set(names)), "the same name twice"
    holes = [{"id": "PYSEC-2020-96", "fix_versions": ["5.3.1"], "aliases": [], "description": ""}]
    known = [["pyyaml", "5.3"], ["urllib3", "2.5.0"]]
    told = [
        {"name": name, "version": version, "vulns": holes if [name, version] in known else []}
        for name, version in asked
    ]
"""
WRITES = 'answer.write_text(json.dumps({"dependencies": told, "fixes": []}))\n'


@pytest.fixture
def pip_audit(tmp_path):
    """Stands in for pip-audit: a program that does what it is told between being asked and answering."""

    def make(then: str = WRITES):
        file = tmp_path / "audit" / "bin" / "pip-audit"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"#!{sys.executable}\n" + textwrap.dedent(ANSWERS) + then)
        file.chmod(file.stat().st_mode | stat.S_IXUSR)
        return file

    return make


def test_no_hole_is_known_when_all_were_asked_about_and_the_canary_was_known(pip_audit):
    assert advisories.look(pip_audit(), KEYS) == []


def test_what_asks_is_told_neither_the_root_key_nor_the_settings(pip_audit, monkeypatch):
    for name in SECRET:
        monkeypatch.setenv(name, "secret")
    program = pip_audit("import os\nassert 'secret' not in os.environ.values()\n" + WRITES)
    assert advisories.look(program, KEYS) == []


def test_a_hole_is_told_with_where_it_is_mended(pip_audit):
    hole = (
        'for one in told:\n    if one["name"] == "flask": one["vulns"] = [{"id": "PYSEC-1", "fix_versions": ["3.2"]}]\n'
    )
    program = pip_audit(hole + WRITES + "sys.exit(1)\n")
    assert advisories.look(program, KEYS) == [Hole(Key("flask", "3.1.3"), "PYSEC-1", ("3.2",))]


def test_a_hole_in_a_version_that_only_one_python_gets_is_told(pip_audit):
    hole = (
        'for one in told:\n    if one["version"] == "2.5.5": one["vulns"] = [{"id": "PYSEC-2", "fix_versions": []}]\n'
    )
    assert advisories.look(pip_audit(hole + WRITES), KEYS) == [Hole(Key("numpy", "2.5.5"), "PYSEC-2", ())]


@pytest.mark.parametrize(
    ("then", "told"),
    [
        ("told = [{'name': one['name'], 'skip_reason': 'Dependency not found'} for one in told]\n" + WRITES, "4 of 4"),
        ('sys.exit("ConnectionError: no route to the index")\n', "no route to the index"),
        ("sys.exit(0)\n", "no answer"),
        ('answer.write_text("<html>")\n', "no JSON"),
        ('answer.write_text("[]")\n', "another form"),
        ('answer.write_text("null")\n', "another form"),
        ('answer.write_text(json.dumps({"dependencies": []}))\n', "nothing was said about"),
        (
            "told = [one for one in told if one['name'] != 'flask']\n" + WRITES,
            "nothing was said about 1 of 4 packages: flask 3.1.3",
        ),
        ("told = [one for one in told if one['version'] != '2.5.5']\n" + WRITES, "packages: numpy 2.5.5"),
        ("told[0] = {'name': told[0]['name'], 'skip_reason': 'not found'}\n" + WRITES, "nothing was said about"),
        ("for one in told: one['version'] = '0'\n" + WRITES, "nothing was said about"),
        ("for one in told: one['vulns'] = []\n" + WRITES, "no hole is known in pyyaml 5.3"),
        (
            "for one in told:\n    if one['name'] == 'urllib3': one['vulns'] = []\n" + WRITES,
            "no hole is known in urllib3 2.5.0: not about advisories, or old ones",
        ),
        (WRITES + "answer.write_text(answer.read_text()[:-20])\n", "no JSON"),
        ("answer.write_text('')\n", "no JSON"),
    ],
)
def test_silence_does_not_pass_for_none(pip_audit, then, told):
    with pytest.raises(CouldNotLook, match=told):
        advisories.look(pip_audit(then), KEYS)


def test_without_the_program_it_was_not_looked(tmp_path):
    with pytest.raises(CouldNotLook, match="make audit"):
        advisories.look(tmp_path / "pip-audit", KEYS)


def test_a_program_that_never_answers_was_no_look(pip_audit, monkeypatch):
    monkeypatch.setattr(advisories, "PATIENCE_SECONDS", 0.2)
    with pytest.raises(CouldNotLook, match="did not answer"):
        advisories.look(pip_audit("import time; time.sleep(60)\n"), KEYS)


def test_a_hole_in_the_canary_is_one_when_the_lock_holds_it(pip_audit):
    assert [hole.key for hole in advisories.look(pip_audit(), [*KEYS, CANARIES[0]])] == [CANARIES[0]]


@pytest.mark.parametrize(
    ("then", "code", "told"),
    [
        (WRITES, 0, "0 holes known"),
        (
            "told[0]['vulns'] = [{'id': 'PYSEC-1', 'fix_versions': []}]\n" + WRITES,
            1,
            "PYSEC-1, mended in no version yet",
        ),
        ("sys.exit(0)\n", 2, "COULD NOT LOOK"),
    ],
)
def test_the_command_ends_with_a_code_of_its_own_for_each(pip_audit, tmp_path, then, code, told):
    pip_audit(then)
    answer = CliRunner().invoke(supply, ["audit", "--tools", str(tmp_path)])
    assert (answer.exit_code, told in answer.output) == (code, True), answer.output


def test_the_command_asks_about_the_whole_lock_and_what_installs_it(pip_audit, tmp_path):
    asked = tmp_path / "asked"
    pip_audit(f"import pathlib; open({str(asked)!r}, 'a').write(json.dumps(asked) + '\\n')\n" + WRITES)
    answer = CliRunner().invoke(supply, ["audit", "--tools", str(tmp_path)])
    assert answer.exit_code == 0, answer.output
    keys = {Key(*one) for line in asked.read_text().splitlines() for one in json.loads(line)}
    assert keys == {*lock.read().packages, *lock.pinned_for("uv"), *lock.pinned_for("audit"), *CANARIES}


def test_nothing_is_answered_from_what_was_kept_of_another_day(pip_audit, tmp_path):
    called = tmp_path / "called"
    program = pip_audit(f"open({str(called)!r}, 'a').write(' '.join(sys.argv) + '\\n')\n" + WRITES)
    advisories.look(program, KEYS)
    folders = [line.partition("--cache-dir=")[2].split()[0] for line in called.read_text().splitlines()]
    assert folders
    assert not [folder for folder in folders if pathlib.Path(folder).exists()], "each of its own, and gone"
    assert len(set(folders)) == len(folders)
