"""What was granted is erased after the approval: at once, or when what hinders it is gone; then a letter says so."""

import datetime as dt

import pytest

from portal import clock
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.cases import carrying, copies, ending, proposal, sendings
from portal.cases.claim_models import Claim, Sending
from portal.cases.codes import CopyState, Decision, Disputed, RightKind, State, Wait
from portal.cases.models import Case, Copy
from portal.documents.kinds import Kind
from portal.documents.models import Document
from portal.documents.models import State as Letter
from portal.recordings.models import State as RecordingState
from portal.register.models import Notice, Told
from portal.retention import deletion, freezes, holds, passages, restrictions, watch
from portal.retention.models import Basis, Channel, PurgeLine, Rule, Transfer, TransferState
from portal.retention.restriction_models import Redaction, RedactionState, RestrictionGround
from portal.vault import keystore
from tests import kill
from tests.cases import answered, claimed
from tests.cases.answered import TODAY, fresh
from tests.cases.claimed import G, R
from tests.cases.made import last_entry
from tests.retention import kept

DAY = dt.timedelta(days=1)
ERASURE, OBJECTION, ACCESS = RightKind.ERASURE, RightKind.OBJECTION, RightKind.ACCESS


@pytest.fixture(autouse=True)
def _day(monkeypatch):
    monkeypatch.setattr(watch, "doubts_clock", lambda: False)
    with clock.frozen(answered.NOW):
        yield


def approved(people, *rights, decision=None, calls=1, **more):
    """A case in which the erasure of each call was granted, approved by the decider, and its claims."""
    made = answered.case(people, rights=rights or (ERASURE,), **more)
    added = [answered.call(made, people, decision, hours=hours) for hours in range(1, calls + 1)]
    for code in rights or (ERASURE,):
        if code != ACCESS:
            for one in added:
                claimed.claim(made, people, code, G, added=one)
    return approve(made, people)


def approve(made, people):
    made = proposal.propose(fresh(made), reasons=answered.REASONS, by=people.clerk)
    for one in made.calls:
        answered.heard(one, people.decider)
    made = proposal.approve(made, reviewed=True, by=people.decider)
    return made, list(Claim.select().order_by(Claim.id))


def recording(claim):
    return fresh(fresh(claim).call.recording)


def erased(made) -> list[str]:
    """The states of the letters that confirm an erasure."""
    chosen = Document.select(Document.state).where(
        Document.owner_key == made.uuid.hex, Document.kind == Kind.CASE_ERASED, Document.state != Letter.DROPPED
    )
    return [state for (state,) in chosen.order_by(Document.id).tuples()]


def test_nothing_is_erased_before_the_approval_and_all_of_it_after(people):
    made = answered.case(people, rights=(ERASURE,))
    claim = claimed.claim(made, people, ERASURE, G, added=answered.call(made, people))
    made = proposal.propose(made, reasons=answered.REASONS, by=people.clerk)
    assert carrying.carry_out() == carrying.carry_case(made) == carrying.Carried()
    assert recording(claim).state == RecordingState.LIVE
    answered.heard(claim.call, people.decider)
    made = proposal.approve(made, by=people.decider)
    assert (erased(made), carrying.left(made)) == ([Letter.DRAFT], [claim])
    assert not ending.is_set(made), "the answer waits for what it tells of"
    assert carrying.carry_out() == carrying.Carried(done=1)
    row, gone = fresh(claim), recording(claim)
    assert (row.carried_at, row.carried_by, row.waits) == (answered.NOW, people.decider, "")
    assert gone.state == RecordingState.PURGED
    assert not keystore.exists(gone.uuid)
    line = PurgeLine.get()
    assert (line.subject, line.rule) == (gone.uuid, Rule.ERASURE)
    entry, detail = last_entry(Act.CASE_CLAIM_CARRIED)
    assert (entry.subject, entry.reference, entry.by) == (claim.uuid, made.number, None)
    assert (detail["rights"], detail["entry"], detail["claim_decision"]) == ([ERASURE], "call", "granted")
    assert (erased(made), answered.told(made)[-1]) == ([Letter.ORDERED], "carried")
    assert carrying.carry_out().done == 0
    assert Entry.select().where(Entry.act == Act.CASE_CLAIM_CARRIED).count() == 1
    answered.lock_letters(made)
    sent = ending.dispatch(made, on=TODAY, how="post", by=people.clerk)
    assert ending.remaining(sent) is None
    assert not Sending.select().exists(), "it left with the answer"


def test_the_copy_that_was_asked_for_is_given_first(people):
    made, (claim,) = approved(people, ACCESS, ERASURE, decision=Decision.WHOLE)
    assert carrying.carry_out().done == 0
    assert fresh(claim).waits == Wait.ACCESS
    assert last_entry(Act.CASE_CLAIM_WAITS)[1]["waits"] == "access"
    assert erased(made) == [Letter.ORDERED], "the answer tells that it waits, and does not itself wait"
    answered.lock_letters(made)
    answered.make_copies(made)
    sent = ending.dispatch(made, on=TODAY, how="post", by=people.clerk)
    assert carrying.carry_case(sent).done == 0
    assert recording(claim).state == RecordingState.LIVE, "the copy lies to be handed over"
    assert isinstance(ending.remaining(sent), ending.CopyLeft)
    copy = Copy.get()
    copies.hand_over(copy, to="Zq", how="vid disken", identity_seen="desk", on=TODAY, by=people.clerk)
    assert isinstance(ending.remaining(fresh(sent)), ending.NotCarried)
    with pytest.raises(ending.NotCarried):
        ending.close(fresh(sent), by=people.clerk)
    with clock.frozen(answered.NOW + 90 * DAY):
        assert ending.close_due() == 0, "its day came, and something is not done"
    assert carrying.carry_out().done == 1
    assert recording(claim).state == RecordingState.PURGED
    assert fresh(copy).state == CopyState.GONE, "a copy of what is erased goes with it"
    sending = Sending.get()
    assert (sending.case_id, sending.right, erased(made)) == (made.id, ERASURE, [Letter.LOCKED, Letter.ORDERED])
    with pytest.raises(ending.LetterLeft):
        ending.close(fresh(sent), by=people.clerk)
    answered.lock_letters(made)
    sendings.sent(sending, on=TODAY, how="post", by=people.clerk)
    assert ending.close(fresh(sent), by=people.clerk).state == State.CLOSED


def test_a_copy_that_nobody_fetched_holds_the_erasure_until_it_is_gone(people):
    made, (claim,) = approved(people, ACCESS, ERASURE, decision=Decision.WHOLE)
    carrying.carry_out()
    answered.lock_letters(made)
    answered.make_copies(made)
    ending.dispatch(made, on=TODAY, how="post", by=people.clerk)
    Copy.update(state=CopyState.GONE).execute()
    assert carrying.carry_out().done == 1
    assert recording(claim).state == RecordingState.PURGED


def test_a_held_call_is_erased_when_it_is_released_and_the_answer_says_so_meanwhile(people):
    made, (claim,) = approved_held(people)
    row = recording(claim)
    assert (row.state, fresh(claim).waits, erased(made)) == (RecordingState.LIVE, Wait.HELD, [Letter.ORDERED])
    assert [one.because for one in answered.standing(made)] == [made.uuid], "its own freeze stands"
    answered.lock_letters(made)
    sent = ending.dispatch(made, on=TODAY, how="post", by=people.clerk)
    assert carrying.carry_out().done == 0
    assert Entry.select().where(Entry.act == Act.CASE_CLAIM_WAITS).count() == 1, "told once"
    release(row, people)
    assert carrying.carry_out().done == 1
    assert isinstance(ending.remaining(fresh(sent)), ending.LetterLeft)


def approved_held(people):
    made = answered.case(people, rights=(ERASURE,))
    added = answered.call(made, people)
    kept.place(added.recording, people.manager)
    claimed.claim(made, people, ERASURE, G, added=added)
    made, claims = approve(made, people)
    assert carrying.carry_out().done == 0
    return made, claims


def release(row, people):
    hold = row.hold_rows.get()
    holds.release(hold, reason="zqbehövs inte längre", seen=holds.Then.KEPT, by=people.second_manager)


def test_a_hold_released_before_the_answer_leaves_has_it_confirmed_with_the_answer(people):
    made, (claim,) = approved_held(people)
    answered.lock_letters(made)
    release(recording(claim), people)
    assert carrying.carry_out().done == 1
    assert erased(made) == [Letter.LOCKED, Letter.ORDERED]
    assert not Sending.select().exists()
    with pytest.raises(ending.LetterWaiting):
        ending.dispatch(made, on=TODAY, how="post", by=people.clerk)


def test_a_call_that_another_case_needs_waits_for_it(people):
    made = answered.case(people, rights=(ERASURE,))
    added = answered.call(made, people)
    claimed.claim(made, people, ERASURE, G, added=added)
    other = answered.case(people)
    freezes.freeze([added.recording], because=other, by=people.clerk)
    made, (claim,) = approve(made, people)
    assert carrying.carry_out().done == 0
    assert fresh(claim).waits == Wait.FROZEN
    freezes.lift(other, by=people.clerk)
    assert carrying.carry_out().done == 1


def test_while_the_answer_is_complained_of_nothing_more_is_erased(people):
    made, (claim,) = approved_held(people)
    answered.lock_letters(made)
    ending.dispatch(made, on=TODAY, how="post", by=people.clerk)
    Case.update(state=State.COMPLAINT, lifts_on=None).execute()
    release(recording(claim), people)
    assert carrying.carry_out().done == 0
    assert (fresh(claim).waits, recording(claim).state) == (Wait.COMPLAINT, RecordingState.LIVE)
    Case.update(state=State.DISPATCHED, lifts_on=TODAY).execute()
    assert carrying.carry_out().done == 1


def test_a_disk_that_refuses_is_a_fault_that_mends_itself_and_holds_the_letter(people, monkeypatch):
    made, claims = approved(people, calls=2)
    broken = recording(claims[0]).uuid
    destroy = keystore.destroy

    def refusing(subject, **more):
        if subject == broken:
            raise OSError(5, "EIO")
        return destroy(subject, **more)

    monkeypatch.setattr(keystore, "destroy", refusing)
    assert carrying.carry_out() == carrying.Carried(done=1, fault="EIO"), "one that fails stops no other"
    assert (fresh(claims[0]).waits, recording(claims[0]).state) == (Wait.FAULT, RecordingState.PURGING)
    assert (fresh(claims[1]).carried_at, erased(made)) == (answered.NOW, [Letter.DRAFT])
    assert "carried" not in answered.told(made)
    monkeypatch.setattr(keystore, "destroy", destroy)
    assert carrying.carry_out() == carrying.Carried(done=1)
    assert (fresh(claims[0]).waits, erased(made), answered.told(made)[-1]) == ("", [Letter.ORDERED], "carried")


def test_what_fails_without_a_word_stops_no_other_and_is_tried_again(people, monkeypatch):
    made, claims = approved(people, calls=2)
    claim_erased = deletion.claim_erased

    def broken(row, **more):
        if row.id == recording(claims[0]).id:
            raise ZeroDivisionError
        return claim_erased(row, **more)

    with monkeypatch.context() as patch:
        patch.setattr(deletion, "claim_erased", broken)
        assert carrying.carry_out() == carrying.Carried(done=1, fault="ZeroDivisionError")
    assert ([fresh(claim).waits for claim in claims], erased(made)) == ([Wait.FAULT, ""], [Letter.DRAFT])
    assert carrying.carry_out() == carrying.Carried(done=1)
    assert erased(made) == [Letter.ORDERED]


def test_what_the_deletion_sweep_finished_is_taken_note_of(people, monkeypatch):
    made, (claim,) = approved(people)
    with monkeypatch.context() as patch:
        patch.setattr(deletion, "finish", lambda line: "EIO")
        carrying.carry_out()
    assert recording(claim).state == RecordingState.PURGING
    assert deletion.finish(PurgeLine.get()) == ""
    assert carrying.carry_out() == carrying.Carried(done=1)
    assert erased(made) == [Letter.ORDERED]


def test_an_answer_taken_back_or_put_aside_erases_nothing(people):
    made, (claim,) = approved(people)
    Document.update(state=Letter.FAILED).where(Document.kind == Kind.CASE_ERASED).execute()
    proposal.take_back(made, by=people.clerk)
    assert carrying.carry_out().done == 0
    ending.withdraw(fresh(made), words="Zqjag ångrade mig.", by=people.clerk)
    assert fresh(made).state == State.APPROVED
    assert carrying.carry_out().done == 0
    assert recording(claim).state == RecordingState.LIVE
    assert carrying.is_carried(fresh(made))


def test_two_rights_on_one_call_are_both_done_with_a_letter_each(people):
    made, claims = approved(people, ERASURE, OBJECTION)
    assert carrying.carry_out().done == 2
    assert [fresh(claim).carried_by for claim in claims] == [people.decider] * 2
    assert (erased(made), answered.told(made).count("carried")) == ([Letter.ORDERED] * 2, 2)


def test_what_locked_the_call_ends_with_it_and_its_recipients_are_to_be_told(people):
    made = answered.case(people, rights=(OBJECTION,))
    added = answered.call(made, people)
    claimed.claim(made, people, OBJECTION, G, added=added)
    for ground in (RestrictionGround.OBJECTION, RestrictionGround.CLAIMS):  # the latter keeps it past its date
        restrictions.restrict([added.recording], ground=ground, because=made, by=people.clerk)
    given(added.recording, people)
    made, (claim,) = approve(made, people)
    assert not Notice.select().exists()
    assert carrying.carry_out().done == 1
    assert recording(claim).restrictions == 0
    assert last_entry(Act.RESTRICTION_LIFTED)[1]["cause"] == "erased"
    notice = Notice.get()
    assert (notice.what, notice.because, notice.state) == (Told.ERASED, made.uuid, "waiting")
    answered.lock_letters(made)
    sent = ending.dispatch(made, on=TODAY, how="post", by=people.clerk)
    with pytest.raises(ending.NoticeLeft):
        ending.close(sent, by=people.clerk)


def given(row, people):
    """It was once handed to the police."""
    about = {"authority": "Polisen", "basis": Basis.STATUTE, "channel": Channel.IN_PERSON, "asked_on": TODAY}
    Transfer.create(recording=row, proposed_by=people.clerk, state=TransferState.HANDED_OVER, **about)


def test_what_is_refused_beside_what_is_granted_is_left_alone(people):
    made = answered.case(people, rights=(ERASURE,))
    first, second = (answered.call(made, people, hours=hours) for hours in (1, 2))
    claimed.claim(made, people, ERASURE, G, added=first)
    claimed.claim(made, people, ERASURE, R, added=second)
    made, claims = approve(made, people)
    assert carrying.carry_out().done == 1
    assert [recording(claim).state for claim in claims] == [RecordingState.PURGED, RecordingState.LIVE]
    assert carrying.is_carried(made)
    assert fresh(claims[1]).carried_at is None


def with_passages(people, *ranges):
    made = answered.case(people, rights=(ERASURE,))
    added = answered.call(made, people)
    for start, end in ranges:
        about = {"entry": Disputed.PASSAGE, "start_ms": start, "end_ms": end}
        claimed.claim(made, people, ERASURE, G, added=added, **about)
    return approve(made, people)


def test_passages_of_one_call_become_one_new_sound_and_are_done_when_it_is(people):
    made, claims = with_passages(people, (200, 600), (1000, 1500))
    before = recording(claims[0])
    assert carrying.carry_out().done == 0
    assert [one.passages for one in Redaction.select()] == [[(200, 600), (1000, 1500)]]
    assert ([fresh(claim).waits for claim in claims], erased(made)) == (["", ""], [Letter.DRAFT])
    assert passages.sweep().done == 1
    assert carrying.carry_out().done == 2
    after = recording(claims[0])
    assert (after.state, after.vault_id != before.vault_id) == (RecordingState.LIVE, True)
    assert (erased(made), answered.told(made).count("carried")) == ([Letter.ORDERED], 1)
    assert Redaction.select().count() == 1


def test_passages_of_a_held_call_wait_and_those_that_fail_say_so(people):
    _, (claim,) = with_passages(people, (200, 600))
    kept.place(recording(claim), people.manager)
    carrying.carry_out()
    assert (fresh(claim).waits, Redaction.select().count()) == (Wait.HELD, 0)
    release(recording(claim), people)
    carrying.carry_out()
    Redaction.update(state=RedactionState.FAILED, failure="EIO").execute()
    carrying.carry_out()
    assert (fresh(claim).waits, Redaction.select().count()) == (Wait.FAULT, 1)
    assert passages.sweep(again=True).done == 1
    assert carrying.carry_out().done == 1


def test_a_whole_call_takes_its_passages_with_it(people):
    made = answered.case(people, rights=(ERASURE,))
    added = answered.call(made, people)
    about = {"entry": Disputed.PASSAGE, "start_ms": 200, "end_ms": 600}
    claimed.claim(made, people, ERASURE, G, added=added, **about)
    claimed.claim(made, people, ERASURE, G, added=added)
    approve(made, people)
    assert carrying.carry_out().done == 2
    assert not Redaction.select().exists()


def test_a_kill_anywhere_is_finished_by_the_next_round(people, monkeypatch):
    """Whatever it leaves: the call is gone in the end, told of once, with one letter."""
    kill.without_waiting(monkeypatch)
    made, claims = approved(people)
    points = kill.count_points(carrying.carry_out)
    assert points > 40
    for point in range(1, points + 1, 8):
        made, claims = approved(people)
        claim = claims[-1]
        kill.run_killed(carrying.carry_out, point)
        carrying.carry_out()
        assert recording(claim).state == RecordingState.PURGED, point
        assert not keystore.exists(recording(claim).uuid), point
        assert (erased(made), answered.told(made).count("carried")) == ([Letter.ORDERED], 1), point
        for act, subject in ((Act.CASE_CLAIM_CARRIED, claim.uuid), (Act.PURGED, recording(claim).uuid)):
            assert Entry.select().where(Entry.act == act, Entry.subject == subject).count() == 1, point
