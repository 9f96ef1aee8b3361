"""What a recording sounds like: its length, its waveform, and a form of it that browsers play.

Nothing here knows of the register or the vault: it reads an open file and gives back numbers and
bytes. Everything is streamed; memory does not grow with the length of the call. The decoder is
native code fed with what came from outside, so `render` runs it in a process of its own.
"""

import json
import struct
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any, BinaryIO, NamedTuple

import av
import numpy as np
import numpy.typing as npt

from portal.recordings import stretches

Samples = npt.NDArray[np.int16]
"""Shape (channels, samples)."""

DEMUXERS = frozenset(("wav", "ogg", "flac", "mp3", "gsm", "amr"))
"""The containers that the gate takes, by FFmpeg's name of the one demuxer that may read each. Never
guessed from the bytes: some demuxers (playlists) open other files."""

BROWSERS_PLAY = {
    "wav/pcm_alaw": "audio/wav",
    "wav/pcm_mulaw": "audio/wav",
    "wav/pcm_s16le": "audio/wav",
    "wav/pcm_u8": "audio/wav",
    "mp3/mp3": "audio/mpeg",
    "ogg/opus": "audio/ogg",
    "flac/flac": "audio/flac",
}

FLAC = "audio/flac"
"""The form made where browsers cannot play the original. Against Opus at 24 kbit/s, on ten minutes
of telephone speech from GSM: 44 to 17 kbit/s, but 0.15 to 1–2 s of work, and it loses nothing more."""

AGREE_MS = 100
"""A header may be this wrong about the length. Beyond it a browser would seek to the wrong place."""

BUCKETS = 2048
FINEST_MS = 10

PEAKS_VERSION = 1


class Unreadable(Exception):
    """The decoder cannot make sound of it."""


class Measure(NamedTuple):
    """What decoding the whole of a recording told."""

    rate: int
    channels: int
    samples: int
    header_ms: int | None
    """The length the file claims, which is what a browser believes; None when it makes no claim."""
    peaks: bytes
    """JSON: `version`, `duration_ms`, `bucket_ms`, and per channel the buckets' loudest sample as
    0–255 on a square-root scale, so that quiet speech shows too."""

    @property
    def duration_ms(self) -> int:
        return round(self.samples * 1000 / self.rate) if self.rate else 0


def media_type(original_format: str, measured: Measure) -> str | None:
    """The media type under which browsers play the original as it is, or None when they would not:
    another codec, or a header that is wrong about the length."""
    if measured.header_ms is None:
        return None
    if abs(measured.header_ms - measured.duration_ms) > AGREE_MS:
        return None
    return BROWSERS_PLAY.get(original_format)


class Decoder:
    """The sound in `file` as int16 samples, in blocks of about a second.

    `channels` and `rate` are those of the first frame; later frames that differ are converted.
    """

    def __init__(self, file: BinaryIO, original_format: str) -> None:
        self._file = file
        self._demuxer = original_format.split("/")[0]
        self.rate = self.channels = 0
        self.header_ms: int | None = None

    def blocks(self) -> Iterator[Samples]:
        """Raises Unreadable when no demuxer may read it, it holds no sound stream or more than two
        channels, or more than one packet in twenty cannot be decoded."""
        if self._demuxer not in DEMUXERS:
            raise Unreadable("container")
        try:
            with av.open(self._file, format=self._demuxer, metadata_errors="replace") as container:
                yield from self._gathered(container)
        except (av.FFmpegError, ValueError) as error:
            raise Unreadable(type(error).__name__) from error

    def _gathered(self, container: Any) -> Iterator[Samples]:
        held: list[Samples] = []
        count = 0
        for samples in self._frames(container):
            held.append(samples)
            count += samples.shape[1]
            if count >= self.rate:
                yield np.concatenate(held, axis=1)
                held, count = [], 0
        if held:
            yield np.concatenate(held, axis=1)

    def _frames(self, container: Any) -> Iterator[Samples]:
        if not container.streams.audio:
            raise Unreadable("no sound")
        stream = container.streams.audio[0]
        if stream.duration and stream.time_base:
            self.header_ms = round(stream.duration * stream.time_base * 1000)
        elif container.duration:
            self.header_ms = round(container.duration / 1000)
        resampler: av.AudioResampler | None = None
        first: tuple[str, int] = ("", 0)
        heard_as: Any = None
        packets = bad = 0
        for packet in container.demux(stream):
            packets += 1
            try:
                frames = packet.decode()
            except av.InvalidDataError:
                bad += 1
                continue
            for frame in frames:
                if not self.rate:
                    self.rate, self.channels = frame.sample_rate, frame.layout.nb_channels
                    first = (frame.layout.name, frame.sample_rate)
                    if self.channels > 2:
                        raise Unreadable("channels")
                if resampler is None and (frame.layout.name, frame.sample_rate) == first:
                    if frame.format.name == "s16p":
                        yield frame.to_ndarray()
                        continue
                    if frame.format.name == "s16":
                        yield frame.to_ndarray().reshape(-1, self.channels).T
                        continue
                if (kind := (frame.format.name, frame.layout.name, frame.sample_rate)) != heard_as:
                    if resampler is not None:
                        yield from self._arrays(resampler.resample(None))
                    resampler, heard_as = av.AudioResampler("s16p", *first), kind
                assert resampler is not None
                yield from self._arrays(resampler.resample(frame))
        if resampler is not None:
            yield from self._arrays(resampler.resample(None))
        if bad * 20 > packets:
            raise Unreadable("packets")

    @staticmethod
    def _arrays(frames: list[Any]) -> Iterator[Samples]:
        for frame in frames:
            if frame.samples:
                yield frame.to_ndarray()


class Peaks:
    """The loudest sample of each of at most BUCKETS stretches, over a sound of unknown length.

    Begins with the finest stretches; each time they fill, neighbours are joined and the stretch
    doubles. So there are BUCKETS / 2 to BUCKETS of them, or fewer for a call of a few seconds.
    """

    def __init__(self, channels: int, rate: int) -> None:
        self._rate = rate
        self._step = max(1, rate * FINEST_MS // 1000)
        self._kept = np.zeros((channels, BUCKETS), np.int32)
        self._count = 0
        self._rest: Samples = np.zeros((channels, 0), np.int16)

    def add(self, block: Samples) -> None:
        rest = np.concatenate([self._rest, block], axis=1)
        while (whole := min(rest.shape[1] // self._step, BUCKETS - self._count)) > 0:
            part, rest = rest[:, : whole * self._step], rest[:, whole * self._step :]
            self._put(part.reshape(part.shape[0], whole, self._step))
        self._rest = rest

    def _put(self, buckets: Samples) -> None:
        width = buckets.shape[1]
        self._kept[:, self._count : self._count + width] = np.abs(buckets.astype(np.int32)).max(axis=2)
        self._count += width
        if self._count == BUCKETS:
            half = BUCKETS // 2
            self._kept[:, :half] = self._kept.reshape(-1, half, 2).max(axis=2)
            self._count, self._step = half, self._step * 2

    def content(self, samples: int) -> bytes:
        """The peaks as they are sealed (see `Measure.peaks`)."""
        if self._rest.shape[1]:
            self._put(self._rest[:, None, :])
        levels = np.rint(np.sqrt(self._kept[:, : self._count] / 32768) * 255).astype(int)
        shown = {
            "version": PEAKS_VERSION,
            "duration_ms": round(samples * 1000 / self._rate),
            "bucket_ms": self._step * 1000 / self._rate,
            "channels": levels.tolist(),
        }
        return json.dumps(shown, separators=(",", ":")).encode()


def measure(file: BinaryIO, original_format: str) -> Measure:
    """Decode the whole of `file`. `samples` is 0 when it holds no sound. Raises Unreadable."""
    decoder = Decoder(file, original_format)
    peaks: Peaks | None = None
    samples = 0
    for block in decoder.blocks():
        peaks = peaks or Peaks(decoder.channels, decoder.rate)
        peaks.add(block)
        samples += block.shape[1]
    content = peaks.content(samples) if peaks else b""
    return Measure(decoder.rate, decoder.channels, samples, decoder.header_ms, content)


def flac(file: BinaryIO, original_format: str, measured: Measure) -> Iterator[bytes]:
    """The sound of `file` as a FLAC file (RFC 9639), lossless of what the decoder gives.

    The header states the length, so that every browser shows it and can seek: that is why the
    sound is measured first.
    """
    layout = "mono" if measured.channels == 1 else "stereo"
    encoder: Any = av.CodecContext.create("flac", "w")
    encoder.sample_rate, encoder.format, encoder.layout = measured.rate, "s16", layout
    encoder.time_base = Fraction(1, measured.rate)
    encoder.open()
    yield b"fLaC\x80\x00\x00\x22" + _with_length(bytes(encoder.extradata), measured.samples)
    place = 0
    for block in Decoder(file, original_format).blocks():
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block.T).reshape(1, -1), "s16", layout)
        frame.sample_rate, frame.pts, frame.time_base = measured.rate, place, encoder.time_base
        place += block.shape[1]
        for packet in encoder.encode(frame):
            yield bytes(packet)
    for packet in encoder.encode(None):
        yield bytes(packet)


LARGEST_WAVE = 0xFFFFFFFF - 36
"""Bytes of samples that a RIFF header can tell of."""


def wave(
    file: BinaryIO, original_format: str, measured: Measure, silent: Sequence[tuple[int, int]] = ()
) -> Iterator[bytes]:
    """The sound of `file` as a WAV file of 16-bit PCM, which everything plays; silent in the stretches `silent`
    (milliseconds from and up to), rounded outward to whole samples. Raises Unreadable."""
    channels, rate = measured.channels, measured.rate
    size = measured.samples * channels * 2
    if size > LARGEST_WAVE:
        raise Unreadable("length")
    form = struct.pack("<HHIIHH", 1, channels, rate, rate * channels * 2, channels * 2, 16)
    yield b"RIFF" + struct.pack("<I", 36 + size) + b"WAVEfmt " + struct.pack("<I", 16) + form
    yield b"data" + struct.pack("<I", size)
    spans, place = stretches.frames(silent, rate), 0
    for block in Decoder(file, original_format).blocks():
        samples = np.array(block.T, dtype="<i2", order="C")
        for first, stop in spans:
            samples[max(0, first - place) : max(0, stop - place)] = 0
        place += block.shape[1]
        yield samples.tobytes()


def _with_length(streaminfo: bytes, samples: int) -> bytes:
    """STREAMINFO with its last 36 bits before the checksum, the number of samples, filled in (RFC 9639 §8.2)."""
    numbers = int.from_bytes(streaminfo[10:18], "big") & ~((1 << 36) - 1) | samples
    return streaminfo[:10] + numbers.to_bytes(8, "big") + streaminfo[18:34]
