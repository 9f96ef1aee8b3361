"""A kill -9 at every point of a worker's sweep: nothing ordered is lost, made twice or left over."""

import hashlib

import pytest

from portal import clock
from portal.accounts.models import Account
from portal.audit import chain
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.documents import actions, setting
from portal.documents.kinds import Kind
from portal.documents.models import Document, State
from portal.documents.setting import ATTEMPTS, LEASE
from portal.vault import objects
from tests import kill
from tests.documents import made

STRIDE = 7
DRAFTED = (Kind.PURGE_MONTH, Kind.LOG_MONTH)
"""What the calendar asks for when a month is over."""
BY_THE_CALENDAR = (*DRAFTED, Kind.PURGE_DAY)


class House(kill.House):
    """Two letters and a day's protocol that wait, a month whose papers are due, a draft that is not ordered."""

    def __init__(self, people, settings):
        self.settings = settings
        made.october(people)
        Account.update(created_at=clock.day_start(made.MONTH)).execute()
        self.draft = made.specimen(people)
        self.ordered = [
            made.ordered(people),
            made.ordered(people, "fi"),
            actions.order_day(made.DAY, language="sv", by=people.dpo),
        ]
        self.keep(settings)


@pytest.fixture
def house(people, settings, monkeypatch):
    kill.without_waiting(monkeypatch)
    made.press(monkeypatch)
    with clock.frozen(made.NOW):
        yield House(people, settings)


def sweep():
    with clock.frozen(made.NOW):
        setting.make_due()


def parts(row: Document) -> list[str]:
    folder = objects.path_of(row.uuid, "x").parent
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def nothing_half_made() -> None:
    """Straight after the death: what is called locked is whole and logged; all else still waits."""
    for row in Document.select():
        locked = Entry.select().where(Entry.act == Act.DOCUMENT_LOCKED, Entry.subject == row.uuid).count()
        assert locked == (row.state == State.LOCKED)
        if row.state == State.LOCKED:
            assert hashlib.sha256(objects.read(row.uuid, row.part)).hexdigest() == row.sha256
        else:
            assert row.part is None
            assert row.content != "{}" or row.kind in BY_THE_CALENDAR, "what was typed is still there"
    assert chain.verify().whole


def all_is_well(house) -> None:
    rows = {row.uuid: row for row in Document.select()}
    for ordered in house.ordered:
        row = rows.pop(ordered.uuid)
        assert (row.state, row.failure) == (State.LOCKED, "")
        assert parts(row) == [row.part], "neither a second part nor half of one"
        assert row.leased_until is None
        assert hashlib.sha256(objects.read(row.uuid, row.part)).hexdigest() == row.sha256
    assert rows.pop(house.draft.uuid).state == State.DRAFT
    drafts = sorted((row.kind, row.owner_key, row.language) for row in rows.values())
    assert drafts == sorted((kind, "2026-10", language) for kind in DRAFTED for language in ("sv", "fi"))
    assert Entry.select().where(Entry.act == Act.DOCUMENT_LOCKED).count() == len(house.ordered)
    assert Entry.select().where(Entry.act == Act.DOCUMENT_FAILED).count() == 0
    assert Entry.select().where(Entry.act == Act.DOCUMENT_DRAFTED, Entry.by.is_null()).count() == len(drafts)
    assert chain.verify().whole


def made_good(house) -> None:
    nothing_half_made()
    for n in (1, 2, 3):  # the lease of the dead one is over; then that of the living; then nothing is left to do
        with clock.frozen(made.NOW + LEASE * n):
            setting.make_due()
    all_is_well(house)


def test_a_sweep_passes_more_than_a_hundred_points_and_ends_well(house):
    assert kill.count_points(sweep) >= 100
    made_good(house)


@pytest.mark.parametrize(
    "offset", [pytest.param(n, marks=pytest.mark.soak if n > 3 else ()) for n in range(1, STRIDE + 1)]
)
def test_a_death_at_any_point_is_made_good_by_the_next_sweeps(house, offset):
    point, finished, deaths = offset, False, 0
    while not finished:
        house.restore()
        finished = kill.run_killed(sweep, point)
        made_good(house)
        point, deaths = point + STRIDE, deaths + (not finished)
    assert deaths >= 15


def test_a_letter_that_kills_its_worker_each_time_is_shown_as_failed(house):
    """Killed at the same place in the first letter thrice: a person is told, the others are made."""
    first = house.ordered[0]
    Document.update(attempts=ATTEMPTS - 1).where(Document.id == first.id).execute()
    points = kill.count_points(sweep)
    for point in range(1, points):
        house.restore()
        Document.update(attempts=ATTEMPTS - 1).where(Document.id == first.id).execute()
        kill.run_killed(sweep, point)
        if made.fresh(first).attempts == ATTEMPTS and made.fresh(first).state == State.ORDERED:
            break
    for n in (1, 2):
        with clock.frozen(made.NOW + LEASE * n):
            setting.make_due()
    assert (made.fresh(first).state, made.fresh(first).failure) == (State.FAILED, "Lost")
    assert {made.fresh(d).state for d in house.ordered[1:]} == {State.LOCKED}
    assert parts(first) == []
