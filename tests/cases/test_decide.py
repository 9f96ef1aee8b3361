"""How each call is given, and what is left to do before the answer can be proposed."""

import pytest

from portal.accounts.permissions import Role
from portal.audit.acts import Act
from portal.cases import actions, decisions, selection
from portal.cases.codes import State
from portal.cases.decisions import What
from portal.errors import Denied, NotFound
from portal.recordings.models import Recording
from portal.recordings.models import State as RecordingState
from tests.cases import selected
from tests.cases.selected import REASONS, SAID, SILENT, fresh, told
from tests.people import person


@pytest.fixture
def case(people):
    return selected.case(people)


@pytest.fixture
def call(people, case):
    made = selected.call(people, case)
    return selection.judge(made, "yes", by=people.clerk)


def test_a_decision_is_kept_with_its_reasons_and_logged_without_them(people, case, call):
    decided = decisions.decide(call, "withheld", ground="34_1_2", **REASONS, by=people.clerk)
    assert (decided.decision, decided.ground, decided.decided_by) == ("withheld", "34_1_2", people.clerk)
    assert {name: getattr(decided, name) for name in REASONS} == REASONS
    assert decided.changed_at > call.judged_at or decided.changed_at == call.judged_at
    (entry,) = told(Act.CASE_CALL_DECIDED)
    assert entry.told == {"case": case.uuid.hex, "decision": "withheld", "ground": "34_1_2"}
    assert (entry.subject, entry.reference) == (call.recording.uuid, case.number)
    whole = decisions.decide(call, "whole", ground="34_1_2", **REASONS, by=people.clerk)
    assert (whole.ground, whole.interest, whole.harm, whole.milder) == ("", "", "", "")


def test_what_is_withheld_needs_its_ground_and_every_reason(people, call):
    for lacking in ({"ground": ""}, {"ground": "none"}):
        with pytest.raises(decisions.GroundNeeded):
            decisions.decide(call, "withheld", **{"ground": "15_4", **REASONS, **lacking}, by=people.clerk)
    for name in REASONS:
        with pytest.raises(decisions.ReasonsNeeded):
            decisions.decide(call, "withheld", **{"ground": "15_4", **REASONS, name: " "}, by=people.clerk)
    with pytest.raises(decisions.GroundNeeded):
        decisions.decide(call, "transcript", harm="zqskada", by=people.clerk)
    assert decisions.decide(call, "transcript", by=people.clerk).ground == "", "a person may have asked for one"
    with pytest.raises(decisions.DecisionNeeded):
        decisions.decide(call, "burned", by=people.clerk)


def test_only_of_a_call_that_concerns_the_person_anything_is_decided(people, case, call):
    for concerns in ("no", "unclear"):
        selection.judge(call, concerns, by=people.clerk)
        with pytest.raises(decisions.NotTheirs):
            decisions.decide(call, "whole", by=people.clerk)
        with pytest.raises(decisions.NotTheirs):
            decisions.set_passages(call, [SILENT], by=people.clerk)
        with pytest.raises(decisions.NotTheirs):
            decisions.set_transcript(call, SAID, by=people.clerk)


ACTS = [
    lambda call, by: decisions.decide(call, "whole", by=by),
    lambda call, by: decisions.set_passages(call, [SILENT], by=by),
    lambda call, by: decisions.set_transcript(call, SAID, by=by),
]


def test_only_the_handler_decides_and_only_before_the_proposal(people, case, call):
    other = person("kaisa", "Kaisa Toinen", Role.CLERK)
    for act in ACTS:
        for who, error in (
            (other, actions.NotHandler),
            (people.decider, Denied),
            (people.dpo, Denied),
            (people.outsider, NotFound),
        ):
            with pytest.raises(error):
                act(call, who)
    for state in (State.PROPOSED, State.APPROVED, State.DISPATCHED, State.CLOSED, State.COMPLAINT, State.PURGED):
        type(case).update(state=state).execute()
        for act in ACTS:
            with pytest.raises(actions.NotNow):
                act(call, people.clerk)
    assert fresh(call).decision is None
    assert told(Act.CASE_CALL_DECIDED, Act.CASE_PASSAGES_CHANGED, Act.CASE_TRANSCRIPT_CHANGED) == []


def test_the_first_work_on_a_received_case_sets_it_under_way(people, case, call):
    for act in ACTS:
        type(case).update(state=State.RECEIVED).execute()
        act(call, people.clerk)
        assert fresh(case).state == State.IN_PROGRESS


def test_what_is_left_to_do_is_told_call_by_call(people, case, call):
    def left():
        return [one.what for one in decisions.unfinished(case)]

    second = selected.call(people, case)
    assert [(one.what, one.call.id) for one in decisions.unfinished(case)] == [
        (What.UNDECIDED, call.id),
        (What.UNJUDGED, second.id),
    ]
    selection.judge(second, "unclear", by=people.clerk)
    decisions.decide(call, "muted", by=people.clerk)
    assert left() == [What.NO_PASSAGES, What.UNCLEAR]
    selection.judge(second, "no", by=people.clerk)
    decisions.set_passages(call, [SILENT], by=people.clerk)
    assert left() == []
    decisions.decide(call, "transcript", by=people.clerk)
    assert left() == [What.NO_LINES]
    decisions.set_transcript(call, SAID, by=people.clerk)
    assert left() == []
    decisions.decide(call, "whole", by=people.clerk)
    Recording.update(state=RecordingState.PURGED).where(Recording.id == call.recording_id).execute()
    assert left() == [What.GONE]
