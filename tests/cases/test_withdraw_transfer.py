"""A request that is taken back or belongs elsewhere gets a letter too, and is sent and closed like an answer."""

import datetime as dt

import pytest

from portal import clock
from portal.cases import actions, clockwork, deadlines, ending, letters, reminders
from portal.cases.codes import UNDECIDED, Decision, Outcome, State
from portal.errors import Denied, NotFound
from tests.cases import answered
from tests.cases.answered import WORDS, case, fresh, proposed


@pytest.fixture(autouse=True)
def _day():
    with clock.frozen(answered.NOW):
        yield


def withdraw(made, by, words=WORDS):
    return ending.withdraw(made, words=words, by=by)


def transfer(made, by, words=WORDS, to="Kervo stad"):
    return ending.transfer(made, to=to, words=words, by=by)


WAYS = [
    (withdraw, Outcome.WITHDRAWN, "case-closing", "withdrawn"),
    (transfer, Outcome.TRANSFERRED, "case-transfer", "transferred"),
]


@pytest.mark.parametrize(("act", "outcome", "kind", "name"), WAYS)
def test_it_ends_with_a_letter_and_is_then_sent(people, act, outcome, kind, name):
    for state in UNDECIDED:
        made = case(people, state=state)
        row = act(made, people.clerk)
        assert (row.state, row.outcome, answered.letters(made)) == (State.APPROVED, outcome, [(kind, "ordered")])
        assert (answered.acts(made), answered.told(made)) == ([name], [name])
        with pytest.raises(actions.NotNow):
            act(made, people.clerk)
    made = proposed(people, Decision.WHOLE)
    row = act(made, people.clerk)
    assert letters.drafts(made) == []
    assert answered.letters(made) == [("case-access", "dropped"), (kind, "ordered")]
    with pytest.raises(ending.LetterWaiting):
        ending.dispatch(made, on=answered.TODAY, how="post", by=people.clerk)
    answered.lock_letters(made)
    row = ending.dispatch(made, on=answered.TODAY, how="post", by=people.clerk)
    assert row.state == State.DISPATCHED
    assert (row.lifts_on - answered.TODAY).days == 14
    assert row.transferred_to == ("Kervo stad" if act is transfer else "")


@pytest.mark.parametrize(("act", "outcome", "kind", "name"), WAYS)
def test_it_needs_words_and_its_handler_and_an_answer_not_yet_approved(people, act, outcome, kind, name):
    made = case(people)
    before = answered.register()
    with pytest.raises(ending.WordsNeeded):
        act(made, people.clerk, words="kort")
    for by, error in (
        (answered.second_clerk, actions.NotHandler),
        (lambda: people.decider, Denied),
        (lambda: people.dpo, Denied),
        (lambda: people.manager, NotFound),
    ):
        with pytest.raises(error):
            act(made, by())
    with pytest.raises(ending.ToNeeded):
        transfer(made, people.clerk, to=" ")
    after = answered.register()
    for table in before:
        if table not in ("account", "role_grant"):
            assert before[table] == after[table]
    for made in (answered.approved(people, Decision.WHOLE), answered.sent(people, Decision.WHOLE)):
        with pytest.raises(actions.NotNow):
            act(made, people.clerk)
        assert fresh(made).outcome == Outcome.GRANTED


def test_a_clock_that_stood_goes_on_so_that_the_letter_is_not_forgotten(people):
    made = case(people, identity="unproven")
    made = clockwork.ask_identity(made, answered.WORDS, answered.WORDS, by=people.clerk)
    made = ending.withdraw(made, words=answered.WORDS, by=people.clerk)
    assert (made.resumed_on, made.due_on, deadlines.stands(made)) == (answered.TODAY, answered.DUE, False)
    with clock.frozen(answered.NOW + dt.timedelta(days=90)):
        assert not clockwork.reckon_again(made)
        assert (deadlines.urgency(made), reminders.due(made, clock.today())) == ("late", "overdue")
