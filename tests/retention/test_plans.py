"""What every page asks of the register goes from the few rows that keep calls to the calls, never through all calls."""

import pytest

from portal import db
from portal.recordings.correction_models import ErrorReport
from portal.recordings.models import Recording
from portal.retention import outlook
from portal.retention.models import Hold, Threat


def walked(query) -> list[str]:
    """What the engine begins with, or walks whole."""
    sql, params = query.sql()
    plan = [row[3] for row in db.db.execute_sql("EXPLAIN QUERY PLAN " + sql, params)]
    return [step for step in plan if step.startswith("SCAN") or "recording_queue" in step or "recording_state" in step]


@pytest.mark.parametrize("of", [Hold, Threat, ErrorReport])
def test_what_waits_for_a_person_is_looked_for_among_what_waits(people, of):
    plan = " ".join(walked(of.visible_to(people.manager).where(of.recording.is_null(False))))
    assert "recording_queue" not in plan
    assert "SCAN t2" not in plan


def test_what_is_kept_is_counted_from_what_keeps_it(people, monkeypatch):
    asked = []
    count = Recording.select().__class__.count
    monkeypatch.setattr(Recording.select().__class__, "count", lambda query: asked.append(query) or count(query))
    outlook.kept()
    assert len(asked) == 4
    for query in asked:
        assert not [step for step in walked(query) if "t1" in step], "a call is found by its key"
