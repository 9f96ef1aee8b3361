"""`portal purge prove`, `portal reconcile`: whether what should be gone is gone, and what is there belongs there."""

import dataclasses
import json
import sys
import uuid
from typing import Any

import click

from portal.jobs import ordered
from portal.jobs.terminal import line
from portal.retention import proof, reconcile
from portal.retention.proof import Proof
from portal.retention.reconcile import Summary
from portal.retention.watching import Finding


@click.command()
@click.argument("subject", metavar="ID", type=click.UUID)
@click.option("--marker", "markers", multiple=True, help="A word that stood in it; '-' reads them, a line each.")
@click.option("--number", default="", help="The other party's number.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def prove(subject: uuid.UUID, markers: tuple[str, ...], number: str, as_json: bool) -> None:
    """Search everything the portal keeps for traces of the deleted ID: its wrapped key, and what is told.

    The same word or number may belong to other calls too. Exit code 0: deleted and nothing found, 1: something
    found, 2: not deleted or unknown.
    """
    words = [word for word in markers if word != "-"]
    if "-" in markers:
        words += [line.strip() for line in sys.stdin if line.strip()]
    try:
        done = proof.prove(subject, markers=words, number=number)
    except proof.BadMarker as error:
        raise click.BadParameter(f"a marker has at least {proof.SHORTEST} letters or digits") from error
    click.echo(json.dumps(dataclasses.asdict(done), default=str) if as_json else _proof(done))
    sys.exit(0 if done.clean else 1 if done.purged else 2)


def _proof(done: Proof) -> str:
    said = "deleted" if done.purged else "NOT deleted" if done.known else "unknown here"
    lines = [f"id:               {done.subject}", f"register:         {said}"]
    if done.rule:
        lines.append(f"rule:             {done.rule}")
        lines.append(f"key destroyed:    {done.key_destroyed_at or 'there was none'}")
        lines.append(f"last backup gone: {done.keys_gone_by or '-'}")
    lines.append(f"database's log:   {'empty' if done.log_empty else 'not empty'}")
    lines += [f"searched:         {place} ({size} bytes)" for place, size in sorted(done.searched.items())]
    lines += [f"FOUND:            {found.what} in {found.where}: {found.count}" for found in done.found]
    if not done.found:
        lines.append("found:            nothing")
    return "\n".join(lines)


def reconciled(as_json: bool) -> int:
    """Reconcile and print what came of it. Returns the exit code."""
    done = reconcile.reconcile()
    waits = [] if done.busy else reconcile.waiting()
    if as_json:
        days = [{**dataclasses.asdict(day), "missing": day.missing} for day in done.days]
        plain = dataclasses.asdict(done) | {"days": days, "waiting": [_plain(row) for row in waits]}
        click.echo(json.dumps(plain, default=str))
    else:
        click.echo("\n".join([_summary(done), *(f"  {_line(row)}" for row in waits)]))
    return 1 if done.busy or done.open else 0


def read_through(as_json: bool) -> int:
    """Read all sound through and print what came of it. Returns the exit code."""
    with line("sound") as watch:
        done = ordered.check_sound(watch=watch)
    if as_json:
        click.echo(json.dumps({"read": done.read, "broken": done.broken, "subjects": [s.hex for s in done.subjects]}))
    else:
        lines = [f"read:    {done.read}", f"broken:  {done.broken}", *(f"  {subject}" for subject in done.subjects)]
        click.echo("\n".join(lines))
    return 1 if done.broken else 0


def _plain(row: Finding) -> dict[str, Any]:
    return {"kind": row.kind, "subject": row.subject, "store": row.store, "day": row.day, "count": row.count}


def _line(row: Finding) -> str:
    many = f" ({row.count})" if row.count > 1 else ""
    return f"{row.kind}: {row.subject or row.day} {row.store}".rstrip() + many


def _summary(done: Summary) -> str:
    if done.busy:
        return "another reconciliation is under way; nothing was done"
    missing = sum(day.missing for day in done.days)
    return "\n".join(
        (
            f"compared: {done.subjects}",
            f"repaired: {sum(done.repaired.values())}",
            f"waiting:  {sum(done.open.values())}",
            f"calls:    {sum(day.calls for day in done.days)} of {len(done.days)} days, {missing} without recording",
        )
    )
