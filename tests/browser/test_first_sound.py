"""From the click on play to the sound, and from a seek: beside a bare `<audio>` on the same file in the clear, from the
same server, in the same browser."""

import pytest

from portal import config, db
from portal.bench import call, first_sound

MINUTES, PAGES = 30, 3
AS_LONG = 2.0
"""At most so many times what the bare element takes. Usually it is 1 to 1.5."""
AGAIN = 2


@pytest.fixture
def heard(monkeypatch):
    monkeypatch.setattr(config, "_current", None)
    monkeypatch.setattr(call, "ROWS", 20)
    monkeypatch.setattr(first_sound, "WARM_UP", 1)
    with call.ready(MINUTES) as found:
        yield found
    if not db.db.is_closed():
        db.db.close()


def test_half_an_hour_is_heard_nearly_as_soon_after_a_click_as_a_bare_file(chromium, heard):
    least: dict[tuple[str, str], float] = {}
    for _ in range(1 + AGAIN):  # the least of all: a busy machine makes a click slower, and never quicker
        for name, case in first_sound.measure(chromium, heard, PAGES).items():
            for key in ("least_ms", "baseline_least_ms"):
                least[name, key] = min(case[key], least.get((name, key), case[key]))
        ratios = {name: least[name, "least_ms"] / least[name, "baseline_least_ms"] for name, _ in least}
        over = {name: round(ratio, 2) for name, ratio in ratios.items() if ratio > AS_LONG}
        if not over:
            break
    assert not over, least
