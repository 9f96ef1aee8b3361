"""What is held lies in the threat archive alone; a move can be repeated, and gives way to a deletion."""

import errno
import os

import pytest

from portal import clock, lock
from portal.audit import chain
from portal.recordings import render
from portal.recordings.models import Playable, Recording, State, Store
from portal.retention import actions, deletion, holds, moves
from portal.retention.models import Hold, HoldState, PurgeLine, Result
from portal.retention.sweeps import last
from portal.vault import keystore, objects
from tests.retention import kept

MAIN, THREAT = keystore.STORES


@pytest.fixture(autouse=True)
def _day():
    with clock.frozen(kept.NOW):
        yield


def where(row) -> dict[str, tuple[bool, list[str]]]:
    """Store → has it the key, and which parts."""
    return {s: (keystore.exists(row.uuid, store=s), objects.parts(row.uuid, store=s)) for s in keystore.STORES}


IN_THREAT = {MAIN: (False, []), THREAT: (True, ["original", "peaks"])}
IN_MAIN = {MAIN: (True, ["original", "peaks"]), THREAT: (False, [])}
NOWHERE = {MAIN: (False, []), THREAT: (False, [])}


def not_at_once(row, by) -> Hold:
    """A hold whose bytes have not been moved, as when the worker's sweep was at it."""
    with lock.alone("moves"):
        return kept.fresh(kept.place(row, by))


def test_a_held_call_lies_in_the_threat_archive_alone(people, settings):
    row = kept.call(people)
    content = objects.read(row.uuid, "original")
    hold = kept.fresh(kept.place(row, people.manager))
    assert where(row) == IN_THREAT
    assert objects.read(row.uuid, "original", store=kept.fresh(row).store) == content
    assert (hold.state, hold.moved_at, hold.cleared_at) == (HoldState.STORED, kept.NOW, kept.NOW)
    assert not [p for p in settings.keystore.rglob("*") if p.is_file()]
    assert not [p for p in settings.objects.rglob("*") if p.is_file()]
    assert actions.tend_kept().fault == ""
    assert kept.acts(row) == ["hold_placed", "hold_moved"]


def test_a_hold_stands_though_its_bytes_could_not_be_moved_at_once_and_the_sweep_moves_them(people):
    row = kept.call(people)
    hold = not_at_once(row, people.manager)
    assert (hold.state, hold.cleared_at, kept.fresh(row).holds) == (HoldState.PLACED, None, 1)
    assert where(row) == IN_MAIN
    assert actions.tend_kept().fault == ""
    assert where(row) == IN_THREAT
    assert kept.fresh(hold).state == HoldState.STORED
    assert last("holds").good_at == kept.NOW


@pytest.mark.parametrize("refused", ["replace", "fsync", "unlink"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EROFS])
def test_what_the_disk_refuses_is_a_fault_and_loses_nothing(people, monkeypatch, refused, number):
    row = kept.call(people)
    content = objects.read(row.uuid, "original")

    def refuse(*args, **kwargs):
        raise OSError(number, "refused")

    with monkeypatch.context() as patch:
        patch.setattr(os, refused, refuse)
        hold = kept.place(row, people.manager)
        assert actions.tend_kept().fault == errno.errorcode[number]
    assert last("holds").fault == errno.errorcode[number]
    assert kept.fresh(hold).state == HoldState.PLACED
    assert objects.read(row.uuid, "original", store=kept.fresh(row).store) == content
    assert actions.tend_kept().fault == ""
    assert (where(row), last("holds").fault) == (IN_THREAT, "")


def test_a_call_whose_sound_is_gone_is_not_said_to_be_moved(people):
    row = kept.call(people)
    objects.path_of(row.uuid, "original").unlink()
    hold = kept.place(row, people.manager)
    assert actions.tend_kept().fault == "PartMissing"
    assert (kept.fresh(hold).moved_at, kept.fresh(row).store) == (None, Store.MAIN)
    assert keystore.exists(row.uuid)


@pytest.mark.parametrize("gone", ["key", "sound"])
def test_what_the_main_store_has_stays_when_the_archive_lost_its_copy(people, monkeypatch, gone):
    row = kept.call(people)
    with monkeypatch.context() as patch:
        patch.setattr(keystore, "destroy", lambda *args, **kwargs: 1 / 0)  # dies before the main store is cleared
        kept.place(row, people.manager)
    assert kept.fresh(row).store == Store.THREAT
    path = keystore.path_of(row.uuid, store=THREAT)
    (path if gone == "key" else objects.path_of(row.uuid, "original", store=THREAT)).unlink()
    assert actions.tend_kept().fault == "PartMissing"
    assert where(row)[MAIN] == IN_MAIN[MAIN]


def test_one_that_cannot_be_moved_does_not_stop_the_others(people):
    bad, good = kept.call(people), kept.call(people)
    for row in (bad, good):
        not_at_once(row, people.manager)
    keystore.path_of(bad.uuid).write_bytes(b"damaged")
    assert actions.tend_kept().fault == "SealBroken"
    assert where(good) == IN_THREAT


def test_a_hold_released_before_anything_was_moved_leaves_nothing_in_the_archive(people, monkeypatch):
    row = kept.call(people)
    with monkeypatch.context() as patch:  # a move that dies between the copy and the row
        patch.setattr(moves, "_say_moved", lambda *args: False)
        hold = kept.place(row, people.manager)
    assert where(row)[THREAT] == IN_THREAT[THREAT]
    holds.release(hold, reason="Klart", seen=holds.Then.KEPT, by=people.manager)
    assert actions.tend_kept().fault == ""
    assert where(row) == IN_MAIN
    hold = kept.fresh(hold)
    assert (hold.state, hold.moved_at, hold.cleared_at) == (HoldState.RELEASED, None, kept.NOW)


def test_a_deletion_destroys_what_a_cut_off_move_left_in_both_stores(people, monkeypatch):
    row = kept.call(people)
    with monkeypatch.context() as patch:
        patch.setattr(moves, "_say_moved", lambda *args: False)
        hold = kept.place(row, people.manager)
    assert (where(row)[MAIN], where(row)[THREAT]) == (IN_MAIN[MAIN], IN_THREAT[THREAT])
    with clock.frozen(kept.PAST):
        assert holds.release(hold, reason="Klart", seen=holds.Then.PURGED, by=people.manager).gone
        assert where(row) == NOWHERE
        assert actions.tend_kept().fault == ""
    assert where(row) == NOWHERE
    assert kept.fresh(hold).cleared_at == kept.PAST


def test_a_move_gives_way_to_a_claim_that_came_while_it_copied(people, monkeypatch):
    """The hold is released and the call claimed while the bytes are being copied: the copy is not taken into use,
    and the deletion, which waits for the move to end, takes it too."""
    row = kept.call(people)
    hold = not_at_once(row, people.manager)
    real = moves._copy

    def copying(moved):
        real(moved)
        with clock.frozen(kept.PAST):
            then, line = holds._release(hold, reason="Klart", seen=holds.Then.PURGED, by=people.manager)
        assert (then, line.subject) == (holds.Then.PURGED, row.uuid)

    monkeypatch.setattr(moves, "_copy", copying)
    assert moves.sweep() == ""
    assert (kept.fresh(row).state, kept.fresh(row).store) == (State.PURGING, Store.MAIN)
    with clock.frozen(kept.PAST):
        assert deletion.finish(PurgeLine.get()) == ""
        assert moves.sweep() == ""
    assert where(row) == NOWHERE
    assert "hold_moved" not in kept.acts(row)


def test_a_deletion_waits_for_a_move_under_way_and_is_tried_again(people, monkeypatch):
    row = kept.call(people)
    hold = kept.place(row, people.manager)
    monkeypatch.setattr(moves, "PATIENCE_SECONDS", 0.01)
    with clock.frozen(kept.PAST):
        with lock.alone("moves"):
            assert not holds.release(hold, reason="Klart", seen=holds.Then.PURGED, by=people.manager).gone
            assert (PurgeLine.get().result, PurgeLine.get().failure) == (Result.FAILED, "MoveUnderWay")
            assert where(row) == IN_THREAT, "nothing is destroyed beside a move"
        assert deletion.finish(PurgeLine.get()) == ""
    assert where(row) == NOWHERE


def test_calls_that_were_never_held_wait_for_no_move(people):
    kept.call(people)
    with clock.frozen(kept.PAST), lock.alone("moves"):
        assert kept.sweep() == 1


def test_a_call_made_playable_while_it_was_copied_is_copied_again_with_all_its_parts(people, monkeypatch):
    row = kept.call(people, ready=False)
    hold = not_at_once(row, people.manager)
    real = moves._copy

    def copying(moved):
        real(moved)
        if kept.fresh(row).playable == Playable.PENDING:
            render.render_pending()

    monkeypatch.setattr(moves, "_copy", copying)
    moves.sweep()
    assert (kept.fresh(row).store, kept.fresh(hold).cleared_at) == (Store.MAIN, None)
    assert moves.sweep() == ""
    assert where(row) == IN_THREAT
    assert kept.fresh(row).playable == Playable.READY


def test_a_call_moved_while_it_was_made_playable_leaves_nothing_behind_and_is_made_ready_there(people, monkeypatch):
    row = kept.call(people, ready=False)
    real = render._make

    def making(found, child):
        values = real(found, child)
        if found.store == Store.MAIN:
            kept.place(row, people.manager)
            objects.path_of(row.uuid, "peaks").parent.mkdir(parents=True, exist_ok=True)
            objects.path_of(row.uuid, "peaks").write_bytes(b"sealed late")
        return values

    monkeypatch.setattr(render, "_make", making)
    render.render_pending()
    assert (where(row)[MAIN], kept.fresh(row).playable) == ((False, []), Playable.PENDING)
    render.render_pending()
    assert (where(row), kept.fresh(row).playable) == (IN_THREAT, Playable.READY)


def test_a_copy_of_purged_bytes_that_came_back_into_the_archive_goes_with_the_thorough_sweep(people):
    row = kept.call(people)
    hold = kept.place(row, people.manager)
    with clock.frozen(kept.PAST):
        holds.release(hold, reason="Klart", seen=holds.Then.PURGED, by=people.manager)
        objects.seal(row.uuid, "original", [b"restored"], store=THREAT)
        assert actions.purge_due(thorough=True).returned == 1
    assert where(row) == NOWHERE
    assert chain.verify().whole


def test_the_register_never_names_a_store_that_the_vault_does_not_know():
    assert set(keystore.STORES) == {str(store) for store in Store}
    assert Recording.store.default == Store.MAIN == keystore.MAIN
