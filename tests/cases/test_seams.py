"""Where the parts of a request meet: an answer that is reopened for one right leaves what was promised for another."""

import datetime as dt

import pytest

from portal import clock
from portal.cases import (
    actions,
    approval,
    carrying,
    claims,
    complaints,
    completions,
    consents,
    copies,
    demands,
    ending,
    lists,
    locking,
    proposal,
    selection,
    sendings,
)
from portal.cases.claim_models import Claim, Sending
from portal.cases.codes import (
    Body,
    Concerns,
    CopyState,
    Decision,
    Disputed,
    Identity,
    Outcome,
    Result,
    RightKind,
    SendingState,
    Wait,
)
from portal.cases.models import Case, CaseCall, Copy
from portal.db import db
from portal.documents import facts_rights
from portal.documents.kinds import Kind
from portal.documents.models import Document
from portal.errors import Denied, NotFound
from portal.recordings import corrections
from portal.recordings.models import State as RecordingState
from portal.register import notices
from portal.retention import holds, passages, silencing, watch
from portal.retention.restriction_models import Redaction, Restriction
from tests.cases import answered, claimed
from tests.cases.answered import REASONS, TODAY, WORDS, fresh
from tests.cases.claimed import G, R
from tests.register import consented
from tests.retention import kept

DAY = dt.timedelta(days=1)
ACCESS, RECTIFICATION = RightKind.ACCESS, RightKind.RECTIFICATION
ERASURE, RESTRICTION = RightKind.ERASURE, RightKind.RESTRICTION


@pytest.fixture(autouse=True)
def _day(monkeypatch):
    monkeypatch.setattr(watch, "doubts_clock", lambda: False)  # a test's months pass in no time
    with clock.frozen(answered.NOW):
        yield


def approve(made, people):
    made = proposal.propose(fresh(made), reasons=REASONS, by=people.clerk)
    for one in made.calls:
        answered.heard(one, people.decider)
    return proposal.approve(made, reviewed=True, by=people.decider)


def send(made, people):
    answered.lock_letters(made)
    answered.make_copies(made)
    return ending.dispatch(fresh(made), on=clock.today(), how="post", by=people.clerk)


def overturn(made, people, *rights):
    """The ombudsman finds that these rights are to be answered anew."""
    one = complaints.note(fresh(made), body=Body.OMBUDSMAN, on=clock.today(), by=people.clerk)
    decided = {"result": Result.PARTLY, "on": clock.today(), "words": WORDS, "overturned": rights}
    return complaints.end(one, **decided, by=people.clerk)


def recording(claim):
    return fresh(fresh(claim).call.recording)


def test_an_erasure_that_waited_is_confirmed_by_letter_in_a_later_round_too(people):
    made = answered.case(people, rights=(RECTIFICATION, ERASURE))
    one, two = answered.call(made, people), answered.call(made, people, hours=2)
    claimed.claim(made, people, RECTIFICATION, R, added=one)
    erasure = claimed.claim(made, people, ERASURE, G, added=two)
    hold = kept.place(recording(erasure), people.manager)
    made = approve(made, people)
    carrying.carry_out()
    assert fresh(erasure).waits == Wait.HELD
    made = send(made, people)
    made = overturn(made, people, RECTIFICATION)
    claimed.decide(Claim.get(Claim.id != erasure.id), claimed.C, by=people.clerk)
    made = approve(made, people)
    holds.release(fresh(hold), reason="zqbehövs inte längre", seen=holds.Then.KEPT, by=people.second_manager)
    carrying.carry_out()
    assert recording(erasure).state == RecordingState.PURGED
    waited, confirms = Document.select().where(Document.kind == Kind.CASE_ERASED).order_by(Document.id)
    assert [facts_rights.answer(letter).later for letter in (waited, confirms)] == [False, True]
    assert Sending.get().letter == confirms.uuid, "it leaves apart from the answer of the new round"


def test_a_copy_that_waits_to_be_handed_over_outlives_the_reopening_of_another_right(people):
    made = answered.case(people, rights=(ACCESS, ERASURE))
    calls = [answered.call(made, people, Decision.WHOLE, hours=hours) for hours in (1, 2)]
    granted = claimed.claim(made, people, ERASURE, G, added=calls[0])
    claimed.claim(made, people, ERASURE, R, added=calls[1])
    made = send(approve(made, people), people)
    made = overturn(made, people, ERASURE)
    copy = Copy.get()
    assert copy.state == CopyState.READY
    claimed.decide(Claim.get(Claim.id != granted.id), G, by=people.clerk)
    made = approve(made, people)
    carrying.carry_out()
    assert {row.waits for row in Claim.select()} == {Wait.ACCESS}, "the copy first"
    send(made, people)
    copies.hand_over(copy, to="Zq", how="vid disken", identity_seen="desk", on=TODAY, by=people.clerk)
    assert carrying.carry_out().done == 2


def test_a_copy_can_be_handed_over_while_the_case_is_open_again_for_another_right(people, as_):
    made = answered.case(people, rights=(ACCESS, ERASURE))
    claimed.claim(made, people, ERASURE, R, added=answered.call(made, people, Decision.WHOLE))
    made = send(approve(made, people), people)
    made = overturn(made, people, ERASURE)
    (copy,) = Copy.select()
    assert "identity_seen" in as_(people.clerk).get(f"/cases/{made.uuid}/copies").text
    with pytest.raises(copies.NotMade):  # its bytes are no part of this test
        copies.take(copy, by=people.clerk)
    about = {"to": "Zq", "how": "vid disken", "identity_seen": "desk", "by": people.clerk}
    with pytest.raises(copies.WrongDay):
        copies.hand_over(copy, on=TODAY - DAY, **about)
    assert copies.hand_over(copy, on=TODAY, **about).handed_on == TODAY
    assert {row.lifts_on for row in answered.standing(made)} == {None}


def test_a_consent_hinders_no_erasure_of_a_whole_call(people):
    made = answered.case(people, rights=(ERASURE,))
    claim = claimed.claim(made, people, ERASURE, G, added=answered.call(made, people))
    consented.give(people, recording(claim))
    approve(made, people)
    assert carrying.carry_out().done == 1


def test_a_lifting_that_is_told_after_the_case_was_closed_can_be_noted_by_any_clerk(people, as_):
    made = answered.case(people, rights=(RESTRICTION,))
    claimed.claim(made, people, RESTRICTION, G, added=answered.call(made, people))
    made = ending.close(send(approve(made, people), people), by=people.clerk)
    other = answered.second_clerk()
    locking.announce(made, [Restriction.get().uuid], day=locking.first_day(), reasons=REASONS * 2, by=other)
    answered.lock_letters(made)
    path, row = f"/cases/{made.uuid}/ending", Sending.get()
    field = f"{row.uuid.hex}-how"
    assert f'name="{field}"' in as_(other).get(path).text
    assert f'name="{field}"' not in as_(people.decider).get(path).text
    assert lists.to_send(other).rows == [made]
    with pytest.raises(Denied):
        sendings.sent(row, on=TODAY, how="post", by=people.decider)
    row = sendings.sent(row, on=TODAY, how="post", by=other)
    assert row.state == SendingState.SENT
    assert Restriction.get().lifts_on == locking.first_day()


def test_a_reopened_right_locks_nothing_for_a_right_that_was_answered_before(people):
    made = answered.case(people, rights=(RECTIFICATION, RESTRICTION))
    one, two = answered.call(made, people), answered.call(made, people, hours=2)
    claimed.claim(made, people, RECTIFICATION, claimed.C, added=one)
    claimed.claim(made, people, RESTRICTION, R, added=two)
    made = send(approve(made, people), people)
    with clock.frozen(answered.NOW + 31 * DAY):
        assert locking.lift_due() == 1
        overturn(made, people, RESTRICTION)
        assert not locking.standing(made)


def test_what_was_to_be_lifted_stays_restricted_while_the_answer_is_complained_of(people):
    made = answered.case(people, rights=(RESTRICTION,))
    claimed.claim(made, people, RESTRICTION, G, added=answered.call(made, people))
    made = send(approve(made, people), people)
    locking.announce(made, [Restriction.get().uuid], day=locking.first_day(), reasons=REASONS * 2, by=people.clerk)
    answered.lock_letters(made)
    sendings.sent(Sending.get(), on=TODAY, how="post", by=people.clerk)
    complaints.note(fresh(made), body=Body.OMBUDSMAN, on=TODAY, by=people.clerk)
    with clock.frozen(answered.NOW + 60 * DAY):
        assert locking.lift_due() == 0


def test_a_lifting_told_while_the_answer_is_complained_of_lifts_nothing(people):
    made = answered.case(people, rights=(RESTRICTION,))
    claimed.claim(made, people, RESTRICTION, G, added=answered.call(made, people))
    made = send(approve(made, people), people)
    about = {"day": locking.first_day(), "reasons": REASONS * 2, "by": people.clerk}
    locking.announce(made, [Restriction.get().uuid], **about)
    answered.lock_letters(made)
    one = complaints.note(fresh(made), body=Body.OMBUDSMAN, on=TODAY, by=people.clerk)
    sendings.sent(Sending.get(), on=TODAY, how="post", by=people.clerk)
    assert Restriction.get().lifts_on is None
    decided = {"result": Result.UPHELD, "on": TODAY, "words": WORDS}
    made = complaints.end(one, **decided, by=people.clerk)
    locking.announce(made, [Restriction.get().uuid], **about)
    assert Sending.select().count() == 2, "the person is told anew"


def test_what_a_person_wants_kept_hinders_no_erasure_of_passages_of_the_persons_own(people):
    made = answered.case(people, rights=(ERASURE, RESTRICTION))
    call = answered.call(made, people)
    claimed.claim(made, people, RESTRICTION, G, added=call)
    claimed.claim(made, people, ERASURE, G, added=call, entry=Disputed.PASSAGE, start_ms=0, end_ms=500)
    made = approve(made, people)
    carrying.carry_out()
    assert Redaction.get().because == made.uuid
    assert locking.standing(made), "what is left of it stays restricted"


def test_who_withdrew_a_consent_by_the_case_approves_nothing_of_it(people):
    made = answered.case(people, rights=(RightKind.WITHDRAWAL, ERASURE))
    first = answered.both()
    Case.update(handler=first).where(Case.id == made.id).execute()
    consents.none_on_file(fresh(made), by=first)
    actions.take_over(fresh(made), by=people.clerk)
    with pytest.raises(approval.OwnHandling):
        approval.second_person(fresh(made), first)


def test_a_request_reopened_after_its_calls_were_deleted_can_be_answered(people):
    made = answered.case(people, rights=(ERASURE,))
    call = answered.call(made, people)
    proposal.propose(made, reasons=REASONS, outcome=Outcome.UNFOUNDED, by=people.clerk)
    made = send(proposal.approve(fresh(made), by=people.decider), people)
    with clock.frozen(answered.NOW + 200 * DAY):
        assert ending.close_due() == kept.sweep() == 1
        made = overturn(made, people, ERASURE)
        assert fresh(call.recording).state == RecordingState.PURGED
        again = proposal.propose(fresh(made), by=people.clerk)
        assert again.outcome == Outcome.NONE_FOUND
        send(proposal.approve(again, by=people.decider), people)


def test_no_letter_names_the_calls_of_somebody_who_has_not_shown_that_they_are_theirs(people):
    made = answered.case(people, rights=(RightKind.OBJECTION, RightKind.WITHDRAWAL), identity=Identity.UNPROVEN)
    call = answered.call(made, people)
    consents.withdraw(fresh(made), consented.give(people, call.recording), by=people.clerk)
    locking.follow(made, by=people.clerk)
    letter = Document.create(
        kind=Kind.CASE_CONSENT, language="sv", owner_kind="cases", owner_key=made.uuid.hex, content="{}", state="draft"
    )
    (ended,) = facts_rights.consent(letter).consents
    assert ended.calls == []
    with db.atomic():
        locking._announce(fresh(made), locking.standing(made), TODAY, reasons="", by=people.clerk)
    lifted = Document.get(Document.kind == Kind.CASE_LIFTED)
    assert (facts_rights.lifted(lifted).ahead, facts_rights.lifted(lifted).day) == ([], TODAY.isoformat())
    Case.update(identity=Identity.PROVEN).where(Case.id == made.id).execute()
    assert len(facts_rights.lifted(lifted).ahead) == 1
    CaseCall.update(concerns=None).execute()
    assert facts_rights.lifted(lifted).ahead == [], "perhaps somebody else's"


def test_to_a_call_of_somebody_else_nothing_is_attached_and_of_it_no_original_is_opened(people):
    made = answered.case(people, rights=(RECTIFICATION,))
    call = answered.call(made, people, subject="Zqfel")
    row = corrections.correct(call.recording, "subject", "Zqrätt", reason="Zqskäl", because=made, by=people.clerk)
    selection.judge(call, Concerns.NO, by=people.clerk)
    with pytest.raises(demands.CallForeign):
        completions.attach(fresh(call), text="Zqjag menade den nionde.", by=people.clerk)
    with pytest.raises(NotFound):
        completions.open_original(fresh(call), row, need="Zqbehov", by=people.clerk)


def test_what_was_done_before_the_case_was_reopened_hinders_nobody_from_withdrawing_the_rest(people):
    made = answered.case(people, rights=(ERASURE, RESTRICTION))
    claimed.claim(made, people, ERASURE, G, added=answered.call(made, people))
    claimed.claim(made, people, RESTRICTION, R, added=answered.call(made, people, hours=2))
    made = approve(made, people)
    assert carrying.carry_out().done == 1
    made = overturn(send(made, people), people, RESTRICTION)
    assert ending.withdraw(made, words=WORDS, by=people.clerk).outcome == Outcome.WITHDRAWN


def test_passages_that_cannot_be_erased_are_no_dead_end(people, monkeypatch):
    made = answered.case(people, rights=(ERASURE,))
    call = answered.call(made, people)
    claim = claimed.claim(made, people, ERASURE, G, added=call, entry=Disputed.PASSAGE, start_ms=0, end_ms=500)
    made = approve(made, people)
    carrying.carry_out()
    assert fresh(call.recording).redacting
    monkeypatch.setattr(silencing, "make", lambda *args: 1 / 0)
    assert passages.sweep().failed == 1
    carrying.carry_out()
    assert fresh(claim).waits == Wait.FAULT
    assert not ending.is_set(made)
    assert proposal.is_stuck(fresh(made))
    proposal.take_back(fresh(made), by=people.clerk)
    row = fresh(call.recording)
    assert (Redaction.get().state, row.redacting, row.playable) == ("lapsed", False, "pending")
    assert kept.acts(row)[-1] == "passages_given_up"
    monkeypatch.undo()
    assert passages.sweep(again=True) == passages.Swept(), "what was taken back is not erased"
    claims.remove(claim, by=people.clerk)
    claimed.claim(made, people, ERASURE, G, added=call)
    approve(made, people)
    assert carrying.carry_out().done == 1


def test_passages_given_up_while_the_new_sound_is_made_stay_as_they_are(people, monkeypatch):
    made = answered.case(people, rights=(ERASURE,))
    call = answered.call(made, people)
    claimed.claim(made, people, ERASURE, G, added=call, entry=Disputed.PASSAGE, start_ms=0, end_ms=500)
    made = approve(made, people)
    carrying.carry_out()
    real = silencing.make

    def make(*args):
        done = real(*args)
        passages.give_up(because=made, by=people.clerk)
        passages.erase(call.recording, [(600, 900)], because=made, by=people.decider)
        return done

    monkeypatch.setattr(silencing, "make", make)
    passages.sweep()
    old, new = Redaction.select().order_by(Redaction.id)
    assert (old.state, old.sha256_after, new.state) == ("lapsed", "", "ordered")
    assert fresh(call.recording).sealed_as is None


def test_what_a_person_adds_is_attached_in_one_commit_with_what_follows_of_it(people, monkeypatch):
    made = answered.case(people, rights=(RECTIFICATION,))
    call = answered.call(made, people)
    monkeypatch.setattr(notices, "open_for", lambda *args, **more: 1 / 0)
    before = answered.register()
    with pytest.raises(ZeroDivisionError):
        completions.attach(call, text="Zqjag menade den nionde.", by=people.clerk)
    assert answered.register() == before
