"""How long it will still take: measured, steady, and honest when the work slows down."""

import random

import pytest

from portal.jobs.forecast import FIRST, Forecast, Progress


def told(pace, *, whole=10_000, seconds=200, every=0.5, before=0) -> list[tuple[float, Progress]]:
    """What is said at each look, of work that does `pace(second)` a second."""
    forecast, done, said = Forecast(0.0, before), float(before), []
    for n in range(1, int(seconds / every) + 1):
        done += pace(n * every) * every
        if done >= whole:
            break
        said.append((n * every, forecast.look(n * every, int(done), whole)))
    return said


def test_nothing_is_said_before_a_pace_is_measured():
    said = told(lambda _: 100)
    early = [progress for moment, progress in said if moment < FIRST]
    assert early
    assert {progress.seconds_left for progress in early} == {None}
    assert said[len(early)][1].seconds_left == pytest.approx(98, abs=1)


@pytest.mark.parametrize("seed", range(5))
def test_the_time_left_only_shrinks_while_the_pace_is_what_it_was(seed):
    noise = random.Random(seed)
    said = [p.seconds_left for _, p in told(lambda _: 100 * noise.uniform(0.7, 1.3)) if p.seconds_left is not None]
    assert len(said) > 100
    after_the_first = said[20:]
    assert after_the_first == sorted(after_the_first, reverse=True)


def test_what_was_said_in_the_middle_comes_true():
    said = told(lambda _: 100)
    moment, progress = said[len(said) // 2]
    assert moment + progress.seconds_left == pytest.approx(100, abs=3)


def test_work_that_slows_down_is_told_of_within_a_minute():
    said = dict(told(lambda second: 100 if second < 50 else 10))
    assert said[49.5].seconds_left == pytest.approx(50, abs=5)
    assert said[115.0].seconds_left > 300, "at a tenth of the pace"


@pytest.mark.parametrize("seed", range(5))
def test_what_is_said_is_not_hopeful_where_some_calls_are_long(seed):
    """Calls whose lengths lie as those of a telephone do: most are short, a few take fifty times as long; and half way
    the disk becomes three times as slow."""
    noise, forecast, whole = random.Random(seed), Forecast(0.0), 3000
    moment = looked = 0.0
    said = []
    for done in range(1, whole + 1):
        moment += 0.1 * noise.lognormvariate(-0.5, 1) * (1 if done < whole / 2 else 3)
        if moment - looked >= 0.5:
            looked = moment
            said.append((moment, done, forecast.look(moment, done, whole).seconds_left))
    before, after = whole / 2, whole / 2 + 300  # a minute and a half later it has been noticed
    steady = [(moment - at) / left for at, done, left in said if left and done > after and moment - at > 30]
    assert len(steady) > 300
    assert sum(true > 1.5 for true in steady) / len(steady) <= 0.05, "half as long again as was said"
    assert sum(true < 0.67 for true in steady) / len(steady) <= 0.05, "much shorter"
    [change] = [left for _, done, left in said if done >= before][:1]
    assert max(left for _, done, left in said if left and before < done < after) > 2 * change


def test_work_that_stands_still_promises_nothing():
    said = dict(told(lambda second: 100 if second < 20 else 0))
    assert said[100.0].seconds_left is None
    assert said[100.0].per_minute == 0


def test_what_was_done_before_a_kill_is_no_pace_of_now():
    said = told(lambda _: 10, whole=9_000, before=8_000, seconds=20)
    assert said[-1][1].seconds_left == pytest.approx(80, abs=3)


def test_how_many_there_are_need_not_be_known():
    progress = Forecast(0.0).look(10.0, 50, None)
    assert (progress.percent, progress.seconds_left, progress.per_minute) == (None, None, 300)
    assert str(progress) == "50, 300 a minute"


@pytest.mark.parametrize(
    ("progress", "said"),
    [
        (Progress(0, 10), "0 of 10, 0 a minute"),
        (Progress(5, 10, 30, 10), "5 of 10, 30 a minute, 0:00:10 left"),
        (Progress(10, 10, 60, 0), "10 of 10, 60 a minute"),
    ],
)
def test_it_is_told_in_words(progress, said):
    assert str(progress) == said


@pytest.mark.parametrize(("done", "whole", "percent"), [(0, 3, 0), (999, 1000, 99), (1000, 1000, 100), (5, 0, None)])
def test_a_hundred_percent_is_all_of_it(done, whole, percent):
    assert Progress(done, whole).percent == percent
