"""The facts of a request are changed: the days and the calls follow, the old stays to be read."""

import datetime as dt

import pytest

from portal import clock
from portal.cases import actions, intake, overview
from portal.cases.codes import State
from portal.cases.models import Case, CaseRight, Step
from portal.errors import Denied, NotFound
from tests.cases import made

OTHER = "+358407654321"


@pytest.fixture(autouse=True)
def _now():
    with clock.frozen(made.NOW):
        yield


def change(case: Case, people, **facts) -> Case:
    return intake.change_facts(case, version=case.version, by=people.clerk, **facts)


def test_a_changed_fact_is_told_old_and_new_and_the_log_has_neither(people):
    case = made.case(people)
    now = change(case, people, name="Zqny Nilsson", rights=("access", "erasure"))
    assert (now.name, now.version) == ("Zqny Nilsson", case.version + 1)
    assert [row.right for row in CaseRight.select().order_by(CaseRight.id)] == ["access", "erasure"]
    told = overview.changes(Step.select().order_by(Step.id.desc()).get())
    assert told == [["name", made.NAME, "Zqny Nilsson"], ["rights", "access", "access, erasure"]]
    entry, detail = made.last_entry("cases:changed")
    assert detail == {"case_facts": ["name", "rights"]}
    assert "zq" not in entry.detail.lower()


def test_another_receipt_date_reckons_the_days_anew(people):
    case = made.case(people)
    now = change(case, people, received_on=dt.date(2026, 9, 28))
    assert (now.due_on, now.state) == (dt.date(2026, 10, 28), State.RECEIVED)
    assert made.acts(case)[-3:] == ["changed", "reckoned", "searched"]
    assert made.steps(case)[-2:] == ["changed", "reckoned"]
    assert change(now, people, regime="public_access").due_on == dt.date(2026, 10, 12)


def test_new_numbers_are_searched_and_frozen_in_the_same_commit(people):
    own, other = made.call(people), made.call(people, number=OTHER)
    case = made.case(people)
    now = change(case, people, numbers=(OTHER,))
    assert [row.recording_id for row in made.calls(case)] == [own.id, other.id]
    assert overview.numbers(now) == [OTHER]
    assert made.fresh(other).freezes == made.fresh(own).freezes == 1, "what was frozen stays until it is judged"


def test_nothing_changed_leaves_no_trace(people):
    case = made.case(people)
    assert change(case, people, name=made.NAME).version == case.version
    assert made.steps(case) == ["registered"]


def test_a_form_made_from_an_older_case_is_refused(people):
    case = made.case(people)
    change(case, people, phone="019 123")
    with pytest.raises(actions.CaseChanged):
        change(case, people, phone="019 456")
    assert made.fresh(case).phone == "019 123"


@pytest.mark.parametrize("state", [State.PROPOSED, State.APPROVED, State.DISPATCHED, State.CLOSED])
def test_facts_stand_still_from_the_proposal_on(people, state):
    case = made.case(people)
    Case.update(state=state).execute()
    with pytest.raises(actions.NotNow):
        change(case, people, name="Någon annan")


def test_only_the_handler_changes_them(people):
    case = made.case(people)
    for who, error in ((people.adviser, NotFound), (people.decider, Denied), (people.dpo, Denied)):
        with pytest.raises(error):
            intake.change_facts(case, version=1, by=who, name="x")
    Case.update(handler=people.manager).execute()
    with pytest.raises(actions.NotHandler):
        change(case, people, name="x")


def test_a_receipt_in_the_future_and_a_personal_code_are_refused(people):
    case = made.case(people)
    with pytest.raises(intake.ReceivedLater):
        change(case, people, received_on=dt.date(2026, 10, 6))
    with pytest.raises(intake.personal_codes.PersonalCode):
        change(case, people, address="131052-308T")


def test_taking_over_makes_one_the_handler_once(people):
    case = made.case(people)
    Case.update(handler=people.manager).execute()
    taken = actions.take_over(case, by=people.clerk)
    assert (taken.handler, taken.state) == (people.clerk, State.IN_PROGRESS)
    _, detail = made.last_entry("cases:taken_over")
    assert detail["person"] == people.manager.uuid.hex
    with pytest.raises(actions.AlreadyHandler):
        actions.take_over(case, by=people.clerk)
