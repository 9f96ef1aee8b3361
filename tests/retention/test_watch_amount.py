"""An unusual amount asks first; an outage, a holiday and a short month do not."""

import dataclasses
import datetime as dt
import itertools
import uuid

import pytest

from portal import clock, config
from portal.db import db
from portal.recordings.models import Recording, State
from portal.retention import actions, health, watch
from portal.retention.models import PurgeLine
from portal.retention.watching import Cause, Pause
from tests.retention.test_watch_clock import DAY, HOUR

USUAL = 6
NUMBERS = itertools.count()


@pytest.fixture(autouse=True)
def small(settings):
    """Two hundred rows a test are many: here five already are a day that counts."""
    config.use(dataclasses.replace(settings, pause_minimum=3))


@pytest.fixture(autouse=True)
def quick(settings, monkeypatch):
    """What is judged are counts: nothing is sealed here, and nothing needs unlinking."""
    monkeypatch.setattr("portal.retention.actions.database.checkpoint", lambda: True)
    monkeypatch.setattr("os.fsync", lambda _: None)
    monkeypatch.setattr("portal.retention.actions._destroy_returned", lambda *_: None)
    monkeypatch.setattr("portal.retention.actions._forget_words", lambda: None)
    monkeypatch.setattr("portal.retention.deletion.finish", gone)
    db.execute_sql("PRAGMA synchronous = off")


def gone(line: PurgeLine) -> str:
    """A deletion without files, words and ledger."""
    PurgeLine.update(purged_at=clock.now(), result="purged").where(PurgeLine.id == line.id).execute()
    Recording.update(state=State.PURGED).where(Recording.uuid == line.subject).execute()
    return ""


def calls(queue, day: dt.date, count: int, *, expires_at=None) -> None:
    """`count` calls of `day`, spread over office hours in Helsinki."""
    base = clock.from_local(dt.datetime.combine(day, dt.time(8)))
    rows = []
    for n in range(count):
        started_at = base + n * dt.timedelta(minutes=8 * 60 // count)
        rows.append(
            {
                "id": Recording.first_id(started_at) + next(NUMBERS),
                "uuid": uuid.uuid4(),
                "source": "freepbx",
                "source_key": uuid.uuid4().hex,
                "content_key": uuid.uuid4().hex,
                "started_at": started_at,
                "ended_at": started_at,
                "duration_ms": 0,
                "expires_at": expires_at or clock.expiry(started_at),
                "received_at": started_at,
                "queue": queue,
            }
        )
    with db.atomic():
        Recording.insert_many(rows).execute()


def office(queue, first: dt.date, days: int, count: int = USUAL, closed=()) -> None:
    """Calls of every weekday of the time, but for the days `closed`."""
    for n in range(days):
        day = first + dt.timedelta(days=n)
        if day.weekday() < 5 and day not in closed:
            calls(queue, day, count)


def sweep_at(day: dt.date, hour: int = 23):
    with clock.frozen(clock.from_local(dt.datetime.combine(day, dt.time(hour)))):
        return actions.purge_due()


def overdue_at(day: dt.date, hour: int = 23) -> int:
    with clock.frozen(clock.from_local(dt.datetime.combine(day, dt.time(hour)))):
        return health.alarm().overdue


FIRST = dt.date(2026, 1, 5)


def test_twice_the_usual_day_passes_and_one_more_does_not(people):
    office(people.daycare, FIRST, 60)
    day = FIRST + dt.timedelta(days=30)
    due = clock.expiry(clock.day_start(day) + 10 * HOUR)
    for more, paused in ((USUAL, ""), (1, Cause.MANY)):
        calls(people.daycare, day, more, expires_at=due + more * dt.timedelta(seconds=1))
        with clock.frozen(due + 10 * HOUR):
            assert watch.look() is None if not paused else watch.look().cause == paused
    pause = Pause.get()
    assert (pause.day, pause.found, pause.most) == (clock.local(due).date(), 2 * USUAL + 1, 2 * USUAL)


def test_while_it_waits_nothing_is_deleted_and_after_a_persons_word_all_of_it_is(people):
    office(people.daycare, FIRST, 40)
    day = FIRST + dt.timedelta(days=30)
    due = clock.expiry(clock.day_start(day) + 10 * HOUR)
    sweep_at(clock.local(due).date() - dt.timedelta(days=1))
    calls(people.daycare, day, 5 * USUAL, expires_at=due)
    assert sweep_at(clock.local(due).date()).paused == Cause.MANY
    with clock.frozen(due + 14 * HOUR):
        watch.confirm(watch.standing(), by=people.manager)
        done = actions.purge_due()
    assert (done.paused, done.purged) == ("", 6 * USUAL)
    after = sweep_at(clock.local(due).date() + dt.timedelta(days=1))
    assert (after.paused, after.purged) == ("", USUAL)


def test_a_persons_word_is_for_what_was_there(people):
    """More that comes after it asks again."""
    office(people.daycare, FIRST, 40)
    day = FIRST + dt.timedelta(days=30)
    due = clock.expiry(clock.day_start(day) + 10 * HOUR)
    sweep_at(clock.local(due).date() - dt.timedelta(days=1))
    calls(people.daycare, day, 5 * USUAL, expires_at=due)
    assert sweep_at(clock.local(due).date()).paused
    with clock.frozen(due + 14 * HOUR):
        watch.confirm(watch.standing(), by=people.manager)
        calls(people.daycare, day - DAY, 3 * USUAL, expires_at=due)
        assert actions.purge_due().paused == Cause.MANY


def test_dates_that_were_moved_into_the_past_ask(people):
    """A fault in a rule or a migration: every live call is due at once, each on a day of its own."""
    office(people.daycare, FIRST, 60)
    first_due = clock.local(clock.expiry(clock.day_start(FIRST))).date()
    for n in range(5):
        assert sweep_at(first_due + dt.timedelta(days=n)).paused == ""
    Recording.update(expires_at=Recording.expires_at - 40 * 24 * 3600 * 1000).where(
        Recording.state == State.LIVE
    ).execute()
    done = sweep_at(first_due + dt.timedelta(days=7))
    assert (done.paused, done.purged) == (Cause.MANY, 0)
    assert Pause.get().day is None


@pytest.mark.parametrize("days", [3, 7, 30])
def test_what_an_outage_has_piled_up_is_no_surprise(people, days):
    office(people.daycare, FIRST, 70)
    first_due = clock.local(clock.expiry(clock.day_start(FIRST))).date()
    for n in range(8):
        assert sweep_at(first_due + dt.timedelta(days=n)).paused == ""
    back = first_due + dt.timedelta(days=7 + days)
    assert overdue_at(back) > 0
    done = sweep_at(back)
    assert (done.paused, done.failed) == ("", 0)
    assert overdue_at(back) == 0


def test_the_crowd_after_a_long_holiday_passes(people):
    """Easter: four days closed, then half as many again; and three months later likewise."""
    closed = {dt.date(2026, 4, 3), dt.date(2026, 4, 6)}
    office(people.daycare, dt.date(2026, 2, 16), 80, closed=closed)
    calls(people.daycare, dt.date(2026, 4, 7), USUAL - 1, expires_at=clock.expiry(clock.day_start(dt.date(2026, 4, 7))))
    day = dt.date(2026, 5, 15)
    while day < dt.date(2026, 8, 5):
        assert sweep_at(day).paused == "", day
        day += dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("first", "due", "taken"),
    [
        (dt.date(2025, 9, 8), dt.date(2026, 2, 28), 3),  # 28, 29 and 30 November
        (dt.date(2023, 9, 11), dt.date(2024, 2, 29), 2),  # 29 and 30 November
        (dt.date(2026, 6, 1), dt.date(2026, 11, 30), 2),  # 30 and 31 August
    ],
)
def test_the_last_of_a_short_month_takes_several_days_of_calls(people, first, due, taken):
    assert watch.call_days(due) == taken
    for n in range(140):
        calls(people.daycare, first + dt.timedelta(days=n), USUAL)
    day = due - dt.timedelta(days=10)
    while day <= due + dt.timedelta(days=3):
        done = sweep_at(day)
        assert done.paused == "", day
        assert overdue_at(day) == 0
        day += dt.timedelta(days=1)
    within = PurgeLine.due_at.between(clock.day_start(due), clock.day_start(due + DAY))
    assert PurgeLine.select().where(within).count() == taken * USUAL


def test_every_day_takes_the_calls_of_as_many_days_as_the_calendar_says():
    """Against the calendar itself: the expiry of every day of five years."""
    due: dict[dt.date, int] = {}
    for n in range(5 * 366):
        made = dt.date(2023, 1, 1) + dt.timedelta(days=n)
        date = clock.local(clock.expiry(clock.from_local(dt.datetime.combine(made, dt.time(15))))).date()
        due[date] = due.get(date, 0) + 1
    inner = [day for day in due if dt.date(2023, 6, 1) <= day <= dt.date(2027, 6, 1)]
    assert {day: due[day] for day in inner} == {day: watch.call_days(day) for day in inner}


@pytest.mark.parametrize(
    "restart",
    [
        dt.datetime(2026, 3, 30, 6, 0),  # summer time began on 29 March
        dt.datetime(2026, 10, 26, 6, 0),  # and ended on 25 October
        dt.datetime(2028, 3, 1, 6, 0),  # after 29 February
        dt.datetime(2027, 3, 1, 6, 0),  # after 28 February with the calls of three days
        dt.datetime(2027, 1, 7, 6, 0),  # after Epiphany
    ],
)
@pytest.mark.parametrize("hours", [72, 24 * 11])
def test_after_an_outage_nothing_is_overdue_within_an_hour_of_the_start(people, restart, hours):
    start = clock.from_local(restart)
    made = clock.local(start - 130 * DAY).date()
    for n in range(125):
        calls(people.daycare, made + dt.timedelta(days=n), USUAL)
    stopped = start - hours * HOUR
    for back in (3, 2, 1, 0):
        with clock.frozen(stopped - back * DAY):
            assert actions.purge_due().paused == ""
    with clock.frozen(start):
        assert health.alarm().overdue >= 3 * USUAL - 1
        first = actions.purge_due()
    with clock.frozen(start + HOUR):
        actions.purge_due()
        assert health.alarm().overdue == 0
        assert not health.alarm().red
    assert first.paused == ""
    early = PurgeLine.select().where(PurgeLine.claimed_at < PurgeLine.due_at).count()
    assert early == 0


def test_a_register_that_is_new_asks_only_above_the_minimum(people):
    calls(people.daycare, FIRST, 3)
    day = clock.local(clock.expiry(clock.day_start(FIRST))).date()
    assert sweep_at(day).paused == ""
    calls(people.daycare, FIRST + dt.timedelta(days=3), 4)
    assert sweep_at(day + dt.timedelta(days=3)).paused == Cause.MANY
