"""What was asked for is decided by another, has effect to the day and ends by itself."""

import dataclasses
import datetime as dt

import pytest

from portal import clock, config
from portal.accounts.models import Account, Unit
from portal.accounts.permissions import Role
from portal.audit.models import Entry
from portal.cases.personal_codes import PersonalCode
from portal.errors import Conflict, Denied, NotFound
from portal.queues.models import Queue
from portal.rights import asking, ending, granting, incompatible, principles, words
from portal.rights.models import End, Right, State
from tests.people import grant
from tests.rights.asked import DAY, NOW, WORDS, acts, ask, fresh, granted


@pytest.fixture(autouse=True)
def _day():
    with clock.frozen(NOW):
        yield


def hears(people) -> bool:
    """May the adviser now hear the technical service?"""
    return people.technical.id in fresh(people.adviser).queues_as(Role.ADVISER)


def test_a_granted_right_begins_on_its_first_day_and_ends_by_itself_when_its_last_is_over(people):
    texts = {"text_sv": words.PRINCIPLES_SV, "text_fi": words.PRINCIPLES_FI, "valid_from": clock.today()}
    principles.make(**texts, seen=0, by=people.decider)
    right = granted(people, first_on=dt.date(2026, 9, 20), last_on=dt.date(2026, 9, 21))
    assert (right.state, right.waits, right.decided_by, right.principles) == (State.GRANTED, None, people.decider, 1)
    for moment, may in (
        (dt.datetime(2026, 9, 19, 23, 59, 59, 999000, clock.HELSINKI), False),
        (dt.datetime(2026, 9, 20, 0, 0, tzinfo=clock.HELSINKI), True),
        (dt.datetime(2026, 9, 21, 23, 59, 59, 999000, clock.HELSINKI), True),
        (dt.datetime(2026, 9, 22, 0, 0, tzinfo=clock.HELSINKI), False),
    ):
        with clock.frozen(moment):
            assert hears(people) is may
    entry = Entry.select().where(Entry.act == "rights:granted").get()
    assert entry.by == people.decider.uuid
    assert entry.told["asked_for_by"] == str(people.manager.uuid)
    with pytest.raises(asking.NotWaiting):
        granting.grant(right, by=people.decider)
    with pytest.raises(asking.NotWaiting):
        granting.refuse(right, reason=WORDS, by=people.decider)
    assert acts() == ["principles_made", "asked", "granted"]


def test_nobody_decides_what_they_asked_for_or_would_receive(people):
    asked = ask(people, by=people.decider)
    received = ask(people, people.decider, by=people.delegate, role=Role.CLERK)
    for right, by in ((asked, people.decider), (received, people.decider), (received, people.delegate)):
        with pytest.raises(granting.OwnRequest):
            granting.grant(right, by=by)
        with pytest.raises(granting.OwnRequest):
            granting.refuse(right, reason=WORDS, by=by)
    assert acts() == ["asked", "asked"]
    assert granting.grant(asked, by=people.delegate).state == State.GRANTED


def test_only_who_may_grant_decides(people):
    right = ask(people)
    for by in (people.manager, people.second_manager, people.adviser, people.dpo, people.admin):
        with pytest.raises(Denied):
            granting.grant(right, by=by)
        with pytest.raises(Denied):
            granting.refuse(right, reason=WORDS, by=by)
    assert not hears(people)


def test_a_refusal_says_why(people):
    right = ask(people)
    with pytest.raises(asking.ReasonNeeded):
        granting.refuse(right, reason="nej", by=people.decider)
    refused = granting.refuse(right, reason=WORDS, by=people.decider)
    assert (refused.state, refused.decision_reason, refused.waits) == (State.REFUSED, WORDS, None)
    assert (hears(people), acts()) == (False, ["asked", "refused"])
    with pytest.raises(asking.NotWaiting):
        granting.grant(right, by=people.decider)
    assert ask(people), "it may be asked for again"


def test_what_is_granted_late_begins_then_and_not_before(people):
    right = ask(people)
    with clock.frozen(NOW + 3 * DAY):
        now = granting.grant(right, by=people.decider)
        assert (now.begins_at, now.first_on, now.last_on) == (NOW + 3 * DAY, dt.date(2026, 9, 17), right.last_on)
        assert hears(people)


def _closed(people, right):
    Account.update(closed_at=NOW).where(Account.id == right.account_id).execute()


def _moved(people, right):
    other = Unit.create(code="X", name_sv="X", name_fi="X")
    Account.update(unit=other).where(Account.id == right.account_id).execute()


def _no_queue(people, right):
    Queue.update(active=False).where(Queue.id == people.technical.id).execute()


def _officer(people, right):
    grant(people.adviser, Role.DPO, until=NOW + DAY)


def _shorter(people, right):
    config.use(dataclasses.replace(config.settings(), rights_months=1))
    Right.update(last_on=dt.date(2026, 10, 14)).where(Right.id == right.id).execute()


@pytest.mark.parametrize(
    ("error", "meanwhile"),
    [
        (granting.PersonGone, _closed),
        (granting.PersonMoved, _moved),
        (granting.QueuesGone, _no_queue),
        (incompatible.OfficerApart, _officer),
        (asking.TooLong, _shorter),
    ],
)
def test_what_changed_since_it_was_asked_for_is_seen_when_it_is_decided(people, error, meanwhile):
    right = ask(people)
    meanwhile(people, right)
    with pytest.raises(error):
        granting.grant(right, by=people.decider)
    assert (fresh(right).state, acts(), hears(people)) == (State.ASKED, ["asked"], False)
    assert granting.refuse(right, reason=WORDS, by=people.decider)


def test_a_right_whose_last_day_is_over_is_not_granted(people):
    right = ask(people, last_on=clock.today())
    with clock.frozen(right.ends_at), pytest.raises(granting.TimeGone):
        granting.grant(right, by=people.decider)
    with pytest.raises(PersonalCode):
        granting.grant(right, reason="131052-308T", by=people.decider)


def test_a_decision_ends_a_right_at_once_with_why(people):
    right = granted(people)
    outside = ask(people, people.outsider, by=people.second_manager)
    for by, error in ((people.adviser, Denied), (people.dpo, Denied), (people.second_manager, NotFound)):
        with pytest.raises(error):
            ending.end(right, reason=WORDS, by=by)
    with pytest.raises(ending.ReasonNeeded):
        ending.end(right, reason="   ", by=people.decider)
    with pytest.raises(PersonalCode):
        ending.end(right, reason="131052-308T", by=people.decider)
    with pytest.raises(Conflict):
        ending.end(outside, reason=WORDS, by=people.decider)
    assert hears(people)
    ending.end(right, reason=WORDS, by=people.manager)
    now = fresh(right)
    assert (now.state, now.end, now.ended_by, now.end_reason) == (State.ENDED, End.DECISION, people.manager, WORDS)
    assert not hears(people)
    with pytest.raises(Conflict):
        ending.end(right, reason=WORDS, by=people.decider)
    assert acts() == ["asked", "granted", "asked", "ended"]
