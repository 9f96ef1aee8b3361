"""Proof anew, in a session that is open already, that it is still the person who sits there: before grave acts.

A session may be left open on a desk, or its cookie stolen. What takes much out of the portal, lets much into it or
cannot be undone therefore wants a second factor that was proven minutes ago, not at the start of the day.
"""

import datetime as dt

from portal import clock, config
from portal.accounts import passkeys, sessions, sign_in, throttle
from portal.accounts.factors import Proof
from portal.accounts.models import Account, SignIn
from portal.accounts.passkeys import Site
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import db


def recent(row: SignIn) -> bool:
    """Was a second factor proven in this session within the last minutes? The sign-in itself counts. A proof of a
    clock that was ahead, and was set back, is none."""
    now, limit = clock.now(), dt.timedelta(minutes=config.settings().proof_minutes)
    return row.proved_at is not None and row.proved_at > now - limit and row.proved_at < now + limit


def by_code(account: Account, typed: str, *, address: str) -> tuple[str, Proof]:
    """A code of the app or a recovery code, used up: the session goes on under a new token, which is returned.

    Raises throttle.TooSoon, sign_in.WrongCode, or Conflict when the session was ended or renewed meanwhile.
    """
    with sign_in.code_used(account, typed, address=address) as proof:
        token = proved(account, proof)
    return token, proof


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
