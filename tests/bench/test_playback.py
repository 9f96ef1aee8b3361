"""`portal bench playback` measures sealed sound beside the same file in the clear; its browser is found or named."""

import json
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from click.testing import CliRunner

from portal import config, db
from portal.bench import call, playback
from portal.bench.cli import bench
from portal.playback import PIECE


@pytest.fixture
def run(monkeypatch):
    monkeypatch.setattr(config, "_current", None)
    monkeypatch.setattr(call, "ROWS", 20)
    for name, few in (("AT_ONCE", 4), ("TURNS", 3), ("WARM_UP", 1)):
        monkeypatch.setattr(playback, name, few)
    yield lambda *more: CliRunner().invoke(bench, ["playback", *more])
    if not db.db.is_closed():
        db.db.close()


def test_bench_playback_reads_it_in_ranges_and_whole_beside_the_file_in_the_clear(run, tmp_path):
    result = run("--minutes", "1", "--rounds", "5", "--json", "--plot", str(tmp_path / "a.svg"))
    assert result.exit_code == 0, (result.output, result.exception)
    found = json.loads(result.output.splitlines()[-1])["cases"]
    assert {name for name, case in found.items() if case["of"] == "ratio"} == {
        *("seek", "seek_to_the_rest", "ranges", "whole", "whole_in_pieces")
    }
    size = 1 * 60 * 8000 * 2 + 44
    for name in ("whole", "whole_in_pieces"):
        assert found[name]["mb_a_second"] == pytest.approx(size / 1000 / found[name]["p50_ms"], abs=1)
        assert (found[name]["limit"], found[name]["baseline"]) == (1.0, playback.OPEN_TO_ALL)
    drawn = {(element.text or "").strip() for element in ET.fromstring((tmp_path / "a.svg").read_bytes()).iter()}
    assert {"portal bench playback", *found} <= drawn


def test_an_answer_that_is_not_the_whole_is_no_figure(run):
    with call.ready(1) as heard:

        def ask(path: str, wanted: str = "") -> tuple[float, float]:
            with playback._Line(heard.served, heard.cookie) as line:
                return line.ask(path, wanted)

        assert heard.size > 2 * PIECE
        first, last = ask(heard.sealed)
        assert 0 < first <= last
        with pytest.raises(RuntimeError, match="200"):
            ask(heard.sealed, "parts=1-2")
        with pytest.raises(RuntimeError, match="404"):
            ask(f"{heard.page}/nothing")


def test_who_has_no_playwright_is_told_what_brings_it(run, monkeypatch):
    monkeypatch.setitem(sys.modules, "playwright.sync_api", None)
    result = run("--browser")
    assert result.exit_code == 1
    assert result.output.startswith("Error: --browser needs playwright")
    assert "make install" in result.output


def test_who_has_no_chromium_is_told_how_to_name_one(run, tmp_path):
    result = run("--browser", "--chromium", str(tmp_path / "none"))
    assert result.exit_code == 1
    assert result.output.startswith(f"Error: there is no Chromium that starts at {Path(tmp_path, 'none')}")
