"""Changing the root key while the portal runs.

The new key joins the keyring, which both then open, and from that moment every process seals under it; what is sealed
under an older one is sealed anew, file by file and row by row; the new key takes the old one's place; the keyring opens
to it alone. The keyring is the job: whatever a kill leaves, all can be opened, and the next run goes on from there.
"""

import dataclasses
import itertools
import os
import time
from collections.abc import Callable

from portal import config, db, lock
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.jobs.models import Kind
from portal.jobs.running import Run, Watch, running
from portal.keys import columns
from portal.vault import box, keystore, ring, root

PASSES = 20
STRAGGLERS_SECONDS = 2.0
"""Whoever sealed a secret just before the new key came has written it to the register by then."""


class Busy(Exception):
    """Another rotation runs."""


class Refused(Exception):
    """The root key cannot be changed now; the text says what to do."""


@dataclasses.dataclass
class Rotated:
    before: str
    id: str
    """Of the key in force, hex."""
    source: str
    files: int = 0
    rows: int = 0
    unreadable: int = 0
    """Keys and secrets that nothing opens, nor did before."""
    finished: bool = False
    """The old key opens nothing any more."""


def rotate(new: bytes | None = None, *, watch: Watch | None = None) -> Rotated:
    """Change the root key to `new`, else to one made here; go on with a rotation that was not finished.

    A key that comes from a file is replaced there. One from elsewhere is replaced by whoever gives it: then it is
    finished by the next run, which is given the new one. `watch` is told
    how far it has come. Raises Busy, Refused, RootKeyMissing, OSError.
    """
    with lock.alone("rotation") as mine:
        if not mine:
            raise Busy
        held, given = ring.fresh(), root.read()
        if not held.turning:
            held = _begin(held, given, new)
        elif new is not None and new != held.current:
            raise Refused(f"a rotation to {held.id.hex()} is not finished: run `portal keys rotate` without a key")
        done = Rotated(before=root.id_of(held.keys[-2]).hex(), id=held.id.hex(), source=given.source)
        with running(Kind.ROTATION, soon=True, anew=True, watch=watch) as job:
            _seal_anew(done, job)
            job.amiss = done.unreadable
        if given.source == "file" and given.key != held.current:
            root.put(config.settings().root_key, held.current)
            given = root.read()
        done.finished = given.key == held.current
        with db.db.atomic():
            record(
                Act.KEYS_ROTATED,
                root=done.id,
                earlier=done.before,
                files=done.files,
                rows=done.rows,
                unreadable=done.unreadable,
                finished=done.finished,
            )
        if done.finished:
            ring.write(held.keys, opened_by=(held.current,))
        db.checkpoint()  # the old rows are still in the database's log
        return done


def _begin(held: ring.Ring, given: root.Root, new: bytes | None) -> ring.Ring:
    if new is None and given.source != "file":
        raise Refused(
            f"the root key comes from the {given.source}: make the next one with `portal keys new FILE`, "
            "then `portal keys rotate --to FILE`"
        )
    if new is not None and new in held.keys:
        raise Refused(f"{root.id_of(new).hex()} is or was the root key here: take a new one")
    key = new or os.urandom(root.SIZE)
    return ring.write((*held.keys, key), opened_by=(given.key, key))


def _seal_anew(done: Rotated, job: Run) -> None:
    """Until a pass finds nothing more: what was begun under the old key may have come after the first."""
    for turn in range(PASSES):
        if turn:
            time.sleep(STRAGGLERS_SECONDS)
        files, rows, unreadable = _pass(_unheard if turn else _teller(job))
        done.files, done.rows, done.unreadable = done.files + files, done.rows + rows, unreadable
        if turn and not files and not rows:
            return


def _teller(job: Run) -> Callable[[], object]:
    """For the first pass, which is the long one: after each key."""
    turns, whole = itertools.count(1), sum(1 for store in keystore.STORES for _ in keystore.subjects(store=store))
    return lambda: job.tell(next(turns), whole)


def _unheard() -> None:
    """The passes after it find next to nothing."""


def _pass(told: Callable[[], object]) -> tuple[int, int, int]:
    files = broken = 0
    for store in keystore.STORES:
        for subject in keystore.subjects(store=store):
            told()
            try:
                files += keystore.wrap_anew(subject, store=store)
            except keystore.NoKey:
                continue  # destroyed since
            except box.SealBroken:
                broken += 1
    found = columns.seal_anew()
    return files, found.anew, broken + found.unreadable


@dataclasses.dataclass(frozen=True)
class Standing:
    id: str
    source: str
    turning: bool
    earlier: int
    """Root keys there were before."""
    files: dict[str, int]
    """How many keys are wrapped under which root key."""


def standing() -> Standing:
    """What is in force. Raises RootKeyMissing."""
    held, given = ring.fresh(), root.read()
    files: dict[str, int] = {}
    for store in keystore.STORES:
        for name, count in keystore.named_in(store).items():
            files[name.hex()] = files.get(name.hex(), 0) + count
    return Standing(held.id.hex(), given.source, held.turning, len(held.keys) - 1, files)
