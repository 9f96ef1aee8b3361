"""The figures of each day: counted from the register and the log, counted anew while they may change, then kept."""

import datetime as dt

import pytest

from portal import clock
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.cases import intake
from portal.cases.codes import Outcome, State
from portal.cases.models import Case
from portal.db import db
from portal.recordings.models import Purpose, Told
from portal.register import counting
from portal.register.counting import LATE, Step, What
from portal.register.figure_models import DayFigure, DaySettled
from portal.retention import watch
from portal.retention.models import PurgeLine, Rule, Sweep
from tests.calls import recording
from tests.cases.made import typed

DAY = dt.date(2026, 9, 8)


@pytest.fixture(autouse=True)
def trusted(settings):
    """The clock has been seen to go right."""
    with clock.frozen(at(dt.date(2026, 8, 31))):
        watch.look()


def at(day: dt.date = DAY, hour: int = 10, minute: int = 0) -> dt.datetime:
    return clock.from_local(dt.datetime.combine(day, dt.time(hour, minute)))


def said(act: Act, subject=None, *, moment: dt.datetime | None = None, times: int = 1, **detail) -> None:
    with clock.frozen(moment or at()), db.atomic():
        for _ in range(times):
            record(act, subject, **detail)


def count(now: dt.datetime) -> int:
    with clock.frozen(now):
        return counting.count_due()


def kept(day: dt.date = DAY) -> dict[tuple, tuple[int, int]]:
    rows = DayFigure.select().where(DayFigure.day == day)
    return {(row.queue_id, row.what, row.of): (row.count, row.total) for row in rows}


def days_after(days: int, day: dt.date = DAY) -> dt.datetime:
    """So long after the day's end."""
    return clock.day_start(day + dt.timedelta(days=1 + days)) + dt.timedelta(minutes=1)


def deleted(row, rule: str, moment: dt.datetime) -> None:
    line = PurgeLine.create(kind="recording", subject=row.uuid, queue_id=row.queue_id, rule=rule, due_at=moment)
    PurgeLine.update(purged_at=moment).where(PurgeLine.id == line.id).execute()


def answered(people, *, received: str, sent: str, outcome: str, late: bool = False, **more) -> None:
    with clock.frozen(at(dt.date(2026, 9, 1))):
        case = intake.register(typed(numbers=(), received_on=dt.date.fromisoformat(received)), by=people.clerk)
    Case.update(outcome=outcome, state=State.DISPATCHED, **more).where(Case.id == case.id).execute()
    said(Act.CASE_DISPATCHED, case, by=people.clerk, day=sent, late=late)


def test_a_day_has_a_figure_of_each_thing_and_service_number(people):
    day_care, elderly = people.daycare.id, people.elderly.id
    first = recording(people.daycare, started_at=at(hour=0), seconds=2)
    recording(people.daycare, started_at=at(hour=23, minute=59), seconds=3)
    recording(people.elderly, started_at=at(), told=Told.NO)
    recording(people.daycare, started_at=at(DAY + dt.timedelta(days=1), 0))
    recording(people.daycare, started_at=at(DAY - dt.timedelta(days=1), 23, 59))
    said(Act.PLAYED, first, purpose=Purpose.QUALITY, times=6)
    said(Act.PLAYED, first, purpose=Purpose.REQUEST)
    said(Act.PLAYED, first, purpose=Purpose.QUALITY, moment=at(DAY + dt.timedelta(days=1), 0))
    for act in (Act.HOLD_PLACED, Act.RESTRICTED, Act.RESTRICTION_LIFTED, Act.HOLD_RELEASED):
        said(act, first)
    said(Act.HOLD_PLACED, first)
    said(Act.INCIDENT_OPENED)
    said(Act.CASE_REGISTERED, rights=["access", "erasure"])
    said(Act.CASE_REGISTERED, rights=["access"])
    deleted(first, Rule.RETENTION, at(hour=3))
    deleted(recording(people.elderly, started_at=at(dt.date(2026, 8, 1))), Rule.ERASURE, at(hour=3))
    answered(people, received="2026-08-20", sent="2026-09-08", outcome=Outcome.GRANTED)
    answered(people, received="2026-08-29", sent="2026-09-07", outcome=Outcome.GRANTED, late=True)
    again = {"reopened_on": dt.date(2026, 9, 4)}
    answered(people, received="2026-06-01", sent="2026-09-08", outcome=Outcome.REFUSED, **again)
    count(days_after(0))
    assert kept() == {
        (day_care, What.CALLS, Told.YES): (2, 5),
        (elderly, What.CALLS, Told.NO): (1, 2),
        (day_care, What.CALLERS, Told.YES): (2, 0),
        (elderly, What.CALLERS, Told.NO): (1, 0),
        (day_care, What.LISTENS, Purpose.QUALITY): (6, 0),
        (day_care, What.LISTENS, Purpose.REQUEST): (1, 0),
        (day_care, What.HOLDS, Step.PLACED): (2, 0),
        (day_care, What.HOLDS, Step.LIFTED): (1, 0),
        (day_care, What.RESTRICTIONS, Step.PLACED): (1, 0),
        (day_care, What.RESTRICTIONS, Step.LIFTED): (1, 0),
        (day_care, What.DELETIONS, "retention"): (1, 0),
        (elderly, What.DELETIONS, "erasure"): (1, 0),
        (0, What.INCIDENTS, Step.OPENED): (1, 0),
        (0, What.REQUESTS, "access"): (2, 0),
        (0, What.REQUESTS, "erasure"): (1, 0),
        (0, What.ANSWERS, Outcome.GRANTED): (1, 19),
        (0, What.ANSWERS, Outcome.GRANTED + LATE): (1, 9),
        (0, What.ANSWERS, Outcome.REFUSED): (1, 4),
    }


def test_a_day_is_counted_anew_for_a_week_and_then_stays_whatever_is_deleted(people):
    row = recording(people.daycare, started_at=at())
    key = (people.daycare.id, What.CALLS, Told.YES)
    said(Act.SIGNED_IN)
    assert count(at(hour=23)) == 0, "the day is not over"
    assert count(days_after(0)) == 1
    assert kept()[key][0] == 1
    recording(people.daycare, started_at=at(hour=12))  # came in late
    count(days_after(6))
    assert kept()[key][0] == 2
    assert not DaySettled.get(DaySettled.day == DAY).settled
    count(days_after(7))
    assert counting.settled_until() == DAY
    recording(people.daycare, started_at=at(hour=13))
    type(row).delete().where(type(row).id == row.id).execute()
    before = kept()
    assert count(days_after(7)) == 7, "the seven days after it"
    assert kept() == before
    assert not counting._store(DAY, []), "settled by another round meanwhile"
    assert kept() == before


def test_after_a_standstill_every_day_is_counted_and_a_repeated_round_changes_nothing(people):
    for days in range(0, 40, 3):
        recording(people.daycare, started_at=at(DAY + dt.timedelta(days=days)))
    said(Act.SIGNED_IN)
    later = days_after(60)
    assert count(later) == 61
    assert counting.settled_until() is None
    everything = list(DayFigure.select().order_by(DayFigure.day).dicts())
    assert sum(row["count"] for row in everything if row["what"] == What.CALLS) == 14
    assert count(later) == 61
    again = list(DayFigure.select().order_by(DayFigure.day).dicts())
    assert [{**row, "id": 0} for row in again] == [{**row, "id": 0} for row in everything]
    assert Sweep.get(Sweep.name == "figures").good_at == later


def test_old_calls_that_are_brought_in_are_counted_also_when_a_round_came_between(people):
    recording(people.daycare, started_at=at())
    said(Act.SIGNED_IN, moment=at(DAY + dt.timedelta(days=60)))
    count(days_after(60))
    recording(people.daycare, started_at=at(hour=12))  # the same delivery, an hour later
    recording(people.daycare, started_at=at(DAY - dt.timedelta(days=20)))
    count(days_after(61))
    assert kept()[people.daycare.id, What.CALLS, Told.YES][0] == 2
    assert DaySettled.select().order_by(DaySettled.day).first().day == DAY - dt.timedelta(days=20)
    count(days_after(67))
    assert counting.settled_until() == DAY + dt.timedelta(days=60)
    unsettled = DaySettled.select().where(~DaySettled.settled).order_by(DaySettled.day)
    assert unsettled.first().day == DAY - dt.timedelta(days=20), "first counted a day later"
    count(days_after(68))
    assert not DaySettled.select().where(~DaySettled.settled, DaySettled.day < DAY).exists()
    assert kept()[people.daycare.id, What.CALLS, Told.YES][0] == 2


def test_a_day_settles_before_its_calls_begin_to_be_deleted(people):
    """Of a deleted call nobody knows whether the caller was told."""
    old, young = dt.date(2026, 9, 8), dt.date(2026, 9, 9)
    for day in (old, young):
        recording(people.daycare, started_at=at(day))
    said(Act.SIGNED_IN)
    count(at(dt.date(2026, 12, 7)))
    assert counting.settled_until() == old
    recording(people.daycare, started_at=at(old))
    count(at(dt.date(2026, 12, 7)))
    assert kept(old)[people.daycare.id, What.CALLS, Told.YES][0] == 1


def test_a_call_from_before_the_register_makes_no_days_without_end(people):
    recording(people.daycare, started_at=dt.datetime(1990, 1, 1, tzinfo=dt.UTC))
    said(Act.SIGNED_IN)
    count(days_after(0))
    assert DaySettled.select().order_by(DaySettled.day).first().day == dt.date(2026, 5, 8)


def test_days_are_helsinkis_also_when_the_clocks_change(people):
    autumn = dt.date(2026, 10, 25)
    said(Act.SIGNED_IN, moment=at(autumn))
    for moment in (dt.datetime(2026, 10, 24, 21, 0), dt.datetime(2026, 10, 25, 21, 59, 59)):
        recording(people.daycare, started_at=moment.replace(tzinfo=dt.UTC))
    recording(people.daycare, started_at=dt.datetime(2026, 10, 25, 22, 0, tzinfo=dt.UTC))
    count(days_after(1, autumn))
    assert kept(autumn)[people.daycare.id, What.CALLS, Told.YES] == (2, 4)
    assert kept(autumn)[people.daycare.id, What.CALLERS, Told.YES] == (2, 0)


def test_a_round_that_is_cut_short_leaves_the_day_as_it_was(people, monkeypatch):
    recording(people.daycare, started_at=at())
    said(Act.SIGNED_IN)
    count(days_after(0))
    before = kept()
    recording(people.daycare, started_at=at(hour=12))
    broken = [counting.Figure(0, What.INCIDENTS, Step.OPENED, None)]  # the database refuses
    with pytest.raises(Exception, match="NOT NULL"), clock.frozen(days_after(1)):
        counting._store(DAY, broken)
    assert kept() == before


def test_nothing_is_counted_while_the_clock_is_doubted(people, monkeypatch):
    recording(people.daycare, started_at=at())
    said(Act.SIGNED_IN)
    monkeypatch.setattr(watch, "doubts_clock", lambda: True)
    assert count(days_after(30)) == 0
    assert not DaySettled.select().exists()
