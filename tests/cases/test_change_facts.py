"""The facts of a request are changed: the days and the calls follow, the old stays to be read."""

import datetime as dt

import pytest

from portal import clock
from portal.cases import actions, facts, intake, overview, personal_codes
from portal.cases.codes import State
from portal.cases.models import Case, CaseRight, Step
from portal.errors import Denied, NotFound
from portal.recordings import corrections, entries, originals
from tests.cases import made

OTHER = "+358407654321"
REASON = "zqskäl: felhörd"
NEED = "zqbehov"


@pytest.fixture(autouse=True)
def _now():
    with clock.frozen(made.NOW):
        yield


def change(case: Case, people, **facts) -> Case:
    return intake.change_facts(case, **({"version": case.version, "reason": REASON, "by": people.clerk} | facts))


def test_a_corrected_fact_is_told_and_its_original_sealed_and_nothing_tells_what_it_said(people):
    case = made.case(people)
    now = change(case, people, name="Zqny Nilsson", rights=("access", "erasure"))
    assert (now.name, now.version) == ("Zqny Nilsson", case.version + 1)
    assert [row.right for row in CaseRight.select().order_by(CaseRight.id)] == ["access", "erasure"]
    told = overview.changes(Step.select().order_by(Step.id.desc()).get())
    assert told == overview.Changes(("name", "rights"), REASON)
    assert made.NAME not in Step.select().order_by(Step.id.desc()).get().words
    entry, detail = made.last_entry("cases:changed")
    assert detail == {"case_facts": ["name", "rights"]}
    assert "zq" not in entry.detail.lower()
    mark = facts.of(now)["name"]
    assert (mark.by, mark.reason, originals.unseal(mark)) == (people.clerk, REASON, made.NAME)
    newest, first = facts.history(now, "name")
    assert (newest.value, newest.by, newest.reason) == ("Zqny Nilsson", "Kerstin Handström", REASON)
    assert (first.value, first.sealed, first.by, first.at) == (None, True, "Kerstin Handström", case.registered_at)
    assert [v.value for v in facts.history(now, "rights")] == ["access,erasure", None]
    assert originals.unseal(facts.of(now)["rights"]) == "access"


def test_the_original_of_a_fact_opens_on_a_stated_need(people):
    now = change(made.case(people), people, name="Zqny Nilsson")
    mark = facts.of(now)["name"]
    for who, error in ((people.adviser, NotFound), (people.dpo, Denied)):
        with pytest.raises(error):
            facts.open_original(now, mark, need=NEED, by=who)
    with pytest.raises(corrections.NeedNeeded):
        facts.open_original(now, mark, need=" ", by=people.clerk)
    with pytest.raises(personal_codes.PersonalCode):
        facts.open_original(now, mark, need="131052-308T", by=people.clerk)
    with pytest.raises(NotFound):
        facts.open_original(made.case(people), mark, need=NEED, by=people.clerk)
    assert facts.open_original(now, mark, need=NEED, by=people.decider) == made.NAME
    entry, detail = made.last_entry("recordings:original_opened")
    assert (entry.subject, entry.reference) == (now.uuid, now.number)
    assert detail == {"correction": mark.uuid.hex, "case_facts": ["name"]}


def test_a_correction_needs_its_reason(people):
    case = made.case(people)
    with pytest.raises(corrections.ReasonNeeded):
        change(case, people, name="Zqny Nilsson", reason=" ")
    with pytest.raises(personal_codes.PersonalCode):
        change(case, people, name="Zqny Nilsson", reason="131052-308T")
    assert made.steps(case) == ["registered"]


@pytest.mark.parametrize("state", [State.DISPATCHED, State.COMPLAINT, State.CLOSED])
def test_after_the_answer_what_no_answer_rests_on_can_still_be_corrected(people, state):
    case = made.case(people)
    Case.update(state=state).execute()
    case = made.fresh(case)
    now = change(case, people, name="Zqny Nilsson", capacity="guardian", agent="Zqombud")
    assert (now.name, now.agent, now.state, now.due_on) == ("Zqny Nilsson", "Zqombud", state, case.due_on)
    for fact in ({"received_on": dt.date(2026, 9, 28)}, {"numbers": (OTHER,)}, {"rights": ("erasure",)}):
        with pytest.raises(intake.FactStands):
            change(now, people, **fact)


def test_a_decision_corrects_a_fact_and_says_for_which_case(people):
    case, demand = made.case(people), made.case(people)
    Case.update(state=State.CLOSED).where(Case.id == case.id).execute()
    now = intake.correct_fact(case, "name", " Zqny Nilsson ", reason=REASON, by=people.decider, because=demand)
    assert (now.name, now.state) == ("Zqny Nilsson", State.CLOSED)
    newest, _ = facts.history(now, "name")
    assert (newest.by, newest.reference, newest.because) == ("Dag Beslutman", demand.number, demand.uuid)
    dated = intake.correct_fact(now, "requested_on", "2026-09-28", reason=REASON, by=people.decider, because=demand)
    assert dated.requested_on == dt.date(2026, 9, 28)
    assert originals.unseal(facts.of(dated)["requested_on"]) == ""
    for fact, value, error in (
        ("requested_on", "28.9.2026", entries.BadValue),
        ("channel", "pigeon", entries.BadValue),
        ("received_on", "2026-09-28", intake.FactStands),
        ("handler", "1", intake.FactStands),
        ("name", "Zqny Nilsson", corrections.Unchanged),
    ):
        with pytest.raises(error):
            intake.correct_fact(dated, fact, value, reason=REASON, by=people.decider, because=demand)
    Case.update(state=State.PURGED).where(Case.id == case.id).execute()
    with pytest.raises(intake.FactStands):
        intake.correct_fact(dated, "name", "Zq", reason=REASON, by=people.decider, because=demand)


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


@pytest.mark.parametrize("state", [State.PROPOSED, State.APPROVED, State.PURGED])
def test_facts_stand_still_from_the_proposal_until_the_answer_has_left(people, state):
    case = made.case(people)
    Case.update(state=state).execute()
    with pytest.raises(actions.NotNow):
        change(case, people, name="Någon annan")


def test_only_the_handler_changes_them(people):
    case = made.case(people)
    for who, error in ((people.adviser, NotFound), (people.decider, Denied), (people.dpo, Denied)):
        with pytest.raises(error):
            intake.change_facts(case, version=1, reason=REASON, by=who, name="x")
    Case.update(handler=people.manager).execute()
    with pytest.raises(actions.NotHandler):
        change(case, people, name="x")


def test_a_receipt_in_the_future_and_a_personal_code_are_refused(people):
    case = made.case(people)
    with pytest.raises(intake.ReceivedLater):
        change(case, people, received_on=dt.date(2026, 10, 6))
    with pytest.raises(personal_codes.PersonalCode):
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
