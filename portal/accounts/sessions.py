"""Server-side sessions: opened at sign-in, resumed by the cookie's token, ended for good."""

import datetime as dt
import hashlib
import secrets

from portal import clock, config
from portal.accounts.models import Account, SignIn

PASSWORD, FULL = "password", "full"

TOUCH_EVERY = dt.timedelta(seconds=30)
"""Activity is written at most this often."""


def hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def open_session(account: Account, stage: str, device: str = "") -> tuple[str, SignIn]:
    """A new session and the token for its cookie. Call inside the transaction of the sign-in."""
    token = secrets.token_urlsafe(32)
    row = SignIn.create(account=account, token_hash=hashed(token), stage=stage, device=device[:80])
    return token, row


def find(token: str, stage: str) -> SignIn | None:
    """The living session of `token` in `stage`: not ended, within idle and absolute limits, account open."""
    settings, now = config.settings(), clock.now()
    row = (
        SignIn.select(SignIn, Account)
        .join(Account)
        .where(
            SignIn.token_hash == hashed(token),
            SignIn.stage == stage,
            SignIn.ended_at.is_null(),
            SignIn.seen_at > now - dt.timedelta(minutes=settings.idle_minutes),
            SignIn.created_at > now - dt.timedelta(hours=settings.absolute_hours),
            Account.closed_at.is_null(),
        )
        .first()
    )
    return row


def resume(token: str, *, prolong: bool = True) -> Account | None:
    """The account of a fully signed-in session, with `.sign_in`; None when there is none."""
    row = find(token, FULL)
    if row is None:
        return None
    now = clock.now()
    if prolong and now - row.seen_at > TOUCH_EVERY:
        SignIn.update(seen_at=now).where(SignIn.id == row.id, SignIn.ended_at.is_null()).execute()
    account: Account = row.account
    account.sign_in = row
    return account
