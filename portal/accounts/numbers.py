"""A person's own telephone numbers: so that a listen to one's own or a colleague's call is seen."""

import datetime as dt
import re

import phonenumbers

from portal import clock, config
from portal.accounts.models import Account, AccountNumber
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import db
from portal.errors import Invalid
from portal.language import N_
from portal.retention import watch

MOST = 5
"""Numbers of one person."""
KEPT = dt.timedelta(days=60)
"""After the account was closed: what was heard in its last days is looked at later."""
_BETWEEN = re.compile(r"[,;/\n]+")
_SIGNS = re.compile(r"\+?[0-9 ()\u00a0-]{5,30}")


class BadNumber(Invalid):
    text = N_("Skriv telefonnumren med siffror, med komma emellan, som i 040 123 4567, 019 520 211.")


class TooManyNumbers(Invalid):
    """`most` of them are kept."""

    text = N_("Ange högst %(most)s nummer.")


def read(text: str) -> list[str]:
    """The numbers in `text`, in E.164, each once. Raises BadNumber, TooManyNumbers."""
    found: list[str] = []
    for one in _BETWEEN.split(text):
        typed = one.strip().removeprefix("'")
        if not typed:
            continue
        if not _SIGNS.fullmatch(typed):
            raise BadNumber
        try:
            parsed = phonenumbers.parse(typed, config.settings().region)
        except phonenumbers.NumberParseException as error:
            raise BadNumber from error
        if not phonenumbers.is_possible_number(parsed):
            raise BadNumber
        found.append(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))
    numbers = list(dict.fromkeys(found))
    if len(numbers) > MOST:
        raise TooManyNumbers(most=MOST)
    return numbers


def of(account: Account) -> list[str]:
    """In the order they were given."""
    rows = AccountNumber.select(AccountNumber.number).where(AccountNumber.account == account.id)
    return [number for (number,) in rows.order_by(AccountNumber.id).tuples()]


def give(account: Account, numbers: list[str]) -> bool:
    """Keep these and no others, inside the caller's transaction; was there anything to change?"""
    if numbers == of(account):
        return False
    AccountNumber.delete().where(AccountNumber.account == account.id).execute()
    for number in numbers:
        AccountNumber.create(account=account, number=number)
    return True


def forget_due() -> int:
    """Delete the numbers of those whose account has been closed for KEPT; how many people's. Nothing while the clock is
    doubted."""
    if watch.doubts_clock():
        return 0
    numbered = AccountNumber.select(AccountNumber.account)
    due = Account.select().where(Account.closed_at <= clock.now() - KEPT, Account.id.in_(numbered))
    return sum(_forget(account) for account in list(due))


@db.atomic()
def _forget(account: Account) -> bool:
    """False when it was opened again meanwhile."""
    closed = Account.select(Account.id).where(Account.id == account.id, Account.closed_at.is_null(False))
    if not AccountNumber.delete().where(AccountNumber.account.in_(closed)).execute():
        return False
    record(Act.ACCOUNT_CHANGED, account, facts=["numbers"])
    return True
