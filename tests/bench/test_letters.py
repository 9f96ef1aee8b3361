"""What a letter may cost, on a machine that also runs the other tests."""

from portal.bench import letters


def test_the_press_costs_little_more_than_the_bare_engine_and_little_memory(monkeypatch):
    monkeypatch.setattr(letters, "BATCHES", 5)
    found = letters.cost()
    assert found["ratio"] <= letters.LIMIT_RATIO
    assert found["press_mb"] <= letters.LIMIT_MB
    assert found["press_ms"] <= 2 * letters.LIMIT_MS  # on a machine of its own: LIMIT_MS


def test_a_hundred_letters_through_two_presses_do_not_make_them_grow():
    found = letters.long_run(100, 2)
    assert found["letters"] == 100
    assert found["replaced"] == 0
    assert found["peak_mb"] <= letters.LIMIT_MB
    assert found["grown_mb"] < 20
