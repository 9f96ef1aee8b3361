"""Does the sound of every call still open, from its first byte to its last?

The nightly comparison (`reconcile`) looks at names and sizes; here every chunk is read and its seal opened. For a disk
that has lost bits in silence, and before the last backup from before it is removed.
"""

import dataclasses
import uuid
from collections.abc import Callable

import peewee

from portal.accounts.models import Account
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import db
from portal.recordings.models import Recording, State
from portal.vault import keystore, objects
from portal.vault.box import SealBroken

BATCH = 100
MOST_LOGGED = 100
"""Calls that get an entry of their own in one check; more is no rot but a disk that is not there, and is counted."""
TRIES = 3
"""A call that moves between the stores, or is sealed anew, is looked for so often."""


@dataclasses.dataclass
class Checked:
    read: int = 0
    whole: int = 0
    """How many there are to read."""
    place: int = 0
    """Key of the last one that was read: where a check that was broken off goes on."""
    broken: int = 0
    """How many do not open whole."""
    subjects: list[uuid.UUID] = dataclasses.field(default_factory=list)
    """Those that this run has found, the first MOST_LOGGED of them."""


def check(begun: Checked, told: Callable[[Checked], object], *, by: Account | None = None) -> Checked:
    """Read the sound of every live call after `begun.place`. Each that does not open whole is an entry of the log, up
    to MOST_LOGGED; so is the check at its end. `told` is called after each."""
    begun.whole = begun.read + _live().where(Recording.id > begun.place).count()
    while batch := list(_live().where(Recording.id > begun.place).order_by(Recording.id).limit(BATCH)):
        for row in batch:
            begun.read, begun.place = begun.read + 1, row.id
            begun.whole = max(begun.whole, begun.read)  # calls come in meanwhile
            if not _opens(row.id):
                _note(row, begun, by)
            told(begun)
    with db.atomic():
        record(Act.SOUND_CHECKED, by=by, count=begun.read, found=begun.broken)
    return begun


def _note(row: Recording, checked: Checked, by: Account | None) -> None:
    checked.broken += 1
    if checked.broken <= MOST_LOGGED:
        checked.subjects.append(row.uuid)
        with db.atomic():
            record(Act.SOUND_BROKEN, row, by=by)


def _live() -> peewee.ModelSelect:
    return Recording.select(Recording.id, Recording.uuid, Recording.queue).where(Recording.state == State.LIVE)


def _opens(key: int) -> bool:
    """True also for one that is deleted under our eyes."""
    for _ in range(TRIES):
        row = Recording.get_or_none(Recording.id == key, Recording.state == State.LIVE)
        if row is None:
            return True
        try:
            return _read(row)
        except (keystore.NoKey, objects.NoObject, SealBroken, OSError):
            continue
    return not Recording.select().where(Recording.id == key, Recording.state == State.LIVE).exists()


def _read(row: Recording) -> bool:
    with objects.Reader(row.vault_id, "original", store=row.store) as reader:
        for _ in reader.span(0, reader.size):
            pass
        return row.original_size in (None, reader.size)
