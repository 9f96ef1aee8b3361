"""The passages that are silent in what is given: typed times, and what may be saved."""

import pytest

from portal.audit.acts import Act
from portal.cases import decisions, passages, selection
from portal.cases.decisions import RowsRefused, TooManyRows
from portal.cases.models import Passage
from portal.cases.passages import PassageTyped
from portal.spelling import milliseconds, offset
from tests.cases import selected
from tests.cases.selected import REASONS, SILENT, fresh, told


@pytest.fixture
def call(people):
    """Ten seconds and a bit."""
    made = selected.call(people, selected.case(people), seconds=10.34)
    return selection.judge(made, "yes", by=people.clerk)


def passage(start: int, end: int, **other) -> PassageTyped:
    return PassageTyped(**{"start_ms": start, "end_ms": end, "ground": "15_4", **REASONS, **other})


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("0:00", 0),
        ("1:05", 65_000),
        ("1:05,3", 65_300),
        ("01:05.345", 65_345),
        (" 12,5 ", 12_500),
        ("90", 90_000),
        ("75:00", 4_500_000),
        ("1:02:03,2", 3_723_200),
        *((wrong, None) for wrong in ("", "1:60", "1:2:3:4", "-1", "1:05,", "1:05,1234", "ett", "1 05", "٥", "1:0٥")),
    ],
)
def test_a_time_is_read_as_people_type_it(typed, found):
    assert milliseconds(typed) == found


@pytest.mark.parametrize("ms", [0, 300, 65_000, 65_300, 65_345, 599_999, 3_723_200])
def test_a_time_is_written_as_it_is_read(ms):
    assert milliseconds(offset(ms)) == ms


def test_passages_are_kept_in_order_and_counted_in_the_log(people, call):
    changed = decisions.set_passages(call, [passage(4000, 5500), passage(1000, 1200)], by=people.clerk)
    assert [(p.start_ms, p.end_ms) for p in decisions.passages_of(call)] == [(1000, 1200), (4000, 5500)]
    assert {(p.ground, p.interest, p.harm, p.milder) for p in Passage.select()} == {("15_4", *REASONS.values())}
    assert changed.changed_at >= call.changed_at
    (entry,) = told(Act.CASE_PASSAGES_CHANGED)
    assert entry.told == {"case": call.case.uuid.hex, "passages": 2, "silent_ms": 1700}
    decisions.set_passages(call, [passage(0, 200)], by=people.clerk)
    assert [(p.start_ms, p.end_ms) for p in decisions.passages_of(call)] == [(0, 200)]
    decisions.set_passages(call, [], by=people.clerk)
    assert decisions.passages_of(call) == []


def test_an_end_typed_as_the_page_shows_the_length_is_the_end(people, call):
    decisions.set_passages(call, [passage(10_000, 11_000)], by=people.clerk)
    assert decisions.passages_of(call)[0].end_ms == call.recording.duration_ms == 10_340


@pytest.mark.parametrize(
    ("rows", "where"),
    [
        ([(10_340, 10_400)], [(0, "start_ms")]),
        ([(2000, 2000)], [(0, "end_ms")]),
        ([(2000, 1500)], [(0, "end_ms")]),
        ([(2000, 2199)], [(0, "end_ms")]),
        ([(2000, 11_001)], [(0, "end_ms")]),
        ([(10_200, 11_000)], [(0, "end_ms")]),
        ([(1000, 2000), (1999, 3000)], [(1, "start_ms")]),
        ([(1000, 5000), (2000, 3000)], [(1, "start_ms")]),
        ([(2000, 3000), (1000, 5000)], [(1, "start_ms")]),
    ],
)
def test_what_is_not_a_stretch_of_the_call_by_itself_is_refused(people, call, rows, where):
    with pytest.raises(RowsRefused) as refused:
        decisions.set_passages(call, [passage(*row) for row in rows], by=people.clerk)
    assert [(fault.row, fault.field) for fault in refused.value.faults] == where
    assert not Passage.select().exists()


def test_passages_that_touch_are_two(people, call):
    decisions.set_passages(call, [passage(1000, 2000), passage(2000, 3000)], by=people.clerk)
    assert Passage.select().count() == 2


def test_each_passage_needs_its_ground_and_every_reason(people, call):
    for lacking in ("ground", *REASONS):
        with pytest.raises(RowsRefused) as refused:
            decisions.set_passages(call, [SILENT, passage(2000, 3000, **{lacking: " "})], by=people.clerk)
        assert [(fault.row, fault.field) for fault in refused.value.faults] == [(1, lacking)]


def test_a_refused_set_leaves_the_one_before(people, call):
    decisions.set_passages(call, [SILENT], by=people.clerk)
    before = fresh(call).changed_at
    with pytest.raises(RowsRefused):
        decisions.set_passages(call, [passage(3000, 2000)], by=people.clerk)
    many = [passage(n * 150, n * 150 + 100) for n in range(passages.PASSAGES_MOST + 1)]
    with pytest.raises(TooManyRows):
        decisions.set_passages(call, many, by=people.clerk)
    assert Passage.get().start_ms == SILENT.start_ms
    assert fresh(call).changed_at == before
