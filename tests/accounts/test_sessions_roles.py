"""A session lives with the roles it was opened with: as one begins or ends, it is over, and what plays in it."""

import datetime as dt

import pytest

from portal import clock
from portal.accounts import sessions
from portal.accounts.models import RoleGrant
from portal.accounts.permissions import Role
from portal.rights import command, ending, granting
from tests import calls
from tests.accounts.door import NOON, SIGN_IN, inside
from tests.people import EVER, cookie_token, grant
from tests.recordings.hearing import RANGE, opened
from tests.rights.asked import WORDS, ask, given, granted

SOON = dt.timedelta(seconds=1)
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _stopped_clock():
    with clock.frozen(NOON):
        yield


def living(token: str) -> bool:
    return sessions.resume(token) is not None


def test_a_right_that_is_granted_ends_the_sessions_of_whom_it_is_for_and_of_nobody_else(as_, people):
    client, other = as_(people.adviser), as_(people.manager)
    right = ask(people)
    with clock.frozen(NOON + SOON):
        assert inside(client), "asked for is not granted"
        granting.grant(right, by=people.decider)
        assert client.get("/accounts/me").location.startswith(SIGN_IN)
        assert client.get("/accounts/me", headers={"HX-Request": "true"}).status_code == 401
        assert inside(other)
        assert inside(as_(people.adviser)), "the next is opened with it"


def test_a_right_that_is_ended_ends_them(people):
    right = granted(people)
    with clock.frozen(NOON + SOON):
        token, other = cookie_token(people.adviser), cookie_token(people.manager)
    with clock.frozen(NOON + 2 * SOON):
        assert living(token)
        ending.end(right, reason=WORDS, by=people.decider)
        assert not living(token)
        assert living(other)
        assert living(cookie_token(people.adviser))


@pytest.mark.parametrize(
    "act",
    [
        lambda people: given(people),
        lambda people: command.by_command(people.adviser, role=Role.CLERK, queues=[people.daycare]),
    ],
    ids=["in an emergency", "by command"],
)
def test_so_does_one_that_is_given_otherwise(people, act):
    token = cookie_token(people.adviser)
    with clock.frozen(NOON + SOON):
        act(people)
        assert not living(token)


def test_a_right_that_ends_by_its_time_ends_them_at_that_instant_though_nobody_has_looked(people):
    token = cookie_token(people.adviser)
    until = NOON + dt.timedelta(minutes=5)
    RoleGrant.update(ends_at=until).where(RoleGrant.account == people.adviser.id).execute()
    with clock.frozen(until - dt.timedelta(milliseconds=1)):
        assert living(token)
    with clock.frozen(until):
        assert not living(token)
        assert living(cookie_token(people.adviser))


def test_a_right_granted_for_later_ends_them_when_it_begins(people):
    right = granted(people, first_on=clock.today() + DAY)
    with clock.frozen(right.begins_at - SOON):
        token = cookie_token(people.adviser)
        assert living(token)
    with clock.frozen(right.begins_at):
        assert not living(token)


def test_a_right_that_is_taken_back_before_it_begins_changes_nothing(people):
    right = granted(people, first_on=clock.today() + DAY)
    token = cookie_token(people.adviser)
    with clock.frozen(NOON + SOON):
        ending.end(right, reason=WORDS, by=people.decider)
        assert living(token)


def test_rights_from_before_the_session_end_nothing(people):
    since = NOON - dt.timedelta(days=2)
    RoleGrant.create(account=people.adviser, role=Role.CLERK, begins_at=since, ends_at=NOON - DAY, ended=True)
    RoleGrant.create(account=people.adviser, role=Role.CLERK, begins_at=since, ends_at=EVER)
    RoleGrant.create(account=people.adviser, role=Role.CLERK, begins_at=NOON, ends_at=EVER)
    assert living(cookie_token(people.adviser))


def test_a_half_way_session_is_over_as_well(people):
    token, _ = sessions.open_session(people.adviser, sessions.PASSWORD)
    with clock.frozen(NOON + SOON):
        assert sessions.find(token, sessions.PASSWORD)
        granted(people)
        assert sessions.find(token, sessions.PASSWORD) is None


def test_it_stands_no_more_in_the_list_of_ones_own(people):
    cookie_token(people.adviser)
    with clock.frozen(NOON + SOON):
        assert len(sessions.of(people.adviser)) == 1
        granted(people)
        assert sessions.of(people.adviser) == []


def test_what_plays_is_cut_at_the_next_range_though_the_right_it_plays_by_stands(as_, people):
    call = calls.recording(people.daycare)
    client = as_(people.adviser)
    address = opened(client, call)
    with clock.frozen(NOON + SOON):
        assert client.get(f"{address}/audio", headers=RANGE).status_code == 206
        assert client.get(f"{address}/audio", headers=RANGE).status_code == 206, "the short way"
        assert client.head(address).status_code == 200
        grant(people.adviser, Role.CLERK, [people.technical])
        assert client.get(f"{address}/audio", headers=RANGE).status_code == 206, "begun long before the session"
        granted(people)
        for answer in (client.get(f"{address}/audio", headers=RANGE), client.head(address)):
            assert answer.status_code == 303, "what the player asks every three seconds, and stops at"
            assert answer.location.startswith(SIGN_IN)
