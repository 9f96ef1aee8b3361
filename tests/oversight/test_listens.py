"""The roll-up of who listened is what the log says, however and whenever it is counted."""

import datetime as dt
from collections import Counter

import pytest

from portal import clock
from portal.audit import days
from portal.audit.acts import Act
from portal.audit.models import LogDay
from portal.oversight import listens, overview
from portal.oversight.models import ListenCount, ListenMark, ListenMonth
from portal.oversight.overview import Asked
from tests.calls import recording
from tests.oversight.heard import NOON, heard, other

DAY = NOON.date()
HOUR = dt.timedelta(hours=1)


def sums(**asked) -> dict:
    found = overview.of(Asked(**{"first": DAY, "last": DAY, **asked}))
    return {"total": found.total, "people": {one.key: one.total for one in found.people}, "hours": found.hours}


@pytest.fixture
def log(people):
    """Three listens at noon, one an hour later, one the next day; and what is none."""
    call, old = recording(people.daycare, started_at=NOON - HOUR), recording(people.elderly, started_at=NOON - HOUR)
    other(Act.LISTEN_OPENED, call, by=people.adviser)
    for minute in (1, 2):
        heard(call, by=people.adviser, at=NOON + dt.timedelta(minutes=minute))
    heard(old, by=people.clerk, purpose="request", at=NOON + dt.timedelta(minutes=3))
    heard(call, by=people.adviser, purpose="safety", at=NOON + HOUR)
    heard(call, by=people.manager, at=NOON + dt.timedelta(days=1))
    return call


def test_it_counts_by_hour_person_queue_and_purpose_and_once(people, log):
    assert listens.count_due() == 5
    assert listens.count_due() == 0
    rows = {(r.hour, r.person, r.queue_id, r.purpose): r.count for r in ListenCount.select()}
    adviser, noon = people.adviser.uuid, listens.hour_of(NOON)
    assert rows == {
        (noon, adviser, people.daycare.id, "quality"): 2,
        (noon, people.clerk.uuid, people.elderly.id, "request"): 1,
        (noon + HOUR, adviser, people.daycare.id, "safety"): 1,
        (noon + dt.timedelta(days=1), people.manager.uuid, people.daycare.id, "quality"): 1,
    }
    assert sum(row.count for row in ListenMonth.select()) == 5


def test_what_is_not_counted_yet_is_shown_as_well_and_the_same(people, log):
    before = sums(), sums(person=people.adviser.uuid), sums(hour=13), sums(queue_id=people.elderly.id)
    listens.count_due()
    assert before == (sums(), sums(person=people.adviser.uuid), sums(hour=13), sums(queue_id=people.elderly.id))
    heard(log, by=people.adviser, at=NOON + 2 * HOUR)
    found = sums()
    assert found["total"] == 5
    assert found["people"] == {people.adviser.uuid: 4, people.clerk.uuid: 1}
    assert {hour: n for hour, n in enumerate(found["hours"]) if n} == {12: 3, 13: 1, 14: 1}
    assert sums(hour=12)["people"] == {people.adviser.uuid: 2, people.clerk.uuid: 1}
    assert sums(hour=12)["hours"] == found["hours"], "the other hours stay to be chosen"


def test_batches_however_small_give_the_same(people, log, monkeypatch):
    listens.count_due()
    whole = list(ListenCount.select().order_by(ListenCount.hour, ListenCount.person).tuples())
    for model in (ListenCount, ListenMonth, ListenMark, LogDay):
        model.delete().execute()
    monkeypatch.setattr(listens, "BATCH", 2)
    monkeypatch.setattr(days, "BATCH", 2)
    assert listens.count_due() == 5
    again = list(ListenCount.select().order_by(ListenCount.hour, ListenCount.person).tuples())
    assert [row[1:] for row in again] == [row[1:] for row in whole]
    assert sum(row.entries for row in LogDay.select()) == days.marked()


def test_a_log_that_was_put_back_shorter_is_counted_anew(people, log):
    ListenMark.create(entry=10_000)
    ListenCount.create(hour=NOON, person=people.dpo.uuid, queue_id=None, purpose="quality", count=7)
    ListenMonth.create(month=DAY.replace(day=1), person=people.dpo.uuid, queue_id=None, purpose="quality", count=7)
    LogDay.create(day=DAY, first=1, last=10_000, entries=10_000)
    assert listens.count_due() == 5
    assert sums()["total"] == 4
    assert sum(row.count for row in ListenMonth.select()) == 5
    assert days.marked() < 10_000


def test_a_period_is_the_sum_of_its_days_whatever_months_it_spans(people):
    """Whole months come from the months' sums, the rest from the hours'; over the change of the clocks too."""
    call = recording(people.daycare, started_at=NOON - HOUR)
    first = dt.date(2026, 9, 28)
    for day in range(40):
        at = clock.day_start(first + dt.timedelta(days=day))
        for hours in (0, 23.99)[: 1 + day % 2]:
            heard(call, by=people.adviser if day % 3 else people.manager, at=at + dt.timedelta(hours=hours))
    listens.count_due()

    def counted(start: int, end: int) -> Counter:
        found = overview.of(Asked(first=first + dt.timedelta(days=start), last=first + dt.timedelta(days=end)))
        return Counter({one.key: one.total for one in found.people})

    single = [counted(day, day) for day in range(40)]
    for start, end in ((0, 39), (3, 33), (3, 39), (0, 33), (4, 33), (3, 32), (10, 20), (33, 34), (39, 39), (2, 3)):
        assert counted(start, end) == sum(single[start : end + 1], Counter()), (start, end)


def test_a_log_whose_clock_was_set_back_still_gives_each_day_its_own(people):
    call = recording(people.daycare, started_at=NOON - HOUR)
    ahead = heard(call, by=people.adviser, at=NOON + dt.timedelta(days=2))
    today = heard(call, by=people.adviser, at=NOON)
    tomorrow = heard(call, by=people.adviser, at=NOON + dt.timedelta(days=1))
    again = heard(call, by=people.adviser, at=NOON)
    for _ in range(2):
        for later, expected in enumerate(([again, today], [tomorrow], [ahead])):
            day = DAY + dt.timedelta(days=later)
            assert list(overview.entries(Asked(first=day, last=day)).entries) == expected
            assert list(overview.entries(Asked(first=day, last=day, hour=12)).entries) == expected
        listens.count_due()


def test_the_entries_come_newest_first_a_page_at_a_time_with_an_hour_of_the_day_too(people, monkeypatch):
    monkeypatch.setattr(overview, "PAGE", 3)
    call = recording(people.daycare, started_at=NOON - HOUR)
    noon = [heard(call, by=people.adviser, at=NOON + dt.timedelta(days=n)).id for n in range(7)]
    for n in range(7):
        heard(call, by=people.adviser, at=NOON + dt.timedelta(days=n, hours=3))
    for _ in range(2):
        asked, pages, before = Asked(first=DAY, last=DAY + dt.timedelta(days=9), hour=12), [], None
        while True:
            page = overview.entries(asked, before=before)
            pages.append([entry.id for entry in page.entries])
            if page.older is None:
                break
            before = page.older
        assert pages == [noon[:-4:-1], noon[-4:-7:-1], noon[:1]]
        listens.count_due()
