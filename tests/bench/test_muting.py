"""`portal bench muting` mutes for real, beside a bare copy and decoding."""

import json

import pytest
from click.testing import CliRunner

from portal import config, db
from portal.bench.cli import bench


@pytest.fixture
def found(monkeypatch):
    monkeypatch.setattr(config, "_current", None)
    result = CliRunner().invoke(bench, ["muting", "--minutes", "1", "--rounds", "1", "--json"])
    if not db.db.is_closed():
        db.db.close()
    assert result.exit_code == 0, (result.output, result.exception)
    return json.loads(result.output.splitlines()[-1])["cases"]


def test_bench_muting_says_what_each_way_costs(found):
    assert list(found) == ["copy", "muted", "sealed", "zipped", "decoded"]
    size = 44 + 60 * 16000
    assert found["copy"]["size"] == found["muted"]["size"] == found["sealed"]["size"] == size
    assert found["decoded"]["size"] == 44 + 2 * 60 * 16000
    assert found["zipped"]["size"] < size
    assert found["muted"]["limit"] == 1000
    assert found["muted"]["within"]
    assert found["muted"]["ms_of_10_minutes"] == pytest.approx(10 * found["muted"]["p50_ms"], abs=0.1)
