"""`portal rights`: on the machine itself, for the first people of a portal and when nobody is left who could grant."""

import json
from typing import Any

import click

from portal import clock
from portal.accounts.cli import ROLES, Group, found, queue
from portal.accounts.models import Account
from portal.accounts.permissions import Role
from portal.queues.models import Queue
from portal.rights import command
from portal.rights.models import Right, RightQueue, State


@click.group(cls=Group)
def rights() -> None:
    """Give, end and list user rights. What is done here is told loudly in the log."""


@rights.command()
@click.argument("username")
@click.option("--role", required=True, type=click.Choice(ROLES))
@click.option("--queue", "queues", multiple=True, metavar="NUMBER", help="A service number; repeat for more.")
@click.option("--days", type=click.IntRange(min=1), help="How many days, today included. As long as may be, if left.")
@click.option("--json", "as_json", is_flag=True)
def grant(username: str, role: str, queues: tuple[str, ...], days: int | None, as_json: bool) -> None:
    """Give USERNAME a right, from now on."""
    right = command.by_command(found(username), role=Role(role), queues=[queue(number) for number in queues], days=days)
    _say([_told(right)], as_json)


@rights.command()
@click.argument("username")
@click.option("--role", required=True, type=click.Choice(ROLES))
@click.option("--json", "as_json", is_flag=True)
def end(username: str, role: str, as_json: bool) -> None:
    """End what USERNAME has in a role, at once."""
    ended = command.end_by_command(found(username), role=Role(role))
    if not ended:
        raise click.ClickException("the person has no such right")
    _say([_told(right) for right in ended], as_json)


@rights.command("list")
@click.argument("username", required=False)
@click.option("--json", "as_json", is_flag=True)
def list_(username: str | None, as_json: bool) -> None:
    """What is granted and has not ended: of USERNAME, or of everybody."""
    rows = Right.select(Right, Account).join(Account, on=(Right.account == Account.id))
    rows = rows.where(Right.state == State.GRANTED, Right.ends_at > clock.now())
    if username:
        rows = rows.where(Right.account == found(username).id)
    _say([_told(right) for right in rows.order_by(Account.username, Right.ends_at, Right.id)], as_json)


def _told(right: Right) -> dict[str, Any]:
    numbers = Queue.select(Queue.number).join(RightQueue).where(RightQueue.right == right.id).order_by(Queue.number)
    return {
        "uuid": str(right.uuid),
        "username": right.account.username,
        "role": right.role,
        "queues": [number for (number,) in numbers.tuples()],
        "kind": str(right.kind),
        "begins": right.begins_at.isoformat(),
        "ends": right.ends_at.isoformat(),
        "state": str(right.state),
    }


def _say(rows: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        numbers = ",".join(row["queues"]) or "-"
        click.echo(f"{row['username']}\t{row['role']}\t{numbers}\t{row['kind']}\t{row['begins']}\t{row['ends']}")
