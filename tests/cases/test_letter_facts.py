"""What the letters of a case say, and of whom they say nothing."""

import datetime as dt

import pytest

from portal import clock
from portal.cases import packing
from portal.cases.models import Case, Line
from portal.documents import composing
from portal.documents.kinds import Kind
from portal.documents.models import Document
from portal.documents.press import Press
from portal.recordings.models import Note, Recording
from portal.recordings.quality_models import QualityReview
from portal.retention.models import TransferState
from tests.cases import lettered as made
from tests.cases.lettered import CALLED, NOW

WHY = {"interest": "zqgrannen", "harm": "zqskadan", "milder": "zqmildare"}


@pytest.fixture(autouse=True)
def on_the_day(settings):
    with clock.frozen(NOW):
        yield


def test_every_letter_says_whose_it_is_by_which_right_and_who_answers(people):
    case = made.case(people, registry_number="PRS/7/2026", received_where="Kompassen", rights=("access", "erasure"))
    found = made.facts(case, Kind.CASE_RECEIPT)
    assert found["recipient"] == ["Zqanna Frågedotter", "Zqgatan 1 A 2", "06100 BORGÅ"]
    assert (found["case"], found["registry_number"]) == (case.number, "PRS/7/2026")
    assert (found["request_on"], found["received_on"], found["received_where"]) == (
        "2026-10-08", "2026-10-09", "Kompassen",
    )  # fmt: skip
    assert [one["words"] for one in found["rights"]] == ["Insyn (artikel 15)", "Radering (artikel 17)"]
    assert (found["on_behalf_of"], found["responsible"], found["handler"]) == ("", None, people.clerk.name)


def test_a_letter_to_somebody_who_acts_for_another_names_both(people):
    case = made.case(people, agent="Zqombud Ombudsson", capacity="guardian")
    found = made.facts(case, Kind.CASE_RECEIPT)
    assert found["recipient"][0] == "Zqombud Ombudsson"
    assert (found["on_behalf_of"], found["guardian"]) == ("Zqanna Frågedotter", True)


def test_a_receipt_says_what_was_registered_and_how_the_last_day_came_about(people):
    case = made.case(people, called_from=dt.date(2026, 9, 1), called_words="på morgnarna")
    found = made.facts(case, Kind.CASE_RECEIPT)
    assert (found["due_on"], found["working_on"]) == ("2026-11-09", "2026-11-06")
    assert [one["day"] for one in found["derivation"]][:2] == ["2026-10-09", "2026-11-09"]
    assert "artikel 12.3" in found["derivation"][1]["words"]
    assert found["asks"] == case.asks
    assert (found["called_from"], found["called_to"], found["called_words"]) == ("2026-09-01", None, "på morgnarna")
    assert found["identity_open"]


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind.startswith("case-")])
def test_no_letter_prints_a_whole_number(people, kind):
    case = made.case(people, outcome="granted")
    made.call(people, case)
    made.searched(people, case)
    lifting = {"restrictions": [], "day": "2026-12-24", "words": ""}
    said = made.said(case, kind, **(lifting if kind == Kind.CASE_LIFTED else {}))
    assert "1234567" not in said.replace(" ", "")
    if kind in (Kind.CASE_RECEIPT, Kind.CASE_NONE, Kind.CASE_ACCESS):
        assert made.MASKED in said


def test_an_identity_letter_says_why_what_until_when_and_that_the_clock_stands(people):
    case = made.case(
        people, paused_on=dt.date(2026, 10, 12), identity_doubt="zqtvå med samma namn", identity_asks="zqe"
    )
    found = made.facts(case, Kind.CASE_IDENTITY)
    assert (found["doubt"], found["asks"]) == ("zqtvå med samma namn", "zqe")
    assert (found["paused_on"], found["reply_by"], found["due_before"]) == ("2026-10-12", "2026-11-11", "2026-11-09")
    assert len(found["methods"]) == 3, "what the person can do, not that somebody knows them"


def test_an_extension_names_the_old_day_the_new_one_and_who_decided(people):
    case = made.case(people, extended_on=NOW.date(), extension_reason="zqmånga", extension_decided_by=people.decider)
    found = made.facts(case, Kind.CASE_EXTENSION)
    assert (found["due_before"], found["due_on"], found["reason"]) == ("2026-11-09", "2027-01-11", "zqmånga")
    assert found["responsible"] == {"name": people.decider.name, "title": "beslutsfattare"}


def test_the_end_of_a_request_says_from_when_nothing_is_kept(people):
    case = made.case(people, outcome="withdrawn", transferred_to="Zqstaden")
    found = made.facts(case, Kind.CASE_TRANSFER, words="zqfel stad")
    assert (found["to"], found["words"], found["lifts_on"]) == ("Zqstaden", "zqfel stad", "2026-11-03")


def test_an_answer_tells_of_the_persons_calls_the_oldest_first(people):
    case = made.case(people, outcome="partial")
    later = made.call(people, case, "withheld", days=2, ground="15_4", **WHY)
    muted = made.call(people, case, "muted", days=1)
    made.passage(muted)
    first = made.call(people, case)
    made.call(people, case, None, days=3, concerns="no")
    made.call(people, made.case(people), days=4)
    found = made.facts(case, Kind.CASE_PARTIAL)
    assert [(one["number"], one["decision"]) for one in found["calls"]] == [(1, "whole"), (2, "muted"), (3, "withheld")]
    assert found["calls"][0]["at"] == first.recording.started_at.isoformat()
    assert found["calls"][0]["file"] == "samtal-1-2026-09-14-0905.wav"
    assert found["calls"][1]["silent"] == [
        {"start_ms": 70_000, "end_ms": 85_000, "ground": "15_4", **WHY},
    ]
    assert {name: found["calls"][2][name] for name in WHY} == WHY
    assert [one["file"] for one in found["calls"] if one["file"]] == list(packing.file_names(case).values())
    assert found["calls"][2]["at"] == later.recording.started_at.isoformat()


def test_a_call_goes_on_its_own_date_or_when_the_freeze_lifts_whichever_is_later(people):
    case = made.case(people, outcome="granted")
    old = made.call(people, case, days=-60)
    Recording.update(expires_at=NOW - dt.timedelta(days=5)).where(Recording.id == old.recording_id).execute()
    made.call(people, case)
    found = made.facts(case, Kind.CASE_ACCESS)
    assert found["lifts_on"] == "2026-11-03"
    assert [one["deleted_on"] for one in found["calls"]] == ["2026-11-03", "2026-12-14"]
    Case.update(outcome="partial").where(Case.id == case.id).execute()
    assert made.facts(case, Kind.CASE_PARTIAL)["lifts_on"] == "2026-11-19"
    Case.update(lifts_on=dt.date(2026, 12, 1)).where(Case.id == case.id).execute()
    assert made.facts(case, Kind.CASE_PARTIAL)["lifts_on"] == "2026-12-01", "as it was when the answer left"


def test_a_held_call_has_a_day_of_review_and_none_of_deletion(people):
    case = made.case(people, outcome="granted")
    call = made.call(people, case)
    made.transferred(people, call.recording, state=TransferState.PROPOSED)
    Recording.update(holds=1).where(Recording.id == call.recording_id).execute()
    (told,) = made.facts(case, Kind.CASE_ACCESS)["calls"]
    assert told["held_until"] == "2027-01-15"


def test_of_what_34_withholds_only_the_provision_is_told(people):
    case = made.case(people, outcome="partial")
    made.call(people, case)
    sealed = made.call(people, case, "withheld", days=1, ground="34_1_1", **WHY)
    made.heard(sealed.recording, people.adviser, at=NOW - dt.timedelta(hours=1))
    made.transferred(people, sealed.recording)
    cut = made.call(people, case, "muted", days=2)
    made.passage(cut, ground="34_1_2")
    typed = made.call(people, case, "transcript", days=3, ground="34_1_2", **WHY)
    Line.create(call=typed, at_ms=0, speaker="adviser", text="zqreplik")
    found, said = made.facts(case, Kind.CASE_PARTIAL), made.said(case, Kind.CASE_PARTIAL)
    assert found["sealed"] == ["34_1_1"]
    assert [one["number"] for one in found["calls"]] == [1, 2, 3]
    assert sealed.recording.started_at.isoformat() not in said
    assert (found["recipients"], found["consultations"]) == ([], [])
    assert "Zqpolisen" not in said
    assert not [word for word in WHY.values() if word in said]
    assert found["calls"][2]["spoken"] == [{"at_ms": 0, "speaker": "Kundrådgivaren", "text": "zqreplik"}]


def test_the_annex_says_when_and_why_and_never_who(people):
    case = made.case(people, outcome="granted")
    call, stranger = made.call(people, case), made.call(people, made.case(people), days=1)
    for hours, by, purpose, reference in (
        (50, people.adviser, "quality", ""),
        (49, people.manager, "quality", ""),
        (30, people.manager, "safety", ""),
        (3, people.clerk, "request", "BS/77/2026"),
    ):
        made.heard(call.recording, by, at=NOW - dt.timedelta(hours=hours), purpose=purpose, reference=reference)
    made.heard(stranger.recording, people.adviser, at=NOW - dt.timedelta(hours=9), purpose="safety")
    Case.update(handler=None).where(Case.id == case.id).execute()
    document = made.letter(case, Kind.CASE_ACCESS)
    made.heard(call.recording, people.adviser, at=NOW + dt.timedelta(hours=1))
    order = composing.compose(Document.get_by_id(document.id))
    assert [(one["on"], one["purpose"], one["times"]) for one in order.facts["consultations"]] == [
        ("2026-10-18", "tjänstens kvalitet", 2),
        ("2026-10-19", "kundrådgivarnas säkerhet", 1),
        ("2026-10-20", "handläggning av en begäran enligt dataskyddsförordningen", 1),
    ]
    said = order.canonical().decode()
    for person in (people.adviser, people.manager, people.clerk):
        assert person.name not in said
        assert person.uuid.hex not in said
        assert person.username not in said
    assert "BS/77/2026" not in said, "somebody else's request"


def test_recipients_are_those_who_had_this_persons_calls(people):
    case = made.case(people, outcome="granted")
    call = made.call(people, case)
    stranger = made.call(people, made.case(people), days=1)
    dismissed = made.call(people, case, None, days=2, concerns="no")
    made.transferred(people, call.recording)
    made.transferred(people, call.recording, state=TransferState.APPROVED, authority="Zqbara godkänt")
    made.transferred(people, call.recording, authority="Zqsenare", at=NOW + dt.timedelta(days=9))
    made.transferred(people, stranger.recording, authority="Zqannan")
    made.transferred(people, dismissed.recording, authority="Zqannan")
    assert made.facts(case, Kind.CASE_ACCESS)["recipients"] == [
        {
            "call": 1,
            "authority": "Zqpolisen",
            "on": "2026-10-19",
            "basis": "Tvångsmedelslagen 7 eller 8 kap.: förundersökning",
        }
    ]


@pytest.mark.parametrize("outcome", ["identity_unproven", "unfounded"])
def test_whoever_has_not_shown_who_they_are_learns_nothing_of_the_register(people, outcome):
    case = made.case(people, outcome=outcome, paused_on=dt.date(2026, 9, 12), reasons="zqskäl")
    call = made.call(people, case)
    made.searched(people, case)
    made.transferred(people, call.recording)
    made.heard(call.recording, people.adviser, at=NOW - dt.timedelta(hours=1))
    made.call(people, case, "withheld", days=1, ground="34_1_1")
    found = made.facts(case, Kind.CASE_REFUSAL)
    assert [found[name] for name in ("calls", "searches", "recipients", "consultations", "sealed")] == [[]] * 5
    assert (found["identity_asked_on"], found["identity_reply_by"]) == ("2026-09-12", "2026-10-12")
    assert found["reasons"] == "zqskäl"


def test_the_same_search_made_again_is_told_once_with_its_last_day(people):
    case = made.case(people, outcome="none_found")
    for days in (3, 2, 0):
        made.searched(people, case, at=NOW - dt.timedelta(days=days))
    made.searched(people, case, numbers="", queue=people.daycare, time_from=dt.time(8), time_to=dt.time(12, 30))
    made.searched(people, case, at=NOW + dt.timedelta(days=1), numbers="+358500000000")
    found = made.facts(case, Kind.CASE_NONE)["searches"]
    assert [(one["on"], one["numbers"], one["queue"], one["hours"]) for one in found] == [
        ("2026-10-20", [made.MASKED], "", ""),
        ("2026-10-20", [], "Småbarnspedagogik", "8.00–12.30"),
    ]


@pytest.mark.parametrize(
    ("first", "last", "outcome", "expected"),
    [
        (None, None, "none_found", "unknown"),
        (dt.date(2026, 7, 9), dt.date(2026, 8, 1), "none_found", "none"),
        (dt.date(2026, 7, 8), dt.date(2026, 8, 1), "none_found", "some"),
        (dt.date(2026, 6, 1), dt.date(2026, 7, 8), "none_found", "all"),
        (None, None, "deleted_before", "all"),
    ],
)
def test_an_answer_without_calls_says_what_had_been_deleted_by_then(people, first, last, outcome, expected):
    case = made.case(people, outcome=outcome, called_from=first, called_to=last)
    found = made.facts(case, Kind.CASE_NONE)
    assert (found["deleted"], found["kept_from"]) == (expected, "2026-07-09")


def test_the_one_who_decided_signs_and_the_clerk_never_does(people):
    case = made.case(people, outcome="granted", approved_by=people.clerk)
    assert made.facts(case, Kind.CASE_ACCESS)["responsible"] is None
    Case.update(approved_by=people.decider).where(Case.id == case.id).execute()
    assert made.facts(case, Kind.CASE_ACCESS)["responsible"]["name"] == people.decider.name


def test_notes_go_with_a_call_that_is_given_whole_and_are_counted_of_others(people):
    case = made.case(people, outcome="partial")
    whole, muted = made.call(people, case), made.call(people, case, "muted", days=1)
    for call in (whole, muted):
        Note.create(recording=call.recording, author=people.adviser, text=f"zqnot {call.decision}")
        QualityReview.create(recording=call.recording, author=people.manager, comment="zqord" if call is whole else "")
    Note.create(recording=whole.recording, author=people.manager, text="zqegen", at_ms=5300, kind="threat", own=True)
    Note.create(recording=whole.recording, author=people.manager, text="", at_ms=5300)
    found = made.facts(case, Kind.CASE_PARTIAL)["calls"]
    assert found[0]["notes"] == [
        {"on": "2026-10-20", "text": "zqnot whole", "at": "", "kind": ""},
        {"on": "2026-10-20", "text": "zqegen", "at": "0:05,3", "kind": "Hot"},
        {"on": "2026-10-20", "text": "zqord", "at": "", "kind": "Bedömd kvalitet"},
    ], "one that its author wrote for themselves is the caller's too, and what was taken out is no note"
    assert (found[1]["notes"], found[1]["other_notes"]) == ([], 1)


def test_words_are_in_the_persons_language(people):
    case = made.case(people, language="fi", outcome="granted")
    made.call(people, case)
    (told,) = made.facts(case, Kind.CASE_ACCESS)["calls"]
    assert told["line"] == "Varhaiskasvatus"


def test_the_same_letter_is_the_same_whenever_it_is_composed(people):
    case = made.case(people, outcome="granted")
    call = made.call(people, case)
    document = made.letter(case, Kind.CASE_ACCESS)
    first = composing.compose(Document.get_by_id(document.id)).digest()
    with clock.frozen(NOW + dt.timedelta(days=3)):
        made.heard(call.recording, people.adviser, at=clock.now())
        made.searched(people, case, at=clock.now(), numbers="")
        assert composing.compose(Document.get_by_id(document.id)).digest() == first


def test_calls_are_told_with_helsinkis_time(people):
    assert clock.local(CALLED).hour == 9


def test_the_press_sets_what_is_gathered(people):
    case = made.case(people, outcome="partial", regime="both", reasons="zqskäl")
    made.searched(people, case)
    made.passage(made.call(people, case, "muted"))
    typed = made.call(people, case, "transcript", days=1, ground="15_4", **WHY)
    Line.create(call=typed, at_ms=0, speaker="caller", text="zqreplik")
    with Press() as press:
        for kind in (Kind.CASE_RECEIPT, Kind.CASE_IDENTITY, Kind.CASE_PARTIAL, Kind.CASE_TRANSFER):
            document = made.letter(case, kind)
            assert press.set(composing.compose(Document.get_by_id(document.id))).pages > 1, kind
