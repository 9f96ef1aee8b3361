"""What a signed-in person does with their own account: password, second factor, sessions, language."""

import peewee

from portal.accounts import factors, passwords, sessions, throttle
from portal.accounts.models import Account, SignIn
from portal.accounts.sign_in import NotEnrolling, WrongCode
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import db
from portal.errors import Conflict, Invalid
from portal.language import LANGUAGES, N_


class WrongOldPassword(Invalid):
    text = N_("Det nuvarande lösenordet stämmer inte. Försök igen.")


def change_password(account: Account, old: str, chosen: str) -> None:
    """A new password, the old one asked; every other session of the person ends.

    Raises throttle.TooSoon, WrongOldPassword, passwords.Weak, or Conflict when it was changed meanwhile.
    """
    attempt = throttle.keys(own=account.uuid.hex)
    throttle.begin(attempt)
    if not passwords.verify(account.password_hash, old):
        with db.atomic():
            record(Act.SIGN_IN_FAILED, account, by=account, reason="old_password")
        raise WrongOldPassword
    with db.atomic():
        throttle.succeeded(attempt)
    passwords.check(chosen, names=(account.username, account.name))
    if passwords.normal(old) == passwords.normal(chosen):
        raise passwords.Unchanged
    new_hash = passwords.hashed(chosen)
    with db.atomic():
        changed = (
            Account.update(password_hash=new_hash, password_temporary=False)
            .where(Account.id == account.id, Account.password_hash == account.password_hash)
            .execute()
        )
        if not changed:
            raise Conflict
        ended = sessions.end(SignIn.account == account.id, SignIn.id != account.sign_in.id)
        record(Act.PASSWORD_CHANGED, account, by=account, sessions_ended=ended)


@db.atomic()
def new_recovery_codes(account: Account, *, seen: int | None) -> list[str]:
    """Ten new recovery codes; the old ones stop working. Known to nobody afterwards. The page wants a recent proof.

    Raises Conflict when the account changed since version `seen`: a second click makes no second set.
    """
    asked = Account.update(version=Account.version + 1).where(Account.id == account.id, Account.version == seen)
    if not asked.execute():
        raise Conflict
    codes = factors.new_codes(account)
    record(Act.RECOVERY_CODES_MADE, account, by=account, count=len(codes))
    return codes


@db.atomic()
def begin_reenrolment(account: Account) -> None:
    """A new secret to show in this session, unless one is shown already; the old one works until the new one is
    confirmed. The page wants a recent proof."""
    sealed = factors.seal(account, factors.new_secret())
    SignIn.update(enrolling_sealed=sealed).where(_this(account), SignIn.enrolling_sealed.is_null()).execute()


def _this(account: Account) -> peewee.Expression:
    return (SignIn.id == account.sign_in.id) & SignIn.ended_at.is_null()


def secret_shown(account: Account) -> str | None:
    """The secret being enrolled in this session; None when nothing is."""
    sealed = account.sign_in.enrolling_sealed
    return None if sealed is None else factors.unseal(account, sealed)


def confirm_reenrolment(account: Account, typed: str) -> list[str]:
    """The new app's first code: it replaces the old second factor, with ten new recovery codes; every
    other session of the person ends. Raises throttle.TooSoon, WrongCode or NotEnrolling."""
    secret, sealed = secret_shown(account), account.sign_in.enrolling_sealed
    if secret is None:
        raise NotEnrolling
    attempt = throttle.keys(factor=account.uuid.hex)
    throttle.begin(attempt)
    step = factors.step_of(secret, typed)
    with db.atomic():
        if step is not None:
            replaced = (
                SignIn.update(enrolling_sealed=None).where(_this(account), SignIn.enrolling_sealed == sealed).execute()
                and Account.update(totp_sealed=sealed, totp_last_step=step)
                .where(Account.id == account.id, Account.totp_sealed == account.totp_sealed)
                .execute()
            )
            if not replaced:
                raise NotEnrolling
            throttle.succeeded(attempt)
            codes = factors.new_codes(account)
            ended = sessions.end(SignIn.account == account.id, SignIn.id != account.sign_in.id)
            record(Act.SECOND_FACTOR_ENROLLED, account, by=account, again=True, sessions_ended=ended)
            record(Act.RECOVERY_CODES_MADE, account, by=account, count=len(codes))
            return codes
        record(Act.SECOND_FACTOR_FAILED, account, by=account, enrolling=True)
    raise WrongCode


@db.atomic()
def stop_reenrolment(account: Account) -> None:
    """Keep the second factor as it is; the secret shown is forgotten."""
    SignIn.update(enrolling_sealed=None).where(_this(account)).execute()


@db.atomic()
def end_other_sessions(account: Account) -> int:
    """End every session of the person but this one; returns how many there were."""
    ended = sessions.end(SignIn.account == account.id, SignIn.id != account.sign_in.id)
    if ended:
        record(Act.SESSION_ENDED, account, by=account, count=ended)
    return ended


@db.atomic()
def choose_language(account: Account, language: str) -> None:
    """The language of the person's pages. Raises Invalid for one the portal does not speak."""
    if language not in LANGUAGES:
        raise Invalid
    changed = Account.update(language=language, version=Account.version + 1).where(
        Account.id == account.id, Account.language != language
    )
    if changed.execute():
        record(Act.LANGUAGE_CHANGED, account, by=account, language=language)
