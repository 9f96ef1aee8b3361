"""What a list of staff would change in the register as it is now: a question, nothing is written."""

import collections
import dataclasses
import enum

import peewee

from portal.accounts import actions, numbers, staff_list
from portal.accounts.models import Account, AccountNumber, RoleGrant, Unit
from portal.accounts.staff_list import Listed
from portal.clock import now
from portal.documents import signs
from portal.errors import Invalid
from portal.language import LANGUAGES


class Change(enum.StrEnum):
    CANNOT = "cannot"
    LEFT = "left"
    MOVED = "moved"
    """To another unit, perhaps with other facts changed too."""
    NEW = "new"
    CHANGED = "changed"
    SAME = "same"


class Why(enum.StrEnum):
    """Why a row cannot be done. The words are `staff_words`."""

    RAGGED = "ragged"
    LONG = "long"
    FORMULA = "formula"
    SIGNS = "signs"
    USERNAME = "username"
    TWICE = "twice"
    NAME = "name"
    UNIT = "unit"
    UNIT_UNKNOWN = "unit_unknown"
    UNIT_CLOSED = "unit_closed"
    LANGUAGE = "language"
    EXTENSION = "extension"
    EXTENSION_TAKEN = "extension_taken"
    NUMBERS = "numbers"
    LEFT = "left"
    UNKNOWN = "unknown"
    """Has left, and was never here."""
    CLOSED = "closed"
    OWN = "own"


@dataclasses.dataclass
class Planned:
    line: int
    username: str
    name: str
    change: Change
    why: str = ""
    """A code of `Why`; only when it cannot be done."""
    unit: str = ""
    unit_before: str = ""
    language: str = "sv"
    extension: str = ""
    numbers: list[str] = dataclasses.field(default_factory=list)
    facts: list[str] = dataclasses.field(default_factory=list)
    """What is changed besides the unit."""
    account: str = ""
    """The person's uuid, when they have an account."""
    rights: int = 0
    """How many rights in force end with it."""


class _Refused(Exception):
    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


class _Register:
    """What the plan is made against, read at once: a list may have thousands of rows."""

    def __init__(self) -> None:
        self.accounts: dict[str, Account] = {}
        for account in Account.select(Account, Unit).join(Unit, peewee.JOIN.LEFT_OUTER):
            self.accounts[account.username] = account
        self.units = {unit.code: unit for unit in Unit.select()}
        self.numbers: dict[int, list[str]] = collections.defaultdict(list)
        for key, number in (
            AccountNumber.select(AccountNumber.account, AccountNumber.number).order_by(AccountNumber.id).tuples()
        ):
            self.numbers[key].append(number)
        held = RoleGrant.select(RoleGrant.account, peewee.fn.COUNT(RoleGrant.id))
        self.rights: dict[int, int] = dict(held.where(RoleGrant.lasting(now())).group_by(RoleGrant.account).tuples())


def plan(listed: list[Listed], *, by: Account) -> list[Planned]:
    """What each row would change, in the order of the file."""
    register = _Register()
    times = collections.Counter(row.username for row in listed)
    planned = []
    for row in listed:
        try:
            if times[row.username] > 1 and row.username:
                raise _Refused(Why.TWICE)
            planned.append(_row(row, register, by))
        except _Refused as refused:
            planned.append(Planned(row.line, row.username[:64], row.name[:100], Change.CANNOT, refused.why))
    _refuse_taken_extensions(planned, register)
    return planned


def _row(row: Listed, register: _Register, by: Account) -> Planned:
    _look_at_cells(row)
    account = register.accounts.get(row.username)
    if account is None and not actions.USERNAME.fullmatch(row.username):
        raise _Refused(Why.USERNAME)
    if _left(row):
        return _leaves(row, account, register, by)
    if account is not None and account.closed_at is not None:
        raise _Refused(Why.CLOSED)
    found = Planned(row.line, row.username, _name(row), Change.NEW)
    found.unit = _unit(row, account, register)
    found.language, found.extension = _language(row, account), _extension(row, account)
    found.numbers = _numbers(row, account, register)
    if account is None:
        return found
    found.account = str(account.uuid)
    found.unit_before = account.unit.code if account.unit else ""
    had = {
        "name": account.name,
        "language": account.language,
        "extension": account.extension or "",
        "numbers": register.numbers[account.id],
    }
    found.facts = [fact for fact, value in had.items() if getattr(found, fact) != value]
    if found.unit != found.unit_before:
        if account.id == by.id:
            raise _Refused(Why.OWN)
        found.change = Change.MOVED
        found.rights = register.rights.get(account.id, 0) if found.unit_before else 0
    else:
        found.change = Change.CHANGED if found.facts else Change.SAME
    return found


def _look_at_cells(row: Listed) -> None:
    if row.ragged:
        raise _Refused(Why.RAGGED)
    cells = [cell for cell in (row.username, row.name, row.unit, row.language, row.extension, row.left) if cell]
    if any(len(cell) > staff_list.MOST_SIGNS for cell in [*cells, row.numbers or ""]):
        raise _Refused(Why.LONG)
    if any(staff_list.is_formula(cell) for cell in cells):
        raise _Refused(Why.FORMULA)
    if signs.missing(row.name):
        raise _Refused(Why.SIGNS)


def _left(row: Listed) -> bool:
    said = (row.left or "").casefold()
    if said not in staff_list.YES + staff_list.NO:
        raise _Refused(Why.LEFT)
    return said in staff_list.YES


def _leaves(row: Listed, account: Account | None, register: _Register, by: Account) -> Planned:
    if account is None:
        raise _Refused(Why.UNKNOWN)
    if account.id == by.id:
        raise _Refused(Why.OWN)
    gone = account.closed_at is not None
    return Planned(
        row.line,
        row.username,
        account.name,
        Change.SAME if gone else Change.LEFT,
        unit=account.unit.code if account.unit else "",
        extension=account.extension or "",
        account=str(account.uuid),
        rights=0 if gone else register.rights.get(account.id, 0),
    )


def _name(row: Listed) -> str:
    if not row.name or len(row.name) > 100:
        raise _Refused(Why.NAME)
    return row.name


def _unit(row: Listed, account: Account | None, register: _Register) -> str:
    if not row.unit:
        raise _Refused(Why.UNIT)
    unit = register.units.get(row.unit)
    if unit is None:
        raise _Refused(Why.UNIT_UNKNOWN)
    stays = account is not None and account.unit_id == unit.id
    if not unit.active and not stays:
        raise _Refused(Why.UNIT_CLOSED)
    return unit.code


def _language(row: Listed, account: Account | None) -> str:
    said = (row.language or "").casefold()
    if not said:
        return account.language if account else "sv"
    known = {"sv": "sv", "svenska": "sv", "ruotsi": "sv", "fi": "fi", "finska": "fi", "suomi": "fi"}
    if known.get(said) not in LANGUAGES:
        raise _Refused(Why.LANGUAGE)
    return known[said]


def _extension(row: Listed, account: Account | None) -> str:
    if row.extension is None:
        return (account.extension or "") if account else ""
    if row.extension and not actions.EXTENSION.fullmatch(row.extension):
        raise _Refused(Why.EXTENSION)
    return row.extension


def _numbers(row: Listed, account: Account | None, register: _Register) -> list[str]:
    if row.numbers is None:
        return list(register.numbers[account.id]) if account else []
    try:
        return numbers.read(row.numbers)
    except Invalid as error:
        raise _Refused(Why.NUMBERS) from error


def _refuse_taken_extensions(planned: list[Planned], register: _Register) -> None:
    """Two cannot have one extension afterwards. Who leaves gives it to the one on the list who gets it."""
    while True:
        done = {row.username: row for row in planned if row.change != Change.CANNOT}
        holders = collections.Counter(
            row.extension for row in done.values() if row.extension and row.change != Change.LEFT
        )
        for account in register.accounts.values():
            row = done.get(account.username)
            if account.extension and (row is None or (row.change == Change.SAME and account.closed_at is not None)):
                holders[account.extension] += 1
        clash = [
            row
            for row in done.values()
            if row.extension
            and holders[row.extension] > 1
            and row.change != Change.LEFT
            and (row.change == Change.NEW or "extension" in row.facts)
        ]
        if not clash:
            return
        for row in clash:  # whoever is left out keeps what they have: look again
            row.change, row.why = Change.CANNOT, Why.EXTENSION_TAKEN
