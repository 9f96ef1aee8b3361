"""A request is registered: the case, its calls frozen, the letter ordered, all in one commit."""

import datetime as dt

import pytest

from portal import clock, config
from portal.audit.models import Entry
from portal.cases import intake, search
from portal.cases.codes import Capacity, RightKind, State
from portal.cases.models import CallerNumber, Case, CaseCall, CaseRight, SearchRun
from portal.cases.personal_codes import PersonalCode
from portal.errors import Denied
from portal.recordings.models import Recording
from portal.retention.models import Freeze
from tests.cases import made
from tests.retention.kept import sweep


@pytest.fixture(autouse=True)
def _now():
    with clock.frozen(made.NOW):
        yield


def test_register_freezes_what_may_concern_it_and_orders_the_receipt(people):
    own, other = made.call(people), made.call(people, days=1, number="+358407654321")
    elsewhere = made.call(people, days=2, queue=people.elderly)
    case = made.case(people)
    assert (case.number, case.state, case.handler, case.due_on) == ("BS/1/2026", State.RECEIVED, people.clerk, made.DUE)
    assert [row.recording_id for row in made.calls(case)] == [own.id, elsewhere.id]
    assert {row.found_by for row in made.calls(case)} == {"number"}
    (first, _) = Freeze.select().order_by(Freeze.id)
    assert first.from_at == clock.day_start(made.RECEIVED), "backdated to the receipt"
    assert [row.kind for row in made.letters(case)] == ["case-receipt"]
    assert CaseRight.get().right == RightKind.ACCESS
    assert made.acts(case) == ["registered", "searched"]
    assert made.steps(case) == ["registered"]
    with clock.frozen(made.PAST):
        assert sweep() == 1
    assert made.fresh(other).state == "purged"
    assert made.fresh(own).state == "live"


def test_the_log_of_a_registration_names_nobody(people):
    made.call(people)
    made.case(people, email="zq@example.org", called_words="zqsen kväll")
    for entry in Entry.select():
        assert "zq" not in entry.detail.lower()
        assert made.NUMBER[4:] not in entry.detail
    _, detail = made.last_entry("cases:registered")
    assert detail["received_on"] == "2026-10-01"
    assert detail["rights"] == ["access"]


def test_numbers_follow_one_another_and_begin_anew_with_the_year(people):
    assert [made.case(people).number for _ in range(2)] == ["BS/1/2026", "BS/2/2026"]
    with clock.frozen(dt.datetime(2027, 1, 4, 8, tzinfo=dt.UTC)):
        assert made.case(people).number == "BS/1/2027"


def test_nothing_is_left_of_a_registration_that_fails(people, monkeypatch):
    call = made.call(people)

    def refuse(*args, **more):
        raise RuntimeError

    monkeypatch.setattr(intake.letters, "order", refuse)
    with pytest.raises(RuntimeError):
        made.case(people)
    assert not Case.select().exists()
    assert not Freeze.select().exists()
    assert made.fresh(call).freezes == 0


@pytest.mark.parametrize(
    ("error", "facts"),
    [
        (intake.ReceivedLater, {"received_on": dt.date(2026, 10, 6)}),
        (intake.RequestedLater, {"requested_on": dt.date(2026, 10, 2)}),
        (intake.NameNeeded, {"name": "  "}),
        (intake.AgentNeeded, {"capacity": Capacity.REPRESENTATIVE}),
        (intake.AgentNeeded, {"capacity": Capacity.GUARDIAN, "agent": " "}),
        (intake.RightNeeded, {"rights": ()}),
        (search.PeriodTurned, {"called_from": dt.date(2026, 9, 9), "called_to": dt.date(2026, 9, 8)}),
        (PersonalCode, {"asks": "Jag är 131052-308T, vad har ni?"}),
    ],
)
def test_register_refuses_what_cannot_be(people, error, facts):
    with pytest.raises(error):
        made.case(people, **facts)
    assert not Case.select().exists()


def test_who_acts_for_somebody_gets_the_letters(people):
    case = made.case(people, capacity=Capacity.GUARDIAN, agent="Zqmoder Frågedotter", authority="vårdnadshavare")
    assert case.recipient[0] == "Zqmoder Frågedotter"
    assert made.case(people, agent="Ingen").agent == "", "a person who asks for themselves has no agent"


def test_only_a_clerk_registers(people):
    for who in (people.decider, people.dpo, people.adviser, people.manager, people.admin):
        with pytest.raises(Denied):
            made.case(people, by=who)


def test_with_no_number_the_calls_of_the_time_are_frozen(people):
    inside = made.call(people, number=None)
    for more in ({"days": 1, "number": None}, {"started_at": made.CALLED + dt.timedelta(hours=2)}):
        made.call(people, **more)
    case = made.case(
        people,
        numbers=(),
        called_from=made.CALLED.date(),
        called_to=made.CALLED.date(),
        queue=people.daycare,
        time_from=dt.time(10, 0),
        time_to=dt.time(10, 30),
    )
    assert [(row.recording_id, row.found_by) for row in made.calls(case)] == [(inside.id, "period")]
    run = SearchRun.get()
    assert (run.found, run.added, run.queue, run.time_to) == (1, 1, people.daycare, dt.time(10, 30))


def test_with_neither_number_nor_time_nothing_is_frozen_yet(people):
    made.call(people)
    case = made.case(people, numbers=())
    assert not CaseCall.select().exists()
    assert not SearchRun.select().exists()
    assert made.acts(case) == ["registered"]


def test_too_many_calls_of_a_time_are_refused_and_nothing_is_registered(people, monkeypatch):
    monkeypatch.setattr(search, "MOST", 1)
    for days in (0, 0):
        made.call(people, days=days, number=None)
    with pytest.raises(search.TooMany) as refused:
        made.case(people, numbers=(), called_from=made.CALLED.date(), called_to=made.CALLED.date())
    assert refused.value.params == {"most": 1}
    assert not Case.select().exists()


def test_another_open_case_of_the_same_number_is_pointed_out(people):
    case = made.case(people)
    assert intake.alike((made.NUMBER,)) == [case]
    assert intake.alike(("+358401111111",)) == []
    Case.update(state=State.CLOSED).execute()
    assert intake.alike((made.NUMBER,)) == []


def test_each_number_and_right_is_kept_once(people):
    case = made.case(people, numbers=(made.NUMBER, made.NUMBER, "+46701234567"), rights=("access", "erasure", "access"))
    assert [n.number for n in CallerNumber.select()] == [made.NUMBER, "+46701234567"]
    assert sorted(r.right for r in case.rights) == ["access", "erasure"]


@pytest.mark.parametrize(("typed", "read"), [("040 123 4567", made.NUMBER), ("+46 70-123 45 67", "+46701234567")])
def test_a_number_is_read_as_the_calls_have_it(settings, typed, read):
    assert search.number(typed) == read
    assert config.settings().region == "FI"


@pytest.mark.parametrize("typed", ["", "12", "kallas Anna", "12345678901234567890"])
def test_what_is_no_number_is_refused(settings, typed):
    with pytest.raises(search.NotANumber):
        search.number(typed)


def test_the_newest_call_is_taken_in_and_one_that_is_gone_is_not(people):
    going = made.call(people)
    Recording.update(state="purging").where(Recording.id == going.id).execute()
    held = made.call(people, days=-150)
    Recording.update(holds=1).where(Recording.id == held.id).execute()
    waiting = made.call(people, days=-97)
    assert made.fresh(waiting).expires_at < made.NOW
    case = made.case(people)
    assert [row.recording_id for row in made.calls(case)] == [held.id]
    assert SearchRun.get().found == 1
    assert search.candidates((made.NUMBER,), None, None) == [held]


def test_what_passed_its_date_after_the_receipt_and_is_still_there_is_frozen(people):
    """The request came before the date; that nobody had registered it yet does not take the call away."""
    call = made.call(people)
    with clock.frozen(made.PAST):
        case = made.case(people, received_on=clock.local(call.expires_at).date() - dt.timedelta(days=1))
        assert [row.recording_id for row in made.calls(case)] == [call.id]
        assert sweep() == 0
