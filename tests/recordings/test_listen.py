"""A purpose is stated once, and opens one listen: one row in the log, whatever the browser asks for."""

import concurrent.futures
import datetime as dt
import itertools
import os
import subprocess
import sys
import types
import uuid

import peewee
import pytest

from portal import clock, db, playback
from portal.accounts.models import QueueGrant, RoleGrant, SignIn
from portal.accounts.permissions import Role
from portal.audit.acts import Act
from portal.recordings import listening
from portal.recordings.models import Listen, Recording, State
from portal.security import ATTENDED
from portal.vault import keystore, objects
from tests import calls
from tests.people import grant
from tests.recordings.hearing import RANGE, acts, opened


@pytest.fixture
def call(people):
    return calls.recording(people.daycare, adviser=people.adviser)


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


def right_ends(people, call):
    """Another, for another queue, stands. The session would be over with it: here it is as one opened since."""
    RoleGrant.update(ends_at=clock.now()).where(RoleGrant.account == people.adviser).execute()
    SignIn.update(created_at=clock.now()).execute()
    grant(people.adviser, Role.ADVISER, [people.elderly])


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


def end_session(people, call):
    SignIn.update(ended_at=clock.now()).execute()


LOSSES = [lose_queue, lose_role, right_ends, expire, begin_purge, lose_key, lose_object, close_listen]


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("page", ["/audio", "/peaks"])
def test_the_next_range_is_as_absent_when_the_right_is_gone(as_, people, call, loss, page):
    client = as_(people.adviser)
    address = opened(client, call) + page
    assert client.get(address, headers=RANGE).status_code in (200, 206)
    loss(people, call)  # first: what another role's menu holds makes the page of another length
    absent = client.get(f"/recordings/{call.uuid}/listens/{uuid.uuid4()}{page}", headers=RANGE)
    answer = client.get(address, headers=RANGE)
    assert answer.status_code == absent.status_code == 404
    assert len(answer.data) == len(absent.data)


@pytest.mark.parametrize("page", ["/audio", "/peaks"])
def test_another_persons_listen_is_as_absent(as_, people, call, page):
    address = opened(as_(people.adviser), call)
    assert as_(people.manager).get(address + page, headers=RANGE).status_code == 404
    assert acts(Act.PLAYED) == []


@pytest.mark.parametrize("page", ["/audio", "/peaks"])
def test_a_listen_belongs_to_its_session(as_, people, call, page):
    address = opened(as_(people.adviser), call)
    assert as_(people.adviser).get(address + page, headers=RANGE).status_code == 404


@pytest.mark.parametrize("who", ["manager", "adviser"])
def test_the_address_of_a_players_page_leads_who_reaches_the_call_to_the_same_place_in_it(as_, people, who):
    call = calls.recording(people.daycare, adviser=people.adviser, seconds=60)
    address = opened(as_(people.adviser), call)
    client = as_(getattr(people, who))  # a colleague; the same person signed in anew
    answer = client.get(f"{address}?at=47")
    assert (answer.status_code, answer.location) == (303, f"/recordings/{call.uuid}?at=47")
    assert "Den lyssningen är över" in client.get(answer.location).text
    assert client.head(address).status_code == 404, "it tells a player that the right is gone"
    assert as_(people.outsider).get(address).status_code == 404
    Recording.update(restrictions=1).execute()
    assert client.get(address).status_code != 303
    assert acts(Act.PLAYED) == []


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


def test_ranges_do_not_prolong_the_session_but_who_sits_at_the_player_does(as_, people, call):
    start = clock.now()
    client = as_(people.adviser)
    address = opened(client, call)
    with clock.frozen(start + dt.timedelta(minutes=10)):
        client.get(f"{address}/audio", headers=RANGE)
        client.get(f"{address}/peaks")
        client.get(f"{address}/audio", headers={**RANGE, ATTENDED: "yes"})
        client.head(f"{address}/audio", headers={ATTENDED: "yes"})
        assert client.head(address).status_code == 200
        assert SignIn.get().seen_at <= start + dt.timedelta(minutes=1)
        assert client.head(address, headers={ATTENDED: "yes"}).status_code == 200
        assert SignIn.get().seen_at == start + dt.timedelta(minutes=10)


def test_a_session_that_only_plays_ends_after_fifteen_minutes(as_, people, call):
    """Ranges by either way, the waveform, and the questions of a player that nobody sits at."""
    with clock.frozen(clock.now()):
        client = as_(people.adviser)
        address, start = opened(client, call), clock.now()
    asked = [lambda: client.get(f"{address}/audio", headers=RANGE), lambda: client.get(f"{address}/audio")]
    asked += [lambda: client.get(f"{address}/peaks"), lambda: client.head(address)]
    for minute in (*range(15), 14.99):
        with clock.frozen(start + dt.timedelta(minutes=minute)):
            assert [ask().status_code for ask in asked] == [206, 200, 200, 200], minute
    with clock.frozen(start + dt.timedelta(minutes=15)):
        assert [ask().status_code for ask in asked] == [303] * 4


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


@pytest.mark.parametrize("loss", [*LOSSES[:5], close_listen, end_session])
def test_a_long_answer_is_broken_off_when_the_right_ends(app, as_, people, long_call, loss, monkeypatch):
    times = itertools.count(step=0.02)  # each time that is asked for it: a line that fetches 3 MB in a second
    monkeypatch.setattr(playback, "time", types.SimpleNamespace(monotonic=lambda: next(times)))
    client = as_(people.adviser)
    address = opened(client, long_call) + "/audio"
    answer = client.get(address, buffered=False)
    assert int(answer.headers["Content-Length"]) > 6_000_000
    blocks = answer.iter_encoded()
    heard = [len(next(blocks))]
    loss(people, long_call)
    heard += [len(block) for block in blocks]
    assert len(heard) <= 0.25 / 0.02 + 1
    answer.close()


def test_no_range_keeps_a_thread_and_whole_answers_never_take_them_all(app, as_, people, long_call):
    client = as_(people.adviser)
    address = opened(client, long_call) + "/audio"
    for _ in range(20):
        part = client.get(address, headers={"Range": "bytes=0-"})
        assert part.status_code == 206
        assert len(part.data) == playback.PIECE
    held = [client.get(address, buffered=False) for _ in range(3)]
    assert [answer.status_code for answer in held] == [200, 200, 503]
    assert held[2].headers["Retry-After"]
    for answer in held:
        answer.close()
    again = client.get(address, buffered=False)
    assert again.status_code == 200
    again.close()


# No sound without its row


@pytest.mark.parametrize("headers", [RANGE, {}])
def test_no_sound_leaves_when_the_log_cannot_be_written(as_, people, long_call, headers, monkeypatch):
    client = as_(people.adviser)
    address = opened(client, long_call) + "/audio"

    def refuse(*args, **kwargs):
        raise peewee.OperationalError("disk I/O error")

    with monkeypatch.context() as broken:
        broken.setattr(listening, "record", refuse)
        for _ in range(3):
            answer = client.get(address, headers=headers)
            assert answer.status_code == 500
            assert answer.mimetype == "text/html"
    assert Listen.get().started_at is None
    answer = client.get(address, headers=headers, buffered=False)  # whole answers are not used up by those refused
    assert answer.status_code in (200, 206)
    answer.close()
    assert len(acts(Act.PLAYED)) == 1


@pytest.mark.parametrize("headers", [RANGE, {}])
def test_no_sound_leaves_when_the_purge_took_the_listen_in_between(as_, people, long_call, headers, monkeypatch):
    client = as_(people.adviser)
    address = opened(client, long_call) + "/audio"
    start = listening.start

    def late(found, *, by):
        Listen.delete().execute()
        start(found, by=by)

    with monkeypatch.context() as between:
        between.setattr(listening, "start", late)
        assert client.get(address, headers=headers).status_code == 404
    assert acts(Act.PLAYED) == []
