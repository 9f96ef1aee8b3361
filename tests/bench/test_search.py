"""`portal bench search` measures every case and says so in the agreed form."""

import json

from click.testing import CliRunner

from portal import config, db
from portal.bench import search
from portal.bench.cli import bench


def test_bench_search_prints_one_object_with_every_case(monkeypatch):
    monkeypatch.setattr(config, "_current", None)
    try:
        result = CliRunner().invoke(bench, ["search", "--rows", "400", "--rounds", "2", "--json"])
    finally:
        db.db.close()
    assert result.exit_code == 0, result.output
    cases = json.loads(result.output.splitlines()[-1])["cases"]
    assert list(cases) == list(search.CASES)
    for case in cases.values():
        assert set(case) == {"p50_ms", "p95_ms", "baseline_ms", "ratio"}
        assert case["p95_ms"] >= case["p50_ms"] > case["baseline_ms"] > 0
        assert case["ratio"] == round(case["p50_ms"] / case["baseline_ms"], 2) or case["ratio"] > 1


def test_bench_search_prints_a_table_for_people(monkeypatch):
    monkeypatch.setattr(config, "_current", None)
    try:
        result = CliRunner().invoke(bench, ["search", "--rows", "100", "--rounds", "2"])
    finally:
        db.db.close()
    assert result.exit_code == 0, result.output
    assert [line.split()[0] for line in result.output.splitlines()[1:]] == list(search.CASES)
