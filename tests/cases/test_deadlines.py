"""The days of a request, against a calculation of the tests' own: no library of holidays, no library of months."""

import dataclasses
import datetime as dt
import functools

import pytest

from portal import clock, config
from portal.cases import deadline_words, deadlines
from portal.cases.codes import Regime, State
from portal.cases.deadlines import Urgency, Why, reckon
from portal.cases.models import Case
from portal.language import translator
from tests.cases.timed import case

DAY = dt.timedelta(days=1)
FIRST, LAST = dt.date(2024, 1, 1), dt.date(2035, 12, 31)
PAUSES = (None, (0, 0), (0, 1), (3, 14), (10, 31), (27, 100))
"""Asked for so many days after receipt, answered so many days later; None: not asked."""
MOVES = {Why.WEEKEND, Why.HOLIDAY, Why.MIDSUMMER}


def easter(year: int) -> dt.date:
    """Gregorian computus (Meeus, Jones, Butcher)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    week = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 19 * week) // 433
    month = (h + week - 7 * m + 90) // 25
    return dt.date(year, month, (h + week - 7 * m + 33 * month + 19) % 32)


@functools.cache
def free(year: int) -> frozenset[dt.date]:
    """The days on which no time ends in Finland, weekends apart. Christmas Eve is not among them."""
    resurrection = easter(year)
    midsummer = next(day for n in range(20, 27) if (day := dt.date(year, 6, n)).weekday() == 5)
    fixed = ((1, 1), (1, 6), (5, 1), (12, 6), (12, 25), (12, 26))
    return frozenset(
        {
            *(dt.date(year, month, day) for month, day in fixed),
            resurrection - 2 * DAY,
            resurrection + DAY,
            resurrection + 39 * DAY,
            midsummer - DAY,
        }
    )


def ends(day: dt.date) -> dt.date:
    while day.weekday() > 4 or day in free(day.year):
        day += DAY
    return day


def months(day: dt.date, count: int) -> dt.date:
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    length = (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month]
    return dt.date(year, month + 1, min(day.day, length))


def last_day(received: dt.date, regime: str, extended: bool) -> dt.date:
    own, public = months(received, 3 if extended else 1), months(received, 1) if extended else received + 14 * DAY
    return {"data_protection": own, "public_access": public, "both": min(own, public)}[regime]


@pytest.mark.parametrize("regime", list(Regime))
@pytest.mark.parametrize("extended", [False, True])
def test_every_day_of_twelve_years_comes_out_as_the_tests_own_calendar_has_it(settings, regime, extended):
    received, differences, seen = FIRST, [], 0
    while received <= LAST:
        end = last_day(received, regime, extended)
        promise = end if extended else min(received + 28 * DAY, end)
        for pause in PAUSES:
            asked, length = (None, 0) if pause is None else pause
            paused = None if asked is None else received + asked * DAY
            resumed = None if paused is None else paused + length * DAY
            expected = (
                ends(end + length * DAY),
                end + length * DAY,
                ends(end),
                promise + length * DAY,
                promise + (length - 7) * DAY,
                length,
            )
            closed = reckon(received, regime=regime, paused_on=paused, resumed_on=resumed, extended=extended)
            under_way = reckon(received, regime=regime, paused_on=paused, today=resumed, extended=extended)
            for found in (closed, under_way):
                seen += 1
                told = {line.code: line.day for line in found.lines}
                if (
                    (found.statutory, found.unrolled, found.unpaused, found.working, found.internal, found.stood)
                    != expected
                    or told[Why.STATUTORY] != expected[0]
                    or told[Why.RECEIVED] != received
                    or (expected[0] != expected[1]) != bool(told.keys() & MOVES)
                    or told.get(Why.WITH_PAUSE, end) != expected[1]
                ):
                    differences.append((received, pause))
        received += DAY
    assert differences == []
    assert seen == 4383 * 2 * len(PAUSES)


@pytest.mark.parametrize(
    ("received", "due", "why"),
    [
        ((2026, 8, 31), (2026, 9, 30), Why.MONTH_CLAMPED),
        ((2027, 1, 29), (2027, 3, 1), Why.WEEKEND),  # 28 February is a Sunday
        ((2028, 1, 30), (2028, 2, 29), Why.MONTH_CLAMPED),
        ((2026, 3, 3), (2026, 4, 7), Why.HOLIDAY),  # Good Friday, and all of Easter
        ((2026, 5, 19), (2026, 6, 22), Why.MIDSUMMER),
        ((2026, 11, 6), (2026, 12, 7), Why.WEEKEND),  # Independence Day is a Sunday
        ((2026, 11, 24), (2026, 12, 24), Why.CHRISTMAS_EVE),
        ((2028, 11, 24), (2028, 12, 27), Why.WEEKEND),  # Christmas Eve is a Sunday: as any Sunday
        ((2029, 11, 22), (2029, 12, 24), Why.CHRISTMAS_EVE),  # the Saturday moves to Christmas Eve and no further
        ((2026, 11, 25), (2026, 12, 28), Why.HOLIDAY),
    ],
)
def test_a_day_that_is_known_by_heart(settings, received, due, why):
    found = reckon(dt.date(*received))
    assert found.statutory == dt.date(*due)
    assert why in {line.code for line in found.lines}


def test_the_days_of_the_city_follow_the_settings(settings):
    config.use(dataclasses.replace(settings, case_working_days=20, case_internal_days=15))
    found = reckon(dt.date(2026, 9, 1))
    assert (found.working, found.internal) == (dt.date(2026, 9, 21), dt.date(2026, 9, 16))
    config.use(dataclasses.replace(settings, case_working_days=40))
    assert reckon(dt.date(2026, 9, 1)).working == dt.date(2026, 10, 1), "never later than the law's month"


def test_the_derivation_reads_as_sentences_in_both_languages(settings):
    found = reckon(
        dt.date(2026, 8, 31), paused_on=dt.date(2026, 9, 2), resumed_on=dt.date(2026, 9, 3), regime=Regime.BOTH
    )
    said = deadline_words.said(found.lines, translator("sv"))
    assert [(line.code, f"{line.day:%-d.%-m.}") for line in said] == [
        (Why.RECEIVED, "31.8."),
        (Why.MONTH_CLAMPED, "30.9."),
        (Why.PUBLIC, "14.9."),
        (Why.EARLIER, "14.9."),
        (Why.PAUSED, "2.9."),
        (Why.RESUMED, "3.9."),
        (Why.WITH_PAUSE, "15.9."),
        (Why.STATUTORY, "15.9."),
        (Why.WORKING_BY_LAW, "15.9."),
        (Why.INTERNAL, "8.9."),
    ]
    assert "en dag" in said[6].words
    letter = deadline_words.said(found.lines, translator("sv"), only=deadline_words.THE_LAW_S)
    assert [line.code for line in letter][-1] == Why.STATUTORY


def test_every_line_and_every_urgency_has_its_words():
    assert set(deadline_words.WORDS) == set(Why)
    assert set(deadline_words.URGENCIES) == set(deadline_words.TONES) == set(Urgency)
    counted = {why for why, text in deadline_words.WORDS.items() if "%(days)s" in text}
    assert set(deadline_words.ONE_DAY) | set(deadline_words.NO_DAY) <= counted


def test_the_urgency_is_told_by_the_days_of_the_row(people):
    row = case(people, received_on=dt.date(2026, 9, 1))  # due 1 October, promised 29 September, proposed 22 September
    expected = {
        dt.date(2026, 9, 22): (Urgency.OK, "I god tid: 9 dagar kvar"),
        dt.date(2026, 9, 23): (Urgency.WORKING, "Stadens egen dag förbi: 8 dagar kvar"),
        dt.date(2026, 9, 24): (Urgency.SOON, "Bråttom: 7 dagar kvar"),
        dt.date(2026, 9, 30): (Urgency.SOON, "Bråttom: en dag kvar"),
        dt.date(2026, 10, 1): (Urgency.TODAY, "Sista dagen i dag"),
        dt.date(2026, 10, 2): (Urgency.LATE, "Försenad: en dag"),
        dt.date(2026, 10, 4): (Urgency.LATE, "Försenad: 3 dagar"),
    }
    for day, told in expected.items():
        assert (deadlines.urgency(row, day), deadline_words.urgency_said(row, translator("sv"), day)) == told
        assert deadlines.is_late(row, day) == (told[0] == Urgency.LATE)
    row.state = State.PROPOSED
    assert deadlines.urgency(row, dt.date(2026, 9, 23)) == Urgency.OK, "the proposal is there; the promise still holds"
    row.paused_on = dt.date(2026, 9, 3)
    assert deadlines.urgency(row, dt.date(2026, 10, 2)) == Urgency.PAUSED
    assert not deadlines.is_late(row, dt.date(2026, 10, 2))
    row.state = State.DISPATCHED
    assert deadlines.urgency(row, dt.date(2026, 10, 2)) == Urgency.ANSWERED


def test_a_clock_that_stands_is_reckoned_to_today(settings):
    with clock.frozen(clock.day_start(dt.date(2026, 9, 10))):
        found = reckon(dt.date(2026, 9, 1), paused_on=dt.date(2026, 9, 4))
    assert (found.stood, found.unrolled, found.unpaused) == (6, dt.date(2026, 10, 7), dt.date(2026, 10, 1))


def test_a_day_of_receipt_that_is_corrected_to_after_the_question_counts_from_receipt(settings):
    found = reckon(dt.date(2026, 9, 3), paused_on=dt.date(2026, 9, 1), resumed_on=dt.date(2026, 9, 5))
    assert (found.stood, found.unrolled) == (2, dt.date(2026, 10, 5))


def test_a_row_keeps_what_is_reckoned_of_it(people):
    row: Case = case(people, received_on=dt.date(2026, 9, 1), regime=Regime.PUBLIC_ACCESS)
    assert deadlines.store(row) == {
        "due_on": dt.date(2026, 9, 15),
        "working_on": dt.date(2026, 9, 15),
        "internal_on": dt.date(2026, 9, 8),
    }
    assert deadlines.first_limit(row) == dt.date(2026, 9, 15)
