"""A held call is handed to the police on one person's proposal and another's decision, and the record of it stays."""

import datetime as dt

import pytest

from portal import clock
from portal.accounts.permissions import Role
from portal.errors import NotFound
from portal.retention import holds, transfers
from portal.retention.models import Hold, Transfer, TransferState
from tests.people import person
from tests.retention import kept


@pytest.fixture(autouse=True)
def _day():
    with clock.frozen(kept.NOW):
        yield


@pytest.fixture
def hold(people) -> Hold:
    return kept.place(kept.call(people), people.manager)


def propose(hold, by, **more):
    asked = {
        "authority": "Östra Nylands polisinrättning, Borgå",
        "reference": "5680/R/1234/26",
        "asked_on": clock.today(),
        "basis": "investigation",
        "purpose": "Utredning av olaga hot",
        "scope": "Hela samtalet",
        "channel": "in_person",
    }
    return transfers.propose(hold, **asked | more, by=by)


def test_a_transfer_is_proposed_approved_and_handed_over_each_in_the_log(people, hold):
    transfer = propose(hold, people.manager)
    assert list(transfers.waiting(people.decider)) == [transfer]
    transfers.approve(transfer, reason="Grunden är klar", by=people.decider)
    assert list(transfers.waiting(people.decider)) == []
    transfers.hand_over(transfer, how="Krypterad minnespinne till utredaren", by=people.second_manager)
    done = kept.fresh(transfer)
    assert (done.state, done.proposed_by, done.decided_by, done.ended_by) == (
        TransferState.HANDED_OVER,
        people.manager,
        people.decider,
        people.second_manager,
    )
    assert done.left_size == hold.recording.original_size
    assert kept.fresh(hold).transfers == 0
    assert kept.acts(hold.recording)[2:] == ["transfer_proposed", "transfer_approved", "transfer_handed_over"]


def test_the_one_who_proposed_decides_neither_way(people, hold):
    both = person("bo", "Bo Bådadera", Role.MANAGER, Role.CONTROLLER, queues=(people.daycare,))
    transfer = propose(hold, both)
    assert list(transfers.waiting(both)) == []
    with pytest.raises(transfers.OwnProposal):
        transfers.approve(transfer, by=both)
    with pytest.raises(transfers.OwnProposal):
        transfers.refuse(transfer, reason="Nej", by=both)
    assert kept.fresh(transfer).state == TransferState.PROPOSED


def test_only_who_decides_disclosures_decides(people, hold):
    transfer = propose(hold, people.manager)
    for other in (people.second_manager, people.adviser, people.clerk, people.dpo, people.admin, people.outsider):
        with pytest.raises(NotFound):
            transfers.approve(transfer, by=other)
        with pytest.raises(NotFound):
            transfers.refuse(transfer, reason="Nej", by=other)
    assert kept.fresh(transfer).state == TransferState.PROPOSED


def test_what_is_decided_is_not_decided_again(people, hold):
    transfer = propose(hold, people.manager)
    with pytest.raises(transfers.ReasonNeeded):
        transfers.refuse(transfer, reason=" ", by=people.decider)
    transfers.refuse(transfer, reason="Grunden räcker inte", by=people.decider)
    for again in (transfers.approve, transfers.refuse):
        with pytest.raises(transfers.AlreadyDecided):
            again(transfer, reason="Nej", by=people.decider)
    assert kept.fresh(hold).transfers == 0


def test_nothing_is_handed_over_that_is_not_approved(people, hold):
    transfer = propose(hold, people.manager)
    with pytest.raises(transfers.NotApproved):
        transfers.hand_over(transfer, how="x", by=people.manager)
    transfers.approve(transfer, by=people.decider)
    with pytest.raises(transfers.ReasonNeeded):
        transfers.hand_over(transfer, how=" ", by=people.manager)
    for other in (people.decider, people.adviser, people.outsider, people.dpo):
        with pytest.raises(NotFound):
            transfers.hand_over(transfer, how="x", by=other)
    transfers.hand_over(transfer, how="x", by=people.manager)
    with pytest.raises(transfers.NotApproved):
        transfers.hand_over(transfer, how="x", by=people.manager)
    with pytest.raises(transfers.NotApproved):
        transfers.withdraw(transfer, by=people.manager)
    assert kept.fresh(hold).transfers == 0


def test_a_hold_is_not_released_while_a_transfer_is_open(people, hold):
    transfer = propose(hold, people.manager)
    for _ in range(2):
        with pytest.raises(holds.TransferOpen):
            holds.release(hold, reason="Klart", seen=holds.Then.KEPT, by=people.manager)
        if kept.fresh(transfer).state == TransferState.PROPOSED:
            transfers.approve(transfer, by=people.decider)
    assert kept.fresh(hold.recording).holds == 1
    transfers.withdraw(transfer, by=people.manager)
    holds.release(hold, reason="Klart", seen=holds.Then.KEPT, by=people.manager)


def test_only_a_standing_hold_is_transferred(people, hold):
    holds.release(hold, reason="Klart", seen=holds.Then.KEPT, by=people.manager)
    with pytest.raises(transfers.NotHeld):
        propose(hold, people.manager)
    assert Transfer.select().count() == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"authority": " "},
        {"purpose": ""},
        {"scope": ""},
        {"basis": "curiosity"},
        {"channel": "pigeon"},
        {"asked_on": kept.NOW.date() + dt.timedelta(days=1)},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_proposal_that_lacks_something_is_refused(people, hold, wrong):
    with pytest.raises(transfers.Incomplete):
        propose(hold, people.manager, **wrong)
    assert kept.fresh(hold).transfers == 0


def test_nobody_but_a_manager_of_the_queue_proposes(people, hold):
    for other in (people.adviser, people.outsider, people.clerk, people.decider, people.dpo):
        with pytest.raises(NotFound):
            propose(hold, other)


def test_the_record_of_the_recipient_outlives_the_call_and_what_was_typed_does_not(people, hold):
    transfer = propose(hold, people.manager)
    transfers.approve(transfer, reason="Grunden är klar", by=people.decider)
    transfers.hand_over(transfer, how="Till utredaren", by=people.manager)
    with clock.frozen(kept.PAST):
        holds.release(hold, reason="Klart", seen=holds.Then.PURGED, by=people.manager)
    record = kept.fresh(transfer)
    assert (record.purpose, record.scope, record.decision_reason, record.left_how) == ("", "", "", "")
    assert (record.authority, record.basis, record.channel, record.ended_at) == (
        "Östra Nylands polisinrättning, Borgå",
        "investigation",
        "in_person",
        kept.NOW,
    )
    assert transfers.get(transfer.uuid, by=people.decider) == transfer
