"""What a letter may cost, on a machine that also runs the other tests."""

from portal.bench import letters, limits, results

MOST_MB = 120


def test_the_press_costs_little_more_than_the_bare_engine_and_little_memory():
    found = results.judged("letters", letters.cost(batches=5))
    assert set(found) == {"two_pages", "memory"}
    cpu, ratio = limits.limits("letters", "two_pages")
    assert ratio.holds(found["two_pages"]["ratio"])
    assert found["memory"]["within"]
    assert found["memory"]["limit"] == MOST_MB
    assert found["two_pages"]["p50_ms"] <= 2 * cpu.value  # on a machine of its own: once


def test_a_hundred_letters_through_two_presses_do_not_make_them_grow():
    found = letters.long_run(100, 2)
    assert found["letters"] == 100
    assert found["replaced"] == 0
    assert found["peak_mb"] <= MOST_MB
    assert found["grown_mb"] < 20
