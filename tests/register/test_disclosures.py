"""A call that no hold keeps is proposed, decided by another, taken and handed over; and frozen meanwhile."""

import datetime as dt

import pytest

from portal import clock
from portal.accounts.permissions import Role
from portal.cases import personal_codes, selection
from portal.cases.codes import Concerns
from portal.documents.kinds import Kind
from portal.documents.models import Document
from portal.errors import Denied, NotFound
from portal.recordings.models import Recording
from portal.register import consents, disclosures, notices
from portal.register.models import Consent, ConsentCall, ConsentText, Notice, Told
from portal.retention import deletion, transfers
from portal.retention.models import Freeze, Transfer, TransferState
from tests.cases import lettered, made
from tests.people import person
from tests.register import shared

NOW = made.NOW
PAST = clock.expiry(made.CALLED) + dt.timedelta(days=2)


@pytest.fixture(autouse=True)
def _day():
    with clock.frozen(NOW):
        yield


@pytest.fixture
def call(people) -> Recording:
    return made.call(people)


def propose(row, by, **more) -> Transfer:
    asked = {
        "authority": shared.AUTHORITY,
        "reference": "5680/R/1234/26",
        "asked_on": clock.today(),
        "basis": "investigation",
        "purpose": "zqändamål",
        "scope": "zqomfattning",
        "channel": "police_service",
        "address": "Zqgatan 1\n06100 BORGÅ",
    }
    return disclosures.propose(row, **asked | more, by=by)


def consented(people, row, *, purpose: str = "disclosure", **more) -> Consent:
    text = ConsentText.create(
        **{"purpose": purpose, "version": 1, "text_sv": "x", "text_fi": "x"},
        valid_from=clock.today(),
        made_by=people.decider,
    )
    facts = {"language": "sv", "given_on": clock.today(), "given_how": "letter", "registered_by": people.clerk}
    consent = Consent.create(text=text, **facts | more)
    ConsentCall.create(consent=consent, recording=row)
    return consent


def freezes(row) -> int:
    return shared.fresh(row).freezes


def test_a_call_is_proposed_approved_taken_and_handed_over_each_in_the_log(people, call):
    transfer = propose(call, people.clerk)
    assert (transfer.hold, transfer.state, transfer.address) == (None, "proposed", "Zqgatan 1\n06100 BORGÅ")
    assert freezes(call) == 1
    assert Freeze.get().because == transfer.uuid
    assert disclosures.to_decide(by=people.decider) == 1
    transfers.approve(transfer, reason="Grunden är klar", by=people.decider)
    assert (disclosures.to_decide(by=people.decider), disclosures.to_hand_over(by=people.clerk)) == (0, 1)
    with pytest.raises(transfers.NotTaken):
        transfers.hand_over(transfer, how="Minne till utredaren", by=people.clerk)
    transfers.take_sound(transfer, by=people.clerk)
    transfers.hand_over(transfer, how="Minne till utredaren", by=people.clerk)
    done = shared.fresh(transfer)
    assert (done.state, done.decided_by, done.ended_by, done.left_size) == (
        *(TransferState.HANDED_OVER, people.decider, people.clerk),
        call.original_size,
    )
    assert freezes(call) == 0
    assert shared.acts(call) == [
        *("transfer_proposed", "freeze_placed", "transfer_approved", "transfer_sound_taken"),
        *("freeze_lifted", "transfer_handed_over"),
    ]
    for again in (
        lambda: transfers.approve(transfer, by=people.decider),
        lambda: transfers.hand_over(transfer, how="x", by=people.clerk),
        lambda: transfers.take_sound(transfer, by=people.clerk),
        lambda: transfers.withdraw(transfer, by=people.clerk),
    ):
        with pytest.raises((transfers.AlreadyDecided, transfers.NotApproved)):
            again()


def test_an_open_disclosure_keeps_the_call_past_its_date_and_an_ended_one_lets_it_go(people, call):
    transfer = propose(call, people.clerk)
    with clock.frozen(PAST):
        assert deletion.claim_due(5) == []
        transfers.approve(transfer, by=people.decider)
        assert deletion.claim_due(5) == []
        transfers.take_sound(transfer, by=people.clerk)
        transfers.withdraw(transfer, by=people.clerk)
        assert shared.fresh(transfer).left_size is None
        assert [line.subject for line in deletion.claim_due(5)] == [call.uuid]
        with pytest.raises(NotFound):
            propose(call, people.clerk)


def test_a_refused_disclosure_lets_the_call_go(people, call):
    transfer = propose(call, people.clerk)
    with pytest.raises(transfers.ReasonNeeded):
        transfers.refuse(transfer, reason=" ", by=people.decider)
    transfers.refuse(transfer, reason="Grunden räcker inte", by=people.decider)
    assert freezes(call) == 0


def test_the_one_who_proposed_never_decides(people, call):
    both = person("bo", "Bo Bådadera", Role.CLERK, Role.CONTROLLER, queues=(people.daycare,))
    transfer = propose(call, both)
    assert disclosures.to_decide(by=both) == 0
    for decide in (transfers.approve, transfers.refuse):
        with pytest.raises(transfers.OwnProposal):
            decide(transfer, reason="Nej", by=both)
    for other in (people.clerk, people.manager, people.adviser, people.dpo, people.admin):
        with pytest.raises(NotFound):
            transfers.approve(transfer, by=other)
    assert shared.fresh(transfer).state == TransferState.PROPOSED


def test_only_a_clerk_proposes_takes_and_hands_over(people, call):
    for other in (people.adviser, people.manager, people.decider, people.dpo, people.admin, people.outsider):
        with pytest.raises(Denied):
            propose(call, other)
    transfer = propose(call, people.clerk)
    transfers.approve(transfer, by=people.decider)
    for other in (people.adviser, people.manager, people.decider, people.dpo, people.outsider):
        for act in (transfers.take_sound, transfers.withdraw):
            with pytest.raises(NotFound):
                act(transfer, by=other)
        with pytest.raises(NotFound):
            transfers.hand_over(transfer, how="x", by=other)
    assert shared.fresh(transfer).state == TransferState.APPROVED


def test_a_call_out_of_reach_is_proposed_only_for_an_own_case_that_it_concerns(people, call):
    clerk = person("kaj", "Kaj Handläggare", Role.CLERK, queues=(people.elderly,))
    with pytest.raises(NotFound):
        propose(call, clerk)
    case = made.case(people, by=clerk)
    assert propose(call, clerk).recording == call
    selection.judge(made.calls(case)[0], Concerns.NO, by=clerk)
    with pytest.raises(NotFound):
        propose(call, clerk)
    other = person("kim", "Kim Handläggare", Role.CLERK, queues=(people.elderly,))
    with pytest.raises(NotFound):
        propose(call, other)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"authority": " "}, transfers.Incomplete),
        ({"purpose": ""}, transfers.Incomplete),
        ({"scope": ""}, transfers.Incomplete),
        ({"basis": "curiosity"}, transfers.Incomplete),
        ({"channel": "pigeon"}, transfers.Incomplete),
        ({"language": "en"}, transfers.Incomplete),
        ({"asked_on": dt.date(2027, 1, 1)}, transfers.Incomplete),
        ({"address": " "}, disclosures.AddressNeeded),
        ({"purpose": "Gäller 131052-308T"}, personal_codes.PersonalCode),
        ({"basis": "consent"}, disclosures.ConsentNeeded),
        ({"silent": [(500, 500)]}, disclosures.PassagesWrong),
        ({"silent": [(500, 900), (800, 1000)]}, disclosures.PassagesWrong),
        ({"silent": [(500, 2500)]}, disclosures.PassagesWrong),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_proposal_that_lacks_something_is_refused(people, call, wrong, error):
    with pytest.raises(error):
        propose(call, people.clerk, **wrong)
    assert (Transfer.select().count(), freezes(call)) == (0, 0)


def test_on_consent_only_while_it_stands_and_is_about_the_call(people, call):
    consent = consented(people, call)
    other = made.call(people, days=1)
    with pytest.raises(disclosures.ConsentNeeded):
        propose(other, people.clerk, basis="consent", consent=consent.uuid)
    with pytest.raises(disclosures.ConsentNeeded):
        propose(call, people.clerk, basis="statute", consent=consent.uuid)
    with pytest.raises(disclosures.ConsentNeeded):
        propose(call, people.clerk, basis="consent", consent=consented(people, call, purpose="training").uuid)
    transfer = propose(call, people.clerk, basis="consent", consent=consent.uuid)
    assert transfer.consent == consent.uuid
    Consent.update(stands=None).execute()
    with pytest.raises(transfers.ConsentGone):
        transfers.approve(transfer, by=people.decider)
    assert shared.fresh(transfer).state == TransferState.PROPOSED
    Consent.update(stands=True).execute()
    transfers.approve(transfer, by=people.decider)
    transfers.take_sound(transfer, by=people.clerk)
    Consent.update(ends_on=clock.today() - dt.timedelta(days=1)).execute()
    with pytest.raises(transfers.ConsentGone):
        transfers.take_sound(transfer, by=people.clerk)
    with pytest.raises(transfers.ConsentGone):
        transfers.hand_over(transfer, how="x", by=people.clerk)
    consents.withdraw(consent, by=people.clerk)
    assert (shared.fresh(transfer).state, freezes(call)) == (TransferState.WITHDRAWN, 0)
    assert "transfer_withdrawn" in shared.acts(call)


def test_a_call_that_a_consent_is_about_no_more_is_not_disclosed_on_it(people, call):
    consent = consented(people, call)
    transfer = propose(call, people.clerk, basis="consent", consent=consent.uuid)
    consents.change_calls(consent, remove=[call], by=people.clerk)
    assert (shared.fresh(transfer).state, freezes(call)) == (TransferState.WITHDRAWN, 0)


def test_the_record_of_the_recipient_outlives_the_call_and_its_paper_does_not(people, call):
    transfer = shared.handed(people, call, address="Zqgatan 1")
    paper = disclosures.order_record(transfer, language="sv", by=people.clerk)
    own, for_case, waits = (
        Notice.create(transfer=transfer, what=Told.CORRECTED, because=because)
        for because in (None, made.case(people).uuid, None)
    )
    for notice in (own, for_case, waits):
        notices.order_letter(notice, address="Zqgatan 1", language="sv", by=people.clerk)
    letters = {row.owner_key: row for row in Document.select().where(Document.kind == "recipient-notice")}
    Document.update(state="locked", part="pdf-x").where(Document.state == "ordered").execute()
    notices.tell(own, on=clock.today(), how="post", by=people.clerk)
    Notice.update(reason="zqvarför").where(Notice.id == own.id).execute()
    Freeze.update(stands=None).execute()
    Recording.update(freezes=0).execute()
    with clock.frozen(PAST):
        (line,) = deletion.claim_due(5)
        assert deletion.finish(line) == ""
        record = shared.fresh(transfer)
        assert (record.purpose, record.scope, record.authority) == ("", "", shared.AUTHORITY)
        assert shared.fresh(own).reason == ""
        assert shared.fresh(paper).state == "dropped"
        states = [shared.fresh(letters[one.uuid.hex]).state for one in (own, for_case, waits)]
        assert states == ["dropped", "locked", "locked"]
        notices.tell(waits, on=clock.today(), how="post", by=people.clerk)
        assert shared.fresh(letters[waits.uuid.hex]).state == "dropped"


def test_the_paper_is_ordered_by_those_who_propose_or_decide(people, call):
    transfer = propose(call, people.clerk)
    for by in (people.clerk, people.decider):
        disclosures.order_record(transfer, language="fi", by=by)
    with pytest.raises(Denied):
        disclosures.order_record(transfer, language="sv", by=people.dpo)
    with pytest.raises(NotFound):
        disclosures.order_record(transfer, language="sv", by=people.outsider)


def test_the_list_shows_each_their_own(people, call):
    transfer = propose(call, people.clerk)
    for by, rows in ((people.clerk, [transfer]), (people.decider, [transfer]), (people.dpo, [transfer])):
        assert disclosures.page(after=None, by=by)[0] == rows
    assert disclosures.page(after=None, by=people.manager)[0] == [transfer], "of an own queue"
    assert disclosures.page(after=None, by=people.outsider)[0] == []
    assert disclosures.page(after=transfer.uuid, by=people.clerk)[0] == []


def test_the_one_whose_call_it_is_learns_of_the_recipient_and_the_basis(people):
    case = lettered.case(people, outcome="granted")
    call = lettered.call(people, case)
    with clock.frozen(lettered.NOW - dt.timedelta(days=1)):
        shared.handed(people, call.recording, basis="statute", authority="Zqskatteförvaltningen")
        shared.handed(people, call.recording, basis="consent", authority="Zqförsäkringsbolaget")
    with clock.frozen(lettered.NOW):
        told = lettered.facts(case, Kind.CASE_ACCESS)["recipients"]
    assert [(one["authority"], one["basis"]) for one in told] == [
        ("Zqskatteförvaltningen", "En annan lag ger mottagaren rätt att få uppgiften"),
        ("Zqförsäkringsbolaget", "Personen har samtyckt till utlämnandet (artikel 6.1 a)"),
    ]
