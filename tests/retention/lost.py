"""A register whose machine is lost: what it holds at the backup, what happens after it, how it is to be put back."""

import datetime as dt

import pytest

from portal import clock, db
from portal.accounts import actions as accounts
from portal.accounts import factors, passkeys, passwords, sessions
from portal.accounts.models import Account, Passkey, RecoveryCode, RoleGrant, SignIn
from portal.accounts.permissions import Role
from portal.audit import chain
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.errors import NotFound
from portal.ingest.models import Quarantined, QuarantineState
from portal.recordings.actions import get
from portal.recordings.models import Recording, State
from portal.retention import actions, closed, deletion, freezes, holds, ledger, standing
from portal.retention.models import Freeze, Hold, PurgeLine, Result, Rule
from portal.rights import command, ending
from portal.rights.models import End, Right
from portal.rights.models import State as RightState
from portal.vault import keystore, objects
from tests import people as persons
from tests.calls import recording
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
