"""A backup while the portal runs: of one instant, in two halves that open nothing alone, gone after seven days."""

import datetime as dt
import errno
import json
import os
import threading

import pytest

from portal import clock, db, lock
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.retention import actions, backup, copies, deletion, ledger, sweeps
from portal.vault import keystore, objects
from tests.calls import recording
from tests.retention import drill, made

NIGHT = made.DUE - dt.timedelta(hours=8)


@pytest.fixture
def folder(settings):
    with clock.frozen(NIGHT):
        yield drill.apart(settings).data.with_name("backups")


def kept_keys(folder) -> list:
    return sorted(path.name for path in folder.rglob("*.key"))


def test_a_backup_holds_the_register_sealed_and_nothing_in_the_clear(people, folder):
    row = made.marked(people.daycare, people.adviser)
    done = drill.make(folder)
    assert (done.calls, done.files, done.missing) == (1, 2, [])
    for needle in (made.NUMBER[4:].encode(), *made.TAILS, made.SOUND_MARKER[:44], b"SQLite"):
        assert made.holding(folder, needle) == []
    assert sorted(p.name for p in folder.iterdir()) == ["calls", "keys"]
    assert not list((folder / "calls").rglob("*.key"))
    assert kept_keys(folder / "keys") == sorted(["register.key", f"{row.uuid.hex}.key"])
    assert not [p for p in folder.rglob("*.part")]
    assert {oct(p.stat().st_mode)[-2:] for p in (folder / "keys").rglob("*.key")} == {"00"}
    told = Entry.get(Entry.act == Act.BACKED_UP).told
    assert (told["count"], told["missing"]) == (1, 0)


def test_the_command_says_what_it_made(people, folder):
    recording(people.daycare)
    answer = drill.portal("backup", folder)
    assert answer.exit_code == 0
    assert "calls:   1, and 0 files in quarantine" in answer.output
    assert json.loads(drill.portal("backup", folder, "--json").output)["calls"] == 1


def test_keys_may_lie_on_another_disk(people, folder):
    recording(people.daycare)
    apart = folder.with_name("keys-only")
    assert drill.portal("backup", folder, "--keys", apart).exit_code == 0
    assert kept_keys(folder) == []
    assert len(kept_keys(apart)) == 2


def test_the_next_backup_links_what_the_one_before_has(people, folder, monkeypatch):
    row = recording(people.daycare)

    def elsewhere(source, target, **options):
        if "backups" not in str(source):
            raise OSError(errno.EXDEV, "another disk")
        return link(source, target, **options)

    link = os.link
    monkeypatch.setattr(os, "link", elsewhere)
    names = [drill.make(folder).name for _ in range(2)]
    first, second = (folder / "calls" / name / "main" / row.uuid.hex[:2] / row.uuid.hex / "original" for name in names)
    assert first.samefile(second)
    assert not first.samefile(objects.path_of(row.uuid, "original"))
    assert first.read_bytes() == objects.path_of(row.uuid, "original").read_bytes()


def test_a_key_is_copied_never_linked(people, folder):
    """A destroyed key is overwritten in place: a link would carry that into the backup, unnoticed."""
    row = recording(people.daycare)
    drill.make(folder)
    [copy] = folder.rglob(f"{row.uuid.hex}.key")
    assert not copy.samefile(keystore.path_of(row.uuid))


def test_a_call_deleted_while_the_backup_is_made_is_left_out(people, folder, monkeypatch):
    row, other = made.marked(people.daycare, people.adviser), recording(people.daycare)
    sealed = backup._seal_register

    def meanwhile(register, copy):
        sealed(register, copy)
        with clock.frozen(made.DUE):
            [line] = deletion.claim_due(5)
            assert deletion.finish(line) == ""

    monkeypatch.setattr(backup, "_seal_register", meanwhile)
    done = drill.make(folder)
    assert (done.calls, done.gone, done.missing) == (1, 1, [])
    assert not list(folder.rglob(f"{row.uuid.hex}*"))
    assert list(folder.rglob(f"{other.uuid.hex}*"))


def test_a_key_that_is_just_being_overwritten_is_not_copied(people, folder):
    row = recording(people.daycare)
    path = keystore.path_of(row.uuid)
    path.write_bytes(os.urandom(keystore.SIZE))
    done = drill.make(folder)
    assert done.missing == [row.uuid.hex]
    assert kept_keys(folder) == ["register.key"]


def test_a_live_call_that_the_stores_lack_is_told_and_the_rest_is_backed_up(people, folder):
    lost, other = recording(people.daycare), recording(people.daycare)
    objects.path_of(lost.uuid, "original").unlink()
    answer = drill.portal("backup", folder)
    assert answer.exit_code == 1
    assert f"NOT in the stores: {lost.uuid.hex}" in answer.output
    assert list(folder.rglob(f"{other.uuid.hex}.key"))


def test_it_is_of_one_instant_while_others_write(people, folder):
    recording(people.daycare)
    stop = threading.Event()
    faults = []

    def writing():
        db.connect()
        try:
            while not stop.is_set():
                recording(people.daycare)
        except Exception as error:
            faults.append(error)
        finally:
            db.db.close()

    thread = threading.Thread(target=writing)
    thread.start()
    try:
        done = [drill.make(folder) for _ in range(3)]
    finally:
        stop.set()
        thread.join()
    assert faults == []
    assert [made_.missing for made_ in done] == [[]] * 3
    for made_ in done:
        told = backup.read(folder / "calls" / made_.name / "manifest.json", "calls")
        keys = backup.read(folder / "keys" / made_.name / "manifest.json", "keys")
        assert len(keys["files"]) == made_.calls
        assert len([name for name in told["files"] if name.endswith("/original")]) == made_.calls


def test_one_backup_at_a_time(people, folder):
    with lock.alone("backup"):
        answer = drill.portal("backup", folder)
    assert (answer.exit_code, "no backup was made" in answer.output) == (1, True)


def test_old_backups_are_removed_by_the_sweep_before_seven_days_are_over(people, folder):
    recording(people.daycare)
    old = drill.make(folder).name
    with clock.frozen(NIGHT + dt.timedelta(days=3)):
        young = drill.make(folder).name
    with clock.frozen(NIGHT + dt.timedelta(days=6, hours=22)):
        actions.purge_due()
        assert backup.names(folder) == [old, young]
    with clock.frozen(NIGHT + dt.timedelta(days=6, hours=23, minutes=5)):
        actions.purge_due()
    assert backup.names(folder) == [young]
    assert sorted(p.name for p in (folder / "keys").iterdir()) == [young]
    assert [copy.name for copy in copies.every()] == [young]
    assert Entry.get(Entry.act == Act.COPIES_REMOVED).told == {"code": old, "found": True}
    assert [line.detail["name"] for line in ledger.lines() if line.kind == "copies_removed"] == [old]


def test_the_next_backup_removes_the_old_ones_too(people, folder):
    drill.make(folder)
    with clock.frozen(NIGHT + dt.timedelta(days=8)):
        done = drill.make(folder)
    assert (done.removed, backup.names(folder)) == (1, [done.name])


def test_a_removed_key_copy_is_overwritten_first(people, folder):
    row = recording(people.daycare)
    drill.make(folder)
    [copy] = folder.rglob(f"{row.uuid.hex}.key")
    content = copy.read_bytes()
    os.link(copy, folder.with_name("witness"))
    with clock.frozen(NIGHT + dt.timedelta(days=8)):
        assert copies.remove_old() == (1, "")
    assert folder.with_name("witness").read_bytes() != content


def test_a_backup_on_a_disk_that_is_not_there_is_a_fault_until_somebody_says_it_is_destroyed(people, folder):
    name = drill.make(folder).name
    folder.rename(folder.with_name("unplugged"))
    with clock.frozen(NIGHT + dt.timedelta(days=8)):
        actions.purge_due()
        assert sweeps.last("copies").fault == "ENOENT"
        assert [copy.name for copy in copies.every()] == [name]
        assert drill.portal("backup", folder, "--gone", "another").exit_code == 1
        assert drill.portal("backup", folder, "--gone", name).exit_code == 0
    assert copies.every() == []
    assert Entry.get(Entry.act == Act.COPIES_REMOVED).told == {"code": name, "found": False}
