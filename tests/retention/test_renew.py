"""A hold is renewed by another manager than the one who placed or last renewed it."""

import datetime as dt

import pytest

from portal import clock
from portal.accounts.permissions import Role
from portal.errors import Conflict, NotFound
from portal.retention import holds
from portal.retention.models import Hold, HoldRenewal
from tests.people import person
from tests.retention import kept


@pytest.fixture(autouse=True)
def _day():
    with clock.frozen(kept.NOW):
        yield


@pytest.fixture
def hold(people) -> Hold:
    return kept.place(kept.call(people), people.manager, 60)


def renew(hold, by, days=150, reason="Förundersökningen pågår"):
    holds.renew(hold, reason=reason, review_on=kept.review(days), by=by)


def test_another_manager_renews_and_the_renewal_is_kept_and_logged(people, hold):
    before = hold.review_on
    renew(hold, people.second_manager)
    hold = kept.fresh(hold)
    assert (hold.review_on, hold.renewed_by) == (kept.review(150), people.second_manager)
    renewal = HoldRenewal.get()
    assert (renewal.hold, renewal.by, renewal.at) == (hold, people.second_manager, clock.now())
    assert (renewal.review_before, renewal.review_on) == (before, hold.review_on)
    assert kept.acts(hold.recording)[-1] == "hold_renewed"


def test_the_one_who_placed_it_does_not_renew_it(people, hold):
    assert not holds.may_renew(hold, by=people.manager)
    with pytest.raises(holds.SamePerson):
        renew(hold, people.manager)
    assert kept.fresh(hold).review_on == kept.review(60)
    assert HoldRenewal.select().count() == 0


def test_the_last_one_who_renewed_it_does_not_renew_it_again(people, hold):
    renew(hold, people.second_manager)
    assert not holds.may_renew(kept.fresh(hold), by=people.second_manager)
    with pytest.raises(holds.SamePerson):
        renew(hold, people.second_manager, 170)
    renew(hold, people.manager, 170)
    assert kept.fresh(hold).review_on == kept.review(170)


def test_a_renewal_reaches_no_further_than_six_months_from_its_own_day(people, hold):
    with clock.frozen(clock.day_start(hold.review_on)):
        last = holds.last_review_day()
        with pytest.raises(holds.ReviewTooFar):
            holds.renew(hold, reason="x", review_on=last + dt.timedelta(days=1), by=people.second_manager)
        with pytest.raises(holds.ReviewPast):
            renew(hold, people.second_manager, 0)
        with pytest.raises(holds.ReasonNeeded):
            renew(hold, people.second_manager, reason=" ")
        holds.renew(hold, reason="x", review_on=last, by=people.second_manager)
    assert kept.fresh(hold).review_on == last


def test_a_missed_review_is_made_up_for_by_a_renewal_and_the_escalation_ends(people, hold):
    with clock.frozen(clock.day_start(hold.review_on + dt.timedelta(days=5))):
        assert holds.escalate() == 1
        renew(hold, people.second_manager, 30)
    with clock.frozen(clock.day_start(hold.review_on + dt.timedelta(days=6))):
        assert holds.escalate() == 0
        assert list(holds.missed(people.manager)) == []


def test_of_two_renewals_at_the_same_time_one_is_refused(people, hold, monkeypatch):
    third = person("mona", "Mona Tredjechef", Role.MANAGER, queues=(people.daycare,))
    seen = Hold.get_by_id(hold.id)
    renew(hold, people.second_manager)
    monkeypatch.setattr(holds, "_reached", lambda asked, by: seen)  # both read it before either wrote
    with pytest.raises(Conflict):
        renew(hold, third, 170)
    assert kept.fresh(hold).review_on == kept.review(150)
    assert HoldRenewal.select().count() == 1


def test_a_released_hold_is_not_renewed(people, hold):
    holds.release(hold, reason="Klart", seen=holds.Then.KEPT, by=people.manager)
    for asks in (people.second_manager, people.manager):  # the one who placed it is told the same
        with pytest.raises(holds.AlreadyReleased):
            renew(hold, asks)


def test_nobody_else_renews(people, hold):
    for other in (people.adviser, people.outsider, people.clerk, people.dpo, people.admin):
        with pytest.raises(NotFound):
            renew(hold, other)
