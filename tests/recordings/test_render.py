"""Recordings are made ready to be heard."""

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path

import numpy as np
import pytest

from portal import clock, lock
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.recordings import decoding, render
from portal.recordings.models import Playable, Recording, State
from portal.retention.models import Sweep
from portal.vault import keystore, objects
from tests import calls
from tests.recordings import sounds

SECONDS = 6.3
STEREO = sounds.talk(SECONDS)
MONO = STEREO[:1]

FORMATS = {
    "alaw": ("wav/pcm_alaw", lambda: sounds.alaw(STEREO), STEREO, "original", "audio/wav"),
    "mulaw": ("wav/pcm_mulaw", lambda: sounds.container(STEREO, "wav", "pcm_mulaw"), STEREO, "original", "audio/wav"),
    "pcm": ("wav/pcm_s16le", lambda: sounds.container(MONO, "wav", "pcm_s16le"), MONO, "original", "audio/wav"),
    "mp3": ("mp3/mp3", lambda: sounds.container(STEREO, "mp3", "libmp3lame"), STEREO, "original", "audio/mpeg"),
    "opus": (
        "ogg/opus",
        lambda: sounds.container(STEREO, "ogg", "libopus", rate=48000, bit_rate=48000),
        STEREO,
        "original",
        "audio/ogg",
    ),
    "flac": ("flac/flac", lambda: sounds.container(STEREO, "flac", "flac"), STEREO, "original", "audio/flac"),
    "adpcm": ("wav/adpcm_ms", lambda: sounds.written(STEREO, "WAV", "MS_ADPCM"), STEREO, "playable", "audio/flac"),
    "vorbis": ("ogg/vorbis", lambda: sounds.written(STEREO, "OGG", "VORBIS"), STEREO, "playable", "audio/flac"),
    "wav49": ("wav/gsm_ms", lambda: sounds.gsm(MONO), MONO, "playable", "audio/flac"),
    "gsm": ("gsm/gsm", lambda: sounds.gsm(MONO, raw=True), MONO, "playable", "audio/flac"),
    "amr": (
        "amr/amrnb",
        lambda: sounds.container(MONO, "amr", "libopencore_amrnb", bit_rate=12200),
        MONO,
        "playable",
        "audio/flac",
    ),
    "g722": (
        "wav/adpcm_g722",
        lambda: sounds.container(MONO, "wav", "g722", rate=16000),
        MONO,
        "playable",
        "audio/flac",
    ),
}


def waiting(people, content: bytes, original_format: str, seconds: float = SECONDS, **more) -> Recording:
    row = calls.recording(people.daycare, ready=False, sound=content, seconds=seconds, **more)
    Recording.update(original_format=original_format, channels=None).where(Recording.id == row.id).execute()
    return Recording.get_by_id(row.id)


def acts(row) -> list[Act]:
    return [Act(e.act) for e in Entry.select().where(Entry.subject == row.uuid).order_by(Entry.id)]


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_becomes_a_sound_of_the_same_length_and_likeness_per_channel(people, name):
    original_format, make, source, part, media_type = FORMATS[name]
    row = waiting(people, make(), original_format)
    assert render.render_pending() == render.Summary(ready=1)

    row = Recording.get_by_id(row.id)
    assert (row.playable, row.playable_part, row.playable_type) == (Playable.READY, part, media_type)
    assert row.channels == source.shape[0]
    content = objects.read(row.uuid, part)
    sound, rate = sounds.heard(content)
    assert sound.shape[0] == source.shape[0]
    assert sound.shape[1] / rate == pytest.approx(SECONDS, abs=0.05)
    shown = sound[:, :: rate // sounds.RATE] if rate != sounds.RATE else sound
    for channel in range(source.shape[0]):
        likeness = sounds.likeness(source[channel], shown[channel], within=400)
        assert likeness > (0.75 if name == "amr" else 0.9), f"channel {channel}: {likeness:.3f}"
        energy = np.linalg.norm(shown[channel].astype(float)) / np.linalg.norm(source[channel].astype(float))
        assert 0.7 < energy < 1.3, f"channel {channel}: {energy:.2f}"
    if source.shape[0] == 2:
        crossed = sounds.likeness(source[0], shown[1], within=400)
        assert crossed < 0.2, "the channels did not change places"
    assert acts(row) == []


@pytest.mark.parametrize("name", FORMATS)
def test_peaks_are_high_where_a_channel_speaks_and_low_where_it_is_silent(people, name):
    original_format, make, source, _, _ = FORMATS[name]
    row = waiting(people, make(), original_format)
    render.render_pending()
    peaks = json.loads(objects.read(row.uuid, "peaks"))
    assert peaks["version"] == 1
    assert peaks["duration_ms"] == pytest.approx(SECONDS * 1000, abs=50)
    assert len(peaks["channels"]) == source.shape[0]
    for channel, levels in enumerate(peaks["channels"]):
        assert len(levels) * peaks["bucket_ms"] == pytest.approx(SECONDS * 1000, abs=60)
        assert all(0 <= level <= 255 for level in levels)
        times = (np.arange(len(levels)) + 0.5) * peaks["bucket_ms"] / 1000
        place = (times * 2) % 1
        clear = (
            (place > 0.25) & (place < 0.85) & (times < SECONDS - 0.15)
        )  # away from the turns: codecs delay and smear
        speaks = (np.floor(times * 2) % 2) == channel % 2
        loud, quiet = np.array(levels)[clear & speaks], np.array(levels)[clear & ~speaks]
        assert loud.min() > 110, f"channel {channel}"
        assert quiet.max() < 70, f"channel {channel}"


def test_the_waveform_of_a_long_call_has_between_one_and_two_thousand_buckets(people):
    long = np.tile(sounds.talk(20, 1), 12)
    row = waiting(people, sounds.alaw(long), "wav/pcm_alaw", seconds=240)
    render.render_pending()
    peaks = json.loads(objects.read(row.uuid, "peaks"))
    assert 1000 <= len(peaks["channels"][0]) <= 2048
    assert len(peaks["channels"][0]) * peaks["bucket_ms"] == pytest.approx(240_000, abs=peaks["bucket_ms"])


def test_an_empty_channel_is_a_flat_line_and_its_call_is_ready(people):
    one_sided = STEREO.copy()
    one_sided[1] = 0
    row = waiting(people, sounds.container(one_sided, "wav", "pcm_s16le"), "wav/pcm_s16le")
    render.render_pending()
    assert Recording.get_by_id(row.id).playable == Playable.READY
    peaks = json.loads(objects.read(row.uuid, "peaks"))
    assert max(peaks["channels"][0]) > 100
    assert max(peaks["channels"][1]) == 0


def test_a_recording_without_sound_is_called_empty(people):
    row = waiting(people, calls.wav(STEREO[:, :0]), "wav/pcm_alaw")
    assert render.render_pending() == render.Summary(empty=1)
    row = Recording.get_by_id(row.id)
    assert (row.playable, row.playable_part) == (Playable.EMPTY, None)


def test_an_original_whose_header_lies_about_its_length_gets_a_playable_form(people):
    plain = sounds.container(STEREO, "mp3", "libmp3lame", bit_rate=128000, options={"write_xing": "0"})
    thin = sounds.container(STEREO, "mp3", "libmp3lame", bit_rate=24000, options={"write_xing": "0"})
    honest = waiting(people, plain, "mp3/mp3")
    lying = waiting(people, plain[plain.index(b"\xff\xfb") :] + 9 * thin[thin.index(b"\xff") :], "mp3/mp3")
    render.render_pending()
    assert Recording.get_by_id(honest.id).playable_part == "original"
    assert Recording.get_by_id(lying.id).playable_part == "playable"
    sound, rate = sounds.heard(objects.read(lying.uuid, "playable"))
    assert sound.shape[1] / rate == pytest.approx(10 * SECONDS, abs=1)


def test_a_recording_that_cannot_be_decoded_is_tried_three_times_and_then_failed(people):
    row = waiting(people, b"RIFF\x10\0\0\0WAVEnonsense" * 30, "wav/pcm_alaw")
    for attempt in (1, 2, 3):
        assert Recording.get_by_id(row.id).playable == Playable.PENDING
        assert render.render_pending() == render.Summary(failed=1)
        assert Recording.get_by_id(row.id).render_attempts == attempt
    assert Recording.get_by_id(row.id).playable == Playable.FAILED
    assert render.render_pending() == render.Summary()
    assert acts(row) == [Act.RENDER_FAILED] * 3
    assert json.loads(Entry.get(Entry.subject == row.uuid).detail) == {"attempt": 1, "failure": "Unreadable"}
    assert render.retry_failed() == 1
    assert Recording.get_by_id(row.id).playable == Playable.PENDING


def test_an_unknown_container_is_never_guessed_from_its_bytes(people):
    playlist = b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n"
    row = waiting(people, playlist, "hls/pcm_alaw")
    assert render.render_pending() == render.Summary(failed=1)
    assert Recording.get_by_id(row.id).playable == Playable.PENDING


def test_one_that_fails_does_not_stop_the_others(people):
    good = waiting(people, sounds.alaw(STEREO), "wav/pcm_alaw")
    waiting(people, b"nothing of the kind", "mp3/mp3")
    cut = waiting(people, sounds.alaw(STEREO), "wav/pcm_alaw")
    path = objects.path_of(cut.uuid, "original")
    path.write_bytes(path.read_bytes()[:70_000])
    last = waiting(people, sounds.gsm(MONO), "wav/gsm_ms", started_at=clock.now() - 5 * (clock.now() - cut.started_at))
    assert render.render_pending() == render.Summary(ready=2, failed=2)
    assert {Recording.get_by_id(r.id).playable for r in (good, last)} == {Playable.READY}
    assert json.loads(Entry.get(Entry.subject == cut.uuid).detail)["failure"] == "SealBroken"


def test_nothing_of_a_recording_that_broke_in_the_middle_is_in_the_next(people):
    earlier = clock.now() - dt.timedelta(hours=5)
    cut = waiting(people, sounds.alaw(STEREO), "wav/pcm_alaw")
    path = objects.path_of(cut.uuid, "original")
    path.write_bytes(path.read_bytes()[:70_000])
    next_one = waiting(people, sounds.alaw(sounds.talk(3.0)), "wav/pcm_alaw", started_at=earlier)
    assert render.render_pending() == render.Summary(ready=1, failed=1)
    assert json.loads(objects.read(next_one.uuid, "peaks"))["duration_ms"] == 3000


def test_a_full_disk_ends_the_sweep_and_costs_no_attempt(people, monkeypatch):
    row = waiting(people, sounds.alaw(STEREO), "wav/pcm_alaw")

    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(objects, "seal", full)
        with pytest.raises(OSError, match="space"):
            render.render_pending()
    assert Recording.get_by_id(row.id).render_attempts == 0
    assert Sweep.get(name="render").fault == "ENOSPC"
    assert acts(row) == []
    assert render.render_pending() == render.Summary(ready=1)
    assert Sweep.get(name="render").fault == ""


def test_expired_and_purging_recordings_are_left_alone(people):
    expired = waiting(people, sounds.alaw(STEREO), "wav/pcm_alaw")
    purging = waiting(people, sounds.alaw(STEREO), "wav/pcm_alaw")
    Recording.update(expires_at=clock.now()).where(Recording.id == expired.id).execute()
    Recording.update(state=State.PURGING).where(Recording.id == purging.id).execute()
    assert render.render_pending() == render.Summary()
    assert not objects.exists(expired.uuid, "peaks")


def purge(row) -> None:
    """As the purge does it: claim, key, objects."""
    Recording.update(state=State.PURGING).where(Recording.id == row.id).execute()
    keystore.destroy(row.uuid)
    objects.remove_all(row.uuid)


@pytest.mark.parametrize("when", ["before the peaks", "before the playable form", "after the last part"])
@pytest.mark.parametrize("key_loaded", [True, False])
def test_a_purge_in_the_middle_leaves_no_key_and_no_object(people, monkeypatch, when, key_loaded):
    row = waiting(people, sounds.gsm(MONO), "wav/gsm_ms")
    seal, load = objects.seal, keystore.load
    key = load(row.uuid)

    def sealing(subject, part, content, **kwargs):
        if (when, part) in (("before the peaks", "peaks"), ("before the playable form", "playable")):
            purge(row)
            if key_loaded:  # the key was read just before it was destroyed
                monkeypatch.setattr(keystore, "load", lambda _, *, store: key)
        result = seal(subject, part, content, **kwargs)
        if (when, part) == ("after the last part", "playable"):
            purge(row)
        return result

    monkeypatch.setattr(objects, "seal", sealing)
    assert render.render_pending() == render.Summary(gone=1)
    monkeypatch.setattr(keystore, "load", load)
    assert not keystore.exists(row.uuid)
    assert not objects.path_of(row.uuid, "x").parent.exists()
    assert Recording.get_by_id(row.id).playable == Playable.PENDING
    assert acts(row) == []


def test_a_lost_key_is_a_failure_and_is_not_made_anew(people):
    row = waiting(people, sounds.alaw(STEREO), "wav/pcm_alaw")
    keystore.destroy(row.uuid)
    assert render.render_pending() == render.Summary(failed=1)
    assert not keystore.exists(row.uuid)


def test_a_decoder_that_dies_costs_that_recording_an_attempt_and_the_next_gets_a_new_one(people, monkeypatch):
    waiting(people, sounds.alaw(STEREO), "wav/pcm_alaw")
    waiting(people, sounds.alaw(STEREO), "wav/pcm_alaw")
    answer, killed = decoding.Child._answer, []

    def dying(self, line, file):
        if not killed:
            killed.append(self._process.pid)
            os.kill(self._process.pid, signal.SIGSEGV)
            self._process.wait()
        return answer(self, line, file)

    monkeypatch.setattr(decoding.Child, "_answer", dying)
    assert render.render_pending() == render.Summary(ready=1, failed=1)


def test_a_decoder_that_stands_still_is_ended(people, monkeypatch):
    monkeypatch.setattr(decoding, "PATIENCE_SECONDS", 0.3)
    waiting(people, sounds.alaw(STEREO), "wav/pcm_alaw")
    start = decoding.Child._start

    def stopped(self):
        line = start(self)
        os.kill(self._process.pid, signal.SIGSTOP)
        return line

    monkeypatch.setattr(decoding.Child, "_start", stopped)
    assert render.render_pending() == render.Summary(failed=1)


def test_the_decoder_holds_no_secret_writes_no_file_and_dumps_no_core(people, monkeypatch):
    seen = {}
    answer = decoding.Child._answer

    def looking(self, line, file):
        process = self._process.pid
        kind, body = answer(self, line, file)
        if kind == decoding.MEASURED:
            seen["environment"] = Path(f"/proc/{process}/environ").read_bytes()
            seen["limits"] = Path(f"/proc/{process}/limits").read_text()
            seen["files"] = [os.readlink(f"/proc/{process}/fd/{fd}") for fd in os.listdir(f"/proc/{process}/fd")]
        return kind, body

    monkeypatch.setenv("PORTAL_SECRET_THING", "x")
    monkeypatch.setattr(decoding.Child, "_answer", looking)
    waiting(people, sounds.gsm(MONO), "wav/gsm_ms")
    assert render.render_pending().ready == 1
    assert b"PORTAL" not in seen["environment"]
    assert "Max file size             0" in seen["limits"]
    assert "Max cpu time              unlimited" not in seen["limits"]
    assert "Max core file size        0" in seen["limits"]
    assert not [name for name in seen["files"] if "objects" in name or name.endswith(".key")]


def test_only_one_process_renders_at_a_time(people):
    waiting(people, sounds.alaw(STEREO), "wav/pcm_alaw")
    with lock.alone("render") as mine:
        assert mine
        assert render.render_pending() == render.Summary(busy=True)
    assert render.render_pending() == render.Summary(ready=1)


def test_a_killed_sweep_leaves_the_recording_waiting_and_the_next_makes_it_ready(people, settings):
    long = np.tile(sounds.talk(20, 1), 30)
    row = waiting(people, sounds.gsm(long), "wav/gsm_ms", seconds=600)
    program = "from portal.start import prepare; from portal import config; prepare(config.load()); "
    program += "from portal.recordings.render import render_pending; print('go', flush=True); render_pending()"
    outcomes = set()
    for delay in (0.0, 0.15, 0.3, 0.45, 0.6):
        Recording.update(playable=Playable.PENDING).where(Recording.id == row.id).execute()
        child = subprocess.Popen(
            [sys.executable, "-c", program],
            env={**os.environ, "PORTAL_DATA": str(settings.data)},
            stdout=subprocess.PIPE,
        )
        with child:
            child.stdout.readline()
            time.sleep(delay)
            child.kill()
        outcomes.add(Recording.get_by_id(row.id).playable)
    assert Playable.PENDING in outcomes
    Recording.update(playable=Playable.PENDING).where(Recording.id == row.id).execute()
    assert render.render_pending() == render.Summary(ready=1)
    sound, rate = sounds.heard(objects.read(row.uuid, "playable"))
    assert sound.shape[1] / rate == pytest.approx(600, abs=0.05)
    assert sorted(p.name for p in objects.path_of(row.uuid, "x").parent.iterdir()) == ["original", "peaks", "playable"]


def test_nothing_of_the_sound_is_on_disk_in_the_clear_while_it_is_rendered(people, settings):
    long = np.tile(sounds.talk(10, 1), 6)
    content = sounds.gsm(long)
    row = waiting(people, content, "wav/gsm_ms", seconds=60)
    render.render_pending()
    made = objects.read(row.uuid, "playable")
    heard = sounds.heard(content)[0].astype("<i2").tobytes()
    markers = [text[len(text) // 2 :][:16] for text in (content, made, heard)]
    Recording.update(playable=Playable.PENDING).where(Recording.id == row.id).execute()
    seen, done = [], threading.Event()

    def look():
        while not done.is_set():
            for path in settings.data.rglob("*"):
                try:
                    if path.is_file() and any(m in path.read_bytes() for m in markers):
                        seen.append(path.name)
                except FileNotFoundError:
                    continue

    watcher = threading.Thread(target=look)
    watcher.start()
    render.render_pending()
    done.set()
    watcher.join()
    assert Recording.get_by_id(row.id).playable == Playable.READY
    assert seen == []
    assert objects.read(row.uuid, "playable") == made, "rendering again gives the same"


def test_absent_uuid_folders_are_not_made_for_what_is_gone(settings):
    with pytest.raises(keystore.NoKey):
        objects.seal(uuid.uuid4(), "peaks", [b"x"], new_key=False)
    assert not list(settings.objects.glob("*"))
