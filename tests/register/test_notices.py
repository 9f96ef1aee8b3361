"""Those who once got a call are told of what is changed in it (GDPR 19)."""

import datetime as dt

import pytest

from portal import clock
from portal.cases import personal_codes, purging
from portal.cases.models import Case
from portal.documents.models import State as Letter
from portal.errors import Denied, NotFound
from portal.register import letters, notices
from portal.register.models import NoticeState, Told
from portal.retention import watch
from portal.retention.models import TransferState
from tests.cases import made
from tests.register import shared

ADDRESS = "Zqpolisen\nZqgatan 1\n06100 BORGÅ"


@pytest.fixture(autouse=True)
def _day():
    with clock.frozen(made.NOW):
        yield


@pytest.fixture
def case(people):
    made.call(people)
    return made.case(people, rights=("rectification",))


@pytest.fixture
def notice(people, case):
    (call,) = made.calls(case)
    shared.handed(people, call.recording)
    (found,) = notices.open_for([call.recording], what=Told.CORRECTED, because=case, entry="subject", by=people.clerk)
    return found


class Row:
    def __init__(self, uuid) -> None:
        self.uuid = uuid


def locked(letter) -> None:
    letter.state, letter.part = Letter.LOCKED, "pdf-x"
    letter.save()


def test_each_recipient_of_what_left_is_to_be_told_once_for_each_change(people, case):
    (call,) = made.calls(case)
    other = made.call(people, days=1, number="+358407654321")
    for state in (TransferState.PROPOSED, TransferState.APPROVED, TransferState.REFUSED, TransferState.WITHDRAWN):
        shared.handed(people, call.recording, state=state)
    told = [shared.handed(people, call.recording), shared.handed(people, call.recording)]
    shared.handed(people, other)
    correction = Row(case.uuid)
    first = notices.open_for(
        [call.recording], what=Told.CORRECTED, because=case, correction=correction, entry="subject", by=people.clerk
    )
    assert [notice.transfer for notice in first] == told
    assert [(n.reference, n.state, n.opened_by) for n in first] == [(case.number, "waiting", people.clerk)] * 2
    again = notices.open_for(
        [call.recording], what=Told.CORRECTED, because=case, correction=correction, entry="subject", by=people.clerk
    )
    assert again == first
    assert all(made.acts(notice) == ["notice_opened"] for notice in first)
    entry, detail = made.last_entry("register:notice_opened")
    assert (entry.queue_id, entry.reference, detail["told_of"]) == (people.daycare.id, case.number, "corrected")
    assert shared.AUTHORITY not in entry.detail
    assert notices.of_case(case) == first
    assert notices.waiting(case)


def test_what_happens_once_is_told_once_and_what_happens_again_is_told_anew(people, case):
    (call,) = made.calls(case)
    shared.handed(people, call.recording)

    def opened(what, entry=""):
        (one,) = notices.open_for([call.recording], what=what, because=case, entry=entry, by=None)
        return one

    kinds = ((Told.ERASED, ""), (Told.ERASED, "passage"), (Told.RESTRICTED, ""))
    before = [opened(*kind) for kind in kinds]
    assert [opened(*kind) for kind in kinds] == before
    for one in before:
        notices.tell(one, on=clock.today(), how="phone", by=people.clerk)
    after = [opened(*kind) for kind in kinds]
    assert [one == two for one, two in zip(before, after, strict=True)] == [True, False, False]


def test_a_recipient_is_told_by_a_letter_that_is_made(people, case, notice):
    with pytest.raises(notices.LetterNeeded):
        notices.tell(notice, on=clock.today(), how="post", by=people.clerk)
    for nothing in ("", " \n "):
        with pytest.raises(notices.AddressNeeded):
            notices.order_letter(notice, address=nothing, language="sv", by=people.clerk)
    with pytest.raises(personal_codes.PersonalCode):
        notices.order_letter(notice, address="131052-308T", language="sv", by=people.clerk)
    letter = notices.order_letter(notice, address=" " + ADDRESS + "\n\n", language="fi", by=people.clerk)
    assert (letter.kind, letter.owner_key, letter.language) == ("recipient-notice", notice.uuid.hex, "fi")
    found = notices.get(notice.uuid, by=people.clerk)
    assert (found.letter, found.transfer.address, found.transfer.language) == (letter.uuid, ADDRESS, "fi")
    with pytest.raises(letters.AlreadyOrdered):
        notices.order_letter(notice, address=ADDRESS, language="fi", by=people.clerk)
    with pytest.raises(notices.LetterWaiting):
        notices.tell(notice, on=clock.today(), how="secure_mail", by=people.clerk)
    locked(letter)
    notices.tell(notice, on=clock.today(), how="secure_mail", by=people.clerk)
    done = shared.fresh(notice)
    assert (done.state, done.told_on, done.told_how, done.ended_by) == (
        NoticeState.TOLD,
        clock.today(),
        "secure_mail",
        people.clerk,
    )
    assert made.acts(notice) == ["notice_opened", "notice_told"]
    assert made.acts(letter) == ["ordered"]
    assert made.steps(case)[-1] == "notice_told"
    assert not notices.waiting(case)
    assert letters.of(notice) == [letter]
    for again in (
        lambda: notices.tell(notice, on=clock.today(), how="phone", by=people.clerk),
        lambda: notices.impossible(notice, reason="zqfinns inte längre", by=people.clerk),
        lambda: notices.order_letter(notice, address=ADDRESS, language="sv", by=people.clerk),
    ):
        with pytest.raises(notices.AlreadyEnded):
            again()


def test_a_day_and_a_way_that_cannot_be_are_refused(people, notice):
    for how in ("", "pigeon"):
        with pytest.raises(notices.HowNeeded):
            notices.tell(notice, on=clock.today(), how=how, by=people.clerk)
    day = dt.timedelta(days=1)
    with pytest.raises(notices.DayAhead):
        notices.tell(notice, on=clock.today() + day, how="phone", by=people.clerk)
    with pytest.raises(notices.DayBefore):
        notices.tell(notice, on=clock.today() - day, how="phone", by=people.clerk)
    assert shared.fresh(notice).state == NoticeState.WAITING


def test_what_is_impossible_says_why_and_gives_up_a_letter_that_was_not_made(people, case, notice):
    for short in ("", "nej      "):
        with pytest.raises(notices.ReasonNeeded):
            notices.impossible(notice, reason=short, by=people.clerk)
    letter = notices.order_letter(notice, address=ADDRESS, language="sv", by=people.clerk)
    notices.impossible(notice, reason="zqmottagaren finns inte längre", by=people.clerk)
    done = shared.fresh(notice)
    assert (done.state, done.reason, done.told_on) == ("impossible", "zqmottagaren finns inte längre", None)
    assert made.acts(notice) == ["notice_opened", "notice_impossible"]
    assert made.steps(case)[-1] == "notice_impossible"
    assert "zqmottagaren" not in made.last_entry("register:notice_impossible")[0].detail
    assert letters.of(notice) == []
    assert made.acts(letter) == ["ordered", "dropped"]
    assert not notices.waiting(case)


def test_those_who_read_the_list_do_not_tell_and_strangers_find_nothing(people, notice):
    acts = (
        lambda by: notices.tell(notice, on=clock.today(), how="phone", by=by),
        lambda by: notices.impossible(notice, reason="zqfinns inte längre", by=by),
        lambda by: notices.order_letter(notice, address=ADDRESS, language="sv", by=by),
    )
    for act in acts:
        for reader in (people.decider, people.dpo):
            with pytest.raises(Denied):
                act(reader)
        for stranger in (people.adviser, people.manager, people.admin, people.outsider):
            with pytest.raises(NotFound):
                act(stranger)
    assert [notices.count(by=by) for by in (people.clerk, people.decider, people.adviser)] == [1, 0, 0]


def test_the_file_of_a_case_takes_its_letters_and_reasons_and_leaves_who_was_told(people, case, notice, monkeypatch):
    monkeypatch.setattr(watch, "doubts_clock", lambda: False)
    own, other = (shared.handed(people, notice.transfer.recording) for _ in range(2))
    ended = [
        notices.open_for([notice.transfer.recording], what=what, because=because, by=None)[-1]
        for what, because in ((Told.RESTRICTED, case), (Told.COMPLETED, None))
    ]
    assert [one.transfer for one in ended] == [other, other]
    papers = [notices.order_letter(one, address=ADDRESS, language="sv", by=people.clerk) for one in ended]
    for one, paper in zip(ended, papers, strict=True):
        locked(paper)
        notices.impossible(one, reason="zqfinns inte längre", by=people.clerk)
    Case.update(state="closed", closed_at=clock.now(), purge_on=clock.today()).execute()
    purging.purge_due()
    assert [shared.fresh(one).reason for one in ended] == ["", "zqfinns inte längre"]
    assert [shared.fresh(paper).state for paper in papers] == [Letter.DROPPED, Letter.LOCKED]
    assert [shared.fresh(one).state for one in ended] == [NoticeState.IMPOSSIBLE] * 2
    assert shared.fresh(own).authority == shared.AUTHORITY
