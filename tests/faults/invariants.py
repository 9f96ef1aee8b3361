"""What must be so after any fault: nothing lost, nothing undead, nothing kept deleted, nothing unlogged.

What may be deleted is known from the log alone (who was told what, in which order), not from the columns by
which the portal decides.
"""

import collections
import datetime as dt
import hashlib
import json

import pytest

from portal import clock, db
from portal.audit import chain
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.errors import NotFound
from portal.ingest import actions as ingest
from portal.ingest.models import Quarantined, QuarantineState
from portal.recordings import listening
from portal.recordings.models import Note, Purpose, Recording, State, Store
from portal.retention import actions, backup, closed, ledger, restore
from portal.retention.models import Freeze, Hold, HoldState, PurgeLine, Result, Rule, Threat
from portal.vault import durable, keystore, objects
from tests.faults.house import AFTER, DELIVERED, House

STEPS = {
    Act.HOLD_PLACED: ("holds", 1),
    Act.HOLD_RELEASED: ("holds", -1),
    Act.FREEZE_PLACED: ("freezes", 1),
    Act.FREEZE_LIFTED: ("freezes", -1),
}


class Log:
    """What the log tells of each call."""

    def __init__(self) -> None:
        self.stands: dict = collections.defaultdict(lambda: {"holds": 0, "freezes": 0})
        self.counts: collections.Counter = collections.Counter()
        self.claimed: dict = {}
        for entry in Entry.select().where(Entry.subject_kind == "recording").order_by(Entry.id):
            self._add(entry)

    def _add(self, entry: Entry) -> None:
        self.counts[entry.subject, entry.act] += 1
        stands = self.stands[entry.subject]
        if entry.act in STEPS:
            what, step = STEPS[Act(entry.act)]
            stands[what] += step
        if entry.act == Act.KEPT_AGAIN:
            told = json.loads(entry.detail)
            stands |= {"holds": told["holds"], "freezes": told["freezes"]}
        if entry.act in (Act.PURGE_CLAIMED, Act.ERASURE_CLAIMED):
            if json.loads(entry.detail).get("again"):
                stands |= {"holds": 0, "freezes": 0}
            assert stands == {"holds": 0, "freezes": 0}, "a kept call was claimed"
            self.claimed[entry.subject] = entry


def hold_after(house: House) -> None:
    """At once after the fault, before any sweep."""
    log = Log()
    told = {(line.subject.hex) for line in ledger.lines() if line.kind == ledger.Kind.PURGE}
    holding = collections.Counter(
        key for (key,) in Hold.select(Hold.recording).where(Hold.state != HoldState.RELEASED).tuples()
    )
    frozen = collections.Counter(key for (key,) in Freeze.select(Freeze.recording).where(Freeze.stands).tuples())
    with clock.frozen(AFTER):
        reached = {row.id for row in Recording.within_reach_of(house.people.manager)}
    for row in Recording.select():
        stands = log.stands[row.uuid]
        assert {"holds": row.holds, "freezes": row.freezes} == stands, "a change of what keeps a call is not in the log"
        assert (row.holds, row.freezes) == (holding[row.id], frozen[row.id])
        if row.state == State.LIVE:
            is_whole(house, row)
            assert row.uuid not in log.claimed
            assert log.counts[row.uuid, Act.HOLD_MOVED] == (row.store == Store.THREAT)
            continue
        entry = log.claimed[row.uuid]  # whatever is no longer live was claimed, and the log says so
        ahead = json.loads(entry.detail)["rule"] == Rule.ERASURE
        assert ahead or row.expires_at <= entry.at, "claimed before its date"
        assert row.id not in reached
        line = PurgeLine.get(PurgeLine.subject == row.uuid)
        if not any(keystore.exists(row.uuid, store=store) for store in keystore.STORES):
            assert row.uuid.hex in told, "its key is gone and the ledger does not know"
        assert log.counts[row.uuid, Act.PURGED] == (row.state == State.PURGED)
        assert (line.result == Result.PURGED) == (row.state == State.PURGED)
        if row.state == State.PURGED:
            is_gone(house, row)
    assert chain.verify().whole
    ledger.verify()


def is_whole(house: House, row: Recording) -> None:
    """It can be heard: the key opens what the row names, and it is what came in."""
    sound = objects.read(row.uuid, "original", store=row.store)
    assert hashlib.sha256(sound).hexdigest() == row.original_sha256
    assert sound == house.sounds.get(row.uuid, DELIVERED)


def is_gone(house: House, row: Recording) -> None:
    for store in keystore.STORES:
        assert not keystore.exists(row.uuid, store=store), "deleted, and its key is there"
        assert not durable.scratch_of(keystore.path_of(row.uuid, store=store)).exists()
        assert not objects.anything(row.uuid, store=store), "deleted, and its bytes are there"
        with pytest.raises(keystore.NoKey):
            objects.read(row.uuid, "original", store=store)
    assert (row.number, row.subject, row.holds, row.freezes) == (None, "", 0, 0)
    assert not Note.select().where(Note.recording == row.id).exists()
    assert not db.db.execute_sql("SELECT 1 FROM recording_index WHERE rowid = ?", (row.id,)).fetchall()
    assert not Threat.select().where(Threat.recording == row.id, Threat.words != "").exists()
    with pytest.raises(NotFound):
        listening.open_listen(row, purpose=Purpose.QUALITY, reference="", by=house.people.manager)


def recover(house: House, act: str) -> None:
    """What a portal that was started again does by itself, and what its administrator does after a restore."""
    if act == "restore" and (closed.restoring() is not None or not house.settings.database.exists()):
        house.restore()
    with clock.frozen(AFTER):
        closed.refuse()
    for wait in (0, 6) if act == "import" else ():
        with clock.frozen(AFTER + dt.timedelta(seconds=wait)):
            assert not ingest.sweep_inbox().faults, "a look at the inbox stumbles"
    with clock.frozen(AFTER):
        assert actions.tend_kept().fault == ""
        summary = actions.purge_due()
        assert not summary.failures
        assert not summary.paused


def all_is_well(house: House, act: str) -> None:
    """After the next sweeps: what is due and not kept is gone, all else is there, and nothing else lies anywhere."""
    log, here = Log(), set()
    hold_after(house)
    for row in Recording.select():
        stands = any(log.stands[row.uuid].values())
        claimed = row.uuid in log.claimed
        assert stands or claimed == (row.expires_at <= AFTER or erased(log, row))
        assert row.state == (State.PURGED if claimed else State.LIVE)
        if not claimed:
            here.add((row.uuid, str(row.store)))
    still = Quarantined.select(Quarantined.uuid).where(Quarantined.state == QuarantineState.WAITING)
    waiting = {(subject, keystore.MAIN) for (subject,) in still.tuples()}
    for of in (keystore, objects):
        found = {(subject, store) for store in keystore.STORES for subject in of.subjects(store=store)}
        assert found == here | waiting, "each lies in the one store that its row names, and nothing beside"
    half = [p for p in house.settings.data.rglob("*.part") if p.stat().st_size or p.name != ".register.part"]
    assert not half, "half a file; the name of a backup's copy may be left, which is empty while it has one"
    assert not Hold.select().where(Hold.cleared_at.is_null(), Hold.state != HoldState.RELEASED).exists()
    assert not PurgeLine.select().where(PurgeLine.purged_at.is_null()).exists()
    assert not ledger.is_behind()
    assert len(waiting) == (act == "import")
    if act == "import":
        came = Recording.select().where(Recording.uuid.not_in(list(house.sounds))).count()
        assert came == 1, f"what was delivered once came in {came} times"
    if act == "backup":
        backup_is_whole(house)


def erased(log: Log, row: Recording) -> bool:
    return row.uuid in log.claimed and json.loads(log.claimed[row.uuid].detail)["rule"] == Rule.ERASURE


def backup_is_whole(house: House) -> None:
    """The next backup can be made, and every one that has a manifest has all that it names."""
    with clock.frozen(AFTER):
        backup.make(house.backups)
        for name in backup.names(house.backups):
            found = restore.find(house.backups, name=name)
            assert all((found.keys / key).exists() for key in found.key_files)
            assert all((found.calls / part).exists() for part in found.told["files"])


def told_is_so(house: House, act: str) -> None:
    """Whoever was told that it is done finds it done, at once."""
    rows = {row.uuid: row for row in Recording.select()}

    def now(row: Recording) -> Recording:
        return rows[row.uuid]

    true = {
        "import": lambda: len(rows) == len(house.sounds) + 1,
        "hold": lambda: now(house.plain).holds == 1,
        "hold_reported": lambda: now(house.reported).holds == 1,
        "release_early": lambda: now(house.held).holds == 0 and now(house.held).state == State.LIVE,
        "release_late": lambda: now(house.held).state != State.LIVE,
        "release_unmoved": lambda: now(house.unmoved).state != State.LIVE,
        "release_frozen": lambda: (now(house.both).holds, now(house.both).freezes) == (0, 1),
        "freeze": lambda: now(house.due).freezes == now(house.held).freezes == now(house.plain).freezes == 1,
        "lift": lambda: now(house.frozen).freezes == now(house.both).freezes == 0,
        "erase": lambda: now(house.erased).state != State.LIVE,
    }.get(act, lambda: True)
    assert true(), "it was told, and is not so"
