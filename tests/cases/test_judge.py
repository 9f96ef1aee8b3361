"""Saying of each call that was found whether it concerns the person, and taking one in by hand."""

import uuid

import pytest

from portal.accounts.permissions import Role
from portal.audit.acts import Act
from portal.cases import actions, decisions, selection
from portal.cases.codes import State
from portal.cases.models import CaseCall, Line, Passage
from portal.errors import Denied, NotFound
from portal.recordings.models import Recording
from portal.recordings.models import State as RecordingState
from portal.retention.models import Freeze
from tests.calls import recording
from tests.cases import selected
from tests.cases.selected import REASONS, SAID, SILENT, fresh, told
from tests.people import person


@pytest.fixture
def case(people):
    return selected.case(people, state=State.RECEIVED)


@pytest.fixture
def call(people, case):
    return selected.call(people, case)


def test_a_judgement_says_who_and_moves_the_case_on_and_is_logged_once(people, case, call):
    judged = selection.judge(call, "yes", by=people.clerk)
    assert (judged.concerns, judged.judged_by) == ("yes", people.clerk)
    assert judged.changed_at == judged.judged_at >= call.added_at
    assert fresh(case).state == State.IN_PROGRESS
    selection.judge(call, "yes", by=people.clerk)
    (entry,) = told(Act.CASE_CALL_JUDGED)
    assert (entry.subject, entry.reference, entry.by) == (call.recording.uuid, case.number, people.clerk.uuid)
    assert entry.told == {"case": case.uuid.hex, "concerns": "yes"}
    assert fresh(case).version == 2, "the same again changes nothing"


def test_another_judgement_takes_the_decision_and_no_takes_the_words_too(people, case, call):
    selection.judge(call, "yes", by=people.clerk)
    decisions.decide(call, "withheld", ground="15_4", **REASONS, by=people.clerk)
    decisions.set_passages(call, [SILENT], by=people.clerk)
    decisions.set_transcript(call, SAID, by=people.clerk)
    unclear = selection.judge(call, "unclear", by=people.clerk)
    assert (unclear.decision, unclear.decided_by, unclear.ground, unclear.harm) == (None, None, "", "")
    assert Passage.select().count() == 1
    assert Line.select().count() == 2
    selection.judge(call, "no", by=people.clerk)
    assert Passage.select().count() == Line.select().count() == 0


def test_only_the_handler_judges_and_only_before_the_proposal(people, case, call):
    other = person("kaisa", "Kaisa Toinen", Role.CLERK)
    for who, error in (
        (other, actions.NotHandler),
        (people.decider, Denied),
        (people.dpo, Denied),
        (people.adviser, NotFound),
    ):
        with pytest.raises(error):
            selection.judge(call, "yes", by=who)
    with pytest.raises(selection.JudgementNeeded):
        selection.judge(call, "maybe", by=people.clerk)
    for state in (State.PROPOSED, State.APPROVED, State.DISPATCHED, State.CLOSED, State.COMPLAINT, State.PURGED):
        type(case).update(state=state).execute()
        with pytest.raises(actions.NotNow):
            selection.judge(call, "yes", by=people.clerk)
        with pytest.raises(actions.NotNow):
            selection.add(case, call.recording.uuid, by=people.clerk)
    assert fresh(call).concerns is None
    assert told(Act.CASE_CALL_JUDGED) == []


def test_while_the_clock_stands_or_a_completion_is_asked_the_state_stays(people, call, case):
    for state, concerns in ((State.IDENTITY_ASKED, "yes"), (State.COMPLETION_ASKED, "no")):
        type(case).update(state=state).execute()
        selection.judge(call, concerns, by=people.clerk)
        assert fresh(case).state == state


def test_a_call_taken_in_by_hand_is_frozen_from_the_day_of_receipt(people, case):
    row = recording(people.daycare)
    made = selection.add(case, row.uuid, by=people.clerk)
    assert (made.found_by, made.concerns) == ("hand", None)
    freeze = Freeze.get(Freeze.recording == row.id)
    assert (freeze.because, freeze.stands, freeze.placed_by) == (case.uuid, True, people.clerk)
    assert fresh(case).state == State.IN_PROGRESS
    (entry,) = told(Act.CASE_CALL_ADDED)
    assert (entry.subject, entry.reference) == (row.uuid, case.number)
    with pytest.raises(selection.AlreadyIn):
        selection.add(case, row.uuid, by=people.clerk)
    assert CaseCall.select().count() == 1


def test_what_is_not_in_reach_or_is_going_is_not_taken_in(people, case):
    with pytest.raises(NotFound):
        selection.add(case, uuid.uuid4(), by=people.clerk)
    row = recording(people.daycare)
    Recording.update(state=RecordingState.PURGING).execute()
    with pytest.raises(NotFound):
        selection.add(case, row.uuid, by=people.clerk)
    assert not Freeze.select().exists()
    assert not CaseCall.select().exists()
