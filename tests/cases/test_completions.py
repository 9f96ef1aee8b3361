"""On the page of a case's call: what was corrected in it, opening what it was, and what the person adds."""

import io

import pytest

from portal import clock
from portal.cases import actions, completions, personal_codes
from portal.cases.codes import RightKind, State
from portal.cases.models import Case
from portal.errors import Denied, NotFound
from portal.recordings import corrections, statements
from portal.recordings.correction_models import Entry, Statement
from portal.recordings.models import Recording
from tests.cases import answered, made

PAPER = statements.Paper("zqbrevet", b"%PDF-zqhandling")
RECTIFIES = (RightKind.ACCESS, RightKind.RECTIFICATION)
NEED = "zqbehov"


@pytest.fixture(autouse=True)
def _now():
    with clock.frozen(answered.NOW):
        yield


@pytest.fixture
def case(people):
    return answered.case(people, rights=RECTIFIES)


@pytest.fixture
def call(people, case):
    return answered.call(case, people)


def test_the_handler_attaches_what_the_person_adds(people, case, call):
    row = completions.attach(call, text=" zqtillägg ", paper=PAPER, by=people.clerk)
    assert (row.text, row.name, row.because, row.reference) == ("zqtillägg", "zqbrevet", case.uuid, case.number)
    assert made.steps(case)[-1] == "attached"
    assert made.acts(call.recording)[-1] == "statement_added"
    with pytest.raises(personal_codes.PersonalCode):
        completions.attach(call, text="131052-308T", by=people.clerk)
    for who, error in ((people.adviser, NotFound), (people.decider, Denied)):
        with pytest.raises(error):
            completions.attach(call, text="zq", by=who)
    Case.update(handler=people.manager).execute()
    with pytest.raises(actions.NotHandler):
        completions.attach(call, text="zq", by=people.clerk)
    Case.update(handler=people.clerk, state=State.CLOSED).execute()
    with pytest.raises(actions.NotNow):
        completions.attach(call, text="zq", by=people.clerk)
    assert Statement.select().count() == 1


def test_a_case_that_asks_for_no_rectification_completes_nothing(people):
    other = answered.call(answered.case(people), people)
    with pytest.raises(completions.NotAsked):
        completions.attach(other, text="zq", by=people.clerk)


def test_the_page_of_the_call_shows_and_opens_for_those_who_handle_or_decide(as_, people, case, call):
    Recording.update(subject="zqfelaktigt", queue=people.elderly).execute()
    done = corrections.correct(Recording.get(), Entry.SUBJECT, "Rätt", reason="zqskäl", by=people.decider, because=case)
    base = f"/cases/{case.uuid}/calls/{call.uuid}"
    page = as_(people.decider).get(base).text
    assert "Rättad 14.9.2026 av Dag Beslutman" in page
    assert f"{base}/corrections" in page
    opening = f"{base}/corrections/{done.uuid}/openings"
    assert opening in as_(people.decider).get(f"{base}/corrections").text
    assert opening not in as_(people.dpo).get(f"{base}/corrections").text
    assert as_(people.clerk).submit(opening, {"need": ""}).status_code == 422
    opened = as_(people.clerk).submit(opening, {"need": NEED})
    assert "zqfelaktigt" in opened.text
    assert "zqfelaktigt" not in as_(people.clerk).get(f"{base}/corrections").text
    assert made.last_entry("recordings:original_opened")[0].reference == case.number
    assert as_(people.dpo).submit(opening, {"need": NEED}).status_code == 403
    assert as_(people.adviser).get(f"{base}/corrections").status_code == 403
    other = answered.case(people)
    assert as_(people.clerk).get(f"/cases/{other.uuid}/calls/{call.uuid}/corrections").status_code == 404
    stranger = answered.call(other, people)
    elsewhere = opening.replace(str(call.uuid), str(stranger.uuid)).replace(str(case.uuid), str(other.uuid))
    assert as_(people.clerk).submit(elsewhere, {"need": NEED}).status_code == 404


def test_the_completion_is_typed_on_its_page_and_read_with_the_number_of_the_case(as_, people, case, call):
    base, client = f"/cases/{case.uuid}/calls/{call.uuid}", as_(people.clerk)
    assert f"{base}/statements" in client.get(base).text
    assert f"{base}/statements" not in as_(people.decider).get(base).text
    assert client.get(f"{base}/statements").status_code == 200
    assert client.submit(f"{base}/statements", {"text": " "}).status_code == 422
    wrong = {"text": "", "files": (io.BytesIO(b"MZ"), "zq.pdf")}
    assert client.submit(f"{base}/statements", wrong, content_type="multipart/form-data").status_code == 422
    sent = {"text": "Zqtillägg", "files": (io.BytesIO(b"%PDF-" + b"x" * 300_000), "Zqbrevet.pdf")}
    answer = client.submit(f"{base}/statements", sent, content_type="multipart/form-data")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{base}#statements")
    row = Statement.get()
    assert (row.name, row.size) == ("Zqbrevet", 300_005)
    assert "Zqtillägg" in as_(people.dpo).get(base).text
    assert len(as_(people.decider).get(f"{base}/statements/{row.uuid}").data) == 300_005
    assert made.last_entry("recordings:statement_read")[0].reference == case.number
    assert as_(people.adviser).get(f"{base}/statements/{row.uuid}").status_code == 403
    assert as_(people.decider).submit(f"{base}/statements", {"text": "Zq"}).status_code == 403
