"""`portal doctor` and `portal units`: for whoever installs the portal and looks after its machine."""

import dataclasses
import json
import sys
from pathlib import Path

import click

from portal import config
from portal.machine import doctor as looking
from portal.machine import units as systemd
from portal.machine.told import Level, Told
from portal.vault import durable

WORDS = {Level.GOOD: "good", Level.LOOK: "look", Level.MEND: "MEND"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def doctor(as_json: bool) -> None:
    """Look at this machine, and say what to mend. Changes nothing.

    Run it as the user who owns the data folder: before the first start, after an upgrade, and when something is
    amiss. Exit code 0: all is good, 1: there is something to look at, 2: something has to be mended.
    """
    told = list(looking.look())
    level = max(one.level for one in told)
    if as_json:
        lines = [dataclasses.asdict(one) | {"level": one.level.name.lower()} for one in told]
        click.echo(json.dumps({"level": level.name.lower(), "lines": lines}))
    else:
        click.echo("\n".join(_text(one) for one in told))
    sys.exit(level)


def _text(one: Told) -> str:
    line = f"{WORDS[one.level]:5} {one.about + ':':14} {one.says}"
    return f"{line}\n{' ' * 21}→ {one.mend}" if one.mend else line


@click.command()
@click.option("--backup", required=True, type=click.Path(file_okay=False, path_type=Path), help="Where backups go.")
@click.option("--keys", type=click.Path(file_okay=False, path_type=Path), help="Where their keys go; else with them.")
@click.option("--user", default="portal", show_default=True, help="Who owns the data folder.")
@click.option("--signer", default="portal-log", show_default=True, help="Who owns the key that signs the log.")
@click.option("--root-key", type=click.Path(path_type=Path), help="The root key as `systemd-creds encrypt` wrote it.")
@click.option("--to", type=click.Path(file_okay=False, exists=True, path_type=Path), help="Write them here instead.")
def units(backup: Path, keys: Path | None, user: str, signer: str, root_key: Path | None, to: Path | None) -> None:
    """Print the systemd units of this installation: web, worker, signer of the log, and the backup of each night.

    They follow the settings; print them anew when a path, the host or the port has changed.
    """
    settings = config.settings()
    plan = systemd.Plan(
        program=Path(sys.executable).absolute().with_name("portal"),
        user=user,
        signer=signer,
        backup=backup.absolute(),
        backup_keys=keys.absolute() if keys else None,
        credential=root_key.absolute() if root_key else None,
    )
    if not plan.program.exists():
        raise click.ClickException(f"{plan.program} is not there: run `make install`")
    try:
        made = systemd.written(settings, plan)
    except systemd.Unwritten as error:
        raise click.ClickException(str(error)) from error
    if to is None:
        click.echo("\n".join(f"# {name}\n{text}" for name, text in made.items()), nl=False)
    for name, text in made.items() if to else ():
        assert to is not None
        with durable.new_file(to / name) as file:
            file.write(text.encode())
        (to / name).chmod(0o644)
    if not systemd.is_signed_apart(settings):
        click.echo("no unit for the signer: `checkpoint_key` lies in the data folder, and the worker signs", err=True)
