"""The demo's officer and administrator are told of checks that they asked for."""

from portal.demo import checks
from portal.jobs import actions, ordered


def test_the_officer_and_the_administrator_ask_and_are_told(people):
    checks.tell()
    ordered.run_due()
    assert [actions.ended(person) for person in (people.dpo, people.admin, people.manager)] == [
        [("log", "good", 0)],
        [("sound", "good", 0)],
        [],
    ]
