"""A right given at once lasts hours, is loud, and is looked at by another who grants."""

import datetime as dt

import pytest

from portal import clock
from portal.accounts.permissions import Role
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.db import db
from portal.errors import Denied, NotFound
from portal.rights import asking, emergency, incompatible, reading
from portal.rights.models import Kind, Right, State
from tests.rights.asked import NOW, WORDS, acts, ask, fresh, given, granted

HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def _day():
    with clock.frozen(NOW):
        yield


def test_it_has_effect_at_once_and_for_its_hours_alone_and_the_log_is_loud(people):
    right = given(people, hours=16)
    assert (right.kind, right.state, right.decided_by) == (Kind.EMERGENCY, State.GRANTED, None)
    assert (right.first_on, right.last_on) == (dt.date(2026, 9, 14), dt.date(2026, 9, 15)), "04.00 the day after"
    for moment, may in ((NOW, True), (NOW + 16 * HOUR - HOUR / 100, True), (NOW + 16 * HOUR, False)):
        with clock.frozen(moment):
            assert (people.technical.id in fresh(people.adviser).queues_as(Role.ADVISER)) is may
    entry = Entry.select().where(Entry.act == "rights:emergency_given").get()
    assert (entry.by, entry.told["right_hours"]) == (people.manager.uuid, 16)


@pytest.mark.parametrize(
    ("error", "typed"),
    [
        (emergency.HoursWrong, {"hours": 0}),
        (emergency.HoursWrong, {"hours": 25}),
        (emergency.NotInEmergency, {"role": Role.CONTROLLER}),
        (emergency.NotInEmergency, {"role": Role.ADMIN}),
        (emergency.NotInEmergency, {"role": Role.DPO}),
        (asking.QueuesNeeded, {"queues": []}),
        (asking.ReasonNeeded, {"reason": "det är bråttom nu"}),
    ],
)
def test_what_is_no_emergency_is_refused(people, error, typed):
    with pytest.raises(error):
        given(people, **typed)
    assert not Right.select().exists()
    assert acts() == []


def test_who_gives_gives_to_others_within_ones_own_queues_and_the_officer_nothing(people):
    with pytest.raises(emergency.OwnEmergency):
        given(people, people.manager, role=Role.CLERK)
    with pytest.raises(emergency.OwnEmergency):
        given(people, people.decider, by=people.decider)
    with pytest.raises(emergency.ForeignQueues):
        given(people, queues=[people.technical, people.elderly])
    assert given(people, queues=[people.elderly], by=people.decider), "who grants may give any"
    with pytest.raises(incompatible.OfficerApart):
        given(people, people.dpo)
    with pytest.raises(incompatible.AdministratorApart):
        given(people, people.admin)
    for by in (people.adviser, people.clerk, people.dpo, people.admin):
        with pytest.raises(Denied):
            given(people, people.outsider, by=by)


def test_what_was_given_in_an_emergency_gives_nobody_else_anything(people, as_):
    given(people, people.outsider, role=Role.MANAGER)
    outsider = fresh(people.outsider)
    with pytest.raises(emergency.ForeignQueues):
        given(people, people.clerk, by=outsider)
    assert "Tekniska servicen" not in as_(outsider).get("/rights/emergency").text
    granted(people, people.outsider, role=Role.MANAGER)
    assert given(people, people.clerk, by=fresh(people.outsider)), "what a decision gave, does"


def test_one_emergency_after_another_lasts_no_longer_than_one_until_somebody_has_looked(people):
    first = given(people, hours=20)
    with clock.frozen(NOW + 19 * HOUR):
        with pytest.raises(emergency.NotLookedAt):
            given(people, hours=6)
        assert given(people, hours=5), "twenty-four together"
        for role in (Role.CLERK, Role.MANAGER):
            with pytest.raises(emergency.NotLookedAt):
                given(people, hours=24, role=role)
        assert given(people, hours=5, role=Role.CLERK), "in another role too, as long as the first could be"
    with clock.frozen(NOW + 90 * HOUR):
        with pytest.raises(emergency.NotLookedAt):
            given(people, hours=1)
        for right in emergency.unseen():
            emergency.seen(right, words=WORDS, by=people.decider)
        assert given(people, hours=24).begins_at == NOW + 90 * HOUR
    assert fresh(first).seen_words == WORDS


def test_a_controller_who_neither_gave_nor_received_it_looks_once(people):
    right = given(people, people.delegate, by=people.decider)
    for by, error in (
        (people.decider, emergency.OwnLook),
        (people.delegate, emergency.OwnLook),
        (people.dpo, Denied),
        (people.manager, Denied),
    ):
        with pytest.raises(error):
            emergency.seen(right, words=WORDS, by=by)
    other = given(people)
    with pytest.raises(asking.ReasonNeeded):
        emergency.seen(other, words="ok", by=people.decider)
    with pytest.raises(NotFound):
        emergency.seen(granted(people, people.clerk), words=WORDS, by=people.delegate)
    assert emergency.unseen() == [right, other]
    looked = emergency.seen(other, words=WORDS, by=people.delegate)
    assert (looked.seen_by, looked.seen_words, looked.state) == (people.delegate, WORDS, State.GRANTED)
    with pytest.raises(emergency.SeenAlready):
        emergency.seen(other, words=WORDS, by=people.decider)
    assert emergency.unseen() == [right]
    assert acts() == ["emergency_given", "emergency_given", "asked", "granted", "emergency_seen"]


def test_every_page_of_those_who_grant_and_of_the_officer_says_so_until_somebody_has_looked(people, as_):
    right = given(people)
    path = f"/rights/{right.uuid}"
    for reader, told in ((people.decider, True), (people.dpo, True), (people.manager, False), (people.admin, False)):
        assert ("har getts i ett nödläge" in as_(reader).get("/accounts/me").text) is told
        assert bool(reading.waits(reader).emergencies) is told
    assert as_(people.dpo).submit(path + "/look", {"words": WORDS}).status_code == 403
    controller = as_(people.decider)
    assert "Granska nödläget" in controller.get(path).text
    assert controller.submit(path + "/look", {"words": ""}).status_code == 422
    assert controller.submit(path + "/look", {"words": WORDS}).status_code == 303
    assert controller.submit(path + "/look", {"words": WORDS}).status_code == 409
    for reader in (people.decider, people.dpo):
        assert "har getts i ett nödläge" not in as_(reader).get("/accounts/me").text
    assert "Granska nödläget" not in controller.get(path).text


def test_an_emergency_never_reminds_that_it_ends(people):
    given(people)
    assert reading.ending(people.manager) == []
    assert ask(people), "and it does not stand in the way of asking"


def test_who_looks_sees_how_many_calls_were_heard_while_it_lasted(people, as_):
    right = given(people)
    heard = [people.technical, people.technical, people.daycare]
    with clock.frozen(NOW + HOUR), db.atomic():
        for queue in heard:
            record(Act.PLAYED, by=people.adviser, queue_id=queue.id)
        record(Act.PLAYED, by=people.manager, queue_id=people.technical.id)
    with clock.frozen(right.ends_at), db.atomic():
        record(Act.PLAYED, by=people.adviser, queue_id=people.technical.id)
    assert reading.heard(right) == 2
    assert "lyssnat på 2 samtal" in as_(people.decider).get(f"/rights/{right.uuid}").text
    assert "lyssnat på" not in as_(people.adviser).get(f"/rights/{right.uuid}").text
