"""A machine that was off for 72 hours, over each of the days on which a calendar is odd: within an hour of its start
nothing is overdue, and nothing goes before its date."""

import dataclasses
import datetime as dt

import pytest

from portal import clock, config
from portal.clock import Machine
from portal.recordings.models import Recording, State
from portal.retention import actions, health, watch
from portal.retention.models import PurgeLine
from portal.retention.watching import Cause
from portal.vault import keystore, objects
from tasks.retention import purge_due, tend_kept
from tasks.rounds import ROUNDS
from tests import kill
from tests.calls import recording
from tests.faults import dates

HOURS, HOUR = 72, dt.timedelta(hours=1)
OUTAGES = {
    "spring 2027": dt.datetime(2027, 3, 28, 12),
    "spring 2028": dt.datetime(2028, 3, 26, 5),
    "autumn 2027": dt.datetime(2027, 10, 31, 12),
    "autumn 2028": dt.datetime(2028, 10, 29, 4),
    "leap day": dt.datetime(2028, 3, 1, 8),
    "on the leap day": dt.datetime(2028, 2, 29, 23),
    "short month of a leap year": dt.datetime(2028, 2, 29, 14),
    "short month": dt.datetime(2027, 3, 1, 9),
    "no odd day": dt.datetime(2027, 6, 16, 12),
}
"""When the machine is on again, by Helsinki's clocks."""
PER_DAY = (8, 11, 15)
"""Hours at which a call came in on each day, weekends too."""


@pytest.fixture(autouse=True)
def _quick(settings, monkeypatch):
    kill.without_waiting(monkeypatch)
    config.use(dataclasses.replace(settings, pause_minimum=len(PER_DAY) - 1))


class Worker:
    """A worker's rounds on a machine that is started at `on`, for as long as somebody runs them."""

    def __init__(self, boot: str, on: dt.datetime, synchronised: bool = False) -> None:
        self.boot, self.on, self.synchronised = boot, on, synchronised

    def at(self, moment: dt.datetime):
        return Machine(self.boot, (moment - self.on).total_seconds(), self.synchronised)

    def run(self, start: dt.datetime, end: dt.datetime, every: dt.timedelta | None = None) -> list[actions.Summary]:
        """The sweeps at the intervals of the rounds (or `every`), each by the clock of its moment."""
        seconds = {r.task: r.seconds() for r in ROUNDS}
        assert seconds[purge_due] == seconds[tend_kept]
        step = every or dt.timedelta(seconds=seconds[purge_due])
        done, moment = [], start
        while moment <= end:
            with clock.frozen(moment), clock.on(self.at(moment)):
                actions.tend_kept()
                done.append(actions.purge_due())
            moment += step
        never_early()
        return done


def never_early() -> None:
    for row in Recording.select().where(Recording.state != State.LIVE):
        line = PurgeLine.get(PurgeLine.subject == row.uuid)
        assert dates.ms(line.claimed_at) >= dates.goes_at(dates.ms(row.ended_at)), "deleted before its date"


def calls_of(people, first: dt.date, days: int) -> None:
    for day in (first + dt.timedelta(days=n) for n in range(days)):
        for hour in PER_DAY:
            started = clock.from_local(dt.datetime.combine(day, dt.time(hour, 7)))
            with clock.frozen(started + dt.timedelta(minutes=5)):
                recording(people.daycare, started_at=started, adviser=people.adviser, sound=b"RIFF", ready=False)


def due_in(start: dt.datetime, end: dt.datetime) -> list[Recording]:
    rows = Recording.select()
    return [row for row in rows if dates.ms(start) < dates.goes_at(dates.ms(row.ended_at)) <= dates.ms(end)]


def swept_until(people, on_again: dt.datetime) -> dt.datetime:
    """Calls of the days that fall due around the outage, and sweeps up to its start. When that is."""
    off = on_again - HOURS * HOUR
    calls_of(people, clock.local(off).date() - dt.timedelta(days=100), 16)
    before = Worker("before", off - 400 * 24 * HOUR)
    assert not any(done.paused for done in before.run(off - 120 * HOUR, off, every=8 * HOUR))
    return off


def nothing_is_left(at: dt.datetime) -> None:
    """By the banner's count, and by a calendar of our own."""
    with clock.frozen(at):
        health.forget()
        alarm = health.alarm()
        assert (alarm.overdue, alarm.silent, alarm.red) == (0, False, False)
    for row in Recording.select():
        due = dates.goes_at(dates.ms(row.ended_at)) <= dates.ms(at)
        assert (row.state == State.PURGED) == due
        there = keystore.exists(row.uuid) or objects.anything(row.uuid)
        assert there != due


WAYS = [pytest.param(name, "after", id=f"{name}, machine was off") for name in OUTAGES] + [
    pytest.param(name, "before", id=f"{name}, worker was dead", marks=() if name == "leap day" else pytest.mark.soak)
    for name in OUTAGES
]


@pytest.mark.parametrize(("name", "boot"), WAYS)
def test_after_an_outage_nothing_is_overdue_within_an_hour(people, name, boot):
    on_again = clock.from_local(OUTAGES[name])
    off = swept_until(people, on_again)
    late = due_in(off, on_again)
    assert len(late) >= len(PER_DAY), "nothing fell due meanwhile"
    with clock.frozen(on_again):
        assert health.alarm().silent, "nobody saw that it was dead"
        assert health.alarm().overdue > 0
    machine = Worker(boot, on_again if boot == "after" else off - 400 * 24 * HOUR, synchronised=boot == "after")
    done = machine.run(on_again, on_again + HOUR)
    assert not any(sweep.paused or sweep.failed for sweep in done), "an outage is no reason to ask"
    assert done[0].purged >= len(late), "the first sweep takes all"
    nothing_is_left(on_again + HOUR)


@pytest.mark.parametrize("name", ["spring 2028", "autumn 2027", "leap day"])
def test_calls_that_come_in_bear_out_a_clock_without_a_time_service(people, name):
    on_again = clock.from_local(OUTAGES[name])
    swept_until(people, on_again)
    with clock.frozen(on_again):
        recording(people.daycare, started_at=on_again - HOUR, adviser=people.adviser, sound=b"RIFF", ready=False)
    assert not any(done.paused for done in Worker("after", on_again).run(on_again, on_again + HOUR))
    nothing_is_left(on_again + HOUR)


@pytest.mark.parametrize("name", ["spring 2027", "autumn 2028", "on the leap day"])
def test_a_clock_that_nothing_bears_out_asks_and_an_answer_lets_all_go_within_the_hour(people, name):
    on_again = clock.from_local(OUTAGES[name])
    off = swept_until(people, on_again)
    late, machine = due_in(off, on_again), Worker("after", on_again)
    asked = machine.run(on_again, on_again + HOUR / 2)
    assert {done.paused for done in asked} == {Cause.CLOCK_AHEAD}
    assert sum(done.purged for done in asked) == 0
    answered = on_again + HOUR / 2 + dt.timedelta(minutes=1)
    with clock.frozen(answered), clock.on(machine.at(answered)):
        health.forget()
        assert health.alarm().paused
        assert health.alarm().overdue >= 1
        watch.confirm(watch.standing(), by=people.admin)
    done = machine.run(answered + dt.timedelta(minutes=4), on_again + HOUR)
    assert not any(sweep.paused for sweep in done)
    assert sum(sweep.purged for sweep in done) >= len(late)
    nothing_is_left(on_again + HOUR)


@pytest.mark.parametrize(("name", "day", "days"), [("short month", 28, 3), ("short month of a leap year", 29, 2)])
def test_all_that_falls_due_on_the_last_of_february_goes_at_once(people, name, day, days):
    """The calls of the last days of November all go on one day; that, after an outage, is no unusual amount."""
    on_again = clock.from_local(OUTAGES[name])
    off = swept_until(people, on_again)
    on_it = [
        row
        for row in due_in(off, on_again + 9 * HOUR)
        if dates.day_of(dates.goes_at(dates.ms(row.ended_at))).day == day
    ]
    assert {clock.local(row.started_at).date().month for row in on_it} == {11}
    assert len(on_it) == days * len(PER_DAY)
    machine = Worker("after", on_again, synchronised=True)
    assert not any(sweep.paused for sweep in machine.run(on_again, on_again + 10 * HOUR, every=HOUR / 2))
    nothing_is_left(on_again + 10 * HOUR)
    assert {Recording.get_by_id(row.id).state for row in on_it} == {State.PURGED}
