"""Sounds for the tests, written as telephone systems write them."""

import io
from fractions import Fraction

import av
import numpy as np
import soundfile

RATE = 8000


def talk(seconds: float, channels: int = 2, rate: int = RATE, seed: int = 1) -> np.ndarray:
    """int16 (channels, n): a voice-like sound per channel; they take turns of half a second, so each
    is loud while the other is silent."""
    n = round(seconds * rate)
    t = np.arange(n) / rate
    generator = np.random.default_rng(seed)
    out = np.zeros((channels, n))
    for channel in range(channels):
        pitch = 110 + 70 * channel + 8 * np.sin(2 * np.pi * 3 * t)
        phase = 2 * np.pi * np.cumsum(pitch) / rate
        voice = sum(np.sin(k * phase) / k for k in range(2, 14)) + generator.normal(0, 0.03, n)
        turn = (np.floor(t * 2) % 2) == (channel % 2)
        out[channel] = voice * turn
    return (out / np.abs(out).max() * 16000).astype(np.int16)


def container(
    samples: np.ndarray,
    muxer: str,
    codec: str,
    *,
    rate: int = RATE,
    bit_rate: int | None = None,
    options: dict[str, str] | None = None,
) -> bytes:
    """`samples` encoded by FFmpeg."""
    file = io.BytesIO()
    layout = "mono" if samples.shape[0] == 1 else "stereo"
    with av.open(file, "w", format=muxer, options=options or {}) as out:
        stream = out.add_stream(codec, rate=rate, layout=layout)
        if bit_rate:
            stream.bit_rate = bit_rate
        resampler = av.AudioResampler(stream.format, layout, rate, stream.frame_size or None)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples.T).reshape(1, -1), "s16", layout)
        frame.sample_rate, frame.pts, frame.time_base = RATE, 0, Fraction(1, RATE)
        for ready in [*resampler.resample(frame), *resampler.resample(None)]:
            out.mux(stream.encode(ready))
        out.mux(stream.encode(None))
    return file.getvalue()


def gsm(samples: np.ndarray, *, raw: bool = False) -> bytes:
    """GSM 06.10, as Asterisk writes it: WAV-49 (tag 49, two frames of 32.5 bytes), or raw `.gsm`."""
    return written(samples[:1], "RAW" if raw else "WAV", "GSM610")


def written(samples: np.ndarray, kind: str, subtype: str) -> bytes:
    """`samples` encoded by libsndfile."""
    file = io.BytesIO()
    soundfile.write(file, samples.T, RATE, format=kind, subtype=subtype)
    return file.getvalue()


def alaw(samples: np.ndarray) -> bytes:
    return container(samples, "wav", "pcm_alaw")


def heard(content: bytes) -> tuple[np.ndarray, int]:
    """What another decoder than ours (libsndfile) makes of a file: samples (channels, n) and rate."""
    samples, rate = soundfile.read(io.BytesIO(content), dtype="int16", always_2d=True)
    return samples.T, rate


def likeness(one: np.ndarray, other: np.ndarray, within: int) -> float:
    """The highest correlation of two sounds over delays of up to `within` samples: 1 is the same."""
    n = 1 << (len(one) + len(other)).bit_length()
    spectrum = np.fft.rfft(one.astype(float), n) * np.conj(np.fft.rfft(other.astype(float), n))
    by_delay = np.fft.irfft(spectrum, n)
    best = max(by_delay[: within + 1].max(), by_delay[-within:].max())
    return float(best / (np.linalg.norm(one.astype(float)) * np.linalg.norm(other.astype(float)) + 1e-9))
