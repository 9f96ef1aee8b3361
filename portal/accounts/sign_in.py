"""Signing in and out: password, then second factor, then, if it was temporary, a new password.

Each step ends the session of the one before and opens the next under a new token, in one
transaction; only the last is a session that the guard knows (`sessions.FULL`).
"""

import contextlib
import datetime as dt
from collections.abc import Iterator

from portal import clock
from portal.accounts import factors, passkeys, passwords, sessions, throttle
from portal.accounts.factors import Proof
from portal.accounts.models import Account, Passkey, SignIn
from portal.accounts.passkeys import Site
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import db
from portal.errors import Conflict, Invalid
from portal.language import N_
from portal.vault import box

AS_ONE = dt.timedelta(seconds=1)
"""A code is used, and the session opened that it is for, in one transaction."""


class WrongPassword(Invalid):
    """The same for an unknown name, a wrong password and a closed account."""

    text = N_("Användarnamnet eller lösenordet stämmer inte. Försök igen.")


class WrongCode(Invalid):
    text = N_("Koden stämmer inte, eller så är den redan använd. Vänta på nästa kod i appen.")


class NotEnrolling(Conflict):
    text = N_("Den här koden har redan bekräftats eller hör till en tidigare inloggning. Logga in på nytt.")


def check_password(
    username: str, password: str, *, address: str, device: str = "", replacing: str = "", key: Passkey | None = None
) -> tuple[str, SignIn]:
    """The first factor. Returns token and session of stage PASSWORD, which opens only the next step;
    the half-way session of the token `replacing` ends.

    `key` has answered already: when it is this person's the session is of the stage after, and the waits that others
    have brought about by guessing do not stand in the way.

    Raises throttle.TooSoon while a wait runs, else WrongPassword; what was wrong is told to the
    log alone, and an unknown name costs the same work as a known one.
    """
    name = username.strip().lower()
    held = key is not None and key.account.username == name
    attempt = throttle.keys(held=name) if held else throttle.keys(name=name, address=address)
    throttle.begin(attempt)  # before anybody is looked up: who must wait learns nothing by how long that took
    account: Account | None = Account.get_or_none(Account.username == name)
    good = passwords.verify(account.password_hash if account else None, password)
    if account is None or not good or account.closed_at is not None:
        reason = "unknown" if account is None else "closed" if good else "password"
        with db.atomic():
            record(
                Act.SIGN_IN_FAILED,
                account,
                name=box.pseudonym("username", name),
                address=box.pseudonym("address", address),
                reason=reason,
            )
        raise WrongPassword
    stronger = passwords.hashed(password) if passwords.outdated(account.password_hash) else None
    with db.atomic():
        # closed or given another password while this one was being checked: it is not the password any more
        unchanged = (Account.id == account.id) & (Account.password_hash == account.password_hash)
        if not Account.select().where(unchanged, Account.closed_at.is_null()).exists():
            raise WrongPassword
        throttle.succeeded(attempt)
        throttle.tidy()
        sessions.tidy()
        if stronger:
            Account.update(password_hash=stronger).where(unchanged).execute()
        sessions.end(SignIn.token_hash == sessions.hashed(replacing), SignIn.stage != sessions.FULL)
        record(Act.PASSWORD_ACCEPTED, account, by=account, address=box.pseudonym("address", address))
        token, row = sessions.open_session(account, sessions.PASSWORD, device)
        return _rise_by_key(row) if held else (token, row)


def prove_factor(row: SignIn, typed: str, *, address: str) -> tuple[str, SignIn, Proof]:
    """The second factor of a session of stage PASSWORD: a code of the app or a recovery code, used up.

    Raises throttle.TooSoon, WrongCode, or Conflict when the session was ended or raised meanwhile.
    """
    with code_used(row.account, typed, address=address) as proof:
        token, raised = _rise(row, factor=proof)
    return token, raised, proof


@contextlib.contextmanager
def code_used(account: Account, typed: str, *, address: str) -> Iterator[Proof]:
    """A transaction in which a code of the app or a recovery code is used up, for what is done inside.

    Raises throttle.TooSoon or WrongCode.
    """
    attempt = throttle.keys(factor=account.uuid.hex, address=address)
    throttle.begin(attempt)
    with db.atomic():
        proof = factors.accept(account, typed)
        if proof is not None:
            throttle.succeeded(attempt)
            if proof is Proof.RECOVERY:
                record(Act.RECOVERY_CODE_USED, account, by=account, left=factors.codes_left(account))
            yield proof
            return
        record(Act.SECOND_FACTOR_FAILED, account, by=account, address=box.pseudonym("address", address))
    raise WrongCode


def prove_key(row: SignIn, answer: str, site: Site) -> tuple[str, SignIn]:
    """The second factor of a session of stage PASSWORD: a passkey's answer to the question of this session.

    Raises passkeys.WrongKey, or Conflict when the session was ended or raised meanwhile.
    """
    passkeys.prove(row, answer, site)
    with db.atomic():
        return _rise_by_key(row)


def code_used_before(row: SignIn) -> dt.datetime | None:
    """When a recovery code was used to open the person's session before this one, or in it: whoever has not done so
    themselves must learn of it."""
    used, earlier = factors.last_code_used(row.account), sessions.before(row)
    if used is None or earlier is None or earlier.created_at > used + AS_ONE:
        return None
    return used if row.created_at > used + AS_ONE else None


def _rise_by_key(row: SignIn) -> tuple[str, SignIn]:
    """Both factors are proven: what others have failed at is forgotten. Inside the caller's transaction."""
    throttle.forget(name=row.account.username, factor=row.account.uuid.hex)
    return _rise(row, factor=Proof.PASSKEY)


def _rise(row: SignIn, *, factor: str) -> tuple[str, SignIn]:
    """End `row`, open the session of the next stage. Inside the caller's transaction."""
    if not sessions.end(SignIn.id == row.id, SignIn.stage == row.stage):
        raise Conflict
    account = row.account
    proved_at = row.proved_at if row.stage == sessions.RENEWAL else clock.now()
    if account.password_temporary:
        return sessions.open_session(account, sessions.RENEWAL, row.device, proved_at=proved_at)
    token, raised = sessions.open_session(account, sessions.FULL, row.device, proved_at=proved_at)
    record(Act.SIGNED_IN, account, by=account, factor=factor, sign_in=str(raised.uuid))
    return token, raised


@db.atomic()
def begin_enrolment(row: SignIn) -> str:
    """The secret to show in this session of an account without a second factor, made at the first call.

    Raises NotEnrolling for an account that has one: a password alone never replaces it.
    """
    if row.account.totp_sealed is not None:
        raise NotEnrolling
    return _secret_shown(row)


def _secret_shown(row: SignIn) -> str:
    if row.enrolling_sealed is None:
        sealed = factors.seal(row.account, factors.new_secret())
        SignIn.update(enrolling_sealed=sealed).where(
            SignIn.id == row.id, SignIn.enrolling_sealed.is_null(), SignIn.ended_at.is_null()
        ).execute()
        row.enrolling_sealed = SignIn.get_by_id(row.id).enrolling_sealed
        if row.enrolling_sealed is None:
            raise NotEnrolling
    return factors.unseal(row.account, row.enrolling_sealed)


def confirm_enrolment(row: SignIn, typed: str, *, address: str) -> tuple[str, SignIn, list[str]]:
    """The first code from the app proves that it holds the secret: the account has its second factor,
    the session rises. Returns token, session and ten recovery codes, known to nobody afterwards.

    Raises throttle.TooSoon, WrongCode, or NotEnrolling when another session got there first.
    """
    account = row.account
    if account.totp_sealed is not None or row.enrolling_sealed is None:
        raise NotEnrolling
    attempt = throttle.keys(factor=account.uuid.hex, address=address)
    throttle.begin(attempt)
    step = factors.step_of(factors.unseal(account, row.enrolling_sealed), typed)
    with db.atomic():
        if step is not None:
            enrolled = (
                Account.update(totp_sealed=row.enrolling_sealed, totp_last_step=step)
                .where(Account.id == account.id, Account.totp_sealed.is_null(), Account.closed_at.is_null())
                .execute()
            )
            if not enrolled:
                raise NotEnrolling
            throttle.succeeded(attempt)
            codes = factors.new_codes(account)
            record(Act.SECOND_FACTOR_ENROLLED, account, by=account)
            record(Act.RECOVERY_CODES_MADE, account, by=account, count=len(codes))
            # other half-way sessions of this account were opened before it had a second factor
            sessions.end(SignIn.account == account.id, SignIn.id != row.id, SignIn.stage == sessions.PASSWORD)
            token, raised = _rise(row, factor=Proof.TOTP)
            return token, raised, codes
        record(Act.SECOND_FACTOR_FAILED, account, by=account, enrolling=True)
    raise WrongCode


def renew_password(row: SignIn, chosen: str) -> tuple[str, SignIn]:
    """Replace the temporary password; the session rises to FULL, all others end.

    Raises passwords.Weak when it may not be chosen or is the temporary one, Conflict when it was
    changed meanwhile.
    """
    account = row.account
    passwords.check(chosen, names=(account.username, account.name))
    if passwords.verify(account.password_hash, chosen):
        raise passwords.Unchanged
    new_hash = passwords.hashed(chosen)
    with db.atomic():
        changed = (
            Account.update(password_hash=new_hash, password_temporary=False)
            .where(
                Account.id == account.id,
                Account.password_temporary,
                Account.password_hash == account.password_hash,
                Account.closed_at.is_null(),
            )
            .execute()
        )
        if not changed:
            raise Conflict
        account.password_hash, account.password_temporary = new_hash, False
        record(Act.PASSWORD_CHANGED, account, by=account, temporary=True)
        sessions.end(SignIn.account == account.id, SignIn.id != row.id)
        return _rise(row, factor="renewal")


@db.atomic()
def sign_out(row: SignIn) -> None:
    """End the session, whatever its stage; its token opens nothing from now on. Once is enough."""
    if sessions.end(SignIn.id == row.id):
        record(Act.SIGNED_OUT, row.account, by=row.account, stage=row.stage)
