"""Waits that grow with failed attempts, kept in the register so that a restart forgets nothing.

An attempt counts as failed from the moment it begins: attempts made at the same time cannot
slip past the count while a password is being checked. Success takes it back.
"""

import dataclasses
import datetime as dt

from portal import clock
from portal.accounts.models import Throttle
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import db
from portal.errors import DomainError
from portal.language import N_
from portal.vault import box


@dataclasses.dataclass(frozen=True)
class Limit:
    free: int
    """Failures without a wait; after them 1, 2, 4 … seconds."""
    forgets: dt.timedelta
    """One failure is forgotten each time this has passed."""
    longest: dt.timedelta
    cap: int | None = None
    """So many failures not forgotten close the way: until another proof of the person's or an administrator opens it,
    or nobody has tried for KEPT_CLOSED (NIST SP 800-63B §3.2.2)."""


_PERSON = Limit(free=5, forgets=dt.timedelta(hours=1), longest=dt.timedelta(minutes=15), cap=100)

LIMITS = {
    "name": _PERSON,
    "factor": _PERSON,
    "own": _PERSON,
    # Only who holds a passkey of the person's comes here, whatever others have tried with the name
    "held": _PERSON,
    # Hundreds of people can share one address: the city's network leaves through a few.
    "address": Limit(free=100, forgets=dt.timedelta(minutes=1), longest=dt.timedelta(minutes=5)),
}

KEPT = dt.timedelta(days=2)
"""Rows untouched for this long have nothing left to remember."""
KEPT_CLOSED = dt.timedelta(days=90)
"""But for those that reached the cap."""

Keys = dict[str, str]
"""Kind of limit to row key."""


class TooSoon(DomainError):
    """The wait after earlier failures is not over; `wait` says how much is left, None that waiting does not help."""

    status = 429
    text = N_("För många försök. Vänta en stund och försök igen.")

    def __init__(self, wait: dt.timedelta | None) -> None:
        super().__init__()
        self.wait = wait


def keys(**values: str) -> Keys:
    """Row keys for e.g. `name="karin", address="192.0.2.1"`: pseudonyms, the values are kept nowhere."""
    return {kind: box.pseudonym(f"throttle:{kind}", value) for kind, value in values.items()}


def wait_after(failures: int, limit: Limit) -> dt.timedelta:
    over = failures - limit.free
    if over <= 0:
        return dt.timedelta()
    return min(dt.timedelta(seconds=2 ** min(over - 1, 20)), limit.longest)


def begin(attempt: Keys) -> None:
    """Count one attempt under each key. Raises TooSoon, counting nothing, while any of them waits."""
    wait = _begin(attempt)
    if wait is None or wait > dt.timedelta():
        raise TooSoon(wait)


@db.atomic()
def _begin(attempt: Keys) -> dt.timedelta | None:
    now = clock.now()
    for key in attempt.values():
        Throttle.insert(key=key, last_at=now, open_at=now).on_conflict_ignore().execute()
    rows = {kind: Throttle.get(Throttle.key == key) for kind, key in attempt.items()}
    # No wait is longer than the longest: a clock that was ahead and was set back keeps nobody out
    capped = {kind: row for kind, row in rows.items() if row.failures >= (LIMITS[kind].cap or row.failures + 1)}
    closed = capped | {kind: row for kind, row in rows.items() if now < row.open_at <= now + LIMITS[kind].longest}
    for kind, row in closed.items():
        Throttle.update(refused=Throttle.refused + 1).where(Throttle.id == row.id).execute()
        if row.refused == 0:  # the first says it; a flood would only fill the log
            record(Act.SIGN_IN_THROTTLED, kind=kind, key=row.key, failures=row.failures)
    if capped:
        return None
    if closed:
        return max(row.open_at for row in closed.values()) - now
    for kind, row in rows.items():
        limit = LIMITS[kind]
        forgotten = max(0, min((now - row.last_at) // limit.forgets, row.failures))
        failures = row.failures - forgotten + 1
        last_at = now if failures == 1 else row.last_at + forgotten * limit.forgets
        counted = (
            Throttle.update(failures=failures, last_at=last_at, open_at=now + wait_after(failures, limit), refused=0)
            .where(Throttle.id == row.id, Throttle.failures == row.failures, Throttle.open_at == row.open_at)
            .execute()
        )
        if not counted:
            return dt.timedelta(seconds=1)
    return dt.timedelta()


def succeeded(attempt: Keys) -> None:
    """Forget the person's failures; take back this attempt from the address. Call inside the
    transaction of the success."""
    now = clock.now()
    for kind, key in attempt.items():
        if kind == "address":
            Throttle.update(failures=Throttle.failures - 1, open_at=now).where(
                Throttle.key == key, Throttle.failures > 0
            ).execute()
        else:
            Throttle.delete().where(Throttle.key == key).execute()


def forget(**values: str) -> None:
    """An administrator gave new means to sign in: the old failures no longer stand in the way."""
    Throttle.delete().where(Throttle.key.in_(list(keys(**values).values()))).execute()


def tidy() -> None:
    """Remove rows with nothing left to remember."""
    now, fewest = clock.now(), min(limit.cap for limit in LIMITS.values() if limit.cap)
    over = (Throttle.last_at < now - KEPT) & (Throttle.failures < fewest)
    Throttle.delete().where(Throttle.open_at < now, over | (Throttle.last_at < now - KEPT_CLOSED)).execute()
