"""Reporting a threat call and deciding on it, on the pages: who may, what is seen, what is said."""

import datetime as dt
import re

import pytest

from portal import clock
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.recordings.models import Recording
from portal.retention import threats
from portal.retention.models import Hold, Threat, ThreatState
from tests.calls import recording
from tests.recordings.hearing import acts, text

REPORT = {"kind": "adviser", "safety": "contact"}
WORDS = "Han sade att han vet var jag bor"
DECISION = {"reason": "Allvarligt hot", "action_ahead": "Polisanmälan"}


@pytest.fixture
def call(people):
    return recording(people.daycare, adviser=people.adviser)


@pytest.fixture
def reported(people, as_, call) -> Threat:
    as_(people.adviser).submit(f"/retention/calls/{call.uuid}", {**REPORT, "words": WORDS})
    return Threat.get()


def review(days: int = 60) -> str:
    day = clock.today() + dt.timedelta(days=days)
    return f"{day.day}.{day.month}.{day.year}"


def test_two_clicks_report_a_call_from_its_page_and_from_the_list(people, as_, call):
    """The form is sent as it stands: a shaken person need not choose anything."""
    client = as_(people.adviser)
    for page in (f"/recordings/{call.uuid}", "/recordings/"):
        assert f'href="/retention/calls/{call.uuid}"' in client.get(page).text
    form = client.get(f"/retention/calls/{call.uuid}")
    sent = dict(re.findall(r'<input checked[^>]*name="(\w+)"[^>]*value="(\w+)"', form.text))
    assert sent == REPORT
    answer = client.submit(f"/retention/calls/{call.uuid}", sent)
    assert (answer.status_code, answer.location) == (303, f"/recordings/{call.uuid}")
    threat = Threat.get()
    assert (threat.recording_id, threat.reported_by, threat.kind, threat.safety) == (
        call.id,
        people.adviser,
        "adviser",
        "contact",
    )
    page = text(client.get(f"/recordings/{call.uuid}"))
    assert "Anmälan är sparad. 2 chefer ser den nu." in page
    assert "Samtalet är anmält som hotsamtal och väntar på en chefs beslut." in page
    assert "Anmäl hotsamtal<" not in page
    assert Entry.select().where(Entry.act == Act.THREAT_REPORTED, Entry.by == people.adviser.uuid).count() == 1


def test_the_list_offers_to_report_the_calls_that_one_took_and_marks_what_is_reported(people, as_, call, reported):
    own, other = recording(people.daycare, adviser=people.adviser), recording(people.daycare, adviser=people.manager)
    offered = 'href="/retention/calls/'
    for reader, reports in ((people.adviser, [own]), (people.manager, [other])):
        for path in ("/recordings/", f"/recordings/{call.uuid}/same-number"):
            page = as_(reader).get(path)
            assert page.text.count(offered) == len(reports), path
            assert all(f'{offered}{one.uuid}"' in page.text for one in reports)
            assert text(page).count('<span class="tag tag-warning">Anmält</span>') == 1, "of the reported one"
    with_other = as_(people.adviser).get(f"/recordings/{other.uuid}").text
    assert f'{offered}{other.uuid}"' in with_other, "a call that somebody else took is reported from its page"
    assert (
        "Anmält" in as_(people.adviser).get(f"/recordings/{call.uuid}").text.split("</h1>")[1].split("Lyssna</h2>")[0]
    )
    threats.dismiss(reported, reason="Övning", by=people.manager)
    assert "Anmält" not in as_(people.adviser).get("/recordings/").text


def test_reporting_again_says_that_it_is_reported(people, as_, call, reported):
    client = as_(people.manager)
    assert "redan anmält" in text(client.get(f"/retention/calls/{call.uuid}"))
    assert client.submit(f"/retention/calls/{call.uuid}", REPORT).status_code == 409
    assert Threat.select().count() == 1


@pytest.mark.parametrize("data", [{**REPORT, "kind": "x"}, {**REPORT, "safety": ""}, {**REPORT, "words": "x" * 4001}])
def test_an_answer_that_is_none_is_said_beside_the_field(people, as_, call, data):
    answer = as_(people.adviser).submit(f"/retention/calls/{call.uuid}", data)
    assert answer.status_code == 422
    assert 'class="field-error"' in answer.text
    assert not Threat.select().exists()


def test_a_stranger_reports_nothing(people, as_, call):
    path = f"/retention/calls/{call.uuid}"
    assert as_(people.outsider).get(path).status_code == 404
    assert as_(people.outsider).submit(path, REPORT).status_code == 404
    assert as_(people.clerk).get(path).status_code == 403
    assert not Threat.select().exists()


def test_every_manager_of_the_queue_sees_the_report_on_whichever_page(people, as_, reported):
    for manager in (people.manager, people.second_manager):
        manager.language = "sv"
        manager.save()
        page = text(as_(manager).get("/recordings/"))
        assert "1 anmält hotsamtal väntar på beslut." in page
        assert 'href="/retention/threats/"' in page
    for other in (people.adviser, people.outsider, people.clerk):
        assert "väntar på beslut" not in as_(other).get("/recordings/").text
    listed = text(as_(people.manager).get("/retention/threats/"))
    assert f"/retention/threats/{reported.uuid}" in listed
    assert "Vill bli kontaktad" in listed
    days = (clock.local(reported.recording.expires_at).date() - clock.today()).days
    assert f"{days} dagar kvar" in listed


def test_of_a_reported_call_that_something_else_keeps_no_day_of_deletion_is_told(people, as_, reported):
    Recording.update(freezes=1).where(Recording.id == reported.recording_id).execute()
    client = as_(people.manager)
    page = text(client.get("/recordings/"))
    assert "1 anmält hotsamtal väntar på beslut." in page
    assert "om ingen beslutar" not in page
    assert "raderas inte" in text(client.get("/"))
    page = text(client.get(f"/retention/threats/{reported.uuid}"))
    assert "Det raderas när spärren hävs" in page
    assert "som andra samtal" not in page


def test_an_open_page_learns_of_a_report_and_of_nothing_else(people, as_, call):
    client = as_(people.manager)
    seen = re.search(r'hx-get="(/retention/notices\?seen=[^"]+)"', client.get("/accounts/me").text)[1]
    assert client.get(seen).status_code == 204
    as_(people.adviser).submit(f"/retention/calls/{call.uuid}", REPORT)
    answer = client.get(seen)
    assert answer.status_code == 200
    assert "1 anmält hotsamtal" in text(answer)
    assert "<h1" not in answer.text
    assert Entry.select().where(Entry.by == people.manager.uuid, Entry.act == Act.THREATS_LISTED).count() == 0


def test_a_page_that_asks_for_notices_does_not_keep_its_session_open(app):
    assert app.view_functions["retention.notices"].prolongs is False


def test_deciding_to_hold_leads_to_the_hold_and_the_reporter_sees_it(people, as_, call, reported):
    client = as_(people.manager)
    page = text(client.get(f"/retention/threats/{reported.uuid}"))
    assert WORDS in page
    answer = client.submit(f"/retention/threats/{reported.uuid}/hold", {**DECISION, "review_on": review()})
    hold = Hold.get()
    assert (answer.status_code, answer.location) == (303, f"/retention/holds/{hold.uuid}")
    assert (hold.placed_by, hold.threat, hold.reason) == (people.manager, reported, "Allvarligt hot")
    assert Entry.select().where(Entry.act == Act.HOLD_PLACED, Entry.by == people.manager.uuid).count() == 1
    seen = text(as_(people.adviser).get(f"/recordings/{call.uuid}"))
    assert "Kvarhållet som hotsamtal" in seen
    assert "Raderas den" not in seen
    assert "Allvarligt hot" not in seen, "the reasons are for managers"
    again = client.submit(f"/retention/threats/{reported.uuid}/hold", {**DECISION, "review_on": review()})
    assert again.status_code == 409


def test_deciding_not_to_hold_gives_the_reporter_the_reasons(people, as_, call, reported):
    client = as_(people.manager)
    answer = client.submit(f"/retention/threats/{reported.uuid}/dismissal", {"why": "Inget hot i samtalet"})
    assert (answer.status_code, answer.location) == (303, "/retention/threats/")
    assert Threat.get().state == ThreatState.DISMISSED
    page = text(as_(people.adviser).get(f"/recordings/{call.uuid}"))
    assert "Inget hot i samtalet" in page
    assert "Raderas den" in page
    assert "Inte kvarhållet" in text(client.get("/retention/threats/?state=decided"))
    assert client.submit(f"/retention/threats/{reported.uuid}/dismissal", {"why": "igen"}).status_code == 409


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"reason": "", "review_on": 60}, "Skriv varför samtalet hålls kvar."),
        ({"action_ahead": " ", "review_on": 60}, "Skriv vilken åtgärd"),
        ({"review_on": None}, "Skriv dagen när kvarhållandet"),
        ({"review_on": 0}, "Granskningsdagen måste vara senare än i dag. Välj en dag framåt."),
        ({"review_on": 200}, "Granskningsdagen får vara senast den"),
    ],
)
def test_a_hold_that_lacks_something_is_refused_beside_the_field(people, as_, reported, data, said):
    day = data["review_on"]
    form = {**DECISION, **data, "review_on": "" if day is None else review(day)}
    answer = as_(people.manager).submit(f"/retention/threats/{reported.uuid}/hold", form)
    assert answer.status_code == 422
    assert said in text(answer)
    assert not Hold.select().exists()


def test_the_reporter_does_not_decide_even_as_a_manager(people, as_, call):
    client = as_(people.manager)
    client.submit(f"/retention/calls/{call.uuid}", REPORT)
    threat = Threat.get()
    page = client.get(f"/retention/threats/{threat.uuid}")
    assert "En annan chef måste besluta" in text(page)
    assert "/dismissal" not in page.text
    assert client.submit(f"/retention/threats/{threat.uuid}/dismissal", {"why": "Nej"}).status_code == 422
    assert Threat.get().state == ThreatState.REPORTED


def test_the_data_protection_officer_reads_and_never_decides(people, as_, reported):
    client = as_(people.dpo)
    page = client.get(f"/retention/threats/{reported.uuid}")
    assert WORDS in text(page)
    assert '<form class="form"' not in page.text
    assert f"/recordings/{reported.recording.uuid}" not in page.text
    assert str(reported.uuid) in client.get("/retention/threats/").text
    assert client.submit(f"/retention/threats/{reported.uuid}/hold", DECISION).status_code == 403
    assert client.submit(f"/retention/threats/{reported.uuid}/dismissal", {"why": "Nej"}).status_code == 403


@pytest.mark.parametrize("who", ["adviser", "clerk", "decider", "admin", "outsider"])
def test_others_read_no_reports(people, as_, reported, who):
    client = as_(getattr(people, who))
    assert client.get("/retention/threats/").status_code == 403
    assert client.get(f"/retention/threats/{reported.uuid}").status_code == 403


def test_a_manager_of_another_queue_sees_nothing_of_it(people, as_, reported):
    from portal.accounts.models import QueueGrant

    QueueGrant.delete().where(QueueGrant.account == people.manager, QueueGrant.queue == people.daycare).execute()
    client = as_(people.manager)
    assert str(reported.uuid) not in client.get("/retention/threats/").text
    assert "väntar på beslut." not in client.get("/recordings/").text
    gone = client.get(f"/retention/threats/{reported.uuid}")
    absent = client.get("/retention/threats/00000000-0000-4000-8000-000000000000")
    assert (gone.status_code, absent.status_code) == (404, 404)
    assert client.submit(f"/retention/threats/{reported.uuid}/dismissal", {"why": "Nej"}).status_code == 404


def test_reading_a_report_and_its_list_is_in_the_log(people, as_, reported):
    client = as_(people.manager)
    client.get("/retention/threats/")
    client.get(f"/retention/threats/{reported.uuid}")
    listed, viewed = acts(Act.THREATS_LISTED, Act.THREAT_VIEWED)
    assert {listed.by, viewed.by} == {people.manager.uuid}
    assert '"list":"reported"' in listed.detail
    assert viewed.subject == reported.recording.uuid
    assert WORDS not in listed.detail + viewed.detail
