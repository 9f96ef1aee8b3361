"""`portal account`: accounts from the command line, for the first administrator and for emergencies."""

import json
import sys
from typing import Any

import click

from portal import config, db
from portal.accounts import actions, factors, passwords
from portal.accounts.models import Account
from portal.accounts.permissions import Role
from portal.errors import Conflict, DomainError
from portal.queues.models import Queue
from portal.retention import ledger, standing
from portal.rights import command, ending, incompatible

ROLES = [role.value for role in Role]

REFUSED = {
    actions.BadUsername: "a user name has the letters a-z, figures, dot, hyphen and underscore",
    actions.UsernameTaken: "the user name is taken",
    actions.NoName: "a name of at most 100 characters is needed",
    actions.BadExtension: "an extension has only figures",
    actions.ExtensionTaken: "the extension belongs to another account",
    ending.LastAdministrator: "this is the last administrator with an open account",
    ending.LastController: "this is the last one with an open account who decides; give that right to another first",
    command.NoQueue: "that role needs a service number: --queue",
    command.TooLong: "a right is given for one day at least, and for no longer than PORTAL_RIGHTS_MONTHS",
    incompatible.OfficerApart: "the data protection officer has no other role at the same time",
    incompatible.AdministratorApart: "an administrator has no role that reaches calls at the same time",
    command.AccountClosed: "the account is closed",
    passwords.TooShort: f"the password must have at least {passwords.LEAST} characters",
    passwords.TooLong: f"the password may have at most {passwords.MOST} characters",
    passwords.Common: "the password is mostly words that are easy to guess",
    passwords.Guessable: "the password is too easy to guess",
    Conflict: "the account is in that state already",
}


class Group(click.Group):
    """Opens the register before, and says an act's refusal in English after."""

    def invoke(self, ctx: click.Context) -> Any:
        settings = config.settings()
        if not settings.database.exists():
            raise click.ClickException("there is no register in PORTAL_DATA: run `portal migrate` first")
        db.bind(settings)
        db.connect()
        try:
            done = super().invoke(ctx)
            self.follow()
            return done
        except DomainError as error:
            raise click.ClickException(REFUSED.get(type(error), type(error).__name__)) from error
        finally:
            db.db.close()

    @staticmethod
    def follow() -> None:
        """What an account has lost goes into the ledger at once, not with the next sweep."""
        try:
            standing.catch_up()
        except (OSError, ledger.Busy, ledger.Broken) as error:
            raise click.ClickException("done, but not yet in the ledger; the next sweep tries again") from error


@click.group(cls=Group)
def account() -> None:
    """Create, list, close and reset accounts."""


def found(username: str) -> Account:
    row: Account | None = Account.get_or_none(Account.username == username.strip().lower())
    if row is None:
        raise click.ClickException("there is no such account")
    return row


def queue(number: str) -> Queue:
    row: Queue | None = Queue.get_or_none(Queue.number == number)
    if row is None:
        raise click.ClickException(f"there is no service number {number}")
    return row


@account.command()
@click.argument("username")
@click.option("--name", required=True, help="The person's name.")
@click.option("--role", "roles", multiple=True, type=click.Choice(ROLES), help="Repeat for more.")
@click.option("--queue", "queues", multiple=True, metavar="NUMBER", help="A service number to hear; repeat for more.")
@click.option("--language", type=click.Choice(["sv", "fi"]), default="sv", show_default=True)
@click.option("--extension", help="The adviser's extension in the telephone system.")
@click.option("--password-stdin", is_flag=True, help="Read the temporary password from standard input.")
@click.option("--json", "as_json", is_flag=True)
def create(
    username: str,
    name: str,
    roles: tuple[str, ...],
    queues: tuple[str, ...],
    language: str,
    extension: str | None,
    password_stdin: bool,
    as_json: bool,
) -> None:
    """Create USERNAME; the temporary password is printed once and changed at the first sign-in. The roles are given
    as `portal rights grant` gives them: loudly in the log."""
    given = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    scope = [queue(number) for number in queues]
    with db.db.atomic():
        row, password = actions.create(
            username, name=name, language=language, extension=extension, password=given, by=None, via="command"
        )
        for role in roles:
            command.by_command(row, role=Role(role), queues=scope)
    shown = {} if password_stdin else {"password": password}
    _say({"username": row.username, "uuid": str(row.uuid), **shown}, as_json)


@account.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_(as_json: bool) -> None:
    """Every account with roles and state."""
    rows = [
        {
            "username": row.username,
            "name": row.name,
            "roles": sorted(row.roles),
            "queues": sorted(q.number for q in Queue.select().where(Queue.id.in_(sorted(row.queue_ids)))),
            "open": row.is_active,
            "enrolled": row.totp_sealed is not None,
            "recovery_codes": factors.codes_left(row),
        }
        for row in Account.select().order_by(Account.username)
    ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        state = "open" if row["open"] else "closed"
        click.echo(f"{row['username']}\t{row['name']}\t{','.join(row['roles'])}\t{','.join(row['queues'])}\t{state}")


@account.command()
@click.argument("username")
def close(username: str) -> None:
    """Close USERNAME; its sessions end at once."""
    actions.close(found(username), by=None)
    click.echo("closed")


@account.command()
@click.argument("username")
@click.option("--json", "as_json", is_flag=True)
def reset(username: str, as_json: bool) -> None:
    """Give USERNAME a temporary password and let a new app be enrolled; its sessions end at once."""
    row = found(username)
    renew = actions.reset_password if row.totp_sealed is None else actions.reset_second_factor
    password = renew(row, by=None)
    _say({"username": row.username, "password": password}, as_json)


def _say(facts: dict[str, str], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False))
        return
    for name, value in facts.items():
        click.echo(f"{name}: {value}")
