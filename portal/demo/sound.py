"""From voices to what a telephone exchange records: band, line, two channels, and the file formats."""

import fractions
import functools
import io
import struct
from collections.abc import Iterable

import av
import av.audio
import numpy as np
import numpy.typing as npt
import soundfile

from portal.demo.speech import Samples, Voice, speaker

RATE = 8000
LOW, HIGH = 300.0, 3400.0
"""The telephone band, Hz (ITU-T G.712)."""
SIDETONE = 0.02
"""How much of one's own voice comes back on the other's channel."""
NOISE = (0.0012, 0.0025)
"""The line's noise on the adviser's and the caller's channel."""
BLOCK = 16000

Pcm = npt.NDArray[np.int16]
"""(channels, samples): the adviser is the first channel."""


@functools.lru_cache(maxsize=4096)
def spoken(text: str, voice: Voice) -> Samples:
    """`text` as it comes through the telephone, 8 kHz; each utterance is made once per process."""
    return band(speaker().say(text, voice), speaker().rate)


def band(samples: Samples, rate: int) -> Samples:
    """To 8 kHz and the telephone band in one step of the Fourier transform. The length is rounded up to
    whole half seconds: transforms of such lengths are quick."""
    half = rate // 2
    padded = np.pad(samples, (0, -len(samples) % half))
    spectrum = np.fft.rfft(padded)
    kept = len(padded) // half * (RATE // 2)
    frequencies = np.arange(kept // 2 + 1) * (RATE / max(kept, 1))
    rise = np.clip((frequencies - LOW * 0.8) / (LOW * 0.2), 0, 1)
    fall = np.clip((HIGH * 1.1 - frequencies) / (HIGH * 0.1), 0, 1)
    narrow = np.fft.irfft(spectrum[: kept // 2 + 1] * rise * fall, kept) * (RATE / rate)
    return narrow[: round(len(samples) * RATE / rate)].astype(np.float32)


@functools.cache
def _noise() -> Samples:
    return np.random.default_rng(1).normal(0, 1, 1 << 19).astype(np.float32)


def mix(turns: Iterable[tuple[int, float, Samples]], seconds: float, seed: int) -> Pcm:
    """Two channels from (channel, start in seconds, samples), exactly `seconds` long."""
    count = round(seconds * RATE)
    line = np.empty((2, count), np.float32)
    for channel in (0, 1):
        shift = (seed * 7919 + channel * 104729) % len(_noise())
        line[channel] = np.resize(np.roll(_noise(), shift), count) * NOISE[channel]
    for channel, start, samples in turns:
        begin = round(start * RATE)
        voice = samples[: max(0, count - begin)] * (0.8, 0.6)[channel]
        line[channel, begin : begin + len(voice)] += voice
        line[1 - channel, begin : begin + len(voice)] += voice * SIDETONE
    return np.asarray(np.clip(line * 32767, -32768, 32767), np.int16)


def mono(pcm: Pcm) -> Pcm:
    """Both ends on one channel, as a telephone system mixes them."""
    return np.clip(pcm.astype(np.int32).sum(0, keepdims=True), -32768, 32767).astype(np.int16)


@functools.cache
def _alaw() -> npt.NDArray[np.uint8]:
    """The G.711 code of every int16, by its value as uint16."""
    every = np.arange(65536, dtype=np.uint16).view(np.int16)
    coder = av.CodecContext.create("pcm_alaw", "w")
    assert isinstance(coder, av.audio.codeccontext.AudioCodecContext)
    coder.sample_rate, coder.format, coder.layout = RATE, "s16", "mono"
    coder.open()
    packets = coder.encode(_frame(every[None, :], 0))
    return np.frombuffer(b"".join(bytes(packet) for packet in packets), np.uint8)


def alaw(pcm: Pcm) -> bytes:
    """G.711 A-law, interleaved."""
    return _alaw()[np.ascontiguousarray(pcm.T).reshape(-1).view(np.uint16)].tobytes()


def alaw_wav(pcm: Pcm) -> bytes:
    content = alaw(pcm)
    return alaw_header(pcm.shape[0], len(content)) + content


def alaw_header(channels: int, size: int) -> bytes:
    """Of a WAV file (format tag 6) that holds `size` bytes of sound."""
    form = struct.pack("<HHIIHHH", 6, channels, RATE, RATE * channels, channels, 8, 0)
    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", size)
    return b"RIFF" + struct.pack("<I", len(body) + size) + body


def gsm_wav(pcm: Pcm) -> bytes:
    """MS-GSM (format tag 49), Asterisk's `wav49`: one channel."""
    target = io.BytesIO()
    soundfile.write(target, mono(pcm)[0], RATE, format="WAV", subtype="GSM610")
    return target.getvalue()


def mp3(pcm: Pcm) -> bytes:
    return _encoded(pcm, "mp3", "libmp3lame", 32_000, {"compression_level": "9"})


def opus(pcm: Pcm) -> bytes:
    return _encoded(pcm, "ogg", "libopus", 24_000, {"compression_level": "0", "application": "lowdelay"})


def _frame(pcm: Pcm, at: int) -> av.AudioFrame:
    packed = np.ascontiguousarray(pcm.T).reshape(1, -1)
    frame = av.AudioFrame.from_ndarray(packed, format="s16", layout="stereo" if pcm.shape[0] == 2 else "mono")
    frame.sample_rate, frame.pts, frame.time_base = RATE, at, fractions.Fraction(1, RATE)
    return frame


def _encoded(pcm: Pcm, container: str, codec: str, bit_rate: int, options: dict[str, str]) -> bytes:
    target = io.BytesIO()
    with av.open(target, "w", format=container) as out:
        layout = "stereo" if pcm.shape[0] == 2 else "mono"
        stream = out.add_stream(codec, rate=RATE, options=options, layout=layout)
        assert isinstance(stream, av.audio.AudioStream)
        stream.bit_rate = bit_rate
        for at in range(0, pcm.shape[1], BLOCK):
            out.mux(stream.encode(_frame(pcm[:, at : at + BLOCK], at)))
        out.mux(stream.encode(None))
    return target.getvalue()
