"""The word-for-word transcript that is given instead of the sound."""

import pytest

from portal.audit.acts import Act
from portal.cases import decisions, passages, selection
from portal.cases.decisions import RowsRefused, TooManyRows
from portal.cases.models import Line
from portal.cases.passages import LineTyped
from tests.cases import selected
from tests.cases.selected import SAID, told


@pytest.fixture
def call(people):
    made = selected.call(people, selected.case(people))
    return selection.judge(made, "yes", by=people.clerk)


def test_the_lines_are_kept_in_order_and_counted_in_the_log(people, call):
    changed = decisions.set_transcript(call, SAID, by=people.clerk)
    assert [(line.at_ms, line.speaker, line.text) for line in decisions.lines_of(call)] == SAID
    assert changed.changed_at >= call.changed_at
    (entry,) = told(Act.CASE_TRANSCRIPT_CHANGED)
    assert entry.told == {"case": call.case.uuid.hex, "lines": 2}
    assert "zq" not in entry.detail
    decisions.set_transcript(call, SAID[:1], by=people.clerk)
    assert Line.select().count() == 1


def test_two_that_begin_together_keep_the_order_they_were_typed_in(people, call):
    said = [LineTyped(500, "caller", "Nej."), LineTyped(500, "adviser", "Jo.")]
    decisions.set_transcript(call, said, by=people.clerk)
    assert [line.text for line in decisions.lines_of(call)] == ["Nej.", "Jo."]


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (LineTyped(2001, "caller", "ord"), "at_ms"),
        (LineTyped(100, "caller", "ord"), "at_ms"),
        (LineTyped(900, "nobody", "ord"), "speaker"),
        (LineTyped(900, "other", " \n"), "text"),
    ],
)
def test_a_line_outside_the_call_or_its_order_or_without_words_is_refused(people, call, line, field):
    decisions.set_transcript(call, SAID, by=people.clerk)
    with pytest.raises(RowsRefused) as refused:
        decisions.set_transcript(call, [LineTyped(200, "caller", "först"), line], by=people.clerk)
    assert [(fault.row, fault.field) for fault in refused.value.faults] == [(1, field)]
    assert [line.text for line in decisions.lines_of(call)] == [line.text for line in SAID]


def test_there_is_an_end_to_what_is_saved(people, call):
    with pytest.raises(TooManyRows):
        decisions.set_transcript(call, SAID[:1] * (passages.LINES_MOST + 1), by=people.clerk)
