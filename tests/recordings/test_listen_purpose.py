"""A purpose is stated before a call is heard; the pages around it say how things stand."""

import json
import re
import uuid

import pytest

from portal.accounts.models import SignIn
from portal.accounts.permissions import Role
from portal.audit.acts import Act
from portal.recordings import listening
from portal.recordings.models import Listen, Playable, Purpose, Recording
from tests import calls
from tests.bodies import bare
from tests.recordings.hearing import acts, opened, text


@pytest.fixture
def call(people):
    return calls.recording(people.daycare, adviser=people.adviser)


# Stating the purpose


@pytest.mark.parametrize("purpose", ["quality", "safety", "request"])
@pytest.mark.parametrize("who", ["adviser", "manager"])
def test_opening_a_listen_writes_its_purpose_in_the_log(as_, people, call, who, purpose):
    person = getattr(people, who)
    reference = "BST/12/2026" if purpose == "request" else ""
    address = opened(as_(person), call, purpose, reference)
    listen = Listen.get()
    assert address == f"/recordings/{call.uuid}/listens/{listen.uuid}"
    assert (listen.account_id, listen.purpose, listen.reference) == (person.id, purpose, reference)
    assert listen.started_at is None
    (entry,) = acts(Act.LISTEN_OPENED)
    assert (entry.by, entry.subject, entry.purpose, entry.reference) == (person.uuid, call.uuid, purpose, reference)
    assert json.loads(entry.detail) == {"listen": listen.uuid.hex}
    assert acts(Act.PLAYED) == []


def test_a_clerk_listens_for_a_request_only(as_, people, call):
    client = as_(people.clerk)
    page = text(client.get(f"/recordings/{call.uuid}"))
    assert 'value="request"' in page
    assert 'value="quality"' not in page
    for purpose in ("quality", "safety"):
        answer = client.submit(f"/recordings/{call.uuid}/listens", {"purpose": purpose})
        assert answer.status_code == 422
        assert "Välj ett ändamål" in text(answer)
    assert Listen.select().count() == 0
    opened(client, call, "request", "BST/12/2026")


def test_the_act_itself_refuses_a_purpose_the_role_does_not_have(people, call):
    people.clerk.sign_in = SignIn.create(account=people.clerk, token_hash="x", stage="full")
    with pytest.raises(listening.PurposeRefused):
        listening.open_listen(call, purpose=Purpose.QUALITY, reference="", by=people.clerk)
    with pytest.raises(listening.CaseNumberNeeded):
        listening.open_listen(call, purpose=Purpose.REQUEST, reference="", by=people.clerk)
    assert acts(Act.LISTEN_OPENED) == []


@pytest.mark.parametrize("data", [{}, {"purpose": ""}, {"purpose": "curiosity"}])
def test_a_missing_or_invented_purpose_is_answered_beside_the_field(as_, people, call, data):
    answer = as_(people.adviser).submit(f"/recordings/{call.uuid}/listens", data)
    assert answer.status_code == 422
    page = text(answer)
    assert re.search(r'<p class="field-error" id="purpose-error">Välj ett ändamål', page)
    assert re.search(r'<fieldset[^>]*aria-describedby="[^"]*purpose-error', page)
    assert "<title>Varför lyssnar du? –" in page
    assert Listen.select().count() == 0


@pytest.mark.parametrize("number", ["", "  ", "12", "/12/", "A" * 41, "BST 12", "BST_12", "<b>12</b>", "12\n34", "..."])
def test_a_request_needs_a_case_number(as_, people, call, number):
    answer = as_(people.adviser).submit(f"/recordings/{call.uuid}/listens", {"purpose": "request", "reference": number})
    assert answer.status_code == 422
    assert 'id="reference-error"' in text(answer)
    assert Listen.select().count() == 0


@pytest.mark.parametrize("number", ["123", "BST/12/2026", "PB-2026.118", "Ärende/7", "A" * 40])
def test_case_numbers_of_any_registry_are_taken(as_, people, call, number):
    opened(as_(people.adviser), call, "request", f" {number} ")
    assert Listen.get().reference == number


def test_another_purpose_keeps_no_case_number(as_, people, call):
    opened(as_(people.adviser), call, "quality", "BST/12/2026")
    assert Listen.get().reference == ""


def test_a_call_of_another_queue_is_as_absent(as_, people, call):
    client = as_(people.outsider)
    strange = client.submit(f"/recordings/{call.uuid}/listens", {"purpose": "quality"})
    absent = client.submit(f"/recordings/{uuid.uuid4()}/listens", {"purpose": "quality"})
    assert strange.status_code == absent.status_code == 404
    assert bare(strange) == bare(absent)


@pytest.mark.parametrize("who", ["dpo", "admin", "decider"])
def test_roles_that_may_not_listen_are_refused(as_, people, call, who):
    client = as_(getattr(people, who))
    assert client.submit(f"/recordings/{call.uuid}/listens", {"purpose": "quality"}).status_code == 403
    assert client.get(f"/recordings/{call.uuid}/listens/{uuid.uuid4()}/audio").status_code == 403
    assert [entry.by for entry in acts(Act.DENIED)] == [getattr(people, who).uuid] * 2


# The page of the call, and of the listen


def test_the_page_of_a_ready_call_asks_for_the_purpose(as_, people, call):
    page = text(as_(people.adviser).get(f"/recordings/{call.uuid}"))
    assert f'action="/recordings/{call.uuid}/listens"' in page
    assert "hx-trigger" not in page.partition('id="hearing"')[2].partition(">")[0]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (Playable.FAILED, "Ljudet gick inte att göra spelbart"),
        (Playable.EMPTY, "Inspelningen innehåller inget ljud"),
        (Playable.EMPTY, "Fråga en systemadministratör: Arvo Ylläpitäjä."),
        (Playable.PENDING, "Ljudet görs i ordning"),
    ],
)
def test_a_call_that_cannot_be_heard_says_why_and_opens_no_listen(as_, people, call, state, words):
    Recording.update(playable=state).execute()
    client = as_(people.adviser)
    page = text(client.get(f"/recordings/{call.uuid}"))
    assert words in page
    assert "/listens" not in page.partition('id="hearing"')[2].partition("</section>")[0]
    assert client.submit(f"/recordings/{call.uuid}/listens", {"purpose": "quality"}).status_code == 409
    assert Listen.select().count() == 0


def test_the_page_says_where_the_recording_opens(as_, people, call):
    client = as_(people.adviser)
    assert "Öppna inspelningen vid 0:01<" in client.get(f"/recordings/{call.uuid}?at=1").text
    assert "Öppna inspelningen<" in client.get(f"/recordings/{call.uuid}").text


def test_a_call_that_waits_for_its_sound_shows_the_form_when_it_is_ready(as_, people, call):
    client = as_(people.adviser)
    Recording.update(playable=Playable.PENDING).execute()
    page = text(client.get(f"/recordings/{call.uuid}"))
    address = re.search(r'hx-get="([^"]+)" hx-trigger="every 3s"', page)
    assert address
    waiting = client.get(address[1], headers={"HX-Request": "true"})
    assert (waiting.status_code, waiting.data) == (204, b"")
    Recording.update(playable=Playable.READY).execute()
    ready = client.get(address[1], headers={"HX-Request": "true"})
    assert ready.status_code == 200
    assert text(ready).startswith("<section")
    assert f'action="/recordings/{call.uuid}/listens"' in text(ready)
    assert as_(people.outsider).get(address[1]).status_code == 404


def test_someone_who_may_find_but_not_listen_is_told_so(app, as_, people, call, monkeypatch):
    from portal.accounts import permissions

    finding = frozenset({permissions.Permission.ACCOUNTS_SELF, permissions.Permission.RECORDINGS_FIND})
    monkeypatch.setitem(permissions.TABLE, Role.ADVISER, finding)
    page = text(as_(people.adviser).get(f"/recordings/{call.uuid}"))
    assert "inte lyssna på det" in page
    assert f'action="/recordings/{call.uuid}/listens"' not in page


def test_the_player_names_who_is_on_each_channel(as_, people, call):
    client = as_(people.adviser)
    page = text(client.get(opened(client, call)))
    assert re.search(r"<title>(Inspelning [^<]*?) – .*<h1>\1</h1>", page)
    adviser = 'Kundrådgivare <span class="player-person">Karin Testström</span>'
    assert re.findall(r'<span class="player-speaker">(.*?)</span>(?=\s*<canvas)', page) == [adviser, "Den som ringde"]
    assert page.count("<canvas") == 2
    Recording.update(speakers=None).execute()
    page = text(client.get(opened(client, call)))
    assert re.findall(r'<span class="player-speaker">(.*?)</span>', page) == ["Kanal 1", "Kanal 2"]
    Recording.update(channels=1).execute()
    page = text(client.get(opened(client, call)))
    assert re.findall(r'<span class="player-speaker">(.*?)</span>', page) == ["Alla talare"]


def test_to_open_the_player_and_its_waveform_is_not_to_listen(as_, people, call):
    client = as_(people.adviser)
    address = opened(client, call)
    assert client.get(address).status_code == 200
    peaks = client.get(f"{address}/peaks")
    assert peaks.mimetype == "application/json"
    assert peaks.json == {"channels": [[10, 200, 30], [40, 5, 60]]}
    assert client.head(f"{address}/audio").status_code == 200
    assert client.get(f"{address}/audio", headers={"Range": "bytes=99999999-"}).status_code == 416
    assert Listen.get().started_at is None
    assert acts(Act.PLAYED) == []
