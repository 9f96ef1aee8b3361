"""`portal keys`: the root key over its life."""

import dataclasses
import json
import sys
from pathlib import Path

import click

from portal import clock, config, db, start
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.jobs.terminal import line
from portal.keys import care, rotation
from portal.keys.care import Care, Shares
from portal.keys.rotation import Rotated, Standing
from portal.vault import ring, root, shares

KEEP = """\
The old key opens nothing here any more. Do now:
  portal backup …      backups made before need the old key for the seven days they live
  portal keys split    what was written down or split of the old key opens only those backups
Keep the old key until the last of them is gone, then destroy it."""

UNFINISHED = """\
All is sealed under the new key, and both keys open it. Do now:
  1. give web and worker the new key where they have the old one from, and restart them
  2. portal keys rotate    with the new key given, to end it: then the old one opens nothing"""


@click.group()
def keys() -> None:
    """The root key, which all else hangs on."""


@keys.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def status(as_json: bool) -> None:
    """Which root key is in force, and whether anything is still sealed under an earlier one."""
    stands = rotation.standing()
    cared = _cared()
    if as_json:
        since = cared.since.isoformat() if cared.since else None
        told = {"since": since, "due": cared.due, "shares": cared.shares}
        click.echo(json.dumps(dataclasses.asdict(stands) | told))
    else:
        click.echo(_standing_text(stands, cared))


def _cared() -> Care:
    """What the log knows; nothing where there is no register yet."""
    settings = config.settings()
    if not settings.database.exists():
        return Care()
    db.bind(settings)
    return Care() if any(name.startswith("0001") for name in db.pending()) else care.look()


SHARES = {
    Shares.UNKNOWN: "none known of",
    Shares.HELD: "of this key",
    Shares.EARLIER: "of an EARLIER key: run `portal keys split`",
}


def _standing_text(stands: Standing, cared: Care) -> str:
    since = str(clock.local(cared.since).date()) if cared.since else "not known"
    lines = [
        f"root key: {stands.id}, from the {stands.source}",
        f"since:    {since}{', DUE to be changed: run `portal keys rotate`' if cared.due else ''}",
        f"shares:   {SHARES[cared.shares]}",
        f"earlier:  {stands.earlier}",
        f"rotation: {'NOT finished: run `portal keys rotate`' if stands.turning else 'none under way'}",
    ]
    return "\n".join([*lines, *(f"{count} keys under {name}" for name, count in sorted(stands.files.items()))])


@keys.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def new(file: Path) -> None:
    """Write a fresh root key into FILE, for a credential or the environment. Never over another file."""
    if file.exists():
        raise click.ClickException("there is a file of that name")
    root.make_file(file.absolute())
    click.echo(f"root key: {root.id_of(root.parse(file.read_bytes(), file.name)).hex()}")


@keys.command()
@click.option("--to", type=click.Path(dir_okay=False, exists=True, path_type=Path), help="A file with the next key.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def rotate(to: Path | None, as_json: bool) -> None:
    """Change the root key while the portal runs, and seal anew all that is sealed under it.

    Can be killed at any moment: run it again. Exit code 0: finished, 1: it waits for the new key to be given.
    """
    start.check(config.settings())
    db.connect()
    try:
        with line("rotation") as watch:
            done = rotation.rotate(root.parse(to.read_bytes(), to.name) if to else None, watch=watch)
    except rotation.Busy:
        raise click.ClickException("another rotation runs") from None
    except rotation.Refused as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"not finished, run it again: {error.strerror}") from error
    click.echo(json.dumps(dataclasses.asdict(done)) if as_json else _rotated_text(done))
    sys.exit(0 if done.finished else 1)


def _rotated_text(done: Rotated) -> str:
    lines = [
        f"root key:     {done.id} instead of {done.before}",
        f"sealed anew:  {done.files} keys, {done.rows} secrets of the register",
    ]
    lines += [f"NOT readable: {done.unreadable}, nor were they before"] if done.unreadable else []
    return "\n".join([*lines, "", KEEP if done.finished else UNFINISHED])


@keys.command()
@click.option("--shares", "count", default=3, show_default=True, help="How many shares.")
@click.option("--needed", default=2, show_default=True, help="How many of them put the key together.")
def split(count: int, needed: int) -> None:
    """Print the root key as shares, each for another person and another safe. None alone tells anything of it."""
    held = ring.fresh()
    try:
        made = shares.split(held.current, shares=count, needed=needed)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    if shares.join(made[-needed:]) != held.current:
        raise click.ClickException("the shares do not make the key: nothing was printed")
    if config.settings().database.exists():
        start.check(config.settings())
        db.connect()
        with db.db.atomic():
            record(Act.KEYS_SPLIT, root=held.id.hex(), shares=count, needed=needed)
    for share in made:
        click.echo(f"share {share.number} of {count}, any {needed} make root key {held.id.hex()}\n{share.text()}\n")


@keys.command()
@click.option(
    "--to", type=click.Path(dir_okay=False, path_type=Path), help="Where the key goes; else secrets/root.key."
)
def join(to: Path | None) -> None:
    """Put the root key together from shares, typed or piped in, one on a line. Never over another key."""
    target = (to or config.settings().root_key).absolute()
    if target.exists():
        raise click.ClickException(f"there is a {target.name} already: move it aside first")
    read: list[shares.Share] = []
    while not read or len({share.number for share in read}) < read[0].needed:
        text = _line(f"share {len(read) + 1}")
        try:
            read.append(shares.read(text))
        except shares.NotAShare:
            _again("that is no share, or it was typed wrong")
    try:
        key = shares.join(read)
    except shares.NotTogether as error:
        raise click.ClickException(str(error)) from error
    root.put(target, key)
    click.echo(f"root key: {root.id_of(key).hex()}")


def _line(asked: str) -> str:
    """A share that is typed is not shown."""
    if sys.stdin.isatty():
        return str(click.prompt(asked, hide_input=True, err=True))
    while line := sys.stdin.readline():
        if line.strip() and not line.startswith("share "):
            return line
    raise click.ClickException("there are fewer shares than are needed")


def _again(why: str) -> None:
    if not sys.stdin.isatty():
        raise click.ClickException(why)
    click.echo(why, err=True)
