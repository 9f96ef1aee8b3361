"""The answer leaves when its letter and its sound are there, and from then on the days of the freeze are counted."""

import datetime as dt

import pytest

from portal import clock
from portal.cases import actions, ending, letters, sendings
from portal.cases.codes import CopyState, Decision, State
from portal.cases.models import Copy
from portal.db import db
from portal.documents.kinds import Kind
from portal.documents.models import Document
from portal.errors import Denied, NotFound
from portal.recordings.models import Recording
from portal.retention import watch
from tests.cases import answered
from tests.cases.answered import DUE, TODAY, fresh, ready

W, M, N = Decision.WHOLE, Decision.MUTED, Decision.WITHHELD
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _day():
    with clock.frozen(answered.NOW):
        yield


def send(made, people, **more):
    return ending.dispatch(made, **{"on": clock.today(), "how": "post", "by": people.clerk, **more})


def refused(made, people, error, **more):
    before = answered.register()
    with pytest.raises(error):
        send(made, people, **more)
    assert answered.register() == before


@pytest.mark.parametrize(("decision", "days"), [(W, 14), (M, 30), (N, 30), (None, 14)])
def test_what_is_sent_lets_go_on_the_day_of_its_outcome(people, decision, days):
    made = ready(people, *([decision] if decision else []))
    row = send(made, people)
    lifts_on = TODAY + dt.timedelta(days=days)
    assert (row.state, row.dispatched_on, row.dispatched_by, row.dispatched_how, row.late_reason) == (
        State.DISPATCHED,
        TODAY,
        people.clerk,
        "post",
        "",
    )
    assert row.lifts_on == lifts_on
    assert {freeze.lifts_on for freeze in answered.standing(made)} == ({lifts_on} if decision else set())
    assert (answered.acts(made)[-1], answered.told(made)[-1]) == ("dispatched", "dispatched")
    refused(made, people, actions.NotNow)


def test_nothing_is_sent_before_its_letter_and_copy_are_there(people):
    made = answered.approved(people, M)
    for state in ("ordered", "failed"):
        Document.update(state=state).execute()
        refused(made, people, ending.LetterWaiting)
    Document.update(state="dropped").execute()
    refused(made, people, ending.LetterWaiting)
    Document.update(state="locked", kind="case-receipt").execute()
    refused(made, people, ending.LetterWaiting)
    Document.update(kind="case-partial").execute()
    with db.atomic():
        letters.order(made, Kind.CASE_EXTENSION, by=people.clerk)
    refused(made, people, ending.LetterWaiting)
    answered.lock_letters(made)
    for state in (CopyState.ORDERED, CopyState.FAILED, CopyState.GONE):
        Copy.update(state=state).execute()
        refused(made, people, ending.CopyWaiting)
    answered.make_copies(made)
    send(made, people)


def test_the_day_is_neither_ahead_nor_before_the_approval(people):
    made = ready(people, W)
    with clock.frozen(answered.NOW + 2 * DAY):
        for day in (TODAY - DAY, TODAY + 3 * DAY):
            refused(made, people, sendings.DayBefore if day < TODAY else sendings.DayAhead, on=day)
        refused(made, people, ending.HowNeeded, how="pigeon")
        assert send(made, people, on=TODAY).lifts_on == TODAY + 14 * DAY


def test_a_late_answer_says_why(people):
    made = ready(people, W)
    after = answered.NOW + (DUE - TODAY) + DAY
    with clock.frozen(after):
        refused(made, people, ending.LateReasonNeeded)
        refused(made, people, ending.LateReasonNeeded, late_reason="sjuk")
        row = send(made, people, late_reason=answered.WORDS)
        assert (row.late_reason, answered.told(made)[-1]) == (answered.WORDS, "dispatched")
    made = ready(people, W)
    with clock.frozen(after):
        assert send(made, people, on=DUE, late_reason=answered.WORDS).late_reason == "", "it left in time"


def test_the_last_day_itself_is_in_time(people):
    made = ready(people, W)
    with clock.frozen(answered.NOW + (DUE - TODAY)):
        assert send(made, people).late_reason == ""


def test_only_the_handler_sends(people):
    made = ready(people, W)
    for by, error in (
        (answered.second_clerk(), actions.NotHandler),
        (people.decider, Denied),
        (people.dpo, Denied),
        (people.adviser, NotFound),
        (people.admin, NotFound),
    ):
        refused(made, people, error, by=by)
    assert fresh(made).state == State.APPROVED


def test_a_copy_that_failed_keeps_nothing_open_when_there_is_no_sound_left_to_give(people, monkeypatch):
    monkeypatch.setattr(watch, "doubts_clock", lambda: False)
    made = answered.approved(people, M)
    answered.lock_letters(made)
    Copy.update(state=CopyState.FAILED).execute()
    refused(made, people, ending.CopyWaiting)
    Recording.update(state="purged").execute()
    assert send(made, people).state == State.DISPATCHED
    with clock.frozen(answered.NOW + 30 * DAY):
        assert ending.close_due() == 1
