"""With the approval, in its commit: what is to be corrected is, what is completed stands beside the call, what is
restricted is locked."""

import pytest

from portal import clock
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.cases import approval, carrying, demands, proposal
from portal.cases.claim_models import Claim
from portal.cases.codes import ClaimDecision, Disputed, RightKind, State
from portal.cases.models import CaseCall
from portal.documents.kinds import Kind
from portal.documents.models import Document
from portal.documents.models import State as Letter
from portal.errors import NotFound
from portal.recordings import corrections, statements
from portal.recordings.models import Recording
from portal.recordings.models import State as RecordingState
from portal.recordings.quality_models import QualityReview
from portal.register.models import Notice, Told
from portal.retention import restrictions
from portal.retention.models import Basis, Channel, Transfer, TransferState
from portal.retention.restriction_models import RestrictionGround
from tests.cases import answered, claimed
from tests.cases.answered import fresh
from tests.cases.claimed import C, G, K, R
from tests.cases.made import last_entry
from tests.retention import kept

RECTIFICATION, RESTRICTION = RightKind.RECTIFICATION, RightKind.RESTRICTION


@pytest.fixture(autouse=True)
def _day():
    with clock.frozen(answered.NOW):
        yield


def contested(people, *rights):
    made = answered.case(people, rights=rights or (RECTIFICATION,))
    return made, answered.call(made, people)


def propose(made, people):
    made = proposal.propose(fresh(made), reasons=answered.REASONS, by=people.clerk)
    for one in made.calls:
        answered.heard(one, people.decider)
    return made


def approve(made, people):
    return proposal.approve(propose(made, people), reviewed=True, by=people.decider)


def test_an_approval_corrects_completes_and_restricts_in_its_own_commit(people):
    made, added = contested(people, RECTIFICATION, RESTRICTION)
    rows = [
        claimed.claim(made, people, RECTIFICATION, C, added=added),
        claimed.claim(made, people, RECTIFICATION, K, added=added, entry=Disputed.SPEECH, quote="zqsagt"),
        claimed.claim(made, people, RECTIFICATION, C),
        claimed.claim(made, people, RESTRICTION, added=added),
    ]
    claimed.decide(rows[3], G, ground=RestrictionGround.CLAIMS, by=people.clerk)
    made = propose(made, people)
    assert not Recording.get().subject, "nothing is done before"
    made = proposal.approve(made, reviewed=True, by=people.decider)
    row = Recording.get()
    assert (row.subject, made.phone) == (claimed.VALUE, claimed.VALUE)
    (correction,) = corrections.of(row).values()
    assert (correction.by, correction.because, correction.reason) == (people.decider, made.uuid, claimed.DEMANDED)
    (statement,) = statements.of(row)
    assert (statement.text, statement.because) == (claimed.STATEMENT, made.uuid)
    assert RestrictionGround.CLAIMS in [one.ground for one in restrictions.standing(row)]
    assert {(fresh(one).carried_at, fresh(one).carried_by) for one in rows} == {(answered.NOW, people.decider)}
    assert carrying.is_carried(made)
    told = answered.told(made)
    assert (told.count("carried"), told[-1]) == (2, "approved")
    entry, detail = last_entry(Act.CASE_CLAIM_CARRIED)
    assert (entry.by, entry.reference, detail["entry"]) == (people.decider.uuid, made.number, "call")
    assert answered.letters(made)[-2:] == [
        (Kind.CASE_RECTIFIED, Letter.ORDERED),
        (Kind.CASE_RESTRICTED, Letter.ORDERED),
    ]


def test_what_was_written_beside_a_review_is_corrected_as_a_note_is_and_for_a_case_alone(people, as_):
    made, added = contested(people)
    call, other = added.recording, kept.call(people)
    review, stranger, silent = (
        QualityReview.create(recording=of, author=by, comment=words)
        for of, by, words in (
            (call, people.manager, "zqfel ord"),
            (other, people.manager, "zqannat"),
            (call, people.second_manager, ""),
        )
    )
    row = claimed.claim(made, people, RECTIFICATION, C, added=added, entry=Disputed.REVIEW, note=review.uuid)
    assert (row.note, row.disputed) == (review.uuid, "zqfel ord")
    for none in (stranger.uuid, silent.uuid, None):
        with pytest.raises(NotFound):
            claimed.claim(made, people, RECTIFICATION, added=added, entry=Disputed.REVIEW, note=none)
    with pytest.raises(demands.AlreadyClaimed):
        claimed.claim(made, people, RECTIFICATION, added=added, entry=Disputed.REVIEW, note=review.uuid)
    approve(made, people)
    assert (fresh(review).comment, fresh(review).version) == (claimed.VALUE, 2), "its author sees it before changing it"
    assert (fresh(stranger).comment, fresh(silent).comment) == ("zqannat", "")
    ((key, correction),) = corrections.of(call).items()
    assert (key, correction.field, correction.because) == (review.uuid.hex, "review", made.uuid)
    assert last_entry(Act.CORRECTED)[1]["assessment"] == review.uuid.hex
    told = corrections.history(correction.entry_kind, review.uuid, correction.field)
    assert [(one.value, one.by) for one in told] == [(claimed.VALUE, people.decider.name), (None, people.manager.name)]
    assert corrections.open_original(correction, need="zq", by=people.clerk, because=fresh(made)) == "zqfel ord"
    page = as_(people.clerk).get(f"/cases/{made.uuid}/calls/{added.uuid}/corrections").get_data(as_text=True)
    assert all(words in page for words in ("Kommentar till en kvalitetsbedömning", claimed.VALUE, claimed.DEMANDED))
    Recording.update(restrictions=0).execute()
    with pytest.raises(NotFound):
        corrections.open_original(correction, need="zq", by=people.manager)
    opening = f"/recordings/{call.uuid}/corrections/{correction.uuid}/openings"
    assert as_(people.manager).submit(opening, {"need": "zq"}).status_code == 404
    assert as_(people.manager).submit(opening, {}).status_code == 404
    about = {"note": review.uuid, "reason": "zq"}
    with pytest.raises(corrections.NotYours):
        corrections.correct(call, Disputed.REVIEW, "zqsjälv", by=people.manager, **about)
    with pytest.raises(NotFound):
        corrections.correct(other, Disputed.REVIEW, "zqannans", by=people.clerk, because=fresh(made), **about)


def test_an_approval_that_cannot_be_carried_out_approves_nothing(people):
    made, added = contested(people)
    claimed.claim(made, people, RECTIFICATION, C, added=added)
    made = propose(made, people)
    Recording.update(state=RecordingState.PURGED).execute()
    before = answered.register()
    with pytest.raises(carrying.CallGone):
        proposal.approve(made, by=people.decider)
    assert answered.register() == before
    assert fresh(made).state == State.PROPOSED


def test_a_statement_beside_a_refusal_is_attached_once(people):
    made, added = contested(people)
    row = claimed.claim(made, people, RECTIFICATION, added=added)
    claimed.decide(row, R, statement=claimed.STATEMENT, by=people.clerk)
    other = claimed.claim(made, people, RECTIFICATION, R, added=added, entry=Disputed.TOLD)
    made = approve(made, people)
    assert [one.text for one in statements.of(added.recording)] == [claimed.STATEMENT]
    assert fresh(row).carried_at == answered.NOW
    assert fresh(other).carried_at is None
    Claim.update(carried_at=None).execute()  # as an overturned refusal leaves it, refused once more
    carried = Entry.select().where(Entry.act == Act.STATEMENT_ADDED).count()
    with carrying.db.atomic():
        carrying.carry_in(made, by=people.decider)
    assert Entry.select().where(Entry.act == Act.STATEMENT_ADDED).count() == carried
    assert carrying.is_carried(fresh(made))


def test_what_staff_corrected_meanwhile_is_no_hindrance(people):
    made, added = contested(people)
    row = claimed.claim(made, people, RECTIFICATION, C, added=added)
    made = propose(made, people)
    Recording.update(subject=claimed.VALUE).execute()
    made = proposal.approve(made, by=people.decider)
    assert fresh(row).carried_at == answered.NOW
    assert not corrections.of(added.recording)


def test_whoever_once_got_the_call_is_to_be_told_of_each_change(people):
    made, added = contested(people, RECTIFICATION, RESTRICTION)
    about = {"authority": "Polisen", "basis": Basis.STATUTE, "channel": Channel.IN_PERSON, "asked_on": answered.TODAY}
    state = TransferState.HANDED_OVER
    Transfer.create(recording=added.recording, proposed_by=people.clerk, state=state, **about)
    claimed.claim(made, people, RECTIFICATION, C, added=added)
    claimed.claim(made, people, RECTIFICATION, K, added=added, entry=Disputed.SPEECH, quote="zqsagt")
    row = claimed.claim(made, people, RESTRICTION, added=added)
    claimed.decide(row, G, ground=RestrictionGround.CLAIMS, by=people.clerk)
    approve(made, people)
    told = [(one.what, one.entry) for one in Notice.select().order_by(Notice.id)]
    assert told == [(Told.RESTRICTED, ""), (Told.CORRECTED, "subject"), (Told.COMPLETED, "")], "it was contested first"
    (correction,) = corrections.of(added.recording).values()
    assert Notice.get(Notice.what == Told.CORRECTED).correction == correction.uuid


def test_the_handler_alone_carries_in_a_full_rectification_and_nobody_a_foreign_case(people):
    made, added = contested(people)
    row = claimed.claim(made, people, RECTIFICATION, C, added=added)
    made = proposal.propose(made, reasons="", by=people.clerk)
    with pytest.raises(approval.NotHandler):
        proposal.approve(made, by=answered.second_clerk())
    assert fresh(row).carried_at is None
    proposal.approve(made, by=people.clerk)
    assert fresh(row).carried_by == people.clerk


def test_what_is_carried_in_cannot_be_decided_anew(people):
    made, added = contested(people)
    row = claimed.claim(made, people, RECTIFICATION, C, added=added)
    made = approve(made, people)
    Document.update(state=Letter.FAILED).where(Document.kind == Kind.CASE_RECTIFIED).execute()
    proposal.take_back(made, by=people.clerk)
    with pytest.raises(demands.Carried):
        claimed.decide(fresh(row), R, by=people.clerk)
    made = approve(made, people)
    assert (made.state, len(corrections.of(added.recording))) == (State.APPROVED, 1)
    assert CaseCall.select().count() == 1
    assert Claim.get().decision == ClaimDecision.CORRECTED
