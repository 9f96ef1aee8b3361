"""What is contested or objected to is locked while it is looked into, and let go on the day that the answer tells."""

import dataclasses
import datetime as dt
import itertools
import json

import pytest

from portal import clock, config
from portal.cases import carrying, complaints, ending, intake, locking, search, selection, sendings, tending
from portal.cases.actions import NotHandler, NotNow
from portal.cases.claim_models import Claim, Sending
from portal.cases.codes import ClaimDecision, Concerns, Disputed, Outcome, RightKind, SendingState, State
from portal.cases.models import Case, CaseCall, CaseRight
from portal.documents.models import Document
from portal.errors import Denied
from portal.retention import freezes, restrictions, watch
from portal.retention.restriction_models import Restriction, RestrictionGround
from tests.cases import answered, made
from tests.cases.made import fresh

A, B, C, D = RestrictionGround


@pytest.fixture(autouse=True)
def _day(monkeypatch):
    monkeypatch.setattr(watch, "doubts_clock", lambda: False)  # a test's months pass in no time
    with clock.frozen(made.NOW):
        yield


def grounds(case: Case) -> list[tuple[int, str]]:
    return [(row.recording_id, row.ground) for row in locking.standing(case)]


def claim(case: Case, call: CaseCall, right=RightKind.RECTIFICATION, **more) -> Claim:
    row, _ = CaseRight.get_or_create(case=case, right=right)
    about = {"entry": Disputed.SUBJECT, "disputed": "zqdet", "demanded": "zqannat", **more}
    return Claim.create(right=row, call=call, added_by=case.handler, **about)


def answer(case: Case, state=State.DISPATCHED, **values) -> Case:
    """As the ending leaves it when the answer has gone."""
    sent = {"dispatched_on": clock.today(), "lifts_on": clock.today() + dt.timedelta(days=30), **values}
    Case.update(state=state, **sent).where(Case.id == case.id).execute()
    return fresh(case)


def test_an_objection_locks_every_call_that_the_registration_found(people):
    rows = [made.call(people), made.call(people, days=3)]
    case = made.case(people, rights=(RightKind.OBJECTION,))
    assert grounds(case) == [(row.id, D) for row in rows]
    assert made.steps(case).count("restricted") == 1
    other = made.case(people, rights=(RightKind.ACCESS,))
    assert grounds(other) == []


def test_an_objection_locks_what_is_searched_added_by_hand_or_comes_in_late(people):
    case = made.case(people, rights=(RightKind.OBJECTION,))
    late = made.call(people)
    assert search.again(case) == 1
    other = made.call(people, days=1, number="+358409999999")
    selection.add(fresh(case), other.uuid, by=people.clerk)
    assert grounds(case) == [(row.id, D) for row in (late, other)]
    third = made.call(people, days=2, number="+358408888888")
    search.search(fresh(case), search.Keys(numbers=(third.number,)), by=people.clerk)
    assert grounds(case) == [(row.id, D) for row in (late, other, third)]


def test_a_right_that_is_added_locks_at_once_and_a_case_without_it_does_not(people):
    row = made.call(people)
    case = made.case(people)
    assert grounds(case) == []
    rights = (RightKind.ACCESS, RightKind.OBJECTION)
    intake.change_facts(case, version=case.version, by=people.clerk, reason="zqskäl för ändringen", rights=rights)
    assert grounds(case) == [(row.id, D)]


def test_a_call_judged_not_to_concern_the_person_is_released_and_locked_again_when_it_does(people):
    row = made.call(people)
    case = made.case(people, rights=(RightKind.OBJECTION,))
    (call,) = made.calls(case)
    selection.judge(call, Concerns.NO, by=people.clerk)
    assert (grounds(case), fresh(row).restrictions) == ([], 0)
    assert made.last_entry("retention:restriction_lifted")[1]["cause"] == "not_theirs"
    selection.judge(call, Concerns.UNCLEAR, by=people.clerk)
    assert grounds(case) == [(row.id, D)]


def test_a_claim_that_something_is_wrong_locks_its_call_alone(people):
    row, _ = made.call(people), made.call(people, days=2)
    case = made.case(people, rights=(RightKind.RECTIFICATION,))
    assert grounds(case) == []
    claim(case, made.calls(case)[0])
    claim(case, None, entry=Disputed.FACT, fact="name")
    locking.follow(case, by=people.clerk)
    assert grounds(case) == [(row.id, A)]
    locking.follow(case, by=people.clerk)
    assert (fresh(row).restrictions, made.steps(case).count("restricted")) == (1, 1)


@pytest.mark.parametrize("decision", [ClaimDecision.REFUSED, ClaimDecision.CORRECTED])
def test_the_answer_tells_the_day_and_what_is_granted_stays_locked_until_it_is_done(people, decision):
    row = made.call(people)
    case = made.case(people, rights=(RightKind.RECTIFICATION,))
    one = claim(case, made.calls(case)[0], decision=decision)
    locking.follow(case, by=people.clerk)
    CaseRight.update(outcome=Outcome.PARTIAL).execute()
    case = answer(case)
    locking.follow(case, by=people.clerk)
    if decision == ClaimDecision.CORRECTED:
        assert Restriction.get().lifts_on is None
        with pytest.raises(ending.NotCarried):
            ending.close(case, by=people.clerk)
        Claim.update(carried_at=clock.now()).where(Claim.id == one.id).execute()
        with pytest.raises(ending.RestrictionLeft):
            ending.close(case, by=people.clerk)
        assert tending.tend().fault == ""
    told = Restriction.get()
    assert (told.told_on, told.lifts_on) == (clock.today(), case.lifts_on)
    with clock.frozen(made.NOW + dt.timedelta(days=29)):
        assert locking.lift_due() == 0
    with clock.frozen(made.NOW + dt.timedelta(days=30)):
        assert tending.tend().lifted == 1
        assert (fresh(row).restrictions, made.steps(case)[-1]) == (0, "closed")
        assert "restriction_lifted" in made.steps(case)


def test_a_withdrawn_request_lifts_on_the_day_that_a_letter_of_its_own_tells(people):
    row = made.call(people)
    case = made.case(people, rights=(RightKind.OBJECTION,))
    ending.withdraw(case, words="zqpersonen ringde och återtog", by=people.clerk)
    assert fresh(row).restrictions == 1
    answered.lock_letters(case)
    sent = ending.dispatch(fresh(case), on=clock.today(), how="post", by=people.clerk)
    assert Restriction.get().told_on is None
    answered.lock_letters(case)
    sendings.sent(Sending.get(), on=clock.today(), how="post", by=people.clerk)
    assert (Restriction.get().told_on, Restriction.get().lifts_on) == (clock.today(), sent.lifts_on)


def test_a_complaint_keeps_it_and_the_new_day_is_told_in_a_letter_of_its_own_before_the_case_closes(people):
    row = made.call(people)
    case = made.case(people, rights=(RightKind.OBJECTION,))
    CaseRight.update(outcome=Outcome.REFUSED).execute()
    case = answer(case, outcome=Outcome.REFUSED)
    locking.follow(case, by=people.clerk)
    assert Restriction.get().lifts_on == case.lifts_on
    complaint = complaints.note(case, body="ombudsman", on=clock.today(), by=people.clerk)
    assert (Restriction.get().told_on, Restriction.get().lifts_on) == (None, None)
    case = complaints.end(complaint, result="upheld", on=clock.today(), words="zqsvaret står fast", by=people.clerk)
    letter, sending = Document.get(Document.kind == "case-lifted"), Sending.get()
    assert json.loads(letter.content)["restrictions"] == [Restriction.get().uuid.hex]
    assert (sending.letter, Restriction.get().told_on) == (letter.uuid, None)
    locking.follow(case, by=people.clerk)
    assert Sending.select().count() == 1
    with pytest.raises(ending.LetterLeft):
        ending.close(case, by=people.clerk)
    answered.lock_letters(case)
    sendings.sent(Sending.get(), on=clock.today(), how="post", by=people.clerk)
    assert Restriction.get().lifts_on == case.lifts_on
    assert ending.close(case, by=people.clerk).state == State.CLOSED
    assert fresh(row).restrictions == 1


def test_a_reopened_case_locks_on(people):
    made.call(people)
    case = made.case(people, rights=(RightKind.OBJECTION,))
    CaseRight.update(outcome=Outcome.REFUSED).execute()
    case = answer(case)
    locking.follow(case, by=people.clerk)
    assert Restriction.get().told_on is not None
    Case.update(state=State.IN_PROGRESS, lifts_on=None, round=2).where(Case.id == case.id).execute()
    locking.follow(case, by=people.clerk)
    assert (Restriction.get().told_on, Restriction.get().lifts_on, len(grounds(case))) == (None, None, 1)


REASONS = "zqtvisten vid tingsrätten är avgjord, och personen behöver inte samtalet för den längre"


def granted(people) -> tuple[Case, Restriction]:
    row = made.call(people)
    case = answer(made.case(people, rights=(RightKind.RESTRICTION,)))
    restrictions.restrict([row], ground=C, because=case, by=people.clerk)
    return case, Restriction.get()


def test_what_a_person_demanded_to_have_restricted_stands_until_a_letter_has_told_that_it_ends(people):
    case, row = granted(people)
    day = locking.first_day()
    locking.follow(case, by=people.clerk)
    assert (Restriction.get().told_on, locking.unsettled(case)) == (None, False)
    about = {"day": day, "reasons": REASONS, "by": people.clerk}
    letter = locking.announce(case, [row.uuid], **about)
    content = json.loads(letter.content)
    assert (letter.kind, content["day"], content["words"]) == ("case-lifted", day.isoformat(), REASONS)
    assert Restriction.get().lifts_on is None
    with pytest.raises(locking.NothingToLift):
        locking.announce(case, [row.uuid], **about)
    late = made.NOW + dt.timedelta(days=20)
    with clock.frozen(late):
        assert locking.lift_due() == 0
        Sending.update(state=SendingState.SENT, sent_on=clock.today()).execute()
        assert locking.told(Sending.get(), by=people.clerk) == 1
        assert locking.lift_due() == 1
    assert not freezes._standing(row)


def test_lifting_asks_for_a_handler_for_reasons_and_for_time(people):
    case, row = granted(people)
    good = {"day": locking.first_day(), "reasons": REASONS, "by": people.clerk}
    early, other_clerk = locking.first_day() - dt.timedelta(days=1), answered.second_clerk()
    wrong = {
        Denied: {"by": people.decider},
        NotHandler: {"by": other_clerk},
        locking.ReasonsNeeded: {"reasons": "för kort"},
        locking.LiftsTooSoon: {"day": early},
    }
    for error, other in wrong.items():
        with pytest.raises(error):
            locking.announce(case, [row.uuid], **good | other)
    with pytest.raises(locking.NothingToLift):
        locking.announce(case, [], **good)
    open_case = answer(case, State.IN_PROGRESS)
    with pytest.raises(NotNow):
        locking.announce(open_case, [row.uuid], **good)
    assert not Sending.select().exists()
    closed = answer(case, State.CLOSED)
    with pytest.raises(Denied):
        locking.announce(closed, [row.uuid], **good | {"by": people.decider})
    assert locking.announce(closed, [row.uuid], **good | {"by": other_clerk}).kind == "case-lifted"


def test_the_file_is_kept_for_as_long_as_a_call_is_restricted_for_it(people):
    case, _ = granted(people)
    Case.update(state=State.CLOSED, closed_at=clock.now(), purge_on=clock.today()).where(Case.id == case.id).execute()
    assert tending.tend().fault == ""
    assert fresh(case).state == State.CLOSED
    restrictions.lift_on(case, clock.today(), told_on=clock.today(), by=people.clerk)
    assert restrictions.lift_due() == 1
    assert tending.tend().fault == ""
    assert (fresh(case).state, Restriction.select().count()) == (State.PURGED, 0)


def test_each_lifting_is_a_matter_of_its_own(people, monkeypatch):
    made.call(people), made.call(people, days=1)
    case = made.case(people, rights=(RightKind.OBJECTION,))
    CaseRight.update(outcome=Outcome.REFUSED).execute()
    case = answer(case, lifts_on=clock.today())
    locking.follow(case, by=people.clerk)
    real, calls = restrictions.lift_one, itertools.count()
    monkeypatch.setattr(restrictions, "lift_one", lambda key: 1 / 0 if next(calls) == 0 else real(key))
    with pytest.raises(ZeroDivisionError):
        locking.lift_due()
    assert len(grounds(case)) == 1
    monkeypatch.setattr(watch, "doubts_clock", lambda: True)
    assert (locking.lift_due(), len(grounds(case))) == (0, 1)


def test_what_a_person_wanted_kept_hinders_no_erasure_of_the_persons_own(people):
    made.call(people)
    case = answer(made.case(people, rights=(RightKind.ERASURE,)))
    (call,) = made.calls(case)
    one = claim(case, call, RightKind.ERASURE, entry=Disputed.CALL, decision=ClaimDecision.GRANTED)
    restrictions.restrict([call.recording], ground=C, because=case, by=people.clerk)
    assert carrying.hindrance(one) is None
    restrictions.restrict([call.recording], ground=C, because=made.case(people, numbers=()), by=people.clerk)
    assert carrying.hindrance(one) == carrying.Wait.FROZEN


def test_the_setting_says_how_long_the_person_has_before_it_lifts(people, monkeypatch):
    monkeypatch.setattr(config, "_current", dataclasses.replace(config.settings(), case_notice_days=20))
    assert locking.first_day() == clock.today() + dt.timedelta(days=20)
