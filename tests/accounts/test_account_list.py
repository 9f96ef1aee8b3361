"""The administrator's list of accounts."""

import re

import pytest

from portal import clock
from portal.accounts import actions
from portal.accounts.models import Account
from portal.accounts.permissions import Role
from tests.accounts.administration import LIST, address
from tests.accounts.door import words
from tests.people import grant

# the list


def test_the_list_shows_everybody_with_roles_queues_and_state(as_, people):
    actions.create("nytt", name="Ny Person", by=people.admin)
    actions.close(people.outsider, by=people.admin)
    Account.update(language="sv").where(Account.id == people.admin.id).execute()
    client = as_(people.admin)
    grant(people.adviser, Role.CLERK, [people.daycare, people.technical], until=clock.now())
    said = words(client.get(LIST))
    assert "Karin Testström karin kundrådgivare Småbarnspedagogik 201 öppet" in said
    assert "ingen app ännu" in said
    assert "Olli Ulkopuolinen" not in said
    assert "Olli Ulkopuolinen" in words(client.get(LIST + "?state=closed"))
    assert "Karin" not in words(client.get(LIST + "?state=closed"))
    assert "Olli" in words(client.get(LIST + "?state=all"))


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("q=TESTSTRÖM", ["Karin Testström"]),
        ("q=ylläpitäjä", ["Arvo Ylläpitäjä"]),
        ("q=YLLÄPITÄJÄ+arvo", ["Arvo Ylläpitäjä"]),
        ("q=201", ["Karin Testström"]),
        ("role=manager", ["Maria Chefberg", "Mikko Esihenkilö"]),
        ("role=manager&q=mikko", ["Mikko Esihenkilö"]),
        ("q=%25", []),
        ("q=nobody+at+all", []),
    ],
)
def test_the_list_is_filtered_by_text_and_role(as_, people, query, names):
    page = as_(people.admin).get(f"{LIST}?{query}").get_data(as_text=True)
    assert re.findall(r'<th scope="row"><a [^>]*>([^<]+)</a>', page) == names


def test_the_list_takes_any_filter_without_a_fault(as_, people):
    for query in ("state=nonsense", "role=emperor", "q=" + "x" * 500, "q=%00", "q='--", "q=<script>"):
        answer = as_(people.admin).get(f"{LIST}?{query}")
        assert answer.status_code == 200
        assert "<script>alert" not in answer.get_data(as_text=True)


def test_the_list_costs_the_same_number_of_queries_for_any_number_of_people(as_, people):
    import logging

    def queries() -> int:
        client = as_(people.admin)
        client.get(LIST)
        seen = []
        handler = logging.Handler()
        handler.emit = lambda record: seen.append(record)
        logger = logging.getLogger("peewee")
        logger.addHandler(handler)
        level, _ = logger.level, logger.setLevel(logging.DEBUG)
        client.get(LIST)
        logger.removeHandler(handler)
        logger.setLevel(level)
        return len(seen)

    before = queries()
    for i in range(20):
        account = Account.create(username=f"p{i}", name=f"Person {i}", password_hash="x")
        grant(account, Role.ADVISER, [people.daycare])
    assert queries() == before


def test_names_are_escaped_everywhere(as_, people):
    Account.update(name='<b>Ärke</b> & "co"').where(Account.id == people.adviser.id).execute()
    for page in (LIST, address(people.adviser)):
        text = as_(people.admin).get(page).get_data(as_text=True)
        assert "<b>Ärke" not in text
        assert "&lt;b&gt;Ärke" in text
