"""Is the portal closed because an older register was put back? Until it has been replayed, nobody is let in and
nothing is taken in or deleted."""

import json
from pathlib import Path
from typing import Any

from portal import config, db
from portal.retention import ledger
from portal.vault import durable


def marker() -> Path:
    """Stands from before the first file is put back until the replay is done."""
    return config.settings().data / "restoring.json"


def restoring() -> dict[str, Any] | None:
    """What is being restored; None when nothing is."""
    try:
        told: dict[str, Any] = json.loads(marker().read_text())
    except FileNotFoundError:
        return None
    return told


def begin(**told: Any) -> None:
    with durable.new_file(marker()) as file:
        file.write(json.dumps(told).encode())


def end() -> None:
    durable.remove(marker())


def refuse() -> None:
    """Raises ConfigError when the portal is closed. The register must be bound and migrated.

    Not only `portal restore` puts an older register back: a file copied by hand is seen too, by a log
    that never was where the ledger left it.
    """
    if restoring() is not None:
        raise config.ConfigError("a restore is not finished: run `portal restore` with the same folder again")
    db.connect()
    try:
        behind = ledger.is_behind()
    except ledger.Broken as error:
        raise config.ConfigError(f"the ledger is not whole ({error}): see the README, Backup and restore") from error
    if behind:
        raise config.ConfigError(
            "the register is older than the ledger: run `portal restore --replay`, so that nothing deleted is back"
        )
