"""`portal render`: recordings made ready to be heard by hand, and those that could not be tried again."""

import sys

import click

from portal import config, db
from portal.recordings.render import render_pending, retry_failed


@click.command()
@click.option("--again", is_flag=True, help="Also those whose sound could not be made playable before.")
def render(again: bool) -> None:
    """Make the waveform, and what browsers can play, of the recordings that wait for it.

    Exit code 0: done, 1: some could not be made playable or another process is at it.
    """
    settings = config.settings()
    if not settings.database.exists():
        raise click.ClickException("there is no register in the data folder: run `portal migrate`")
    db.bind(settings)
    db.connect()
    if db.pending():
        raise click.ClickException("the register waits for an upgrade: run `portal migrate`")
    if again:
        click.echo(f"tried again: {retry_failed()}")
    ready = failed = 0
    while True:
        done = render_pending()
        if done.busy:
            raise click.ClickException("another process makes recordings ready; nothing was done")
        ready, failed = ready + done.ready + done.empty, failed + done.failed
        if not (done.ready or done.empty or done.failed or done.gone):
            break
    click.echo(f"ready:  {ready}\nfailed attempts: {failed}")
    sys.exit(1 if failed else 0)
