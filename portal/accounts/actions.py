"""What can be done with accounts, by an administrator or from the command line (`by=None`)."""

import re
from typing import Any

import peewee

from portal import clock
from portal.accounts import factors, passwords, sessions, throttle
from portal.accounts.models import Account, Passkey, RecoveryCode, SignIn
from portal.accounts.sessions import resume
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import db
from portal.errors import Conflict, Invalid
from portal.language import LANGUAGES, N_
from portal.rights import ending
from portal.rights.models import End

USERNAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?")
EXTENSION = re.compile(r"[0-9]{1,15}")


class BadUsername(Invalid):
    text = N_("Skriv användarnamnet med bokstäverna a–z, siffror, punkt, bindestreck och understreck.")


class UsernameTaken(Invalid):
    text = N_("Användarnamnet används redan. Välj ett annat.")


class NoName(Invalid):
    text = N_("Ange namnet.")


class BadExtension(Invalid):
    text = N_("Skriv anknytningen med bara siffror.")


class ExtensionTaken(Invalid):
    text = N_("Anknytningen hör redan till en annan användare. Kontrollera numret, eller ta bort det där först.")


class OwnAccount(Invalid):
    text = N_("Det här kan du inte göra med ditt eget konto. Be en annan systemadministratör.")


def create(
    username: str,
    *,
    name: str,
    language: str = "sv",
    extension: str | None = None,
    password: str | None = None,
    temporary: bool = True,
    by: Account | None = None,
    **detail: Any,
) -> tuple[Account, str]:
    """A new account, without any rights; returns it and its password, made here unless given. A temporary one
    must be changed at the first sign-in, before anything else opens.

    Raises BadUsername, UsernameTaken, NoName, BadExtension, ExtensionTaken, passwords.Weak.
    """
    username, name, extension = username.strip().lower(), name.strip(), (extension or "").strip() or None
    if not USERNAME.fullmatch(username):
        raise BadUsername
    _refuse_wrong_facts(name, language, extension)
    if password is not None:
        passwords.check(password, names=(username, name))
    chosen = password or passwords.temporary()
    password_hash = passwords.hashed(chosen)
    with db.atomic():
        if Account.select().where(Account.username == username).exists():
            raise UsernameTaken
        _refuse_taken_extension(extension, None)
        account = Account.create(
            username=username,
            name=name,
            language=language,
            extension=extension,
            password_hash=password_hash,
            password_temporary=temporary,
        )
        record(Act.ACCOUNT_CREATED, account, by=by, temporary=temporary, **detail)
    return account, chosen


@db.atomic()
def change(
    account: Account,
    *,
    seen: int | None,
    name: str,
    language: str,
    extension: str | None,
    by: Account | None,
) -> None:
    """Change name, language and extension. What the person may is decided elsewhere (`rights`).

    `seen` is the version the form was made from: Conflict when the account changed since, or there is none.
    """
    name, extension = name.strip(), (extension or "").strip() or None
    _refuse_wrong_facts(name, language, extension)
    before = Account.get_by_id(account.id)
    _refuse_taken_extension(extension, before)
    changed = (
        Account.update(name=name, language=language, extension=extension, version=Account.version + 1)
        .where(Account.id == account.id, Account.version == seen)
        .execute()
    )
    if not changed:
        raise Conflict
    now = {"name": name, "language": language, "extension": extension}
    changes = [fact for fact, value in now.items() if getattr(before, fact) != value]
    record(Act.ACCOUNT_CHANGED, account, by=by, facts=changes)


@db.atomic()
def close(account: Account, *, by: Account | None) -> None:
    """Close the account; its sessions and rights end at once. Raises OwnAccount, ending.LastAdministrator,
    ending.LastController, and Conflict when it is closed already."""
    _refuse_own(account, by)
    _guarded(account, Account.closed_at.is_null(), closed_at=clock.now())
    ended = sessions.end(SignIn.account == account.id)
    rights = ending.end_all(account, End.LEFT, by=by)
    record(Act.ACCOUNT_CLOSED, account, by=by, sessions_ended=ended, rights_ended=rights)


@db.atomic()
def reopen(account: Account, *, by: Account | None) -> None:
    """Open a closed account with the password and second factor it had, and without any rights: those are asked
    for anew. Raises Conflict when open."""
    _guarded(account, Account.closed_at.is_null(False), closed_at=None)
    record(Act.ACCOUNT_REOPENED, account, by=by)


def reset_password(
    account: Account, *, seen: int | None = None, password: str | None = None, by: Account | None
) -> str:
    """A temporary password, returned once; sessions and earlier waits end.

    Raises OwnAccount, and Conflict when the account changed since version `seen`.
    """
    _refuse_own(account, by)
    if password is not None:
        passwords.check(password, names=(account.username, account.name))
    chosen = password or passwords.temporary()
    password_hash = passwords.hashed(chosen)
    with db.atomic():
        _give_password(account, password_hash, *_unless_changed(seen), by=by)
    return chosen


def _give_password(account: Account, password_hash: str, *state: peewee.Expression, by: Account | None) -> None:
    """Inside the caller's transaction."""
    _guarded(account, *state, password_hash=password_hash, password_temporary=True)
    ended = sessions.end(SignIn.account == account.id)
    throttle.forget(name=account.username, held=account.username, own=account.uuid.hex)
    record(Act.PASSWORD_RESET, account, by=by, sessions_ended=ended)


def reset_second_factor(account: Account, *, by: Account | None) -> str:
    """Forget app, passkeys and recovery codes: the person enrols anew at the next sign-in. Sessions end.

    With it goes the password, for a temporary one, returned once: whoever had come by the old one would else enrol an
    app of their own, before the person does. Raises OwnAccount, and Conflict when there is no second factor.
    """
    _refuse_own(account, by)
    chosen = passwords.temporary()
    password_hash = passwords.hashed(chosen)
    with db.atomic():
        _guarded(account, Account.totp_sealed.is_null(False), totp_sealed=None)
        RecoveryCode.delete().where(RecoveryCode.account == account.id).execute()
        if keys := Passkey.delete().where(Passkey.account == account.id).execute():
            record(Act.PASSKEY_REMOVED, account, by=by, count=keys)
        ended = sessions.end(SignIn.account == account.id)
        throttle.forget(factor=account.uuid.hex)
        record(Act.SECOND_FACTOR_RESET, account, by=by, sessions_ended=ended)
        _give_password(account, password_hash, by=by)
    return chosen


@db.atomic()
def enrol(account: Account, secret: str, *, by: Account | None = None) -> None:
    """Give the account a known TOTP secret (base 32), as the demo and a hand-over of tokens need.

    Raises Conflict when it has a second factor.
    """
    _guarded(account, Account.totp_sealed.is_null(), totp_sealed=factors.seal(account, secret))
    record(Act.SECOND_FACTOR_ENROLLED, account, by=by, given=True)


@db.atomic()
def end_session(row: SignIn, *, by: Account) -> None:
    """End one session. Raises Conflict when it has ended."""
    if not sessions.end(SignIn.id == row.id):
        raise Conflict
    record(Act.SESSION_ENDED, row.account, by=by, sign_in=str(row.uuid))


@db.atomic()
def end_sessions(account: Account, *, by: Account | None) -> int:
    """End every session of the account; returns how many there were. Raises OwnAccount."""
    _refuse_own(account, by)
    ended = sessions.end(SignIn.account == account.id)
    if ended:
        record(Act.SESSION_ENDED, account, by=by, count=ended)
    return ended


def _guarded(account: Account, *state: peewee.Expression, **values: Any) -> None:
    """UPDATE … WHERE the account is in `state`, with its version raised; else Conflict."""
    update = Account.update(**values, version=Account.version + 1).where(Account.id == account.id, *state)
    if not update.execute():
        raise Conflict


def _unless_changed(seen: int | None) -> tuple[peewee.Expression, ...]:
    return () if seen is None else (Account.version == seen,)


def _refuse_own(account: Account, by: Account | None) -> None:
    if by is not None and by.id == account.id:
        raise OwnAccount


def _refuse_wrong_facts(name: str, language: str, extension: str | None) -> None:
    if not name or len(name) > 100:
        raise NoName
    if extension is not None and not EXTENSION.fullmatch(extension):
        raise BadExtension
    if language not in LANGUAGES:
        raise Invalid


def _refuse_taken_extension(extension: str | None, account: Account | None) -> None:
    taken = Account.select().where(Account.extension == extension)
    if account is not None:
        taken = taken.where(Account.id != account.id)
    if extension is not None and taken.exists():
        raise ExtensionTaken


__all__ = ["resume"]
