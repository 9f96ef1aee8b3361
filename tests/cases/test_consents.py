"""A consent is taken back by a request: withdrawn in one step, never refused; none on file is an answer too."""

import datetime as dt

import pytest

from portal import clock
from portal.cases import consents as asked
from portal.cases import search, selection
from portal.cases.actions import NotHandler, NotNow
from portal.cases.codes import Concerns, Outcome, RightKind, State
from portal.cases.models import CaseRight
from portal.errors import Denied, NotFound
from portal.recordings.models import State as RecordingState
from portal.register import consents
from portal.register.models import ConsentText
from portal.retention import watch
from portal.retention.models import PurgeLine
from tests.cases import made
from tests.cases.answered import second_clerk
from tests.cases.made import CALLED, NAME, NOW, NUMBER, PAST, acts, fresh, steps
from tests.register import consented


@pytest.fixture(autouse=True)
def now(monkeypatch):
    def move(moment: dt.datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    move(CALLED + dt.timedelta(days=20))
    monkeypatch.setattr(watch, "doubts_clock", lambda: False)
    return move


def give(people, *calls, **more):
    if not ConsentText.select().exists():
        consented.wording(people)
    return consented.give(people, *calls, **{"number": NUMBER, "given_on": clock.today(), **more})


def case(people, *rights, **more):
    return made.case(people, rights=rights or (RightKind.WITHDRAWAL,), **more)


def outcome(of) -> str | None:
    return CaseRight.get(CaseRight.case == of.id, CaseRight.right == RightKind.WITHDRAWAL).outcome


def test_a_withdrawal_by_a_request_stops_erases_and_is_told(people, now):
    row = made.call(people)
    consent = give(people, row)
    now(PAST)
    of = case(people, received_on=PAST.date())
    assert fresh(row).freezes == 2, "past its date too, what a consent keeps is found and frozen"
    (one,) = asked.found(of)
    assert (one.consent, one.way, one.stands, one.is_sure) == (consent, "number", True, True)
    ended = asked.withdraw(of, consent, by=people.clerk)
    assert (ended.stands, ended.because, ended.reference) == (None, of.uuid, of.number)
    assert fresh(row).state == RecordingState.PURGED
    assert PurgeLine.get().rule == "consent:withdrawn:1"
    assert outcome(of) == Outcome.GRANTED
    assert fresh(of).state == State.IN_PROGRESS
    assert steps(of)[-1] == "consent_withdrawn"
    assert acts(consent) == ["consent_given", "consent_withdrawn"]
    assert asked.found(of)[0].way == "case"
    with pytest.raises(consents.Ended):
        asked.withdraw(fresh(of), consent, by=people.clerk)
    with pytest.raises(asked.AlreadyWithdrawn):
        asked.none_on_file(fresh(of), by=people.clerk)


def test_a_call_that_the_request_asks_more_of_is_kept_for_it(people, now):
    row = made.call(people)
    consent = give(people, row)
    now(PAST)
    of = case(people, RightKind.ACCESS, RightKind.WITHDRAWAL, received_on=PAST.date())
    asked.withdraw(of, consent, by=people.clerk)
    assert (fresh(row).state, fresh(row).freezes) == (RecordingState.LIVE, 1)
    assert consents.standing_for(row, "training") is None


def test_it_waits_neither_for_identity_nor_for_a_second_person_but_for_its_handler(people, now):
    consent = give(people, made.call(people))
    now(NOW)
    of = case(people)
    for by, error in [(people.manager, NotFound), (people.decider, Denied), (second_clerk(), NotHandler)]:
        with pytest.raises(error):
            asked.withdraw(of, consent, by=by)
    assert fresh(consent).stands
    assert asked.withdraw(of, consent, by=people.clerk).stands is None
    done = fresh(of)
    type(done).update(state=State.APPROVED).execute()
    with pytest.raises(NotNow):
        asked.withdraw(fresh(of), consent, by=people.clerk)


def test_a_consent_is_found_by_number_call_and_name_and_no_other_is_withdrawn(people, now):
    row, other = made.call(people), made.call(people, days=1, number="+358409999999")
    by_number = give(people, row, name="Någon Annan")
    by_name = give(people, other, number="", name=NAME.upper())
    strange = give(people, other, number="+358409999999", name="Främmande")
    now(NOW)
    of = case(people)
    assert {one.consent.id: (str(one.way), one.is_sure) for one in asked.found(of)} == {
        by_number.id: ("number", True),
        by_name.id: ("name", False),
    }
    with pytest.raises(NotFound):
        asked.withdraw(of, strange, by=people.clerk)
    search.search(of, search.Keys(numbers=("+358409999999",)), by=people.clerk)
    of = fresh(of)
    assert {one.consent.id: str(one.way) for one in asked.found(of)}[strange.id] == "call"
    (found,) = [one for one in made.calls(of) if one.recording_id == other.id]
    selection.judge(found, Concerns.NO, by=people.clerk)
    assert strange.id not in {one.consent.id for one in asked.found(fresh(of))}


def test_none_on_file_is_an_answer_and_becomes_an_objection_in_one_click(people, now):
    give(people, made.call(people, number="+358409999999"), number="+358409999999", name=NAME)
    theirs = made.call(people, days=1)
    now(NOW)
    of = case(people)
    with pytest.raises(NotNow):
        asked.object_instead(of, by=people.clerk)
    assert asked.none_on_file(of, by=people.clerk).state == State.IN_PROGRESS
    assert outcome(of) == Outcome.NONE_FOUND
    assert steps(of)[-1] == "no_consent"
    version = fresh(of).version
    asked.none_on_file(fresh(of), by=people.clerk)
    assert fresh(of).version == version, "said once"
    asked.object_instead(fresh(of), by=people.clerk)
    assert [right.right for right in of.rights.order_by(CaseRight.id)] == ["withdrawal", "objection"]
    assert steps(of)[-2:] == ["changed", "restricted"]
    assert acts(of)[-2:] == ["changed", "changed"]
    with pytest.raises(asked.AlreadyObjects):
        asked.object_instead(fresh(of), by=people.clerk)
    assert fresh(theirs).restrictions == 1, "until the objection is decided"
    other_clerk = second_clerk()
    for act in (asked.none_on_file, asked.object_instead):
        with pytest.raises(NotHandler):
            act(fresh(of), by=other_clerk)


def test_none_is_not_said_while_one_stands_that_is_surely_the_persons(people, now):
    consent = give(people, made.call(people))
    now(NOW)
    of = case(people)
    with pytest.raises(asked.OnFile):
        asked.none_on_file(of, by=people.clerk)
    assert outcome(of) is None
    consents.withdraw(consent, by=people.manager)
    with pytest.raises(asked.NotAsked):
        asked.none_on_file(case(people, RightKind.ACCESS), by=people.clerk)


def test_one_that_was_withdrawn_outside_a_request_is_confirmed_by_it_once(people, now):
    row = made.call(people)
    consent, standing = give(people, row), give(people, row)
    consents.withdraw(consent, by=people.manager)
    now(NOW)
    of = case(people)
    loose = {one.consent.id: one.is_loose for one in asked.found(of)}
    assert loose == {consent.id: True, standing.id: False}
    with pytest.raises(consents.Ended):
        asked.take_in(of, standing, by=people.clerk)
    taken = asked.take_in(of, consent, by=people.clerk)
    assert (taken.because, taken.withdrawn_by_id) == (of.uuid, people.manager.id)
    assert outcome(of) == Outcome.GRANTED
    with pytest.raises(consents.Ended):
        asked.take_in(fresh(of), consent, by=people.clerk)
