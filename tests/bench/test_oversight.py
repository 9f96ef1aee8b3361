"""`portal bench oversight` asks for every page of those who answer for the register with a full log, and says
what each took in the agreed form."""

import json

from portal.bench import limits, oversight
from portal.bench.browser import Browser

SMALL = ["oversight", "--entries", "400", "--rows", "60", "--rounds", "2"]


def test_bench_oversight_prints_one_object_with_every_page_beside_an_empty_one(run):
    result = run("--json")
    assert result.exit_code == 0, (result.output, result.exception)
    found = json.loads(result.output.splitlines()[-1])
    assert (found["entries"], found["rows"]) == (400, 60)
    names = set(found["cases"])
    assert {"empty", "oversight_year", "listens_hour", "month", "rights", "figures"} <= names
    assert len(names) > 30
    assert found["cases"]["empty"]["ratio"] == 1
    for page in found["cases"].values():
        assert page["longest_ms"] + 0.1 >= page["p95_ms"] >= page["p50_ms"] > 0


def test_bench_oversight_prints_a_table_says_what_is_over_and_bears_no_error(run, monkeypatch):
    def two(app, register, offices):
        pages = made(app, register, offices)
        return {"empty": pages["empty"], "oversight": pages["oversight"]}

    made = oversight._pages
    monkeypatch.setattr(oversight, "_pages", two)
    monkeypatch.setitem(limits.LIMITS["oversight"], limits.EVERY, limits.Limit("p95_ms", 0))
    result = run()
    assert result.exit_code == 0, (result.output, result.exception)
    lines = {line.split()[0]: line for line in result.output.splitlines()}
    assert lines["oversight"].endswith("over 0")

    def refused(app, register, offices):
        return {"empty": lambda n: Browser(app, register, offices.decider).get("/oversight/")}

    monkeypatch.setattr(oversight, "_pages", refused)
    assert "answered 403" in str(run().exception)
