"""`portal bench search` measures every case and says so in the agreed form."""

import json

import pytest
from click.testing import CliRunner

from portal import config, db
from portal.bench import search
from portal.bench.cli import bench


def run(monkeypatch, *more):
    monkeypatch.setattr(config, "_current", None)
    try:
        result = CliRunner().invoke(bench, ["search", "--rounds", "2", *more])
    finally:
        db.db.close()
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output.splitlines()


def test_bench_search_prints_one_object_with_every_case(monkeypatch):
    cases = json.loads(run(monkeypatch, "--rows", "400", "--json")[-1])["cases"]
    assert list(cases) == list(search.CASES)
    for name, case in cases.items():
        assert case["p95_ms"] >= case["p50_ms"] > 0
        assert case["baseline"] == ("page 1" if name == "page_10000" else search.BASELINE)
        assert case["ratio"] == pytest.approx(case["p50_ms"] / case["baseline_ms"], rel=0.05)
    assert (cases["newest"]["of"], cases["newest"]["limit"]) == ("p95_ms", 10)
    assert (cases["page_10000"]["of"], cases["page_10000"]["limit"]) == ("ratio", 1.2)


def test_bench_search_compares_registers_of_two_sizes_in_a_table_for_people(monkeypatch):
    some = ("newest", "page_1", "page_10000")
    monkeypatch.setattr(search, "CASES", {name: search.CASES[name] for name in some})
    lines = run(monkeypatch, "--rows", "60", "--rows", "120")
    assert lines[0] == "120 calls beside 60:"
    assert [line.split()[0] for line in lines[2:5]] == list(some)
    assert all("ratio ≤ 1.3" in line and "60 calls" in line for line in lines[2:5])
    assert lines[6] == "120 calls:"
    assert [line.split()[0] for line in lines[8:]] == list(some)
