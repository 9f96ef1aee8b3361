"""A person's own telephone numbers: so that a listen to one's own or a colleague's call is seen."""

import re

import phonenumbers

from portal import config
from portal.accounts.models import Account, AccountNumber
from portal.errors import Invalid
from portal.language import N_

MOST = 5
"""Numbers of one person."""
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
