"""Where the register holds secrets that are sealed under the root key."""

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode

import peewee

from portal.accounts.models import Account, SignIn
from portal.cases import copy_making
from portal.cases.models import Copy
from portal.db import db
from portal.recordings import originals, saved
from portal.recordings.correction_models import Correction
from portal.recordings.saved_models import SavedSearch
from portal.vault import box

BATCH = 500

Anew = Callable[[Any, Any], Any]
"""Of a row's key and its value: the value sealed anew, None when it is so already. Raises SealBroken."""


@dataclasses.dataclass(frozen=True)
class Column:
    model: type[peewee.Model]
    field: peewee.Field
    bound_to: peewee.Expression
    """What the secret is bound to: the uuid of the row it belongs to."""
    anew: Anew
    among: tuple[Any, ...] = ()
    """Only these rows."""


def _blob(use: str) -> Anew:
    return lambda subject, value: box.sealed_anew(use, subject.bytes, value)


def _asked(subject: Any, value: str) -> str | None:
    """The words of a saved search stand sealed among what is public of it."""
    pairs, changed = [], False
    for name, given in parse_qsl(value):
        if name == saved.WORDS and (anew := saved.sealed_anew(subject, given)) is not None:
            given, changed = anew, True
        pairs.append((name, given))
    return urlencode(pairs) if changed else None


COLUMNS = (
    Column(Account, Account.totp_sealed, Account.uuid, _blob("totp")),
    Column(SignIn, SignIn.enrolling_sealed, Account.uuid, _blob("totp")),
    Column(Copy, Copy.password_sealed, Copy.uuid, _blob(copy_making.SECRET)),
    # Those of a call are sealed under the call's own key
    Column(Correction, Correction.sealed, Correction.uuid, _blob(originals.USE), (Correction.recording.is_null(),)),
    Column(SavedSearch, SavedSearch.asked, Account.uuid, _asked),
)

ELSEWHERE = {
    ("passkey", "credential_id"): "public",
    ("passkey", "public_key"): "public",
    ("sign_in", "challenge_sealed"): "ends with the ceremony, minutes after it began; the keyring opens it until then",
}
"""The other columns of bytes, and why a rotation leaves them alone."""


@dataclasses.dataclass
class Done:
    anew: int = 0
    unreadable: int = 0
    """Opened by no key there is: they were not readable before either."""


def seal_anew() -> Done:
    """Seal every such secret under the root key in force. What somebody changes meanwhile is left to the next pass."""
    done = Done()
    for column in COLUMNS:
        for key, subject, value in _rows(column):
            try:
                anew = column.anew(subject, value)
            except (box.SealBroken, ValueError):
                done.unreadable += 1
                continue
            if anew is not None:
                done.anew += _put(column, key, value, anew)
    return done


def _rows(column: Column) -> Iterator[tuple[int, Any, Any]]:
    """In batches: no read holds the register as it was for longer than one."""
    after = 0
    key = column.model._meta.primary_key
    while True:
        query = column.model.select(key, column.bound_to, column.field)
        if column.bound_to.model is not column.model:
            query = query.join(column.bound_to.model)
        wanted = query.where(column.field.is_null(False), key > after, *column.among).order_by(key).limit(BATCH)
        rows = list(wanted.tuples())
        if not rows:
            return
        yield from rows
        after = rows[-1][0]


@db.atomic()
def _put(column: Column, key: int, before: Any, anew: Any) -> int:
    """Guarded: nobody has changed or emptied it since it was read."""
    table = column.model
    row = table._meta.primary_key == key
    return int(table.update({column.field: anew}).where(row, column.field == before).execute())
