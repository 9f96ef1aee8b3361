"""Calls as FreePBX delivers them."""

import datetime as dt
import io

import pytest
import soundfile

from portal import clock
from portal.audit import chain
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.ingest import actions, gate
from portal.ingest.models import Arriving, CallDetail, Quarantined
from portal.recordings.models import Direction, Playable, Recording, Told
from portal.vault import keystore, objects
from tests.calls import tone
from tests.ingest import deliveries as d
from tests.people import queue


def gsm() -> bytes:
    """MS-GSM in WAV, format tag 49: what Asterisk calls `.WAV`."""
    buffer = io.BytesIO()
    soundfile.write(buffer, tone(2.0, 1)[0], 8000, format="WAV", subtype="GSM610")
    return buffer.getvalue()


def raw_gsm() -> bytes:
    """The frames of Asterisk's `.gsm`: no header."""
    return (bytes([0xD2]) + bytes(32)) * 100


FORMATS = {
    "wav/pcm_alaw": ("wav", d.sound),
    "wav/pcm_mulaw": ("wav", lambda: d.encoded("wav", "pcm_mulaw")),
    "wav/pcm_s16le": ("wav", lambda: d.encoded("wav", "pcm_s16le")),
    "wav/gsm_ms": ("WAV", gsm),
    "gsm/gsm": ("gsm", raw_gsm),
    "mp3/mp3": ("mp3", lambda: d.encoded("mp3", "libmp3lame")),
    "ogg/opus": ("opus", lambda: d.encoded("ogg", "libopus", rate=48000)),
    "flac/flac": ("flac", lambda: d.encoded("flac", "flac")),
}


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_comes_in_with_its_bytes_and_its_length(kind, sweep, settings):
    ending, make = FORMATS[kind]
    content, name = make(), d.name(ending=ending)
    path = d.deliver(name, content)
    d.deliver("cdr.csv", d.cdr(d.detail(name)))
    summary = sweep()
    assert (summary.taken, dict(summary.quarantined), dict(summary.faults)) == (1, {}, {})
    row = Recording.get()
    assert row.original_format == kind
    assert abs(row.duration_ms - 2000) <= 60
    assert objects.read(row.uuid, "original") == content
    assert row.ended_at - row.started_at == dt.timedelta(milliseconds=row.duration_ms)
    assert row.expires_at == clock.expiry(row.ended_at)
    assert row.playable == Playable.PENDING
    assert not path.exists()
    assert keystore.exists(row.uuid)


def test_what_is_known_of_a_queue_call_is_taken_from_name_and_call_details(sweep, people):
    name = d.name(dest="2001")
    d.deliver(name, d.sound())
    d.deliver("cdr-2026-11-10.csv", d.cdr(d.detail(name, userfield="told=yes;speakers=caller,adviser", linkedid="1.7")))
    sweep()
    row = Recording.get()
    assert (row.queue, row.direction, row.number) == (people.daycare, Direction.IN, d.CALLER)
    assert (row.extension, row.adviser) == ("201", people.adviser)
    assert (row.told, row.speakers, row.conversation) == (Told.YES, "caller,adviser", "1.7")
    assert row.started_at == d.STARTED
    entry = Entry.get(Entry.act == Act.RECEIVED)
    assert (entry.subject, entry.queue_id, entry.by) == (row.uuid, people.daycare.id, None)
    assert d.CALLER not in entry.detail
    assert chain.verify().whole


@pytest.mark.parametrize(
    ("parts", "direction", "number", "extension"),
    [
        ({"type": "q", "dest": "2001"}, Direction.IN, d.CALLER, "201"),
        ({"type": "in", "dest": "2001"}, Direction.IN, d.CALLER, "201"),
        ({"type": "rg", "dest": "2001"}, Direction.IN, d.CALLER, "201"),
        ({"type": "parked", "dest": "2001"}, Direction.IN, d.CALLER, "201"),
        ({"type": "out", "dest": "0401234567", "origin": "201"}, Direction.OUT, d.CALLER, "201"),
        ({"type": "external", "dest": "0401234567", "origin": "201"}, Direction.OUT, d.CALLER, "201"),
        ({"type": "exten", "dest": "201"}, Direction.IN, d.CALLER, "201"),
        ({"type": "internal", "dest": "301", "origin": "201"}, Direction.INTERNAL, "301", "201"),
    ],
)
def test_each_type_of_name_tells_the_other_party_and_the_adviser(parts, direction, number, extension, sweep, people):
    name = d.name(**parts)
    d.deliver(name, d.sound())
    d.deliver("cdr.csv", d.cdr(d.detail(name, did="2001")))
    assert sweep().taken == 1
    row = Recording.get()
    assert (row.direction, row.number, row.extension, row.adviser) == (direction, number, extension, people.adviser)
    assert row.queue == people.daycare


def test_an_outward_call_goes_to_its_adviser_s_only_queue(sweep, people):
    name = d.name(type="out", dest="0401234567", origin="201")
    d.deliver(name, d.sound())
    d.deliver("cdr.csv", d.cdr(d.detail(name)))
    sweep()
    assert Recording.get().queue == people.daycare
    assert Recording.get().told == Told.UNKNOWN  # no announcement plays to those who are called


def test_an_outward_call_of_an_adviser_with_two_queues_is_not_guessed(sweep, people):
    name = d.name(type="out", dest="0401234567", origin="301")
    d.deliver(name, d.sound())
    d.deliver("cdr.csv", d.cdr(d.detail(name)))
    assert sweep().quarantined == {"unknown_queue": 1}


@pytest.mark.parametrize(
    ("origin", "number"),
    [
        ("anonymous", None),
        ("Anonymous", None),
        ("", None),
        ("040 123 45 67", "+358401234567"),
        ("00358401234567", "+358401234567"),
        ("+19175887311", "+19175887311"),
        ("Kalle -20220101-000000-", "Kalle -20220101-000000-"),
        ("x" * 60, "x" * 40),
        ('sip:"x"\'; DROP 🦊', 'sip:"x"\'; DROP 🦊'),
        ("rad\nbrytning", "rad brytning"),
    ],
)
def test_the_caller_controls_the_from_part_and_nothing_else(origin, number, sweep):
    name = d.name(origin=origin)
    d.deliver(name, d.sound())
    d.deliver("cdr.csv", d.cdr(d.detail(name)))
    assert sweep().taken == 1
    assert Recording.get().number == number
    assert Recording.get().started_at == d.STARTED


@pytest.mark.parametrize("prefix", ["", "mikopbx-", "pbx_1-"])
def test_the_uniqueid_may_carry_a_system_s_prefix(prefix, sweep):
    d.deliver(d.name(prefix=prefix), d.sound())
    sweep(0)
    assert sweep(700).taken == 1
    assert Recording.get().started_at == d.STARTED


@pytest.mark.parametrize("hour", [0, 1])
def test_the_hour_that_summer_time_repeats_is_settled_by_the_epoch(hour, people):
    # 2026-10-25 04:00 in Helsinki the clocks go back to 03:00: 03:30 is 00:30 and 01:30 UTC
    started_at = dt.datetime(2026, 10, 25, hour, 30, tzinfo=dt.UTC)
    name = d.name(started_at=started_at)
    assert "-20261025-033000-" in name
    d.deliver(name, d.sound())
    d.deliver("cdr.csv", d.cdr(d.detail(name)))
    for seconds in (0, 6):
        with d.later(seconds, started_at):
            actions.sweep_inbox()
    assert Recording.get().started_at == started_at
    assert CallDetail.get().called_at == started_at


def test_told_comes_from_the_queue_where_the_source_does_not_say(sweep, people):
    for count, dest in enumerate(("2001", "2003"), 1):
        name = d.name(dest=dest, count=count)
        d.deliver(name, d.sound())
        d.deliver(f"cdr{count}.csv", d.cdr(d.detail(name)))
    sweep()
    assert Recording.get(Recording.queue == people.daycare).told == Told.YES
    assert Recording.get(Recording.queue == people.elderly).told == Told.NO


def test_the_queue_is_found_however_its_number_is_written(sweep, people):
    line = queue("+358195202001", "Växeln", "Vaihde")
    name = d.name(type="in", dest="0195202001")
    d.deliver(name, d.sound())
    d.deliver("cdr.csv", d.cdr(d.detail(name, dst="")))
    sweep()
    assert Recording.get().queue == line


def test_the_parts_of_a_transferred_call_share_a_conversation(sweep):
    first, second = d.name(count=1), d.name(count=5, dest="2002")
    for name in (first, second):
        d.deliver(name, d.sound())
    d.deliver("cdr.csv", d.cdr(d.detail(first), d.detail(second, linkedid=d.unique_id(first))))
    assert sweep().taken == 2
    assert {row.conversation for row in Recording.select()} == {d.unique_id(first)}


def test_of_five_rung_advisers_the_one_who_answered_is_named(sweep, people):
    name = d.name()
    d.deliver(name, d.sound())
    rows = [
        d.detail(name, dstchannel=f"Local/{n}@from-queue-0000{n};1", disposition="NO ANSWER", billsec="0")
        for n in (205, 204, 203)
    ]
    d.deliver("cdr.csv", d.cdr(*rows[:2], d.detail(name, dstchannel="Local/201@from-queue-00000201;1"), rows[2]))
    sweep()
    assert Recording.get().extension == "201"
    assert CallDetail.select().count() == 4


def test_a_growing_file_waits_until_it_has_stood_still(sweep, settings):
    name = d.name()
    d.deliver("cdr.csv", d.cdr(d.detail(name)))
    path = d.deliver(name, d.sound()[:8000])
    assert sweep(0).waiting == 2
    path.write_bytes(d.sound()[:16000])
    assert sweep(10).waiting == 1  # it moved between the looks
    assert sweep(11).waiting == 1  # it stood still between the looks, but not for settle_seconds
    path.write_bytes(d.sound())
    assert sweep(17).taken == 0
    assert sweep(23).taken == 1
    assert objects.read(Recording.get().uuid, "original") == d.sound()
    assert Arriving.select().count() == 0


def test_a_file_that_grows_while_it_is_read_is_left_alone(sweep, monkeypatch, settings):
    name = d.name()
    d.deliver("cdr.csv", d.cdr(d.detail(name)))
    path = d.deliver(name, d.sound())
    sweep(0)
    examine = gate.examine

    def grow_after(content):
        found = examine(content)
        with path.open("ab") as file:
            file.write(b"more")
        return found

    monkeypatch.setattr(gate, "examine", grow_after)
    summary = sweep(6)
    assert (summary.taken, summary.waiting) == (0, 1)
    assert path.exists()
    assert Recording.select().count() == Quarantined.select().count() == 0
    assert not list(settings.keystore.rglob("*.key")) + [p for p in settings.objects.rglob("*") if p.is_file()]


def test_a_recording_waits_a_while_for_its_call_details_and_comes_in_without(sweep):
    d.deliver(d.name(), d.sound())
    sweep(0)
    assert sweep(30).waiting == 1
    assert sweep(590).waiting == 1
    assert sweep(601).taken == 1
    row = Recording.get()
    assert (row.extension, row.told, row.conversation) == (None, Told.YES, d.unique_id(d.name()))


def test_an_old_recording_does_not_wait_for_call_details(people):
    d.deliver(d.name(), d.sound())
    for seconds in (0, 6):
        with d.later(30 * 86400 + seconds):
            summary = actions.sweep_inbox()
    assert summary.taken == 1


NO_DATA = d.patched(d.sound()[:42], 4, b"\x26\0\0\0") + b"\0" * 4


@pytest.mark.parametrize("content", [b"", b"RIFF", d.sound()[:44], NO_DATA])
def test_a_recording_without_sound_comes_in_and_is_flagged(content, sweep):
    name = d.name()
    d.deliver(name, content)
    d.deliver("cdr.csv", d.cdr(d.detail(name, billsec="31")))
    assert sweep().taken == 1
    row = Recording.get()
    assert (row.playable, row.duration_ms, row.original_size) == (Playable.EMPTY, 0, len(content))
    assert row.ended_at - row.started_at == dt.timedelta(seconds=31)
    assert objects.read(row.uuid, "original") == content


def test_the_same_call_twice_is_one_recording(sweep):
    name = d.name()
    d.deliver(name, d.sound())
    d.deliver("cdr.csv", d.cdr(d.detail(name)))
    sweep()
    again = d.deliver(name, d.sound(), folder="again")
    sweep(20)
    assert sweep(30).duplicates == 1
    assert not again.exists()
    assert Recording.select().count() == 1
    assert Entry.get(Entry.act == Act.DUPLICATE).subject == Recording.get().uuid


def test_sweeping_again_changes_nothing(sweep):
    name = d.name()
    d.deliver(name, d.sound())
    d.deliver("cdr.csv", d.cdr(d.detail(name)))
    sweep()
    entries = Entry.select().count()
    for seconds in (20, 30, 40):
        assert sweep(seconds).taken == 0
    assert Entry.select().count() == entries


def test_a_call_past_its_three_months_comes_in_for_the_purge_to_take(people):
    d.deliver(d.name(), d.sound())
    for seconds in (0, 6):
        with d.later(100 * 86400 + seconds):
            summary = actions.sweep_inbox()
    assert summary.taken == 1
    assert Recording.get().expires_at < d.NOW + dt.timedelta(days=100)


def test_dot_files_are_not_looked_at(sweep):
    d.deliver(".hidden.wav", b"x")
    sweep()
    assert Quarantined.select().count() == Arriving.select().count() == 0


def test_nothing_of_the_sound_is_on_disk_in_the_clear(sweep, settings):
    marker = b"\x11\x22\x33\x44\x55\x66\x77\x01" * 40
    content = d.sound()
    good = d.patched(content, 1000, marker)
    name, broken = d.name(), d.name(count=2)
    d.deliver(name, good)
    d.deliver(broken, good[:-1000])
    d.deliver("call.vcon", d.vcon(d.dialog(good)))
    d.deliver("cdr.csv", d.cdr(d.detail(name), d.detail(broken)))
    summary = sweep()
    assert (summary.taken, summary.quarantined) == (2, {"broken": 1})
    for path in settings.data.rglob("*"):
        if path.is_file():
            assert marker not in path.read_bytes(), path.name
    assert Recording.select().count() == 2
