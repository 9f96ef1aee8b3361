"""Whom a person is told to ask: those who have the right now, and nobody who has not."""

import datetime as dt

import pytest

from portal import clock
from portal.accounts import units
from portal.accounts.models import Account, Unit
from portal.accounts.permissions import Role
from portal.help.asking import MOST, answer
from portal.help.parts import Ask
from tests.people import grant, person


def names(ask: Ask, by: Account, **more) -> list[str]:
    return answer(ask, by=by, **more).names


def unit(*heads: Account, people: tuple[Account, ...] = ()) -> Unit:
    made = units.make(code="KOMP", name_sv="Kompassen", name_fi="Kompassi", by=None)
    facts = {"code": "KOMP", "name_sv": "Kompassen", "name_fi": "Kompassi", "active": True}
    units.change(made, seen=made.version, **facts, heads=heads, by=None)
    for one in people:
        one.unit = made
        one.save()
    return made


def test_whoever_answers_for_the_unit_is_asked(people):
    unit(people.second_manager, people=(people.adviser,))
    assert answer(Ask.HEAD, by=people.adviser) == (Ask.HEAD, [people.second_manager.name], 0)


def test_without_a_unit_those_who_grant_are_asked(people):
    assert answer(Ask.HEAD, by=people.adviser) == (Ask.CONTROLLER, [people.decider.name], 0)


def test_a_head_asks_the_other_head_and_where_there_is_none_those_who_grant(people):
    unit(people.manager, people=(people.manager,))
    assert answer(Ask.HEAD, by=people.manager) == (Ask.CONTROLLER, [people.decider.name], 0)


def test_a_head_whose_right_is_over_is_not_asked(people):
    head = person("hilda", "Hilda Husbonde")
    held = grant(head, Role.MANAGER, (people.daycare,), until=clock.now() + dt.timedelta(hours=1))
    unit(head, people=(people.adviser,))
    assert names(Ask.HEAD, people.adviser) == ["Hilda Husbonde"]
    held.ended = True
    held.save()
    assert answer(Ask.HEAD, by=people.adviser).ask == Ask.CONTROLLER


def test_managers_are_those_of_the_queue_that_is_meant(people):
    lone = person("lotta", "Lotta Ensam", Role.MANAGER, queues=(people.elderly,))
    assert names(Ask.MANAGER, people.adviser, queue=people.elderly.id) == [lone.name]
    assert lone.name not in names(Ask.MANAGER, people.adviser, queue=people.daycare.id)


def test_managers_are_else_those_of_ones_own_queues_and_for_one_without_any_all(people):
    lone = person("lotta", "Lotta Ensam", Role.MANAGER, queues=(people.elderly,))
    both = [people.manager.name, people.second_manager.name]
    assert names(Ask.MANAGER, people.adviser) == both
    assert names(Ask.MANAGER, people.outsider) == [lone.name]
    assert names(Ask.MANAGER, people.dpo) == sorted([lone.name, *both])


def test_nobody_is_told_to_ask_themselves_or_one_who_cannot_either(people):
    assert names(Ask.MANAGER, people.manager) == [people.second_manager.name]
    assert names(Ask.MANAGER, people.manager, but=[people.second_manager.id]) == []
    assert names(Ask.CONTROLLER, people.decider) == []


@pytest.mark.parametrize("gone", ["closed", "ended", "over", "to come"])
def test_one_whose_account_or_right_is_not_in_force_is_not_named(people, gone):
    now = clock.now()
    other = person("olle", "Olle Ombud")
    held = grant(other, Role.DPO)
    assert other.name in names(Ask.DPO, people.adviser)
    if gone == "closed":
        other.closed_at = now
        other.save()
    elif gone == "ended":
        held.ended = True
    elif gone == "over":
        held.ends_at = now
    else:
        held.begins_at = now + dt.timedelta(hours=1)
    held.save()
    assert names(Ask.DPO, people.adviser) == [people.dpo.name]


def test_of_very_many_a_few_are_named_and_the_others_counted(people):
    for number in range(MOST + 2):
        person(f"chef{number}", f"Chef {number}", Role.MANAGER, queues=(people.elderly,))
    found = answer(Ask.MANAGER, by=people.outsider)
    assert (len(found.names), found.more) == (MOST, 2)


def test_one_with_two_rights_is_named_once(people):
    grant(people.manager, Role.MANAGER, (people.elderly,))
    assert names(Ask.MANAGER, people.clerk).count(people.manager.name) == 1


def test_every_head_of_the_unit_is_asked_and_none_whose_account_is_closed(people):
    made = unit(people.manager, people.second_manager, people=(people.adviser,))
    both = sorted([people.manager.name, people.second_manager.name], key=str.casefold)
    assert names(Ask.HEAD, people.adviser) == both
    Account.update(closed_at=clock.now()).where(Account.id == people.manager.id).execute()
    assert names(Ask.HEAD, people.adviser) == [people.second_manager.name]
    Account.update(closed_at=clock.now()).where(Account.id == people.second_manager.id).execute()
    assert answer(Ask.HEAD, by=people.adviser) == (Ask.CONTROLLER, [people.decider.name], 0), made


def test_the_head_of_another_unit_is_not_asked(people):
    other = units.make(code="TEKN", name_sv="Tekniska", name_fi="Tekninen", by=None)
    facts = {"code": "TEKN", "name_sv": "Tekniska", "name_fi": "Tekninen", "active": True}
    units.change(other, seen=other.version, **facts, heads=(people.second_manager,), by=None)
    unit(people.manager, people=(people.adviser,))
    assert names(Ask.HEAD, people.adviser) == [people.manager.name]


def test_one_who_has_the_number_in_another_role_is_no_manager_of_it(people):
    lone = person("lotta", "Lotta Ensam", Role.MANAGER, queues=(people.elderly,))
    grant(lone, Role.ADVISER, (people.daycare,))
    assert lone.name not in names(Ask.MANAGER, people.adviser, queue=people.daycare.id)


@pytest.mark.parametrize("language", ["sv", "fi"])
def test_where_nobody_answers_it_is_said_who_can_change_that(people, as_, language):
    Account.update(language=language).where(Account.id == people.adviser.id).execute()
    Account.update(closed_at=clock.now()).where(Account.id.in_([people.decider.id, people.dpo.id])).execute()
    page = as_(people.adviser).get("/help/").text
    grants = {"sv": "Säg till systemadministratören.", "fi": "Kerro ylläpitäjälle."}
    gives = {"sv": "En beslutsfattare kan ge någon den.", "fi": "Päättäjä voi antaa sen jollekulle."}
    assert grants[language] in page, "nobody grants rights"
    assert gives[language] in page, "nobody is the data protection officer"
