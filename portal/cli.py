"""The `portal` command for operators. Each command lives in its capability's `cli.py`."""

import importlib
import os
import sys
from pathlib import Path
from typing import Any

import click

from portal import config, logs, processes

COMMANDS = {
    "migrate": "portal.start:migrate",
    "serve": "portal.start:serve",
    "worker": "portal.start:worker",
    "demo": "portal.demo.cli:demo",
    "account": "portal.accounts.cli:account",
    "rights": "portal.rights.cli:rights",
    "ingest": "portal.ingest.cli:ingest",
    "render": "portal.recordings.cli:render",
    "purge": "portal.retention.cli:purge",
    "reconcile": "portal.retention.cli:reconcile",
    "status": "portal.retention.cli:status",
    "jobs": "portal.jobs.cli:jobs",
    "backup": "portal.retention.cli:backup",
    "restore": "portal.retention.cli:restore",
    "audit": "portal.audit.cli:audit",
    "keys": "portal.keys.cli:keys",
    "document": "portal.documents.cli:document",
    "doctor": "portal.machine.cli:doctor",
    "units": "portal.machine.cli:units",
    "bench": "portal.bench.cli:bench",
    "supply": "portal.supply.cli:supply",
}


class Lazy(click.Group):
    """Imports a command only when it is asked for: `portal status` need not load the decoder.

    `at` says where each is: name to "module:attribute".
    """

    def __init__(self, *args: Any, at: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.at = at

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.at)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.at:
            return None
        module, name = self.at[cmd_name].split(":")
        command: Any = getattr(importlib.import_module(module), name)
        return command


NOT_WHILE_CLOSED = {"account", "rights", "ingest", "render", "purge", "reconcile", "backup"}
"""What would work on an older register before it has been replayed. `serve` and `worker` look for themselves."""

BY_ROOT_TOO = {"demo", "doctor", "units", "bench", "supply"}
"""They make nothing in the data folder that the environment names."""


@click.group(cls=Lazy, at=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def root(ctx: click.Context) -> None:
    """The call-recording portal. PORTAL_DATA names the data folder."""
    if {"-h", "--help"} & set(sys.argv):
        return
    if ctx.invoked_subcommand not in BY_ROOT_TOO:
        _refuse_root()
    if ctx.invoked_subcommand in NOT_WHILE_CLOSED:
        _refuse_closed()


def _refuse_root() -> None:
    """What root makes beside another user's register, be it SQLite's own files, that user could not write."""
    named = os.environ.get("PORTAL_DATA")
    register = Path(named) / "portal.db" if named else None
    if os.geteuid() == 0 and register and register.is_file() and (owner := register.stat().st_uid):
        name = processes.name_of(owner)
        raise config.ConfigError(f"the register is {name}'s, not root's: runuser -u {name} -- portal …")


def _refuse_closed() -> None:
    from portal import db
    from portal.retention import closed
    from portal.vault import box

    settings = config.settings()
    if not settings.database.exists() and closed.restoring() is None:
        return  # the command itself says what is missing
    db.bind(settings)
    try:
        if not any(name.startswith("0001") for name in db.pending()):
            closed.refuse()
    except box.RootKeyMissing as error:
        raise config.ConfigError(str(error)) from error
    finally:
        db.db.close()


def main() -> None:
    from portal.vault.root import RootKeyMissing

    logs.discreet()
    processes.keep_memory()
    try:
        root(standalone_mode=True)
    except (config.ConfigError, RootKeyMissing) as error:
        click.echo(f"portal: {error}", err=True)
        sys.exit(78)  # EX_CONFIG
