"""Searches that a person keeps under a name: one's own, and nobody else's to see.

Never a telephone number, and the words sealed and no longer than a recording lives: they may be a caller's name.
"""

import base64
import datetime as dt
import re
import uuid
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

from portal import clock
from portal.accounts.models import Account
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.cases import personal_codes
from portal.db import Prepared, db, slot
from portal.errors import Invalid, NotFound
from portal.language import N_
from portal.recordings.saved_models import SavedSearch
from portal.recordings.sought import Pairs
from portal.vault import box

MOST = 30
NAME_MOST = 60
_NUMBER = re.compile(r"\d{5,}|\d(?:[ \u00a0.–/-]?\d){6,}")
_DAY = re.compile(r"(?<!\d)(?:20\d\d(?:-\d\d){1,2}|\d{1,2}\.\d{1,2}\.20\d\d|20\d\d[–-]20\d\d)(?!\d)")
USE = "saved search"
WORDS = "kept"
"""Under which the words stand sealed."""
CODES = {"from": "first", "to": "last", "flag": "flags"}
"""What the log calls a question, where it is not by its own name."""


class NothingToSave(Invalid):
    text = N_("Sökningen har inget villkor som kan sparas. Ett telefonnummer sparas aldrig.")


class TooMany(Invalid):
    text = N_("Du har redan 30 sparade sökningar. Radera någon först.")


class NameTaken(Invalid):
    text = N_("Du har redan en sparad sökning med det namnet. Välj ett annat namn.")


class Personal(Invalid):
    text = N_(
        "Ett telefonnummer eller en personbeteckning får inte finnas i namnet eller bland orden. Ta bort det och "
        "spara på nytt."
    )


class Saved(NamedTuple):
    """A search as it is shown, with what it asks."""

    row: SavedSearch
    asked: Pairs

    @property
    def has_words(self) -> bool:
        return any(name == "words" for name, _ in self.asked)


_OWN = Prepared(
    lambda: (
        SavedSearch.select(SavedSearch.uuid, SavedSearch.name, SavedSearch.asked, SavedSearch.created_at)
        .where(SavedSearch.account == slot("account", SavedSearch.account))
        .order_by(SavedSearch.name)
    )
)


def names(by: Account) -> list[tuple[uuid.UUID, str]]:
    """One's own, by name: key and name."""
    return [(key, name) for key, name, asked, made in _OWN(account=by.id) if not _is_over(asked, made)]


def of(by: Account) -> list[Saved]:
    """One's own, by name, with what they ask."""
    rows = SavedSearch.select().where(SavedSearch.account == by.id).order_by(SavedSearch.name)
    return [Saved(row, _opened(row, by)) for row in rows if not _is_over(row.asked, row.created_at)]


def get(key: uuid.UUID, *, by: Account) -> Saved:
    """Raises NotFound when it is another's, gone, or past its time."""
    row: SavedSearch | None = SavedSearch.get_or_none(SavedSearch.uuid == key, SavedSearch.account == by.id)
    if row is None or _is_over(row.asked, row.created_at):
        raise NotFound
    return Saved(row, _opened(row, by))


def kept(asked: Iterable[tuple[str, str]]) -> Pairs:
    """What of a search's questions is saved: no number, and of a quick choice of days only which one, so that
    'today' is today each time."""
    asked = list(asked)
    relative = any(name == "period" for name, _ in asked)
    left_out = {"number", "from", "to"} if relative else {"number"}
    return [pair for pair in asked if pair[0] not in left_out]


@db.atomic()
def save(name: str, asked: Iterable[tuple[str, str]], *, by: Account) -> SavedSearch:
    """Raises NothingToSave, Personal, NameTaken, TooMany."""
    asked = kept(asked)
    if not any(pair[0] != "sort" for pair in asked):
        raise NothingToSave
    words = [pair for pair in asked if pair[0] == "words"]
    _refuse_personal(name, *(value for _, value in words))
    own = SavedSearch.select().where(SavedSearch.account == by.id)
    if own.where(SavedSearch.name == name).exists():
        raise NameTaken
    if own.count() >= MOST:
        raise TooMany
    public = [pair for pair in asked if pair[0] != "words"]
    sealed = [(WORDS, _sealed(words, by))] if words else []
    row: SavedSearch = SavedSearch.create(account=by, name=name, asked=urlencode([*sealed, *public]))
    record(Act.SEARCH_SAVED, row, by=by, filters=_codes(asked))
    return row


@db.atomic()
def rename(saved: Saved, name: str, *, by: Account) -> None:
    """Raises Personal, NameTaken; NotFound when it has been removed meanwhile. The same name changes nothing."""
    if name == saved.row.name:
        return
    _refuse_personal(name)
    if SavedSearch.select().where(SavedSearch.account == by.id, SavedSearch.name == name).exists():
        raise NameTaken
    changed = (
        SavedSearch.update(name=name).where(SavedSearch.id == saved.row.id, SavedSearch.account == by.id).execute()
    )
    if not changed:
        raise NotFound
    record(Act.SEARCH_SAVED, saved.row, by=by, filters=_codes(saved.asked), renamed=True)


@db.atomic()
def remove(saved: Saved, *, by: Account) -> None:
    """Raises NotFound when it is already gone."""
    if not SavedSearch.delete().where(SavedSearch.id == saved.row.id, SavedSearch.account == by.id).execute():
        raise NotFound
    record(Act.SEARCH_FORGOTTEN, saved.row, by=by, filters=_codes(saved.asked))


def use(saved: Saved) -> Pairs:
    """What it asks, and that it was used now."""
    SavedSearch.update(used_at=clock.now()).where(SavedSearch.id == saved.row.id).execute()
    return saved.asked


def forget_due() -> int:
    """Remove those whose words have been kept for as long as a recording, and those of closed accounts. How many."""
    rows = SavedSearch.select(SavedSearch, Account).join(Account)
    return sum(_forget(row) for row in rows if row.account.closed_at or _is_over(row.asked, row.created_at))


@db.atomic()
def _forget(row: SavedSearch) -> int:
    gone: int = SavedSearch.delete().where(SavedSearch.id == row.id).execute()
    if gone:
        record(Act.SEARCH_FORGOTTEN, row)
    return gone


def _is_over(asked: str, made: dt.datetime) -> bool:
    """Have its words been kept for their three months?"""
    return asked.startswith(f"{WORDS}=") and clock.expiry(made) <= clock.now()


def _refuse_personal(*texts: str) -> None:
    """A telephone number too: whole, or most of one. A day is none."""
    for text in texts:
        if _NUMBER.search(_DAY.sub(" ", text)) or personal_codes.holds(text):
            raise Personal


def _sealed(words: Pairs, by: Account) -> str:
    return base64.urlsafe_b64encode(box.seal(USE, by.uuid.bytes, urlencode(words).encode())).decode()


def sealed_anew(owner: uuid.UUID, value: str) -> str | None:
    """Such words under the root key in force; None when they are so already. Raises SealBroken, ValueError."""
    anew = box.sealed_anew(USE, owner.bytes, base64.urlsafe_b64decode(value))
    return None if anew is None else base64.urlsafe_b64encode(anew).decode()


def _opened(row: SavedSearch, by: Account) -> Pairs:
    asked: Pairs = []
    for name, value in parse_qsl(row.asked):
        if name == WORDS:
            text = box.unseal(USE, by.uuid.bytes, base64.urlsafe_b64decode(value))
            asked += parse_qsl(text.decode())
        else:
            asked.append((name, value))
    return asked


def _codes(asked: Pairs) -> list[str]:
    return sorted({CODES.get(name, name) for name, _ in asked})
