"""The lock says which file is installed, and with which hash; whatever else it said would be a fault."""

import copy
import re
import tomllib
from importlib import metadata

import pytest
from packaging.requirements import Requirement

from portal.supply import lock
from portal.supply.lock import Incomplete, Key

KEPT = tomllib.loads(lock.FILE.read_text())
HASH = "sha256:" + "0" * 64


def table(kept: dict, name: str) -> dict:
    return next(one for one in kept["package"] if one["name"] == name)


def test_every_package_comes_from_the_index_with_a_hash_for_each_file():
    assert list(lock.faults(KEPT)) == []


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda one: one["wheels"][0].pop("hash"), "has no SHA-256"),
        (lambda one: one["sdist"].update(hash="md5:" + "0" * 32), "has no SHA-256"),
        (lambda one: one["sdist"].update(hash="sha256:" + "0" * 63), "has no SHA-256"),
        (lambda one: one.update(source={"git": "https://example.org/flask?rev=main"}), "comes from"),
        (lambda one: one.update(source={"registry": "https://example.org/simple"}), "comes from"),
        (lambda one: one.update(source={"editable": "flask"}), "comes from"),
        (lambda one: one["wheels"][0].update(url="https://example.org/flask.whl"), "is fetched from"),
        (lambda one: one["wheels"][0].update(url="http://files.pythonhosted.org/flask.whl"), "is fetched from"),
        (lambda one: one.pop("wheels"), "has no wheel"),
        (lambda one: one.update(source={"editable": "."}), "the portal itself once"),
    ],
)
def test_what_could_bring_in_something_else_is_told(spoil, told):
    kept = copy.deepcopy(KEPT)
    spoil(table(kept, "flask"))
    assert any(told in fault for fault in lock.faults(kept))


def test_a_lock_with_a_fault_is_not_read(tmp_path):
    file = tmp_path / "uv.lock"
    file.write_text(lock.FILE.read_text().replace('hash = "sha256:', 'hash = "sha1:', 1))
    with pytest.raises(Incomplete, match="has no SHA-256"):
        lock.read(file)


@pytest.mark.parametrize("content", [None, "not = [toml", ""])
def test_a_lock_that_is_none_is_not_read(tmp_path, content):
    file = tmp_path / "uv.lock"
    if content is not None:
        file.write_text(content)
    with pytest.raises(Incomplete):
        lock.read(file)


def test_the_lock_is_in_step_with_what_the_project_asks_for():
    project = tomllib.loads((lock.ROOT / "pyproject.toml").read_text())
    own = table(KEPT, "portal")
    asked = {"": project["project"]["dependencies"], **project["dependency-groups"]}
    locked = {"": own["metadata"]["requires-dist"], **own["metadata"]["requires-dev"]}
    assert {group: {_asked(one) for one in some} for group, some in asked.items()} == {
        group: {_locked(one) for one in some} for group, some in locked.items()
    }


def _asked(requirement: str) -> tuple[str, frozenset[str], frozenset[str]]:
    parsed = Requirement(requirement)
    return parsed.name.lower(), frozenset(parsed.extras), frozenset(map(str, parsed.specifier))


def _locked(one: dict) -> tuple[str, frozenset[str], frozenset[str]]:
    return one["name"], frozenset(one.get("extras", ())), frozenset(one["specifier"].split(","))


def test_whoever_installs_takes_the_lock_as_it_stands():
    makefile = (lock.ROOT / "Makefile").read_text()
    assert re.findall(r"run_uv sync (.*)", makefile) == ["-q --locked $$choice"]
    others = re.findall(r"pip -?q? ?(?:sync|install) .*", makefile)
    assert len(others) == 2
    assert all("--require-hashes" in line and "portal/supply/tools/" in line for line in others)


def test_what_builds_the_portal_is_of_the_lock_as_well():
    """Else uv fetches for each installation the newest setuptools, for which no hash vouches."""
    project = tomllib.loads((lock.ROOT / "pyproject.toml").read_text())
    builds = {Requirement(one).name for one in project["build-system"]["requires"]}
    assert builds == {Requirement(one).name for one in project["dependency-groups"]["build"]}
    assert builds <= {key.name for key in lock.read().packages}
    assert project["tool"]["uv"]["no-build-isolation-package"] == [project["project"]["name"]]
    assert "build" in project["tool"]["uv"]["default-groups"]


def test_nothing_is_installed_here_that_the_lock_does_not_name():
    held = lock.read()
    here = {Key(one.name.lower().replace("_", "-"), one.version) for one in metadata.distributions()}
    assert held.own in here
    named = {*held.packages, held.own}
    assert {Key(one.name.replace(".", "-"), one.version) for one in here} - named == set()


def test_production_has_what_the_portal_needs_and_nothing_of_the_groups():
    held = lock.read()
    names = {key.name for key in held.production}
    assert {"flask", "werkzeug", "cryptography", "cffi", "setproctitle", "fonttools", "brotli"} <= names
    assert not names & {"pytest", "playwright", "mypy", "ruff", "hypothesis", "espeakng-loader", "soundfile"}
    assert held.production < set(held.packages)


def test_a_package_that_is_there_twice_is_there_for_two_pythons():
    held = lock.read()
    assert len([key for key in held.production if key.name == "numpy"]) == len(
        [one for one in KEPT["package"] if one["name"] == "numpy"]
    )


def test_the_tools_are_pinned_with_hashes():
    files = sorted(lock.TOOLS.glob("*.txt"))
    assert {file.stem for file in files} == {file.stem for file in lock.TOOLS.glob("*.in")}
    assert files
    for file in files:
        assert len(lock.pinned(file.read_text())) >= 1, file.name


def test_a_pinned_file_is_read_as_it_is_written():
    hashes = [HASH, HASH[:-1] + "1"]
    text = "# made by uv\n" + " \\\n    --hash=".join(["a-b==1.2", *hashes]) + "\n    # via c\n"
    text += " \\\n    --hash=".join(["c==3 ; os_name == 'nt'", HASH]) + "\n"
    assert lock.pinned(text) == {Key("a-b", "1.2"): hashes, Key("c", "3"): [HASH]}


@pytest.mark.parametrize("line", ["a==1", "a>=1 --hash=" + HASH, "a==1 --hash=md5:00", "-r other.txt", "./a.whl"])
def test_a_line_that_pins_nothing_is_refused(line):
    with pytest.raises(Incomplete):
        lock.pinned(line + "\n")
