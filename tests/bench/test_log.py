"""`portal bench log` appends for real beside a bare INSERT, checks the chain beside bare hashing, and asks for the
log's pages."""

import json

import pytest

from portal import db
from portal.audit.models import Entry
from portal.bench import log

SMALL = ["log", "--entries", "300", "--rows", "60", "--rounds", "10"]


def test_bench_log_prints_one_object_with_appending_checking_and_pages_each_beside_its_own(run):
    result = run("--json")
    assert result.exit_code == 0, (result.output, result.exception)
    found = json.loads(result.output.splitlines()[-1])
    assert (found["bench"], found["entries"], found["rows"]) == ("log", 300, 60)
    cases = found["cases"]
    assert [cases[name]["baseline"] for name in ("append", "append_cpu", "verify", "page")] == [
        *(log.INSERT, log.INSERT, log.SHA256, "empty page"),
    ]
    assert cases["verify"]["entries"] >= 300 + 10, "the appended ones are in the chain"
    assert cases["verify"]["bytes"] > 300 * 200
    assert cases["verify"]["ms_each"] == pytest.approx(cases["verify"]["p50_ms"] / cases["verify"]["entries"], rel=0.8)
    assert cases["verify"]["ratio"] > 1
    assert cases["empty"]["ratio"] == 1
    assert len(cases) > 18


def test_bench_log_bears_no_broken_chain(run, monkeypatch):
    def torn(checks):
        db.db.execute_sql("DROP TRIGGER audit_entry_no_update")
        Entry.update(purpose="x").where(Entry.id == 7).execute()
        return verified(checks)

    verified = log.verified
    monkeypatch.setattr(log, "verified", torn)
    assert "not whole: content at 7" in str(run().exception)
