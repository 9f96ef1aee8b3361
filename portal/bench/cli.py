"""`portal bench`: what the portal reaches, measured against the bare engine in the same run."""

import click

from portal.cli import Lazy

COMMANDS = {
    "search": "portal.bench.search:search",
    "page": "portal.bench.page:page",
    "playback": "portal.bench.playback:playback",
    "import": "portal.bench.importing:importing",
    "letters": "portal.bench.letters:letters",
    "purge": "portal.bench.purge:purge",
    "muting": "portal.bench.muting:muting",
    "cases": "portal.bench.cases:cases",
    "oversight": "portal.bench.oversight:oversight",
    "log": "portal.bench.log:log",
    "mix": "portal.bench.mix:mix",
    "all": "portal.bench.every:every",
}


@click.group(cls=Lazy, at=COMMANDS)
def bench() -> None:
    """Measure in a throw-away register; the last line of --json is one object."""
