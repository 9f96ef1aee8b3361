"""What the notice to a recipient and the record of a disclosure say, and who may fetch them."""

import datetime as dt
import json

import pytest

from portal import clock, db
from portal.accounts.permissions import Permission
from portal.cases.claim_models import Claim
from portal.cases.models import CaseRight
from portal.documents import actions as documents
from portal.documents import composing
from portal.documents.kinds import Kind
from portal.documents.models import Document
from portal.documents.press import Press
from portal.errors import NotFound
from portal.recordings.correction_models import Statement
from portal.recordings.models import Note, Recording
from portal.register import letters
from portal.register.models import Consent, ConsentText, Notice
from portal.retention.models import Basis, PurgeLine, TransferState
from portal.retention.restriction_models import Redaction, Restriction
from tests.cases import lettered
from tests.cases.lettered import NOW
from tests.register.shared import AUTHORITY, handed

GIVEN = NOW - dt.timedelta(days=3)
CHANGED = NOW - dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def on_the_day(settings):
    with clock.frozen(NOW):
        yield


@pytest.fixture
def case(people):
    return lettered.case(people, rights=("rectification", "erasure"), outcome="granted")


@pytest.fixture
def call(people, case):
    return lettered.call(people, case)


def opened(people, call, case=None, **more) -> Notice:
    where = {"address": "Zqgatan 9\n\n06100 BORGÅ", "reference": "Zq/5530/26", "ended_at": GIVEN}
    transfer = handed(people, call.recording, **where)
    because = {"because": case.uuid, "reference": case.number} if case is not None else {}
    return Notice.create(transfer=transfer, opened_at=CHANGED, **because, **more)


def facts(owner, kind=Kind.RECIPIENT_NOTICE, *, language="sv", by) -> dict:
    return composing.compose(ordered(owner, kind, language=language, by=by)).facts


def ordered(owner, kind=Kind.RECIPIENT_NOTICE, *, language="sv", by) -> Document:
    with db.db.atomic():
        made = letters.order(owner, kind, language=language, by=by)
    return Document.get_by_id(made.id)


def corrected(people, case, call, entry, disputed, value) -> Claim:
    right = CaseRight.get(CaseRight.case == case.id, CaseRight.right == "rectification")
    return Claim.create(
        right=right, call=call, entry=entry, disputed=disputed, value=value, decision="corrected",
        demanded="Zqkravet", added_by=people.clerk,
    )  # fmt: skip


def test_a_notice_says_to_whom_which_call_and_what_it_said_and_says(people, case, call):
    corrected(people, case, call, "subject", "Zqfel", "Zqrätt")
    found = facts(opened(people, call, case, what="corrected", entry="subject"), by=people.clerk)
    assert found["recipient"] == [AUTHORITY, "Zqgatan 9", "06100 BORGÅ"]
    assert (found["case"], found["reference"], found["given_on"]) == (case.number, "Zq/5530/26", "2026-10-17")
    assert (found["entry_words"], found["before"], found["after"]) == ("Ämne", "Zqfel", "Zqrätt")
    assert (found["call"]["at"], found["done_on"]) == (call.recording.started_at.isoformat(), "2026-10-19")
    assert "Zqanna" not in str(found), "the one whose call it is is not named"
    assert "Zqkravet" not in str(found)


def test_a_notice_gives_no_whole_number_and_nothing_that_staff_noted(people, case, call):
    corrected(people, case, call, "number", "040 123 4567", "+358401234999")
    corrected(people, case, call, "note", "Zqnoten", "Zqnyanoten")
    number = facts(opened(people, call, case, what="corrected", entry="number"), by=people.clerk)
    assert (number["before"], number["after"]) == ("••• ••••567", "••• ••••999")
    note = facts(opened(people, call, case, what="corrected", entry="note"), by=people.clerk)
    assert (note["entry_words"], note["before"], note["after"]) == ("Anteckning", "", "")


def test_of_a_correction_on_own_initiative_only_what_stands_now_is_told(people, call):
    Recording.update(subject="Zqnytt").where(Recording.id == call.recording_id).execute()
    found = facts(opened(people, call, what="corrected", entry="subject"), by=people.clerk)
    assert (found["case"], found["before"], found["after"]) == ("", "", "Zqnytt")
    found = facts(opened(people, call, what="corrected", entry="queue"), language="fi", by=people.clerk)
    assert found["after"] == "Varhaiskasvatus"


def test_a_notice_of_a_completion_carries_it(people, case, call):
    Statement.create(recording=call.recording, because=case.uuid, text="Zqtillägg", added_by=people.clerk)
    Statement.create(recording=call.recording, text="Zqannat", added_by=people.clerk)
    found = facts(opened(people, call, case, what="completed"), by=people.clerk)
    assert (found["statement"], found["before"]) == ("Zqtillägg", "")
    assert facts(opened(people, call, case, what="restricted"), by=people.clerk)["statement"] == ""


def test_a_notice_of_an_erasure_names_the_day_and_the_passages_and_no_content(people, case, call):
    other = lettered.call(people, case, days=1)
    done = NOW - dt.timedelta(hours=1)
    Redaction.create(
        recording=call.recording, because=case.uuid, ranges="[[1000,2500]]", by=people.decider, state="done",
        done_at=done,
    )  # fmt: skip
    passage = facts(opened(people, call, case, what="erased", entry="passage"), by=people.clerk)
    assert (passage["ranges"], passage["done_on"]) == ([[1000, 2500]], "2026-10-20")
    PurgeLine.create(
        kind="recording", subject=other.recording.uuid, rule="erasure:article-17:1", due_at=done, purged_at=done,
        key_destroyed_at=done, result="purged",
    )  # fmt: skip
    whole = facts(opened(people, other, case, what="erased"), by=people.clerk)
    assert (whole["ranges"], whole["done_on"]) == ([], "2026-10-20")


def test_a_notice_of_a_restriction_names_its_grounds(people, case, call):
    Restriction.create(recording=call.recording, ground="18_1_d", because=case.uuid, placed_at=CHANGED)
    Restriction.create(
        recording=call.recording, ground="18_1_a", because=case.uuid, placed_at=NOW + dt.timedelta(1), stands=None
    )
    assert facts(opened(people, call, case, what="restricted"), by=people.clerk)["grounds"] == ["18_1_d"]
    assert facts(opened(people, call, case, what="corrected", entry="told"), by=people.clerk)["grounds"] == []


def test_a_record_says_who_asked_on_what_basis_who_approved_what_left_and_what_was_told_since(people, call):
    text = ConsentText.create(
        purpose="disclosure", version=1, text_sv="Zqt", text_fi="Zqt", valid_from=dt.date(2026, 1, 1),
        made_by=people.decider,
    )  # fmt: skip
    consent = Consent.create(
        text=text, name="Zqanna Frågedotter", language="sv", given_on=dt.date(2026, 9, 1), given_how="letter",
        registered_by=people.clerk,
    )  # fmt: skip
    row = handed(
        people, call.recording, basis=Basis.CONSENT, consent=consent.uuid, decided_by=people.decider,
        decided_at=GIVEN, decision_reason="Zqskälet", left_how="Zqmot kvitto", ended_at=GIVEN,
    )  # fmt: skip
    Notice.create(transfer=row, what="corrected", entry="subject", opened_at=CHANGED, state="told",
                  told_on=CHANGED.date(), ended_at=CHANGED)  # fmt: skip
    found = facts(row, Kind.DISCLOSURE_RECORD, by=people.clerk)
    assert (found["authority"], found["purpose"], found["scope"]) == (AUTHORITY, "zqändamål", "zqomfattning")
    assert (found["decided_by"], found["decision_reason"]) == (people.decider.name, "Zqskälet")
    assert found["responsible"] == {"name": people.decider.name, "title": "beslutsfattare"}
    assert (found["left_size"], found["left_how"]) == (call.recording.original_size, "Zqmot kvitto")
    assert (found["state"], found["recording"]) == ("handed_over", str(call.recording.uuid))
    assert found["consent"].endswith("gavs den 1.9.2026")
    assert [(one["state"], one["told_on"]) for one in found["notices"]] == [("told", "2026-10-19")]
    assert "Zqanna" not in json.dumps(found)
    open_one = handed(people, call.recording, state=TransferState.PROPOSED, ended_at=None, ended_by=None)
    early = facts(open_one, Kind.DISCLOSURE_RECORD, language="fi", by=people.clerk)
    assert (early["decided_by"], early["ended_at"], early["responsible"], early["notices"]) == ("", None, None, [])


def test_the_papers_are_set_and_the_pages_of_documents_show_them_to_nobody(people, case, call):
    Note.create(recording=call.recording, author=people.adviser, text="Zqnot")
    notice = opened(people, call, case, what="restricted")
    papers = [ordered(notice, by=people.clerk), ordered(notice.transfer, Kind.DISCLOSURE_RECORD, by=people.clerk)]
    with Press() as press:
        assert all(press.set(composing.compose(paper)).pages for paper in papers)
    for paper in papers:
        for name in ("clerk", "decider", "dpo", "admin", "manager", "adviser", "outsider"):
            with pytest.raises(NotFound):
                documents.get(paper.uuid, by=getattr(people, name))
        assert documents.may_write(paper, people.clerk)
        assert not documents.may_write(paper, people.adviser)
    assert people.clerk.may(Permission.REGISTER_NOTICE)
