"""Extracts of the log: for one who called, without a name; of one employee, on a stated ground and no other way."""

import datetime as dt
import json

import pytest

from portal import clock
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.audit.question import GroundNeeded, Question
from portal.documents import actions as documents
from portal.documents import composing, setting
from portal.documents.kinds import Kind
from portal.documents.models import Document
from portal.errors import Denied, Invalid
from portal.oversight import extracts
from portal.recordings.models import Recording, State
from portal.vault import box
from tests.calls import recording
from tests.oversight.heard import NOON, heard, other

NUMBER = "+358401234567"
LATER = NOON + dt.timedelta(days=2)
CALLER = {"number": "040 123 4567", "caller_language": "sv", "case": "BOR/7/2026"}


@pytest.fixture
def log(people):
    """Two calls of the number, heard three times; one of another, heard too; one deleted."""
    first = recording(people.daycare, started_at=NOON - dt.timedelta(hours=3))
    second = recording(people.elderly, started_at=NOON - dt.timedelta(hours=2))
    another = recording(people.daycare, started_at=NOON - dt.timedelta(hours=1), number="+358409999999")
    gone = recording(people.daycare, started_at=NOON - dt.timedelta(hours=4))
    heard(first, by=people.adviser)
    heard(first, by=people.manager)
    heard(first, by=people.clerk, purpose="request", reference="BOR/1/2026", at=NOON + dt.timedelta(days=1))
    heard(another, by=people.adviser, purpose="safety")
    heard(gone, by=people.adviser, purpose="training")
    Recording.update(state=State.PURGED, number=None).where(Recording.id == gone.id).execute()
    with clock.frozen(LATER):
        yield people, first, second


def of(act) -> Entry:
    return Entry.select().where(Entry.act == act).order_by(Entry.id.desc()).get()


def test_a_caller_is_told_when_and_why_each_call_was_heard_and_never_by_whom(log):
    people, first, second = log
    made = extracts.for_caller("040 123 4567", language="sv", by=people.dpo)
    heard(first, by=people.adviser, purpose="safety", at=LATER)
    order = composing.compose(made, draft=True)
    facts = order.facts
    assert [(call["number"], call["at"], call["queue"], call["times"]) for call in facts["calls"]] == [
        (1, first.started_at.isoformat(), "Småbarnspedagogik", 3),
        (2, second.started_at.isoformat(), "Äldreomsorg", 0),
    ]
    assert [(one["call"], one["on"], one["purpose"], one["times"]) for one in facts["consultations"]] == [
        (1, "2026-11-24", "tjänstens kvalitet", 2),
        (1, "2026-11-25", "handläggning av en begäran enligt dataskyddsförordningen", 1),
    ], "what came after the order is not in it"
    assert facts["kept_from"] == "2026-08-26"
    told = json.dumps(facts, ensure_ascii=False)
    for secret in ("Karin", "Maria", "Kerstin", "BOR/1/2026", NUMBER, "1234567"):
        assert secret not in told
    assert facts["ending"] == "4567"


def test_the_number_is_kept_neither_in_the_document_nor_in_the_log_nor_in_an_address(as_, log):
    people, first, second = log
    answer = as_(people.dpo).submit("/oversight/extracts/callers", CALLER)
    assert answer.status_code == 303
    made = Document.get(Document.kind == Kind.CALLER_EXTRACT)
    assert answer.location == f"/documents/{made.uuid}"
    assert json.loads(made.content)["calls"] == [first.uuid.hex, second.uuid.hex]
    entry = of(Act.CALLER_EXTRACT_ORDERED)
    assert (entry.subject, entry.by, entry.reference) == (made.uuid, people.dpo.uuid, "BOR/7/2026")
    assert entry.told == {"calls": 2, "number": box.pseudonym("number", NUMBER)}
    stored = made.content + "".join(f"{row.detail}{row.reference}" for row in Entry.select())
    assert "1234567" not in stored
    assert of(Act.DOCUMENT_DRAFTED).told["document"] == "caller-extract"


def test_a_number_without_calls_is_answered_too(log):
    people, *_ = log
    made = extracts.for_caller("+358 9 310 1691", language="fi", by=people.dpo)
    assert composing.compose(made, draft=True).facts["calls"] == []


@pytest.mark.parametrize("case", ["Zqanna Testsson, Storgatan", "131052-308T", "ab"])
def test_what_is_no_case_number_reaches_neither_the_letter_nor_the_log(as_, log, case):
    people, *_ = log
    answer = as_(people.dpo).submit("/oversight/extracts/callers", {**CALLER, "case": case})
    assert answer.status_code == 422
    assert 'id="case-error"' in answer.get_data(as_text=True)
    assert not Document.select().exists()
    assert not Entry.select().where(Entry.reference == case).exists()
    assert extracts.for_caller(NUMBER, language="sv", by=people.dpo), "without one there is a letter"


@pytest.mark.parametrize("number", ["4567", "x", "", "+358401234567" * 4])
def test_what_is_no_whole_number_is_told_beside_the_field_and_nothing_is_made(as_, log, number):
    people, *_ = log
    answer = as_(people.dpo).submit("/oversight/extracts/callers", {**CALLER, "number": number})
    assert answer.status_code == 422
    assert 'id="number-error"' in answer.get_data(as_text=True)
    assert not Document.select().exists()


EMPLOYEE = {"first": "1.11.2026", "last": "24.11.2026", "ground": "suspicion", "employee_language": "sv"}
EMPLOYEE |= {"words": "En kollega har sagt att samtal om grannar har avlyssnats. Ärende BOR/9/2026."}


def test_an_employee_is_told_of_on_a_stated_ground_which_the_paper_and_the_log_have(as_, log):
    people, *_ = log
    asked = {**EMPLOYEE, "person": str(people.adviser.uuid)}
    assert as_(people.dpo).submit("/oversight/extracts/employees", asked).status_code == 303
    made = Document.get(Document.kind == Kind.LOG_EXTRACT)
    facts = composing.compose(made, draft=True).facts
    assert (facts["ground"], facts["ground_words"]) == ("misstanke om obehörig användning", EMPLOYEE["words"])
    assert {line["who"] for line in facts["lines"]} == {"Karin Testström"}
    assert (facts["first"], facts["last"], facts["total"]) == ("2026-11-01", "2026-11-24", 3)
    entry = of(Act.EMPLOYEE_EXTRACT_ORDERED)
    assert (entry.subject, entry.by) == (people.adviser.uuid, people.dpo.uuid)
    assert entry.told == {"extract_ground": "suspicion", "first_on": "2026-11-01", "last_on": "2026-11-24"}
    assert "grannar" not in "".join(row.detail for row in Entry.select())
    page = as_(people.dpo).get(f"/documents/{made.uuid}").get_data(as_text=True)
    assert "Varför utdraget görs" in page


@pytest.mark.parametrize(
    "lack",
    [
        {"ground": ""},
        {"ground": "curiosity"},
        {"words": " "},
        {"words": "Gäller 131052-308T."},
        {"first": ""},
        {"first": "25.11.2026"},
        {"person": ""},
        {"person": "00000000-0000-0000-0000-000000000000"},
        {"employee_language": ""},
    ],
)
def test_without_ground_reason_person_or_days_there_is_no_extract_of_an_employee(as_, log, lack):
    people, *_ = log
    asked = {**EMPLOYEE, "person": str(people.adviser.uuid), **lack}
    answer = as_(people.dpo).submit("/oversight/extracts/employees", asked)
    assert answer.status_code == 422
    assert "field-error" in answer.get_data(as_text=True)
    assert not Document.select().exists()


def test_no_other_way_leads_to_an_extract_of_one_employee(as_, log):
    """Neither the log's own extract, nor its file; of what the portal did by itself they still are."""
    people, first, _ = log
    mine = Question(person=people.adviser.uuid)
    with pytest.raises(GroundNeeded):
        documents.draft_extract(mine, language="sv", by=people.dpo)
    with pytest.raises(GroundNeeded):
        documents.draft_extract(mine, language="sv", by=people.dpo, ground="own")
    with pytest.raises(GroundNeeded):
        extracts.of_employee(
            people.adviser, first=NOON.date(), last=NOON.date(), ground="x", words="x", language="sv", by=people.dpo
        )
    assert issubclass(GroundNeeded, Invalid)
    asked = {"asked": json.dumps(mine.codes()), "language": "sv"}
    assert as_(people.dpo).submit("/documents/extracts", asked).status_code == 422
    for who in (people.dpo, people.manager):
        client = as_(who)
        assert client.get(f"/audit/export?person={people.adviser.uuid}").status_code == 422
        page = client.get(f"/audit/?person={people.adviser.uuid}").get_data(as_text=True)
        assert "/audit/export" not in page
        assert "/documents/extracts" not in page
        assert ("/oversight/extracts?person=" in page) == (who == people.dpo)
        assert client.get("/audit/export?person=system").status_code == 200
        assert client.get(f"/audit/export?subject={first.uuid}").status_code == 200


def test_nor_is_there_a_file_or_an_extract_of_what_the_log_has_under_an_employees_account(as_, log):
    people, *_ = log
    other(Act.SIGNED_IN, by=people.adviser, subject=people.adviser)
    asked = Question(subject=people.adviser.uuid)
    with pytest.raises(GroundNeeded):
        documents.draft_extract(asked, language="sv", by=people.dpo)
    client = as_(people.dpo)
    assert client.get(f"/audit/export?subject={people.adviser.uuid}").status_code == 422
    page = client.get(f"/audit/?subject={people.adviser.uuid}").get_data(as_text=True)
    assert "/audit/export" not in page
    assert "/oversight/extracts?person=" in page


def test_extracts_are_the_officers_alone(as_, log):
    people, *_ = log
    asked = {**EMPLOYEE, "person": str(people.adviser.uuid)}
    for name in ("adviser", "manager", "clerk", "decider", "admin"):
        client = as_(getattr(people, name))
        assert client.get("/oversight/extracts").status_code == 403
        assert client.submit("/oversight/extracts/callers", CALLER).status_code == 403
        assert client.submit("/oversight/extracts/employees", asked).status_code == 403
        with pytest.raises(Denied):
            extracts.for_caller(NUMBER, language="sv", by=getattr(people, name))
    made = extracts.for_caller(NUMBER, language="sv", by=people.dpo)
    for name in ("decider", "admin", "manager"):
        assert as_(getattr(people, name)).get(f"/documents/{made.uuid}").status_code in (403, 404)


def test_a_locked_extract_can_be_corrected_when_the_calls_are_gone(log):
    people, first, _ = log
    made = extracts.for_caller(NUMBER, language="sv", by=people.dpo)
    assert set(json.loads(setting._kept(made))) == {"calls", "until", "day"}, "not the number's last figures"
    kept = {**json.loads(setting._kept(made)), "calls": [first.uuid.hex]}
    Document.update(state="locked", content=json.dumps(kept)).where(Document.id == made.id).execute()
    other(Act.LOG_READ, by=people.dpo)
    Recording.update(state=State.PURGED, number=None).where(Recording.id == first.id).execute()
    again = documents.correct(Document.get_by_id(made.id), by=people.dpo)
    facts = composing.compose(again, draft=True).facts
    assert (facts["ending"], len(facts["calls"]), len(facts["consultations"])) == ("", 1, 2)
    assert facts["as_of"] == "2026-11-26"
