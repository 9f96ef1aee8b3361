"""After a restore the passages that were erased since the backup are gone again, and no copy of a key opens them."""

import datetime as dt
import uuid

import pytest
from playhouse.migrations import Runner

from portal import clock
from portal.db import MIGRATIONS, db
from portal.errors import Conflict
from portal.recordings import corrections, filling, notes, search
from portal.recordings.models import Playable, Recording, State, Store
from portal.retention import actions, backup, holds, ledger, passages, proof
from portal.retention.restriction_models import Redaction, RedactionState
from portal.vault import box, keystore, objects
from tests.calls import tone, wav
from tests.retention import drill, kept

LATER = dt.timedelta(hours=1)


class Case(kept.Case):
    number = "BST/7/2026"


@pytest.fixture
def house(people, settings):
    chosen = drill.apart(settings)
    with clock.frozen(kept.NOW):
        yield House(people, chosen)


class House:
    def __init__(self, people, settings):
        self.people, self.settings = people, settings
        self.backups = settings.data.with_name("backups")
        self.row = kept.call(people, sound=wav(tone(2.0)))
        self.other = kept.call(people, after=dt.timedelta(seconds=9), sound=wav(tone(1.0)))

    def erase(self, *ranges) -> Redaction:
        redaction = passages.erase(self.row, ranges, because=Case(), by=self.people.decider)
        assert passages.sweep().done == 1
        return redaction

    def restored(self) -> dict:
        drill.breaks(self.settings)
        with clock.frozen(kept.NOW + LATER):
            return drill.told(drill.restore(self.backups, "--json"))

    def sound(self) -> bytes:
        row = kept.fresh(self.row)
        return objects.read(row.vault_id, "original", store=row.store)

    def is_well(self, content: bytes, redaction: Redaction) -> None:
        row = kept.fresh(self.row)
        assert self.sound() == content
        assert row.vault_id == redaction.uuid
        assert row.original_sha256 == kept.fresh(redaction).sha256_after
        assert kept.fresh(redaction).state == RedactionState.DONE
        assert set(keystore.subjects()) == {redaction.uuid, self.other.uuid}
        assert set(objects.subjects()) == {redaction.uuid, self.other.uuid}
        assert not passages.sweep(again=True).done


def test_a_backup_from_before_notes_had_places_is_brought_up_to_date_and_its_words_are_found_again(house):
    notes.add_note(house.row, "zqord", key=uuid.uuid4(), by=house.people.adviser)
    runner = Runner(db, str(MIGRATIONS))
    for name in reversed([step.name for step in runner.status() if step.name >= "0013"]):
        runner.down(name)
    backup.make(house.backups)
    runner.up()
    last = house.erase((500, 900))
    content = house.sound()
    assert house.restored()["redacted"] == 1
    house.is_well(content, last)
    assert [(note.text, note.own, note.at_ms) for note in notes.every(house.row)] == [("zqord", False, None)]
    with clock.frozen(kept.NOW + LATER):
        assert filling.since() is not None, "searches say that not all is found yet"
        filling.fill()
        assert filling.since() is None
        found = search.find(search.Query(words=("zqord",)), by=house.people.adviser)
    assert [one.uuid for one in found.rows] == [house.row.uuid]


def test_what_was_erased_since_the_backup_is_erased_again(house):
    correction = corrections.correct(house.row, "subject", "Rätt", reason="fel", by=house.people.manager)
    for at in (700, 1000):
        notes.add_note(house.row, "zqord", key=uuid.uuid4(), at_ms=at, by=house.people.adviser)
    backup.make(house.backups)
    house.erase((500, 900))
    last = house.erase((1200, 1500))
    content = house.sound()
    told = house.restored()
    assert told["redacted"] == 2
    house.is_well(content, last)
    assert [one.by for one in passages.of(house.row)] == [house.people.decider] * 2
    assert kept.fresh(house.row).playable == Playable.PENDING
    assert corrections.open_original(correction, need="en fråga", by=house.people.manager) == ""
    assert [note.text for note in notes.every(house.row)] == ["", "zqord"]


def test_what_is_erased_while_the_backup_is_made_is_in_it_without_the_passages(house, monkeypatch):
    real, done = backup._take, []

    def take(*args):
        if not done:
            done.append(house.erase((500, 900)))
        return real(*args)

    correction = corrections.correct(house.row, "subject", "Rätt", reason="fel", by=house.people.manager)
    monkeypatch.setattr(backup, "_take", take)
    made = backup.make(house.backups)
    assert (made.calls, made.gone, made.missing) == (2, 0, [])
    content = house.sound()
    assert not list(house.backups.rglob(f"*{house.row.uuid.hex}*"))
    monkeypatch.undo()
    assert house.restored()["missing"] == 0
    house.is_well(content, done[0])
    with pytest.raises(corrections.Destroyed):
        corrections.open_original(correction, need="en fråga", by=house.people.manager)


def test_what_is_erased_while_the_backup_is_made_and_deleted_after_is_not_back(house, monkeypatch):
    real, done = backup._take, []

    def take(*args):
        if not done:
            done.append(house.erase((500, 900)))
        return real(*args)

    monkeypatch.setattr(backup, "_take", take)
    backup.make(house.backups)
    assert actions.erase(kept.fresh(house.row), because=Case(), by=house.people.decider)
    monkeypatch.undo()
    assert house.restored()["failed"] == {}
    assert set(keystore.subjects()) == {house.other.uuid}
    assert set(objects.subjects()) == {house.other.uuid}


def test_what_moved_while_the_backup_was_made_is_erased_again_where_it_lies(house, monkeypatch):
    real, held = backup._take, []

    def take(*args):
        if not held:
            held.append(kept.place(house.row, house.people.manager))
        return real(*args)

    monkeypatch.setattr(backup, "_take", take)
    backup.make(house.backups)
    monkeypatch.undo()
    drill.apart(house.settings)
    holds.release(held[0], reason="x", seen=holds.Then.KEPT, by=house.people.manager)
    redaction = house.erase((500, 900))
    content = house.sound()
    assert house.restored()["missing"] == 0
    assert house.sound() == content
    assert (kept.fresh(house.row).vault_id, kept.fresh(house.row).store) == (redaction.uuid, Store.THREAT)
    for store in keystore.STORES:
        assert house.row.uuid not in set(keystore.subjects(store=store)) | set(objects.subjects(store=store))


def test_a_backup_of_a_call_without_passages_brings_it_back_so(house):
    redaction = house.erase((500, 900))
    content = house.sound()
    backup.make(house.backups)
    assert house.restored()["redacted"] == 0
    house.is_well(content, redaction)


def test_the_ledger_is_written_before_the_old_key_goes(house, monkeypatch):
    backup.make(house.backups)

    def full(*new, **more):
        raise OSError(28, "full")

    monkeypatch.setattr(ledger, "append", full)
    redaction = passages.erase(house.row, [(500, 900)], because=Case(), by=house.people.decider)
    assert passages.sweep().failed == 1
    assert keystore.exists(house.row.uuid)
    monkeypatch.undo()
    drill.apart(house.settings)
    assert passages.sweep(again=True).done == 1
    assert not keystore.exists(house.row.uuid)
    assert kept.fresh(redaction).key_gone_by == kept.NOW + dt.timedelta(days=7)


def test_no_copy_of_the_old_key_opens_the_new_original(house):
    backup.make(house.backups)
    wrapped = keystore.path_of(house.row.uuid).read_bytes()
    old = keystore.load(house.row.uuid)
    redaction = house.erase((500, 900))
    assert keystore.load(redaction.uuid) != old
    keystore.path_of(redaction.uuid).write_bytes(wrapped)
    with pytest.raises(box.SealBroken):
        keystore.load(redaction.uuid)
    keystore._write(redaction.uuid, old, keystore.MAIN)
    with pytest.raises(box.SealBroken):
        objects.read(redaction.uuid, "original")


def test_a_call_without_passages_that_is_deleted_leaves_no_original_in_any_file(house):
    first = house.erase((500, 900))
    backup.make(house.backups)
    last = house.erase((1200, 1500))
    keys = [keystore.path_of(last.uuid).read_bytes()]
    assert actions.erase(kept.fresh(house.row), because=Case(), by=house.people.decider)
    found = proof.prove(house.row.uuid, markers=[])
    assert found.clean
    assert found.purged
    (house.settings.data / "left").write_bytes(b"x" + keys[0])
    assert [one.what for one in proof.prove(house.row.uuid, markers=[]).found] == ["wrapped key of another original"]
    told = house.restored()
    assert told["failed"] == {}
    assert kept.fresh(house.row).state == State.PURGED
    assert set(keystore.subjects()) == {house.other.uuid}
    assert first.uuid not in set(objects.subjects())
    with pytest.raises(Conflict):
        passages.erase(house.row, [(0, 500)], because=Case(), by=house.people.decider)
    assert Recording.select().where(Recording.state == State.LIVE).count() == 1
