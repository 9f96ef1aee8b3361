"""What every bench says of its figures: one form, one place for the limits, a table, an object, a drawing."""

import json
import xml.etree.ElementTree as ET

import click
import pytest
from click.testing import CliRunner

from portal.bench import limits, plot, results
from portal.bench.limits import Limit
from portal.register import plots

CASES = {
    "slow": results.case([1.0, 2.0, 30.0], [0.5, 0.4], baseline="bare sqlite3"),
    "least": results.case([1.0, 1.0], [1.0], baseline="plain file", speed=0.8),
    "free": results.case([3.0], [1.5], baseline="plain file", ratio=1.9, rows=7),
}


@pytest.fixture
def known(monkeypatch):
    chosen = {"slow": Limit("p95_ms", 10), "least": Limit("speed", 1, least=True)}
    monkeypatch.setitem(limits.LIMITS, "try", chosen)


def test_a_case_is_beside_its_baseline_and_judged_by_the_one_list_of_limits(known):
    found = results.judged("try", CASES)
    assert found["slow"] == {
        **{"baseline": "bare sqlite3", "p50_ms": 2.0, "p95_ms": 27.2, "baseline_ms": 0.45, "ratio": 4.44},
        **{"limit": 10, "of": "p95_ms", "within": False, "share": 2.72},
    }
    assert (found["least"]["within"], found["free"]["within"], found["free"]["limit"]) == (False, True, None)
    assert (found["free"]["ratio"], found["free"]["rows"]) == (1.9, 7)
    assert results.over(found) == ["slow", "least"]
    assert Limit("speed", 1, least=True).holds(1.0)
    assert not Limit("p95_ms", 10).holds(10.01)


def test_of_several_limits_the_one_that_is_nearest_counts(known, monkeypatch):
    monkeypatch.setitem(limits.LIMITS["try"], "slow", (Limit("p95_ms", 100), Limit("ratio", 4.5), Limit("stalls", 0)))
    judged = results.judged("try", {"slow": CASES["slow"]})["slow"]
    assert (judged["of"], judged["limit"], judged["within"]) == ("ratio", 4.5, True)
    judged = results.judged("try", {"slow": CASES["slow"] | {"stalls": 1}})["slow"]
    assert (judged["of"], judged["within"], judged["share"]) == ("stalls", False, None)


def test_a_bench_prints_a_table_or_one_object_and_draws(known, tmp_path):
    @click.command()
    @results.options
    def trial(as_json, drawing):
        results.show("try", CASES, as_json=as_json, drawing=drawing, told=["three of them"], rows=3)

    lines = CliRunner().invoke(trial, []).output.splitlines()
    assert lines[0] == "three of them"
    assert lines[2].endswith("p95 ≤ 10          bare sqlite3  over 10")
    assert lines[3].endswith("speed ≥ 1         plain file  too little")
    told = json.loads(CliRunner().invoke(trial, ["--json", "--plot", str(tmp_path / "a.svg")]).output)
    assert (told["bench"], told["rows"], list(told["cases"])) == ("try", 3, list(CASES))
    drawn = ET.fromstring((tmp_path / "a.svg").read_bytes())
    texts = [text for element in drawn.iter() if (text := (element.text or "").strip())]
    assert {"portal bench try", "slow", "bare sqlite3", "p95", "ms"} <= set(texts)


def test_the_drawing_of_many_benches_shows_how_much_of_its_limit_each_takes(known):
    found = results.judged("try", CASES)
    assert [one.get("share") for one in found.values()] == [2.72, 1.25, None]
    drawn = plot.drawn("all", found).decode()
    assert plots.DARK not in drawn, "none is within"
    assert "free" not in drawn
