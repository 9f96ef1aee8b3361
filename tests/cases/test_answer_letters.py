"""The letters of an answer, from the acts that decide and carry it out: a draft can be seen, and what is set says what
was done."""

import pytest

from portal import clock
from portal.cases import carrying, letters, proposal
from portal.cases.codes import Decision, Disputed, RightKind
from portal.documents import composing
from portal.documents.kinds import Kind
from portal.documents.models import Document
from portal.documents.press import Press
from tests.cases import answered, claimed
from tests.cases.answered import fresh
from tests.cases.claimed import C, G, K, R

RIGHTS = (RightKind.ACCESS, RightKind.RECTIFICATION, RightKind.ERASURE, RightKind.RESTRICTION, RightKind.OBJECTION)


@pytest.fixture(autouse=True)
def _day():
    with clock.frozen(answered.NOW):
        yield


def said(document: Document, *, draft: bool = False) -> dict:
    return composing.compose(Document.get_by_id(document.id), draft=draft).facts


def test_each_right_is_answered_by_a_letter_that_says_what_was_done_of_it(people):
    made = answered.case(people, rights=RIGHTS)
    added, other = (answered.call(made, people, Decision.WHOLE, hours=hours) for hours in (1, 2))
    claimed.claim(made, people, RightKind.RECTIFICATION, C, added=added)
    claimed.claim(made, people, RightKind.RECTIFICATION, K, added=added, entry=Disputed.SPEECH, quote="zqsagt")
    claimed.claim(made, people, RightKind.RECTIFICATION, R, added=other, entry=Disputed.TOLD)
    claimed.claim(made, people, RightKind.ERASURE, G, added=other)
    claimed.claim(made, people, RightKind.RESTRICTION, R, added=added)
    claimed.claim(made, people, RightKind.OBJECTION, R, added=added)
    made = proposal.propose(fresh(made), reasons=answered.REASONS, by=people.clerk)
    drafts = {letters.of_right(one): one for one in letters.drafts(made)}
    assert {right: one.kind for right, one in drafts.items()} == {
        "access": Kind.CASE_ACCESS,
        "rectification": Kind.CASE_RECTIFIED,
        "erasure": Kind.CASE_ERASED,
        "restriction": Kind.CASE_CERTIFICATE,
        "objection": Kind.CASE_CERTIFICATE,
    }
    early = said(drafts["rectification"], draft=True)
    assert {one["done_at"] for one in early["demands"]} == {None}, "nothing is done before the approval"
    for one in made.calls:
        answered.heard(one, people.decider)
    made = proposal.approve(fresh(made), reviewed=True, by=people.decider)
    carrying.carry_case(made)
    found = {right: said(one) for right, one in drafts.items()}
    subject, speech, told = found["rectification"]["demands"]
    assert (subject["value"], subject["done_by"]) == (claimed.VALUE, people.decider.name)
    assert (speech["disputed"], speech["statement"]) == ("zqsagt", claimed.STATEMENT)
    assert (told["disputed"], told["reasons"]) == ("Ja", claimed.REASONS)
    (erased,) = found["erasure"]["demands"]
    assert (erased["waits"], erased["done_at"]) == ("access", None), "the copy that was asked for comes first"
    assert found["objection"]["demands"][0]["refusal"] == "21_1"
    # The one call is contested and objected to until the answer; of the other the erasure is still to be done
    locked = {one["call"]["at"]: one for one in found["objection"]["ahead"]}
    first = locked[added.recording.started_at.isoformat()]
    assert (first["grounds"], first["lifts_on"]) == (["18_1_a", "18_1_d"], found["objection"]["lifts_on"])
    apart = {one["right"]: one["answered"] for one in found["access"]["rights"]}
    assert apart == {"access": "here"} | dict.fromkeys(RIGHTS[1:], "apart")
    with Press() as press:
        assert all(press.set(composing.compose(Document.get_by_id(one.id))).pages for one in drafts.values())
