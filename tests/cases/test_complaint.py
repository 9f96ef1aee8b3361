"""While an answer is complained of nothing that it needs is deleted; what is overturned is answered anew."""

import datetime as dt
import io

import pytest

from portal import clock
from portal.cases import actions, complaints, deadlines, ending, proposal
from portal.cases.claim_models import Complaint
from portal.cases.codes import Body, Decision, Identity, Outcome, Result, RightKind, State
from portal.cases.deadlines import Why
from portal.cases.models import Attachment, Case, CaseCall, CaseRight
from portal.errors import Denied, NotFound
from portal.retention import freezes, watch
from tests.cases import answered
from tests.cases.answered import REASONS, TODAY, WORDS, fresh, sent
from tests.retention import kept

DAY = dt.timedelta(days=1)
COURT = "Helsingfors förvaltningsdomstol"


@pytest.fixture(autouse=True)
def _day(monkeypatch):
    monkeypatch.setattr(watch, "doubts_clock", lambda: False)  # a test's months pass in no time
    with clock.frozen(answered.NOW):
        yield


def complain(made, by, **more):
    typed = {"body": Body.COURT, "body_words": COURT, "on": clock.today(), **more}
    return complaints.note(made, **typed, by=by)


def decide(complaint, by, result=Result.UPHELD, **more):
    typed = {"on": clock.today(), "words": WORDS, **more}
    return complaints.end(complaint, result=result, **typed, by=by)


def test_what_is_frozen_stays_until_it_is_decided_and_then_gets_a_new_day(people):
    made = sent(people, Decision.WITHHELD)
    (freeze,) = answered.standing(made)
    with clock.frozen(answered.NOW + 5 * DAY):
        complaint = complain(made, people.clerk)
        row = fresh(made)
        assert (row.state, row.complaint_to, row.complaint_on) == (State.COMPLAINT, COURT, TODAY + 5 * DAY)
        assert (row.lifts_on, fresh(freeze).lifts_on) == (None, None)
        assert kept.acts(freeze.recording)[-1] == "freeze_kept"
    with clock.frozen(answered.NOW + 400 * DAY):
        assert freezes.lift_due() == ending.close_due() == 0
        assert kept.sweep() == 0, "long past its date, and still there"
        with pytest.raises(actions.NotNow):
            ending.close(made, by=people.clerk)
        row = decide(complaint, people.clerk)
        lifts_on = TODAY + 430 * DAY
        assert (row.state, row.lifts_on, fresh(freeze).lifts_on) == (State.DISPATCHED, lifts_on, lifts_on)
        with pytest.raises(complaints.Ended):
            decide(complaint, people.clerk)
    assert answered.acts(made)[-2:] == ["complaint", "complaint_ended"]
    assert answered.told(made)[-2:] == ["complaint", "complaint_ended"]
    with clock.frozen(answered.NOW + 430 * DAY):
        assert ending.close_due() == 1
        assert not answered.standing(made)


def test_a_closed_case_is_opened_for_it_and_what_still_exists_is_frozen_again(people):
    made, other = sent(people, Decision.WHOLE, Decision.WHOLE), answered.second_clerk()
    answered.hand_over(made, people.clerk)
    with clock.frozen(answered.NOW + 14 * DAY):
        assert ending.close_due() == 1
        assert not answered.standing(made)
        for stranger in (people.decider, people.dpo):
            with pytest.raises(Denied):
                complain(fresh(made), stranger)
        complaint = complain(fresh(made), other)
        row = fresh(made)
        assert (row.state, row.handler, row.closed_at, row.purge_on) == (State.COMPLAINT, other, None, None)
        assert [freeze.lifts_on for freeze in answered.standing(made)] == [None, None]
        decide(complaint, other, Result.WITHDRAWN)
        assert {freeze.lifts_on for freeze in answered.standing(made)} == {TODAY + 28 * DAY}


def test_with_two_of_them_the_freeze_waits_for_the_last(people):
    made = sent(people, Decision.WITHHELD)
    first = complain(made, people.clerk)
    second = complain(made, people.clerk, body=Body.OMBUDSMAN, body_words="")
    assert decide(first, people.clerk).state == State.COMPLAINT
    assert {freeze.lifts_on for freeze in answered.standing(made)} == {None}
    assert decide(second, people.clerk, Result.DISMISSED).state == State.DISPATCHED
    assert {freeze.lifts_on for freeze in answered.standing(made)} == {TODAY + 30 * DAY}


def test_silence_is_complained_of_too_and_the_case_stands_still_once_its_answer_has_left(people):
    made = answered.ready(people, Decision.WITHHELD)
    complaint = complain(made, people.clerk, body=Body.OMBUDSMAN, body_words="")
    assert fresh(made).state == State.APPROVED
    with pytest.raises(complaints.Unanswered):
        decide(complaint, people.clerk, Result.OVERTURNED, overturned=[RightKind.ACCESS])
    row = ending.dispatch(fresh(made), on=TODAY, how="post", by=people.clerk)
    assert (row.state, row.lifts_on) == (State.COMPLAINT, None)
    assert {freeze.lifts_on for freeze in answered.standing(made)} == {None}
    assert decide(complaint, people.clerk).state == State.DISPATCHED


@pytest.mark.parametrize("ordered", [None, 10])
def test_an_overturned_refusal_is_answered_anew_with_letters_of_its_own(people, ordered):
    made = sent(people, Decision.WITHHELD, Decision.WHOLE)
    freeze, _ = answered.standing(made)
    with clock.frozen(answered.NOW + 40 * DAY):
        today = clock.today()
        complaint = complain(made, people.clerk)
        due = None if ordered is None else today + ordered * DAY
        told = decide(complaint, people.clerk, Result.OVERTURNED, overturned=[RightKind.ACCESS], due_on=due)
        assert (told.state, told.round, told.outcome, told.dispatched_on) == (State.IN_PROGRESS, 2, None, None)
        assert told.due_on == (due or deadlines.reckon(today).statutory)
        assert deadlines.of(told).lines[0].code == Why.REOPENED
        assert not deadlines.is_late(told, told.due_on)
        assert deadlines.is_late(told, told.due_on + DAY)
        assert [right.outcome for right in CaseRight.select().where(CaseRight.case == made.id)] == [None]
        decisions = [call.decision for call in CaseCall.select().where(CaseCall.case == made.id).order_by(CaseCall.id)]
        assert decisions == [None, Decision.WHOLE], "what was given needs no new decision"
        assert fresh(freeze).stands
        assert fresh(freeze).lifts_on is None
        assert answered.acts(made)[-3:] == ["complaint", "reopened", "complaint_ended"]
        assert answered.told(made)[-2:] == ["complaint_ended", "reopened"]
        before = answered.letters(made)
        CaseCall.update(decision=Decision.WHOLE).where(CaseCall.case == made.id).execute()
        again = proposal.propose(fresh(made), reasons=REASONS, by=people.clerk)
        assert again.outcome == Outcome.GRANTED
        approved = proposal.approve(again, by=people.clerk)
        with pytest.raises(ending.LetterWaiting):
            ending.dispatch(approved, on=today, how="post", by=people.clerk)
        answered.lock_letters(made)
        answered.make_copies(made)
        assert ending.dispatch(approved, on=today, how="post", by=people.clerk).state == State.DISPATCHED
        assert len(answered.letters(made)) == len(before) + 1


def test_only_what_is_overturned_is_answered_again(people):
    made = sent(people, Decision.WITHHELD, rights=(RightKind.ACCESS,))
    CaseRight.create(case=made, right=RightKind.RESTRICTION, outcome=Outcome.REFUSED, words=WORDS)
    complaint = complain(made, people.clerk)
    for error, chosen in (
        (complaints.RightsNeeded, []),
        (complaints.RightsNeeded, [RightKind.ERASURE]),
        (complaints.RightsNeeded, [RightKind.ACCESS, "zq"]),
    ):
        with pytest.raises(error):
            decide(complaint, people.clerk, Result.PARTLY, overturned=chosen)
    with pytest.raises(complaints.DayPassed):
        decide(complaint, people.clerk, Result.PARTLY, overturned=[RightKind.ACCESS], due_on=TODAY - DAY)
    decide(complaint, people.clerk, Result.PARTLY, overturned=[RightKind.RESTRICTION])
    rights = {right.right: (right.outcome, right.round) for right in CaseRight.select()}
    assert rights == {RightKind.ACCESS: (Outcome.REFUSED, 1), RightKind.RESTRICTION: (None, 2)}
    assert CaseCall.get().decision == Decision.WITHHELD


def test_an_answer_that_fell_with_the_identity_asks_for_it_again(people):
    made = answered.case(people, identity=Identity.FAILED)
    proposal.propose(made, reasons=REASONS, outcome=Outcome.IDENTITY_UNPROVEN, by=people.clerk)
    proposal.approve(fresh(made), by=people.decider)
    answered.lock_letters(made)
    ending.dispatch(fresh(made), on=TODAY, how="post", by=people.clerk)
    decide(complain(fresh(made), people.clerk), people.clerk, Result.OVERTURNED, overturned=[RightKind.ACCESS])
    assert fresh(made).identity == Identity.UNPROVEN


def test_a_complaint_says_where_and_when_and_is_its_handlers(people):
    made = sent(people, Decision.WHOLE)
    other = answered.second_clerk()
    before = answered.register()
    for error, more in (
        (complaints.BodyNeeded, {"body": "pope"}),
        (complaints.WhichNeeded, {"body_words": " "}),
        (complaints.DayNeeded, {"on": None}),
        (complaints.DayAhead, {"on": TODAY + DAY}),
        (complaints.DayBefore, {"on": TODAY - DAY}),
        (actions.NotHandler, {"by": other}),
        (Denied, {"by": people.decider}),
        (Denied, {"by": people.dpo}),
        (NotFound, {"by": people.adviser}),
    ):
        with pytest.raises(error):
            complain(made, **{"by": people.clerk, **more})
    assert answered.register() == before
    complaint = complain(made, people.clerk)
    with pytest.raises(complaints.AlreadyNoted):
        complain(made, people.clerk)
    before = answered.register()
    for error, more in (
        (complaints.WordsNeeded, {"words": "x"}),
        (complaints.ResultNeeded, {"result": "won"}),
        (complaints.DayBefore, {"on": TODAY - DAY}),
        (complaints.DayAhead, {"on": TODAY + DAY}),
        (complaints.RightsNeeded, {"result": Result.OVERTURNED}),
        (actions.NotHandler, {"by": other}),
        (Denied, {"by": people.decider}),
    ):
        with pytest.raises(error):
            decide(complaint, **{"by": people.clerk, **more})
    with pytest.raises(actions.NotHandler):
        complaints.change(complaint, reference="1", asks="", answer_by=None, by=other)
    assert answered.register() == before
    complaints.change(complaint, reference="77/26", asks=WORDS, answer_by=TODAY + DAY, by=people.clerk)
    assert (fresh(complaint).reference, fresh(complaint).asks) == ("77/26", WORDS)
    decide(complaint, people.clerk)
    with pytest.raises(complaints.Ended):
        complaints.change(complaint, reference="1", asks="", answer_by=None, by=people.clerk)


def test_its_page_takes_the_papers_in_and_out_and_the_decision(people, as_):
    made = sent(people, Decision.WITHHELD)
    path, clerk = f"/cases/{made.uuid}/complaints", as_(people.clerk)
    assert "Inga klagomål" in clerk.get(path).text
    assert clerk.submit(path, {"body": "court", "complained_on": "14.9.2026"}).status_code == 422
    form = {"body": "court", "body_words": COURT, "complained_on": "14.9.2026", "asks": WORDS}
    assert clerk.submit(path, form).status_code == 303
    (row,) = Complaint.select()
    own, prefix = f"{path}/{row.uuid}", f"c{row.uuid.hex[:8]}-"
    paper = (io.BytesIO(b"%PDF-1.7\n%%EOF\n"), "yttrande.pdf")
    data = {prefix + "direction": "out", prefix + "files": paper}
    assert clerk.submit(own + "/papers", data).status_code == 303
    assert clerk.submit(own + "/papers", {prefix + "direction": "out"}).status_code == 422
    (kept_paper,) = Attachment.select()
    assert (kept_paper.direction, kept_paper.complaint) == ("out", row.uuid)
    shown = clerk.get(path).text
    assert "yttrande" in shown
    assert "yttrande" not in clerk.get(f"/cases/{made.uuid}").text.split("timeline", 1)[0]
    assert "Skickat, PDF" in shown
    dpo = as_(people.dpo)
    assert "yttrande" in dpo.get(path).text
    assert prefix not in dpo.get(path).text, "who only reads gets no form"
    ended = {
        prefix + "result": "overturned",
        prefix + "decided_on": "14.9.2026",
        prefix + "decided": WORDS,
        prefix + "overturned": "access",
        prefix + "due_on": "30.9.2026",
    }
    refused = clerk.submit(own + "/decision", ended | {prefix + "due_on": "1.9.2026"})
    assert (refused.status_code, "kan inte ha passerat" in refused.text) == (422, True)
    assert clerk.submit(own + "/decision", ended).status_code == 303
    assert "senast den 30.9.2026" in clerk.get(path).text
    assert Case.get().due_on == dt.date(2026, 9, 30)
    other = sent(people, Decision.WITHHELD)
    for act in ("", "/papers", "/decision"):
        assert clerk.submit(f"/cases/{other.uuid}/complaints/{row.uuid}{act}", ended).status_code == 404
