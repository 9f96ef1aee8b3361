"""What cannot be taken: each ends with its reason, and the rest goes on."""

import contextlib
import errno
import io
import os
import struct

import av
import numpy as np
import pytest

from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.ingest import content as content_module
from portal.ingest import gate, quarantine
from portal.ingest.models import Quarantined, QuarantineState, Reason
from portal.recordings.models import Recording
from portal.retention import sweeps
from portal.vault import durable, keystore, objects
from tests.ingest import deliveries as d


def header(tag=1, channels=1, rate=8000, bits=16, data=b"\0" * 8000, said=None) -> bytes:
    """A WAV file whose header says what it is told to."""
    block = max(1, channels * bits // 8 % 65536)
    fmt = struct.pack("<HHIIHH", tag, channels, rate, rate * block, block, bits)
    size = len(data) if said is None else said
    body = b"WAVEfmt " + struct.pack("<I", 16) + fmt + b"data" + struct.pack("<I", size) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


def picture() -> bytes:
    """An MP3 with a cover."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp3") as out:
        sound = out.add_stream("libmp3lame", rate=8000, layout="mono")
        cover = out.add_stream("png", rate=1)
        cover.width = cover.height = 16
        cover.pix_fmt = "rgb24"
        cover.disposition = av.stream.Disposition.attached_pic
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 16000), np.int16), format="s16", layout="mono")
        frame.sample_rate = 8000
        image = av.VideoFrame.from_ndarray(np.zeros((16, 16, 3), np.uint8), format="rgb24")
        for stream, unit in ((cover, image), (cover, None), (sound, frame), (sound, None)):
            for packet in stream.encode(unit):
                out.mux(packet)
    return buffer.getvalue()


def opus() -> bytes:
    return d.encoded("ogg", "libopus", rate=48000)


BAD = {
    "text": (b"Hej, jag ringer om dagis.\n" * 40, Reason.NOT_AUDIO, ""),
    "html": (b"<!doctype html><html></html>" * 40, Reason.NOT_AUDIO, ""),
    "playlist": (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", Reason.NOT_AUDIO, ""),
    "zip": (b"PK\x03\x04" + bytes(2000), Reason.NOT_AUDIO, ""),
    "avi": (b"RIFF\x20\x08\0\0AVI LIST" + bytes(2000), Reason.NOT_AUDIO, "riff"),
    "cut": (d.sound()[:-5000], Reason.BROKEN, "cut"),
    "cut in the header": (header()[:50], Reason.BROKEN, "cut"),
    "says more than it has": (header(said=800000), Reason.BROKEN, "cut"),
    "says less than it has": (header(said=4000), Reason.BAD_LENGTH, "trailing"),
    "says nothing": (header(said=0), Reason.BAD_LENGTH, "header"),
    "says endless": (header(said=0xFFFFFFFF), Reason.BAD_LENGTH, "header"),
    "another riff length": (d.patched(header(), 4, b"\xff\xff\0\0"), Reason.BAD_LENGTH, "header"),
    "another byte rate": (d.patched(header(), 28, b"\1\0\0\0"), Reason.BAD_LENGTH, "header"),
    "polyglot": (header() + b"PK\x03\x04" + bytes(500), Reason.BAD_LENGTH, "trailing"),
    "65,535 channels": (header(channels=65535), Reason.BAD_CHANNELS, "many"),
    "3 channels": (header(channels=3, data=b"\0" * 6000), Reason.BAD_CHANNELS, "many"),
    "no channel": (header(channels=0), Reason.BAD_CHANNELS, "none"),
    "4 kHz": (header(rate=4000), Reason.BROKEN, "rate"),
    "192 kHz": (header(rate=192000), Reason.BROKEN, "rate"),
    "unknown codec": (header(tag=0x2000), Reason.NOT_AUDIO, "codec"),
    "opus cut": (opus()[:-700], Reason.BROKEN, "cut"),
    "opus without its end": (None, Reason.BROKEN, "cut"),
    "opus with a tail": (opus() + b"MZ" + bytes(300), Reason.BROKEN, "trailing"),
    "two opus streams": (None, Reason.MANY_STREAMS, ""),
    "mp3 with a cover": (picture(), Reason.MANY_STREAMS, "picture"),
    "mp3 cut": (d.encoded("mp3", "libmp3lame", seconds=8)[:-9000], Reason.BROKEN, "cut"),
    "mp3 without its last frames": (None, Reason.BAD_LENGTH, "header"),
    "flac cut": (d.encoded("flac", "flac")[:-6000], Reason.BROKEN, "decode"),
    "gsm cut": ((bytes([0xD2]) + bytes(32)) * 10 + b"\xd2\0\0", Reason.BROKEN, "cut"),
}


def made(name: str) -> bytes:
    content = BAD[name][0]
    if name == "opus without its end":
        whole = opus()
        return whole[: whole.rindex(b"OggS")]
    if name == "mp3 without its last frames":
        return d.encoded("mp3", "libmp3lame", seconds=8)[: -10 * 216]
    if name == "two opus streams":
        return opus() + opus().replace(opus()[14:18], b"\x01\x02\x03\x04")
    return content


@pytest.mark.parametrize("kind", BAD)
def test_bad_sound_goes_to_quarantine_with_its_reason_and_the_rest_comes_in(kind, sweep, settings):
    content, (_, reason, detail) = made(kind), BAD[kind]
    bad, good = d.name(count=1), d.name(count=2)
    path = d.deliver(bad, content)
    d.deliver(good, d.sound())
    d.deliver("cdr.csv", d.cdr(d.detail(bad), d.detail(good)))
    summary = sweep()
    row = Quarantined.get()
    assert (row.reason, row.detail) == (reason, detail)
    assert (summary.taken, dict(summary.quarantined), dict(summary.faults)) == (1, {reason: 1}, {})
    assert (row.state, row.sealed, row.name, row.size) == (QuarantineState.WAITING, True, bad, len(content))
    assert objects.read(row.uuid, "original") == content
    assert row.expires_at.date().isoformat() == "2027-02-10"
    assert not path.exists()
    entry = Entry.get(Entry.act == Act.QUARANTINED)
    assert entry.subject == row.uuid
    assert d.CALLER not in entry.detail


@pytest.mark.parametrize(
    "name",
    [
        "samtal.wav",
        "a..%2f..%2fetc%2fpasswd.wav",
        "q-2001-x-20261310-101530-1794298530.1.wav",
        "q-2001-x-20261110-101530.wav",
        "Q-2001-x-20261110-101530-1794298530.1.wav",
        "citat\"'`$(id).wav",
        "rad\nbrytning.wav",
        "🦊🎧.wav",
        "utan ändelse",
        "a" * 240 + ".wav",
        b"inte utf-8 \xe5\xe4\xf6.wav",
        "anteckning.txt",
    ],
)
def test_a_name_that_tells_nothing_goes_to_quarantine(name, sweep):
    d.deliver(name, d.sound())
    assert sweep().quarantined == {"bad_name": 1}
    row = Quarantined.get()
    shown = quarantine.shown_name(row)
    assert shown
    assert shown.isprintable()
    assert len(shown) <= 60


def test_numbers_and_callers_words_are_hidden_in_the_shown_name():
    tail = "-20261110-101530-1794298530.1.wav"
    shown = {
        f"q-2001-+358401234567{tail}": f"q-2001-+•••••••••567{tail}",
        f"out-0401234567-201{tail}": f"out-•••••••567-201{tail}",
        f"q-2001-Anna A{tail}": f"q-2001-…{tail}",
        "samtal 040-123 45 67.wav": "samtal •••-••• •5 67.wav",
    }
    for name, expected in shown.items():
        assert quarantine.shown_name(Quarantined(name=name)) == expected


def test_an_unknown_queue_goes_to_quarantine(sweep):
    name = d.name(dest="9999")
    d.deliver(name, d.sound())
    d.deliver("cdr.csv", d.cdr(d.detail(name, dst="201")))
    assert sweep().quarantined == {"unknown_queue": 1}


@pytest.mark.parametrize("year", [1999, 2027])
def test_a_time_that_cannot_be_goes_to_quarantine_and_is_kept_three_months_from_now(year, sweep):
    name = d.name(started_at=d.STARTED.replace(year=year))
    d.deliver(name, d.sound())
    d.deliver("cdr.csv", d.cdr(d.detail(name)))
    assert sweep().quarantined == {"bad_time": 1}
    assert Quarantined.get().expires_at.date().isoformat() == "2027-02-10"


def test_other_bytes_under_a_known_id_are_a_conflict(sweep):
    name = d.name()
    d.deliver(name, d.sound())
    d.deliver("cdr.csv", d.cdr(d.detail(name)))
    sweep()
    d.deliver(name, d.sound(3.0))
    sweep(20)
    assert sweep(30).quarantined == {"conflict": 1}
    assert objects.read(Recording.get().uuid, "original") == d.sound()


def test_a_purged_call_delivered_again_does_not_come_back(sweep):
    name = d.name()
    d.deliver(name, d.sound())
    d.deliver("cdr.csv", d.cdr(d.detail(name)))
    sweep()
    Recording.update(state="purged").execute()
    d.deliver(name, d.sound())
    sweep(20)
    assert sweep(30).quarantined == {"already_purged": 1}


def test_the_same_bad_file_twice_waits_once(sweep):
    d.deliver("samtal.wav", d.sound())
    sweep()
    again = d.deliver("samtal.wav", d.sound(), folder="again")
    sweep(20)
    assert sweep(30).duplicates == 1
    assert Quarantined.select().count() == 1
    assert not again.exists()


# What stays where it stands


def test_a_symlink_is_listed_once_and_never_followed(sweep, settings, tmp_path):
    secret = tmp_path / "secret.wav"
    secret.write_bytes(d.sound())
    link = settings.inbox / d.name()
    link.symlink_to(secret)
    folder = settings.inbox / "folder"
    folder.symlink_to(tmp_path)
    assert sweep().standing == 2
    rows = list(Quarantined.select())
    assert {(row.reason, row.sealed) for row in rows} == {(Reason.NOT_A_FILE, False)}
    assert {row.name for row in rows} == {link.name, "folder"}
    sweep(20)
    assert Quarantined.select().count() == 2
    assert link.is_symlink()
    assert Recording.select().count() == 0


def test_a_pipe_is_listed_and_does_not_hold_the_sweep(sweep, settings):
    os.mkfifo(settings.inbox / "pipe.wav")
    sweep()
    assert Quarantined.get().reason == Reason.NOT_A_FILE


def test_a_two_gigabyte_sparse_file_is_listed_unread(sweep, settings):
    name = d.name()
    path = d.deliver(name, d.sound())
    with path.open("r+b") as file:
        file.truncate(2 << 30)
    assert sweep().quarantined == {}  # listed by the first look already
    row = Quarantined.get()
    assert (row.reason, row.sealed, row.size) == (Reason.TOO_LARGE, False, 2 << 30)
    assert row.name == str(path.relative_to(settings.inbox))
    sweep(20)
    assert Quarantined.select().count() == 1
    assert path.exists()


def test_a_file_that_stood_is_taken_when_it_can_be(sweep):
    name = d.name()
    d.deliver("cdr.csv", d.cdr(d.detail(name)))
    path = d.deliver(name, d.sound())
    with path.open("r+b") as file:
        file.truncate(1 << 30)
    sweep()
    path.write_bytes(d.sound())
    sweep(20)
    assert sweep(30).taken == 1
    row = Quarantined.get()
    assert (row.state, row.recording_uuid, row.name) == (QuarantineState.TAKEN, Recording.get().uuid, None)


def test_a_file_that_stood_and_is_refused_for_another_reason_is_sealed_under_the_same_row(sweep):
    path = d.deliver("samtal.wav", b"")
    with path.open("r+b") as file:
        file.truncate(1 << 30)
    sweep()
    path.write_bytes(d.sound())
    sweep(20)
    assert sweep(30).quarantined == {"bad_name": 1}
    row = Quarantined.get()
    assert (row.sealed, row.reason) == (True, Reason.BAD_NAME)
    assert objects.read(row.uuid, "original") == d.sound()
    assert not path.exists()


def test_a_file_that_stood_and_is_gone_is_closed(sweep, settings):
    link = settings.inbox / "x.wav"
    link.symlink_to("/nowhere")
    sweep()
    link.unlink()
    sweep(20)
    row = Quarantined.get()
    assert (row.state, row.name, row.detail) == (QuarantineState.DISCARDED, None, "gone")
    assert Entry.select().where(Entry.act == Act.DISCARDED).count() == 1


def test_no_permission_is_listed_and_the_rest_comes_in(sweep, monkeypatch):
    # the tests may run as root, whom no permission stops
    bad, good = d.name(count=1), d.name(count=2)
    d.deliver(bad, d.sound())
    d.deliver(good, d.sound())
    d.deliver("cdr.csv", d.cdr(d.detail(bad), d.detail(good)))
    real = os.open

    def refuse(path, *args, **kwargs):
        if str(path) == bad:
            raise PermissionError(errno.EACCES, "no")
        return real(path, *args, **kwargs)

    monkeypatch.setattr(content_module.os, "open", refuse)
    summary = sweep()
    assert (summary.taken, summary.quarantined) == (1, {"unreadable": 1})
    row = Quarantined.get()
    assert (row.reason, row.sealed) == (Reason.UNREADABLE, False)
    monkeypatch.setattr(content_module.os, "open", real)
    assert sweep(20).taken == 1
    assert Quarantined.get().state == QuarantineState.TAKEN


# The disk


@contextlib.contextmanager
def full_disk(monkeypatch, what: str):
    def refuse(*args, **kwargs):
        raise OSError(errno.ENOSPC, "no space")

    with monkeypatch.context() as patch:
        if what == "fsync":
            patch.setattr(durable.os, "fsync", refuse)
        elif what == "replace":
            patch.setattr(durable.os, "replace", refuse)
        else:
            patch.setattr(objects, "seal", refuse)
        yield


@pytest.mark.parametrize("what", ["fsync", "replace", "seal"])
@pytest.mark.parametrize("bad", [False, True])
def test_a_full_disk_leaves_the_file_in_the_inbox_and_is_a_visible_fault(what, bad, sweep, monkeypatch, settings):
    name = "samtal.wav" if bad else d.name()
    d.deliver("cdr.csv", d.cdr(d.detail(d.name())))
    path = d.deliver(name, d.sound())
    sweep(0)
    with full_disk(monkeypatch, what):
        summary = sweep(6)
    assert summary.faults["ENOSPC"] >= 1
    assert sweeps.last("inbox").fault == "ENOSPC"
    assert path.exists()
    assert Recording.select().count() == Quarantined.select().count() == 0
    summary = sweep(12)
    assert (summary.taken, summary.quarantined) == ((0, {"bad_name": 1}) if bad else (1, {}))
    assert sweeps.last("inbox").fault == ""
    owner = (Quarantined if bad else Recording).get()
    assert list(keystore.subjects()) == list(objects.subjects()) == [owner.uuid]
    assert not list(settings.data.rglob("*.part"))


def test_a_fault_with_one_file_does_not_stop_the_others(sweep, monkeypatch):
    names = [d.name(count=n) for n in range(1, 4)]
    for n in names:
        d.deliver(n, d.sound())
    d.deliver("cdr.csv", d.cdr(*map(d.detail, names)))
    sweep(0)
    examine, seen = gate.examine, []

    def fail_once(content):
        seen.append(content)
        if len(seen) == 2:
            raise RuntimeError("unexpected")
        return examine(content)

    monkeypatch.setattr(gate, "examine", fail_once)
    summary = sweep(6)
    assert (summary.taken, dict(summary.faults)) == (2, {"RuntimeError": 1})
    assert sweeps.last("inbox").fault == "RuntimeError"
    assert sweep(12).taken == 1
