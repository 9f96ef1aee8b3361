"""The clerk proposes an answer whose outcome follows from what was decided; then nothing of it changes."""

import pytest

from portal import clock
from portal.cases import actions, ending, outcomes, proposal
from portal.cases.codes import Concerns, CopyState, Decision, Identity, Outcome, RightKind, State
from portal.cases.models import CaseRight, Copy, Line, Passage
from portal.documents.models import Document
from portal.errors import Denied, NotFound
from tests.cases import answered, claimed
from tests.cases.answered import REASONS, case, fresh, proposed


@pytest.fixture(autouse=True)
def _day():
    with clock.frozen(answered.NOW):
        yield


W, M, T, N = Decision.WHOLE, Decision.MUTED, Decision.TRANSCRIPT, Decision.WITHHELD


def test_the_outcome_follows_from_the_calls(people):
    made = case(people)
    calls = [answered.call(made, people, hours=n) for n in range(1, 3)]
    for decisions, outcome in {
        (W, W): Outcome.GRANTED,
        (W, M): Outcome.PARTIAL,
        (T, T): Outcome.PARTIAL,
        (W, T): Outcome.PARTIAL,
        (M, M): Outcome.PARTIAL,
        (W, N): Outcome.PARTIAL,
        (N, N): Outcome.REFUSED,
        (W, None): None,
    }.items():
        for row, decision in zip(calls, decisions, strict=True):
            row.decision = decision
            row.save()
        assert outcomes.outcome_of(made) == outcome, decisions
    for concerns, outcome in ((Concerns.UNCLEAR, None), (None, None), (Concerns.NO, Outcome.NONE_FOUND)):
        for row in calls:
            row.concerns = concerns
            row.save()
        assert outcomes.outcome_of(made) == outcome


def test_nothing_found_in_a_period_that_was_all_deleted_before_the_receipt_says_so(people):
    for called_to, outcome in (
        (None, Outcome.NONE_FOUND),
        (answered.RECEIVED.replace(month=6), Outcome.NONE_FOUND),
        (answered.RECEIVED.replace(month=5, day=31), Outcome.DELETED_BEFORE),
        (answered.RECEIVED.replace(month=1), Outcome.DELETED_BEFORE),
    ):
        assert outcomes.outcome_of(case(people, called_to=called_to)) == outcome, called_to


def test_of_several_rights_nothing_is_granted_in_full_where_one_is_refused(people):
    made = case(people, rights=(RightKind.ACCESS, RightKind.RECTIFICATION))
    answered.call(made, people, W)
    row = claimed.claim(made, people)
    for decision, outcome in ((None, None), ("corrected", Outcome.GRANTED), ("refused", Outcome.PARTIAL)):
        if decision:
            claimed.decide(row, decision, by=people.clerk)
        assert outcomes.outcome_of(made) == outcome
    made = case(people, rights=(RightKind.ACCESS, RightKind.RECTIFICATION))
    row = claimed.claim(made, people)
    for decision, outcome in (("corrected", Outcome.GRANTED), ("refused", Outcome.REFUSED)):
        claimed.decide(row, decision, by=people.clerk)
        assert outcomes.outcome_of(made) == outcome, "nothing found, and the other right"


def test_a_proposal_sets_outcome_and_drafts_the_letter_in_one_commit(people):
    for decisions, outcome, kind in (
        ((W,), Outcome.GRANTED, "case-access"),
        ((M, W), Outcome.PARTIAL, "case-partial"),
        ((N,), Outcome.REFUSED, "case-refusal"),
        ((), Outcome.NONE_FOUND, "case-none"),
    ):
        made = proposed(people, *decisions)
        row = fresh(made)
        assert (row.state, row.outcome, row.proposed_by, row.reasons) == (
            State.PROPOSED,
            outcome,
            people.clerk,
            REASONS,
        )
        assert CaseRight.get(CaseRight.case == made).outcome == outcome
        assert answered.letters(made) == [(kind, "draft")]
        assert (answered.acts(made)[-1], answered.told(made)) == ("proposed", ["proposed"])


def test_a_proposal_needs_what_it_stands_on(people):
    made = case(people, identity=Identity.UNPROVEN)
    row = answered.call(made, people, M)
    Passage.delete().execute()

    def refused(error, **more):
        before = answered.register()
        with pytest.raises(error):
            proposal.propose(made, **{"reasons": REASONS, "by": people.clerk, **more})
        assert answered.register() == before

    refused(proposal.IdentityNeeded)
    refused(proposal.IdentityNeeded, outcome=Outcome.UNFOUNDED)
    refused(proposal.OutcomeImpossible, outcome=Outcome.IDENTITY_UNPROVEN)
    made.identity = Identity.PROVEN
    made.save()
    refused(proposal.Unfinished)
    assert [type(lack) for lack in proposal.missing(made)] == [proposal.Undecided]
    Passage.create(call=row, start_ms=0, end_ms=10)
    refused(proposal.ReasonsNeeded, reasons="kort")
    refused(proposal.OutcomeImpossible, outcome=Outcome.GRANTED)
    refused(proposal.OutcomeImpossible, outcome=Outcome.IDENTITY_UNPROVEN)
    row.decision = T
    row.save()
    refused(proposal.Unfinished)
    Line.create(call=row, at_ms=0, speaker="caller", text="x")
    proposal.propose(made, reasons=REASONS, by=people.clerk)
    refused(actions.NotNow)


def test_who_is_not_proven_or_asks_without_ground_is_refused_with_reasons_and_no_calls(people):
    for outcome, identity in (
        (Outcome.IDENTITY_UNPROVEN, Identity.FAILED),
        (Outcome.UNFOUNDED, Identity.PROVEN),
    ):
        made = case(people, identity=identity, rights=(RightKind.ACCESS, RightKind.ERASURE))
        answered.call(made, people, concerns=None)
        with pytest.raises(proposal.ReasonsNeeded):
            proposal.propose(made, outcome=outcome, by=people.clerk)
        row = proposal.propose(made, reasons=REASONS, outcome=outcome, by=people.clerk)
        assert (row.outcome, answered.letters(made)) == (outcome, [("case-refusal", "draft")])
        assert {right.outcome for right in made.rights} == {outcome}
        proposal.take_back(made, by=people.clerk)
        assert {right.outcome for right in made.rights} == {None}


def test_every_other_right_is_answered_claim_by_claim(people):
    made = case(people, rights=(RightKind.ACCESS, RightKind.RECTIFICATION, RightKind.ERASURE))
    added = answered.call(made, people, W)

    def refused(count):
        with pytest.raises(proposal.ClaimsUnfinished) as told:
            proposal.propose(made, by=people.clerk)
        assert told.value.params == {"count": count}
        assert {right.outcome for right in made.rights} == {None}

    refused(2)  # nothing is noted of what is demanded
    rows = [claimed.claim(made, people, added=added), claimed.claim(made, people, "erasure", added=added)]
    refused(2)
    claimed.decide(rows[0], "corrected", by=people.clerk)
    refused(1)
    claimed.decide(rows[1], "refused", by=people.clerk)
    row = proposal.propose(made, by=people.clerk)
    assert row.outcome == Outcome.PARTIAL
    assert {right.right: right.outcome for right in made.rights} == {
        "access": Outcome.GRANTED,
        "rectification": Outcome.GRANTED,
        "erasure": Outcome.REFUSED,
    }
    assert answered.letters(made) == [
        ("case-access", "draft"),
        ("case-rectified", "draft"),
        ("case-certificate", "draft"),
    ]


def test_the_text_is_kept_while_it_is_written_and_an_older_page_is_refused(people):
    made = case(people, state=State.RECEIVED)
    row = proposal.write(made, reasons=" Utkast ", version=made.version, by=people.clerk)
    assert (row.reasons, row.state, row.version) == ("Utkast", State.IN_PROGRESS, made.version + 1)
    for act in (proposal.write, proposal.propose):
        with pytest.raises(actions.CaseChanged):
            act(made, reasons=REASONS, version=made.version, by=people.clerk)
    assert answered.acts(made) == ["reasons_changed"]


def test_only_the_handler_proposes_and_takes_back(people):
    made, other = case(people), answered.second_clerk()
    answered.call(made, people, W)
    refusals = {
        other: actions.NotHandler,
        people.decider: Denied,
        people.dpo: Denied,
        people.adviser: NotFound,
        people.manager: NotFound,
        people.admin: NotFound,
        people.outsider: NotFound,
    }
    for by, error in refusals.items():
        for act in (proposal.propose, proposal.write):
            with pytest.raises(error):
                act(made, reasons=REASONS, by=by)
    proposal.propose(made, reasons=REASONS, by=people.clerk)
    for by, error in refusals.items():
        with pytest.raises(error):
            proposal.take_back(made, by=by)
    before = fresh(made)
    proposal.take_back(made, by=people.clerk)
    row = fresh(made)
    assert (row.state, row.outcome, row.proposed_by, row.reasons) == (State.IN_PROGRESS, None, None, before.reasons)
    assert answered.letters(made) == [("case-access", "dropped")]
    assert answered.acts(made)[-1] == "proposal_taken_back"
    with pytest.raises(actions.NotNow):
        proposal.take_back(made, by=people.clerk)
    proposal.propose(made, reasons=REASONS, by=people.clerk)
    assert answered.letters(made) == [("case-access", "dropped"), ("case-access", "draft")]


def test_a_decider_returns_a_proposal_with_what_is_to_change(people):
    made = proposed(people, M)
    with pytest.raises(proposal.CommentNeeded):
        proposal.give_back(made, comment=" ", by=people.decider)
    for by in (people.clerk, people.dpo, answered.second_clerk()):
        with pytest.raises(Denied):
            proposal.give_back(made, comment=answered.WORDS, by=by)
    for by in (people.adviser, people.manager):
        with pytest.raises(NotFound):
            proposal.give_back(made, comment=answered.WORDS, by=by)
    row = proposal.give_back(made, comment=answered.WORDS, by=people.decider)
    assert (row.state, row.outcome, row.reasons) == (State.IN_PROGRESS, None, REASONS)
    step = proposal.last_return(row)
    assert (step.by, step.words) == (people.decider, answered.WORDS)
    assert answered.acts(made)[-1] == "returned"
    with pytest.raises(actions.NotNow):
        proposal.give_back(made, comment=answered.WORDS, by=people.decider)
    again = proposal.propose(made, reasons=REASONS, by=people.clerk)
    assert proposal.last_return(again) is None


def test_the_officer_gives_an_opinion_and_decides_nothing(people):
    made = proposed(people, N)
    with pytest.raises(proposal.OpinionEmpty):
        proposal.give_opinion(made, text=" ", by=people.dpo)
    for by in (people.clerk, people.decider):
        with pytest.raises(Denied):
            proposal.give_opinion(made, text=answered.WORDS, by=by)
    row = proposal.give_opinion(made, text=answered.WORDS, by=people.dpo)
    assert (row.opinion, row.opinion_by, row.state) == (answered.WORDS, people.dpo, State.PROPOSED)
    assert (answered.acts(made)[-1], answered.told(made)[-1]) == ("opinion_given", "opinion")
    for act in (proposal.approve, lambda c, by: proposal.give_back(c, comment="x", by=by)):
        with pytest.raises(Denied):
            act(made, by=people.dpo)
    with pytest.raises(actions.NotNow):
        proposal.give_opinion(case(people), text=answered.WORDS, by=people.dpo)


def test_consent_that_is_withdrawn_is_never_refused(people):
    made = case(people, rights=(RightKind.WITHDRAWAL,))
    with pytest.raises(proposal.NeverRefused):
        proposal.propose(made, reasons=REASONS, outcome=Outcome.UNFOUNDED, by=people.clerk)
    with pytest.raises(proposal.ConsentUnsettled):
        proposal.propose(made, by=people.clerk)
    for noted in (Outcome.GRANTED, Outcome.NONE_FOUND):
        CaseRight.update(outcome=noted).where(CaseRight.case == made.id).execute()
        row = proposal.propose(fresh(made), by=people.clerk)
        assert (row.outcome, answered.letters(made)[-1]) == (noted, ("case-consent", "draft"))
        proposal.take_back(row, by=people.clerk)
        assert CaseRight.get(CaseRight.case == made.id).outcome == noted, "what was done about the consent stays"


def test_an_approved_answer_that_cannot_leave_is_taken_back_and_decided_anew(people, as_):
    made = answered.ready(people, W, M)
    for refused in (Decision.WHOLE, Decision.WITHHELD):
        with pytest.raises(actions.NotNow):
            proposal.take_back(made, by=people.clerk)
        assert "Ta tillbaka" not in as_(people.clerk).get(f"/cases/{made.uuid}/answer").text, refused
    Copy.update(state=CopyState.FAILED).execute()
    with pytest.raises(Denied):
        proposal.take_back(made, by=people.decider)
    assert "Ta tillbaka" in as_(people.clerk).get(f"/cases/{made.uuid}/answer").text
    taken = proposal.take_back(made, by=people.clerk)
    assert (taken.state, taken.outcome, taken.approved_by, taken.approved_at) == (State.IN_PROGRESS, None, None, None)
    assert (Copy.get().state, answered.letters(made)) == (CopyState.GOING, [("case-partial", "dropped")])
    assert len(answered.standing(made)) == 2
    assert (answered.acts(made)[-1], answered.told(made)[-1]) == ("proposal_taken_back", "taken_back")
    again = proposal.propose(taken, reasons=REASONS, by=people.clerk)
    assert proposal.approve(again, by=people.decider).state == State.APPROVED
    assert Copy.select().where(Copy.state == CopyState.ORDERED).count() == 1
    Document.update(state="failed").where(Document.state == "ordered").execute()
    assert proposal.take_back(fresh(made), by=people.clerk).state == State.IN_PROGRESS


def test_what_was_taken_back_by_the_person_is_not_decided_anew(people):
    made = ending.withdraw(case(people), words=answered.WORDS, by=people.clerk)
    Document.update(state="failed").execute()
    with pytest.raises(actions.NotNow):
        proposal.take_back(made, by=people.clerk)
