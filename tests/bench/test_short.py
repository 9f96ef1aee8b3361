"""`portal bench all --short` passes as the code is, and sees when a part does its work twice."""

import json

import pytest
from click.testing import CliRunner

from portal import config, db
from portal.audit import chain
from portal.bench import every, pairs, results, short
from portal.bench.cli import bench
from portal.bench.limits import LIMITS, SHORT, SLACK
from portal.ingest import crew
from portal.recordings import search
from portal.vault import objects


@pytest.fixture(scope="module")
def standing():
    patch = pytest.MonkeyPatch()
    patch.setattr(config, "_current", None)
    with short.standing() as cases:
        yield cases
    patch.undo()
    if not db.db.is_closed():
        db.db.close()


def test_the_short_run_passes_and_covers_every_case(standing, monkeypatch):
    assert set(standing) == set(SHORT) == set(LIMITS["short"])
    monkeypatch.setattr(short, "run", lambda: short.compare(standing))
    result = CliRunner().invoke(bench, ["all", "--short", "--json"])
    found = json.loads(result.output.splitlines()[-1])["cases"]
    assert (result.exit_code, results.over(found)) == (0, []), result.output
    for name, case in found.items():
        assert (case["of"], case["limit"]) == ("ratio", round(SHORT[name] * SLACK, 2))


def twice(owner, name: str, monkeypatch) -> None:
    once = getattr(owner, name)

    def doubled(*args, **kwargs):
        once(*args, **kwargs)
        return once(*args, **kwargs)

    monkeypatch.setattr(owner, name, doubled)
    monkeypatch.setattr(short, "AGAIN", 0)


@pytest.mark.parametrize(
    ("case", "owner", "name"),
    [
        ("search_find", search, "find"),
        ("import", crew, "make"),
        ("log_append", pairs, "record"),
        ("log_verify", chain, "verify"),
    ],
)
def test_the_short_run_sees_work_done_twice(standing, monkeypatch, case, owner, name):
    twice(owner, name, monkeypatch)
    assert results.over(short.compare({case: standing[case]})) == [case]


def test_the_short_run_sees_sound_opened_twice(standing, monkeypatch):
    once = objects.Reader._chunk

    def doubled(reader, number):
        once(reader, number)
        reader._held = (-1, b"")
        return once(reader, number)

    monkeypatch.setattr(objects.Reader, "_chunk", doubled)
    monkeypatch.setattr(short, "AGAIN", 0)
    assert results.over(short.compare({"playback_read": standing["playback_read"]})) == ["playback_read"]


def test_a_case_that_is_over_is_asked_again_and_only_that_one(monkeypatch):
    monkeypatch.setitem(LIMITS, "short", {"a": LIMITS["short"]["import"], "b": LIMITS["short"]["import"]})
    asked = {"a": [9.0, 8.0, 1.0, 1.0], "b": [1.0]}
    cases = {
        name: lambda ratios=ratios: results.case([1.0], [1.0], baseline="-", ratio=ratios.pop(0))
        for name, ratios in asked.items()
    }
    found = short.compare(cases)
    assert [found[name]["ratio"] for name in cases] == [1.0, 1.0]
    assert asked == {"a": [1.0], "b": []}


def test_all_gathers_what_each_bench_says_and_fails_when_one_is_over(monkeypatch):
    monkeypatch.setattr(every, "COMMANDS", {"muting": "-", "all": "-"})
    monkeypatch.setattr(every, "PROGRAM", MUTING)
    result = CliRunner().invoke(bench, ["all"])
    assert result.exit_code == 1
    lines = {line.split()[0]: line for line in result.output.splitlines() if ":" in line}
    assert lines["muting:copy"].endswith("a copy")
    assert lines["muting:muted"].endswith("a copy  over 1000")


MUTING = """
from portal.bench import results
cases = {name: results.case([1.0], [1.0], baseline="a copy", ms_of_10_minutes=1001.0) for name in ("copy", "muted")}
results.show("muting", cases, as_json=True, drawing=None)
"""
