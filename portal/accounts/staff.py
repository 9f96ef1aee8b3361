"""The list of staff: read for a preview, looked at, then applied as a whole or not at all.

New people get an account without password and without rights: rights are decisions. Who changed unit or left loses
theirs at once. Who is not on the list stays as they are: only what the list says is done.
"""

import collections
import dataclasses
import datetime as dt
import hashlib
import json
import uuid
from typing import Any

from portal import clock
from portal.accounts import actions, staff_list, staff_plan
from portal.accounts import numbers as own_numbers
from portal.accounts.models import Account, Unit, UnitHead
from portal.accounts.staff_plan import Change, Planned
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import db
from portal.errors import Conflict, Invalid, NotFound
from portal.language import N_
from portal.rights import ending
from portal.rights.models import End, StaffDraft

READ, APPLIED, DROPPED = "read", "applied", "dropped"

KEPT = dt.timedelta(days=1)
"""A list is looked at and applied on the day it is read; then it is emptied."""


class TooOld(Conflict):
    text = N_("Listan lästes in för mer än ett dygn sedan. Läs in den på nytt.")


class NoLonger(Conflict):
    text = N_("Listan är redan tagen i bruk eller kastad.")


class RegisterChanged(Conflict):
    text = N_("Registret har ändrats sedan listan lästes in. Inget gjordes. Läs in listan på nytt och granska den.")


class NothingToDo(Invalid):
    text = N_("Listan ändrar ingenting. Kasta den, eller läs in en annan.")


class OwnUnit(Invalid):
    text = N_("Du kan inte flytta dig själv till en annan enhet. Be en annan systemadministratör.")


@db.atomic()
def read(content: bytes, *, by: Account) -> StaffDraft:
    """What the file would change, for `by` to look at; nothing is changed. Raises what `staff_list.read` does."""
    listed, ignored = staff_list.read(content)
    planned = staff_plan.plan(listed, by=by)
    kept = {
        "listed": [dataclasses.asdict(row) for row in listed],
        "ignored": ignored,
        "planned": [dataclasses.asdict(row) for row in planned],
    }
    draft: StaffDraft = StaffDraft.create(made_by=by, rows=json.dumps(kept, ensure_ascii=False))
    record(Act.STAFF_READ, draft, by=by, rows=len(listed), **_counted(planned))
    return draft


def get(key: uuid.UUID, *, by: Account) -> StaffDraft:
    """One's own list. Raises NotFound."""
    found: StaffDraft | None = StaffDraft.get_or_none(StaffDraft.uuid == key, StaffDraft.made_by == by.id)
    if found is None:
        raise NotFound
    return found


def waiting(*, by: Account) -> list[StaffDraft]:
    """One's own lists that can still be applied, the newest first."""
    mine = StaffDraft.select().where(StaffDraft.made_by == by.id, StaffDraft.state == READ, _fresh())
    return list(mine.order_by(StaffDraft.id.desc()))


def planned(draft: StaffDraft) -> list[Planned]:
    """What it would change, in the order of the file; nothing once it is emptied."""
    return [Planned(**{**row, "change": Change(row["change"])}) for row in _kept(draft).get("planned", [])]


def ignored(draft: StaffDraft) -> list[str]:
    """Columns of the file that were not looked at."""
    names: list[str] = _kept(draft).get("ignored", [])
    return names


def is_fresh(draft: StaffDraft) -> bool:
    """May it still be applied?"""
    return draft.state == READ and draft.made_at > clock.now() - KEPT


@db.atomic()
def apply(draft: StaffDraft, *, by: Account) -> dict[str, int]:
    """Do what the preview showed, all of it; rows that cannot be done are left out. How many of each `Change`.

    Raises NotFound (another's), NoLonger, TooOld, RegisterChanged (it would not change what was shown), NothingToDo,
    and what `accounts.actions.close` does.
    """
    draft = get(draft.uuid, by=by)
    if draft.state == READ and not is_fresh(draft):
        raise TooOld
    kept = _kept(draft)
    _settle(draft, APPLIED)
    listed = [staff_list.Listed(**row) for row in kept["listed"]]
    now = staff_plan.plan(listed, by=by)
    if _digest([dataclasses.asdict(row) for row in now]) != _digest(kept["planned"]):
        raise RegisterChanged
    todo = [row for row in now if row.change not in (Change.SAME, Change.CANNOT)]
    if not todo:
        raise NothingToDo
    _release_extensions(todo)
    # who leaves goes last: the last administrator may be followed by another on the same list
    for row in sorted(todo, key=lambda row: row.change == Change.LEFT):
        _do(row, by)
    counts = _counted(now)
    record(Act.STAFF_APPLIED, draft, by=by, rows=len(now), **counts)
    return counts


@db.atomic()
def drop(draft: StaffDraft, *, by: Account) -> None:
    """Forget the list. Raises NotFound, NoLonger."""
    _settle(get(draft.uuid, by=by), DROPPED)


@db.atomic()
def forget_due() -> int:
    """Empty the lists that nobody applied in a day; how many."""
    forgotten: int = StaffDraft.update(state=DROPPED, rows="{}").where(StaffDraft.state == READ, ~_fresh()).execute()
    return forgotten


@db.atomic()
def move(account: Account, unit: Unit | None, *, by: Account | None) -> int:
    """To another unit, or out of any: the rights the person had end at once (`End.UNIT`), and so does answering for the
    people of the unit they leave. Who had no unit yet leaves none, and keeps their rights.

    How many rights ended. Raises OwnUnit, and Conflict when somebody else moved the person meanwhile.
    """
    if by is not None and by.id == account.id:
        raise OwnUnit
    before: Unit | None = account.unit
    if (before.id if before else None) == (unit.id if unit else None):
        return 0
    stands = Account.unit.is_null() if before is None else Account.unit == before.id
    moved = Account.update(unit=unit, version=Account.version + 1).where(Account.id == account.id, stands)
    if not moved.execute():
        raise Conflict
    ended = 0
    if before is not None:
        UnitHead.delete().where(UnitHead.unit == before.id, UnitHead.account == account.id).execute()
        ended = ending.end_all(account, End.UNIT, by=by)
    record(
        Act.PERSON_MOVED,
        account,
        by=by,
        unit=unit.code if unit else "",
        unit_before=before.code if before else "",
        rights_ended=ended,
    )
    return ended


@db.atomic()
def place(account: Account, *, seen: int | None, unit: Unit | None, numbers: str, by: Account) -> int:
    """The unit and the own telephone numbers of one person; how many rights ended by it.

    `seen`: the version the form was made from. Raises OwnUnit, numbers.BadNumber, numbers.TooManyNumbers, Conflict.
    """
    given = own_numbers.read(numbers)
    stands = Account.update(version=Account.version + 1).where(Account.id == account.id, Account.version == seen)
    if not stands.execute():
        raise Conflict
    if own_numbers.give(account, given):
        record(Act.ACCOUNT_CHANGED, account, by=by, facts=["numbers"])
    return move(account, unit, by=by)


def _do(row: Planned, by: Account) -> None:
    unit = Unit.get(Unit.code == row.unit) if row.change != Change.LEFT else None
    if row.change == Change.NEW:
        account: Account = Account.create(
            username=row.username,
            name=row.name,
            language=row.language,
            extension=row.extension or None,
            unit=unit,
            password_hash="",  # no password fits: the administrator gives one when there is a right to use
        )
        record(Act.ACCOUNT_CREATED, account, by=by, unit=row.unit, temporary=True)
        own_numbers.give(account, row.numbers)
        return
    account = Account.get(Account.username == row.username)
    if row.change == Change.LEFT:
        actions.close(account, by=by)
        return
    if row.facts:
        Account.update(
            name=row.name,
            language=row.language,
            extension=row.extension or None,
            version=Account.version + 1,
        ).where(Account.id == account.id).execute()
        own_numbers.give(account, row.numbers)
        record(Act.ACCOUNT_CHANGED, account, by=by, facts=row.facts)
    if row.change == Change.MOVED:
        move(account, unit, by=by)


def _release_extensions(todo: list[Planned]) -> None:
    """Take from each who gets another, or leaves, what somebody else on the list gets."""
    taken = sorted({row.extension for row in todo if row.extension and row.change != Change.LEFT})
    giving = sorted(row.username for row in todo if row.change == Change.LEFT or "extension" in row.facts)
    Account.update(extension=None).where(Account.username.in_(giving), Account.extension.in_(taken)).execute()


def _settle(draft: StaffDraft, state: str) -> None:
    settled = StaffDraft.update(state=state, rows="{}").where(StaffDraft.id == draft.id, StaffDraft.state == READ)
    if not settled.execute():
        raise NoLonger


def _fresh() -> Any:
    return StaffDraft.made_at > clock.now() - KEPT


def _kept(draft: StaffDraft) -> dict[str, Any]:
    kept = json.loads(draft.rows)
    return kept if isinstance(kept, dict) else {}


def _digest(rows: list[dict[str, Any]]) -> str:
    return hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()


def _counted(rows: list[Planned]) -> dict[str, Any]:
    counts = collections.Counter(row.change for row in rows)
    return {f"staff_{change}": counts[change] for change in Change}
