"""`portal ingest`: bring in files by hand."""

import dataclasses
import json
import sys
from pathlib import Path

import click

from portal import config
from portal.ingest import actions
from portal.ingest.intake import Summary
from portal.jobs.terminal import line
from portal.start import prepare


@click.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--move", is_flag=True, help="Remove each file once it is in the register or in quarantine.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of the table.")
def ingest(path: Path, move: bool, as_json: bool) -> None:
    """Bring in a recording, or everything below a folder.

    Nothing is copied in the clear: files are read where they stand, and stay there unless --move. The
    same file twice does no harm. Exit code 1 when the disk or the database refused something.
    """
    prepare(config.settings())
    with line("ingest") as watch:
        summary = actions.import_path(path, move=move, watch=watch)
    click.echo(as_text(summary) if not as_json else json.dumps(as_dict(summary), sort_keys=True))
    if summary.faults:
        sys.exit(1)


def as_dict(summary: Summary) -> dict[str, object]:
    whole = dataclasses.asdict(summary)
    del whole["busy"]
    return whole | {"quarantined": dict(summary.quarantined), "faults": dict(summary.faults)}


def as_text(summary: Summary) -> str:
    """The summary as a table."""
    rows = [
        ("taken", summary.taken),
        ("duplicate", summary.duplicates),
        ("call details", summary.call_details),
        ("waiting", summary.waiting),
        *((f"quarantined: {reason}", count) for reason, count in sorted(summary.quarantined.items())),
        *((f"fault: {kind}", count) for kind, count in sorted(summary.faults.items())),
    ]
    width = max(len(label) for label, _ in rows)
    return "\n".join(f"{label:<{width}}  {count:>6}" for label, count in rows)
