"""The pages of what is wrong: an entry and what it was, a correction, a report, the list of reports, an original."""

import re

import pytest

from portal import clock
from portal.audit.acts import Act
from portal.audit.models import Entry as Line
from portal.recordings import corrections, errors, originals, statements
from portal.recordings.correction_models import Correction, Entry, ErrorReport, ReportState
from portal.recordings.models import Recording
from tests.cases import answered
from tests.recordings.test_correct import NEED, REASON, correct, fresh, noted
from tests.retention import kept


@pytest.fixture(autouse=True)
def _now():
    with clock.frozen(kept.NOW):
        yield


@pytest.fixture
def call(people):
    return kept.call(people, subject="zqfelaktigt ämne")


def text(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def at(call, entry: str, end: str = "") -> str:
    return f"/recordings/{call.uuid}/entries/{entry}{end}"


def count(act: Act) -> int:
    return Line.select().where(Line.act == act).count()


def test_of_an_entry_corrected_twice_only_the_oldest_is_the_original(as_, people, call):
    for value in ("Parkering", "Bygglov"):
        corrections.correct(fresh(call), Entry.SUBJECT, value, reason=REASON, by=people.clerk)
    history = text(as_(people.clerk).get(at(call, "subject")))
    assert history.count("Den tidigare uppgiften är förseglad.") == 1
    assert history.count("Den ursprungliga uppgiften är förseglad.") == 1
    assert history.index("Den tidigare") < history.index("Den ursprungliga"), "the newest first"


def test_a_clerk_corrects_an_entry_and_everyone_sees_that_it_was(as_, people, call):
    client = as_(people.clerk)
    listed = client.get(f"/recordings/{call.uuid}/entries")
    assert "040 1234567" in text(listed)
    page = client.get(at(call, "number"))
    assert 'name="seen" value="+358401234567"' in page.text
    asked = {"value": "050 111 2233", "reason": REASON, "seen": "+358401234567"}
    answer = client.submit(at(call, "number", "/corrections"), asked)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/recordings/{call.uuid}")
    assert fresh(call).number == "+358501112233"
    seen = text(as_(people.adviser).get(f"/recordings/{call.uuid}"))
    assert "Rättad 30.3.2026 av Kerstin Handström" in seen
    history = text(as_(people.adviser).get(at(call, "number")))
    assert REASON in history
    assert "På eget initiativ." in history
    assert "Den ursprungliga uppgiften är förseglad." in history
    assert "1234567" not in history
    again = client.submit(at(call, "number", "/corrections"), asked)
    assert again.status_code == 409
    assert "Uppgiften har ändrats medan du skrev." in again.text
    assert 'name="seen" value="+358501112233"' in again.text


@pytest.mark.parametrize(
    ("entry", "value", "message"),
    [
        ("number", "12", "Skriv minst"),
        ("told", "perhaps", "Välj ett av alternativen."),
        ("queue", "zq", "Välj ett av alternativen."),
        ("subject", "x" * 201, "Skriv högst 200 tecken."),
        ("subject", "zqfelaktigt ämne", "Det nya värdet är detsamma"),
    ],
)
def test_a_value_that_cannot_be_is_said_beside_its_field(as_, people, call, entry, value, message):
    answer = as_(people.clerk).submit(at(call, entry, "/corrections"), {"value": value, "reason": REASON, "seen": ""})
    if answer.status_code == 409:  # the form saw another value
        seen = re.search(r'name="seen" value="([^"]*)"', answer.text)[1]
        answer = as_(people.clerk).submit(
            at(call, entry, "/corrections"), {"value": value, "reason": REASON, "seen": seen}
        )
    assert answer.status_code == 422
    assert 'id="value-error"' in answer.text
    assert message in answer.text
    assert not Correction.select().exists()


def test_a_correction_without_a_reason_is_refused_with_what_was_typed(as_, people, call):
    answer = as_(people.clerk).submit(at(call, "subject", "/corrections"), {"value": "Zqrätt", "seen": call.subject})
    assert answer.status_code == 422
    assert 'id="reason-error"' in answer.text
    assert 'value="Zqrätt"' in answer.text


def test_an_adviser_corrects_the_own_note_and_reports_the_rest(as_, people, call):
    client, note = as_(people.adviser), noted(call, people.adviser)
    own = f"/recordings/{call.uuid}/notes/{note.uuid}"
    asked = {"value": "Zqrätt anteckning", "reason": REASON, "seen": note.text}
    assert client.submit(f"{own}/corrections", asked).status_code == 303
    page = text(client.get(f"/recordings/{call.uuid}"))
    assert "Zqrätt anteckning" in page
    assert "Rättad 30.3.2026 av Karin Testström" in page
    number = client.get(at(call, "number"))
    assert "Du får inte rätta den här uppgiften själv." in number.text
    assert 'name="value"' not in number.text
    assert client.submit(at(call, "number", "/corrections"), {"value": "", "reason": REASON}).status_code == 403
    assert client.submit(at(call, "number", "/reports"), {"words": ""}).status_code == 422
    assert client.submit(at(call, "number", "/reports"), {"words": "Zqfel nummer"}).status_code == 303
    assert "Zqfel nummer" in text(client.get(f"/recordings/{call.uuid}/entries"))
    assert "Zqfel nummer" in text(client.get("/recordings/errors")), "one's own"


def test_a_report_is_in_the_list_and_is_corrected_from_it(as_, people, call):
    errors.report_error(call, Entry.NUMBER, "Zqfel nummer", by=people.adviser)
    other = kept.call(people, after=clock.dt.timedelta(hours=1))
    client = as_(people.clerk)
    assert "1 anmält fel väntar" in text(client.get("/recordings/"))
    page = client.get("/recordings/errors")
    assert "Zqfel nummer" in page.text
    assert count(Act.ERRORS_LISTED) == 1
    link = re.search(r'href="(/recordings/[^"]+/entries/number\?report=[^"]+)"', page.text)[1]
    form = client.get(link)
    assert "Zqfel nummer" in form.text
    action = re.search(r'action="([^"]+/corrections)"', form.text)[1]
    report = re.search(r'name="report" value="([^"]+)"', form.text)[1]
    asked = {"value": "", "reason": REASON, "seen": call.number, "report": report}
    assert client.submit(at(other, "number", "/corrections"), asked).status_code == 404, "of another call"
    assert ErrorReport.get().state == ReportState.OPEN
    answer = client.submit(action, asked)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/recordings/errors")
    assert ErrorReport.get().state == ReportState.CORRECTED
    assert client.submit(action, asked | {"value": "050 111 2233", "seen": ""}).status_code == 409
    assert "Inga anmälda fel" in client.get("/recordings/errors").text
    assert "rättad" in text(client.get("/recordings/errors?state=answered"))
    assert client.get(f"{at(other, 'number')}?report={report}").status_code == 404
    assert client.get(f"{at(other, 'number')}?report=zq").status_code == 404


def test_what_a_correction_answers_is_read_from_the_form_alone(as_, people, call):
    report = errors.report_error(call, Entry.NUMBER, "Zqfel nummer", by=people.adviser)
    client, asked = as_(people.clerk), {"value": "", "reason": REASON, "seen": call.number}
    assert client.submit(f"{at(call, 'number', '/corrections')}?report={report.uuid}", asked).status_code == 303
    assert ErrorReport.get().state == ReportState.OPEN
    asked |= {"value": "050 111 2233", "seen": ""}
    assert client.submit(f"{at(call, 'number', '/corrections')}?report=zq", asked).status_code == 303


def test_a_report_is_answered_once_and_its_reporter_reads_why(as_, people, call):
    report = errors.report_error(call, Entry.TOLD, "Zqfel", by=people.adviser)
    path = f"/recordings/errors/{report.uuid}/dismissal"
    client = as_(people.manager)
    refused = client.submit(path, {"answer": " "})
    assert refused.status_code == 422
    assert "Skriv varför uppgiften inte rättas." in refused.text
    assert client.submit(path, {"answer": "Zqsvar"}).status_code == 303
    assert client.submit(path, {"answer": "Zqsvar"}).status_code == 409
    assert "Svar: Zqsvar" in text(as_(people.adviser).get(f"/recordings/{call.uuid}/entries"))


def test_an_original_stands_on_the_page_of_the_answer_alone(as_, people, call):
    done = correct(call, Entry.SUBJECT, "Rätt", people.adviser)
    client, path = as_(people.clerk), f"/recordings/{call.uuid}/corrections/{done.uuid}/openings"
    assert path in client.get(at(call, "subject")).text
    assert path not in as_(people.adviser).get(at(call, "subject")).text
    refused = client.submit(path, {"need": ""})
    assert refused.status_code == 422
    assert "Skriv vad du behöver" in refused.text
    assert "zqfelaktigt" not in refused.text
    opened = client.submit(path, {"need": NEED})
    assert opened.status_code == 200
    assert "zqfelaktigt ämne" in opened.text
    assert opened.headers["Cache-Control"] == "no-store"
    assert count(Act.ORIGINAL_OPENED) == 1
    later = client.get(at(call, "subject")).text
    assert "zqfelaktigt" not in later
    assert NEED in later
    assert client.submit(path.replace(str(done.uuid), str(call.uuid)), {"need": NEED}).status_code == 404


def test_strangers_get_the_answer_of_what_is_absent_and_the_others_none_at_all(as_, people, call):
    note = noted(call, people.adviser)
    done = correct(call, Entry.SUBJECT, "Rätt", people.adviser)
    report = errors.report_error(call, Entry.TOLD, "Zqfel", by=people.adviser)
    gets = [f"/recordings/{call.uuid}/entries", at(call, "number"), f"/recordings/{call.uuid}/notes/{note.uuid}"]
    posts = [
        at(call, "number", "/corrections"),
        at(call, "number", "/reports"),
        f"/recordings/{call.uuid}/notes/{note.uuid}/corrections",
        f"/recordings/{call.uuid}/notes/{note.uuid}/reports",
    ]
    filled = {"value": "", "reason": REASON, "words": "Zqfel", "need": NEED, "answer": "Zq"}
    opening = f"/recordings/{call.uuid}/corrections/{done.uuid}/openings"
    dismissal = f"/recordings/errors/{report.uuid}/dismissal"
    stranger = as_(people.outsider)
    assert {stranger.get(path).status_code for path in gets} == {404}
    assert {stranger.submit(path, filled).status_code for path in posts} == {404}
    assert {stranger.submit(path, filled).status_code for path in (opening, dismissal)} == {403}
    assert "Zqfel" not in stranger.get("/recordings/errors").text
    for who in (people.decider, people.dpo, people.admin):
        assert {as_(who).get(path).status_code for path in [*gets, "/recordings/errors"]} == {403}
        assert {as_(who).submit(path, filled).status_code for path in [*posts, opening, dismissal]} == {403}
    Recording.update(queue=people.elderly).where(Recording.id == call.id).execute()
    assert {as_(people.manager).submit(path, filled).status_code for path in (opening, dismissal)} == {404}
    Recording.update(queue=people.daycare, restrictions=1).where(Recording.id == call.id).execute()
    for path in gets:
        page = as_(people.manager).get(path)
        assert page.status_code in (404, 409)
        assert "1234567" not in page.text
    assert "Zqfel" not in as_(people.manager).get("/recordings/errors").text
    assert originals.unseal(fresh(done)) == "zqfelaktigt ämne"
    assert Correction.select().count() == 1


def test_a_completion_is_on_the_page_of_the_call_with_its_paper(as_, people, call):
    case = answered.case(people)
    paper = statements.Paper("Zqbrevet", b"%PDF-zqhandling")
    row = statements.complete(call, text="Zqtillägg", paper=paper, because=case, by=people.clerk)
    page = as_(people.adviser).get(f"/recordings/{call.uuid}")
    assert "Zqtillägg" in page.text
    path = f"/recordings/{call.uuid}/statements/{row.uuid}"
    assert path in page.text
    fetched = as_(people.adviser).get(path)
    assert (fetched.data, fetched.headers["Content-Type"]) == (paper.content, "application/pdf")
    assert fetched.headers["Content-Disposition"] == f'attachment; filename="{row.uuid.hex[:8]}.pdf"'
    assert as_(people.outsider).get(path).status_code == 404
    assert as_(people.decider).get(path).status_code == 403
    hold = kept.place(call, people.manager)
    assert "Zqtillägg" in as_(people.manager).get(f"/retention/holds/{hold.uuid}").text
    assert "Zqtillägg" not in as_(people.dpo).get(f"/retention/holds/{hold.uuid}").text


def test_whoever_moves_a_call_out_of_the_own_reach_is_led_back_to_the_list(as_, people, call):
    asked = {"value": people.elderly.uuid.hex, "reason": REASON, "seen": people.daycare.uuid.hex}
    answer = as_(people.manager).submit(at(call, "queue", "/corrections"), asked)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/recordings/")
    assert corrections.of(call)["queue"].by == people.manager
