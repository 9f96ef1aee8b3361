"""`portal jobs`: long work, as its page shows it."""

import dataclasses
import json

import click

from portal import config, db
from portal.jobs import actions
from portal.jobs.actions import Shown


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def jobs(as_json: bool) -> None:
    """Work that takes long: how far it has come, and how it went. Exit code 0."""
    if not config.settings().database.exists():
        raise click.ClickException("there is no register in the data folder: run `portal migrate`")
    db.bind(config.settings())
    db.connect()
    if db.pending():
        raise click.ClickException("the register waits for an upgrade: run `portal migrate`")
    shown = actions.listed()
    if as_json:
        click.echo(json.dumps({"jobs": [_plain(one) for one in shown]}))
    else:
        click.echo("\n".join(map(_text, shown)) or "none")


def _plain(one: Shown) -> dict[str, object]:
    job = one.job
    times = {"ordered": job.ordered_at, "begun": job.begun_at, "told": job.told_at, "ended": job.ended_at}
    said = {name: moment.isoformat(timespec="seconds") if moment else None for name, moment in times.items()}
    rest = {"kind": job.kind, "state": one.state, "amiss": job.amiss, "breaks": job.breaks, "fault": job.fault}
    return rest | dataclasses.asdict(one.progress) | said


def _text(one: Shown) -> str:
    job = one.job
    since = (job.ended_at or job.begun_at or job.ordered_at).isoformat(timespec="seconds")
    parts = [f"{job.kind:<9} {one.state:<10} {since}", str(one.progress)]
    parts += [f"amiss: {job.amiss}"] if job.amiss else []
    parts += [job.fault] if job.fault else []
    return "  ".join(parts)
