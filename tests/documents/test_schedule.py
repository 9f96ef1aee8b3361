"""The month's protocol and the log's summary are drafted in both languages from the first working day on, once."""

import datetime as dt

import pytest

from portal import clock
from portal.accounts.models import Account
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.documents import actions, months_due, setting
from portal.documents.kinds import MONTHLY, Kind
from portal.documents.models import Document, State
from tests.documents import made


def at(day: dt.date, hours: float = 8):
    return clock.frozen(clock.day_start(day) + dt.timedelta(hours=hours))


def drafted(kind=Kind.PURGE_MONTH) -> list[tuple[str, str]]:
    return sorted(Document.select(Document.owner_key, Document.language).where(Document.kind == kind).tuples())


@pytest.fixture
def old(people):
    """The register has been there since the spring."""
    Account.update(created_at=clock.day_start(dt.date(2026, 4, 20))).execute()
    return people


@pytest.mark.parametrize(
    ("month", "first"),
    [
        (dt.date(2026, 10, 1), dt.date(2026, 11, 2)),  # 1 November is a Sunday
        (dt.date(2026, 12, 1), dt.date(2027, 1, 4)),  # New Year's Day is a Friday
        (dt.date(2027, 4, 1), dt.date(2027, 5, 3)),  # May Day is a Saturday
        (dt.date(2027, 12, 1), dt.date(2028, 1, 3)),
        (dt.date(2025, 12, 1), dt.date(2026, 1, 2)),
        (dt.date(2026, 11, 1), dt.date(2026, 12, 1)),
    ],
)
def test_the_first_working_day_is_neither_weekend_nor_holiday(month, first):
    assert clock.first_working_day(clock.next_month(month)) == first


def test_nothing_is_drafted_before_the_first_working_day(old):
    with at(dt.date(2026, 11, 1), 23.9):
        assert setting.draft_due() == 0
    with at(dt.date(2026, 11, 2), 0):
        assert setting.draft_due() == 4
    for kind in MONTHLY:
        assert drafted(kind) == [("2026-10", "fi"), ("2026-10", "sv")]
    assert {d.state for d in Document.select()} == {State.DRAFT}
    assert {d.made_by for d in Document.select()} == {None}
    log = list(Entry.select().where(Entry.act == Act.DOCUMENT_DRAFTED))
    assert [(entry.by, entry.told["month"]) for entry in log] == [(None, "2026-10")] * 4


def test_it_is_made_once_however_often_the_worker_looks(old):
    for day in (2, 2, 3, 20):
        with at(dt.date(2026, 11, day)):
            setting.draft_due()
    assert len(drafted()) == 2


def test_two_workers_at_once_make_one(old, monkeypatch):
    with at(dt.date(2026, 11, 2)):
        due = {kind: months_due.due(kind) for kind in MONTHLY}
        setting.draft_due()
        monkeypatch.setattr(months_due, "due", due.get)  # the other had looked before the first wrote
        assert setting.draft_due() == 0
    assert len(drafted()) == 2


def test_a_standstill_over_the_day_and_the_month_is_made_good(old):
    with at(dt.date(2026, 9, 1)):
        setting.draft_due()
    with at(dt.date(2026, 11, 25)):
        setting.draft_due()
    assert {month for month, _ in drafted()} == {"2026-08", "2026-09", "2026-10"}


def test_a_register_that_gets_the_schedule_late_is_not_flooded(old):
    with at(dt.date(2026, 11, 25)):
        setting.draft_due()
    assert {month for month, _ in drafted()} == {"2026-10"}


def test_a_month_in_which_there_was_no_register_has_no_protocol(people):
    Account.update(created_at=clock.day_start(dt.date(2026, 11, 1))).execute()
    with at(dt.date(2026, 11, 25)):
        assert setting.draft_due() == 0


def test_one_that_a_person_has_made_is_not_made_again(old):
    with at(dt.date(2026, 11, 1)):
        actions.draft_month(made.MONTH, language="sv", by=old.decider)
    with at(dt.date(2026, 11, 2)):
        assert setting.draft_due() == 3
    assert drafted() == [("2026-10", "fi"), ("2026-10", "sv")]


def test_a_locked_one_is_not_made_again(old, monkeypatch):
    made.press(monkeypatch)
    with at(dt.date(2026, 11, 2)):
        setting.draft_due()
        for document in Document.select():
            by = old.dpo if document.kind == Kind.LOG_MONTH else old.decider
            actions.lock(document, {"remark": ""}, earlier=document.version, by=by)
        assert setting.make_due().locked == 4
        assert setting.make_due().drafted == 0
    assert {d.state for d in Document.select()} == {State.LOCKED}


def test_what_waits_is_told_to_the_responsible_person_only(old):
    with at(dt.date(2026, 11, 2)):
        setting.draft_due()
        for who, kind in ((old.decider, Kind.PURGE_MONTH), (old.dpo, Kind.LOG_MONTH)):
            assert [(d.kind, d.language) for d in actions.waiting(by=who)] == [(kind, "sv"), (kind, "fi")]
        for other in (old.admin, old.manager):
            assert actions.waiting(by=other) == []
