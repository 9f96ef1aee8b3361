"""Whatever happens to calls, in any order and at any time: what must be kept is kept, what must go goes, and no one
finds more than they may."""

import collections
import datetime as dt
import functools

import pytest
from hypothesis import HealthCheck, Phase
from hypothesis import settings as limits
from hypothesis.stateful import run_state_machine_as_test

from portal import clock, db
from portal.recordings.models import Recording
from portal.retention import deletion, emptying, freezes, holds
from portal.vault import keystore
from tests import kill
from tests.retention.life import Life


@pytest.fixture
def lives(people, settings, monkeypatch, tmp_path):
    """Runs so many lives of so many steps, each from the same empty register."""
    db.checkpoint()
    db.db.close()
    kill.without_waiting(monkeypatch)
    db.db.close()
    base = tmp_path / "base"
    settings.data.rename(base)

    def run(count: int, steps: int, **more) -> collections.Counter:
        happened: collections.Counter = collections.Counter()
        chosen = limits(
            max_examples=count,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
            **more,
        )
        run_state_machine_as_test(functools.partial(Life, people, base, tmp_path / "life", happened), settings=chosen)
        return happened

    return run


ALWAYS = {
    *("noted", "threat_reported", "hold_placed", "hold_moved", "hold_released", "released, then kept"),
    *("freeze_placed", "freeze_lifted", "claimed", "erasure_claimed", "purged", "KeptByOther", "NotFound"),
}
"""What happens in the ordinary run too."""
HAPPENS = {
    *("noted", "threat_reported", "threat_dismissed", "threat_lapsed"),
    *("hold_placed", "hold_moved", "hold_renewed", "hold_review_missed", "hold_released"),
    *("released, then kept", "released, then frozen", "released, then purged"),
    *("freeze_placed", "freeze_lifts_on", "freeze_lifted", "claimed", "erasure_claimed", "failed", "purged"),
    *("AlreadyHeld", "AlreadyReported", "AlreadyDecided", "AlreadyReleased", "ReportWaits", "SamePerson", "TooLate"),
    *("KeptByOther", "Conflict", "NotFound"),
}


def test_whatever_happens_each_call_is_as_it_must_be(lives):
    for count in (14, 30, 60):  # more, when by chance too little happened to mean anything
        happened = lives(count, 45, derandomize=True, phases=[Phase.generate])
        missing = {what for what in ALWAYS if not happened[what]}
        if not missing:
            break
    assert not missing


@pytest.mark.soak
def test_whatever_happens_for_long_each_call_is_as_it_must_be(lives):
    happened = lives(400, 60)
    assert {what for what in HAPPENS if not happened[what]} == set()


def release_forgets_to_count(patch) -> None:
    real = holds._release

    def careless(hold, **more):
        then, line = real(hold, **more)
        if line is None:
            Recording.update(holds=1).where(Recording.id == hold.recording_id).execute()
        return then, line

    patch.setattr(holds, "_release", careless)


def claim_ignores_freezes(patch) -> None:
    patch.setattr(deletion, "kept_by_nothing", lambda: (Recording.state == "live", Recording.holds == 0))


def lift_gives_a_later_date(patch) -> None:
    real = freezes._lift

    def generous(row, *, by):
        later = row.recording.expires_at + dt.timedelta(days=30)
        Recording.update(expires_at=later).where(Recording.id == row.recording_id).execute()
        return real(row, by=by)

    patch.setattr(freezes, "_lift", generous)


def sweep_comes_early(patch) -> None:
    real = deletion.may_go
    patch.setattr(deletion, "may_go", lambda now: real(now + dt.timedelta(milliseconds=1)))


def three_months_are_ninety_days(patch) -> None:
    patch.setattr(clock, "expiry", lambda ended_at: ended_at + dt.timedelta(days=90))


def words_of_holds_stay(patch) -> None:
    patch.setattr(emptying, "_empty_words", lambda row: None)


def archive_keeps_its_key_in_main(patch) -> None:
    real = keystore.destroy
    patch.setattr(keystore, "destroy", lambda subject, *, store="main": store == "main" or real(subject, store=store))


BUGS = {
    release_forgets_to_count: "counted wrongly|heard otherwise, or not in the archive",
    claim_ignores_freezes: "claimed another number|gone before its date, or though kept",
    lift_gives_a_later_date: "its date is another",
    sweep_comes_early: "claimed another number",
    three_months_are_ninety_days: "its date is another",
    words_of_holds_stay: "words are left|a report lost",
    archive_keeps_its_key_in_main: "left behind|its key is there",
}


@pytest.mark.parametrize("plant", BUGS, ids=lambda plant: plant.__name__)
def test_the_machine_finds_the_bug(lives, monkeypatch, plant):
    plant(monkeypatch)
    with pytest.raises(AssertionError, match=BUGS[plant]):
        lives(12, 40, derandomize=True, phases=[Phase.generate])
