"""The page of a request's clock: what it says of the days, and each of its forms."""

import datetime as dt

import pytest

from portal.accounts.permissions import Role
from portal.audit.acts import Act
from portal.cases import clockwork, reminders, time_views
from portal.cases.codes import State
from portal.cases.models import Case
from portal.documents.models import Document
from tests.cases.timed import case, day
from tests.people import grant, person
from tests.recordings.hearing import acts, text

FORMS = {
    "identity-request": {"doubt": "Numret är ett annat.", "asks": "Visa ett kort vid disken."},
    "identity": {"method": "desk", "on": "2.9.2026"},
    "completion-request": {"words": "Vilken vecka?"},
    "extension": {"reason": "140 samtal."},
}
"""What the handler of a fresh case can send, with its fields."""


@pytest.fixture
def now():
    with day(2026, 9, 2):
        yield


@pytest.fixture
def row(people, now) -> Case:
    return case(people, received_on=dt.date(2026, 8, 31))


def test_the_page_tells_how_the_days_were_arrived_at_and_that_it_was_read(people, as_, row):
    page = as_(people.clerk).get(f"/cases/{row.uuid}/time")
    said = text(page)
    assert page.status_code == 200
    for words in (
        f"<h1>Tid och identitet {row.number}</h1>",
        "<strong>30.9.2026</strong>",
        "Mottagningsdagen räknas inte.",
        "Månaden har ingen dag med samma nummer",
        "28.9.2026",
        "21.9.2026",
        "I god tid: 28 dagar kvar",
    ):
        assert words in said
    (entry,) = acts(Act.CASE_VIEWED)
    assert (entry.by, entry.reference) == (people.clerk.uuid, row.number)


def test_those_who_read_are_offered_no_act_and_strangers_nothing(people, as_, row):
    for reader in (people.dpo, people.decider, person("kurt", "Kurt Handledare", Role.CLERK)):
        page = as_(reader).get(f"/cases/{row.uuid}/time")
        assert page.status_code == 200
        assert f'action="/cases/{row.uuid}/time/' not in page.text
    for stranger in (people.adviser, people.manager, people.admin):
        assert as_(stranger).get(f"/cases/{row.uuid}/time").status_code == 403
    assert as_(people.clerk).get(f"/cases/{people.clerk.uuid}/time").status_code == 404


@pytest.mark.parametrize("act", FORMS)
def test_each_act_is_its_handler_s_and_sends_back_to_the_page(people, as_, row, act, monkeypatch):
    told: list[str] = []
    monkeypatch.setattr(time_views, "look_now", lambda: told.append(act))
    url = f"/cases/{row.uuid}/time/{act}"
    for other, status in ((people.dpo, 403), (people.decider, 403), (people.adviser, 403)):
        assert as_(other).submit(url, FORMS[act]).status_code == status
    another = as_(person("kurt", "Kurt Handledare", Role.CLERK)).submit(url, FORMS[act])
    assert another.status_code == 422
    assert "Ta över den först" in another.text
    assert "Rätta det här" not in another.text, "there is no field of theirs to mend"
    assert Case.get().version == 1
    client = as_(people.clerk)
    assert f'action="{url}"' in client.get(f"/cases/{row.uuid}/time").text
    answer = client.submit(url, FORMS[act])
    assert (answer.status_code, answer.location) == (303, f"/cases/{row.uuid}/time")
    assert 'class="alert alert-success"' in client.get(answer.location).text
    assert Case.get().version == 2
    assert client.submit(url, FORMS[act]).status_code == 409
    assert told == (["identity-request"] if act == "identity-request" else []), "only a letter is the worker's to do"


@pytest.mark.parametrize(("act", "field"), [(act, field) for act, fields in FORMS.items() for field in fields])
def test_what_is_missing_is_said_beside_its_field(people, as_, row, act, field):
    answer = as_(people.clerk).submit(f"/cases/{row.uuid}/time/{act}", {**FORMS[act], field: ""})
    assert answer.status_code == 422
    assert f'-{field}-error"' in answer.text
    others = [value for name, value in FORMS[act].items() if name != field and name not in ("method",)]
    assert all(value in answer.text for value in others), "what was typed is not lost"
    assert Case.get().version == 1
    assert not Document.select().exists()


@pytest.mark.parametrize(
    ("act", "data", "words"),
    [
        ("identity", {"method": "desk", "on": "3.9.2026"}, "Dagen kan inte vara efter i dag. Välj i dag"),
        ("identity", {"method": "desk", "on": "30.8.2026"}, "Dagen kan inte vara före begäran kom"),
        ("identity", {"method": "passport", "on": "2.9.2026"}, "Välj hur identiteten styrktes."),
        ("identity-request", {"doubt": "\u1200", "asks": "x"}, "Brevets typsnitt har inte: \u1200"),
        ("extension", {"reason": "Mannen, 131052-308T, ringde ofta."}, "Skriv ingen personbeteckning."),
        ("extension", {"reason": "x" * 2001}, "Skriv högst 2000 tecken."),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence_that_helps(people, as_, row, act, data, words):
    answer = as_(people.clerk).submit(f"/cases/{row.uuid}/time/{act}", data)
    assert answer.status_code == 422
    assert words in text(answer)
    assert Case.get().version == 1


def test_the_clock_stands_on_the_page_until_the_proof_comes(people, as_, row):
    client, url = as_(people.clerk), f"/cases/{row.uuid}/time"
    client.submit(f"{url}/identity-request", FORMS["identity-request"])
    with day(2026, 9, 7):
        client = as_(people.clerk)
        said = text(client.get(url))
        for words in ("Klockan står", "hittills i 5 dagar", "den står ännu", "Numret är ett annat.", "2.10.2026"):
            assert words in said
        assert "Anteckna som inte styrkt" not in said
        assert client.submit(f"{url}/identity-failure").status_code == 422
        client.submit(f"{url}/identity", {"method": "callback", "on": "7.9.2026"})
        said = text(client.get(url))
    for words in (
        "Den stod i 5 dagar.",
        "28 dagar, och tiden som klockan stod",
        "Uppringning till ett känt nummer",
        "<strong>5.10.2026</strong>",
        "30.9.2026",
    ):
        assert words in said


def test_no_proof_in_time_is_noted_with_one_button(people, as_, row):
    as_(people.clerk).submit(f"/cases/{row.uuid}/time/identity-request", FORMS["identity-request"])
    with day(2026, 10, 3):
        client = as_(people.clerk)
        assert "Anteckna som inte styrkt" in client.get(f"/cases/{row.uuid}/time").text
        assert client.submit(f"/cases/{row.uuid}/time/identity-failure").status_code == 303
        assert client.submit(f"/cases/{row.uuid}/time/identity-failure").status_code == 409
        assert Case.get().identity == "failed"


def test_a_completion_is_asked_for_and_answered(people, as_, row):
    client, url = as_(people.clerk), f"/cases/{row.uuid}/time"
    assert f'action="{url}/completion"' not in client.get(url).text
    client.submit(f"{url}/completion-request", FORMS["completion-request"])
    assert "Personen har ombetts komplettera begäran. Klockan går hela tiden." in text(client.get(url))
    assert client.submit(f"{url}/completion", {"words": ""}).status_code == 422
    assert client.submit(f"{url}/completion", {"words": "Vecka 36"}).status_code == 303
    assert Case.get().state == State.IN_PROGRESS


def test_another_decides_on_longer_time_and_the_letter_is_ordered(people, as_, row, monkeypatch):
    told: list[bool] = []
    monkeypatch.setattr(time_views, "look_now", lambda: told.append(True))
    url = f"/cases/{row.uuid}/time"
    as_(people.clerk).submit(f"{url}/extension", FORMS["extension"])
    page = text(as_(people.clerk).get(url))
    assert "Väntar på beslut" in page
    assert "Förläng tiden" not in page
    assert as_(people.clerk).submit(f"{url}/extension-approval").status_code == 403
    grant(people.clerk, Role.CONTROLLER)
    assert "Förläng tiden" not in as_(people.clerk).get(url).text
    refused = as_(people.clerk).submit(f"{url}/extension-approval")
    assert refused.status_code == 422
    assert "En annan person måste besluta." in refused.text
    assert as_(people.clerk).submit(f"{url}/extension-refusal", {"reason": "x"}).status_code == 422
    assert not Document.select().exists()
    decider = as_(people.decider)
    assert "Förläng tiden" in decider.get(url).text
    assert decider.submit(f"{url}/extension-refusal", {"reason": ""}).status_code == 422
    assert decider.submit(f"{url}/extension-approval").status_code == 303
    assert decider.submit(f"{url}/extension-approval").status_code == 409
    said = text(decider.get(url))
    for words in ("Förlängd", "140 samtal.", "Dag Beslutman", "<strong>30.11.2026</strong>", "tre kalendermånader"):
        assert words in said
    assert [letter.kind for letter in Document.select()] == ["case-extension"]
    assert told == [True]


def test_a_proposal_that_was_left_too_long_can_only_be_refused(people, as_, row):
    as_(people.clerk).submit(f"/cases/{row.uuid}/time/extension", FORMS["extension"])
    with day(2026, 10, 1):
        decider = as_(people.decider)
        assert "Förslaget kan bara avslås." in text(decider.get(f"/cases/{row.uuid}/time"))
        answer = decider.submit(f"/cases/{row.uuid}/time/extension-approval")
        assert answer.status_code == 422
        assert "Tiden kunde förlängas till och med 30.9.2026." in text(answer)
        assert decider.submit(f"/cases/{row.uuid}/time/extension-refusal", {"reason": "För sent"}).status_code == 303


def test_what_presses_is_said_on_the_pages_of_the_case_and_above_the_list(people, as_, app, row):
    clockwork.propose_extension(row, "140 samtal", by=people.clerk)
    Case.update(reminded="decider").execute()
    assert "är påminda" not in text(as_(people.clerk).get(f"/cases/{row.uuid}/time")), "its last day has moved away"
    with day(2026, 10, 1):
        reminders.remind()
        said = text(as_(people.clerk).get(f"/cases/{row.uuid}/time"))
        assert "Sista dagen var 30.9.2026. Svara genast" in said
        assert "Försenad: en dag" in said
        for reader, late, proposals in (
            (people.clerk, True, False),
            (people.decider, True, True),
            (people.dpo, False, False),
        ):
            listed = text(as_(reader).get("/cases/"))
            assert ("En begäran brådskar:" in listed) == late
            assert ("Ett förslag om längre tid väntar på ditt beslut" in listed) == proposals
