"""What the root key wants of those who keep it: that it be there, that a change of it be ended, that one comes in time,
and that the shares in the safes are its own. As far as the log knows: what was done elsewhere it does not."""

import dataclasses
import datetime as dt
import enum

from portal import clock, config, lock
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.vault import ring
from portal.vault.root import RootKeyMissing


class Shares(enum.StrEnum):
    UNKNOWN = "unknown"
    """No root key was ever split here."""
    HELD = "held"
    """The one in force was."""
    EARLIER = "earlier"
    """An earlier one was, and not this: what lies in the safes does not bring it back."""


@dataclasses.dataclass(frozen=True)
class Care:
    missing: str = ""
    """Why the root key opens nothing, and what to do; the rest is then not known."""
    unfinished: bool = False
    """A rotation was begun, and nobody is at it."""
    since: dt.datetime | None = None
    """When this key came into force."""
    due: bool = False
    """That is longer ago than `root_key_months`."""
    shares: Shares = Shares.UNKNOWN

    @property
    def wanted(self) -> bool:
        return bool(self.missing) or self.unfinished or self.due or self.shares == Shares.EARLIER


def look() -> Care:
    """How it stands."""
    try:
        held = ring.fresh()
    except RootKeyMissing as error:
        return Care(missing=str(error))
    since = _since(held.id.hex())
    limit = config.settings().root_key_months
    return Care(
        unfinished=held.turning and not _under_way(),
        since=since,
        due=since is not None and clock.add_months(since, limit) <= clock.now(),
        shares=_shares(held.id.hex()),
    )


def _under_way() -> bool:
    with lock.alone("rotation") as free:
        return not free


def _since(name: str) -> dt.datetime | None:
    """When the first rotation to it was told of; the first key is as old as the log."""
    entries = Entry.select().where(Entry.act == Act.KEYS_ROTATED).order_by(Entry.id)
    first = next((entry for entry in entries if entry.told.get("root") == name), None) or Entry.get_or_none(id=1)
    return first.at if first else None


def _shares(name: str) -> Shares:
    split = {entry.told.get("root") for entry in Entry.select().where(Entry.act == Act.KEYS_SPLIT)}
    if name in split:
        return Shares.HELD
    return Shares.EARLIER if split else Shares.UNKNOWN
