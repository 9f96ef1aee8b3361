"""`portal bench cases` asks for every page of residents' requests, and says what each took in the agreed form."""

import json

import pytest

from portal.bench import cases, limits
from portal.bench.browser import Browser

SMALL = ["cases", "--files", "14", "--rows", "300", "--rounds", "2"]
PAGES = {
    *("empty", "work_list", "work_list_decider", "overview", "time", "calls", "calls_of_200", "call"),
    *("answer", "answer_decider", "oversight", "registration", "registering", "registering_by_hour"),
}


def test_bench_cases_prints_one_object_with_every_page_beside_an_empty_one(run):
    result = run("--json")
    assert result.exit_code == 0, (result.output, result.exception)
    found = json.loads(result.output.splitlines()[-1])
    assert (found["files"], found["rows"]) == (14, 300)
    assert found["calls"] > 200
    assert set(found["cases"]) == PAGES
    empty = found["cases"]["empty"]
    assert empty["ratio"] == 1
    for page in found["cases"].values():
        assert page["longest_ms"] + 0.1 >= page["p95_ms"] >= page["p50_ms"] > 0
        assert page["ratio"] == pytest.approx(page["p50_ms"] / empty["p50_ms"], abs=0.1)


def test_bench_cases_prints_a_table_for_people_says_what_is_over_and_bears_no_page_that_is_an_error(run, monkeypatch):
    def two(app, register, files):
        pages = made(app, register, files)
        return {"empty": pages["empty"], "oversight": pages["oversight"]}

    made = cases._pages
    monkeypatch.setattr(cases, "_pages", two)
    monkeypatch.setitem(limits.LIMITS["cases"], limits.EVERY, limits.Limit("p95_ms", 0))
    result = run()
    assert result.exit_code == 0, (result.output, result.exception)
    lines = {line.split()[0]: line for line in result.output.splitlines()}
    assert {"case", "empty", "oversight"} <= set(lines)
    assert lines["oversight"].endswith("over 0")

    def refused(app, register, files):
        return {"empty": lambda n: Browser(app, register, files.dpo).get("/cases/new")}

    monkeypatch.setattr(cases, "_pages", refused)
    assert "answered 403" in str(run().exception)
