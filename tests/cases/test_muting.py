"""What is muted is silent, and everything else is as it was: byte by byte where the codec allows it."""

import io
import struct
import time

import numpy as np
import pytest
from hypothesis import given as examples
from hypothesis import settings as how
from hypothesis import strategies as st

from portal.cases import muting
from portal.recordings import stretches
from portal.recordings.decoding import Child
from portal.recordings.sound import Unreadable
from tests.calls import tone, wav
from tests.recordings import sounds

RATE = 8000
SILENCE = {"pcm_alaw": 0xD5, "pcm_mulaw": 0xFF, "pcm_u8": 0x80, "pcm_s16le": 0, "pcm_s24le": 0, "pcm_s32le": 0}
TAGS = {"pcm_alaw": 6, "pcm_mulaw": 7}
WIDTHS = {"pcm_s16le": 2, "pcm_s24le": 3, "pcm_s32le": 4}


class NoChild:
    def wave(self, *args):
        raise AssertionError("not to be decoded")


def file_of(codec: str, channels: int, frames: int, *, extensible: bool = False, after: bytes = b"") -> bytes:
    """A WAV file of noise, with another chunk before the sound, as some systems write."""
    width, tag = WIDTHS.get(codec, 1), TAGS.get(codec, 1)
    form = struct.pack("<HHIIHH", tag, channels, RATE, RATE * channels * width, channels * width, width * 8)
    if extensible:
        form = struct.pack("<H", 0xFFFE) + form[2:] + struct.pack("<HHIH", 22, width * 8, 3, tag)
        form += b"\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71"
    data = np.random.default_rng(7).integers(1, 120, frames * channels * width, dtype=np.uint8).tobytes()
    body = b"WAVE" + _chunk(b"LIST", b"INFOx") + _chunk(b"fmt ", form) + _chunk(b"data", data) + after
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) & 1)


def muted(content: bytes, codec: str, silent, child=None) -> bytes:
    file = io.BytesIO(content)
    blocks = muting.given(file, len(content), f"wav/{codec}", silent, child=child or NoChild())
    return b"".join(blocks)


def expected(content: bytes, codec: str, channels: int, silent) -> bytes:
    """Reckoned by the sample, one at a time."""
    out, frame = bytearray(content), channels * WIDTHS.get(codec, 1)
    start = content.index(b"data") + 8
    (length,) = struct.unpack("<I", content[start - 4 : start])
    for n in range(length // frame):
        # the sound of frame n lasts from n/RATE up to (n + 1)/RATE seconds
        if any(n * 1000 < end * RATE and (n + 1) * 1000 > begin * RATE for begin, end in silent if begin < end):
            out[start + n * frame : start + (n + 1) * frame] = bytes([SILENCE[codec]]) * frame
    return bytes(out)


@pytest.mark.parametrize("codec", SILENCE)
@pytest.mark.parametrize("channels", [1, 2])
def test_a_muted_passage_is_silent_and_every_other_byte_as_it_was(codec, channels):
    content = file_of(codec, channels, 900, after=_chunk(b"id3 ", b"sist"), extensible=channels == 2)
    silent = [(10, 25), (90, 101)]
    made = muted(content, codec, silent)
    assert made == expected(content, codec, channels, silent)
    assert made != content
    assert len(made) == len(content)


@how(max_examples=60, deadline=None)
@examples(
    st.lists(st.tuples(st.integers(0, 130), st.integers(0, 130)), max_size=5),
    st.sampled_from(sorted(SILENCE)),
    st.integers(1, 2),
    st.integers(1, 1000),
)
def test_whatever_the_ranges_are(silent, codec, channels, block):
    content = file_of(codec, channels, 801)
    before, muting.BLOCK = muting.BLOCK, block  # so that passages lie across blocks
    try:
        made = muted(content, codec, silent)
    finally:
        muting.BLOCK = before
    assert made == expected(content, codec, channels, silent)


def test_a_stretch_is_rounded_outward_to_whole_frames_and_joined_where_it_meets_another():
    assert stretches.frames([(1, 2)], 11025) == [(11, 23)]
    assert stretches.frames([(0, 10), (10, 20), (30, 40), (35, 36)], 8000) == [(0, 160), (240, 320)]
    assert stretches.frames([(5, 5), (9, 3), (-4, 1)], 8000) == [(0, 8)]


def test_a_call_given_whole_is_the_original_where_people_can_play_it():
    content = wav(tone(0.2))
    assert muted(content, "pcm_alaw", []) == content
    for form, ending in (("mp3/mp3", "mp3"), ("flac/flac", "flac"), ("wav/pcm_mulaw", "wav"), ("gsm/gsm", "wav")):
        assert muting.ending(form, muted=False) == ending
    assert muting.ending("mp3/mp3", muted=True) == "wav"
    blocks = muting.given(io.BytesIO(b"as it is"), 8, "mp3/mp3", [], child=NoChild())
    assert b"".join(blocks) == b"as it is"


@pytest.fixture(scope="module")
def child():
    with Child() as one:
        yield one


def given(child, content: bytes, form: str, silent) -> tuple[np.ndarray, int]:
    made = b"".join(muting.given(io.BytesIO(content), len(content), form, silent, child=child))
    assert struct.unpack("<I", made[4:8])[0] == len(made) - 8
    return sounds.heard(made)


def test_what_is_not_framed_is_decoded_and_muted_to_the_sample(child):
    talk = sounds.talk(2.0)
    files = {
        "wav/gsm_ms": sounds.gsm(talk),
        "gsm/gsm": sounds.gsm(talk, raw=True),
        "mp3/mp3": sounds.container(talk, "mp3", "libmp3lame", bit_rate=64000),
        "flac/flac": sounds.container(talk, "flac", "flac"),
        "ogg/opus": sounds.container(talk, "ogg", "libopus", bit_rate=32000),
    }
    for form, content in files.items():
        whole, rate = given(child, content, form, [(9000, 9001)])  # after its end
        made, same_rate = given(child, content, form, [(500, 1000), (1500, 1501)])
        assert (rate, made.shape) == (same_rate, whole.shape), form
        quiet = np.zeros(whole.shape[1], bool)
        quiet[rate // 2 : rate] = True
        quiet[rate * 1500 // 1000 : -(-rate * 1501 // 1000)] = True
        assert not made[:, quiet].any(), form
        assert np.array_equal(made[:, ~quiet], whole[:, ~quiet]), form
        assert np.abs(whole[:, quiet]).max() > 500, form


def test_a_flac_call_given_with_a_passage_muted_loses_nothing_else(child):
    talk = sounds.talk(1.0)
    made, _ = given(child, sounds.container(talk, "flac", "flac"), "flac/flac", [(100, 200)])
    wanted = talk.copy()
    wanted[:, 800:1600] = 0
    assert np.array_equal(made, wanted)


def test_a_header_that_says_otherwise_than_the_register_is_not_trusted(child):
    content = file_of("pcm_s16le", 1, 900)
    assert muting.layout_of(io.BytesIO(content), len(content), "wav/pcm_alaw") is None
    assert muting.layout_of(io.BytesIO(content), len(content), "wav/pcm_s16le") is not None
    assert muting.layout_of(io.BytesIO(content), len(content), "flac/flac") is None
    made, rate = given(child, content, "wav/pcm_alaw", [(0, 50)])  # decoded instead
    assert not made[:, : rate // 20].any()
    assert made[:, rate // 20 :].any()


def test_what_cannot_be_decoded_is_an_error_and_the_next_one_is_made(child):
    with pytest.raises(Unreadable):
        list(muting.given(io.BytesIO(b"x" * 100), 100, "gsm/gsm", [(0, 1)], child=child))
    with pytest.raises(Unreadable):
        list(muting.given(io.BytesIO(wav(tone(0.0))), 44, "mp3/mp3", [(0, 1)], child=child))
    made, _ = given(child, sounds.gsm(sounds.talk(0.5)), "wav/gsm_ms", [(0, 100)])
    assert made.any()


def test_ten_minutes_are_muted_in_far_less_than_a_second(tmp_path):
    from portal.bench import muting as bench

    bench.write_sound(tmp_path / "clear.wav", 10)
    content = (tmp_path / "clear.wav").read_bytes()
    start = time.process_time()
    made = muted(content, "pcm_alaw", bench.SILENT)
    assert time.process_time() - start < 1
    assert len(made) == len(content)
    sound, silent = np.frombuffer(made, np.uint8)[44:], np.zeros(10 * 60 * 16000, bool)
    for begin, end in bench.SILENT:
        silent[begin * 16 : end * 16] = True
    assert (sound[silent] == 0xD5).all()
    assert np.array_equal(sound[~silent], np.frombuffer(content, np.uint8)[44:][~silent])
