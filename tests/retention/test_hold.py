"""A hold keeps a call from its commit on, apart from the others, and neither lapses nor runs on unseen."""

import datetime as dt

import pytest

from portal import clock
from portal.accounts.permissions import Permission
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.errors import NotFound
from portal.recordings.models import Recording, State
from portal.retention import actions, deletion, freezes, health, holds, protocol
from portal.retention.models import Hold, HoldState, PurgeLine
from tests.retention import kept, made


@pytest.fixture(autouse=True)
def _day():
    with clock.frozen(kept.NOW):
        yield


def test_a_held_call_is_not_deleted_and_one_beside_it_is(people):
    held, other = kept.call(people), kept.call(people, after=dt.timedelta(seconds=1))
    hold = kept.place(held, people.manager)
    assert (hold.review_on, hold.placed_by) == (kept.review(), people.manager)
    with clock.frozen(kept.PAST):
        assert kept.sweep() == 1
        assert kept.sweep() == 0
    assert (kept.fresh(held).state, kept.fresh(other).state) == (State.LIVE, State.PURGED)
    assert kept.acts(held) == ["hold_placed", "hold_moved"]


def test_the_condition_stands_in_the_claiming_statement_itself(people, monkeypatch):
    """The row was read as one that may go; the hold came between the reading and the claim."""
    row = kept.call(people)
    with clock.frozen(made.DUE - dt.timedelta(seconds=1)):
        stale = kept.fresh(row)
        kept.place(row, people.manager)
    with clock.frozen(kept.PAST):
        assert deletion._claim(stale, deletion.may_go(clock.now()), deletion.Rule.RETENTION, due_at=made.DUE) is None
    assert PurgeLine.select().count() == 0


def test_a_held_call_past_its_date_is_neither_overdue_nor_forecast(people):
    row = kept.call(people)
    with clock.frozen(made.DUE - dt.timedelta(days=2)):
        assert sum(count for _, count in protocol.forecast()) == 1
        kept.place(row, people.manager)
        assert sum(count for _, count in protocol.forecast()) == 0
    with clock.frozen(kept.PAST):
        assert actions.preview().recordings == 0
        assert health.alarm().overdue == 0


def test_a_call_freed_past_its_date_is_overdue_only_after_two_sweeps(people, settings):
    row, case = kept.call(people), kept.Case()
    freezes.freeze([row], because=case, by=people.clerk)
    with clock.frozen(kept.PAST):
        freezes.lift(case, by=people.clerk)
        assert health.alarm().overdue == 0
        assert actions.preview().recordings == 1
    with clock.frozen(kept.PAST + dt.timedelta(minutes=2 * settings.purge_minutes)):
        assert health.alarm().overdue == 1
        kept.sweep()
        assert health.alarm().overdue == 0
    assert PurgeLine.get().due_at == kept.PAST


def heard_by(person):
    return Recording.within_reach_of(person, Permission.RECORDINGS_LISTEN)


def test_a_held_call_leaves_the_ordinary_search_at_its_date_and_only_managers_hear_it(people):
    row = kept.call(people)
    kept.place(row, people.manager)
    assert Recording.visible_to(people.adviser).count() == 1
    with clock.frozen(made.DUE):
        for person in (people.adviser, people.manager, people.clerk):
            assert Recording.visible_to(person).count() == 0
        assert list(heard_by(people.manager)) == [row]
        for person in (people.adviser, people.clerk, people.outsider, people.dpo, people.admin):
            assert list(heard_by(person)) == []


@pytest.mark.parametrize("days", [0, -1])
def test_a_review_date_that_is_not_to_come_is_refused(people, days):
    with pytest.raises(holds.ReviewPast):
        kept.place(kept.call(people), people.manager, days)


def test_a_review_date_is_at_most_six_months_ahead(people):
    row = kept.call(people)
    last = clock.months_after(clock.today(), 6)
    asked = {"reason": kept.REASON, "action_ahead": kept.AHEAD, "by": people.manager}
    with pytest.raises(holds.ReviewTooFar) as refused:
        holds.place(row, review_on=last + dt.timedelta(days=1), **asked)
    assert refused.value.params == {"last": f"{last.day}.{last.month}.{last.year}"}
    assert kept.fresh(row).holds == 0
    assert holds.place(row, review_on=last, **asked).review_on == last


@pytest.mark.parametrize("today", [dt.date(2027, 8, 31), dt.date(2027, 8, 30), dt.date(2027, 8, 29)])
def test_six_months_after_the_end_of_august_is_the_end_of_february(settings, today):
    with clock.frozen(clock.day_start(today)):
        assert holds.last_review_day() == dt.date(2028, 2, 29)


def test_how_far_ahead_is_a_setting(people, monkeypatch):
    monkeypatch.setenv("PORTAL_HOLD_REVIEW_MONTHS", "1")
    from portal import config

    config.use(config.load(config.settings().data))
    with pytest.raises(holds.ReviewTooFar):
        kept.place(kept.call(people), people.manager, 32)


@pytest.mark.parametrize(
    ("missing", "error"),
    [("reason", holds.ReasonNeeded), ("action_ahead", holds.ActionNeeded)],
    ids=["why", "what for"],
)
def test_a_hold_says_why_and_for_what(people, missing, error):
    given = {"reason": kept.REASON, "action_ahead": kept.AHEAD, missing: " \n"}
    with pytest.raises(error):
        holds.place(kept.call(people), **given, review_on=kept.review(), by=people.manager)
    assert Hold.select().count() == 0


def test_a_second_hold_is_refused(people):
    row = kept.call(people)
    kept.place(row, people.manager)
    with pytest.raises(holds.AlreadyHeld):
        kept.place(row, people.second_manager)
    assert kept.fresh(row).holds == Hold.select().count() == 1


def test_nobody_but_a_manager_of_the_queue_holds(people):
    row = kept.call(people)
    for person in (people.adviser, people.clerk, people.outsider, people.dpo, people.decider, people.admin):
        with pytest.raises(NotFound):
            kept.place(row, person)
    assert kept.fresh(row).holds == 0


def test_a_call_past_its_date_is_not_held_any_more(people):
    row, case = kept.call(people), kept.Case()
    freezes.freeze([row], because=case, by=people.clerk)
    with clock.frozen(made.DUE), pytest.raises(holds.TooLate):
        kept.place(row, people.manager)
    with clock.frozen(made.DUE):
        freezes.lift(case, by=people.clerk)
        deletion.claim_due(1)
        with pytest.raises(holds.TooLate):
            kept.place(row, people.manager)
    assert Hold.select().count() == 0


def test_reminders_begin_before_the_review_date_and_stay(people, settings):
    hold = kept.place(kept.call(people), people.manager, 60)
    remind = hold.review_on - dt.timedelta(days=settings.hold_reminder_days)
    for day, reminded, missed in [
        (remind - dt.timedelta(days=1), [], []),
        (remind, [hold], []),
        (hold.review_on, [hold], []),
        (hold.review_on + dt.timedelta(days=1), [hold], [hold]),
        (hold.review_on + dt.timedelta(days=400), [hold], [hold]),
    ]:
        with clock.frozen(clock.day_start(day)):
            assert list(holds.reminders(people.second_manager)) == reminded
            assert list(holds.missed(people.second_manager)) == missed
            assert list(holds.missed(people.outsider)) == []


def test_a_missed_review_is_escalated_once_a_day_and_the_call_stays(people):
    row = kept.call(people)
    hold = kept.place(row, people.manager, 60)
    with clock.frozen(clock.day_start(hold.review_on)):
        assert holds.escalate() == 0
    for late in (1, 2, 3, 200):
        day = hold.review_on + dt.timedelta(days=late)
        for hour in (0, 9, 23):
            with clock.frozen(clock.day_start(day) + dt.timedelta(hours=hour)):
                assert holds.escalate() == (hour == 0)
                assert kept.sweep() == 0
    entries = Entry.select().where(Entry.act == Act.HOLD_REVIEW_MISSED).order_by(Entry.id)
    assert [(e.told["days_late"], e.by, e.queue_id) for e in entries] == [
        (late, None, people.daycare.id) for late in (1, 2, 3, 200)
    ]
    assert kept.fresh(hold).state == HoldState.STORED
    assert kept.fresh(row).state == State.LIVE


def test_a_clock_set_back_does_not_silence_the_escalation(people):
    hold = kept.place(kept.call(people), people.manager, 60)
    for days in (300, 2, 3):
        with clock.frozen(clock.day_start(hold.review_on + dt.timedelta(days=days))):
            assert holds.escalate() == 1


def test_the_holds_are_listed_by_review_date_for_managers_and_the_officer(people):
    later = kept.place(kept.call(people), people.manager, 90)
    sooner = kept.place(kept.call(people, after=dt.timedelta(hours=1)), people.manager, 30)
    for reader in (people.manager, people.second_manager, people.dpo):
        assert list(holds.standing(reader)) == [sooner, later]
        assert holds.get(later.uuid, by=reader) == later
    for stranger in (people.adviser, people.outsider, people.clerk, people.admin, people.decider):
        assert list(holds.standing(stranger)) == []
        with pytest.raises(NotFound):
            holds.get(later.uuid, by=stranger)
