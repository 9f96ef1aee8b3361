"""What a person may at an instant is what the rights in force then say: each its role, for its own queues alone."""

import contextlib
import datetime as dt
import uuid

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from portal import clock, db
from portal.accounts import sessions
from portal.accounts.models import Account
from portal.accounts.permissions import TABLE, Permission, Role
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.errors import NotFound
from portal.recordings import actions, corrections, listening, notes
from portal.recordings.models import Listen, Purpose, Recording
from portal.register import consents, disclosures
from portal.retention import threats
from portal.retention.models import Threat
from portal.rights import effect
from portal.rights.models import SCOPED, Right, RightQueue, State
from tests import calls
from tests.people import grant, person

START = dt.datetime(2026, 9, 14, 9, 0, tzinfo=dt.UTC)
STEP = dt.timedelta(seconds=30)
"""So that the session does not idle away meanwhile."""
LAST = 12

rights = st.lists(
    st.fixed_dictionaries(
        {
            "role": st.sampled_from(list(Role)),
            "queues": st.sets(st.integers(0, 2)),
            "begins": st.integers(0, LAST - 1),
            "lasts": st.integers(1, LAST),
            "stopped": st.none() | st.integers(0, LAST),
        }
    ),
    max_size=7,
)
REACH = (Permission.RECORDINGS_FIND, Permission.RECORDINGS_CORRECT)
WAYS = (
    *REACH,
    Permission.RECORDINGS_NOTE,
    Permission.RETENTION_HOLD,
    Permission.REGISTER_TRAINING,
    Permission.REGISTER_DISCLOSE,
    Permission.AUDIT_READ,
)


@pytest.fixture
def house(people):
    """One person without any rights, one call in each queue, and a listen opened to each for every purpose."""
    with clock.frozen(START):
        queues = [people.daycare, people.technical, people.elderly]
        held = [calls.recording(queue, started_at=START - dt.timedelta(days=2)) for queue in queues]
        account = person("eva", "Eva Prövberg")
        token, row = sessions.open_session(account, sessions.FULL)
        about = {"account": account, "sign_in": row, "opened_at": START, "closes_at": START + dt.timedelta(hours=1)}
        listens = {
            (number, purpose): Listen.create(recording=call, purpose=purpose, **about)
            for number, call in enumerate(held)
            for purpose in listening.OF_THE_REGISTER
        }
        yield account, token, row, queues, held, listens


def decided(account: Account, one: dict, queues: list) -> None:
    """As a decision puts it into force, and an end takes it out again."""
    begins, ends = START + one["begins"] * STEP, START + (one["begins"] + one["lasts"]) * STEP
    right = Right.create(
        account=account,
        role=one["role"],
        first_on=START.date(),
        last_on=START.date(),
        begins_at=begins,
        ends_at=ends,
        state=State.GRANTED,
        waits=None,
    )
    for number in one["queues"] if one["role"] in SCOPED else ():
        RightQueue.create(right=right, queue=queues[number])
    effect.give(right)
    if one["stopped"] is not None:
        effect.stop(right, at=START + one["stopped"] * STEP)


def naive(given: list[dict], minute: float) -> list[dict]:
    """Those in force, written out."""
    return [
        one
        for one in given
        if one["begins"] <= minute < one["begins"] + one["lasts"]
        and (one["stopped"] is None or minute < one["stopped"])
    ]


def unchanged(given: list[dict], minute: float) -> bool:
    """Has nothing begun or ended since START, when the session was opened?"""
    for one in given:
        begins, ends = one["begins"], one["begins"] + one["lasts"]
        if one["stopped"] is not None:
            ends = min(ends, one["stopped"])
        if begins < ends and (0 < begins <= minute or 0 < ends <= minute):
            return False
    return True


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(given=rights, minutes=st.lists(st.integers(0, 2 * LAST), min_size=1, max_size=2))
def test_at_every_instant_a_person_may_what_the_rights_in_force_give_and_no_more(house, given, minutes):
    account, token, row, queues, held, listens = house
    with db.db.atomic() as tried:
        for one in given:
            decided(account, one, queues)
        for minute in minutes:
            with clock.frozen(START + minute * STEP):
                agrees(account, row, queues, held, listens, naive(given, minute))
                assert bool(sessions.find(token, sessions.FULL)) == unchanged(given, minute)
            with clock.frozen(START + minute * STEP - dt.timedelta(milliseconds=1)):
                agrees(account, row, queues, held, listens, naive(given, minute - 1e-6))
                assert bool(sessions.find(token, sessions.FULL)) == unchanged(given, minute - 1e-6)
        tried.rollback()


def agrees(account, row, queues, held, listens, force) -> None:
    roles = {one["role"] for one in force}
    mine = Account.get_by_id(account.id)
    session = sessions.find(sessions.open_session(account, sessions.FULL)[0], sessions.FULL)
    assert mine.roles == session.account.roles == roles
    assert mine.permissions >= set().union(*(TABLE[role] for role in roles))
    assert {p for p in Permission if mine.may(p)} == mine.permissions
    mine.sign_in = row
    for number, queue in enumerate(queues):
        here = {one["role"] for one in force if number in one["queues"] and one["role"] in SCOPED}
        assert mine.roles_in(queue.id) == here
        for permission in WAYS:
            may = any(permission in TABLE[role] for role in here)
            assert mine.may_in(queue.id, permission) == may
            if permission not in REACH:
                continue
            found = Recording.within_reach_of(mine, permission).where(Recording.id == held[number].id).exists()
            assert found == may, f"{permission} reaches what it should not, or not what it should"
        purposes = {purpose for role in here for purpose in listening.PURPOSES.get(role, ())}
        assert set(listening.purposes(mine, held[number])) == purposes
        for purpose in listening.OF_THE_REGISTER:
            assert heard(listens[number, purpose], mine) == (purpose in purposes)


def heard(listen: Listen, by: Account) -> bool:
    """Is the next range of a listen that was opened long ago answered?"""
    try:
        return bool(listening.check(listen.uuid, listen.recording.uuid, by=by))
    except NotFound:
        return False


def test_who_advises_in_one_queue_and_keeps_cases_in_another_hears_each_for_its_purpose(as_, people):
    """The roles of a person are never joined: an adviser's purposes are not open in the queues of a clerk's right."""
    both = person("eva", "Eva Prövberg", Role.ADVISER, queues=[people.daycare])
    grant(both, Role.CLERK, [people.technical])
    both = Account.get_by_id(both.id)
    own, other = calls.recording(people.daycare), calls.recording(people.technical)
    client = as_(both)
    for call, purpose, status in ((own, "quality", 303), (other, "quality", 422), (other, "request", 303)):
        asked = {"purpose": purpose, "reference": "BST/12/2026"}
        assert client.submit(f"/recordings/{call.uuid}/listens", asked).status_code == status
    page, note = client.get(f"/recordings/{other.uuid}").text, {"note": "zqord", "key": str(uuid.uuid4())}
    assert 'value="quality"' not in page
    for offered in ("/notes", "/subject", f"/retention/calls/{other.uuid}"):
        assert offered not in page, "what another role may elsewhere is not offered here"
    assert client.submit(f"/recordings/{other.uuid}/notes", note).status_code == 404
    with pytest.raises(NotFound):
        notes.add_note(other, "zqord", key=uuid.uuid4(), by=both)
    with pytest.raises(NotFound):
        actions.change_subject(other, "zqämne", earlier=other.subject, by=both)
    assert client.submit(f"/recordings/{own.uuid}/notes", note).status_code == 303
    assert client.get(f"/retention/calls/{other.uuid}").status_code == 404
    assert client.get(f"/retention/calls/{own.uuid}").status_code == 200
    for call, allowed in ((own, False), (other, True)):
        number = call.number
        if allowed:
            assert corrections.correct(call, "number", "+358407654321", reason="zqfel", by=both).field == "number"
        else:
            with pytest.raises(corrections.NotYours):
                corrections.correct(call, "number", "+358407654321", reason="zqfel", by=both)
        assert (Recording.get_by_id(call.id).number != number) == allowed
    assert consents.reachable(both).count() == disclosures_reached(both) == 1


def disclosures_reached(by: Account) -> int:
    found = 0
    for call in Recording.select():
        with contextlib.suppress(NotFound):
            disclosures.reached(call.uuid, by=by)
            found += 1
    return found


def test_who_manages_one_queue_and_advises_in_another_sees_and_decides_in_the_one(as_, people):
    """Neither the log nor the names of who listened reach beyond the queues of the manager's right, nor holds."""
    both = person("eva", "Eva Prövberg", Role.MANAGER, queues=[people.daycare])
    grant(both, Role.ADVISER, [people.technical])
    both = Account.get_by_id(both.id)
    managed, advised = calls.recording(people.daycare), calls.recording(people.technical)
    for call, by in ((managed, people.adviser), (advised, people.manager)):
        Listen.create(
            recording=call,
            account=by,
            sign_in=sessions.open_session(by, sessions.FULL)[1],
            purpose=Purpose.QUALITY,
            started_at=clock.now(),
            closes_at=clock.now(),
        )
    client = as_(both)
    assert people.adviser.name in client.get(f"/recordings/{managed.uuid}").text
    assert people.manager.name not in client.get(f"/recordings/{advised.uuid}").text
    with db.db.atomic():
        for call in (managed, advised):
            record(Act.VIEWED, call, by=people.clerk)
    about = Entry.visible_to(both).where(Entry.by == people.clerk.uuid)
    assert [entry.queue_id for entry in about] == [people.daycare.id]
    assert [client.get(f"/retention/holds/of/{call.uuid}").status_code for call in (managed, advised)] == [200, 404]
    for call in (managed, advised):
        threats.report(call, kind="adviser", words="zqhot", by=people.second_manager)
    assert [one.recording for one in Threat.within_reach_of(both)] == [managed]
    for call, status in ((managed, True), (advised, False)):
        Recording.update(expires_at=clock.now(), holds=1).where(Recording.id == call.id).execute()
        assert Recording.within_reach_of(both).where(Recording.id == call.id).exists() == status, "kept, past its date"
