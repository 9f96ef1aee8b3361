"""Whatever the order, its pages follow each other without loss or double, there and back; and what each value holds."""

import datetime as dt
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal import clock
from portal.db import db
from portal.recordings import answers, search
from portal.recordings.models import Direction, Playable, Recording, Told
from portal.recordings.search import Query, Sort
from tests.recordings.finding import NOON, call
from tests.recordings.test_find_naive import PLACES

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def many(people):
    chance = random.Random(5)
    lengths = [3, 3, 3, 59, 60, 61, 100, 1000, 3599, 40_000]
    return [
        call(
            chance.choice([people.daycare, people.technical]),
            started_at=NOON - dt.timedelta(hours=n // 9),
            seconds=chance.choice(lengths),
            expires_at=NOON if n % 11 == 0 else NOON + dt.timedelta(days=9),
        )
        for n in range(130)
    ]


@pytest.mark.parametrize("sort", Sort)
def test_pages_follow_each_other_there_and_back_in_every_order(people, many, monkeypatch, sort):
    monkeypatch.setattr(search, "PAGE", 7)
    monkeypatch.setattr(answers, "FEW", 4)  # so that lengths are walked down to the second
    expected = [row.uuid for row in sorted(many, key=PLACES[sort]) if row.expires_at > NOON]
    page, there = search.find(Query(sort=sort), by=people.manager), []
    pages = [page]
    while page.older is not None:
        page = search.find(Query(sort=sort, before=page.older), by=people.manager)
        pages.append(page)
    there = [row.uuid for one in pages for row in one.rows]
    assert there == expected
    assert {one.hits for one in pages} == {len(expected)}
    back = page
    for earlier in reversed(pages[:-1]):
        back = search.find(Query(sort=sort, after=back.newer), by=people.manager)
        assert [row.uuid for row in back.rows] == [row.uuid for row in earlier.rows]
    assert back.newer is None


@pytest.mark.parametrize("few", [4, 40])
@pytest.mark.parametrize("sort", [Sort.LONGEST, Sort.SHORTEST])
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lengths=st.lists(st.integers(1, 130) | st.sampled_from([100, 101, 4000]), max_size=45), size=st.integers(2, 9))
def test_a_page_by_length_begins_behind_the_last_one_whether_its_calls_are_walked_or_sorted(
    people, few, sort, lengths, size
):
    with db.atomic() as transaction, clock.frozen(NOON), pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "PAGE", size)
        patch.setattr(answers, "FEW", few)
        rows = [
            call(people.daycare, seconds=length, started_at=NOON - dt.timedelta(minutes=7 * n))
            for n, length in enumerate(lengths)
        ]
        expected = [row.uuid for row in sorted(rows, key=PLACES[sort])]
        pages = [search.find(Query(sort=sort), by=people.adviser)]
        while pages[-1].older is not None and len(pages) <= len(rows):
            pages.append(search.find(Query(sort=sort, before=pages[-1].older), by=people.adviser))
        assert [row.uuid for page in pages for row in page.rows] == expected
        for place, page in enumerate(pages[1:]):
            back = search.find(Query(sort=sort, after=page.newer), by=people.adviser)
            assert [row.uuid for row in back.rows] == [row.uuid for row in pages[place].rows]
        transaction.rollback()


def test_a_place_that_is_gone_shows_the_list_from_its_start(people, many):
    for sort in Sort:
        start = search.find(Query(sort=sort), by=people.manager).rows
        if sort in (Sort.LONGEST, Sort.SHORTEST):
            assert search.find(Query(sort=sort, before=5), by=people.manager).rows == start
            assert search.find(Query(sort=sort, after=5), by=people.manager).rows == start


@pytest.mark.parametrize("read", [0, 2, 2_000])
def test_each_value_is_counted_without_what_is_chosen_beside_it(people, monkeypatch, read):
    monkeypatch.setattr(search, "FEW_READ", read)
    call(people.daycare, adviser=people.adviser, direction=Direction.OUT, told=Told.NO, seconds=30)
    call(people.daycare, adviser=people.manager, playable=Playable.FAILED, seconds=400)
    call(people.technical, told=Told.UNKNOWN, number=None, playable=Playable.FAILED)
    call(people.technical, expires_at=NOON)
    call(people.elderly, adviser=people.outsider)
    tallies = search.tallies(Query(), by=people.manager)
    assert tallies == {
        "queue": {people.daycare.id: 2, people.technical.id: 1},
        "adviser": {people.adviser.id: 1, people.manager.id: 1},
        "direction": {"in": 2, "out": 1},
        "length": {"0-1": 1, "1-5": 1, "5-15": 1},
        "told": {"yes": 1, "no": 1, "unknown": 1},
        "flags": {"untold": 2, "failed": 2, "withheld": 1},
    }
    chosen = Query(queue=people.daycare, told=Told.YES, flags=("failed",))
    tallies = search.tallies(chosen, by=people.manager)
    assert tallies["queue"] == {people.daycare.id: 1}
    assert tallies["told"] == {"yes": 1}
    assert tallies["flags"] == {"failed": 1}
    assert search.tallies(Query(), by=people.outsider)["queue"] == {people.elderly.id: 1}
    assert Recording.select().count() == 5
