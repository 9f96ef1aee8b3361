"""Units, who answers for their people, and what leaving one does."""

import datetime as dt
import json

import pytest

from portal import clock
from portal.accounts import actions, numbers, staff, units
from portal.accounts.models import Account, UnitHead
from portal.accounts.permissions import Role
from portal.audit.models import Entry
from portal.errors import Conflict
from portal.retention import watch
from portal.rights.command import by_command
from portal.rights.models import End, Right, State
from tests.people import person


def entries(act: str) -> list[dict]:
    rows = Entry.select(Entry.detail).where(Entry.act == act).order_by(Entry.id)
    return [json.loads(detail) for (detail,) in rows.tuples()]


def facts(unit, **other) -> dict:
    shown = {"code": unit.code, "name_sv": unit.name_sv, "name_fi": unit.name_fi, "active": unit.active}
    return {"seen": unit.version, "heads": units.heads(unit), **shown, **other}


@pytest.fixture
def unit(people):
    return units.make(code=" komp ", name_sv="Kompassen", name_fi="Kompassi", by=people.admin)


def test_a_unit_is_made_and_changed_and_each_is_in_the_log(people, unit):
    assert (unit.code, unit.name("fi"), unit.active) == ("KOMP", "Kompassi", True)
    units.change(unit, **facts(unit, code="komp2", heads=[people.manager]), by=people.admin)
    assert units.heads(unit) == [people.manager]
    assert entries("accounts:unit_made") == [{"unit": "KOMP"}]
    assert entries("accounts:unit_changed") == [
        {"unit": "KOMP2", "facts": ["code"], "heads": [str(people.manager.uuid)]}
    ]
    with pytest.raises(units.UnitChanged):  # the same form again
        units.change(unit, **facts(unit, heads=[]), by=people.admin)
    assert units.heads(unit) == [people.manager]


def test_a_unit_is_refused_with_the_reason(people, unit):
    for given, error in (
        ({"code": "K OMP"}, units.BadCode),
        ({"code": ""}, units.BadCode),
        ({"code": "x" * 21}, units.BadCode),
        ({"code": "komp"}, units.CodeTaken),
        ({"name_fi": " "}, units.NoUnitName),
        ({"name_sv": "x" * 101}, units.NoUnitName),
    ):
        with pytest.raises(error):
            units.make(**{"code": "NY", "name_sv": "Ny", "name_fi": "Uusi", **given}, by=people.admin)
    closed = person("stina", "Stina Stängd", Role.MANAGER)
    Account.update(closed_at=closed.created_at).where(Account.id == closed.id).execute()
    for head in (Account.get_by_id(closed.id), people.adviser, people.admin):
        assert head not in units.may_head()
        with pytest.raises(units.CannotAnswer):
            units.change(unit, **facts(unit, heads=[head]), by=people.admin)
    staff.move(people.adviser, unit, by=people.admin)
    with pytest.raises(units.StillPeople):
        units.change(unit, **facts(unit, active=False), by=people.admin)


def test_leaving_a_unit_ends_every_right_at_once_and_entering_a_first_one_ends_none(people, unit):
    other = units.make(code="SKOL", name_sv="Skolorna", name_fi="Koulut", by=people.admin)
    boss = person("eva", "Eva Flyttvik")
    right = by_command(boss, role=Role.MANAGER, queues=[people.daycare])
    assert staff.move(boss, unit, by=people.admin) == 0
    boss = Account.get_by_id(boss.id)
    assert boss.roles == {Role.MANAGER}
    units.change(unit, **facts(unit, heads=[boss]), by=people.admin)

    assert staff.move(boss, other, by=people.admin) == 1
    ended = Right.get_by_id(right.id)
    assert (ended.state, ended.end) == (State.ENDED, End.UNIT)
    assert Account.get_by_id(boss.id).roles == frozenset()
    assert not UnitHead.select().exists(), "who leaves answers for the unit no more"
    assert entries("accounts:moved")[-1] == {"unit": "SKOL", "unit_before": "KOMP", "rights_ended": 1}
    with pytest.raises(Conflict):  # the form was made when the person was in the first unit
        staff.move(boss, None, by=people.admin)


def test_nobody_moves_themselves(people, unit):
    with pytest.raises(staff.OwnUnit):
        staff.move(people.admin, unit, by=people.admin)


def test_the_pages_make_and_change_a_unit(people, as_):
    client = as_(people.admin)
    sent = {"code": "komp", "name_sv": "Kompassen", "name_fi": "Kompassi"}
    answer = client.submit("/accounts/units", sent)
    assert answer.status_code == 303
    page = answer.headers["Location"]
    assert "Svarar för personerna" in client.get(page).text
    assert client.submit("/accounts/units", sent).status_code == 422
    unit = units.every()[0]
    changed = {**sent, "heads": [str(people.manager.uuid)], "active": "y", "version": "0"}
    assert client.submit(page, changed).status_code == 303
    assert units.heads(unit) == [people.manager]
    assert client.submit(page, {**changed, "heads": []}).status_code == 409
    assert "Maria Chefberg" in client.get("/accounts/units").text
    assert client.get(f"/accounts/units/{people.admin.uuid}").status_code == 404
    for stranger in (people.manager, people.decider, people.dpo):
        assert as_(stranger).get("/accounts/units").status_code == 403
        assert as_(stranger).submit(page, changed).status_code == 403


def test_the_page_of_one_person_changes_unit_and_numbers(people, as_, unit):
    other = units.make(code="SKOL", name_sv="Skolorna", name_fi="Koulut", by=people.admin)
    staff.move(people.adviser, unit, by=people.admin)
    client, page = as_(people.admin), f"/accounts/{people.adviser.uuid}/unit"
    assert "KOMP, Kompassen" in client.get(page).text
    sent = {"unit": str(other.uuid), "numbers": "040 123 4567, +46 70 123 45 67", "version": "1"}
    refused = client.submit(page, {**sent, "numbers": "12"})
    assert refused.status_code == 422
    assert "Skriv telefonnumren med siffror" in refused.text
    assert client.submit(page, sent).status_code == 303
    adviser = Account.get_by_id(people.adviser.id)
    assert (adviser.unit, numbers.of(adviser)) == (other, ["+358401234567", "+46701234567"])
    assert adviser.roles == frozenset()
    assert [entry["facts"] for entry in entries("accounts:changed")] == [["numbers"]]
    assert client.submit(page, sent).status_code == 409
    assert "+46" not in client.get(f"/accounts/{people.adviser.uuid}").text
    own = client.submit(f"/accounts/{people.admin.uuid}/unit", {"unit": str(other.uuid), "version": "0"})
    assert own.status_code == 422
    assert as_(people.manager).get(page).status_code == 403


def test_the_numbers_of_who_has_left_are_kept_until_their_last_days_were_looked_at(people, monkeypatch):
    for account in (people.adviser, people.clerk, people.manager):
        assert numbers.give(account, ["+358401234567"])
    for account in (people.adviser, people.clerk):
        actions.close(account, by=people.admin)
    now = clock.now()
    monkeypatch.setattr(watch, "doubts_clock", lambda: False)
    with clock.frozen(now + dt.timedelta(days=59)):
        assert numbers.forget_due() == 0
        actions.reopen(people.clerk, by=people.admin)
    with clock.frozen(now + dt.timedelta(days=61)):
        monkeypatch.setattr(watch, "doubts_clock", lambda: True)
        assert numbers.forget_due() == 0
        monkeypatch.setattr(watch, "doubts_clock", lambda: False)
        assert (numbers.forget_due(), numbers.forget_due()) == (1, 0)
    assert [bool(numbers.of(one)) for one in (people.adviser, people.clerk, people.manager)] == [False, True, True]
    entry = Entry.select().where(Entry.act == "accounts:changed").order_by(Entry.id.desc()).get()
    assert (entry.subject, entry.by, entry.told) == (people.adviser.uuid, None, {"facts": ["numbers"]})
