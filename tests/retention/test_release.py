"""A release says first what happens at once, and then just that happens: the original date applies again."""

import errno
import os

import pytest

from portal import clock
from portal.audit import chain
from portal.audit.models import Entry
from portal.errors import NotFound
from portal.recordings.models import Recording, State, Store
from portal.retention import actions, freezes, holds, threats
from portal.retention.models import Hold, HoldRenewal, HoldState, PurgeLine, Result, Rule, Threat
from portal.vault import keystore, objects
from tests.retention import kept, made


@pytest.fixture
def hold(people) -> Hold:
    with clock.frozen(kept.NOW):
        return kept.place(kept.call(people), people.manager, 150)


def release(hold, by, seen=holds.Then.PURGED, reason="Ingen åtgärd blev av"):
    return holds.release(hold, reason=reason, seen=seen, by=by)


def nothing_left(row) -> bool:
    return not any(keystore.exists(row.uuid, store=s) or objects.anything(row.uuid, store=s) for s in keystore.STORES)


def test_a_release_past_the_date_deletes_now(people, hold):
    with clock.frozen(kept.PAST):
        assert holds.what_then(hold) == holds.Release(holds.Then.PURGED, made.DUE)
        done = release(hold, people.second_manager)
        now = clock.now()
    assert done == holds.Released(holds.Then.PURGED, gone=True)
    row, hold = kept.fresh(hold.recording), kept.fresh(hold)
    assert (row.state, row.holds, row.number) == (State.PURGED, 0, None)
    assert (hold.state, hold.released_by, hold.released_at) == (HoldState.RELEASED, people.second_manager, now)
    assert nothing_left(row)
    line = PurgeLine.get()
    assert (line.subject, line.rule, line.due_at, line.purged_at) == (row.uuid, Rule.RETENTION, now, now)
    assert kept.acts(row) == ["hold_placed", "hold_moved", "hold_released", "claimed", "purged"]
    by = {e.act.split(":")[1]: (e.by, e.told) for e in Entry.select().where(Entry.subject == row.uuid)}
    assert by["hold_released"][0] == by["claimed"][0] == people.second_manager.uuid
    assert by["hold_released"][1]["then"] == "purged"
    assert chain.verify().whole


def test_what_was_typed_goes_with_the_call_and_the_rows_stay(people, settings):
    with clock.frozen(kept.NOW):
        row = kept.call(people)
        threat = kept.report(row, people.adviser)
        asked = {"reason": kept.REASON, "action_ahead": kept.AHEAD, "review_on": kept.review(100)}
        hold = threats.hold(threat, **asked, by=people.manager)
        holds.renew(hold, reason="zqförlängningen", review_on=kept.review(150), by=people.second_manager)
        for word in (b"zqsk", b"zqorden", b"zqvarf", b"zqf", b"zq\xc3\xa5tg"):
            assert made.holding(settings.data, word), "a needle that is not there before proves nothing"
    with clock.frozen(kept.PAST):
        release(hold, people.manager, reason="zqfärdigt")
        actions.purge_due()
    assert (Threat.get().words, Threat.get().safety_words, Threat.get().reason) == ("", "", "")
    assert (Hold.get().reason, Hold.get().action_ahead, Hold.get().release_reason) == ("", "", "")
    assert HoldRenewal.get().reason == ""
    for word in (b"zqsk", b"zqorden", b"zqvarf", b"zqf", b"zq\xc3\xa5tg"):
        assert made.holding(settings.data, word) == []
    assert (Hold.get().placed_by, HoldRenewal.get().by) == (people.manager, people.second_manager)


def test_a_release_before_the_date_gives_it_back_until_then(people, hold):
    with clock.frozen(kept.NOW):
        assert holds.what_then(hold).then == holds.Then.KEPT
        assert release(hold, people.manager, holds.Then.KEPT) == holds.Released(holds.Then.KEPT, gone=False)
        row = kept.fresh(hold.recording)
        assert (row.state, row.holds, row.expires_at, row.store) == (State.LIVE, 0, made.DUE, Store.THREAT)
        assert Recording.visible_to(people.adviser).count() == 1
        assert objects.read(row.uuid, "original", store=row.store)
        assert list(holds.standing(people.manager)) == []
    with clock.frozen(made.DUE):
        assert kept.sweep() == 1
    assert nothing_left(row)


def test_a_call_released_before_its_date_can_be_held_again(people, hold):
    with clock.frozen(kept.NOW):
        release(hold, people.manager, holds.Then.KEPT)
        again = kept.fresh(kept.place(hold.recording, people.second_manager))
    assert (again.state, kept.fresh(hold.recording).holds) == (HoldState.STORED, 1)
    assert again.moved_at == again.cleared_at == kept.NOW
    with clock.frozen(kept.PAST):
        assert kept.sweep() == 0


def test_a_release_past_the_date_of_a_frozen_call_leaves_it_to_its_case(people, hold):
    case = kept.Case()
    freezes.freeze([hold.recording], because=case, by=people.clerk)
    with clock.frozen(kept.PAST):
        assert holds.what_then(hold).then == holds.Then.FROZEN
        assert not release(hold, people.manager, holds.Then.FROZEN).gone
        row = kept.fresh(hold.recording)
        assert (row.state, row.holds, row.freezes) == (State.LIVE, 0, 1)
        assert list(freezes.usable_for(case)) == [row]
        assert list(Recording.within_reach_of(people.manager)) == []
        assert kept.sweep() == 0
        freezes.lift(case, by=people.clerk)
        assert kept.sweep() == 1


@pytest.mark.parametrize("seen", [holds.Then.KEPT, holds.Then.FROZEN, "", "anything"])
def test_a_release_that_would_do_another_thing_than_the_warning_said_does_nothing(people, hold, seen):
    with clock.frozen(kept.PAST):
        with pytest.raises(holds.ReleaseChanged):
            release(hold, people.manager, seen)
        assert kept.fresh(hold).state == HoldState.STORED
        assert (kept.fresh(hold.recording).holds, kept.sweep()) == (1, 0)
    assert PurgeLine.select().count() == 0
    assert kept.acts(hold.recording) == ["hold_placed", "hold_moved"]


def test_a_second_release_is_refused(people, hold):
    with clock.frozen(kept.NOW):
        release(hold, people.manager, holds.Then.KEPT)
        with pytest.raises(holds.AlreadyReleased):
            release(hold, people.second_manager, holds.Then.KEPT)
    assert kept.fresh(hold.recording).holds == 0


def test_a_release_says_why(people, hold):
    with clock.frozen(kept.NOW), pytest.raises(holds.ReasonNeeded):
        release(hold, people.manager, holds.Then.KEPT, reason="\n")


def test_nobody_else_releases(people, hold):
    with clock.frozen(kept.PAST):
        for other in (people.adviser, people.outsider, people.clerk, people.dpo, people.admin, people.decider):
            with pytest.raises(NotFound):
                release(hold, other)
    assert kept.fresh(hold.recording).holds == 1


def test_what_the_disk_refuses_at_a_release_is_not_called_gone_and_tried_again(people, hold, monkeypatch):
    def refuse(*args, **kwargs):
        raise OSError(errno.EROFS, "refused")

    with clock.frozen(kept.PAST):
        monkeypatch.setattr(os, "unlink", refuse)
        assert release(hold, people.manager) == holds.Released(holds.Then.PURGED, gone=False)
        row = kept.fresh(hold.recording)
        assert (row.state, PurgeLine.get().result) == (State.PURGING, Result.FAILED)
        assert list(Recording.within_reach_of(people.manager)) == []
        monkeypatch.undo()
        assert actions.purge_due().resumed == 1
    assert kept.fresh(row).state == State.PURGED
    assert nothing_left(row)
