"""No figure under five shows a person: not by itself, not by what stands beside it, not by another page."""

import dataclasses
import datetime as dt
import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal import clock
from portal.register import figures, small_counts
from portal.register.counting import LATE, What
from portal.register.small_counts import LEAST, Shown, shown
from tests.bodies import bare
from tests.register.counted import MONTHS, NOW, put, settle

SMALL = range(1, LEAST)
COUNTS = st.sampled_from((0, 0, 1, 2, 3, 4, 5, 6, 11, 37))


@pytest.fixture(autouse=True)
def counted(settings):
    with clock.frozen(NOW):
        settle()
        yield


def everything(readers) -> list[str]:
    """All that is sent of figures: each page, file and drawing, of each reader, service number and period."""
    left = []
    for client, subjects, queues in readers:
        for what in subjects:
            for queue, until in itertools.product(("", *queues), ("", "2026-09")):
                asked = f"until={until}" + (f"&queue={queue}" if queue and what in figures.OF_QUEUES else "")
                page = bare(client.get(f"/register/figures/{what}?{asked}"))
                left += [page[page.index("<main") :], client.get(f"/register/figures/{what}.csv?{asked}").text]
                left += [client.get(f"/register/figures/{what}.svg?{asked}&of={of}").text for of in ("", COLUMN[what])]
    return left


COLUMN = {what: codes[0] for what, codes in figures.CODES.items()}


def test_a_small_count_shows_one_to_four_whatever_it_is_and_nothing_else_does():
    kinds = {(what, of) for what, codes in figures.CODES.items() for of in codes}
    for what, of in kinds - {(What.CALLS, of) for of in figures.CODES[What.CALLS]} - {(What.DELETIONS, "retention")}:
        cells = {count: shown(what, of, count, 10 * count) for count in range(30)}
        assert {cells[count] for count in SMALL} == {Shown(1, 4)}, (what, of)
        assert [cells[count].low for count in (0, *range(LEAST, 30))] == [0, *range(LEAST, 30)]
        assert all(cell.exact for count, cell in cells.items() if count not in SMALL)
    assert shown(What.ANSWERS, "granted" + LATE, 3, 90) == Shown(1, 4)


def test_how_few_calls_were_kept_cannot_be_reckoned_from_the_calls_and_their_deletions():
    """Whoever knows the exact calls of a month, and what is shown of their deletions three months later."""
    for calls in range(60):
        looks_like: dict[Shown, set[int]] = {}
        for kept in range(calls + 1):
            looks_like.setdefault(shown(What.DELETIONS, "retention", calls - kept), set()).add(kept)
        for possible in looks_like.values():
            assert len(possible) > 1 or possible == {0}, (calls, possible)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_hidden_count_can_be_worked_out_from_anything_that_is_shown(people, data):
    """The strongest reader has every page, file and drawing of everybody, and knows how they are made. A hidden count
    is safe from that one exactly when any other small count in its place would have shown the very same. So: count
    something, change hidden counts among the small ones, and all that is shown has to be equal."""
    what = data.draw(st.sampled_from([what for what in figures.CODES if what != What.CALLS]))
    places = (people.daycare.id, people.technical.id, 0) if what in figures.OF_QUEUES else (0,)
    codes = (
        [*figures.CODES[what][:3], figures.CODES[what][0] + LATE] if what == What.ANSWERS else figures.CODES[what][:3]
    )
    keys = list(itertools.product(MONTHS[1:], places, [what], codes))
    counts = {key: data.draw(COUNTS) for key in keys}
    hidden = [key for key, count in counts.items() if count in SMALL and key[3] != "retention"]
    other = counts | {key: data.draw(st.sampled_from(SMALL)) for key in hidden}
    before, after = (_all_that_is_shown(people, what, table) for table in (counts, other))
    assert before == after


def _all_that_is_shown(people, what: What, counts: dict) -> list:
    """Of each reader and period and queue: every sum that pages, files and drawings are made of."""
    put(counts, total=7)
    left: list = []
    for reader in (people.dpo, people.manager):
        if what not in figures.subjects(reader):
            continue
        for until, queue in itertools.product((None, dt.date(2026, 9, 1)), (None, people.daycare.uuid)):
            if queue is not None and what not in figures.OF_QUEUES:
                continue
            view = figures.overview(what, user=reader, until=until, queue=queue)
            places = (None, 0, *(each.id for each in view.queues))
            left += [
                view.of(month, code, place) for month in view.months for code in ("", *view.codes) for place in places
            ]
            left += [view.all_months(code, place) for code in ("", *view.codes) for place in places]
            left += [view.late(month) for month in view.months] + [view.all_late(), view.nowhere]
            left.append({field.name: getattr(view, field.name) for field in dataclasses.fields(view)})
    return left


def test_every_page_file_and_drawing_is_the_same_whatever_the_hidden_counts_are(people, as_):
    """The same as above with all that is sent, once: what the pages are made of has nothing behind it."""
    readers = [
        (as_(people.dpo), list(figures.CODES), [people.daycare.uuid]),
        (as_(people.manager), list(figures.OF_QUEUES), [people.daycare.uuid]),
    ]
    sent = []
    for small, other in ((1, 4), (4, 1), (2, 3)):
        table = {}
        for what, codes in figures.CODES.items():
            for place in (people.daycare.id, people.technical.id, 0) if what in figures.OF_QUEUES else (0,):
                if what != What.CALLS:
                    table |= {(MONTHS[3], place, what, of): small for of in codes if of != "retention"}
                    table |= {(MONTHS[2], place, what, codes[-1]): other, (MONTHS[1], place, what, codes[-1]): 12}
        put(table, total=9)
        sent.append(everything(readers))
    assert sent[0] == sent[1] == sent[2]
    assert sum("1–4" in each for each in sent[0]) > 20


def test_the_property_sees_a_total_that_knows_more_than_its_parts(people, monkeypatch):
    """What a true total beside a hidden part gives away."""
    exact = {(MONTHS[3], 0, What.REQUESTS, "access"): 9, (MONTHS[3], 0, What.REQUESTS, "erasure"): 2}
    other = exact | {(MONTHS[3], 0, What.REQUESTS, "erasure"): 3}
    assert _all_that_is_shown(people, What.REQUESTS, exact) == _all_that_is_shown(people, What.REQUESTS, other)
    monkeypatch.setattr(figures, "shown", lambda what, of, count, total=0: Shown(count, count))
    assert _all_that_is_shown(people, What.REQUESTS, exact) != _all_that_is_shown(people, What.REQUESTS, other)


def test_a_sum_is_what_follows_from_its_parts():
    cells = [shown(What.LISTENS, "quality", count, 7 * count) for count in (8, 3, 0, 5)]
    whole = figures.together(cells)
    assert (whole.low, whole.high) == (14, 17)
    assert whole.mean == 7, "of the parts that are shown as they are"
    assert figures.together([]).mean is None
    assert small_counts.NOTHING.exact
