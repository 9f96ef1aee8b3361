"""The drill: the machine is lost, the backup of the night is put back, and nothing that was deleted or taken away
since the backup is there again; everything else is."""

import datetime as dt
import shutil

import pytest

from portal import clock, config, db, lock, start
from portal.accounts import actions as accounts
from portal.accounts import factors, passkeys, passwords, sessions
from portal.accounts.models import Account, Passkey, RecoveryCode, RoleGrant, SignIn
from portal.accounts.permissions import Role
from portal.audit import chain
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.errors import NotFound
from portal.ingest.models import Quarantined, QuarantineState
from portal.jobs import actions as jobs
from portal.jobs.models import Kind
from portal.recordings.actions import get
from portal.recordings.models import Recording, State, Store
from portal.retention import actions, backup, closed, deletion, freezes, holds, ledger, standing
from portal.retention.models import Freeze, Hold, PurgeLine, Result, Rule
from portal.rights import command, ending
from portal.rights.models import End, Right
from portal.rights.models import State as RightState
from portal.vault import keystore, objects, ring
from tests import people as persons
from tests.calls import recording
from tests.jobs.made import under_way
from tests.retention import drill, made

NIGHT = made.DUE - dt.timedelta(hours=8)
NOON = made.DUE + dt.timedelta(hours=1)
REVIEW = NIGHT.date() + dt.timedelta(days=60)


def a_key(account: Account, name: str) -> Passkey:
    return Passkey.create(account=account, name=name, credential_id=name.encode(), public_key=b"key")


class House:
    """What there is at the backup: a call due next day, one to be erased, one held and to be released, one held, one
    frozen, two that are held and frozen only after it, an ordinary one, and files in quarantine."""

    def __init__(self, people, settings):
        self.people, self.settings = people, settings
        self.backups = settings.data.with_name("backups")
        day = dt.timedelta(days=1)
        self.due = made.marked(people.daycare, people.adviser)
        self.erased = self.call(30 * day)
        self.ordinary = self.call(31 * day)
        self.released = self.call(dt.timedelta(minutes=5))
        self.held = self.call(dt.timedelta(minutes=6))
        self.frozen = self.call(dt.timedelta(minutes=7))
        self.held_later = self.call(dt.timedelta(minutes=8))
        self.frozen_later = self.call(dt.timedelta(minutes=9))
        self.file, self.discarded = (
            made.quarantined(name="a.wav", expires_at=NIGHT + 40 * day),
            made.quarantined(name="b.wav"),
        )
        self.hold_released = self.hold(self.released)
        self.hold(self.held)
        freezes.freeze([self.frozen], because=people.clerk, by=people.clerk)
        RoleGrant.delete().where(RoleGrant.account == people.second_manager.id).execute()
        both = [people.daycare, people.technical]
        self.manages = command.by_command(people.second_manager, role=Role.MANAGER, queues=both)
        command.by_command(people.second_manager, role=Role.ADVISER, queues=[people.daycare])
        self.codes = factors.new_codes(people.clerk)
        self.key, self.lost_key = (a_key(people.adviser, name) for name in ("nyckelknippan", "den tappade"))
        self.token, _ = sessions.open_session(people.dpo, sessions.FULL)
        self.kept = (self.ordinary, self.held, self.frozen, self.held_later, self.frozen_later)
        self.content = {row.uuid: drill.sound(row) for row in self.kept}

    def call(self, later: dt.timedelta) -> Recording:
        return recording(
            self.people.daycare, started_at=made.CALLED + later, adviser=self.people.adviser, subject="ärende"
        )

    def hold(self, row) -> Hold:
        return holds.place(row, reason="hot", action_ahead="polis", review_on=REVIEW, by=self.people.manager)

    def live_on(self) -> None:
        """What happens between the backup and the loss of the machine."""
        people = self.people
        line = deletion.claim_erased(Recording.get_by_id(self.erased.id), because=people.decider, by=people.decider)
        assert deletion.finish(line) == ""
        assert actions.discard_quarantined(self.discarded, by=people.admin)
        self.hold(self.held_later)
        freezes.freeze([self.frozen_later], because=people.clerk, by=people.clerk)
        holds.release(
            self.hold_released, reason="klart", seen=holds.what_then(self.hold_released).then, by=people.manager
        )
        accounts.close(people.outsider, by=people.admin)
        ending.end(self.manages, reason="annat arbete", by=people.decider)
        command.by_command(people.second_manager, role=Role.CLERK, queues=[people.technical])
        accounts.reset_second_factor(people.decider, by=people.admin)
        accounts.reset_password(people.dpo, by=people.admin)
        people.adviser.sign_in = sessions.open_session(people.adviser, sessions.FULL)[1]
        passkeys.remove(self.lost_key, by=people.adviser)
        RecoveryCode.update(used_at=clock.now()).where(RecoveryCode.id == RecoveryCode.select().first().id).execute()
        with db.db.atomic():
            standing.record(Act.RECOVERY_CODE_USED, people.clerk, by=people.clerk, left=9)
        with clock.frozen(NOON):
            assert actions.purge_due().failed == 0
        standing.catch_up()


@pytest.fixture
def house(people, settings):
    with clock.frozen(NIGHT):
        yield House(people, drill.apart(settings))


def all_is_well(house) -> None:
    """Nothing forbidden is back, can be heard or found; everything else can."""
    people = house.people
    for row in (house.due, house.erased, house.released):
        assert drill.is_gone(row)
        line = PurgeLine.get(PurgeLine.subject == row.uuid)
        assert line.result == Result.PURGED
        told = [
            e.act
            for e in Entry.select().where(Entry.subject == row.uuid, Entry.act.in_([Act.PURGE_CLAIMED, Act.PURGED]))
        ]
        assert Act.PURGED in told
    assert PurgeLine.get(PurgeLine.subject == house.erased.uuid).rule == Rule.ERASURE
    for needle in (made.NUMBER[4:].encode(), *made.TAILS, made.SOUND_MARKER[:44]):
        assert made.holding(house.settings.data, needle) == []
    assert Quarantined.get(Quarantined.uuid == house.discarded.uuid).state == QuarantineState.DISCARDED
    assert not keystore.exists(house.discarded.uuid)
    assert Quarantined.get(Quarantined.uuid == house.file.uuid).state == QuarantineState.WAITING
    assert objects.read(house.file.uuid, "original")
    for row in house.kept:
        assert drill.sound(row) == house.content[row.uuid]
    counts = {row.uuid: (row.holds, row.freezes) for row in Recording.select().where(Recording.state == State.LIVE)}
    assert counts == {
        house.ordinary.uuid: (0, 0),
        house.held.uuid: (1, 0),
        house.frozen.uuid: (0, 1),
        house.held_later.uuid: (1, 0),
        house.frozen_later.uuid: (0, 1),
    }
    hold = Hold.get(Hold.recording == house.held_later.id)
    assert (hold.placed_by, hold.review_on, hold.stands) == (people.manager, REVIEW, True)
    assert Freeze.get(Freeze.recording == house.frozen_later.id).because == people.clerk.uuid
    for row in (house.due, house.erased):
        with pytest.raises(NotFound):
            get(row.uuid, by=people.adviser)
    assert get(house.ordinary.uuid, by=people.adviser)
    rights_are_taken_again(house)
    assert SignIn.select().where(SignIn.ended_at.is_null()).count() == 0
    assert sessions.resume(house.token) is None
    assert chain.verify().whole
    assert closed.restoring() is None
    assert not ledger.is_behind()
    ledger.verify()


def rights_are_taken_again(house) -> None:
    people = house.people
    rows = {row.username: row for row in Account.select()}
    assert rows["olli"].closed_at is not None
    assert rows["mikko"].roles == {"adviser"}, "what has ended since is over, what was given since is not given again"
    assert rows["mikko"].queue_ids == {people.daycare.id}
    manages = Right.get_by_id(house.manages.id)
    assert (manages.state, manages.end) == (RightState.ENDED, End.RESTORED)
    assert rows["dag"].totp_sealed is None
    assert not passwords.verify(rows["dag"].password_hash, persons.PASSWORD), "or the old password enrols a new factor"
    assert not passwords.verify(rows["disa"].password_hash, persons.PASSWORD)
    assert factors.codes_left(rows["kerstin"]) == 9
    assert passwords.verify(rows["karin"].password_hash, persons.PASSWORD)
    assert rows["karin"].roles == {"adviser"}
    assert passkeys.of(rows["karin"]) == [house.key], "a key that was lost and removed opens nothing again"
    assert rows["maria"].closed_at is None


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
