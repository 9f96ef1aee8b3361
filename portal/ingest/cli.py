"""`portal ingest`: bring in files by hand."""

import dataclasses
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic

import click

from portal import config
from portal.ingest import actions
from portal.ingest.intake import Summary
from portal.retention import sweeps
from portal.start import prepare

SECONDS, SECONDS_LOGGED = 0.5, 30
"""Between two looks at how far it has come."""


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
    line = _Line()
    summary = actions.import_path(path, move=move, started=line.started)
    line.end()
    click.echo(as_text(summary) if not as_json else json.dumps(as_dict(summary), sort_keys=True))
    if summary.faults:
        sys.exit(1)


class _Line:
    """How far it has come, on one line of a terminal; in a file or a log a line now and then."""

    def __init__(self) -> None:
        self._again = sys.stderr.isatty()
        self._every = SECONDS if self._again else SECONDS_LOGGED
        self._done = self._whole = 0
        self._began = self._told = monotonic()

    def started(self, whole: int) -> Callable[[], None]:
        self._whole = whole
        return self._step

    def _step(self) -> None:
        self._done += 1
        if monotonic() - self._told >= self._every:
            self._tell()

    def _tell(self) -> None:
        self._told = monotonic()
        told = f"ingest: {sweeps.reckon(self._done, self._whole, self._told - self._began)}"
        if self._again:
            told = f"\r{told[: shutil.get_terminal_size().columns - 1]}\033[K"
        click.echo(told, err=True, nl=not self._again)

    def end(self) -> None:
        self._tell()
        if self._again:
            click.echo(err=True)


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
