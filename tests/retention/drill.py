"""A machine with its backups and its ledger on other disks; it breaks, and an empty one takes its place."""

import dataclasses
import json
import shutil

from click.testing import CliRunner

from portal import config, db
from portal.cli import root
from portal.recordings.models import Recording, State
from portal.retention import backup
from portal.vault import keystore, objects, ring


def apart(settings):
    """The settings with the ledger beside the data folder, in force."""
    chosen = config.use(dataclasses.replace(settings, ledger=settings.data.with_name("ledger")))
    db.bind(chosen)
    db.connect()
    return chosen


def portal(*words):
    """Runs as in a process of its own: the connection is closed around it."""
    db.db.close()
    answer = CliRunner().invoke(root, [str(word) for word in words])
    db.bind(config.settings())
    if config.settings().database.exists():
        db.connect()
    return answer


def make(folder, **options):
    return backup.make(folder, **options)


def breaks(settings) -> None:
    """The machine is lost; an empty data folder with the root key from the safe takes its place."""
    db.db.close()
    ring.forget()
    lost = settings.data.with_name("lost")
    shutil.rmtree(lost, ignore_errors=True)
    settings.data.rename(lost)
    settings.data.mkdir()
    settings.secrets.mkdir()
    shutil.copy(lost / "secrets" / "root.key", settings.root_key)


def restore(folder, *words):
    return portal("restore", folder, *words)


def told(answer) -> dict:
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.output)


def sound(row) -> bytes:
    return objects.read(row.uuid, "original", store=Recording.get(Recording.uuid == row.uuid).store)


def is_gone(row) -> bool:
    """A tombstone, and neither key nor sound in any store."""
    found = Recording.get_or_none(Recording.uuid == row.uuid)
    traces = [
        there
        for store in keystore.STORES
        for there in (keystore.exists(row.uuid, store=store), objects.anything(row.uuid, store=store))
    ]
    return found is not None and found.state == State.PURGED and found.number is None and not any(traces)
