"""What a person has reported, and what became of it."""

import datetime as dt

from portal import clock
from portal.audit.models import Entry
from portal.retention import lists, threats
from tests.calls import recording
from tests.retention import kept

ADDRESS = "/retention/reports"


def test_own_reports_tell_how_each_was_decided_and_whose_they_are(as_, people):
    held, dismissed, foreign = (recording(people.daycare, adviser=people.adviser) for _ in range(3))
    first, second = (kept.report(row, people.adviser) for row in (held, dismissed))
    kept.report(foreign, people.second_manager)
    client = as_(people.adviser)
    text = client.get(ADDRESS).text
    assert "2 anmälningar" in text
    assert text.count("Väntar på beslut") == 2
    assert f"/recordings/{foreign.uuid}" not in text
    assert kept.WORDS not in text, "what was said is on the call's own page"
    threats.hold(first, reason="Hot", action_ahead="Polis", review_on=kept.review(), by=people.manager)
    threats.dismiss(second, reason="Inget hot", by=people.manager)
    text = client.get(ADDRESS).text
    assert ("Kvarhållet" in text, "Inte kvarhållet" in text, "Väntar på beslut" in text) == (True, True, False)


def test_own_reports_leave_with_the_call(as_, people):
    row = kept.call(people)
    with clock.frozen(kept.NOW):
        kept.report(row, people.adviser)
        assert lists.own_reports(by=people.adviser, most=5).count == 1
    with clock.frozen(kept.PAST):
        assert lists.own_reports(by=people.adviser, most=5).rows == []


def test_own_reports_begin_with_the_newest_and_leave_no_entry(as_, people):
    rows = [recording(people.daycare, started_at=clock.now() - dt.timedelta(hours=n)) for n in range(1, 4)]
    for row in rows:
        kept.report(row, people.adviser)
    before = Entry.select().count()
    text = as_(people.adviser).get(ADDRESS).text
    assert Entry.select().count() == before
    places = [text.index(f"/recordings/{row.uuid}") for row in rows]
    assert places == sorted(places, reverse=True)
    few = lists.own_reports(by=people.adviser, most=2)
    assert ([row.recording_id for row in few.rows], few.count) == ([rows[2].id, rows[1].id], 3)


def test_own_reports_are_for_those_who_may_report(as_, people):
    assert "Inga anmälningar" in as_(people.adviser).get(ADDRESS).text
    for other in (people.clerk, people.dpo, people.admin):
        assert as_(other).get(ADDRESS).status_code == 403
