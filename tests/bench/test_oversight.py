"""`portal bench oversight` asks for every page of those who answer for the register with a full log, checks the chain,
and says what each took in the agreed form."""

import json

import pytest
from click.testing import CliRunner

from portal import config, db
from portal.audit.models import Entry
from portal.bench import oversight
from portal.bench.cli import bench

SMALL = ["oversight", "--entries", "400", "--rows", "60", "--rounds", "2"]


@pytest.fixture
def run(monkeypatch):
    monkeypatch.setattr(config, "_current", None)
    yield lambda *more: CliRunner().invoke(bench, [*SMALL, *more])
    if not db.db.is_closed():
        db.db.close()


def test_bench_oversight_prints_one_object_with_every_page_beside_an_empty_one_and_the_chain(run):
    result = run("--json")
    assert result.exit_code == 0, (result.output, result.exception)
    found = json.loads(result.output.splitlines()[-1])
    assert (found["entries"], found["rows"]) == (400, 60)
    names = set(found["pages"])
    assert {"empty", "log", "log_rare_acts", "oversight_year", "listens_hour", "month", "rights", "figures"} <= names
    assert len(names) > 45
    assert found["pages"]["empty"]["ratio"] == 1
    for page in found["pages"].values():
        assert page["longest_ms"] + 0.1 >= page["p95_ms"] >= page["p50_ms"] > 0
    chain = found["chain"]
    assert chain["entries"] > 400, "the pages wrote theirs"
    assert chain["seconds_per_million"] == pytest.approx(chain["seconds"] * 1e6 / chain["entries"], rel=0.2)
    assert chain["ratio"] > 1
    assert chain["bytes"] > 400 * 200


def test_bench_oversight_prints_a_table_says_what_is_over_and_bears_neither_an_error_nor_a_broken_chain(
    run, monkeypatch
):
    def two(app, register, offices):
        pages = made(app, register, offices)
        return {"empty": pages["empty"], "oversight": pages["oversight"]}

    made = oversight._pages
    monkeypatch.setattr(oversight, "_pages", two)
    monkeypatch.setattr(oversight, "LIMIT_MS", 0)
    monkeypatch.setattr(oversight, "CHAIN_SECONDS", 0)
    result = run()
    assert result.exit_code == 0, (result.output, result.exception)
    lines = {line.split()[0]: line for line in result.output.splitlines()}
    assert lines["oversight"].endswith("over 0")
    assert "a million  over 0; bare SHA-256" in lines["chain:"]

    def refused(app, register, offices):
        return {"empty": lambda n: oversight.Browser(app, register, offices.decider).get("/oversight/")}

    monkeypatch.setattr(oversight, "_pages", refused)
    assert "answered 403" in str(run().exception)

    def torn(app, register, offices):
        db.db.execute_sql("DROP TRIGGER audit_entry_no_update")
        Entry.update(purpose="x").where(Entry.id == 7).execute()
        return two(app, register, offices)

    monkeypatch.setattr(oversight, "_pages", torn)
    assert "not whole: content at 7" in str(run().exception)
