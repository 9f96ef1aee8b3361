"""A hold that is placed, renewed or released while another process freezes, holds, renews or deletes the same call:
no confirmed hold is lost, and nothing is deleted twice."""

import time

import pytest

from portal import clock, db
from portal.audit import chain
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.recordings.models import Recording
from portal.retention import deletion, freezes, holds
from portal.retention.models import Hold, HoldRenewal, HoldState, PurgeLine
from tests import kill
from tests.retention import kept, race
from tests.retention.race import ROUNDS, Case, calls, gone, place_unmoved, raced, release, settle, whole


@pytest.fixture(autouse=True)
def _quick(settings, monkeypatch):
    """Between living processes the disk need not be waited for."""
    kill.without_waiting(monkeypatch)


@pytest.mark.parametrize("rounds", ROUNDS)
def test_a_hold_and_a_freeze_at_the_same_time_both_stand(people, settings, rounds):
    with clock.frozen(kept.NOW):
        rows = calls(people, rounds)
    told = raced(people, settings, rows, "place", "freeze")
    assert all(told["place"])
    assert all(told["freeze"])
    settle()
    with clock.frozen(kept.PAST):
        for row in rows:
            whole(row)
            assert (kept.fresh(row).holds, kept.fresh(row).freezes) == (1, 1)
            assert freezes.lift(Case(row), by=people.clerk) == 1
        assert kept.sweep(500) == 0, "the hold was lost"
        for row in rows:
            assert release(row, people)
            gone(row)
    assert chain.verify().whole


@pytest.mark.parametrize("rounds", ROUNDS)
@pytest.mark.parametrize("moved", [True, False])
def test_a_release_beside_the_next_hold_leaves_just_that_one(people, settings, rounds, moved):
    """Whoever was told that the call is held again finds it held, and kept past its date."""
    with clock.frozen(kept.NOW):
        rows = calls(people, rounds)
        if moved:
            for row in rows:
                kept.place(row, people.manager)
        else:
            place_unmoved(rows, people)
    told = raced(people, settings, rows, "release early", "place when free")
    assert all(told["release early"])
    assert all(told["place when free"])
    settle()
    for row in rows:
        stands_or_not(row, True)
    with clock.frozen(kept.PAST):
        assert kept.sweep(500) == 0, "the hold was lost"
    assert chain.verify().whole


@pytest.mark.parametrize("rounds", ROUNDS)
def test_a_hold_asked_for_beside_a_release_stands_or_was_refused(people, settings, rounds):
    with clock.frozen(kept.NOW):
        rows = calls(people, rounds)
        for row in rows:
            kept.place(row, people.manager)
    told = raced(people, settings, rows, "release early", "place")
    assert all(told["release early"])
    settle()
    for row, held in zip(rows, told["place"], strict=True):
        stands_or_not(row, held)
    with clock.frozen(kept.PAST):
        assert kept.sweep(2000) == told["place"].count(False)
    for row, held in zip(rows, told["place"], strict=True):
        (whole if held else gone)(row)
    assert chain.verify().whole


def stands_or_not(row, held: bool) -> None:
    standing = Hold.select().where(Hold.recording == row.id, Hold.state != HoldState.RELEASED).count()
    assert (kept.fresh(row).holds, standing) == (held, held), "told otherwise"
    whole(row)
    told = [act for act in kept.acts(row) if act in ("hold_placed", "hold_released")]
    assert told == ["hold_placed", "hold_released", "hold_placed"][: 2 + held]


@pytest.mark.parametrize("rounds", ROUNDS)
def test_a_renewal_beside_a_release_came_before_it_or_was_refused(people, settings, rounds):
    with clock.frozen(kept.NOW):
        rows = calls(people, rounds)
        for row in rows:
            kept.place(row, people.manager, 30)
    told = raced(people, settings, rows, "release early", "renew")
    assert all(told["release early"])
    for row, renewed in zip(rows, told["renew"], strict=True):
        assert renewals_are_told(row, renewed)
        assert kept.fresh(row).holds == 0
        whole(row)
    assert chain.verify().whole


def renewals_are_told(row, renewed: bool) -> bool:
    """The one who renewed was told so just if it is so, and nothing is renewed after its release."""
    hold = Hold.get(Hold.recording == row.id)
    told = [act for act in kept.acts(row) if act in ("hold_renewed", "hold_released")]
    return (
        hold.state == HoldState.RELEASED
        and HoldRenewal.select().where(HoldRenewal.hold == hold.id).count() == renewed
        and told == ["hold_renewed", "hold_released"][not renewed :]
    )


@pytest.mark.parametrize("rounds", ROUNDS)
def test_a_release_that_deletes_beside_a_sweep_deletes_once(people, settings, rounds):
    """The sweep takes up what the release has claimed and both delete it; or it never sees it."""
    with clock.frozen(kept.NOW):
        rows = calls(people, rounds)
        for row in rows:
            kept.place(row, people.manager)
    told = raced(people, settings, rows, "release", "sweep")
    assert all(told["release"])
    assert any(told["sweep"]), "they never met"
    settle()
    for row in rows:
        gone(row)
        assert deleted_once(row)
    assert PurgeLine.select().where(PurgeLine.failure != "").count() == 0
    assert chain.verify().whole


def deleted_once(row) -> bool:
    """At the word of the one who released it."""
    told = [act for act in kept.acts(row) if act not in ("hold_placed", "hold_moved")]
    claims = PurgeLine.select().where(PurgeLine.subject == row.uuid).count()
    return (told, claims) == (["hold_released", "claimed", "purged"], 1)


@pytest.mark.parametrize("rounds", ROUNDS)
def test_a_release_before_the_date_beside_a_sweep_after_it_is_deleted_once_and_not_before(people, settings, rounds):
    """Their clocks differ by a moment: the sweep claims it as soon as nothing keeps it, and not before."""
    with clock.frozen(kept.NOW):
        rows = calls(people, rounds)
        for row in rows:
            kept.place(row, people.manager)
    told = raced(people, settings, rows, "release early", "sweep")
    assert all(told["release early"])
    assert all(told["sweep"])
    for row in rows:
        gone(row)
        assert deleted_once(row)
    assert chain.verify().whole


def test_the_race_sees_a_freeze_that_writes_back_what_it_read(people, settings, monkeypatch):
    def careless(row, people):
        seen = kept.fresh(row)
        time.sleep(0.004)
        seen.freezes += 1
        return seen.save()

    monkeypatch.setitem(race.ACTS, "freeze", race.Act(careless, race.BEFORE))
    with clock.frozen(kept.NOW):
        rows = calls(people, 40)
    told = raced(people, settings, rows, "place", "freeze")
    held = zip(rows, told["place"], strict=True)
    assert any(stood and not kept.fresh(row).holds for row, stood in held)


def test_the_race_sees_a_release_that_counts_after_it_has_let_go(people, settings, monkeypatch):
    real = holds._release

    def careless(hold, **more):
        done = real(hold, **more)
        time.sleep(0.004)
        Recording.update(holds=0).where(Recording.id == hold.recording_id).execute()
        return done

    monkeypatch.setattr(holds, "_release", careless)
    with clock.frozen(kept.NOW):
        rows = calls(people, 40)
        for row in rows:
            kept.place(row, people.manager)
    told = raced(people, settings, rows, "release early", "place when free")
    assert all(told["place when free"])
    assert any(kept.fresh(row).holds == 0 for row in rows)


def test_the_race_sees_a_renewal_that_asks_before_it_writes(people, settings, monkeypatch):
    def careless(row, people):
        hold = Hold.get(Hold.recording == row.id)
        if not hold.stands:
            return False
        time.sleep(0.004)
        with db.db.atomic():
            HoldRenewal.create(
                hold=hold, by=people.second_manager, reason="x", review_before=hold.review_on, review_on=kept.review(40)
            )
            record(Act.HOLD_RENEWED, row, by=people.second_manager, hold=hold.uuid.hex)
        return True

    monkeypatch.setitem(race.ACTS, "renew", race.Act(careless, race.BEFORE))
    with clock.frozen(kept.NOW):
        rows = calls(people, 40)
        for row in rows:
            kept.place(row, people.manager)
    told = raced(people, settings, rows, "release early", "renew")
    assert not all(renewals_are_told(row, renewed) for row, renewed in zip(rows, told["renew"], strict=True))


def test_the_race_sees_a_release_that_claims_in_a_second_step(people, settings, monkeypatch):
    real = deletion.claim

    def careless(row, *, by=None):
        if by is not None:
            db.db.commit()
            time.sleep(0.02)
            db.db.begin()
        return real(row, by=by)

    monkeypatch.setattr(deletion, "claim", careless)
    with clock.frozen(kept.NOW):
        rows = calls(people, 40)
        for row in rows:
            kept.place(row, people.manager)
    told = raced(people, settings, rows, "release", "sweep")
    assert not all(told["release"])
