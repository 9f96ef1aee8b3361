"""`portal audit`: the operator's check of the log, and the signing of its head."""

import dataclasses
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from portal import config, db
from portal.audit import actions, verifier
from portal.audit.chain import Checkpoint, Verdict
from portal.jobs import ordered
from portal.jobs.models import Kind
from portal.jobs.running import running
from portal.jobs.terminal import line
from portal.oversight import checkpoints
from portal.retention import sweeps

UNTIL_THE_FIRST = 5
"""Seconds: started with the web, it may be there before the web has opened the register."""
FAULTS = {
    "gap": "entry {at} is missing, or one was put in its place",
    "link": "entry {at} does not follow the one before it",
    "content": "entry {at} was altered",
    "cut": "the log ends before entry {at}: entries were cut off",
    "rewritten": "entry {at} is not the noted one: the log was rewritten",
    "unreadable": "about entry {at} the database cannot be read",
}


class Noted(click.ParamType[Checkpoint]):
    name = "NUMBER:HASH"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> Checkpoint:
        try:
            return Checkpoint.parse(value)
        except ValueError:
            self.fail("expected NUMBER:HASH, as an earlier check printed it", param, ctx)


class PublicKey(click.ParamType[Ed25519PublicKey]):
    name = "HEX"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> Ed25519PublicKey:
        try:
            return verifier.public_key(value)
        except ValueError:
            self.fail("expected 64 hex digits, as `portal audit key` prints them", param, ctx)


@click.group()
def audit() -> None:
    """The log of all use."""


@audit.command()
@click.option("--expect", type=Noted(), help="A head that an earlier check printed and was kept elsewhere.")
@click.option("--checkpoints", "files", multiple=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--public-key", "keys", multiple=True, type=PublicKey(), help="That signed them, as noted elsewhere.")
@click.option("--restored", multiple=True, type=int, help="After how many entries: a restore that you know of.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def verify(
    expect: Checkpoint | None,
    files: Sequence[Path],
    keys: Sequence[Ed25519PublicKey],
    restored: Sequence[int],
    as_json: bool,
) -> None:
    """Check that no entry was altered, removed or put in. Exit code 0: whole, 1: not.

    The check is itself logged. Keep the printed head outside this machine: only with it can a
    later check see that the end was cut off, or the whole chain written anew. With --checkpoints, the
    heads that the worker signed do that for every minute (repeat it for more files of the same). Whoever
    trusts this machine as little as its log takes portal/audit/verifier.py to another one.
    """
    if bool(files) != bool(keys) or (files and expect):
        raise click.UsageError("--checkpoints and --public-key belong together, and without --expect")
    settings = config.settings()
    if not settings.database.exists():
        raise config.ConfigError("the data folder holds no register: run `portal migrate`")
    db.bind(settings)
    db.connect()
    if files:
        with line("check") as watch, running(Kind.LOG, soon=True, anew=True, watch=watch) as run:
            signed = actions.verify_signed(files, keys, restored=restored, heard=ordered.log_teller(run))
            run.amiss = 0 if signed.whole else 1
        click.echo(json.dumps(dataclasses.asdict(signed)) if as_json else signed)
        sys.exit(0 if signed.whole else 1)
    with line("check") as watch:
        verdict = ordered.check_log(expect, watch=watch)
    click.echo(_as_json(verdict) if as_json else _as_text(verdict))
    sys.exit(0 if verdict.whole else 1)


@audit.command()
@click.option("--new", is_flag=True, help="Make one: the old one is lost, or has to be replaced.")
def key(new: bool) -> None:
    """Print the public key of the signed heads. Note it outside this machine: it is what a check goes by."""
    try:
        public = checkpoints.make_key(again=True) if new else checkpoints.public_key()
    except checkpoints.KeyThere as error:
        raise click.ClickException("there is a key: move it aside first, so that none is lost by mistake") from error
    except (OSError, *checkpoints.AMISS) as error:
        raise click.ClickException(f"no key: {sweeps.kind(error)}") from error
    click.echo(public.public_bytes_raw().hex())


@audit.command()
@click.option("--once", is_flag=True, help="Sign once, and end.")
def sign(once: bool) -> None:
    """Sign the head of the log at each interval, in the foreground, as a user of its own.

    For where the worker shall not have the key either. Needs to read settings and register, and to write key folder
    and `checkpoint_file`, nothing else. Exit code 1: could not, the output names the kind of fault.
    """
    begun = False
    while True:
        try:
            done = checkpoints.sign()
        except (OSError, verifier.Unreadable, *checkpoints.AMISS) as error:
            click.echo(f"not signed: {sweeps.kind(error)}", err=True)
            failed = True
        else:
            failed = False
            if done is not None and done.altered:
                click.echo(f"the lines do not end as they were written: see line {done.line.seq}", err=True)
            if done is not None and done.set_back:
                click.echo(f"the clock shows an earlier time than at the line before {done.line.seq}", err=True)
        if once:
            sys.exit(1 if failed else 0)
        begun = begun or not failed
        every = config.settings().checkpoint_seconds
        time.sleep(every if begun else min(every, UNTIL_THE_FIRST))


def _as_json(verdict: Verdict) -> str:
    return json.dumps(dataclasses.asdict(verdict) | {"checkpoint": str(verdict.checkpoint)})


def _as_text(verdict: Verdict) -> str:
    lines = ["The log is whole." if verdict.whole else "The log is NOT whole."]
    if verdict.fault:
        lines.append("fault:   " + FAULTS[verdict.fault].format(at=verdict.fault_at))
    lines += [f"entries: {verdict.entries}", f"head:    {verdict.checkpoint}"]
    return "\n".join([*lines, f"fingerprint: {verdict.checkpoint.fingerprint}"])
