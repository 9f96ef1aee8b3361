"""`portal bench all`: every bench in turn, each in a process of its own; or the short run of them all."""

import json
import subprocess
import sys
from pathlib import Path

import click

from portal.bench import results, short
from portal.bench.cli import COMMANDS

PROGRAM = "from portal.cli import main; main()"


@click.command()
@click.option("--short", "briefly", is_flag=True, help="In half a minute: has anything become twice as slow?")
@results.options
@click.pass_context
def every(ctx: click.Context, briefly: bool, as_json: bool, drawing: Path | None) -> None:
    """Every bench with its own defaults, which takes hours. Exit code 1 when a figure does not keep its limit."""
    found = short.run() if briefly else in_turn()
    results.present("short" if briefly else "all", found, as_json=as_json, drawing=drawing)
    if results.over(found):
        ctx.exit(1)


def in_turn() -> dict[str, results.Case]:
    """The cases of each, by the name of their bench and their own."""
    found: dict[str, results.Case] = {}
    for name in COMMANDS:
        if name == "all":
            continue
        click.echo(name, err=True)
        answer = subprocess.run(  # noqa: S603 our own program, no shell
            [sys.executable, "-c", PROGRAM, "bench", name, "--json"],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            cwd=Path(__file__).parent.parent.parent,
        )
        told = json.loads(answer.stdout.splitlines()[-1])["cases"]
        cases = results.judged(name, {case: {"baseline": "", **figures} for case, figures in told.items()})
        found |= {f"{name}:{case}": figures for case, figures in cases.items()}
    return found
