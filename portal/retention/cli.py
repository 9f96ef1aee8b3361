"""`portal purge` and `portal status`: deletion by hand, and whether it is alive."""

import dataclasses
import json
import sys

import click

from portal import config, db
from portal.retention import actions, health
from portal.retention.actions import Preview, Summary
from portal.retention.health import Level, Report


def _open() -> None:
    settings = config.settings()
    if not settings.database.exists():
        raise click.ClickException("there is no register in the data folder: run `portal migrate`")
    db.bind(settings)
    db.connect()


@click.command()
@click.option("--dry-run", is_flag=True, help="Say what would be deleted; change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def purge(dry_run: bool, as_json: bool) -> None:
    """Delete what is past its date, and what an older copy of the files brought back.

    Exit code 0: done, 1: something failed or another sweep runs.
    """
    _open()
    if db.pending():
        raise click.ClickException("the register waits for an upgrade: run `portal migrate`")
    done = actions.preview() if dry_run else actions.purge_due(thorough=True)
    click.echo(json.dumps(dataclasses.asdict(done)) if as_json else _told(done))
    sys.exit(1 if isinstance(done, Summary) and (done.busy or done.failed or not done.log_emptied) else 0)


def _told(done: Preview | Summary) -> str:
    if isinstance(done, Preview):
        return (
            f"would delete: {done.recordings} recordings, {done.quarantined} quarantined files; "
            f"would finish: {done.unfinished} claimed earlier"
        )
    if done.busy:
        return "another sweep is under way; nothing was done"
    lines = [f"deleted: {done.purged}", f"failed:  {done.failed}"]
    lines += [f"  {kind}: {count}" for kind, count in sorted(done.failures.items())]
    if done.returned:
        lines.append(f"came back and deleted again: {done.returned}")
    if not done.log_emptied:
        lines.append("the database's log is in use and could not be emptied; the next sweep tries again")
    return "\n".join(lines)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def status(as_json: bool) -> None:
    """Is deletion alive? Exit code 0: yes, 1: warnings, 2: data past its date is here, or nobody sweeps."""
    _open()
    if any(name.startswith("0001") for name in db.pending()):
        raise click.ClickException("the register has no tables: run `portal migrate`")
    report = health.report()
    click.echo(json.dumps(_plain(report)) if as_json else _text(report))
    sys.exit(report.level)


def _plain(report: Report) -> dict[str, object]:
    return {
        "at": report.at.isoformat(),
        "level": report.level.name.lower(),
        "overdue": report.alarm.overdue,
        "silent": report.alarm.silent,
        "last_good": report.alarm.last_good.isoformat() if report.alarm.last_good else None,
        "failed": report.failed,
        "documents": report.documents,
        "faults": report.faults,
        "pending": report.pending,
    }


def _text(report: Report) -> str:
    words = {Level.GOOD: "good", Level.WARNING: "warnings", Level.ALARM: "ALARM"}
    last_good = report.alarm.last_good
    lines = [
        f"status:          {words[report.level]}",
        f"overdue:         {report.alarm.overdue}",
        f"last good sweep: {last_good.isoformat(timespec='seconds') if last_good else 'never'}",
        f"failed:          {report.failed}",
    ]
    if report.documents:
        lines.append(f"documents:       {report.documents} could not be made")
    lines += [f"fault:           {sweep}: {fault}" for sweep, fault in report.faults.items()]
    lines += [f"not migrated:    {name}" for name in report.pending]
    return "\n".join(lines)
