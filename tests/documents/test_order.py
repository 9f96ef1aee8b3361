"""Ordering, drafting, changing, locking and giving up a document."""

import json

import pytest

from portal import clock
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.audit.question import Question
from portal.documents import actions
from portal.documents.kinds import Kind, Owner
from portal.documents.models import Document, State
from portal.errors import Conflict, Denied, NotFound
from tests.documents import made


@pytest.fixture(autouse=True)
def on_the_day(settings):
    with clock.frozen(made.NOW):
        yield


def entries(act: Act) -> list[Entry]:
    return list(Entry.select().where(Entry.act == act).order_by(Entry.id))


def test_a_day_that_is_over_is_ordered_at_once_and_logged(people):
    document = actions.order_day(made.DAY, language="sv", by=people.dpo)
    assert (document.state, document.owner_kind, document.owner_key) == (State.ORDERED, Owner.RETENTION, "2026-10-14")
    assert document.ordered_at == made.NOW
    assert document.ordered_by == people.dpo
    (entry,) = entries(Act.DOCUMENT_ORDERED)
    assert (entry.by, entry.subject) == (people.dpo.uuid, document.uuid)
    assert entry.told == {"document": "purge-day", "day": "2026-10-14", "language": "sv"}


def test_a_day_that_is_not_over_has_no_protocol_yet(people):
    with pytest.raises(actions.NotOver):
        actions.order_day(clock.today(), language="sv", by=people.dpo)
    assert Document.select().count() == 0


def test_a_second_order_of_the_same_day_and_language_is_a_conflict(people):
    actions.order_day(made.DAY, language="sv", by=people.dpo)
    with pytest.raises(actions.AlreadyThere):
        actions.order_day(made.DAY, language="sv", by=people.admin)
    actions.order_day(made.DAY, language="fi", by=people.admin)
    assert Document.select().count() == 2
    assert len(entries(Act.DOCUMENT_ORDERED)) == 2


@pytest.mark.parametrize("other", ["adviser", "manager", "clerk", "outsider"])
def test_who_may_not_read_protocols_may_not_order_one(people, other):
    with pytest.raises(Denied):
        actions.order_day(made.DAY, language="sv", by=getattr(people, other))
    assert Document.select().count() == 0


def test_a_month_that_is_not_over_has_no_draft_yet(people):
    with pytest.raises(actions.NotOver):
        actions.draft_month(clock.today().replace(day=1), language="sv", by=people.decider)


@pytest.mark.parametrize("other", ["dpo", "admin", "manager"])
def test_only_the_responsible_person_drafts_and_locks_a_month(people, other):
    with pytest.raises(Denied):
        actions.draft_month(made.MONTH, language="sv", by=getattr(people, other))
    document = actions.draft_month(made.MONTH, language="sv", by=None)
    with pytest.raises(Denied):
        actions.lock(document, {"remark": ""}, earlier=document.version, by=getattr(people, other))
    assert made.fresh(document).state == State.DRAFT


def test_an_extract_stops_at_the_moment_it_was_asked_for(people):
    actions.order_day(made.DAY, language="sv", by=people.dpo)
    document = actions.draft_extract(Question(act="documents"), language="fi", by=people.dpo)
    content = json.loads(document.content)
    assert content["asked"] == {"act": "documents"}
    assert content["until"] == entries(Act.DOCUMENT_DRAFTED)[0].id - 1
    assert entries(Act.DOCUMENT_DRAFTED)[0].told["asked"] == {"act": "documents"}


@pytest.mark.parametrize("other", ["decider", "admin", "manager"])
def test_an_extract_of_the_whole_log_is_the_officers(people, other):
    with pytest.raises(Denied):
        actions.draft_extract(Question(), language="sv", by=getattr(people, other))


def test_a_change_is_saved_and_logged_without_what_was_typed(people):
    document = made.specimen(people)
    actions.change(document, made.SPECIMEN | {"subject": "Hemligt"}, earlier=document.version, by=people.decider)
    assert json.loads(made.fresh(document).content)["subject"] == "Hemligt"
    (entry,) = entries(Act.DOCUMENT_CHANGED)
    assert entry.told == {"document": "specimen"}


def test_a_form_made_from_an_older_content_is_refused(people):
    document = made.specimen(people)
    old = document.version
    actions.change(document, made.SPECIMEN | {"subject": "Först"}, earlier=old, by=people.decider)
    for act in (actions.change, actions.lock):
        with pytest.raises(actions.DraftChanged):
            act(made.fresh(document), made.SPECIMEN | {"subject": "Sedan"}, earlier=old, by=people.admin)
    assert json.loads(made.fresh(document).content)["subject"] == "Först"


def test_what_changed_between_reading_and_writing_is_not_overwritten(people):
    document, other = made.specimen(people), None
    other = made.fresh(document)
    actions.change(other, made.SPECIMEN | {"subject": "Först"}, earlier=other.version, by=people.decider)
    with pytest.raises(actions.DraftChanged):
        actions.lock(document, made.SPECIMEN, earlier=document.version, by=people.admin)
    assert made.fresh(document).state == State.DRAFT


def test_what_no_form_fills_in_cannot_be_typed_away(people):
    document = actions.draft_extract(Question(act="audit"), language="sv", by=people.dpo)
    actions.lock(document, {"recipient": ["A"], "remark": "x"}, earlier=document.version, by=people.dpo)
    content = json.loads(made.fresh(document).content)
    assert content["asked"] == {"act": "audit"}
    assert content["recipient"] == ["A"]


def test_locking_saves_and_orders_in_one_and_a_second_submit_is_a_conflict(people):
    document = made.specimen(people)
    version = document.version
    actions.lock(document, made.SPECIMEN | {"subject": "Nytt"}, earlier=version, by=people.admin)
    row = made.fresh(document)
    assert (row.state, row.ordered_by, row.ordered_at) == (State.ORDERED, people.admin, made.NOW)
    assert json.loads(row.content)["subject"] == "Nytt"
    with pytest.raises(actions.DraftChanged):
        actions.lock(document, made.SPECIMEN, earlier=document.version, by=people.admin)
    with pytest.raises(actions.DraftChanged):
        actions.change(row, made.SPECIMEN, earlier=row.version, by=people.admin)
    assert len(entries(Act.DOCUMENT_ORDERED)) == 1


def test_a_draft_can_be_given_up_and_what_was_typed_is_gone(people):
    document = made.specimen(people)
    actions.drop(document, by=people.admin)
    row = made.fresh(document)
    assert (row.state, row.content) == (State.DROPPED, "{}")
    assert entries(Act.DOCUMENT_DROPPED)[0].by == people.admin.uuid
    with pytest.raises(Conflict):
        actions.drop(document, by=people.admin)


def test_an_ordered_document_cannot_be_given_up(people):
    with pytest.raises(Conflict):
        actions.drop(made.ordered(people), by=people.decider)


def test_the_schedules_protocol_must_stay(people):
    document = actions.draft_month(made.MONTH, language="sv", by=None)
    with pytest.raises(actions.MustStay):
        actions.drop(document, by=people.decider)
    assert made.fresh(document).state == State.DRAFT


def test_one_that_was_given_up_leaves_room_for_another(people):
    first = actions.draft_month(made.MONTH, language="sv", by=people.decider)
    with pytest.raises(actions.AlreadyThere):
        actions.draft_month(made.MONTH, language="sv", by=people.decider)
    actions.drop(first, by=people.decider)
    actions.draft_month(made.MONTH, language="sv", by=people.decider)


@pytest.mark.parametrize(
    ("kind", "readers"),
    [
        (Kind.PURGE_DAY, {"decider", "dpo", "admin"}),
        (Kind.PURGE_MONTH, {"decider", "dpo", "admin"}),
        (Kind.LOG_EXTRACT, {"dpo"}),
        (Kind.SPECIMEN, {"decider", "admin"}),
    ],
)
def test_a_document_is_there_for_those_who_may_read_its_owners_page(people, kind, readers):
    document = {
        Kind.PURGE_DAY: lambda: actions.order_day(made.DAY, language="sv", by=people.dpo),
        Kind.PURGE_MONTH: lambda: actions.draft_month(made.MONTH, language="sv", by=None),
        Kind.LOG_EXTRACT: lambda: actions.draft_extract(Question(), language="sv", by=people.dpo),
        Kind.SPECIMEN: lambda: made.specimen(people),
    }[kind]()
    for name in ("decider", "dpo", "admin", "manager", "adviser", "clerk", "outsider"):
        if name in readers:
            assert actions.get(document.uuid, by=getattr(people, name)) == document
        else:
            with pytest.raises(NotFound):
                actions.get(document.uuid, by=getattr(people, name))
