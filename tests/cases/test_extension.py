"""The one extension: proposed with a reason, decided by another, within the first time, and told by letter."""

import datetime as dt
import json

import pytest

from portal import clock
from portal.accounts.models import Account
from portal.accounts.permissions import Role
from portal.audit.acts import Act
from portal.cases import clockwork, personal_codes, reminders
from portal.cases.actions import CaseChanged, NotHandler, NotNow, take_over
from portal.cases.codes import Regime, State
from portal.cases.models import Case, Step
from portal.documents.models import Document
from portal.errors import Denied, NotFound
from tests.cases.timed import case, day
from tests.people import grant, person
from tests.recordings.hearing import acts

REASON = "Det gäller 140 samtal på tre år, och i många hörs andra."


@pytest.fixture
def proposed(people) -> Case:
    with day(2026, 9, 1):
        return clockwork.propose_extension(case(people), f" {REASON} ", by=people.clerk)


def test_a_decider_extends_to_three_months_and_the_person_is_told(people, proposed):
    assert (proposed.extension_state, proposed.extension_reason) == ("proposed", REASON)
    assert proposed.due_on == dt.date(2026, 10, 1), "a proposal moves nothing"
    with day(2026, 10, 1):
        extended = clockwork.approve_extension(proposed, by=people.decider)
    assert (extended.extension_state, extended.extended_on) == ("approved", dt.date(2026, 10, 1))
    assert (extended.extension_by, extended.extension_decided_by) == (people.clerk, people.decider)
    assert (extended.due_on, extended.working_on) == (dt.date(2026, 12, 1), dt.date(2026, 12, 1))
    assert extended.internal_on == dt.date(2026, 11, 24)
    assert extended.state == State.IN_PROGRESS
    letter = Document.get()
    assert (letter.kind, letter.state, letter.ordered_by) == ("case-extension", "ordered", people.decider)
    assert json.loads(letter.content) == {"reason": REASON, "due_before": "2026-10-01", "due_on": "2026-12-01"}
    (entry,) = acts(Act.CASE_EXTENDED)
    assert (entry.by, entry.reference) == (people.decider.uuid, proposed.number)
    assert entry.told == {"due_before": "2026-10-01", "due_on": "2026-12-01"}
    assert len(acts(Act.CASE_EXTENSION_PROPOSED)) == 1
    assert [step.what for step in Step.select().order_by(Step.id)] == ["extension_proposed", "extended"]
    assert Step.get(Step.what == "extended").words == "1.10.2026 → 1.12.2026"


def test_it_is_announced_within_the_first_month_or_not_at_all(people, proposed):
    with day(2026, 10, 2), pytest.raises(clockwork.TooLateToExtend) as refused:
        clockwork.approve_extension(proposed, by=people.decider)
    assert refused.value.params == {"day": "1.10.2026"}
    with day(2026, 10, 2):
        refusal = clockwork.refuse_extension(proposed, "För sent", by=people.decider)
        with pytest.raises(clockwork.TooLateToExtend):
            clockwork.propose_extension(refusal, REASON, by=people.clerk)
    assert not Document.select().exists()
    assert Case.get().due_on == dt.date(2026, 10, 1)


def test_a_weekend_gives_no_days_to_extend_in(people):
    """1 November 2026 is a Sunday: the answer may leave on Monday, the extension may not."""
    with day(2026, 10, 1):
        row = case(people)
    with day(2026, 11, 2), pytest.raises(clockwork.TooLateToExtend):
        clockwork.propose_extension(row, REASON, by=people.clerk)
    with day(2026, 11, 1):
        assert clockwork.propose_extension(row, REASON, by=people.clerk).extension_state == "proposed"


def test_a_clock_that_stood_leaves_as_much_time_for_the_decision(people, proposed):
    with day(2026, 9, 3):
        row = clockwork.ask_identity(proposed, "Tvivel", "Kom till disken", by=people.clerk)
    with day(2026, 9, 13):
        row = clockwork.prove_identity(row, "desk", clock.today(), by=people.clerk)
    with day(2026, 10, 11):
        extended = clockwork.approve_extension(row, by=people.decider)
    assert extended.due_on == dt.date(2026, 12, 11)


def test_it_is_never_extended_twice(people, proposed):
    with day(2026, 9, 2):
        with pytest.raises(clockwork.AlreadyExtended):
            clockwork.propose_extension(proposed, REASON, by=people.clerk)
        extended = clockwork.approve_extension(proposed, by=people.decider)
        with pytest.raises(clockwork.AlreadyExtended):
            clockwork.propose_extension(extended, REASON, by=people.clerk)
        for act in (clockwork.approve_extension, lambda c, by: clockwork.refuse_extension(c, "Nej", by=by)):
            with pytest.raises(clockwork.NotProposed):
                act(extended, by=people.decider)
    assert Document.select().count() == 1


def both_roles(account: Account) -> Account:
    for role in (Role.CLERK, Role.CONTROLLER):
        grant(account, role)
    return Account.get_by_id(account.id)


def test_who_proposed_never_decides_even_after_another_took_over(people, proposed):
    proposer, second = both_roles(people.clerk), both_roles(person("kurt", "Kurt Handledare"))
    with day(2026, 9, 2):
        with pytest.raises(clockwork.OwnExtension):
            clockwork.approve_extension(proposed, by=proposer)
        taken = take_over(proposed, by=second)
        for by in (proposer, second):
            with pytest.raises(clockwork.OwnExtension):
                clockwork.approve_extension(taken, by=by)
            with pytest.raises(clockwork.OwnExtension):
                clockwork.refuse_extension(taken, "Nej", by=by)
        third = both_roles(person("kia", "Kia Handledare"))
        taken = take_over(take_over(taken, by=third), by=people.clerk)
        for by in (second, third):
            assert not list(reminders.to_decide(by))
            with pytest.raises(clockwork.OwnExtension):  # handled it for a while
                clockwork.approve_extension(taken, by=by)
        assert list(reminders.to_decide(people.decider)) == [taken]
        assert clockwork.approve_extension(taken, by=people.decider).extension_state == "approved"


def test_others_neither_propose_nor_decide(people):
    with day(2026, 9, 1):
        row = case(people)
        for by, error in ((people.decider, Denied), (people.dpo, Denied), (people.adviser, NotFound)):
            with pytest.raises(error):
                clockwork.propose_extension(row, REASON, by=by)
        with pytest.raises(NotHandler):
            clockwork.propose_extension(row, REASON, by=person("kurt", "Kurt Handledare", Role.CLERK))
        for reason, error in ((" ", clockwork.ReasonNeeded), ("131052-308T", personal_codes.PersonalCode)):
            with pytest.raises(error):
                clockwork.propose_extension(row, reason, by=people.clerk)
        row = clockwork.propose_extension(row, REASON, by=people.clerk)
        for by, error in ((people.clerk, Denied), (people.dpo, Denied), (people.adviser, NotFound)):
            with pytest.raises(error):
                clockwork.approve_extension(row, by=by)
        with pytest.raises(clockwork.ReasonNeeded):
            clockwork.refuse_extension(row, " ", by=people.decider)
        assert len(acts(Act.CASE_EXTENDED)) == 0


def test_a_refused_proposal_may_be_made_again(people, proposed):
    with day(2026, 9, 2):
        refused = clockwork.refuse_extension(proposed, "Svara på det som är klart", by=people.decider)
        assert (refused.extension_state, refused.extended_on, refused.due_on) == (
            "refused",
            None,
            dt.date(2026, 10, 1),
        )
        again = clockwork.propose_extension(refused, "Nya samtal har hittats", by=people.clerk)
    assert (again.extension_state, again.extension_decided_by) == ("proposed", None)
    (entry,) = acts(Act.CASE_EXTENSION_REFUSED)
    assert entry.by == people.decider.uuid
    assert Step.get(Step.what == "extension_refused").words == "Svara på det som är klart"


@pytest.mark.parametrize("state", [State.APPROVED, State.DISPATCHED, State.CLOSED])
def test_an_answer_that_is_decided_is_not_extended(people, proposed, state):
    Case.update(state=state).execute()
    with day(2026, 9, 2):
        with pytest.raises(CaseChanged):
            clockwork.approve_extension(proposed, by=people.decider)
        Case.update(extension_state="").execute()
        with pytest.raises(NotNow):
            clockwork.propose_extension(proposed, REASON, by=people.clerk)


def test_public_access_is_extended_within_two_weeks_to_one_month(people):
    with day(2026, 9, 1):
        row = clockwork.propose_extension(case(people, regime=Regime.PUBLIC_ACCESS), REASON, by=people.clerk)
    with day(2026, 9, 16), pytest.raises(clockwork.TooLateToExtend):
        clockwork.approve_extension(row, by=people.decider)
    with day(2026, 9, 15):
        assert clockwork.approve_extension(row, by=people.decider).due_on == dt.date(2026, 10, 1)


def test_longer_time_of_an_answer_that_is_approved_waits_for_nobody(people):
    row = case(people, extension_state="proposed", extension_by=people.clerk)
    assert list(reminders.to_decide(people.decider)) == [row]
    Case.update(state=State.APPROVED).execute()
    assert not list(reminders.to_decide(people.decider))
