"""The log's summary of a month: its sums, its checkpoint, and who reads and locks it."""

import datetime as dt

import pytest

from portal import clock
from portal.audit import actions as audit
from portal.audit.acts import Act
from portal.audit.chain import Checkpoint
from portal.audit.models import Entry
from portal.documents import actions as documents
from portal.documents import composing, setting
from portal.documents.kinds import Kind
from portal.documents.models import Document, State
from portal.errors import Denied
from portal.oversight import listens, months
from tests.calls import recording
from tests.documents import made
from tests.oversight.heard import NOON, heard, other

MONTH = dt.date(2026, 11, 1)
DECEMBER = dt.datetime(2026, 12, 1, 8, 0, tzinfo=clock.UTC)


@pytest.fixture
def log(people):
    """October ends, November has a few, December begins."""
    call = recording(people.daycare, started_at=NOON - dt.timedelta(hours=1))
    before = other(Act.SIGNED_IN, by=people.adviser, at=dt.datetime(2026, 10, 31, 21, 59, 59, tzinfo=dt.UTC))
    heard(call, by=people.adviser, at=dt.datetime(2026, 10, 31, 22, 0, tzinfo=dt.UTC))  # midnight in Helsinki
    heard(call, by=people.adviser)
    heard(call, by=people.clerk, purpose="request")
    other(Act.DENIED, by=people.adviser, endpoint="audit.index")
    last = other(Act.SIGNED_OUT, by=people.adviser, at=dt.datetime(2026, 11, 30, 21, 59, 59, tzinfo=dt.UTC))
    other(Act.SIGNED_IN, by=people.adviser, at=dt.datetime(2026, 11, 30, 22, 0, tzinfo=dt.UTC))
    with clock.frozen(DECEMBER):
        yield people, before, last


def test_a_month_has_its_own_entries_and_the_checkpoints_of_its_ends(log):
    _, before, last = log
    for _ in range(2):
        found = months.of(MONTH)
        assert (found.total, found.over, found.listens.total) == (5, True, 3)
        assert dict(found.acts) == {Act.PLAYED: 3, Act.DENIED: 1, Act.SIGNED_OUT: 1}
        assert dict(found.noted)[Act.DENIED] == 1
        assert dict(found.noted)[Act.EMERGENCY_GIVEN] == 0, "what did not happen is told too"
        assert found.before == Checkpoint(before.id, before.hash)
        assert found.checkpoint == Checkpoint(last.id, last.hash)
        listens.count_due()
    assert months.of(dt.date(2026, 9, 1)).checkpoint is None
    assert not months.of(dt.date(2026, 12, 1)).over
    assert months.all_()[0] == dt.date(2026, 12, 1)
    assert MONTH in months.all_()


def test_a_fingerprint_tells_number_and_head_apart():
    one, other_, third = Checkpoint(7, "a" * 64), Checkpoint(7, "a" * 63 + "b"), Checkpoint(8, "a" * 64)
    assert len({one.fingerprint, other_.fingerprint, third.fingerprint}) == 3
    assert [len(part) for part in one.fingerprint.split()] == [4] * 6


def test_the_paper_says_the_same_with_names_and_the_last_check(log):
    people, _, last = log
    audit.verify(by=people.dpo)
    document = documents.draft_month(MONTH, language="fi", by=None, kind=Kind.LOG_MONTH)
    facts = composing.compose(document, draft=True).facts
    assert (facts["month"], facts["total"], facts["listens"]) == ("2026-11", 5, 3)
    assert [(one["name"], one["counts"], one["total"]) for one in facts["people"]] == [
        ("Karin Testström", [2, 0], 2),
        ("Kerstin Handström", [0, 1], 1),
    ]
    assert facts["checkpoint"] == {"entries": last.id, "head": last.hash}
    assert facts["fingerprint"] == Checkpoint(last.id, last.hash).fingerprint
    assert facts["check"]["whole"] is True
    assert facts["hours"][12] == 2
    assert facts["hours"][0] == 1
    assert facts["responsible"] is None


def test_the_officer_locks_it_and_signs(log, monkeypatch):
    people, *_ = log
    made.press(monkeypatch)
    document = documents.draft_month(MONTH, language="sv", by=None, kind=Kind.LOG_MONTH)
    assert documents.waiting(by=people.dpo) == [document]
    assert documents.waiting(by=people.decider) == []
    for other_ in (people.decider, people.admin):
        with pytest.raises(Denied):
            documents.lock(document, {"remark": ""}, earlier=document.version, by=other_)
    with pytest.raises(documents.MustStay):
        documents.drop(document, by=people.dpo)
    documents.lock(document, {"remark": "Sett."}, earlier=document.version, by=people.dpo)
    ordered = Document.get_by_id(document.id)
    assert composing.compose(ordered).facts["responsible"]["name"] == "Disa Ombudslund"
    assert composing.compose(ordered).facts["approved_on"] == "2026-12-01"
    setting.make_due()
    assert Document.get_by_id(document.id).state == State.LOCKED
    with pytest.raises(documents.AlreadyThere):
        documents.draft_month(MONTH, language="sv", by=people.dpo, kind=Kind.LOG_MONTH)


def test_the_pages_show_it_and_are_the_officers(as_, log):
    people, _, last = log
    documents.draft_month(MONTH, language="sv", by=None, kind=Kind.LOG_MONTH)
    client = as_(people.dpo)
    index = client.get("/oversight/months").get_data(as_text=True)
    assert "/oversight/months/2026-11" in index
    assert "Utkast" in index
    page = client.get("/oversight/months/2026-11").get_data(as_text=True)
    assert str(Checkpoint(last.id, last.hash)) in page
    assert Checkpoint(last.id, last.hash).fingerprint in page
    assert "Karin Testström" in page
    entry = Entry.select().order_by(Entry.id.desc()).first()
    assert (entry.act, entry.by, entry.told) == (
        Act.OVERSIGHT_VIEWED,
        people.dpo.uuid,
        {"listens": 3, "month": "2026-11"},
    )
    assert client.get("/oversight/months/2027-01").status_code == 404
    assert client.submit("/documents/log-months/2026-11", {"language": "fi"}).status_code == 303
    assert client.submit("/documents/log-months/2026-11", {"language": "fi"}).status_code == 409
    assert client.submit("/documents/log-months/2026-12", {"language": "fi"}).status_code == 422
    for name in ("adviser", "manager", "clerk", "decider", "admin"):
        client = as_(getattr(people, name))
        for path in ("/oversight/months", "/oversight/months/2026-11"):
            assert client.get(path).status_code == 403
        assert client.submit("/documents/log-months/2026-11", {"language": "sv"}).status_code == 403
