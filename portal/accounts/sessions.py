"""Server-side sessions: opened at sign-in, resumed by the cookie's token, ended for good.

A session lives with the roles that the person had when it was opened: when a right begins or ends, by a decision or
by its time, the sessions from before it are over at that instant, with the sound that plays in them.
"""

import datetime as dt
import hashlib
import secrets

import peewee

from portal import clock, config
from portal.accounts.models import Account, RoleGrant, SignIn
from portal.accounts.permissions import Role
from portal.db import Prepared, gathered, loaded, slot
from portal.errors import Conflict

PASSWORD, RENEWAL, FULL = "password", "renewal", "full"

TOUCH_EVERY = dt.timedelta(seconds=30)
"""Activity is written at most this often."""

KEPT = dt.timedelta(days=30)
"""Rows of sessions older than this are removed; the log remembers the sign-in."""


def hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def open_session(
    account: Account, stage: str, device: str = "", *, proved_at: dt.datetime | None = None
) -> tuple[str, SignIn]:
    """A new session and the token for its cookie. `proved_at`: when a second factor was proven on the way to it.
    Call inside the transaction of the sign-in."""
    token = secrets.token_urlsafe(32)
    row = SignIn.create(account=account, token_hash=hashed(token), stage=stage, device=device[:80], proved_at=proved_at)
    return token, row


def proved(row: SignIn) -> str:
    """The session of a person who has just proven a second factor in it, under a new token: the one in the cookie
    before, of which there may be a copy, opens nothing from now on. Call inside the transaction of the proof.

    Raises Conflict when the session was ended, or got another token, meanwhile.
    """
    token, now = secrets.token_urlsafe(32), clock.now()
    renewed = (
        SignIn.update(token_hash=hashed(token), proved_at=now)
        .where(SignIn.id == row.id, SignIn.token_hash == row.token_hash, SignIn.ended_at.is_null())
        .execute()
    )
    if not renewed:
        raise Conflict
    row.token_hash = hashed(token)
    row.proved_at = now
    return token


def _living(seen_after: object, created_after: object, now: object) -> peewee.Expression:
    """Not ended, within the idle and the absolute limit, account open, no role begun or ended since."""
    return (
        SignIn.ended_at.is_null()
        & (SignIn.seen_at > seen_after)
        & (SignIn.created_at > created_after)
        & Account.closed_at.is_null()
        & ~peewee.fn.EXISTS(_changed_since(now))
    )


def _changed_since(now: object) -> peewee.ModelSelect:
    """The person's rights that have begun or ended since the session was opened; one that was taken back before its
    first day never was in force."""
    right = RoleGrant.alias("changed")
    begun = (right.begins_at > SignIn.created_at) & (right.begins_at <= now)
    ended = (right.ends_at > SignIn.created_at) & (right.ends_at <= now)
    return right.select(right.id).where(right.account == SignIn.account, right.begins_at < right.ends_at, begun | ended)


def _limits() -> dict[str, dt.datetime]:
    """The instants that `_living` compares with."""
    settings, now = config.settings(), clock.now()
    return {
        "seen_after": now - dt.timedelta(minutes=settings.idle_minutes),
        "created_after": now - dt.timedelta(hours=settings.absolute_hours),
        "now": now,
    }


_FIND = Prepared(
    lambda: (
        SignIn.select(
            SignIn,
            Account,
            RoleGrant.select(gathered(RoleGrant.role))
            .where(RoleGrant.account == Account.id, RoleGrant.in_force(slot("now", RoleGrant.ends_at)))
            .alias("roles"),
        )
        .join(Account)
        .where(
            SignIn.token_hash == slot("token_hash", SignIn.token_hash),
            SignIn.stage == slot("stage", SignIn.stage),
            _living(
                slot("seen_after", SignIn.seen_at),
                slot("created_after", SignIn.created_at),
                slot("now", SignIn.created_at),
            ),
        )
    )
)


def find(token: str, stage: str) -> SignIn | None:
    """The living session of `token` in `stage`: not ended, within idle and absolute limits, account open."""
    rows = _FIND(token_hash=hashed(token), stage=stage, **_limits())
    if not rows:
        return None
    *columns, roles = rows[0]
    own = len(SignIn._meta.sorted_field_names)
    row, account = loaded(SignIn, tuple(columns[:own])), loaded(Account, tuple(columns[own:]))
    account.roles = frozenset(Role(role) for role in (roles or "").split(",") if role)
    row.__rel__["account"] = account
    found: SignIn = row
    return found


def of(account: Account) -> list[SignIn]:
    """The account's living sessions, the last used first."""
    rows = SignIn.select(SignIn, Account).join(Account).where(SignIn.account == account.id, _living(**_limits()))
    return list(rows.order_by(SignIn.seen_at.desc(), SignIn.id.desc()))


def before(row: SignIn) -> SignIn | None:
    """The session that the person, or whoever passed for them, opened before this one; None when it is forgotten."""
    earlier = SignIn.select().where(SignIn.account == row.account_id, SignIn.stage == FULL, SignIn.id < row.id)
    found: SignIn | None = earlier.order_by(SignIn.id.desc()).first()
    return found


def anew(account: Account) -> Account | None:
    """The person as the register knows them now, in the session that `account` is signed in with; None when that
    has ended. For an answer that takes long."""
    session = next((session for session in of(account) if session.id == account.sign_in.id), None)
    if session is None:
        return None
    found: Account = session.account
    found.sign_in = session
    return found


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


def end(*which: peewee.Expression) -> int:
    """End the sessions that match, with what was being enrolled or asked in them; returns how many there were.
    Call inside the transaction of the act."""
    ended: int = (
        SignIn.update(ended_at=clock.now(), enrolling_sealed=None, challenge_sealed=None)
        .where(SignIn.ended_at.is_null(), *which)
        .execute()
    )
    return ended


def tidy() -> None:
    """Remove the rows of sessions long over."""
    SignIn.delete().where(SignIn.created_at < clock.now() - KEPT).execute()
