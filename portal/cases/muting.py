"""The sound as it is handed over: from the original, with silence where a passage is muted.

In WAV of PCM, A-law and µ-law a frame is so many bytes: those of a muted passage become the codec's silence, and every
other byte stays as it was, the header too. Other codecs are decoded, in the confined process, to a WAV file that
everything plays. Everything is streamed; the original is only read.
"""

import struct
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from portal.recordings import stretches

if TYPE_CHECKING:
    from portal.recordings.decoding import Child

BLOCK = 1 << 20

Silent = Sequence[tuple[int, int]]
"""Milliseconds from and up to."""


class Codec(NamedTuple):
    tag: int
    """Of WAVE's format."""
    width: int
    """Bytes of a sample."""
    silence: bytes
    """One byte of it. A-law has no zero: 0xD5 is the step next to it, the same all along."""


FRAMED = {
    "pcm_alaw": Codec(6, 1, b"\xd5"),
    "pcm_mulaw": Codec(7, 1, b"\xff"),
    "pcm_u8": Codec(1, 1, b"\x80"),
    "pcm_s16le": Codec(1, 2, b"\0"),
    "pcm_s24le": Codec(1, 3, b"\0"),
    "pcm_s32le": Codec(1, 4, b"\0"),
}
"""FFmpeg's name of the codec in a WAV file, for those whose frames are so many bytes each."""
EXTENSIBLE = 0xFFFE
"""The tag is the first of the subformat's bytes."""

PLAYED = {"mp3/mp3": "mp3", "flac/flac": "flac"}
"""What people's own programs play as it is, beside WAV; its ending."""


class Layout(NamedTuple):
    """Where the frames are in a WAV file."""

    start: int
    stop: int
    frame: int
    """Bytes of a frame, all channels."""
    rate: int
    silence: bytes


def ending(original_format: str, *, muted: bool) -> str:
    """Of the name of the file that is handed over: 'wav', or that of an original which people can play."""
    return "wav" if muted else PLAYED.get(original_format, "wav")


def given(file: BinaryIO, size: int, original_format: str, silent: Silent, *, child: "Child") -> Iterator[bytes]:
    """The file that is handed over of the original `file` of `size` bytes, silent there.

    Raises Unreadable or Crashed when `child` cannot make sound of it.
    """
    layout = layout_of(file, size, original_format)
    if layout is not None:
        return silenced(file, size, layout, silent)
    if not silent and original_format in PLAYED:
        return _as_it_is(file, size)
    return child.wave(file, size, original_format, silent)


def layout_of(file: BinaryIO, size: int, original_format: str) -> Layout | None:
    """None when it is no WAV file of `FRAMED`, or its header says otherwise than the register."""
    container, _, name = original_format.partition("/")
    codec = FRAMED.get(name)
    if container != "wav" or codec is None:
        return None
    place, fmt = 12, b""
    while place + 8 <= size:
        file.seek(place)
        kind, length = struct.unpack("<4sI", _read(file, 8))
        if kind == b"fmt ":
            fmt = _read(file, min(length, 64))
        elif kind == b"data" and len(fmt) >= 16:
            return _layout(fmt, codec, place + 8, min(place + 8 + length, size))
        place += 8 + length + (length & 1)
    return None


def _layout(fmt: bytes, codec: Codec, start: int, stop: int) -> Layout | None:
    tag, channels, rate, _, frame, bits = struct.unpack("<HHIIHH", fmt[:16])
    if tag == EXTENSIBLE and len(fmt) >= 26:
        (tag,) = struct.unpack("<H", fmt[24:26])
    if tag != codec.tag or bits != codec.width * 8 or frame != channels * codec.width or not rate or not frame:
        return None
    return Layout(start, stop, frame, rate, codec.silence)


def silenced(file: BinaryIO, size: int, layout: Layout, silent: Silent) -> Iterator[bytes]:
    """The file byte for byte, but for the frames of `silent`."""
    spans = [
        (layout.start + first * layout.frame, min(layout.start + stop * layout.frame, layout.stop))
        for first, stop in stretches.frames(silent, layout.rate)
    ]
    place = 0
    for block in _as_it_is(file, size):
        end = place + len(block)
        if any(start < end and stop > place for start, stop in spans):
            changed = bytearray(block)
            for start, stop in spans:
                here, there = max(start, place) - place, min(stop, end) - place
                if here < there:
                    changed[here:there] = layout.silence * (there - here)
            block = bytes(changed)
        yield block
        place = end


def _as_it_is(file: BinaryIO, size: int) -> Iterator[bytes]:
    file.seek(0)
    while size > 0 and (block := file.read(min(BLOCK, size))):
        size -= len(block)
        yield block


def _read(file: BinaryIO, length: int) -> bytes:
    found = bytearray()
    while len(found) < length and (block := file.read(length - len(found))):
        found += block
    return bytes(found)
