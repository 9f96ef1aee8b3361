"""The city's own lines: which queue a number is, whose extension, and numbers in their one written form."""

import re

import phonenumbers

from portal import config
from portal.accounts.models import Account
from portal.db import Prepared, loaded, slot
from portal.queues.models import Queue

LONGEST = 40
WITHHELD = frozenset(
    ("", "anonymous", "unknown", "unavailable", "withheld", "private", "restricted", "blocked", "none", "asterisk")
)

# Asked for each file of a full inbox
_QUEUE = Prepared(lambda: Queue.select().where(Queue.number == slot("number", Queue.number)))
_ADVISER = Prepared(lambda: Account.select().where(Account.extension == slot("extension", Account.extension)))


def e164(raw: str | None) -> str | None:
    """`raw` in E.164 when it is a number a telephone has; as delivered (at most 40 characters) when it is
    not; None when it is withheld. Numbers without a country code belong to the setting `region`."""
    text = clean(raw or "").strip()
    if text.lower() in WITHHELD:
        return None
    return _e164(text) or text[:LONGEST]


def _e164(text: str) -> str | None:
    try:
        number = phonenumbers.parse(text, config.settings().region)
    except phonenumbers.NumberParseException:
        return None
    # An extension is short and national: E.164 would make another subscriber of it
    if not phonenumbers.is_possible_number(number) or (text[:1] != "+" and len(re.sub(r"\D", "", text)) < 6):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def clean(text: str) -> str:
    """`text` that a database and a page can hold: no lone surrogates, no control characters."""
    whole = text.encode("utf-8", "replace").decode()
    return "".join(c if c.isprintable() else " " for c in whole)


def queue(number: str | None) -> Queue | None:
    """The queue with this number, however either is written; closed ones too, whose late calls still belong to them."""
    if not number:
        return None
    for values in _QUEUE(number=number):
        found: Queue = loaded(Queue, values)
        return found
    wanted = _e164(number)
    if wanted is None:
        return None
    for row in Queue.select():
        if _e164(row.number) == wanted:
            same: Queue = row
            return same
    return None


def adviser(extension: str | None) -> Account | None:
    """Whose extension it is."""
    if not extension:
        return None
    for values in _ADVISER(extension=extension):
        found: Account = loaded(Account, values)
        return found
    return None
