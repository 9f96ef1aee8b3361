"""A case closes on the day its freeze lifts, or before it when nothing remains; none closes without a letter sent."""

import datetime as dt

import pytest

from portal import clock
from portal.cases import actions, ending
from portal.cases.codes import CopyState, Decision, State
from portal.cases.models import Copy
from portal.errors import Denied, NotFound
from portal.retention import freezes, watch
from tests.cases import answered
from tests.cases.answered import TODAY, case, fresh, sent
from tests.retention import kept

DAY = dt.timedelta(days=1)
LIFTS = answered.NOW + 14 * DAY


@pytest.fixture(autouse=True)
def _day(monkeypatch):
    monkeypatch.setattr(watch, "doubts_clock", lambda: False)  # a test's months pass in no time
    with clock.frozen(answered.NOW):
        yield


def test_the_day_closes_it_lets_go_and_sets_when_the_file_goes(people):
    made = sent(people, Decision.WHOLE)
    answered.hand_over(made, people.clerk)
    with clock.frozen(LIFTS - DAY):
        assert ending.close_due() == 0
        assert len(answered.standing(made)) == 1
    with clock.frozen(LIFTS):
        assert ending.close_due() == 1
        row = fresh(made)
        assert (row.state, row.closed_by, row.closed_at, row.purge_on) == (
            State.CLOSED,
            None,
            LIFTS,
            dt.date(2028, 9, 28),
        )
        assert not answered.standing(made)
        assert Copy.get().state in (CopyState.GOING, CopyState.GONE)
        assert ending.close_due() == 0
    assert (answered.acts(made)[-1], answered.told(made)[-1]) == ("closed", "closed")


def test_the_sweep_that_lifts_first_changes_nothing_of_it(people):
    sent(people, Decision.WITHHELD)
    with clock.frozen(answered.NOW + 30 * DAY):
        assert freezes.lift_due() == 1
        assert ending.close_due() == 1


def test_sound_that_waits_to_be_handed_over_keeps_it_open(people):
    made = sent(people, Decision.WHOLE)
    with clock.frozen(LIFTS + DAY):
        assert ending.close_due() == 0
        with pytest.raises(ending.CopyLeft):
            ending.close(made, by=people.clerk)
        Copy.update(state=CopyState.GONE).execute()
        assert ending.close_due() == 1


def test_the_handler_closes_before_the_day_and_lifts_nothing(people):
    made = sent(people, Decision.WHOLE)
    answered.hand_over(made, people.clerk)
    row = ending.close(made, by=people.clerk)
    assert (row.state, row.closed_by) == (State.CLOSED, people.clerk)
    (freeze,) = answered.standing(made)
    assert freeze.lifts_on == TODAY + 14 * DAY, "what the letter promised"
    with clock.frozen(LIFTS - DAY):
        assert freezes.lift_due() == 0
    with clock.frozen(LIFTS):
        assert ending.close_due() == 0
        assert freezes.lift_due() == 1
    with pytest.raises(actions.NotNow):
        ending.close(made, by=people.clerk)


def test_only_the_handler_of_an_answer_that_was_sent_closes(people):
    made, other = sent(people, Decision.WITHHELD), answered.second_clerk()
    before = answered.register()
    for by, error in (
        (other, actions.NotHandler),
        (people.decider, Denied),
        (people.dpo, Denied),
        (people.outsider, NotFound),
    ):
        with pytest.raises(error):
            ending.close(made, by=by)
    assert answered.register() == before
    for state in set(State) - {State.DISPATCHED}:
        unsent = case(people, state=state, lifts_on=TODAY)
        before = answered.register()
        with pytest.raises(actions.NotNow):
            ending.close(unsent, by=people.clerk)
        assert ending.close_due() == 0
        assert answered.register() == before


def test_a_call_goes_with_the_sweep_when_its_case_has_let_go(people):
    made = sent(people, Decision.WITHHELD)
    (freeze,) = answered.standing(made)
    past = freeze.recording.expires_at + DAY
    with clock.frozen(past):
        assert ending.close_due() == 1
        assert kept.sweep() == 1


def test_a_day_that_a_doubted_clock_shows_has_not_come(people, monkeypatch):
    made = sent(people, Decision.WITHHELD)
    with clock.frozen(answered.NOW + 30 * DAY):
        monkeypatch.setattr(watch, "doubts_clock", lambda: True)
        assert ending.close_due() == 0
        monkeypatch.setattr(watch, "doubts_clock", lambda: False)
        assert ending.close_due() == 1
    assert fresh(made).state == State.CLOSED


def test_one_that_cannot_be_closed_keeps_no_other_open(people, monkeypatch):
    first, second = sent(people, Decision.WHOLE), sent(people, Decision.WHOLE)
    real = ending._close

    def fails(found, *, by):
        if found.id == first.id:
            raise RuntimeError("planted")
        return real(found, by=by)

    monkeypatch.setattr(ending, "_close", fails)
    with clock.frozen(answered.NOW + dt.timedelta(days=60)):
        Copy.delete().execute()
        with pytest.raises(RuntimeError, match="planted"):
            ending.close_due()
    assert (fresh(first).state, fresh(second).state) == (State.DISPATCHED, State.CLOSED)
