"""`portal bench`: what the portal reaches, measured against the bare engine in the same run."""

import importlib
from typing import Any

import click

COMMANDS = {
    "search": "portal.bench.search:search",
    "playback": "portal.bench.playback:playback",
}


class Lazy(click.Group):
    """Imports a bench only when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name].split(":")
        command: Any = getattr(importlib.import_module(module), name)
        return command


@click.group(cls=Lazy)
def bench() -> None:
    """Measure in a throw-away register; the last line of --json is one object."""
