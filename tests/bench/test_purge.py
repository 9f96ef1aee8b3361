"""`portal bench purge` deletes for real in another process, and says what it saw in the agreed form."""

import json

import pytest

from portal.bench import limits, purge
from portal.bench.search import CASES
from portal.recordings.models import Recording
from portal.vault import objects

SMALL = ["purge", "--due", "150", "--rows", "300", "--rounds", "2"]


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch):
    monkeypatch.setattr(purge, "PAUSE_SECONDS", 0)


def test_bench_purge_prints_one_object_with_every_case_and_both_sweeps(run):
    result = run("--json")
    assert result.exit_code == 0, (result.output, result.exception)
    found = json.loads(result.output.splitlines()[-1])
    assert (found["due"], found["rows"]) == (150, 300)
    assert set(found["cases"]) <= {*CASES, "all", "growth_within", "growth_between"}
    every = found["cases"]["all"]
    assert every["p95_ms"] >= every["p50_ms"] > 0
    assert every["ratio"] == pytest.approx(every["p95_ms"] / every["idle_p95_ms"], abs=0.02)
    assert every["searches"] == sum(case["searches"] for name, case in found["cases"].items() if name in CASES)
    assert [sweep["purged"] for sweep in found["sweeps"]] == [30, 120]
    for sweep in found["sweeps"]:
        assert len(sweep["quarters_ms"]) == 4
        assert 0 < sum(sweep["quarters_ms"]) / 4 <= sweep["each_ms"]
        assert 0 < sweep["files_percent"] + sweep["commits_percent"] < 100
    small, large = found["sweeps"]
    assert found["cases"]["growth_between"]["ratio"] == pytest.approx(large["each_ms"] / small["each_ms"], abs=0.02)


def test_bench_purge_prints_a_table_for_people_and_says_what_is_over(run, monkeypatch):
    monkeypatch.setitem(limits.LIMITS["purge"], "all", limits.Limit("ratio", 0))
    result = run()
    assert result.exit_code == 0, (result.output, result.exception)
    lines = {line.split()[0]: line for line in result.output.splitlines()}
    assert {"case", "all", "sweep", "30", "120", "growth_within", "growth_between"} <= set(lines)
    assert lines["all"].endswith("an idle register  over 0")


def test_a_recording_that_was_not_deleted_is_no_figure(run, monkeypatch):
    def one_too_many(register, due):
        filled(register, due)
        living = Recording.select().order_by(Recording.id.desc()).first()
        objects.seal(living.uuid, "original", [b"sound"])

    filled = purge.fill
    monkeypatch.setattr(purge, "fill", one_too_many)
    assert "1 keys" in str(run().exception)
