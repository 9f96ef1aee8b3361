"""An answer that does not give everything is approved by another person, who has heard what is not given."""

import datetime as dt
import threading

import pytest

from portal import clock, db
from portal.accounts.permissions import Role
from portal.cases import actions, approval, copies, decisions, handling, hearing, outcomes, proposal, selection
from portal.cases.codes import Concerns, Decision, Ground, Identity, Outcome, RightKind, State
from portal.cases.models import CaseCall, Copy, Passage
from portal.cases.steps import What, tell
from portal.errors import Conflict, Denied, NotFound
from portal.recordings.models import Listen, Playable
from tests.cases import answered, claimed
from tests.cases.answered import REASONS, case, fresh, proposed
from tests.people import person

W, M, T, N = Decision.WHOLE, Decision.MUTED, Decision.TRANSCRIPT, Decision.WITHHELD
LATER = answered.NOW + dt.timedelta(minutes=5)


@pytest.fixture(autouse=True)
def _day():
    with clock.frozen(answered.NOW):
        yield


def calls(made) -> list[CaseCall]:
    return list(CaseCall.select().where(CaseCall.case == made.id).order_by(CaseCall.id))


def refused(made, by, error):
    before = answered.register()
    with pytest.raises(error) as refusal:
        proposal.approve(made, by=by)
    assert answered.register() == before
    return refusal.value


def test_an_approval_orders_letter_and_copy_and_lets_go_of_what_concerns_others(people):
    made = case(people)
    kept, foreign = (answered.call(made, people, M), answered.call(made, people, concerns=Concerns.NO, hours=2))
    proposal.propose(made, reasons=REASONS, by=people.clerk)
    answered.heard(kept, people.decider)
    row = proposal.approve(made, by=people.decider)
    assert (row.state, row.approved_by, row.outcome) == (State.APPROVED, people.decider, Outcome.PARTIAL)
    assert answered.letters(made) == [("case-partial", "ordered")]
    assert [freeze.recording for freeze in answered.standing(made)] == [kept.recording]
    assert fresh(foreign.recording).freezes == 0
    assert [(copy.case, copy.delivery) for copy in Copy.select()] == [(made, "encrypted")]
    assert (answered.acts(made)[-1], answered.told(made)[-1]) == ("approved", "approved")
    refused(made, people.decider, actions.NotNow)


@pytest.mark.parametrize(("decisions", "copies"), [((W,), 1), ((W, N), 1), ((T,), 0), ((N,), 0), ((), 0)])
def test_sound_is_copied_where_some_is_given(people, decisions, copies):
    answered.approved(people, *decisions)
    assert Copy.select().count() == copies


def test_the_handler_alone_sends_what_gives_everything(people):
    made = proposed(people, W, W)
    refused(made, answered.second_clerk(), actions.NotHandler)
    assert proposal.approve(made, by=people.clerk).state == State.APPROVED
    proposal.approve(proposed(people, W), by=people.decider)
    for kept in ((W, M), (N,), (T,), ()):
        refused(proposed(people, *kept), people.clerk, Denied)


def test_an_erasure_is_never_the_clerks_alone_to_grant(people):
    made = case(people, rights=(RightKind.ACCESS, RightKind.ERASURE))
    claimed.claim(made, people, "erasure", "granted", added=answered.call(made, people, W))
    row = proposal.propose(made, by=people.clerk)
    assert row.outcome == Outcome.GRANTED
    refused(made, people.clerk, Denied)
    proposal.approve(made, by=people.decider)


def test_who_proposed_handled_or_judged_never_approves_and_registering_is_no_bar(people):
    both = answered.both()
    for error, own in (
        (approval.OwnProposal, {"proposed_by": both}),
        (approval.OwnHandling, {"handler": both}),
        (approval.OwnOpinion, {"opinion_by": both}),
    ):
        made = proposed(people, M)
        answered.heard(calls(made)[0], both)
        type(made).update(**own).where(type(made).id == made.id).execute()
        refused(made, both, error)
        before = answered.register()
        if error is not approval.OwnOpinion:
            with pytest.raises(error):
                proposal.give_back(made, comment=answered.WORDS, by=both)
            assert answered.register() == before
    for own in ({"decided_by": both}, {"judged_by": both}):
        made = proposed(people, M)
        answered.heard(calls(made)[0], both)
        CaseCall.update(**own).where(CaseCall.case == made.id).execute()
        refused(made, both, approval.OwnDecision)
    made = proposed(people, M)
    answered.heard(calls(made)[0], both)
    tell(made, What.TAKEN_OVER, by=both)
    refused(made, both, approval.OwnHandling)
    made = proposed(people, M, registered_by=both)
    tell(made, What.REGISTERED, by=both)
    answered.heard(calls(made)[0], both)
    assert proposal.approve(made, by=both).approved_by == both


def test_others_do_not_approve(people):
    made = proposed(people, N)
    for by in (people.dpo, people.clerk, answered.second_clerk()):
        refused(made, by, Denied)
    for by in (people.adviser, people.manager, people.admin, people.outsider):
        refused(made, by, NotFound)


def test_each_call_that_is_not_given_whole_has_been_heard_or_its_transcript_read(people):
    made = proposed(people, W, M, T, N)
    _whole, muted, written, withheld = calls(made)
    decider = people.decider
    assert approval.unheard(made, decider) == [withheld, written, muted], "in the order they were made"
    for row in (muted, written, withheld):
        answered.read(row, decider)
        answered.heard(row, people.clerk)
    assert approval.unheard(made, decider) == [withheld, muted], "a transcript is read; sound is heard"
    refusal = refused(made, decider, approval.Unheard)
    assert "15.8.2026 7.00" not in str(refusal.params)
    assert refusal.params["calls"] == "15.8.2026 8.00, 15.8.2026 10.00"
    for row in (muted, withheld):
        answered.heard(row, decider)
    proposal.approve(made, by=decider)


def test_a_call_that_came_in_after_the_proposal_is_not_passed_over(people):
    for decision, by in ((W, people.clerk), (M, people.decider)):
        made = proposed(people, decision)
        hear = calls(made)[0]
        answered.heard(hear, people.decider)
        answered.call(made, people, concerns=None, hours=5)
        assert refused(made, by, approval.CallsAdded).params == {"count": 1}


def test_hearing_counts_from_the_last_change_only_and_only_for_the_case(people):
    made, (row,) = (found := proposed(people, M)), calls(found)
    answered.heard(row, people.decider)
    with clock.frozen(LATER):
        answered.touch(row)
        refused(made, people.decider, approval.Unheard)
        answered.heard(row, people.decider)
        Listen.update(because=None).where(Listen.started_at == LATER).execute()
        refused(made, people.decider, approval.Unheard)
        Listen.update(because=made.uuid, started_at=None).where(Listen.started_at == LATER).execute()
        refused(made, people.decider, approval.Unheard)
        answered.heard(row, people.decider)
        proposal.approve(made, by=people.decider)


def test_what_has_no_sound_is_read(people):
    made = proposed(people, N)
    (row,) = calls(made)
    type(row.recording).update(playable=Playable.FAILED).execute()
    answered.read(row, people.decider)
    proposal.approve(made, by=people.decider)


def test_section_34_needs_the_officers_opinion_on_what_it_is_now(people):
    cut = proposed(people, M)
    Passage.update(ground=Ground.DANGER).execute()
    for made in (proposed(people, N), cut):
        CaseCall.update(ground=Ground.SECURITY).where(CaseCall.decision == N).execute()
        (row,) = calls(made)
        answered.heard(row, people.decider)
        assert outcomes.under_34(made) == [row]
        refused(made, people.decider, approval.OpinionNeeded)
        proposal.give_opinion(made, text=answered.WORDS, by=people.dpo)
        with clock.frozen(LATER):
            answered.touch(row)
            answered.heard(row, people.decider)
            refused(made, people.decider, approval.OpinionNeeded)
            proposal.give_opinion(made, text=answered.WORDS, by=people.dpo)
            proposal.approve(made, by=people.decider)


def test_nobody_hears_calls_for_an_answer_that_rests_on_none(people):
    for outcome, identity in ((Outcome.UNFOUNDED, Identity.PROVEN), (Outcome.IDENTITY_UNPROVEN, Identity.FAILED)):
        made = case(people, identity=identity)
        answered.call(made, people, N, ground=Ground.DANGER)
        answered.call(made, people, W, hours=2)
        proposal.propose(made, reasons=REASONS, outcome=outcome, by=people.clerk)
        row = proposal.approve(made, by=people.decider)
        assert answered.letters(made) == [("case-refusal", "ordered")]
        with pytest.raises(copies.NothingToGive):
            copies.order_again(row, delivery="desk", by=people.clerk)
    assert not Copy.select().exists(), "what was decided of a call before gives nothing away"


def test_an_approval_of_an_older_page_is_refused(people):
    made = proposed(people, N)
    proposal.give_opinion(made, text=answered.WORDS, by=people.dpo)
    answered.heard(calls(made)[0], people.decider)
    before = answered.register()
    for act in (proposal.approve, proposal.take_back):
        with pytest.raises(actions.CaseChanged):
            act(made, version=made.version, by=people.decider if act is proposal.approve else people.clerk)
    assert answered.register() == before


def test_of_two_at_once_one_is_told_that_the_other_was_first(people):
    made = proposed(people, M)
    answered.heard(calls(made)[0], people.decider)
    start, got = threading.Barrier(2), []

    def act(what):
        db.connect()
        start.wait()
        try:
            what()
            got.append("done")
        except Conflict:
            got.append("conflict")
        finally:
            db.db.close()

    ways = (
        lambda: proposal.approve(made, version=made.version, by=people.decider),
        lambda: proposal.take_back(made, version=made.version, by=people.clerk),
    )
    threads = [threading.Thread(target=act, args=(way,)) for way in ways]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == ["conflict", "done"]
    ordered = answered.letters(made)[0][1]
    assert (fresh(made).state, ordered) in {(State.APPROVED, "ordered"), (State.IN_PROGRESS, "dropped")}


def test_an_answer_to_other_rights_waits_for_no_call_and_gives_no_sound(people):
    made = case(people, rights=(RightKind.RECTIFICATION,))
    answered.call(made, people, concerns=None)
    answered.heard(answered.call(made, people, W, hours=2), people.decider)
    claimed.claim(made, people, decision="refused")
    made = proposal.propose(made, by=people.clerk)
    assert proposal.approve(made, reviewed=True, by=people.decider).state == State.APPROVED
    assert (Copy.select().count(), copies.ready(made)) == (0, True)


def test_that_nothing_was_found_is_never_the_clerks_alone_to_say_though_another_right_is_granted(people):
    made = case(people, rights=(RightKind.ACCESS, RightKind.RECTIFICATION))
    claimed.claim(made, people, decision="corrected")
    made = proposal.propose(made, by=people.clerk)
    assert made.outcome == Outcome.GRANTED
    refused(made, people.clerk, Denied)
    assert proposal.approve(made, by=people.decider).state == State.APPROVED


def test_who_wrote_or_decided_before_another_took_over_checks_nothing_of_it(people):
    both = answered.both()
    for act in (
        lambda made, added: proposal.write(made, reasons=REASONS, by=both),
        lambda made, added: decisions.decide(added, "whole", by=both),
        lambda made, added: selection.judge(added, "unclear", by=both),
    ):
        made = case(people, handler=both, registered_by=both)
        added = answered.call(made, people, M)
        act(made, added)
        assert handling.has_handled(made, both)
        type(made).update(handler=people.clerk, version=1).where(type(made).id == made.id).execute()
        CaseCall.update(concerns="yes", decision="muted", decided_by=people.clerk, judged_by=people.clerk).execute()
        made = proposal.propose(fresh(made), reasons=REASONS, by=people.clerk)
        assert isinstance(hearing.refusal(made, by=both), hearing.OwnWork)
        answered.heard(added, both)
        refused(made, both, approval.OwnHandling)
        assert hearing.refusal(made, by=people.decider) is None
    other = answered.proposed(people, M)
    assert hearing.refusal(other, by=both) is None, "of another case they are the second person"


def test_an_opinion_is_not_given_by_one_who_has_handled_it(people):
    who = person("do", "Do Handman", Role.CLERK, Role.DPO)
    made = case(people, handler=who)
    answered.call(made, people, N, ground=Ground.DANGER)
    made = proposal.propose(made, reasons=REASONS, by=who)
    type(made).update(handler=people.clerk).where(type(made).id == made.id).execute()
    with pytest.raises(proposal.OwnAdvice):
        proposal.give_opinion(made, text="Zqlämnas inte ut.", by=who)
    assert not fresh(made).opinion
    assert proposal.give_opinion(made, text="Zqlämnas inte ut.", by=people.dpo).opinion_by == people.dpo
