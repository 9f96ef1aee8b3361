"""Recordings for the tests, sealed for real."""

import datetime as dt
import io
import struct
import uuid

import numpy as np

from portal import clock
from portal.recordings import index
from portal.recordings.models import Direction, Playable, Recording, Told
from portal.vault import box, objects


def tone(seconds: float = 2.0, channels: int = 2, rate: int = 8000) -> np.ndarray:
    """int16 samples (channels, n): a different pitch on each channel."""
    t = np.arange(round(seconds * rate)) / rate
    return np.stack([np.sin(2 * np.pi * 440 * (c + 1) * t) * 8000 for c in range(channels)]).astype(np.int16)


def alaw(samples: np.ndarray) -> bytes:
    """G.711 A-law of int16 samples, interleaved."""
    x = samples.T.reshape(-1).astype(np.int32)
    sign = np.where(x >= 0, 0x80, 0)
    magnitude = np.minimum(np.where(x >= 0, x, -x - 1), 32767) >> 4
    exponent = np.maximum(np.floor(np.log2(np.maximum(magnitude, 1))).astype(int) - 4, 0)
    mantissa = np.where(exponent > 0, (magnitude >> np.maximum(exponent, 0)) & 0x0F, magnitude >> 1 & 0x0F)
    exponent = np.where(magnitude >= 32, exponent, 0)
    return ((sign | (exponent << 4) | mantissa) ^ 0x55).astype(np.uint8).tobytes()


def wav(samples: np.ndarray, rate: int = 8000) -> bytes:
    """An A-law WAV file (format tag 6)."""
    channels, data = samples.shape[0], alaw(samples)
    fmt = struct.pack("<HHIIHHH", 6, channels, rate, rate * channels, channels, 8, 0)
    body = b"WAVEfmt " + struct.pack("<I", len(fmt)) + fmt + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


def recording(
    queue,
    *,
    started_at: dt.datetime | None = None,
    seconds: float = 2.0,
    number: str | None = "+358401234567",
    adviser=None,
    subject: str = "",
    told: Told = Told.YES,
    direction: Direction = Direction.IN,
    conversation: str | None = None,
    ready: bool = True,
    sound: bytes | None = None,
) -> Recording:
    """A live recording with its sealed A-law original, peaks, and index row."""
    started_at = started_at or clock.now() - dt.timedelta(hours=1)
    ended_at = started_at + dt.timedelta(seconds=seconds)
    subject_id = uuid.uuid4()
    content = sound or wav(tone(seconds))
    sealed = objects.seal(subject_id, "original", [content])
    if ready:
        objects.seal(subject_id, "peaks", [b'{"channels":[[10,200,30],[40,5,60]]}'])
    row = Recording.create(
        id=Recording.next_id(started_at),
        uuid=subject_id,
        source="freepbx",
        source_key=box.pseudonym("source", subject_id.hex),
        content_key=box.pseudonym("content", sealed.sha256),
        started_at=started_at,
        ended_at=ended_at,
        duration_ms=round(seconds * 1000),
        expires_at=clock.expiry(ended_at),
        queue=queue,
        direction=direction,
        number=number,
        extension=adviser.extension if adviser else None,
        adviser=adviser,
        told=told,
        conversation=conversation,
        subject=subject,
        original_format="wav/pcm_alaw",
        original_size=sealed.size,
        original_sha256=sealed.sha256,
        channels=2,
        speakers="adviser,caller",
        playable=Playable.READY if ready else Playable.PENDING,
        playable_type="audio/wav" if ready else None,
        playable_part="original" if ready else None,
    )
    index.put(row)
    return row


def as_file(content: bytes) -> io.BytesIO:
    return io.BytesIO(content)
