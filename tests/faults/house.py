"""A register with a call of every kind, and the acts that are tried on it under every fault."""

import datetime as dt
import shutil
import uuid
from collections.abc import Callable
from pathlib import Path

from portal import clock, config, db
from portal.accounts import sessions
from portal.accounts.models import SignIn
from portal.ingest import actions as ingest
from portal.recordings.models import Recording
from portal.retention import actions, backup, closed, freezes, holds, moves, replay, restore, threats
from portal.retention.models import Hold, Threat
from portal.start import prepare
from tests import kill
from tests.calls import tone, wav
from tests.ingest import deliveries
from tests.retention import drill, kept, made

NOW = made.DUE - dt.timedelta(hours=10)
"""The evening before the calls' date."""
PAST = made.DUE + dt.timedelta(hours=12)
AFTER = PAST + dt.timedelta(minutes=10)
"""When the sweeps of a portal that was started again run."""
LATER = dt.timedelta(days=30)
"""So much younger are the calls whose date has not come at AFTER."""
DELIVERED = wav(tone(0.5, 1))


class House:
    """Put back as it was before each fault. `folder` has the data, the ledger and the backups."""

    def __init__(self, people, settings) -> None:
        self.people, self.settings = people, drill.apart(settings)
        self.backups = settings.data.with_name("backups")
        self.sounds: dict[uuid.UUID, bytes] = {}
        self.case, self.other_case = kept.Case(), kept.Case()
        with clock.frozen(NOW):
            self._fill()
        self.sounds = {row.uuid: drill.sound(row) for row in Recording.select()}
        self.folders = [self.settings.data, self.settings.ledger, self.backups]
        self.states: dict[str, Path] = {}
        self.keep("whole")

    def _fill(self) -> None:
        people, call = self.people, self.call
        self.plain, self.reported, self.due, self.unmoved = (call() for _ in range(4))
        self.held, self.frozen, self.both = call(), call(), call()
        self.young, self.erased = call(later=LATER), call(later=LATER)
        made.Note.create(recording=self.due, author=people.adviser, text="zqvanteckning")
        self.threat = kept.report(self.reported, people.adviser)
        for row in (self.held, self.both):
            kept.place(row, people.manager)
        attempt, moves.attempt = moves.attempt, lambda hold: False
        try:
            kept.place(self.unmoved, people.manager)
        finally:
            moves.attempt = attempt
        freezes.freeze([self.frozen, self.both], because=self.case, by=people.clerk)
        freezes.freeze([self.erased], because=self.other_case, by=people.clerk)
        assert not actions.purge_due().paused
        people.manager.sign_in = self._session()

    def call(self, *, later: dt.timedelta = dt.timedelta(0)) -> Recording:
        number = Recording.select().count()
        row = kept.call(self.people, after=later + dt.timedelta(seconds=number), sound=b"RIFF-%d-" % number * 20)
        self.sounds[row.uuid] = drill.sound(row)
        return row

    def _session(self) -> SignIn:
        sessions.open_session(self.people.manager, sessions.FULL)
        return SignIn.select().order_by(SignIn.id.desc()).get()

    def keep(self, name: str) -> None:
        """Remember everything on disk as it is now."""
        if not db.db.is_closed() and self.settings.database.exists():
            db.checkpoint()
        db.db.close()
        place = self.settings.data.with_name(f"kept-{name}")
        for folder in self.folders:
            folder.mkdir(exist_ok=True)
            shutil.copytree(folder, place / folder.name)
        self.states[name] = place

    def put_back(self, name: str) -> None:
        db.db.close()
        for folder in self.folders:
            shutil.rmtree(folder)
            shutil.copytree(self.states[name] / folder.name, folder)

    # What is tried

    def import_(self) -> None:
        with clock.frozen(NOW + dt.timedelta(seconds=6)):
            summary = ingest.sweep_inbox()
        if summary.faults:
            raise OSError(summary.fault)

    def hold(self) -> None:
        with clock.frozen(NOW):
            kept.place(self.plain, self.people.manager)

    def hold_reported(self) -> None:
        with clock.frozen(NOW):
            threats.hold(
                Threat.get_by_id(self.threat.id),
                reason=kept.REASON,
                action_ahead=kept.AHEAD,
                review_on=kept.review(),
                by=self.people.manager,
            )

    def move(self) -> None:
        with clock.frozen(NOW):
            actions.tend_kept()

    def release_early(self) -> None:
        with clock.frozen(NOW):
            self._release(self.held, holds.Then.KEPT)

    def release_late(self) -> None:
        with clock.frozen(PAST):
            self._release(self.held, holds.Then.PURGED)

    def release_unmoved(self) -> None:
        with clock.frozen(PAST):
            self._release(self.unmoved, holds.Then.PURGED)

    def release_frozen(self) -> None:
        with clock.frozen(PAST):
            self._release(self.both, holds.Then.FROZEN)

    def _release(self, row: Recording, seen: str) -> None:
        hold = Hold.get(Hold.recording == row.id)
        holds.release(hold, reason=kept.REASON, seen=seen, by=self.people.manager)

    def freeze(self) -> None:
        with clock.frozen(NOW):
            freezes.freeze([self.plain, self.held, self.due], because=self.other_case, by=self.people.clerk)

    def lift(self) -> None:
        with clock.frozen(PAST):
            freezes.lift(self.case, by=self.people.clerk)

    def purge(self) -> None:
        with clock.frozen(PAST):
            actions.purge_due()

    purge_again = purge
    move_again = move

    def erase(self) -> None:
        with clock.frozen(NOW):
            actions.erase(self.erased, because=self.other_case, by=self.people.decider)

    def backup(self) -> None:
        with clock.frozen(NOW):
            backup.make(self.backups)

    def restore(self) -> None:
        """As `portal restore`, in a process that has not opened the register."""
        with clock.frozen(PAST), restore.alone():
            found = restore.find(self.backups)
            restore.refuse_unless_ready(found, without_ledger=False)
            restore.put_back(found)
            prepare(config.settings())
            if replay.run(found.name, found.made_at).whole:
                closed.end()

    # From where it is tried

    def state_for(self, act: str) -> str:
        """The name of the state from which `act` is tried; made at its first use."""
        wanted = {
            "import": self._delivered,
            "purge": self._many,
            "purge_again": self._half_purged,
            "move_again": self._half_moved,
            "restore": self._lost,
        }.get(act)
        if wanted is None:
            return "whole"
        if act not in self.states:
            self.put_back("whole")
            db.connect()
            with clock.frozen(NOW):
                wanted()
            self.keep(act)
        return act

    def _delivered(self) -> None:
        """A call, one that is cut off, and their details."""
        names = [deliveries.name(started_at=NOW - dt.timedelta(minutes=9), count=n) for n in (1, 2)]
        for name, content in zip(names, (DELIVERED, DELIVERED[:-77]), strict=True):
            deliveries.deliver(name, content)
        deliveries.deliver("cdr.csv", deliveries.cdr(*map(deliveries.detail, names)))
        ingest.sweep_inbox()

    def _many(self) -> None:
        for _ in range(3):
            self.call()
        made.quarantined(name="a.wav")
        made.quarantined(name=f"sub/{made.NUMBER}.wav", sealed=False)

    def _half_purged(self) -> None:
        """A sweep died over it."""
        self._many()
        assert kill.run_faulty(lambda: (db.connect(), self.purge()), 70, "before").killed

    def _half_moved(self) -> None:
        assert kill.run_faulty(lambda: (db.connect(), self.hold()), 30, "before").killed

    def _lost(self) -> None:
        """A backup, then a day on which something happens to many calls, then the machine is lost."""
        self.backup()
        with clock.frozen(NOW):
            kept.place(self.plain, self.people.manager)
            freezes.freeze([self.reported], because=self.other_case, by=self.people.clerk)
            actions.erase(self.erased, because=self.other_case, by=self.people.decider)
        self.release_late()
        self.purge()
        drill.breaks(self.settings)


ACTS: dict[str, Callable[[House], None]] = {
    name.strip("_"): getattr(House, name)
    for name in (
        "import_",
        "hold",
        "hold_reported",
        "move",
        "release_early",
        "release_late",
        "release_unmoved",
        "release_frozen",
        "freeze",
        "lift",
        "purge",
        "purge_again",
        "move_again",
        "erase",
        "backup",
        "restore",
    )
}
