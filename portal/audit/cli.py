"""`portal audit`: the operator's check of the log."""

import dataclasses
import json
import sys

import click

from portal import config, db
from portal.audit import actions
from portal.audit.chain import Checkpoint, Verdict

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


@click.group()
def audit() -> None:
    """The log of all use."""


@audit.command()
@click.option("--expect", type=Noted(), help="A head that an earlier check printed and was kept elsewhere.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def verify(expect: Checkpoint | None, as_json: bool) -> None:
    """Check that no entry was altered, removed or put in. Exit code 0: whole, 1: not.

    The check is itself logged. Keep the printed head outside this machine: only with it can a
    later check see that the end was cut off, or the whole chain written anew.
    """
    settings = config.settings()
    if not settings.database.exists():
        raise config.ConfigError("the data folder holds no register: run `portal migrate`")
    db.bind(settings)
    db.connect()
    verdict = actions.verify(expect)
    click.echo(_as_json(verdict) if as_json else _as_text(verdict))
    sys.exit(0 if verdict.whole else 1)


def _as_json(verdict: Verdict) -> str:
    return json.dumps(dataclasses.asdict(verdict) | {"checkpoint": str(verdict.checkpoint)})


def _as_text(verdict: Verdict) -> str:
    lines = ["The log is whole." if verdict.whole else "The log is NOT whole."]
    if verdict.fault:
        lines.append("fault:   " + FAULTS[verdict.fault].format(at=verdict.fault_at))
    lines += [f"entries: {verdict.entries}", f"head:    {verdict.checkpoint}"]
    return "\n".join([*lines, f"fingerprint: {verdict.checkpoint.fingerprint}"])
