"""A clock that jumped deletes nothing until a person, or the clock itself, has set it right."""

import datetime as dt
import json

import pytest

from portal import clock
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.clock import Machine
from portal.errors import Conflict
from portal.recordings.models import Recording, State
from portal.retention import actions, watch
from portal.retention.watching import Cause, Ended, Pause
from tests.calls import recording
from tests.retention import made

START = made.DUE - dt.timedelta(days=30)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


def sweep(moment, *, boot="one", up=None, synchronised=False):
    """A sweep at `moment` on a machine that has run for `up` since START (else as long as the clock says)."""
    up = moment - START if up is None else up
    with clock.frozen(moment), clock.on(Machine(boot, up.total_seconds(), synchronised)):
        return actions.purge_due()


@pytest.fixture
def call(people):
    """A live call whose date comes 30 days after the first sweep."""
    with clock.frozen(START):
        row = made.marked(people.daycare, people.adviser)
    sweep(START)
    return row


def live(row) -> bool:
    return Recording.get_by_id(row.id).state == State.LIVE


@pytest.mark.parametrize("ahead", [DAY + HOUR, 40 * DAY, 4000 * DAY])
def test_a_clock_that_jumps_ahead_while_the_machine_runs_deletes_nothing(call, ahead):
    Recording.update(expires_at=START + DAY).execute()
    done = sweep(START + HOUR + ahead, up=HOUR)
    assert (done.paused, done.purged) == (Cause.CLOCK_AHEAD, 0)
    assert live(call)


def test_not_even_when_a_time_service_says_so(call):
    assert sweep(START + 40 * DAY, up=HOUR, synchronised=True).paused == Cause.CLOCK_AHEAD
    assert live(call)


@pytest.mark.parametrize("back", [dt.timedelta(minutes=3), HOUR, 400 * DAY])
def test_a_clock_that_jumps_back_deletes_nothing(people, call, back):
    with clock.frozen(START + HOUR):
        due = recording(people.daycare, started_at=made.CALLED - 800 * DAY)
    done = sweep(START - back, up=HOUR)
    assert (done.paused, done.purged) == (Cause.CLOCK_BACK, 0)
    assert live(due)


def test_a_clock_set_right_by_seconds_stops_nothing(call):
    assert sweep(START - dt.timedelta(minutes=1), up=HOUR).paused == ""


def test_the_log_knows_a_later_time_than_the_last_sweep(people, call):
    with clock.frozen(START + HOUR):
        actions.note_viewed(clock.today(), by=people.dpo)
    assert sweep(START + dt.timedelta(minutes=5)).paused == Cause.CLOCK_BACK


@pytest.mark.parametrize("down", [72 * HOUR, 14 * DAY, 31 * DAY])
def test_a_worker_that_stood_still_on_a_running_machine_is_no_jump(call, down):
    done = sweep(START + down)
    assert done.paused == ""
    assert live(call) is (down < 30 * DAY)


def test_a_machine_that_was_off_for_72_hours_goes_on_by_the_time_services_word(call):
    Recording.update(expires_at=START + DAY).execute()
    done = sweep(START + 72 * HOUR, boot="two", up=dt.timedelta(minutes=1), synchronised=True)
    assert (done.paused, done.purged) == ("", 1)


def test_a_machine_that_was_off_for_72_hours_goes_on_when_calls_come_in(people, call):
    Recording.update(expires_at=START + DAY).execute()
    moment = START + 72 * HOUR
    first = sweep(moment, boot="two", up=dt.timedelta(minutes=1))
    assert (first.paused, first.purged) == (Cause.CLOCK_AHEAD, 0), "nothing bears it out yet"
    with clock.frozen(moment):
        recording(people.daycare, started_at=moment - HOUR)
    second = sweep(moment + dt.timedelta(minutes=5), boot="two", up=dt.timedelta(minutes=6))
    assert (second.paused, second.purged) == ("", 1)
    assert Pause.get().ended == Ended.PASSED


def test_a_machine_that_was_off_for_a_night_asks_nobody(call):
    assert sweep(START + 20 * HOUR, boot="two", up=dt.timedelta(minutes=1)).paused == ""


def test_a_clock_that_is_set_right_lets_deletion_go_on_by_itself(people, call):
    wrong = START + 400 * DAY
    assert sweep(wrong, up=HOUR).paused
    with clock.frozen(wrong):
        actions.note_viewed(clock.today(), by=people.dpo)
    done = sweep(START + 2 * HOUR)
    assert (done.paused, done.purged) == ("", 0)
    assert sweep(START + 3 * HOUR).paused == ""
    assert live(call)
    assert sweep(made.DUE).purged == 1


def test_one_pause_stands_and_is_logged_once_with_its_end(people, call):
    for minutes in (0, 5, 10):
        sweep(START - HOUR, up=HOUR + dt.timedelta(minutes=minutes))
    assert Pause.select().count() == 1
    paused = Entry.select().where(Entry.act == Act.PURGE_PAUSED)
    assert [json.loads(entry.detail)["cause"] for entry in paused] == ["clock_back"]
    with clock.frozen(START - HOUR):
        watch.confirm(Pause.get(), by=people.manager)
        with pytest.raises(Conflict):
            watch.confirm(Pause.get(), by=people.manager)
    resumed = Entry.get(Entry.act == Act.PURGE_RESUMED)
    assert (resumed.by, resumed.subject) == (people.manager.uuid, Pause.get().uuid)
    assert json.loads(resumed.detail) == {"cause": "clock_back", "count": 0, "ended": "confirmed"}


@pytest.mark.parametrize("moment", [START - 400 * DAY, START + 400 * DAY], ids=["back", "ahead"])
def test_after_a_persons_word_the_clock_counts_as_right(people, call, moment):
    assert sweep(moment, up=HOUR).paused
    with clock.frozen(moment), clock.on(Machine("one", HOUR.total_seconds(), False)):
        watch.confirm(watch.standing(), by=people.decider)
    again = sweep(moment + HOUR, up=2 * HOUR)
    assert again.paused == ""
    assert again.purged == (1 if moment > START else 0)


def test_a_pause_keeps_the_details_of_calls_too(people, call):
    made.call_detail(call, "one")
    assert sweep(START + 4000 * DAY, up=HOUR).call_details == 0


def test_what_was_claimed_before_is_finished_in_a_pause(people, call, monkeypatch):
    from portal.retention import deletion

    with clock.frozen(made.DUE):
        assert len(deletion.claim_due(1)) == 1
    done = sweep(START - HOUR, up=HOUR)
    assert (done.paused, done.resumed, done.purged) == (Cause.CLOCK_BACK, 1, 1)


def test_the_sign_of_life_is_written_by_good_sweeps_only(call, settings, monkeypatch):
    assert settings.alive_file.read_text().startswith("2026-05-11T07:00:02")
    sweep(START + HOUR)
    assert settings.alive_file.read_text().startswith("2026-05-11T08:00:02")
    sweep(START + 40 * DAY, up=2 * HOUR)
    assert settings.alive_file.read_text().startswith("2026-05-11T08:00:02"), "it waits for an answer"
    sweep(START + 3 * HOUR)
    assert settings.alive_file.read_text().startswith("2026-05-11T10:00:02")


def test_a_sign_of_life_that_cannot_be_written_is_a_fault(call, settings):
    settings.alive_file.unlink()
    settings.alive_file.mkdir()
    sweep(START + HOUR)
    from portal.retention import sweeps

    assert sweeps.last("purge").fault == "EISDIR"


def test_the_machine_itself_is_asked_when_the_clock_is_not_frozen():
    first, second = clock.machine(), clock.machine()
    assert first.boot == second.boot != ""
    assert 0 < first.uptime <= second.uptime
