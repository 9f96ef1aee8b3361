"""`portal purge` and `portal status`: deletion by hand, and whether it is alive."""

import dataclasses
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from portal import clock, config, confined, db, start
from portal.jobs import actions as jobs
from portal.jobs.terminal import count, line
from portal.keys import care
from portal.retention import actions, checks, closed, copies, health, ledger, metrics, replay, sweeps, watch
from portal.retention import backup as backups
from portal.retention import restore as restoring
from portal.retention.actions import Preview, Summary
from portal.retention.health import Level, Report
from portal.vault import box, ring


def _open() -> None:
    settings = config.settings()
    if not settings.database.exists():
        raise click.ClickException("there is no register in the data folder: run `portal migrate`")
    db.bind(settings)
    db.connect()


def _open_current() -> None:
    _open()
    if db.pending():
        raise click.ClickException("the register waits for an upgrade: run `portal migrate`")


@click.group(invoke_without_command=True)
@click.option("--dry-run", is_flag=True, help="Say what would be deleted; change nothing.")
@click.option("--confirm", is_flag=True, help="It paused and asks: let it go on, and delete.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def purge(context: click.Context, dry_run: bool, confirm: bool, as_json: bool) -> None:
    """Delete what is past its date, and what an older copy of the files brought back.

    Exit code 0: done, 1: something failed, it paused, or another sweep runs.
    """
    _open_current()
    if context.invoked_subcommand:
        return
    if confirm and not dry_run and (pause := watch.standing()):
        watch.confirm(pause, by=None)
    done: Preview | Summary
    if dry_run:
        done = actions.preview()
    else:
        with line("purge") as heard:
            done = actions.purge_due(thorough=True, heard=heard)
    click.echo(json.dumps(dataclasses.asdict(done)) if as_json else _told(done))
    bad = isinstance(done, Summary) and (done.busy or done.failed or done.paused or not done.log_emptied)
    sys.exit(1 if bad else 0)


purge.add_command(checks.prove)


@click.command()
@click.option("--sound", is_flag=True, help="Instead read all sound through: does each call still open, whole?")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def reconcile(sound: bool, as_json: bool) -> None:
    """Compare register, keys, sound and call detail records; repair what is certain, list the rest.

    Exit code 0: all agrees, 1: something waits for a person, another one runs, or sound does not open.
    """
    _open_current()
    sys.exit(checks.read_through(as_json) if sound else checks.reconciled(as_json))


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
    if done.paused:
        lines.append(f"PAUSED ({done.paused}): nothing new was claimed. Look why, then `portal purge --confirm`")
    if not done.log_emptied:
        lines.append("the database's log is in use and could not be emptied; the next sweep tries again")
    return "\n".join(lines)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--metrics", "as_metrics", is_flag=True, help="Print the text format of Prometheus.")
def status(as_json: bool, as_metrics: bool) -> None:
    """Is deletion alive? Exit code 0: yes, 1: warnings, 2: data past its date is here, or nobody sweeps.

    With --metrics it is 0 whenever they could be had: `portal_level` tells.
    """
    if as_json and as_metrics:
        raise click.UsageError("--json or --metrics")
    _open()
    if any(name.startswith("0001") for name in db.pending()):
        raise click.ClickException("the register has no tables: run `portal migrate`")
    report = health.report()
    if as_metrics:
        click.echo("\n".join(metrics.lines(report, copies.newest_whole())))
        return
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
        "paused": report.alarm.paused,
        "waiting": report.waiting,
        "missed": report.missed,
        "seal_ends": report.seal_ends.isoformat() if report.seal_ends else None,
        "cases_good": report.cases_good.isoformat() if report.cases_good else None,
        "cases_silent": report.cases_silent,
        "jobs": [_job(one) for one in report.under_way],
        "inbox": {
            "waiting": report.inbox,
            "importing": dataclasses.asdict(report.importing) if report.importing else None,
        },
        "silent_queues": report.silent_queues,
        "confinement": report.confinement,
        "keys": {
            "missing": report.keys.missing,
            "unfinished": report.keys.unfinished,
            "since": report.keys.since.isoformat() if report.keys.since else None,
            "due": report.keys.due,
            "shares": report.keys.shares,
        },
        "log_signed": report.log_signed.isoformat() if report.log_signed else None,
        "log_silent": report.log_silent,
        "log_key_open": report.log_key_open,
        "faults": report.faults,
        "pending": report.pending,
    }


def _job(one: jobs.Shown) -> dict[str, object]:
    return {"kind": one.job.kind, "state": one.state, **dataclasses.asdict(one.progress)}


def _text(report: Report) -> str:
    words = {Level.GOOD: "good", Level.WARNING: "warnings", Level.ALARM: "ALARM"}
    last_good = report.alarm.last_good
    lines = [
        f"status:          {words[report.level]}",
        f"overdue:         {report.alarm.overdue}",
        f"last good sweep: {last_good.isoformat(timespec='seconds') if last_good else 'never'}",
        f"failed:          {report.failed}",
        *(["PAUSED:          it waits for an answer: `portal purge --confirm`"] if report.alarm.paused else []),
        *([f"to look at:      {report.waiting}: `portal reconcile`"] if report.waiting else []),
    ]
    if report.documents:
        lines.append(f"documents:       {report.documents} could not be made")
    if report.missed:
        lines.append(f"not reviewed:    {report.missed} held calls")
    if report.seal_ends:
        lines.append(f"seal:            the certificate ends {report.seal_ends.isoformat(timespec='seconds')}")
    if report.cases_silent:
        good = report.cases_good.isoformat(timespec="seconds") if report.cases_good else "never"
        lines.append(f"requests:        no good round of residents' requests since: {good}")
    if report.importing:
        lines.append(f"inbox:           {report.importing}")
    lines += [f"under way:       {one.job.kind}: {one.progress} ({one.state})" for one in report.under_way]
    if report.silent_queues:
        lines.append(f"announcements:   {report.silent_queues} service numbers tell callers, in words nobody decided")
    lines += [f"confinement:     {CONFINEMENT[report.confinement]}"] if report.confinement in CONFINEMENT else []
    lines += [f"root key:        {text}" for text in _key_text(report.keys)]
    if report.log_silent:
        signed = report.log_signed.isoformat(timespec="seconds") if report.log_signed else "never"
        lines.append(f"log not signed:  the last good round was: {signed}")
    if report.log_key_open:
        lines.append("log's key:       WARNING: the web can read it, and could sign a log of its own making")
    lines += [f"fault:           {sweep}: {fault}" for sweep, fault in report.faults.items()]
    lines += [f"not migrated:    {name}" for name in report.pending]
    return "\n".join(lines)


CONFINEMENT = {
    confined.Standing.REFUSED: "NONE to be had from the system: decoders and the typesetter get no work",
    confined.Standing.LOOSE: "NONE to be had from the system: decoders and the typesetter work within limits alone",
}


def _key_text(keys: care.Care) -> Iterator[str]:
    if keys.missing:
        yield keys.missing
    if keys.unfinished:
        yield "a rotation is NOT finished: `portal keys rotate`"
    if keys.due and keys.since:
        yield f"in force since {clock.local(keys.since).date()}, change it: `portal keys rotate`"
    if keys.shares == care.Shares.EARLIER:
        yield "the shares there are, are of an earlier one: `portal keys split`"
    if keys.shares == care.Shares.UNKNOWN and not keys.missing:
        yield "not split here: if it is nowhere else either, `portal keys split`"


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--keys", type=click.Path(file_okay=False, path_type=Path), help="Where the keys go; else FOLDER/keys.")
@click.option("--gone", metavar="NAME", help="Make none: say that the disk with this backup is destroyed.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def backup(folder: Path, keys: Path | None, gone: str | None, as_json: bool) -> None:
    """Make a backup in FOLDER while the portal runs; remove those whose seven days are over.

    Exit code 0: whole, 1: a live call was not in the stores, or an old backup could not be removed.
    """
    _open()
    try:
        if gone:
            copies.forget(_copy(gone), found=False)
            click.echo(json.dumps({"gone": gone}) if as_json else "noted")
            return
        with line("backup") as watch:
            made = backups.make(folder, keys=keys, watch=watch)
    except (OSError, *AMISS) as error:
        raise click.ClickException(f"no backup was made: {_why(error)}") from error
    click.echo(json.dumps(dataclasses.asdict(made)) if as_json else _made_text(made))
    sys.exit(1 if made.missing or made.removal_failed else 0)


AMISS = (ledger.Busy, ledger.Broken, ledger.Behind, backups.Busy, backups.NoBackup, restoring.Damaged)


def _why(error: BaseException) -> str:
    """The kind; the text too where it is the portal's own and tells nobody's data."""
    return f"{sweeps.kind(error)} {error}".strip() if isinstance(error, AMISS) else sweeps.kind(error)


def _copy(name: str) -> copies.Copy:
    found = [copy for copy in copies.every() if copy.name == name]
    if not found:
        raise click.ClickException("no such backup is on the list")
    return found[0]


def _made_text(made: backups.Made) -> str:
    lines = [
        f"backup:  {made.name}",
        f"calls:   {made.calls}, and {made.quarantined} files in quarantine",
        f"papers:  {made.documents} letters and protocols, {made.papers} papers and copies of requests",
        f"files:   {made.files}, {made.size} bytes",
    ]
    lines += [f"removed: {made.removed} whose days were over"] if made.removed else []
    lines += [f"NOT in the stores: {subject}" for subject in made.missing]
    lines += [f"old backups could NOT be removed: {made.removal_failed}"] if made.removal_failed else []
    return "\n".join(lines)


@click.command()
@click.argument("folder", required=False, type=click.Path(file_okay=False, exists=True, path_type=Path))
@click.option("--keys", type=click.Path(file_okay=False, exists=True, path_type=Path), help="Where the keys are.")
@click.option("--name", default="", help="Which backup; else the newest.")
@click.option("--replay", "only_replay", is_flag=True, help="The register is in place: only replay the ledger.")
@click.option("--without-ledger", is_flag=True, help="The ledger is lost: what was erased since is back.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def restore(
    folder: Path | None, keys: Path | None, name: str, only_replay: bool, without_ledger: bool, as_json: bool
) -> None:
    """Put a backup back into an empty data folder, and bring it to what the ledger knows.

    Web and worker must be stopped; they refuse to start until this has ended well. Run it again when it was
    interrupted. Exit code 0: the portal may be started, 1: not yet.
    """
    if (folder is None) != only_replay:
        raise click.UsageError("name the FOLDER of the backup, or say --replay")
    settings = config.settings()
    try:
        with restoring.alone():
            told = closed.restoring() or {"name": "", "made_at": ""}
            if folder is not None:
                ring.fresh()
                found = restoring.find(folder, keys=keys, name=name)
                restoring.refuse_unless_ready(found, without_ledger=without_ledger)
                with count("restore") as told_files:
                    restoring.put_back(found, without_ledger=without_ledger, told=told_files)
                told = {"name": found.name, "made_at": found.made_at}
            elif not settings.database.exists():
                raise restoring.Refused("there is no register in the data folder")
            start.prepare(settings)
            outcome = replay.run(told["name"], told["made_at"], without_ledger=without_ledger)
            if outcome.whole:
                closed.end()
    except (restoring.Refused, box.RootKeyMissing) as error:
        raise click.ClickException(str(error)) from error
    except (OSError, *AMISS) as error:
        raise click.ClickException(f"the portal stays closed: {_why(error)}") from error
    click.echo(json.dumps({**told, **dataclasses.asdict(outcome)}) if as_json else _restored_text(outcome))
    sys.exit(0 if outcome.whole else 1)


def _restored_text(done: replay.Outcome) -> str:
    lines = [
        f"deleted again:       {done.purged}",
        f"passages erased:     {done.redacted}",
        f"kept again:          {done.kept}",
        f"accounts restricted: {done.accounts}",
        f"sessions ended:      {done.sessions}",
    ]
    lines += [f"NOT deleted, {kind}: {count}" for kind, count in sorted(done.failed.items())]
    lines += [f"held or frozen since, and not in the backup: {done.lost_kept}"] if done.lost_kept else []
    lines += [f"live without key or sound: {done.missing}"] if done.missing else []
    return "\n".join([*lines, "the portal may be started" if done.whole else "the portal stays closed: run it again"])
