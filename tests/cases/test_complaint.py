"""While an answer is complained of nothing that it needs is deleted; afterwards the days are counted anew."""

import datetime as dt

import pytest

from portal import clock
from portal.cases import actions, ending
from portal.cases.codes import Decision, State
from portal.errors import Denied, NotFound
from portal.retention import freezes, watch
from tests.cases import answered
from tests.cases.answered import TODAY, WORDS, fresh, sent
from tests.retention import kept

DAY = dt.timedelta(days=1)
COURT = "Helsingfors förvaltningsdomstol"


@pytest.fixture(autouse=True)
def _day(monkeypatch):
    monkeypatch.setattr(watch, "doubts_clock", lambda: False)  # a test's months pass in no time
    with clock.frozen(answered.NOW):
        yield


def complain(made, by, to=COURT, on=None):
    return ending.complain(made, to=to, on=on or clock.today(), by=by)


def test_what_is_frozen_stays_until_it_is_decided_and_then_gets_a_new_day(people):
    made = sent(people, Decision.WITHHELD)
    (freeze,) = answered.standing(made)
    with clock.frozen(answered.NOW + 5 * DAY):
        row = complain(made, people.clerk)
        assert (row.state, row.complaint_to, row.complaint_on) == (State.COMPLAINT, COURT, TODAY + 5 * DAY)
        assert (row.lifts_on, fresh(freeze).lifts_on) == (None, None)
        assert kept.acts(freeze.recording)[-1] == "freeze_kept"
    with clock.frozen(answered.NOW + 400 * DAY):
        assert freezes.lift_due() == ending.close_due() == 0
        assert kept.sweep() == 0, "long past its date, and still there"
        with pytest.raises(actions.NotNow):
            ending.close(made, by=people.clerk)
        row = ending.end_complaint(made, words=WORDS, by=people.clerk)
        lifts_on = TODAY + 430 * DAY
        assert (row.state, row.lifts_on, fresh(freeze).lifts_on) == (State.DISPATCHED, lifts_on, lifts_on)
        with pytest.raises(actions.NotNow):
            ending.end_complaint(made, words=WORDS, by=people.clerk)
    assert answered.acts(made)[-2:] == ["complaint", "complaint_ended"]
    assert answered.told(made)[-2:] == ["complaint", "complaint_ended"]
    with clock.frozen(answered.NOW + 430 * DAY):
        assert ending.close_due() == 1
        assert not answered.standing(made)


def test_a_closed_case_is_opened_for_it_and_what_still_exists_is_frozen_again(people):
    made, other = sent(people, Decision.WHOLE, Decision.WHOLE), answered.second_clerk()
    answered.hand_over(made, people.clerk)
    with clock.frozen(answered.NOW + 14 * DAY):
        assert ending.close_due() == 1
        assert not answered.standing(made)
        row = complain(fresh(made), other)
        assert (row.state, row.handler, row.closed_at, row.purge_on) == (State.COMPLAINT, other, None, None)
        assert [freeze.lifts_on for freeze in answered.standing(made)] == [None, None]
        ending.end_complaint(made, words=WORDS, by=other)
        assert {freeze.lifts_on for freeze in answered.standing(made)} == {TODAY + 28 * DAY}


def test_a_complaint_says_where_and_when_and_is_its_handlers(people):
    made = sent(people, Decision.WHOLE)
    other = answered.second_clerk()
    before = answered.register()
    for error, more in (
        (ending.ToNeeded, {"to": " "}),
        (ending.DayAhead, {"on": TODAY + DAY}),
        (ending.DayBefore, {"on": TODAY - DAY}),
        (actions.NotHandler, {"by": other}),
        (Denied, {"by": people.decider}),
        (Denied, {"by": people.dpo}),
        (NotFound, {"by": people.adviser}),
    ):
        with pytest.raises(error):
            complain(made, **{"by": people.clerk, **more})
    assert answered.register() == before
    complain(made, people.clerk)
    with pytest.raises(ending.WordsNeeded):
        ending.end_complaint(made, words="x", by=people.clerk)
    with pytest.raises(actions.NotHandler):
        ending.end_complaint(made, words=WORDS, by=other)
    with pytest.raises(actions.NotNow):
        complain(made, people.clerk)
    with pytest.raises(actions.NotNow):
        complain(answered.approved(people, Decision.WHOLE), people.clerk)
