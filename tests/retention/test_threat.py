"""A threat call is reported by who may see it and decided by another, a manager of its queue."""

import datetime as dt

import pytest

from portal import clock
from portal.audit import chain
from portal.errors import NotFound
from portal.recordings.models import State, Store
from portal.retention import holds, threats
from portal.retention.models import Hold, Threat, ThreatState
from tests.retention import kept, made


@pytest.fixture(autouse=True)
def _day():
    with clock.frozen(kept.NOW):
        yield


def decided(threat, by, **more):
    asked = {"reason": kept.REASON, "action_ahead": kept.AHEAD, "review_on": kept.review()}
    return threats.hold(threat, **asked | more, by=by)


def test_a_report_is_seen_by_every_manager_of_the_queue_at_once(people):
    row = kept.call(people)
    threat = kept.report(row, people.adviser)
    for manager in (people.manager, people.second_manager):
        assert [(t.uuid, t.recording.id) for t in threats.waiting(manager)] == [(threat.uuid, row.id)]
        assert threats.of_recording(row, by=manager) == threat
    assert (threat.state, threat.words, threat.safety) == (ThreatState.REPORTED, kept.WORDS, "unsafe")
    assert kept.acts(row) == ["threat_reported"]
    assert chain.verify().whole


def test_a_report_is_seen_by_no_stranger(people):
    threat = kept.report(kept.call(people), people.adviser)
    for stranger in (people.outsider, people.clerk, people.admin, people.decider):
        assert list(threats.waiting(stranger)) == []
        with pytest.raises(NotFound):
            threats.get(threat.uuid, by=stranger)
    assert threats.get(threat.uuid, by=people.adviser) == threat
    assert threats.get(threat.uuid, by=people.dpo) == threat


def test_only_who_sees_the_call_reports_it(people):
    with pytest.raises(NotFound):
        kept.report(kept.call(people), people.outsider)
    row = kept.call(people, after=dt.timedelta(days=1))
    with clock.frozen(row.expires_at), pytest.raises(NotFound):
        kept.report(row, people.adviser)
    assert Threat.select().count() == 0


@pytest.mark.parametrize("wrong", [{"kind": "boredom"}, {"kind": "adviser", "safety": "fine"}])
def test_a_report_of_no_known_kind_is_refused(people, wrong):
    with pytest.raises(threats.KindNeeded):
        threats.report(kept.call(people), **wrong, by=people.adviser)


def test_a_second_report_while_one_waits_is_refused(people):
    row = kept.call(people)
    kept.report(row, people.adviser)
    with pytest.raises(threats.AlreadyReported):
        kept.report(row, people.manager)
    assert kept.acts(row) == ["threat_reported"]


def test_a_dismissed_call_may_be_reported_again_and_a_held_one_not(people):
    row = kept.call(people)
    threats.dismiss(kept.report(row, people.adviser), reason="Inget hot", by=people.manager)
    decided(kept.report(row, people.adviser), people.manager)
    with pytest.raises(holds.AlreadyHeld):
        kept.report(row, people.adviser)
    assert [t.state for t in Threat.select().order_by(Threat.id)] == [ThreatState.DISMISSED, ThreatState.HELD]


def test_a_manager_holds_and_the_call_moves_at_once(people):
    row = kept.call(people)
    threat = kept.report(row, people.adviser)
    hold = decided(threat, people.manager)
    row, threat, hold = kept.fresh(row), kept.fresh(threat), kept.fresh(hold)
    assert (row.state, row.holds, row.store) == (State.LIVE, 1, Store.THREAT)
    assert (threat.state, threat.waits, threat.decided_by) == (ThreatState.HELD, None, people.manager)
    assert (hold.threat, hold.placed_by, hold.reason) == (threat, people.manager, kept.REASON)
    assert kept.acts(row) == ["threat_reported", "hold_placed", "hold_moved"]
    assert list(threats.waiting(people.manager)) == []
    assert chain.verify().whole


def test_a_manager_dismisses_and_the_call_goes_at_its_date(people):
    row = kept.call(people)
    threat = kept.report(row, people.adviser)
    with pytest.raises(threats.ReasonNeeded):
        threats.dismiss(threat, reason=" ", by=people.manager)
    threats.dismiss(threat, reason="Inget hot", by=people.manager)
    assert kept.fresh(threat).state == ThreatState.DISMISSED
    assert kept.acts(row) == ["threat_reported", "threat_dismissed"]
    with clock.frozen(made.DUE):
        assert kept.sweep() == 1


def test_the_one_who_reported_decides_neither_way(people):
    threat = kept.report(kept.call(people), people.manager)
    with pytest.raises(threats.OwnReport):
        decided(threat, people.manager)
    with pytest.raises(threats.OwnReport):
        threats.dismiss(threat, reason="Inget hot", by=people.manager)
    with pytest.raises(holds.ReportWaits):
        kept.place(threat.recording, people.manager)
    assert kept.fresh(threat).state == ThreatState.REPORTED
    decided(threat, people.second_manager)


@pytest.mark.parametrize("first", ["hold", "dismiss"])
@pytest.mark.parametrize("second", ["hold", "dismiss"])
def test_a_second_decision_is_refused_whatever_the_first_was(people, first, second):
    threat = kept.report(kept.call(people), people.adviser)
    ways = {"hold": decided, "dismiss": lambda t, by: threats.dismiss(t, reason="Nej", by=by)}
    ways[first](threat, people.manager)
    before = (kept.acts(threat.recording), Hold.select().count())
    with pytest.raises(threats.AlreadyDecided):
        ways[second](threat, people.second_manager)
    assert (kept.acts(threat.recording), Hold.select().count()) == before


def test_nobody_else_decides(people):
    threat = kept.report(kept.call(people), people.adviser)
    for other in (people.adviser, people.outsider, people.clerk, people.dpo, people.decider, people.admin):
        with pytest.raises(NotFound):
            decided(threat, other)
        with pytest.raises(NotFound):
            threats.dismiss(threat, reason="Nej", by=other)


def test_a_refused_hold_leaves_the_report_waiting(people):
    threat = kept.report(kept.call(people), people.adviser)
    with pytest.raises(holds.ReviewTooFar):
        decided(threat, people.manager, review_on=kept.review(400))
    assert kept.fresh(threat).state == ThreatState.REPORTED
    assert [t.uuid for t in threats.waiting(people.manager)] == [threat.uuid]


def test_a_report_nobody_decided_lapses_with_the_call_and_its_words_go(people, settings):
    row = kept.call(people)
    threat = kept.report(row, people.adviser)
    with clock.frozen(made.DUE):
        with pytest.raises(holds.TooLate):
            decided(threat, people.manager)
        assert kept.sweep() == 1
    threat = kept.fresh(threat)
    assert (threat.state, threat.waits, threat.words, threat.safety_words) == (ThreatState.LAPSED, None, "", "")
    assert (threat.kind, threat.reported_by) == ("adviser", people.adviser)
    assert kept.acts(row)[-2:] == ["threat_lapsed", "purged"]


def test_days_left_counts_days_in_helsinki(people):
    row = kept.call(people)
    assert threats.days_left(row) == (made.DUE.date() - kept.NOW.date()).days
    with clock.frozen(made.DUE):
        assert threats.days_left(row) == 0
    with clock.frozen(made.DUE + dt.timedelta(days=3)):
        assert threats.days_left(row) == 0
