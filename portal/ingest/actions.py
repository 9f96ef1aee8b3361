"""What can be done with what comes in."""

import contextlib
import itertools
import os
from pathlib import Path

import peewee

from portal import config
from portal.accounts.models import Account
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import db
from portal.errors import Conflict
from portal.ingest import delivery, drafts, inbox, lock, quarantine
from portal.ingest.call import Refused
from portal.ingest.completion import store
from portal.ingest.content import Content
from portal.ingest.delivery import CSV, Delivery
from portal.ingest.inbox import Found
from portal.ingest.intake import Intake, Summary
from portal.ingest.models import Quarantined, QuarantineState, Reason
from portal.ingest.registration import close
from portal.jobs.models import Kind
from portal.jobs.running import Watch, running
from portal.language import N_
from portal.retention import sweeps
from portal.vault import keystore
from portal.vault.objects import NoObject

__all__ = ["Summary", "discard", "import_path", "retry", "sweep_inbox", "view"]

RETRY_WAITS_SECONDS = 20
"""Someone stands at the screen."""


class StillRefused(Conflict):
    """A retry ended in quarantine again."""

    text = N_("Filen gick inte att ta in nu heller. Den ligger kvar i karantänen, och orsaken står på sidan.")


def sweep_inbox() -> Summary:
    """Bring in what has settled in the inbox. Can be run any number of times; when another process
    sweeps already, nothing is done and the summary is `busy`.

    What an import that died has left in the vault is removed first. A file that grows, or whose call
    details are still to come, waits. One that cannot be taken goes to quarantine; a disk that refuses is a
    fault of this sweep, and its file is looked at again by the next.
    """
    with lock.sweeping() as mine:
        if not mine:
            return Summary(busy=True)
        with sweeps.running("inbox") as run, running(Kind.INBOX) as job:
            with lock.importing():
                drafts.clear_orphans()
            intake = Intake()
            files = list(inbox.walk(config.settings().inbox, intake.fault))
            listed = _standing(files)
            turns = itertools.count(1)

            def had_its_turn(_: Found) -> None:
                if job.tell(job.before + next(turns), job.before + len(files)):
                    with contextlib.suppress(peewee.PeeweeException):  # at the next time
                        intake.forget_left()

            intake.take_all(inbox.compare(files), listed, had_its_turn)
            intake.forget_left()
            if intake.left:
                inbox.remove_empty_folders(config.settings().inbox)
            run.fault = job.fault = intake.summary.fault
            return intake.summary


def _standing(files: list[Found]) -> dict[str, Quarantined]:
    """The rows of refused files that still stand, by name; those that are gone are closed."""
    here = {file.name for file in files}
    rows = Quarantined.select().where(Quarantined.state == QuarantineState.WAITING, ~Quarantined.sealed)
    listed = {row.name: row for row in rows}
    for name in listed.keys() - here:
        quarantine.forget_standing(listed.pop(name))
    return listed


def import_path(path: Path, *, move: bool = False, watch: Watch | None = None) -> Summary:
    """Bring in a file, or everything below a folder, by hand: nothing waits for anything.

    The sources stay unless `move`. `watch` is told how far it has come. Raises FileNotFoundError.
    """
    intake = Intake(by_hand=True, remove=move)
    if path.is_dir() and not path.is_symlink():
        files = list(inbox.walk(path, intake.fault))
    else:
        files = [inbox.look(path, path.parent, os.lstat(path))]
    with lock.importing():
        drafts.clear_orphans()
    turns = itertools.count(1)
    with running(Kind.IMPORT, soon=True, watch=watch) as job:

        def had_its_turn(_: Found) -> None:
            job.tell(next(turns), len(files))

        intake.take_all(files, progress=had_its_turn)
        job.fault = intake.summary.fault
    return intake.summary


def retry(quarantined: Quarantined, *, by: Account) -> None:
    """Try a waiting file again, now that a queue or a setting may have changed: opened in memory, never
    on disk in the clear.

    Taken: the recording is made, the quarantined copy deleted. Raises StillRefused when it is refused again
    (the row has the new reason), Busy when an import is under way, Conflict when it no longer waits.
    """
    if quarantined.state != QuarantineState.WAITING:
        raise Conflict
    if quarantined.sealed:
        with lock.importing(wait_seconds=RETRY_WAITS_SECONDS):
            _retry_sealed(quarantined, by=by)
    else:
        _retry_standing(quarantined, by=by)


def _retry_sealed(quarantined: Quarantined, *, by: Account) -> None:
    try:
        content = Content.sealed(quarantined.uuid, "original")
    except (keystore.NoKey, NoObject) as error:
        raise Conflict from error  # its time came meanwhile
    with Delivery(quarantined.name or "", content) as parcel:
        try:
            if parcel.source == CSV:
                store(delivery.read_rows(content, whole=True))
                close(quarantined, None, by=by)
            else:
                parcel.take(delivery.beside_sealed(quarantined.uuid), quarantined=quarantined, by=by)
        except Refused as refused:
            quarantine.refuse_again(quarantined, refused, by=by)
            raise StillRefused from refused
    with contextlib.suppress(OSError):  # what the disk refuses now is removed before the next import
        drafts.remove(quarantined.uuid)


def _retry_standing(quarantined: Quarantined, *, by: Account) -> None:
    intake = Intake(by_hand=True, by=by)
    found = [f for f in inbox.walk(config.settings().inbox, intake.fault) if f.name == quarantined.name]
    if not found:
        quarantine.forget_standing(quarantined)
        raise Conflict
    summary = intake.take_all(found, {found[0].name: quarantined})
    intake.forget_left()
    if not (summary.taken or summary.duplicates):
        row = Quarantined.get_by_id(quarantined.id)
        quarantine.refuse_again(row, Refused(Reason(row.reason), row.detail), by=by)
        raise StillRefused


def discard(quarantined: Quarantined, *, by: Account) -> bool:
    """Delete a waiting file for good, with a line in the purge protocol. False: the disk refused, and every
    purge sweep tries again. Raises Conflict when it no longer waits."""
    from portal.retention.actions import discard_quarantined  # retention deletes, and knows this capability's models

    return discard_quarantined(quarantined, by=by)


@db.atomic()
def view(quarantined: Quarantined, *, by: Account) -> None:
    """Note that `by` looked at what is known of the file."""
    record(Act.QUARANTINE_VIEWED, quarantined, by=by, reason=quarantined.reason)
