"""A restricted call is stored and no more (GDPR 18): nobody finds, sees or hears it, until the person has been told."""

import datetime as dt

import pytest

from portal import clock
from portal.accounts import sessions
from portal.audit import chain
from portal.audit.models import Entry
from portal.errors import NotFound
from portal.recordings import actions as recordings
from portal.recordings import index, listening, search
from portal.recordings.models import Recording, State
from portal.retention import actions, deletion, freezes, holds, restrictions, threats
from portal.retention.models import Freeze
from portal.retention.restriction_models import Restriction, RestrictionGround
from tests.retention import kept

A, B, C, D = RestrictionGround


class Case(kept.Case):
    number = "BS/1/2026"


@pytest.fixture(autouse=True)
def _day():
    with clock.frozen(kept.NOW):
        yield


def restrict(row, people, ground=A, because=None):
    case = because or Case()
    restrictions.restrict([row], ground=ground, because=case, by=people.clerk)
    return case


def seen(row, person) -> list[bool]:
    """By the search with words, by the number, by its address, among what may be opened."""
    found = [search.find(search.Query(words=("zqämne",)), by=person), search.find(search.Query(), by=person)]
    found.append(search.find(search.Query(number=search.number(row.number)), by=person))
    opened = Recording.within_reach_of(person).where(Recording.id == row.id).exists()
    return [any(hit.uuid == row.uuid for hit in page.rows) or page.hits > 0 for page in found] + [bool(opened)]


def test_a_restricted_call_is_found_and_opened_by_nobody_and_by_all_again_when_lifted(people):
    row = kept.call(people, subject="zqämne zqhemligt")
    assert seen(row, people.adviser) == [True] * 4
    case = restrict(row, people)
    for person in (people.adviser, people.manager, people.clerk):
        assert seen(row, person) == [False] * 4
    assert kept.fresh(row).restrictions == 1
    assert kept.acts(row)[-1] == "restricted"
    entry = Entry.select().order_by(Entry.id.desc()).get()
    assert entry.act == "recordings:searched"
    entry = Entry.get(Entry.act == "retention:restricted")
    assert (entry.reference, entry.told["restriction_ground"], entry.by) == ("BS/1/2026", "18_1_a", people.clerk.uuid)
    with pytest.raises(recordings.Restricted):
        recordings.reach(row.uuid, by=people.adviser)
    with pytest.raises(NotFound):
        recordings.reach(row.uuid, by=people.outsider)
    restrictions.lift_on(case, clock.today(), told_on=clock.today(), by=people.clerk)
    assert restrictions.lift_due() == 1
    assert seen(row, people.adviser) == [True] * 4
    assert kept.acts(row)[-2:] == ["restriction_lifts_on", "restriction_lifted"]
    assert chain.verify().whole


def test_whatever_writes_the_index_leaves_a_restricted_call_out(people):
    row, other = kept.call(people, subject="zqämne"), kept.call(people, after=dt.timedelta(seconds=9), subject="zqämne")
    stale = kept.fresh(row)
    restrict(row, people)
    index.put(stale)
    assert seen(row, people.clerk)[0]  # the other one
    page = search.find(search.Query(words=("zqämne",)), by=people.clerk)
    assert ([hit.uuid for hit in page.rows], page.hits) == ([other.uuid], 1)
    recordings.reindex()
    page = search.find(search.Query(words=("zqämne",)), by=people.clerk)
    assert ([hit.uuid for hit in page.rows], page.hits) == ([other.uuid], 1)


def test_a_restriction_is_one_per_call_case_and_ground_and_the_last_one_opens_the_call(people):
    row = kept.call(people)
    first = restrict(row, people)
    assert restrictions.restrict([row], ground=A, because=first, by=people.clerk) == []
    restrictions.restrict([row], ground=D, because=first, by=people.clerk)
    second = restrict(row, people)
    assert (kept.fresh(row).restrictions, Restriction.select().count()) == (3, 3)
    for case, left in ((first, 1), (second, 0)):
        assert restrictions.is_restricted(row)
        restrictions.lift_on(case, clock.today(), told_on=clock.today(), by=None)
        restrictions.lift(case, by=people.clerk)
        assert kept.fresh(row).restrictions == left
    assert not restrictions.is_restricted(row)
    assert restrictions.lift(first, by=people.clerk) == 0


def test_nothing_is_lifted_before_the_person_is_told(people):
    row = kept.call(people)
    case = restrict(row, people)
    with pytest.raises(restrictions.NotTold):
        restrictions.lift(case, by=people.clerk)
    today = clock.today()
    for day, told in ((today, today + dt.timedelta(days=1)), (today - dt.timedelta(days=1), today)):
        with pytest.raises(restrictions.TooEarly):
            restrictions.lift_on(case, day, told_on=told, by=people.clerk)
    Restriction.update(lifts_on=today).execute()
    assert restrictions.lift_due() == 0
    restrictions.lift_on(case, today + dt.timedelta(days=3), told_on=today, by=people.clerk)
    assert restrictions.lift_due() == 0
    restrictions.keep(case, by=people.clerk)
    with clock.frozen(kept.NOW + dt.timedelta(days=3)):
        assert restrictions.lift_due() == 0
        assert kept.fresh(row).restrictions == 1


def test_a_call_that_is_not_the_persons_is_released_with_why_in_the_log(people):
    rows = [kept.call(people, after=dt.timedelta(seconds=n)) for n in range(2)]
    case = Case()
    restrictions.restrict(rows, ground=D, because=case, by=people.clerk)
    why = restrictions.Release.NOT_THEIRS
    assert restrictions.release(case, why=why, by=people.clerk, recordings=rows[:1]) == 1
    assert [kept.fresh(row).restrictions for row in rows] == [0, 1]
    assert Entry.get(Entry.act == "retention:restriction_lifted").told["cause"] == "not_theirs"


@pytest.mark.parametrize(("ground", "keeps"), [(A, False), (B, True), (C, True), (D, False)])
def test_what_the_person_wants_kept_is_not_deleted_by_its_date(people, ground, keeps):
    row = kept.call(people)
    case = restrict(row, people, ground)
    with clock.frozen(kept.PAST):
        assert kept.sweep() == (0 if keeps else 1)
        if not keeps:
            assert (kept.fresh(row).restrictions, Restriction.get().stands) == (0, None)
            return
        freeze = Freeze.get()
        assert (freeze.because_kind, freeze.because) == ("restriction", Restriction.get().uuid)
        restrictions.lift_on(case, clock.today(), told_on=clock.today(), by=people.clerk)
        assert restrictions.lift_due() == 1
        assert not freezes._standing(Restriction.get())
        assert kept.sweep() == 1


def test_an_erasure_for_its_own_case_ends_its_restriction_and_the_deletion_leaves_codes_alone(people):
    row = kept.call(people)
    case = restrict(row, people, B)
    freezes.freeze([row], because=case, by=people.clerk)
    assert actions.erase(row, because=case, by=people.decider)
    gone, left = kept.fresh(row), Restriction.get()
    assert (gone.state, gone.restrictions, gone.freezes, left.stands) == (State.PURGED, 0, 0, None)
    assert "restriction_lifted" in kept.acts(row)
    other = kept.call(people, after=dt.timedelta(seconds=5))
    restrict(other, people, B)
    with pytest.raises(deletion.KeptByOther):
        actions.erase(other, because=Case(), by=people.decider)
    assert kept.fresh(other).restrictions == 1


def test_a_deleted_call_is_not_restricted(people):
    row = kept.call(people)
    with clock.frozen(kept.PAST):
        deletion.claim_due(1)
        assert restrictions.restrict([row], ground=A, because=Case(), by=people.clerk) == []
    assert (kept.fresh(row).restrictions, Restriction.select().count()) == (0, 0)


def test_a_held_restricted_call_is_heard_by_no_manager_and_can_still_be_renewed_and_released(people):
    row = kept.call(people)
    hold = kept.place(row, people.manager)
    assert list(Recording.within_reach_of(people.manager))
    restrict(row, people)
    assert not list(Recording.within_reach_of(people.manager))
    holds.renew(hold, reason="zqskäl", review_on=kept.review(50), by=people.second_manager)
    holds.release(hold, reason="zqskäl", seen="kept", by=people.manager)
    with pytest.raises(NotFound):
        threats.report(row, kind="adviser", by=people.adviser)


def test_a_restriction_cuts_what_is_being_played(people):
    row, person = kept.call(people), people.adviser
    person.sign_in = sessions.open_session(person, sessions.FULL, device="test")[1]
    listen = listening.open_listen(row, purpose="quality", reference="", by=person)
    assert listening.still(listen.uuid, row.uuid, by=person)
    case = restrict(row, people)
    assert not listening.still(listen.uuid, row.uuid, by=person)
    with pytest.raises(NotFound):
        listening.check(listen.uuid, row.uuid, by=person)
    with pytest.raises(NotFound):
        listening.open_listen(row, purpose="quality", reference="", by=person)
    restrictions.release(case, why=restrictions.Release.NOT_THEIRS, by=people.clerk)
    assert listening.still(listen.uuid, row.uuid, by=person)
