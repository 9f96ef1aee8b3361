"""The drill: the machine is lost, the backup of the night is put back, and nothing that was deleted or taken away
since the backup is there again; everything else is."""

import datetime as dt
import shutil

import pytest

from portal import clock, config, db, lock, start
from portal.accounts.models import SignIn
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.jobs import actions as jobs
from portal.jobs.models import Kind
from portal.recordings.models import Recording, State, Store
from portal.retention import actions, backup, closed, deletion, holds, ledger, standing
from portal.vault import objects, ring
from tests.jobs.made import under_way
from tests.retention import drill, made
from tests.retention.lost import NIGHT, NOON, REVIEW, House, all_is_well


@pytest.fixture
def house(people, settings):
    with clock.frozen(NIGHT):
        yield House(people, drill.apart(settings))


def test_a_drill(house):
    made_ = drill.told(drill.portal("backup", house.backups, "--json"))
    assert (made_["calls"], made_["quarantined"], made_["missing"]) == (8, 2, [])
    house.live_on()
    drill.breaks(house.settings)
    with clock.frozen(NOON + dt.timedelta(hours=3)):
        told = drill.told(drill.restore(house.backups, "--json"))
        assert (told["purged"], told["kept"], told["accounts"], told["missing"]) == (4, 2, 6, 0)
        all_is_well(house)
        start.check(config.settings())
        db.connect()
        assert actions.purge_due().failed == 0
        all_is_well(house)


def test_the_restore_is_in_the_log_with_what_the_log_has_lost(house):
    drill.make(house.backups)
    at_backup = Entry.select().count() - 1
    house.live_on()
    drill.breaks(house.settings)
    assert drill.restore(house.backups).exit_code == 0
    entry = Entry.get(Entry.act == Act.RESTORED)
    assert entry.told["entries"] == at_backup
    assert entry.id == at_backup + 1
    assert entry.told["lost"] > 0
    assert Entry.get(Entry.act == Act.REPLAYED).id > entry.id
    lines = list(ledger.lines())
    assert lines[-1].kind == ledger.Kind.RESTORED
    assert ledger.holds(lines[-1].log)


def test_nothing_is_under_way_in_what_was_put_back_and_what_somebody_waits_for_is_done_from_its_start(house):
    with clock.frozen(NIGHT):
        jobs.order(Kind.LOG, by=house.people.dpo)
        under_way(Kind.SOUND, done=3, whole=8, owner=house.people.admin)
        under_way(Kind.INBOX, done=3)
    drill.make(house.backups)
    drill.breaks(house.settings)
    assert drill.restore(house.backups).exit_code == 0
    assert [(one.job.kind, one.state, one.job.done) for one in jobs.listed()] == [
        ("sound", "waits", 0),
        ("log", "waits", 0),
    ]


def test_a_second_restore_of_the_same_backup_ends_the_same(house):
    drill.make(house.backups)
    house.live_on()
    for _ in range(2):
        drill.breaks(house.settings)
        assert drill.restore(house.backups).exit_code == 0
        all_is_well(house)


def test_what_came_in_and_went_after_the_backup_is_known_when_it_is_delivered_again(house):
    drill.make(house.backups)
    late = house.call(dt.timedelta(days=20))
    deletion.finish(deletion.claim_erased(late, because=house.people.decider, by=house.people.decider))
    drill.breaks(house.settings)
    assert drill.restore(house.backups).exit_code == 0
    row = Recording.get(Recording.uuid == late.uuid)
    assert (row.state, row.source_key) == (State.PURGED, late.source_key)


def test_a_call_that_was_held_since_and_is_not_in_the_backup_is_told(house):
    drill.make(house.backups)
    house.hold(house.call(dt.timedelta(days=20)))
    standing.catch_up()
    drill.breaks(house.settings)
    assert drill.told(drill.restore(house.backups, "--json"))["lost_kept"] == 1


def test_the_portal_stays_closed_until_all_is_replayed(house, monkeypatch):
    drill.make(house.backups)
    house.live_on()
    drill.breaks(house.settings)

    def refused(subject, **options):
        raise OSError(5, "no")

    monkeypatch.setattr(objects, "remove_all", refused)
    answer = drill.restore(house.backups)
    assert answer.exit_code == 1
    assert "NOT deleted, EIO" in answer.output
    with pytest.raises(config.ConfigError, match="not finished"):
        start.check(config.settings())
    for words in (["purge"], ["backup", str(house.backups)], ["ingest", "x"], ["account", "list"], ["rights", "list"]):
        db.connect()
        assert isinstance(drill.portal(*words).exception, config.ConfigError), words
    db.connect()
    with pytest.raises(ledger.Behind):
        actions.purge_due()
    monkeypatch.undo()
    with clock.frozen(NIGHT):
        config.use(house.settings)
        assert drill.restore(house.backups).exit_code == 0
        all_is_well(house)
        start.check(config.settings())


def test_a_register_that_was_copied_back_by_hand_is_closed_and_replayed_too(house):
    db.checkpoint()
    db.db.close()
    by_hand = house.settings.data.with_name("by-hand")
    shutil.copytree(house.settings.data, by_hand)
    db.connect()
    house.live_on()
    db.db.close()
    shutil.rmtree(house.settings.data)
    shutil.copytree(by_hand, house.settings.data)
    with pytest.raises(config.ConfigError, match="older than the ledger"):
        start.check(config.settings())
    assert drill.portal("restore", "--replay").exit_code == 0
    all_is_well(house)
    start.check(config.settings())


def test_a_move_during_the_backup_is_made_good(house, monkeypatch):
    row = house.call(dt.timedelta(days=3))
    copied = backup._seal_register

    def meanwhile(register, copy):
        copied(register, copy)
        holds.place(row, reason="hot", action_ahead="polis", review_on=REVIEW, by=house.people.manager)

    monkeypatch.setattr(backup, "_seal_register", meanwhile)
    content = drill.sound(row)
    assert drill.make(house.backups).missing == []
    standing.catch_up()
    drill.breaks(house.settings)
    assert drill.told(drill.restore(house.backups, "--json"))["moved"] == 1
    assert Recording.get_by_id(row.id).store == Store.THREAT
    assert actions.purge_due().failed == 0
    assert drill.sound(row) == content


@pytest.mark.parametrize("what", ["register", "sound"])
def test_a_folder_that_is_in_use_is_left_alone(house, what):
    drill.make(house.backups)
    if what == "sound":
        house.settings.database.rename(house.settings.data.with_name("portal.db"))
        for left in ("-wal", "-shm"):
            house.settings.data.joinpath(f"portal.db{left}").unlink(missing_ok=True)
    before = made.files(house.settings.data)
    answer = drill.restore(house.backups)
    assert answer.exit_code == 1
    assert "move them aside" in answer.output
    after = made.files(house.settings.data)
    assert {n for n in after if not n.endswith(".lock")} - set(before) <= {"portal.db-wal", "portal.db-shm"}
    assert closed.restoring() is None


def test_nothing_is_restored_while_the_portal_runs(house):
    drill.make(house.backups)
    drill.breaks(house.settings)
    with lock.together("running") as free:
        assert free
        answer = drill.restore(house.backups)
    assert answer.exit_code == 1
    assert "stop both" in answer.output
    with (
        lock.alone("running"),
        pytest.raises(config.ConfigError, match="under way"),
        start._running(house.settings, sealing=False),
    ):
        pass


@pytest.mark.parametrize("fault", ["away", "shorter", "altered"])
def test_nothing_is_restored_without_the_ledger_that_knows_it(house, fault):
    drill.make(house.backups)
    house.live_on()
    drill.breaks(house.settings)
    path = ledger.files()[0]
    if fault == "away":
        shutil.rmtree(house.settings.ledger)
    elif fault == "shorter":
        path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])
    else:
        path.write_bytes(path.read_bytes().replace(b'"mark"', b'"kept"', 1))
    answer = drill.restore(house.backups)
    assert answer.exit_code == 1
    assert "ledger" in answer.output
    assert not house.settings.database.exists()
    if fault == "away":
        assert drill.restore(house.backups, "--without-ledger").exit_code == 0
        assert Entry.get(Entry.act == Act.RESTORED).told["without_ledger"] is True
        assert SignIn.select().where(SignIn.ended_at.is_null()).count() == 0


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("register", "Damaged register"),
        ("sound", "Damaged "),
        ("key", "Damaged "),
        ("manifest", "NoBackup its manifest"),
        ("key manifest", "NoBackup its manifest"),
        ("other root", "NoBackup it belongs to another root key"),
        ("two halves", "NoBackup its manifest is that of the other half"),
    ],
)
def test_a_damaged_backup_is_refused(house, part, said):
    name = drill.make(house.backups).name
    calls, keys = house.backups / "calls" / name, house.backups / "keys" / name
    drill.breaks(house.settings)
    paths = {
        "register": calls / "register",
        "sound": next(calls.rglob("original")),
        "key": next(keys.rglob("main/*/*.key")),
        "manifest": calls / "manifest.json",
        "key manifest": keys / "manifest.json",
    }
    if part in paths:
        content = bytearray(paths[part].read_bytes())
        content[len(content) // 2] ^= 1
        paths[part].unlink()  # a link to the lost machine's own file is not to be altered
        paths[part].write_bytes(content)
    elif part == "other root":
        house.settings.root_key.write_bytes(b"c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0MTI=\n")
        ring.forget()
    else:
        shutil.copy(keys / "manifest.json", calls / "manifest.json")
    try:
        answer = drill.restore(house.backups)
    finally:
        if part == "other root":
            ring.forget()
    assert isinstance(answer.exception, SystemExit), answer.exception
    assert "the portal stays closed: " + said in answer.output
    assert not house.settings.database.exists()


def test_an_older_backup_is_named(house):
    first = drill.make(house.backups).name
    with clock.frozen(NIGHT + dt.timedelta(hours=1)):
        late = house.call(dt.timedelta(days=5))
        drill.make(house.backups)
    drill.breaks(house.settings)
    assert drill.restore(house.backups, "--name", "20260101T000000Z-0000").exit_code == 1
    assert drill.told(drill.restore(house.backups, "--name", first, "--json"))["name"] == first
    assert Recording.get_or_none(Recording.uuid == late.uuid) is None
