"""No sound leaves that the log does not know of: while the log cannot be written, nobody hears anything."""

import contextlib
from collections.abc import Iterator

import pytest

from portal import playback
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.db import db
from portal.recordings.models import Listen
from tests import calls
from tests.cases import selected
from tests.cases.test_hearing import listen
from tests.recordings.hearing import RANGE, acts, opened


@contextlib.contextmanager
def refused() -> Iterator[None]:
    """The table of the log takes no row (what a full disk or a missing right does to it)."""
    db.execute_sql("CREATE TRIGGER refused BEFORE INSERT ON audit_entry BEGIN SELECT RAISE(ABORT, 'refused'); END")
    try:
        yield
    finally:
        db.execute_sql("DROP TRIGGER refused")


@contextlib.contextmanager
def read_only() -> Iterator[None]:
    """The disk became read-only: what the kernel does after an error."""
    db.execute_sql("PRAGMA query_only = 1")
    try:
        yield
    finally:
        db.execute_sql("PRAGMA query_only = 0")


FAULTS = pytest.mark.parametrize("fault", [refused, read_only])


@pytest.fixture
def call(people):
    return calls.recording(people.daycare, adviser=people.adviser)


@FAULTS
def test_no_listen_is_opened(as_, people, call, fault):
    client = as_(people.adviser)
    with fault():
        answer = client.submit(f"/recordings/{call.uuid}/listens", {"purpose": "quality"})
    assert answer.status_code == 500
    assert Listen.select().count() == 0
    assert acts(Act.LISTEN_OPENED) == []


@FAULTS
@pytest.mark.parametrize("headers", [RANGE, {"Range": "bytes=0-"}, {}], ids=["piece", "open", "whole"])
@pytest.mark.parametrize("piece", [playback.PIECE, 1000], ids=["short call", "long call"])
def test_no_sound_leaves_until_it_can_be_written(as_, people, call, fault, headers, piece, monkeypatch):
    monkeypatch.setattr(playback, "PIECE", piece)
    client = as_(people.adviser)
    address = opened(client, call)
    before = Entry.select().count()
    with fault():
        for _ in range(3):
            answer = client.get(f"{address}/audio", headers=headers)
            assert answer.status_code == 500
            assert answer.mimetype == "text/html"
            assert "Accept-Ranges" not in answer.headers
    assert (Entry.select().count(), Listen.get().started_at) == (before, None)
    answer = client.get(f"{address}/audio", headers=headers)
    assert answer.status_code == (206 if headers else 200)
    assert answer.mimetype.startswith("audio/")
    assert len(answer.data) > 0
    answer.close()
    assert len(acts(Act.PLAYED)) == 1, "and the next one that asks is heard, and written"


@FAULTS
def test_no_sound_leaves_for_a_request_either(as_, people, fault):
    found = selected.call(people, selected.case(people))
    client = as_(people.clerk)
    address = listen(client, found)
    with fault():
        answer = client.get(f"{address}/audio", headers=RANGE)
    assert (answer.status_code, answer.mimetype) == (500, "text/html")
    assert acts(Act.PLAYED) == []
    assert client.get(f"{address}/audio", headers=RANGE).status_code == 206
    assert len(acts(Act.PLAYED)) == 1
