"""`portal bench mix` lets people listen and search while an import runs, against the real server."""

import json
import threading

import pytest

from portal.bench import mix
from portal.bench.server import Answer

SMALL = ["mix", "--rows", "200", "--people", "2", "--seconds", "3", "--json"]


@pytest.fixture
def small(monkeypatch):
    for name, few in (("MINUTES", 1), ("BATCH", 3), ("SEARCHES", 4), ("RANGES", 4), ("THINKING", (0.1, 0.3))):
        monkeypatch.setattr(mix, name, few)


def test_bench_mix_says_how_much_slower_a_search_is_and_whether_a_player_ran_dry(small, run):
    result = run()
    assert result.exit_code == 0, (result.output, result.exception)
    found = json.loads(result.output.splitlines()[-1])
    assert (found["rows"], found["people"]) == (200, 2)
    search, playback = found["cases"]["search"], found["cases"]["playback"]
    assert (search["of"], search["limit"]) == ("ratio", 3)
    assert search["ratio"] == pytest.approx(search["p95_ms"] / search["idle_p95_ms"], abs=0.02)
    assert (playback["of"], playback["limit"], playback["stalls"]) == ("stalls", 0, 0)
    assert 0 < playback["least_left_ms"] < 1000 * mix.AHEAD


class Instant:
    """A line whose answers are there at once."""

    def __init__(self, served, cookie):
        self.asked = 0

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        pass

    def get(self, path, wanted=""):
        self.asked += 1
        return Answer(0.1, 206, b"s" * 160) if self.asked < 20 else Answer(0.1, 503, b"")


def test_a_player_that_asks_too_late_is_seen_to_run_dry_and_a_refused_range_ends_the_run(monkeypatch):
    monkeypatch.setattr(mix, "Line", Instant)
    person, over = mix.Person("", "", ()), threading.Event()
    for ahead, runs_dry in ((0.0, True), (1.0, False)):
        monkeypatch.setattr(mix, "AHEAD", ahead)
        seen = mix.Seen()
        with pytest.raises(RuntimeError, match="503"):
            mix._listening(None, person, 0.0, seen, over)
        assert (seen.stalls > 0) == runs_dry
        assert len(seen.ranges) == 19
