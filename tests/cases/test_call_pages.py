"""The pages of the calls of a case: the list, the search, and the page of one call."""

import re

import pytest

from portal import clock
from portal.accounts.permissions import Role
from portal.audit.acts import Act
from portal.cases import decisions, selection
from portal.cases.codes import State
from portal.cases.models import CallerNumber, Case, CaseCall, Line, Passage, Reading, SearchRun
from portal.recordings.models import Note, Playable, Recording
from portal.recordings.models import State as RecordingState
from portal.recordings.quality_models import QualityReview
from tests.calls import recording
from tests.cases import selected
from tests.cases.selected import REASONS, SAID, SILENT, fresh, told
from tests.people import person
from tests.recordings.hearing import RANGE, text


@pytest.fixture
def case(people):
    made = selected.case(people)
    CallerNumber.create(case=made, number="+358401234567")
    return made


@pytest.fixture
def call(people, case):
    return selected.call(people, case)


@pytest.fixture
def theirs(people, call):
    return selection.judge(call, "yes", by=people.clerk)


def page(call: CaseCall) -> str:
    return f"/cases/{call.case.uuid}/calls/{call.uuid}"


def rows(**typed) -> dict[str, str]:
    """Fields of a form with rows: rows(r0_start_ms='0:01') is 'rows-0-start_ms'."""
    return {f"rows-{name[1]}-{name[3:]}": value for name, value in typed.items()}


PASSAGE = {f"r0_{name}": value for name, value in ({"ground": "15_4"} | REASONS).items()}


# The list


def test_the_list_shows_how_far_each_call_is_and_saves_what_is_chosen(as_, people, case, call):
    second, client = selected.call(people, case, number=None), as_(people.clerk)
    shown = text(client.get(f"/cases/{case.uuid}/calls"))
    assert "0 av 2 bedömda" in shown
    assert "inte bedömt" in shown
    assert "040 1234567" in shown, "the person's own number, in the search"
    assert "•••" in shown
    assert "Dolt nummer" in shown
    chosen = {f"concerns-{call.uuid.hex}": "yes", f"concerns-{second.uuid.hex}": ""}
    assert client.submit(f"/cases/{case.uuid}/calls/judgements", chosen).status_code == 303
    shown = text(client.get(f"/cases/{case.uuid}/calls"))
    assert "1 bedömning är sparad." in shown
    assert "1 av 2 bedömda · 1 gäller personen" in shown
    assert "inte avgjort hur det ges" in shown
    assert f'id="concerns-{call.uuid.hex}-yes" name="concerns-{call.uuid.hex}" value="yes" checked' in shown
    assert len(told(Act.CASE_CALL_JUDGED)) == 1
    refused = client.submit(f"/cases/{case.uuid}/calls/judgements", {f"concerns-{second.uuid.hex}": "perhaps"})
    assert refused.status_code == 422
    assert fresh(second).concerns is None


def test_a_search_takes_in_what_it_finds_and_stands_in_the_log_of_searches(as_, people, case):
    row = recording(people.daycare)
    client, day = as_(people.clerk), clock.local(row.started_at).date()
    typed = {"numbers": "040 123 4567", "first": f"{day.day}.{day.month}.{day.year}", "time_from": "0.00"}
    assert client.submit(f"/cases/{case.uuid}/calls/search", typed | {"time_to": "23:59"}).status_code == 303
    assert CaseCall.get().recording == row
    shown = text(client.get(f"/cases/{case.uuid}/calls"))
    assert "1 av dem är nytt i begäran." in shown
    assert "0.00–23.59" in shown
    assert SearchRun.get().found == 1
    for wrong in (
        {"numbers": "hemma"},
        {"numbers": ""},
        {"first": "2.1.2026", "last": "1.1.2026"},
        {"time_to": "25.00"},
        {"numbers": ",".join(["0401234567"] * 11)},
    ):
        answer = client.submit(f"/cases/{case.uuid}/calls/search", typed | {"last": ""} | wrong)
        assert answer.status_code == 422, wrong
        assert "-error" in answer.text
    assert SearchRun.select().count() == 1


def test_a_call_is_taken_in_by_its_address(as_, people, case):
    row, client = recording(people.daycare), as_(people.clerk)
    for wrong in ("ingenting", f"https://localhost/recordings/{case.uuid}"):
        answer = client.submit(f"/cases/{case.uuid}/calls", {"call": wrong})
        assert answer.status_code == 422
        assert 'id="call-error"' in answer.text
    address = f"https://localhost/recordings/{str(row.uuid).upper()}?x=1"
    answer = client.submit(f"/cases/{case.uuid}/calls", {"call": address})
    assert answer.status_code == 303
    assert answer.location == page(CaseCall.get())
    assert client.submit(f"/cases/{case.uuid}/calls", {"call": address}).status_code == 409


def test_who_may_read_and_who_may_act(as_, people, case, call):
    other = person("kaisa", "Kaisa Toinen", Role.CLERK)
    posts = ("calls/judgements", "calls/search", "calls", *(f"calls/{call.uuid}/{part}" for part in PARTS))
    for who, reads, acts in (
        (other, 200, 422),
        (people.decider, 200, 403),
        (people.dpo, 200, 403),
        (people.adviser, 403, 403),
        (people.manager, 403, 403),
        (people.admin, 403, 403),
    ):
        client = as_(who)
        for address in (f"/cases/{case.uuid}/calls", page(call)):
            answer = client.get(address)
            assert answer.status_code == reads
            assert '<form class="form"' not in answer.text
        for post in posts:
            data = VALID.get(post.rpartition("/")[2], {}) | {f"concerns-{call.uuid.hex}": "no"}
            assert client.submit(f"/cases/{case.uuid}/{post}", data).status_code == acts, (who.username, post)
    assert as_(people.clerk).get(f"/cases/{call.uuid}/calls").status_code == 404
    elsewhere = selected.case(people, serial=13)
    assert as_(people.clerk).get(f"/cases/{elsewhere.uuid}/calls/{call.uuid}").status_code == 404


PARTS = ("judgement", "decision", "passages", "transcript")
VALID = {
    "judgement": {"concerns": "yes"},
    "decision": {"decision": "whole"},
    "search": {"numbers": "0401234567"},
    "calls": {"call": "00000000-0000-4000-8000-000000000000"},
}


# One call


def test_each_time_the_page_is_opened_is_in_the_log_and_among_the_readings(as_, people, case, call):
    Note.create(recording=call.recording, author=people.outsider, text="zqanteckning")
    Note.create(recording=call.recording, author=people.outsider, text="zqegen", at_ms=61_500, kind="threat", own=True)
    QualityReview.create(recording=call.recording, author=people.manager, comment="zqkommentar")
    for who in (people.clerk, people.decider, people.dpo):
        shown = text(as_(who).get(page(call)))
        for word in ("zqanteckning", "zqegen", "1:01<", "Hot</span>", "bara för den som skrev", "zqkommentar"):
            assert word in shown, "what was written for oneself, or of the quality, may be about the person"
    assert [row.account for row in Reading.select()] == [people.clerk, people.decider, people.dpo]
    entries = told(Act.CASE_CALL_VIEWED)
    assert [(entry.subject, entry.reference) for entry in entries] == [(call.recording.uuid, case.number)] * 3


def test_the_handler_gets_a_player_the_decider_when_proposed_and_the_officer_never(as_, people, case, call):
    clerk, decider, dpo = as_(people.clerk), as_(people.decider), as_(people.dpo)
    assert "data-player" not in clerk.get(page(call)).text
    clerk.submit(f"{page(call)}/listens")
    shown = clerk.get(page(call)).text
    assert f'src="{page(call)}/listens/' in shown
    assert f'data-look="{page(call)}/listens/' in shown
    assert "Vänta tills ett svar är föreslaget" in text(decider.get(page(call)))
    Case.update(state=State.PROPOSED, proposed_by=people.clerk).execute()
    assert "Du lyssnar för begäran BS/12/2026." in text(decider.get(page(call)))
    decider.submit(f"{page(call)}/listens")
    assert "data-player" in decider.get(page(call)).text
    CaseCall.update(concerns="yes", decision="withheld", ground="15_4").execute()
    assert "inte efter den senaste ändringen" in decider.get(page(call)).text
    sound = re.search(r'src="(/cases/[^"]*/audio)"', decider.get(page(call)).text)
    decider.get(sound[1], headers=RANGE)
    assert "inte efter den senaste ändringen" not in decider.get(page(call)).text
    assert "data-player" in clerk.get(page(call)).text
    Case.update(state=State.APPROVED).execute()
    for client in (clerk, decider, dpo):
        assert "data-player" not in client.get(page(call)).text
    assert "Uppspelning" not in dpo.get(page(call)).text


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"playable": Playable.PENDING}, "Ljudet görs i ordning."),
        ({"playable": Playable.FAILED}, "Ljudet gick inte att göra spelbart"),
        ({"playable": Playable.EMPTY}, "Inspelningen innehåller inget ljud."),
        (
            {"state": RecordingState.PURGED, "number": None, "queue": None, "direction": None},
            "Inspelningen har raderats.",
        ),
    ],
)
def test_a_call_without_sound_says_why(as_, people, case, call, values, words):
    Recording.update(**values).execute()
    client = as_(people.clerk)
    shown = text(client.get(page(call)))
    assert words in shown
    assert f'{page(call)}/listens"' not in shown
    assert client.get(f"/cases/{case.uuid}/calls").status_code == 200


def test_a_decision_is_saved_and_one_that_lacks_its_reasons_comes_back_as_typed(as_, people, theirs):
    client = as_(people.clerk)
    typed = {"decision": "withheld", "ground": "34_1_1", **REASONS}
    for lacking in ("decision", "ground", *REASONS):
        answer = client.submit(f"{page(theirs)}/decision", typed | {lacking: ""})
        assert answer.status_code == 422
        assert f'id="{lacking}-error"' in answer.text
        assert all(value in answer.text for name, value in REASONS.items() if name != lacking)
    unprintable = client.submit(f"{page(theirs)}/decision", typed | {"harm": "zq 𒀀"})
    assert "Brevets typsnitt har inte: 𒀀" in text(unprintable)
    assert fresh(theirs).decision is None
    assert client.submit(f"{page(theirs)}/decision", typed).status_code == 303
    assert (fresh(theirs).decision, fresh(theirs).ground) == ("withheld", "34_1_1")
    shown = text(as_(people.dpo).get(page(theirs)))
    assert all(words in shown for words in ("Ges inte", "34 § 1 mom. 1 punkten", *REASONS.values()))


def test_passages_are_typed_added_removed_and_saved(as_, people, theirs):
    client, address = as_(people.clerk), f"{page(theirs)}/passages"
    client.submit(f"{page(theirs)}/decision", {"decision": "muted"})
    shown = client.get(page(theirs)).text
    assert "Ange nu avsnitten som tystas." in shown
    assert 'id="rows-0-start_ms"' in shown
    assert 'data-playhead="rows-0-end_ms"' in shown
    first = rows(r0_start_ms="0:00,5", r0_end_ms="0,9", **PASSAGE)
    more = client.submit(address, first | {"do": "add"})
    assert more.status_code == 200
    assert 'id="rows-1-start_ms"' in more.text
    assert 'value="0:00,5"' in more.text
    assert not Passage.select().exists()
    less = client.submit(address, first | rows(r1_start_ms="0:01") | {"do": "remove rows-1"})
    assert 'id="rows-1-start_ms"' not in less.text
    second = {name.replace("rows-0", "rows-1"): value for name, value in first.items()}
    wrong = client.submit(address, first | second | rows(r1_start_ms="0:00,8", r1_end_ms="9:00") | {"do": "save"})
    assert wrong.status_code == 422
    assert "Rad 2, Tyst till: Slutet ligger efter samtalets slut." in text(wrong)
    wrong = client.submit(address, first | second | rows(r1_start_ms="x", r1_harm="") | {"do": "save"})
    assert 'id="rows-1-start_ms-error"' in wrong.text
    assert 'value="x"' in wrong.text
    blank = rows(r1_start_ms="", r1_end_ms="", r1_ground="15_4")
    assert client.submit(address, first | blank | {"do": "save"}).status_code == 303
    kept = Passage.get()
    assert (kept.start_ms, kept.end_ms, kept.harm) == (500, 900, REASONS["harm"])
    shown = text(as_(people.decider).get(page(theirs)))
    assert "<span data-time>0:00,5</span>–<span data-time>0:00,9</span>" in shown
    assert "Ges med tystade avsnitt" in shown


def test_a_transcript_is_typed_and_saved_and_read(as_, people, theirs):
    client, address = as_(people.clerk), f"{page(theirs)}/transcript"
    client.submit(f"{page(theirs)}/decision", {"decision": "transcript"})
    shown = client.get(page(theirs)).text
    assert "ord för ord" in shown
    assert 'id="rows-9-text"' in shown
    typed = rows(
        r0_at_ms="0:00", r0_speaker="adviser", r0_text="Borgå stad.", r1_at_ms="", r1_speaker="caller", r1_text=""
    )
    more = client.submit(address, typed | {"do": "add"})
    assert 'id="rows-11-text"' in more.text
    assert "Borgå stad." in more.text
    wrong = client.submit(address, typed | rows(r1_text="zqord") | {"do": "save"})
    assert wrong.status_code == 422
    assert 'id="rows-1-at_ms-error"' in wrong.text
    assert "zqord" in wrong.text
    late = client.submit(address, typed | rows(r1_at_ms="0:09", r1_text="zqord") | {"do": "save"})
    assert "Rad 2, Tid: Tiden ligger efter samtalets slut." in text(late)
    assert not Line.select().exists()
    long = {f"rows-{n}-{name}": value for n in range(400) for name, value in LINE.items()}
    assert client.submit(address, long | {"do": "save"}).status_code == 303, "a long call has a long transcript"
    assert Line.select().count() == 400
    assert client.submit(address, typed | {"do": "save"}).status_code == 303
    assert [(line.at_ms, line.speaker, line.text) for line in Line.select()] == [(0, "adviser", "Borgå stad.")]
    assert "Borgå stad." in as_(people.dpo).get(page(theirs)).text


LINE = {"at_ms": "0:01", "speaker": "other", "text": "åäö " * 40}


def test_after_the_proposal_nothing_is_typed_any_more(as_, people, case, theirs):
    decisions.decide(theirs, "muted", by=people.clerk)
    decisions.set_passages(theirs, [SILENT], by=people.clerk)
    Case.update(state=State.PROPOSED, proposed_by=people.clerk).execute()
    client = as_(people.clerk)
    shown = client.get(page(theirs)).text
    assert 'name="rows-0-start_ms"' not in shown
    assert 'name="concerns"' not in shown
    for part, data in (("judgement", {"concerns": "no"}), ("decision", {"decision": "whole"})):
        assert client.submit(f"{page(theirs)}/{part}", data).status_code == 409
    first = rows(r0_start_ms="0:00", r0_end_ms="0:01", **PASSAGE)
    assert client.submit(f"{page(theirs)}/passages", first | {"do": "save"}).status_code == 409
    assert Passage.get().start_ms == SILENT.start_ms


def test_words_that_are_typed_are_shown_as_words(as_, people, theirs):
    decisions.decide(theirs, "transcript", by=people.clerk)
    decisions.set_transcript(theirs, [SAID[0]._replace(text="<b>zq</b>")], by=people.clerk)
    for who in (people.clerk, people.decider):
        shown = as_(who).get(page(theirs)).text
        assert "&lt;b&gt;zq&lt;/b&gt;" in shown
        assert "<b>zq</b>" not in shown
