"""A letter that leaves apart from the answer is noted as sent, once; until then its case does not close."""

import datetime as dt

import pytest

from portal import clock
from portal.audit.acts import Act
from portal.cases import actions, ending, letters, sendings
from portal.cases.codes import Decision, SendingState, State
from portal.cases.models import Case
from portal.db import db
from portal.documents.kinds import Kind
from portal.errors import Denied, NotFound
from portal.retention import watch
from tests.cases import answered
from tests.cases.answered import TODAY, fresh, sent
from tests.cases.made import last_entry

DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _day(monkeypatch):
    monkeypatch.setattr(watch, "doubts_clock", lambda: False)
    with clock.frozen(answered.NOW):
        yield


def waiting(people, *, set_too: bool = True):
    """An answered case with a letter that waits to be sent."""
    made = sent(people, Decision.WITHHELD)
    with db.atomic():
        letter = letters.order(made, Kind.CASE_ERASED, by=people.decider, right="erasure")
        sending = sendings.order(made, letter, "erasure")
        assert sendings.order(made, letter, "erasure").id == sending.id, "asking again changes nothing"
    if set_too:
        answered.lock_letters(made)
    return made, sending


def test_it_is_noted_as_sent_with_its_day_in_the_log_and_on_the_timeline(people):
    made, sending = waiting(people)
    assert sendings.waiting(made)
    with clock.frozen(answered.NOW + DAY):
        row = sendings.sent(sending, on=TODAY, how="post", by=people.clerk)
    assert (row.state, row.sent_on, row.sent_how, row.sent_by) == (SendingState.SENT, TODAY, "post", people.clerk)
    entry, detail = last_entry(Act.CASE_LETTER_SENT)
    assert (entry.subject, entry.reference, entry.by) == (row.letter, made.number, people.clerk.uuid)
    assert detail["document"] == Kind.CASE_ERASED
    assert answered.told(made)[-1] == "letter_sent"
    assert not sendings.waiting(made)
    with pytest.raises(sendings.AlreadySent):
        sendings.sent(sending, on=TODAY, how="post", by=people.clerk)


def test_it_is_not_sent_before_it_is_made_or_on_a_day_that_cannot_be(people):
    made, sending = waiting(people, set_too=False)
    with pytest.raises(sendings.LetterWaiting):
        sendings.sent(sending, on=TODAY, how="post", by=people.clerk)
    answered.lock_letters(made)
    for refused, on, how in (
        (sendings.DayAhead, TODAY + DAY, "post"),
        (sendings.DayBefore, TODAY - DAY, "post"),
        (sendings.HowNeeded, TODAY, "pigeon"),
    ):
        with pytest.raises(refused):
            sendings.sent(sending, on=on, how=how, by=people.clerk)
    assert fresh(sending).state == SendingState.WAITING


def test_the_handler_alone_notes_it(people):
    made, sending = waiting(people)
    for refused, by in (
        (NotFound, people.adviser),
        (Denied, people.decider),
        (actions.NotHandler, answered.second_clerk()),
    ):
        with pytest.raises(refused):
            sendings.sent(sending, on=TODAY, how="post", by=by)
    Case.update(state=State.PURGED).where(Case.id == made.id).execute()
    with pytest.raises(actions.NotNow):
        sendings.sent(sending, on=TODAY, how="post", by=people.clerk)
    with pytest.raises(NotFound):
        sendings.get(sent(people, Decision.WITHHELD), sending.uuid)


def test_no_case_closes_while_one_waits(people):
    made, sending = waiting(people)
    with pytest.raises(ending.LetterLeft):
        ending.close(made, by=people.clerk)
    with clock.frozen(answered.NOW + 40 * DAY):
        assert ending.close_due() == 0
        sendings.sent(sending, on=TODAY + 40 * DAY, how="desk", by=people.clerk)
        assert ending.close_due() == 1
    assert fresh(made).state == State.CLOSED
