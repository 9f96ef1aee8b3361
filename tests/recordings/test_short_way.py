"""A range of a listen that has begun goes a way of its own: with the same answer, or none at all."""

import os
import uuid

import peewee
import pytest
from werkzeug.test import EnvironBuilder, run_wsgi_app

from portal import clock, short_way
from portal.accounts.models import Account, QueueGrant, RoleGrant, SignIn
from portal.accounts.permissions import Permission
from portal.audit.models import Entry
from portal.db import db
from portal.recordings.models import Listen, Playable, Recording, State
from portal.vault import objects
from tests import calls
from tests.conftest import BASE_URL
from tests.recordings.hearing import RANGE, opened

SOUND = os.urandom(600_000)
SIZE = len(SOUND)


@pytest.fixture
def ways(app, as_, people, monkeypatch):
    """`ways(headers)`: the answers of the short way, None where it gives none, and of the long one."""
    call = calls.recording(people.daycare, sound=SOUND)
    client = as_(people.adviser)
    address = opened(client, call) + "/audio"
    cookie = f"__Host-portal={client.get_cookie('__Host-portal').value}"
    short, long = app.wsgi_app, app.wsgi_app._long_way

    def ask(headers=RANGE, *, method="GET", path=address):
        taken = []

        def handed_over(environ, start_response):
            taken.append("long")
            return long(environ, start_response)

        def answer(way):
            sent = {"Cookie": cookie, "Sec-Fetch-Site": "same-origin", **headers}
            sent = {name: value for name, value in sent.items() if value is not None}
            environ = EnvironBuilder(path, base_url=BASE_URL, method=method, headers=sent).get_environ()
            body, status, told = run_wsgi_app(way, environ, buffered=True)
            return b"".join(body), status, sorted((name.lower(), value) for name, value in told)

        with monkeypatch.context() as between:
            between.setattr(short, "_long_way", handed_over)
            one = answer(short)
        other = answer(long)
        assert one[1] == other[1]
        if other[1][:3] in ("200", "206", "416"):
            assert one == other
        return (None if taken else one), other

    ask.call, ask.cookie, ask.address = call, cookie, address
    return ask


def test_the_first_sound_goes_the_long_way_and_the_next_the_short_one(ways):
    assert ways()[0] is None
    assert ways()[0] is not None


@pytest.mark.parametrize(
    "wanted",
    ["bytes=0-", "bytes=0-0", "bytes=65530-65545", f"bytes={SIZE - 1}-", "bytes=-70000", f"bytes=5-{SIZE + 9}"],
)
def test_both_ways_give_the_same_bytes_and_the_same_headers(ways, wanted):
    ways()
    before = Entry.select().count()
    short, long = ways({"Range": wanted})
    assert short == long
    assert dict(short[2])["cache-control"] == "no-store"
    assert dict(short[2])["content-security-policy"].startswith("default-src 'none'")
    assert ways({"Range": wanted, "If-Range": dict(short[2])["etag"]})[0] is not None
    assert Entry.select().count() == before


def test_what_is_out_of_the_ordinary_goes_the_long_way_and_is_answered_there(ways):
    ways()
    forged = ways.cookie[:-9] + ("A" if ways.cookie[-9] != "A" else "B") + ways.cookie[-8:]
    status = {
        "206": ({**RANGE, "Sec-Fetch-Site": None}, {**RANGE, "Cookie": f"other=1; {ways.cookie}; more=2"}),
        "200": (
            {},
            {"Range": "bytes=9-5"},
            {"Range": "items=0-5"},
            {**RANGE, "If-Range": '"another"'},
            {"Range": "bytes=0-1,4-5"},
        ),
        "416": ({"Range": f"bytes={SIZE}-"},),
        "403": ({**RANGE, "Sec-Fetch-Site": "same-site"}, {**RANGE, "Sec-Fetch-Site": "cross-site"}),
        "400": ({**RANGE, "Host": "portal.example"}, {**RANGE, "Host": ""}),
        "303": (
            *({**RANGE, "Cookie": cookie} for cookie in (None, forged, "__Host-portal=", "a" + ways.cookie)),
            {**RANGE, "Cookie": f"other={ways.cookie}"},
        ),
    }
    for expected, asked in status.items():
        for headers in asked:
            short, long = ways(headers)
            assert long[1].startswith(expected), headers
            assert (short is not None) == (expected == "206"), headers
    assert ways({**RANGE, "Cookie": f"{ways.cookie}; {ways.cookie}"})[0] is None
    for method in ("HEAD", "POST"):
        assert ways(method=method)[0] is None
    for path in (ways.address + "/", ways.address + "x", ways.address.replace("audio", "peaks")):
        assert ways(path=path)[0] is None


def test_the_short_way_asks_for_the_permission_of_the_page_and_for_the_age_of_the_cookie(ways, app, monkeypatch):
    ways()
    assert ways()[0] is not None
    for name, other in (("_permission", Permission.ACCOUNTS_MANAGE), ("_signed_for", -1)):
        with monkeypatch.context() as between:
            between.setattr(app.wsgi_app, name, other)
            assert ways()[0] is None


def test_a_damaged_sound_is_told_of_by_the_long_way(ways):
    ways()
    with open(objects.path_of(ways.call.uuid, "original"), "r+b") as file:
        file.seek(objects.HEADER + 100)
        file.write(b"\x00" * 8)
    short, long = ways()
    assert short is None
    assert long[1].startswith("500")


def test_a_register_that_does_not_answer_is_told_of_by_the_long_way(ways, monkeypatch):
    ways()

    def refused(*_, **__):
        raise peewee.OperationalError("disk I/O error")

    monkeypatch.setattr(short_way.listening, "check", refused)
    short, long = ways()
    assert short is None
    assert long[1].startswith("5")


def test_a_restriction_and_an_idle_session_end_it_at_the_next_range(ways):
    ways()
    Recording.update(restrictions=1).execute()
    assert [ways()[0], ways()[1][1][:3]] == [None, "404"]
    Recording.update(restrictions=0).execute()
    assert ways()[0] is not None
    SignIn.update(seen_at=clock.now() - 10 * short_way.sessions.TOUCH_EVERY * 60).execute()
    assert [ways()[0], ways()[1][1][:3]] == [None, "303"]


ENDS = {
    "303": (
        lambda: SignIn.update(ended_at=clock.now()),
        lambda: Account.update(closed_at=clock.now()),
        lambda: SignIn.update(stage="password"),
        lambda: RoleGrant.update(ends_at=clock.now()),
        lambda: RoleGrant.update(begins_at=clock.now()),
    ),
    "403": (lambda: RoleGrant.update(ended=True),),
    "404": (
        lambda: QueueGrant.delete(),
        lambda: Recording.update(expires_at=clock.now()),
        lambda: Recording.update(state=State.PURGING),
        lambda: Recording.update(playable=Playable.PENDING),
        lambda: Listen.update(closes_at=clock.now()),
        lambda: Listen.update(because=uuid.uuid4()),
        lambda: Listen.update(purpose="training"),
    ),
}


def test_what_ends_the_right_to_hear_ends_it_at_the_next_range(ways):
    ways()
    for status, changes in ENDS.items():
        for change in changes:
            with db.atomic() as undone:
                assert change().execute()
                short, long = ways()
                assert (short, long[1][:3]) == (None, status), change().sql()
                undone.rollback()
            assert ways()[0] is not None


def test_what_follows_a_range_is_brought_near(ways, monkeypatch):
    ways()
    asked = []
    monkeypatch.setattr(os, "posix_fadvise", lambda handle, start, length, advice: asked.append((start, length)))
    sealed = objects.CHUNK + objects.TAG
    ways({"Range": "bytes=0-99999"})
    assert asked[0] == (objects.HEADER + sealed, 5 * sealed)
    asked.clear()
    ways({"Range": f"bytes={SIZE - 10}-"})
    assert asked == []
