"""A purpose is stated once, and opens one listen: one row in the log, whatever the browser asks for."""

import concurrent.futures
import datetime as dt
import json
import os
import re
import subprocess
import sys
import uuid

import pytest

from portal import clock, db
from portal.accounts.models import QueueGrant, RoleGrant, SignIn
from portal.accounts.permissions import Role
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.recordings import listening, listening_views
from portal.recordings.models import Listen, Playable, Purpose, Recording, State
from portal.vault import keystore, objects
from tests import calls

RANGE = {"Range": "bytes=0-99"}


@pytest.fixture
def call(people):
    return calls.recording(people.daycare, adviser=people.adviser)


def opened(client, call, purpose="quality", reference="") -> str:
    """The address of a listen that `client` opened."""
    answer = client.submit(f"/recordings/{call.uuid}/listens", {"purpose": purpose, "reference": reference})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return answer.location


def acts(*which: Act) -> list[Entry]:
    return list(Entry.select().where(Entry.act.in_(which)).order_by(Entry.id))


def text(answer) -> str:
    return " ".join(answer.get_data(as_text=True).split())


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
    blank = re.compile(r'value="[^"]{30,}"|"X-CSRFToken": "[^"]*"|&#34;X-CSRFToken&#34;[^}]*')
    assert blank.sub("", text(strange)) == blank.sub("", text(absent))


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
    assert re.findall(r'<span class="player-speaker">(.*?)</span>', page) == ["Kundrådgivare", "Uppringare"]
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


# One listen, one row


def test_the_first_range_writes_the_listen_and_the_others_write_nothing(as_, people, call):
    client = as_(people.adviser)
    address = opened(client, call, "request", "BST/12/2026")
    noon = clock.now()
    for _ in range(3):
        assert client.get(f"{address}/audio", headers=RANGE).status_code == 206
    (entry,) = acts(Act.PLAYED)
    assert (entry.by, entry.subject, entry.queue_id) == (people.adviser.uuid, call.uuid, people.daycare.id)
    assert (entry.purpose, entry.reference) == ("request", "BST/12/2026")
    assert noon <= Listen.get().started_at <= clock.now()
    assert Listen.get().started_at - entry.at <= dt.timedelta(milliseconds=50)


def test_two_listens_are_two_rows(as_, people, call):
    client = as_(people.adviser)
    for purpose in ("quality", "safety"):
        client.get(f"{opened(client, call, purpose)}/audio", headers=RANGE)
    assert [entry.purpose for entry in acts(Act.PLAYED)] == ["quality", "safety"]


def test_fifty_ranges_at_once_in_many_threads_are_one_row(app, people, call, as_):
    client = as_(people.adviser)
    address = opened(client, call)
    cookie = client.get_cookie("__Host-portal").value

    def ask(number: int) -> int:
        other = app.test_client()
        other.set_cookie("__Host-portal", cookie, secure=True)
        try:
            return other.get(f"{address}/audio", headers={"Range": f"bytes={number}-{number + 9}"}).status_code
        finally:
            db.db.close()

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        assert list(pool.map(ask, range(50))) == [206] * 50
    assert len(acts(Act.PLAYED)) == 1


ASK = """
import sys
from portal import config, create_app
app = create_app(config.load())
client = app.test_client()
client.set_cookie("__Host-portal", sys.argv[1], secure=True)
ask = lambda: client.get(sys.argv[2], base_url="https://localhost", headers={"Range": "bytes=0-9"}).status_code
print("ready", flush=True)
sys.stdin.readline()
print([ask() for _ in range(10)])
"""


def test_fifty_ranges_at_once_in_five_processes_are_one_row(settings, people, call, as_):
    client = as_(people.adviser)
    address = opened(client, call)
    command = [sys.executable, "-c", ASK, client.get_cookie("__Host-portal").value, f"{address}/audio"]
    environment = {**os.environ, "PORTAL_DATA": str(settings.data)}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    children = [subprocess.Popen(command, env=environment, **pipes) for _ in range(5)]
    for child in children:
        assert child.stdout.readline() == "ready\n"
    for child in children:
        child.stdin.write("go\n")
        child.stdin.flush()
    answers = [child.communicate()[0].strip() for child in children]
    assert answers == [str([206] * 10)] * 5
    assert len(acts(Act.PLAYED)) == 1


# The right, asked for at every range


def lose_queue(people, call):
    QueueGrant.delete().where(QueueGrant.account == people.adviser).execute()


def lose_role(people, call):
    RoleGrant.update(role=Role.CLERK).where(RoleGrant.account == people.adviser).execute()


def expire(people, call):
    Recording.update(expires_at=clock.now()).execute()


def begin_purge(people, call):
    Recording.update(state=State.PURGING).execute()


def lose_key(people, call):
    keystore.destroy(call.uuid)


def lose_object(people, call):
    objects.remove_all(call.uuid)


def close_listen(people, call):
    Listen.update(closes_at=clock.now()).execute()


LOSSES = [lose_queue, lose_role, expire, begin_purge, lose_key, lose_object, close_listen]


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("page", ["/audio", "/peaks"])
def test_the_next_range_is_as_absent_when_the_right_is_gone(as_, people, call, loss, page):
    client = as_(people.adviser)
    address = opened(client, call) + page
    assert client.get(address, headers=RANGE).status_code in (200, 206)
    absent = client.get(f"/recordings/{call.uuid}/listens/{uuid.uuid4()}{page}", headers=RANGE)
    loss(people, call)
    answer = client.get(address, headers=RANGE)
    assert answer.status_code == absent.status_code == 404
    assert len(answer.data) == len(absent.data)


@pytest.mark.parametrize("page", ["", "/audio", "/peaks"])
def test_another_persons_listen_is_as_absent(as_, people, call, page):
    address = opened(as_(people.adviser), call)
    assert as_(people.manager).get(address + page, headers=RANGE).status_code == 404
    assert acts(Act.PLAYED) == []


@pytest.mark.parametrize("page", ["", "/audio", "/peaks"])
def test_a_listen_belongs_to_its_session(as_, people, call, page):
    address = opened(as_(people.adviser), call)
    assert as_(people.adviser).get(address + page, headers=RANGE).status_code == 404


def test_a_listen_does_not_open_another_call(as_, people, call):
    other = calls.recording(people.daycare)
    client = as_(people.adviser)
    key = opened(client, call).rpartition("/")[2]
    assert client.get(f"/recordings/{other.uuid}/listens/{key}/audio", headers=RANGE).status_code == 404


@pytest.mark.parametrize("how", ["ended", "closed"])
def test_an_ended_session_or_a_closed_account_hears_nothing_more(as_, people, call, how):
    client = as_(people.adviser)
    address = opened(client, call) + "/audio"
    if how == "ended":
        SignIn.update(ended_at=clock.now()).execute()
    else:
        type(people.adviser).update(closed_at=clock.now()).execute()
    answer = client.get(address, headers=RANGE)
    assert answer.status_code == 303
    assert "/sign-in" in answer.location


def test_ranges_do_not_prolong_the_session_but_the_player_page_does(as_, people, call):
    start = clock.now()
    client = as_(people.adviser)
    address = opened(client, call)
    with clock.frozen(start + dt.timedelta(minutes=10)):
        client.get(f"{address}/audio", headers=RANGE)
        client.get(f"{address}/peaks")
        assert SignIn.get().seen_at <= start + dt.timedelta(minutes=1)
        assert client.head(address).status_code == 200
        assert SignIn.get().seen_at == start + dt.timedelta(minutes=10)


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_cannot_embed_the_sound(as_, people, call, site):
    client = as_(people.adviser)
    address = opened(client, call)
    answer = client.get(f"{address}/audio", headers={**RANGE, "Sec-Fetch-Site": site})
    assert answer.status_code == 403
    assert acts(Act.PLAYED) == []
    answer = client.get(f"{address}/audio", headers={**RANGE, "Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 206
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"


# An answer that takes long


@pytest.fixture
def long_call(people):
    return calls.recording(people.daycare, seconds=400, sound=calls.wav(calls.tone(400)))


@pytest.mark.parametrize("loss", [*LOSSES[:4], close_listen])
def test_a_long_answer_is_broken_off_when_the_right_ends(app, as_, people, long_call, loss):
    client = as_(people.adviser)
    address = opened(client, long_call) + "/audio"
    answer = client.get(address, buffered=False)
    assert int(answer.headers["Content-Length"]) > 6_000_000
    blocks = answer.iter_encoded()
    heard = len(next(blocks))
    loss(people, long_call)
    heard += sum(len(block) for block in blocks)
    assert heard <= listening_views.PIECE + 65536
    answer.close()


def test_a_long_answer_asks_again_when_time_has_passed(app, as_, people, long_call, monkeypatch):
    monkeypatch.setattr(listening_views, "LOOK_AGAIN_SECONDS", 0)
    client = as_(people.adviser)
    answer = client.get(opened(client, long_call) + "/audio", buffered=False)
    blocks = answer.iter_encoded()
    next(blocks)
    SignIn.update(ended_at=clock.now()).execute()
    assert list(blocks) == []
    answer.close()


def test_no_range_keeps_a_thread_and_whole_answers_never_take_them_all(app, as_, people, long_call):
    client = as_(people.adviser)
    address = opened(client, long_call) + "/audio"
    for _ in range(20):
        part = client.get(address, headers={"Range": "bytes=0-"})
        assert part.status_code == 206
        assert len(part.data) == listening_views.PIECE
    held = [client.get(address, buffered=False) for _ in range(3)]
    assert [answer.status_code for answer in held] == [200, 200, 503]
    assert held[2].headers["Retry-After"]
    for answer in held:
        answer.close()
    again = client.get(address, buffered=False)
    assert again.status_code == 200
    again.close()
