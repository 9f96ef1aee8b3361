"""The units of the city's organisation, and who answers for the people of each: confirms or ends their rights at every
review, asks for new ones. Being a head gives no right; it says whose rights are looked after by whom."""

import collections
import re
import uuid
from collections.abc import Iterable

import peewee

from portal import clock
from portal.accounts.models import Account, RoleGrant, Unit, UnitHead
from portal.accounts.permissions import TABLE, Permission
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import db
from portal.errors import Conflict, Invalid, NotFound
from portal.language import N_

CODE = re.compile(r"[A-ZÅÄÖ0-9](?:[A-ZÅÄÖ0-9._-]{0,18}[A-ZÅÄÖ0-9])?")
NAME_MOST = 100


class BadCode(Invalid):
    text = N_("En enhets kod har högst 20 tecken: bokstäver, siffror, punkt, bindestreck och understreck.")


class CodeTaken(Invalid):
    text = N_("Koden används redan av en annan enhet. Välj en annan.")


class NoUnitName(Invalid):
    text = N_("Ange enhetens namn på båda språken, högst 100 tecken vardera.")


class StillPeople(Invalid):
    """`count` of them."""

    text = N_("Enheten har %(count)s personer. Flytta dem först till en annan enhet.")


class UnitChanged(Conflict):
    text = N_("Någon annan har ändrat enheten. Ladda om sidan och se hur den är nu.")


class CannotAnswer(Invalid):
    text = N_("Välj någon som har en gällande rättighet som chef eller beslutsfattare: bara de svarar för en enhet.")


def get(key: uuid.UUID) -> Unit:
    """Raises NotFound. For those who manage accounts."""
    found: Unit | None = Unit.get_or_none(Unit.uuid == key)
    if found is None:
        raise NotFound
    return found


def every(*, active: bool = False) -> list[Unit]:
    """By code; `active`: only those in use."""
    rows = Unit.select().order_by(Unit.code)
    return list(rows.where(Unit.active) if active else rows)


def heads(unit: Unit) -> list[Account]:
    """Who answers for its people, by name; those whose account is closed too, so that they can be replaced."""
    rows = Account.select().join(UnitHead).where(UnitHead.unit == unit.id)
    return sorted(rows, key=lambda account: account.name.casefold())


def listed() -> list[tuple[Unit, list[Account], int]]:
    """Every unit with who answers for its people, and how many work there."""
    heads_of: dict[int, list[Account]] = collections.defaultdict(list)
    for row in UnitHead.select(UnitHead, Account).join(Account):
        heads_of[row.unit_id].append(row.account)
    counted = Account.select(Account.unit, peewee.fn.COUNT(Account.id)).where(Account.closed_at.is_null())
    counts = dict(counted.group_by(Account.unit).tuples())
    return [
        (unit, sorted(heads_of[unit.id], key=lambda account: account.name.casefold()), counts.get(unit.id, 0))
        for unit in every()
    ]


def may_head() -> list[Account]:
    """Who may be chosen to answer for a unit: those who may ask for rights, by name."""
    roles = [role for role, may in TABLE.items() if Permission.RIGHTS_ASK in may]
    held = RoleGrant.select(RoleGrant.account).where(RoleGrant.role.in_(roles), RoleGrant.in_force(clock.now()))
    rows = Account.select().where(Account.id.in_(held), Account.closed_at.is_null())
    return sorted(rows, key=lambda account: account.name.casefold())


def people(unit: Unit) -> list[Account]:
    """Who works there, by name, without closed accounts."""
    rows = Account.select().where(Account.unit == unit.id, Account.closed_at.is_null())
    return sorted(rows, key=lambda account: account.name.casefold())


@db.atomic()
def make(*, code: str, name_sv: str, name_fi: str, by: Account | None) -> Unit:
    """A new unit. Raises BadCode, CodeTaken, NoUnitName."""
    code, name_sv, name_fi = _checked(code, name_sv, name_fi)
    try:
        made: Unit = Unit.create(code=code, name_sv=name_sv, name_fi=name_fi)
    except peewee.IntegrityError as error:
        raise CodeTaken from error
    record(Act.UNIT_MADE, made, by=by, unit=code)
    return made


@db.atomic()
def change(
    unit: Unit,
    *,
    seen: int | None,
    code: str,
    name_sv: str,
    name_fi: str,
    active: bool,
    heads: Iterable[Account],
    by: Account | None,
) -> None:
    """Its code, names, heads, and whether it is in use. `seen`: the version the form was made from.

    Raises BadCode, CodeTaken, NoUnitName, StillPeople (in use no more, but people work there), CannotAnswer (a
    new head who may not ask for rights), UnitChanged.
    """
    code, name_sv, name_fi = _checked(code, name_sv, name_fi)
    chosen = {account.id: account for account in heads}
    before = {key for (key,) in UnitHead.select(UnitHead.account).where(UnitHead.unit == unit.id).tuples()}
    if not all(account.may(Permission.RIGHTS_ASK) for key, account in chosen.items() if key not in before):
        raise CannotAnswer
    if not active and (count := len(people(unit))):
        raise StillPeople(count=count)
    values = {"code": code, "name_sv": name_sv, "name_fi": name_fi, "active": active}
    try:
        changed = Unit.update(**values, version=Unit.version + 1).where(Unit.id == unit.id, Unit.version == seen)
        if not changed.execute():
            raise UnitChanged
    except peewee.IntegrityError as error:
        raise CodeTaken from error
    UnitHead.delete().where(UnitHead.unit == unit.id, UnitHead.account.not_in(sorted(chosen))).execute()
    for key in sorted(set(chosen) - before):
        UnitHead.create(unit=unit, account=key)
    record(
        Act.UNIT_CHANGED,
        unit,
        by=by,
        unit=code,
        facts=sorted(name for name, value in values.items() if getattr(unit, name) != value),
        heads=sorted(str(account.uuid) for account in chosen.values()),
    )


def _checked(code: str, name_sv: str, name_fi: str) -> tuple[str, str, str]:
    code, name_sv, name_fi = code.strip().upper(), name_sv.strip(), name_fi.strip()
    if not CODE.fullmatch(code):
        raise BadCode
    if not (0 < len(name_sv) <= NAME_MOST and 0 < len(name_fi) <= NAME_MOST):
        raise NoUnitName
    return code, name_sv, name_fi
