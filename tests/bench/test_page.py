"""`portal bench page` asks for every page that links lead to, each beside an empty one."""

import json
import sys

from click.testing import CliRunner

from portal import config, db
from portal.bench import browser
from portal.bench.cli import bench

SMALL = ["page", "--rows", "60", "--entries", "60", "--files", "11", "--rounds", "2", "--json"]


def test_bench_page_finds_the_pages_of_every_role_and_sets_each_beside_an_empty_one(monkeypatch):
    monkeypatch.setattr(config, "_current", None)
    monkeypatch.setattr(browser, "WARM_UP", 0)
    try:
        result = CliRunner().invoke(bench, SMALL)
    finally:
        db.db.close()
    assert result.exit_code == 0, (result.output, result.exception)
    cases = json.loads(result.output.splitlines()[-1])["cases"]
    assert {
        *(
            "empty",
            "home.index",
            "recordings.index",
            "recordings.show",
            "recordings.listen",
            "cases.show",
            "cases.call",
        ),
        *("oversight.index", "rights.show", "accounts.account", "queues.queue", "ingest.index", "audit.index"),
    } <= set(cases)
    assert len(cases) > 80
    assert not {name for name in cases if "export" in name or name.endswith("pdf")}
    assert cases["empty"]["limit"] is None
    for case in (case for name, case in cases.items() if name != "empty"):
        assert (case["baseline"], case["of"], case["limit"]) == ("empty page", "p95_ms", 100)


def test_who_has_no_playwright_is_told_what_brings_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "playwright.sync_api", None)
    result = CliRunner().invoke(bench, ["page", "--browser"])
    assert result.exit_code == 1
    assert result.output.startswith("Error: --browser needs playwright")
