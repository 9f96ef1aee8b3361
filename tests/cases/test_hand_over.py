"""That the sound was handed over is noted with whom, how and when, and moves the day on which the freeze lifts."""

import datetime as dt

import pytest

from portal import clock
from portal.audit.models import Entry
from portal.cases import actions, copies, ending, personal_codes
from portal.cases.codes import CopyState, Delivery, Outcome, State
from portal.cases.models import Case, CaseRight, Copy, Step
from portal.documents.models import Document
from portal.errors import Denied, NotFound
from portal.recordings.models import Recording
from portal.retention import deletion, freezes, watch
from portal.retention.models import Freeze
from tests.cases import copied
from tests.people import Role, person

TO, HOW = "zqmottagaren Zackarias", "zqsättet i ett rekommenderat brev"


@pytest.fixture(autouse=True)
def _day(monkeypatch):
    monkeypatch.setattr(watch, "doubts_clock", lambda: False)  # a test's months pass in no time
    with clock.frozen(copied.TODAY):
        yield


def ready(people, **more) -> tuple[Case, Copy]:
    case, _ = copied.with_calls(people, **more)
    copy = copies.order(case, by=people.decider)
    assert copies.make_due().ready == 1
    return case, Copy.get_by_id(copy.id)


@pytest.fixture
def copy(people) -> Copy:
    """Its answer left today, and what is frozen lifts in thirty days."""
    case, copy = ready(people)
    day = clock.today() + dt.timedelta(days=30)
    freezes.lift_on(case, day, by=people.clerk)
    copied.sent(case, lifts_on=day)
    return Copy.get_by_id(copy.id)


def hand_over(copy, by, **more):
    typed = {"to": TO, "how": HOW, "on": clock.today()}
    return copies.hand_over(copy, **typed | more, by=by)


def lifting() -> set[dt.date]:
    return {row.lifts_on for row in Freeze.select().where(Freeze.stands)}


def test_the_hand_over_is_noted_and_moves_the_day_of_the_freeze(people, copy):
    first = clock.today()
    with clock.frozen(copied.TODAY + dt.timedelta(days=5)):
        row = hand_over(copy, people.clerk, identity_seen="callback")
        assert (row.handed_to, row.handed_how, row.handed_on, row.handed_by) == (TO, HOW, clock.today(), people.clerk)
        assert (row.identity_seen, row.state) == ("callback", CopyState.READY)
        assert row.goes_on == first + dt.timedelta(days=35)
    assert Case.get().lifts_on == first + dt.timedelta(days=35)
    assert lifting() == {first + dt.timedelta(days=35)}
    entry = Entry.get(Entry.act == "cases:copy_handed_over")
    assert (entry.by, entry.subject, entry.reference) == (people.clerk.uuid, copy.uuid, "BS/1/2026")
    assert all("zq" not in one.detail for one in Entry.select())
    step = Step.get(Step.what == "copy_handed_over")
    assert (step.words, step.day) == (f"{TO}: {HOW}", first + dt.timedelta(days=5))


def test_of_what_was_granted_in_full_the_freeze_lifts_sooner(people, copy):
    Case.update(outcome=Outcome.GRANTED, lifts_on=clock.today() + dt.timedelta(days=14)).execute()
    with clock.frozen(copied.TODAY + dt.timedelta(days=9)):
        hand_over(copy, people.clerk)
    assert lifting() == {clock.today() + dt.timedelta(days=23)}


def test_a_day_that_is_later_already_stays(people, copy):
    later = clock.today() + dt.timedelta(days=90)
    Case.update(lifts_on=later).execute()
    freezes.lift_on(Case.get(), later, by=None)
    hand_over(copy, people.clerk)
    assert (Case.get().lifts_on, lifting()) == (later, {later})


def test_while_a_complaint_is_pending_the_freeze_has_no_day(people, copy):
    Case.update(state=State.COMPLAINT, lifts_on=None).execute()
    Freeze.update(lifts_on=None).execute()
    hand_over(copy, people.clerk)
    assert (Case.get().lifts_on, lifting()) == (None, {None})


def test_it_is_handed_over_once(people, copy):
    hand_over(copy, people.clerk)
    with pytest.raises(copies.AlreadyHanded):
        hand_over(copy, people.clerk, to="någon annan")
    assert Copy.get().handed_to == TO
    assert copied.acts().count("copy_handed_over") == 1


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ({"to": " "}, copies.Unsaid),
        ({"how": ""}, copies.Unsaid),
        ({"how": "visade kortet, 131052-308T"}, personal_codes.PersonalCode),
        ({"on": dt.date(2026, 10, 2)}, copies.WrongDay),
        ({"on": dt.date(2026, 9, 30)}, copies.WrongDay),
        ({"identity_seen": "guessed"}, copies.IdentityUnseen),
    ],
)
def test_what_lacks_something_is_refused(people, copy, typed, error):
    with pytest.raises(error):
        hand_over(copy, people.clerk, **typed)
    assert Copy.get().handed_on is None
    assert not Step.select().where(Step.what == "copy_handed_over").exists()


def test_at_the_desk_it_is_given_to_one_who_shows_who_they_are(people):
    case, copy = ready(people, delivery=Delivery.DESK)
    copied.sent(case)
    with pytest.raises(copies.IdentityUnseen):
        hand_over(copy, people.clerk)
    assert hand_over(copy, people.clerk, identity_seen="desk").identity_seen == "desk"


def test_only_the_handler_notes_it_and_only_when_the_answer_has_left(people, copy):
    other = person("kaj", "Kaj Handman", Role.CLERK)
    with pytest.raises(actions.NotHandler):
        hand_over(copy, other)
    with pytest.raises(Denied):
        hand_over(copy, people.decider)
    with pytest.raises(NotFound):
        hand_over(copy, people.adviser)
    Case.update(state=State.APPROVED).execute()
    with pytest.raises(copies.NotSent):
        hand_over(Copy.get(), people.clerk)
    assert "copy_handed_over" not in copied.acts()


def test_what_is_deleted_or_not_made_is_not_handed_over(people, copy):
    copies.end(copy.case)
    with pytest.raises(copies.NotMade):
        hand_over(copy, people.clerk)
    copies.expire_due()
    with pytest.raises(copies.NotMade):
        hand_over(copy, people.clerk)


def test_what_was_handed_over_can_be_taken_again_until_it_goes(people, copy):
    hand_over(copy, people.clerk)
    copies.take(Copy.get(), by=people.clerk).close()
    with clock.frozen(copied.TODAY + dt.timedelta(days=30)):
        assert copies.expire_due() == 1
    assert Copy.get().handed_to == TO, "who got it stays until the file is purged"


def test_sound_that_waits_at_the_desk_is_not_deleted_with_its_calls_though_their_day_has_come(people):
    case, _ = ready(people, delivery=Delivery.DESK, outcome=Outcome.GRANTED, approved_at=clock.now())
    Recording.update(expires_at=clock.now()).execute()
    CaseRight.update(outcome=Outcome.GRANTED).execute()
    Document.create(
        kind="case-access",
        language="sv",
        owner_kind="cases",
        owner_key=case.uuid.hex,
        once=f"case-answer:{case.uuid.hex}:1:access",
        state="locked",
        content="{}",
    )
    sent = ending.dispatch(case, on=clock.today(), how="post", by=people.clerk)
    assert (sent.lifts_on, lifting()) == (day(14), {day(30)})
    with clock.frozen(copied.TODAY + dt.timedelta(days=20)):
        assert (freezes.lift_due(), ending.close_due(), deletion.claim_due(9)) == (0, 0, [])
        hand_over(Copy.get(), people.clerk, identity_seen="desk")
    assert lifting() == {day(34)}


def test_sound_that_was_handed_over_at_once_holds_nothing_longer_than_the_letter_says(people):
    case, copy = ready(people, outcome=Outcome.GRANTED)
    case = copied.sent(case, lifts_on=day(14))
    freezes.lift_on(case, copies.kept_until(case), by=people.clerk)
    assert lifting() == {day(30)}
    hand_over(copy, people.clerk)
    assert lifting() == {day(14)}


def test_another_copy_of_an_answer_that_has_left_is_waited_for_as_well(people, copy):
    with clock.frozen(copied.TODAY + dt.timedelta(days=20)):
        copies.order_again(copy.case, delivery=Delivery.DESK, by=people.clerk)
    assert (Case.get().lifts_on, lifting()) == (day(30), {day(50)})


def day(days: int) -> dt.date:
    return clock.local(copied.TODAY).date() + dt.timedelta(days=days)
