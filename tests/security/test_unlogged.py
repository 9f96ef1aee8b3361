"""Whatever way sound takes out of the portal, it leaves when the log knows of it: while the log cannot be written, for
whatever cause, nobody gets any."""

import contextlib
import sqlite3
import time
from collections.abc import Callable, Iterator
from typing import Any

import peewee
import pytest

from portal import clock, config, playback
from portal.audit import writable
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.cases import copies
from portal.cases.codes import Delivery
from portal.db import PRAGMAS, db
from portal.retention import holds
from portal.retention.models import Transfer
from tests import calls
from tests.audit import tamper
from tests.cases import copied, selected
from tests.cases.test_hearing import listen
from tests.house.source import imports, modules
from tests.house.test_arrow import speaks_web
from tests.recordings.hearing import RANGE
from tests.recordings.test_unlogged import read_only, refused
from tests.register import consented
from tests.register.test_disclosure_pages import form as disclosure_form
from tests.retention.test_transfer_pages import form as transfer_form


@contextlib.contextmanager
def full() -> Iterator[None]:
    """The disk has no room for one more entry."""
    before = db.execute_sql("PRAGMA max_page_count").fetchone()[0]
    db.execute_sql(f"PRAGMA max_page_count = {db.execute_sql('PRAGMA page_count').fetchone()[0]}")
    try:
        with pytest.raises(peewee.OperationalError, match="full"):
            tamper.fill(10_000)
        yield
    finally:
        db.execute_sql(f"PRAGMA max_page_count = {before}")


@contextlib.contextmanager
def held() -> Iterator[None]:
    """Another process writes, and does not end."""
    before = db.execute_sql("PRAGMA busy_timeout").fetchone()[0]
    db.execute_sql("PRAGMA busy_timeout = 20")
    other = sqlite3.connect(config.settings().database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.close()
        db.execute_sql(f"PRAGMA busy_timeout = {before}")


@contextlib.contextmanager
def no_room() -> Iterator[None]:
    """The disk is full, which shows when an entry is committed."""
    room, writable.ROOM = writable.ROOM, 1 << 60
    try:
        yield
    finally:
        writable.ROOM = room


Ask = Callable[[], Any]


def a_call(people, as_) -> Ask:
    call = calls.recording(people.daycare, adviser=people.adviser)
    client = as_(people.adviser)
    address = client.submit(f"/recordings/{call.uuid}/listens", {"purpose": "quality"}).location
    return lambda: client.get(f"{address}/audio", headers=RANGE)


def a_whole_call(people, as_) -> Ask:
    call = calls.recording(people.daycare, adviser=people.adviser)
    client = as_(people.adviser)
    address = client.submit(f"/recordings/{call.uuid}/listens", {"purpose": "quality"}).location
    return lambda: client.get(f"{address}/audio")


def a_call_of_a_request(people, as_) -> Ask:
    call = selected.call(people, selected.case(people))
    client = as_(people.clerk)
    address = listen(client, call)
    return lambda: client.get(f"{address}/audio", headers=RANGE)


def a_call_for_training(people, as_) -> Ask:
    call = consented.call(people)
    consented.give(people, call)
    client = as_(people.manager)
    address = client.submit(f"/register/training/{call.uuid}/listens").location
    return lambda: client.get(f"{address}/audio", headers=RANGE)


def a_copy(people, as_) -> Ask:
    case, _ = copied.with_calls(people)
    copy = copies.order(case, by=None)
    copies.make_due()
    client = as_(people.clerk)
    return lambda: client.submit(f"/cases/{case.uuid}/copies/{copy.uuid}/file")


def a_file_of_a_copy(people, as_) -> Ask:
    case, _ = copied.with_calls(people, delivery=Delivery.DESK)
    copy = copies.order(case, by=None)
    copies.make_due()
    client, name = as_(people.clerk), {"name": "samtal-1-2026-09-14-1012.wav"}
    return lambda: client.submit(f"/cases/{case.uuid}/copies/{copy.uuid}/file", name)


def a_disclosure(people, as_, silent: str = "") -> Ask:
    call = calls.recording(people.daycare, adviser=people.adviser)
    client = as_(people.clerk)
    client.submit(f"/register/disclosures/of/{call.uuid}", disclosure_form(silent=silent))
    address = f"/register/disclosures/{Transfer.get().uuid}"
    as_(people.decider).submit(f"{address}/decision", {"decision": "approved", "reason": "Begäran är skriftlig"})
    return lambda: client.submit(f"{address}/sound")


def a_muted_disclosure(people, as_) -> Ask:
    return a_disclosure(people, as_, silent="0:00,5–0:01")


def a_transfer(people, as_) -> Ask:
    call = calls.recording(people.daycare, adviser=people.adviser)
    review = clock.today().replace(day=28)
    why = {"reason": "Hot", "action_ahead": "Anmälan", "review_on": clock.next_month(review)}
    hold = holds.place(call, **why, by=people.manager)
    as_(people.manager).submit(f"/retention/holds/{hold.uuid}/transfers", transfer_form())
    address = f"/retention/transfers/{Transfer.get().uuid}"
    as_(people.decider).submit(f"{address}/decision", {"decision": "approved", "reason": "Begäran är skriftlig"})
    client = as_(people.second_manager)
    return lambda: client.submit(f"{address}/sound")


WAYS = {
    a_call: Act.PLAYED,
    a_whole_call: Act.PLAYED,
    a_call_of_a_request: Act.PLAYED,
    a_call_for_training: Act.PLAYED,
    a_copy: Act.CASE_COPY_TAKEN,
    a_file_of_a_copy: Act.CASE_COPY_TAKEN,
    a_disclosure: Act.TRANSFER_SOUND_TAKEN,
    a_muted_disclosure: Act.TRANSFER_SOUND_TAKEN,
    a_transfer: Act.TRANSFER_SOUND_TAKEN,
}


WHEN = {a_copy: copied.TODAY, a_file_of_a_copy: copied.TODAY, a_call_for_training: consented.NOW}


def day(way) -> contextlib.AbstractContextManager[Any]:
    return clock.frozen(WHEN[way]) if way in WHEN else contextlib.nullcontext()


@pytest.mark.parametrize("fault", [refused, read_only, full, held], ids=lambda fault: fault.__name__)
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_nothing_leaves_while_the_log_cannot_be_written(way, fault, people, as_):
    with day(way):
        ask = way(people, as_)
        before = Entry.select().count()
        with fault():
            written = Entry.select().count()
            answer = ask()
            assert (answer.status_code, answer.mimetype) == (500, "text/html")
            assert Entry.select().count() == written
        assert Entry.select().where(Entry.act == WAYS[way]).count() == 0
        answer = ask()
        assert answer.status_code in (200, 206), "and when it can be written it leaves"
        assert len(answer.data) > 99
        assert Entry.select().where(Entry.act == WAYS[way], Entry.id > before).count() == 1


def test_a_listen_that_goes_on_stops_within_seconds_and_goes_on_again(people, as_, monkeypatch):
    """Its row is written; what it would be told of it now is not. Both by the short way of ranges and by the long."""
    for way in (a_call, a_whole_call, a_call_of_a_request, a_call_for_training):
        with day(way):
            ask = way(people, as_)
            for _ in range(2):
                assert ask().status_code in (200, 206)
            for fault in (refused, read_only, held, no_room):
                with monkeypatch.context() as patched, fault():
                    assert ask().status_code in (200, 206), "what was asked a moment ago is not asked again"
                    patched.setattr(writable, "AGAIN_SECONDS", 0.0)
                    if fault is held:
                        assert ask().status_code in (200, 206), "somebody writes just now"
                        patched.setattr(writable, "PATIENCE_SECONDS", 0.0)
                    answer = ask()
                    assert (answer.status_code, answer.mimetype) == (500, "text/html"), (way, fault)
                assert ask().status_code in (200, 206)
    assert Entry.select().where(Entry.act == Act.PLAYED).count() == 4


def test_a_whole_call_that_is_on_its_way_is_broken_off(people, as_, monkeypatch):
    monkeypatch.setattr(playback, "PIECE", 1000)
    monkeypatch.setattr(playback, "LOOK_AGAIN_SECONDS", -1.0)
    with contextlib.ExitStack() as opened:
        call = calls.recording(people.daycare, adviser=people.adviser, seconds=30.0)
        client = as_(people.adviser)
        address = client.submit(f"/recordings/{call.uuid}/listens", {"purpose": "quality"}).location
        answer = client.get(f"{address}/audio", buffered=False)
        opened.callback(answer.close)
        coming = iter(answer.response)
        got = len(next(coming))
        monkeypatch.setattr(writable, "AGAIN_SECONDS", -1.0)
        with refused():
            got += sum(map(len, coming))
    assert 0 < got < answer.content_length


def test_somebody_who_writes_for_a_while_does_not_stop_who_listens(people, as_, monkeypatch):
    ask = a_call(people, as_)
    ask()
    monkeypatch.setattr(writable, "AGAIN_SECONDS", 0.0)
    with held():
        assert [ask().status_code for _ in range(3)] == [206] * 3


def test_nobody_had_listened_for_long_and_somebody_writes_just_then(people, as_, monkeypatch):
    """How long ago it was found good tells nothing of how long somebody has been writing; nor do two answers that lie
    far apart."""
    ask = a_call(people, as_)
    for _ in range(2):
        ask()
    waited = 1000.0
    monkeypatch.setattr(writable.time, "monotonic", lambda real=time.monotonic: real() + waited)
    with held():
        assert ask().status_code == 206
        waited += writable.APART_SECONDS + 5
        assert ask().status_code == 206
        for _ in range(4):
            waited += writable.PATIENCE_SECONDS / 3
            answer = ask()
        assert answer.status_code == 500
    assert ask().status_code == 206


def test_asking_leaves_no_entry_and_waits_for_nobody_afterwards(people):
    before = Entry.select().count()
    assert writable.now()
    assert Entry.select().count() == before
    assert db.execute_sql("PRAGMA busy_timeout").fetchone()[0] == PRAGMAS["busy_timeout"]
    tamper.fill(1)
    assert Entry.select().count() == before + 1


def test_these_are_all_the_ways_there_are():
    """What speaks the web and takes sealed things out, and the nouns by which a view is given them."""

    def by(noun: str) -> set[str]:
        found = {name for name in modules() if noun in imports(name) and speaks_web(name)}
        return {name for name in found if not name.startswith("portal.bench.")}

    assert by("portal.vault.objects") == {
        "portal.documents.views",  # letters and protocols
        "portal.playback",  # the three kinds of listen
        "portal.recordings.series_views",  # brings near what the next listen will play
        "portal.register.disclosure_views",
        "portal.retention.transfer_views",
        "portal.short_way",  # after the first sound
    }
    assert by("portal.playback") == {
        "portal.cases.listening_views",
        "portal.recordings.listening_views",
        "portal.register.training_views",
        "portal.short_way",
    }
    takes = {name for name in by("portal.cases.copies") if ".take" in modules()[name].read_text()}
    assert takes == {"portal.cases.copy_views"}
