"""The letters of a case: fetched and previewed from the case alone, set again by its handler."""

import dataclasses
import uuid

import flask
import pytest

from portal import clock, db
from portal.accounts.permissions import Permission
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.cases import letters
from portal.cases.models import Case
from portal.documents import preview, setting
from portal.documents.kinds import Kind
from portal.documents.models import Document, State
from portal.documents.order import Printed
from portal.documents.press import Unset
from portal.security import requires
from tests.cases import lettered as made
from tests.documents.made import press


@pytest.fixture(autouse=True)
def on_the_day(settings):
    with clock.frozen(made.NOW):
        yield


@dataclasses.dataclass
class Letter:
    case: Case
    document: Document

    def url(self, what: str = "pdf") -> str:
        return f"/cases/{self.case.uuid}/letters/{self.document.uuid}/{what}"


@pytest.fixture
def locked(people, monkeypatch) -> Letter:
    press(monkeypatch)
    case = made.case(people)
    document = made.letter(case, Kind.CASE_RECEIPT, by=people.clerk)
    assert setting.make_due().locked == 1
    return Letter(case, Document.get_by_id(document.id))


@pytest.fixture
def drafted(people) -> Letter:
    case = made.case(people, outcome="granted")
    made.call(people, case)
    with db.db.atomic():
        return Letter(case, letters.draft(case, Kind.CASE_ACCESS, by=people.clerk))


def entries(act: Act) -> list[Entry]:
    return list(Entry.select().where(Entry.act == act))


def test_a_locked_letter_is_fetched_and_it_is_logged_with_its_case(locked, people, as_):
    answer = as_(people.dpo).get(locked.url() + "?save=1")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.data.startswith(b"%PDF")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="mottagningsbekraftelse-BS-1-2026.pdf"'
    (entry,) = entries(Act.DOCUMENT_FETCHED)
    assert (entry.by, entry.subject, entry.reference) == (people.dpo.uuid, locked.document.uuid, locked.case.number)


def test_a_letter_is_only_reached_through_its_own_case_and_by_those_who_read_cases(locked, people, as_):
    other = made.case(people)
    clerk = as_(people.clerk)
    assert clerk.get(f"/cases/{other.uuid}/letters/{locked.document.uuid}/pdf").status_code == 404
    assert clerk.get(f"/cases/{uuid.uuid4()}/letters/{locked.document.uuid}/pdf").status_code == 404
    for person in (people.adviser, people.manager, people.admin):
        assert as_(person).get(locked.url()).status_code == 403
    assert not entries(Act.DOCUMENT_FETCHED)


def test_a_letter_that_is_not_locked_cannot_be_fetched(drafted, people, as_):
    assert as_(people.clerk).get(drafted.url()).status_code == 404


def test_the_draft_is_seen_by_those_who_decide_on_it_and_logged(drafted, people, as_, monkeypatch):
    shown = []
    monkeypatch.setattr(preview, "show", lambda order: shown.append(order) or Printed(b"%PDF-1.7", 1))
    answer = as_(people.decider).get(drafted.url("preview"))
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert shown[0].draft
    (entry,) = entries(Act.DOCUMENT_PREVIEWED)
    assert (entry.by, entry.reference) == (people.decider.uuid, drafted.case.number)
    assert as_(people.adviser).get(drafted.url("preview")).status_code == 403


def test_a_letter_that_is_no_draft_has_no_preview(locked, people, as_):
    assert as_(people.clerk).get(locked.url("preview")).status_code == 409


def test_a_draft_that_cannot_be_set_says_why(drafted, people, as_, monkeypatch):
    def refusing(order):
        raise Unset("MissingGlyph")

    monkeypatch.setattr(preview, "show", refusing)
    answer = as_(people.clerk).get(drafted.url("preview"))
    assert answer.status_code == 422
    assert "typsnitt" in answer.text


def failed(letter: Letter) -> None:
    Document.update(state=State.FAILED, failure="Stuck", attempts=3).where(Document.id == letter.document.id).execute()


def test_the_handler_lets_a_letter_that_failed_be_set_again(locked, people, as_):
    failed(locked)
    other = made.case(people)
    clerk = as_(people.clerk)
    assert clerk.submit(f"/cases/{other.uuid}/letters/{locked.document.uuid}/retry").status_code == 404
    assert clerk.submit(locked.url("retry")).status_code == 303
    row = Document.get_by_id(locked.document.id)
    assert (row.state, row.attempts, row.failure) == (State.ORDERED, 0, "")
    (entry,) = entries(Act.DOCUMENT_RETRIED)
    assert (entry.by, entry.reference) == (people.clerk.uuid, locked.case.number)
    assert clerk.submit(locked.url("retry")).status_code == 409


def test_nobody_else_does(locked, people, as_):
    failed(locked)
    assert as_(people.decider).submit(locked.url("retry")).status_code == 403
    Case.update(handler=people.decider).where(Case.id == locked.case.id).execute()
    assert as_(people.clerk).submit(locked.url("retry")).status_code == 422
    assert not entries(Act.DOCUMENT_RETRIED)


@pytest.mark.parametrize("who", ["admin", "decider", "dpo", "clerk"])
def test_the_pages_of_documents_never_show_a_letter_of_a_case(locked, drafted, people, as_, who):
    person = getattr(people, who)
    client = as_(person)
    reads = 403 if who == "clerk" else 404
    failing = Document.create(
        kind=Kind.CASE_NONE, language="sv", owner_kind="cases", owner_key=locked.case.uuid.hex, state=State.FAILED
    )
    for document in (locked.document, drafted.document, failing):
        url = f"/documents/{document.uuid}"
        for what in ("", "/preview", "/pdf", "/state", "/dropping"):
            assert client.get(url + what).status_code == reads, what
        for what in ("", "/retry", "/reopening", "/correction", "/dropping", "/preview"):
            assert client.submit(url + what, {"act": "lock"}).status_code == reads, what
    assert {row.state for row in Document.select()} == {State.LOCKED, State.DRAFT, State.FAILED}
    if reads == 404:
        page = client.get("/documents/").text
        for document in (locked.document, drafted.document, failing):
            assert str(document.uuid) not in page
        assert "Mottagningsbekräftelse" not in page


def test_the_list_leads_to_each_letter_in_its_state(locked, people, fresh_app):
    with db.db.atomic():
        draft = letters.draft(locked.case, Kind.CASE_ACCESS, by=people.clerk)
        ordered = letters.order(locked.case, Kind.CASE_EXTENSION, by=people.clerk)
        broken = letters.order(locked.case, Kind.CASE_IDENTITY, by=people.clerk)
    Document.update(state=State.FAILED, failure="Stuck").where(Document.id == broken.id).execute()

    def shown():
        return flask.render_template_string('{% include "cases/_letters.html" %}', case=Case.get_by_id(locked.case.id))

    fresh_app.add_url_rule("/zqletters", "zqletters", requires(Permission.CASES_READ)(shown))
    client = fresh_app.test_client().sign_in(people.clerk)
    page = client.get("/zqletters").text
    assert locked.url() in page
    assert f"{draft.uuid}/preview" in page
    assert f"{broken.uuid}/retry" in page
    assert "Görs i ordning" in page
    assert f"{ordered.uuid}/pdf" not in page
    assert "retry" not in fresh_app.test_client().sign_in(people.dpo).get("/zqletters").text
