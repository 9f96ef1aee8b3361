"""Proof anew, in a session that is open already, that it is still the person who sits there: before grave acts.

A session may be left open on a desk, or its cookie stolen. What takes much out of the portal, lets much into it or
cannot be undone therefore wants a second factor that was proven minutes ago, not at the start of the day.
"""

import datetime as dt

from portal import clock, config
from portal.accounts import factors, passkeys, sessions, throttle
from portal.accounts.factors import Proof
from portal.accounts.models import Account, SignIn
from portal.accounts.passkeys import Site
from portal.accounts.sign_in import WrongCode
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import db
from portal.vault import box


def recent(row: SignIn) -> bool:
    """Was a second factor proven in this session within the last minutes? The sign-in itself counts."""
    limit = dt.timedelta(minutes=config.settings().proof_minutes)
    return row.proved_at is not None and row.proved_at > clock.now() - limit


def by_code(account: Account, typed: str, *, address: str) -> tuple[str, Proof]:
    """A code of the app or a recovery code, used up: the session goes on under a new token, which is returned.

    Raises throttle.TooSoon, WrongCode, or Conflict when the session was ended or renewed meanwhile.
    """
    attempt = throttle.keys(factor=account.uuid.hex, address=address)
    throttle.begin(attempt)
    with db.atomic():
        proof = factors.accept(account, typed)
        if proof is not None:
            throttle.succeeded(attempt)
            if proof is Proof.RECOVERY:
                record(Act.RECOVERY_CODE_USED, account, by=account, left=factors.codes_left(account))
            return proved(account, proof), proof
        record(Act.SECOND_FACTOR_FAILED, account, by=account, address=box.pseudonym("address", address))
    raise WrongCode


def by_key(account: Account, answer: str, site: Site) -> str:
    """A passkey's answer to the question of this session; the new token. Raises passkeys.WrongKey or Conflict."""
    passkeys.prove(account.sign_in, answer, site)
    with db.atomic():
        throttle.forget(factor=account.uuid.hex)
        return proved(account, Proof.PASSKEY)


def proved(account: Account, proof: Proof) -> str:
    """Note the proof in the session; its new token. Inside the caller's transaction."""
    token = sessions.proved(account.sign_in)
    record(Act.PROVED_ANEW, account, by=account, factor=proof, sign_in=str(account.sign_in.uuid))
    return token
