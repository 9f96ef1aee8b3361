"""`portal supply`: for whoever maintains the portal, from a checkout of it."""

import signal
import sys
from pathlib import Path

import click

from portal import clock
from portal.supply import advisories, bundled, lock, sbom, scanning
from portal.supply.lock import Incomplete
from portal.supply.scanners import CouldNotScan
from portal.supply.scanning import Finding, Missed

SCANS = lock.ROOT / ".scans"
"""What the scanners said, a folder for each run."""

TOOLS = lock.ROOT / ".tools"
"""Where `make` puts the programs that are run here: each in an environment of its own, from its file in `tools/`."""

INSTALLERS = ("uv", "audit")
"""What decides which files are installed, and asks about them. The scanners meet nothing but a demo on this machine."""


@click.group()
def supply() -> None:
    """What the portal is made of, and whether a hole in it is known."""


@supply.command("sbom")
@click.option("--output", type=click.Path(path_type=Path), help="A file instead of the screen.")
def bill(output: Path | None) -> None:
    """Print the bill of materials: CycloneDX 1.6, JSON. The same repository gives the same bytes."""
    try:
        made = sbom.render(lock.read())
    except Incomplete as error:
        raise click.ClickException(str(error)) from error
    if output:
        output.write_text(made)
    else:
        click.echo(made, nl=False)


@supply.command("bundled")
def natives() -> None:
    """Note what the installed wheels carry that the lock does not name, for the bill of materials. After each change
    of the lock, on Linux on x86-64."""
    bundled.FILE.write_text(bundled.written(bundled.installed(lock.read().production)))


@supply.command()
@click.option("--tools", type=click.Path(path_type=Path), default=TOOLS, help="Where pip-audit is, as `make` puts it.")
def audit(tools: Path) -> None:
    """Ask whether a hole is known in any package of the lock, or of what installs it, as `make audit` does.

    Exit code 0: it was looked, and none is known. 1: one is. 2: it could not be looked.
    """
    try:
        held = lock.read()
        keys = {*held.packages, *(key for name in INSTALLERS for key in lock.pinned_for(name))}
        holes = advisories.look(tools / "audit" / "bin" / "pip-audit", keys)
    except (Incomplete, advisories.CouldNotLook) as error:
        click.echo(f"COULD NOT LOOK: {error}", err=True)
        sys.exit(2)
    for hole in holes:
        mended = ", ".join(hole.mended_in) or "no version yet"
        click.echo(f"{hole.key.name} {hole.key.version}: {hole.advisory}, mended in {mended}")
    click.echo(f"{len(keys)} packages looked at, {len(holes)} holes known")
    sys.exit(1 if holes else 0)


@supply.command()
@click.option("--tools", type=click.Path(path_type=Path), default=TOOLS, help="Where the scanners are.")
@click.option("--calls", default=40, show_default=True, help="How many calls the demo gets.")
@click.option("--seconds", default=120, show_default=True, help="For Wapiti as each person, sqlmap on each word.")
@click.option("--as", "names", multiple=True, help="Who signs in; else the first of each role.")
@click.option("--reports", type=click.Path(path_type=Path), default=SCANS, help="Where what they said is kept.")
def scan(tools: Path, calls: int, seconds: int, names: tuple[str, ...], reports: Path) -> None:
    """Let sslyze, sqlmap and Wapiti at a throw-away demo on this machine. `make scan` fetches what it takes.

    Exit code 0: they looked, and found nothing. 1: they found something. 2: one of them could not look at something.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # the demo ends first, its log is kept
    folder = reports / f"{clock.now():%Y-%m-%dT%H%M%S}"
    folder.mkdir(parents=True)
    found = missed = 0
    with open(folder / "told.txt", "w") as kept:

        def tell(line: str) -> None:
            click.echo(line)
            print(line, file=kept, flush=True)

        try:
            with scanning.demo(calls, folder) as running:
                people = list(names) or scanning.one_of_each_role(running)
                for one in scanning.scan(running, tools, people, seconds, folder):
                    if isinstance(one, Finding):
                        found += 1
                        one = f"FOUND by {one.scanner} {one.person}: {one.told}"
                    elif isinstance(one, Missed):
                        missed += 1
                        one = f"COULD NOT LOOK: {one.scanner} {one.person}: {one.told}"
                    tell(one)
        except CouldNotScan as error:
            missed += 1
            tell(f"COULD NOT LOOK: {error}")
        tell(f"{found} findings, {missed} times not looked; all that was said is in {folder}")
    sys.exit(2 if missed else 1 if found else 0)
