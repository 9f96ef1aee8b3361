"""The outside of an audio file: which container it is by its own bytes, and whether what the header
promises is there. FFmpeg takes cut files, lying headers and polyglots without a word, so this is
looked at before and beside it. Runs in the probe; imports nothing of the register."""

import dataclasses
import struct
from typing import BinaryIO

MP3_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
MP3_KBPS = {
    3: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    0: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
GSM_FRAME = 33
AMR_NB = {0: 12, 1: 13, 2: 15, 3: 17, 4: 19, 5: 20, 6: 26, 7: 31, 8: 5, 15: 0}
AMR_WB = {0: 17, 1: 23, 2: 32, 3: 36, 4: 40, 5: 46, 6: 50, 7: 58, 8: 60, 9: 5, 14: 0, 15: 0}
"""Bytes of each kind of frame after its first."""
ID3V1 = 128
UNKNOWN_LENGTH = 0xFFFFFFFF

MOST_BESIDE = 256 << 10
"""Bytes of a file that are no sound: headers, titles, tables of places. The original bytes are kept and handed over
as they are, and nobody hears, corrects or masks what stands beside the sound."""
BLOCK = 1 << 16


class Unfit(Exception):
    """Not to be taken; reason and detail as in quarantine."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}:{detail}")
        self.reason, self.detail = reason, detail


@dataclasses.dataclass(frozen=True)
class Outside:
    container: str
    """FFmpeg's name of the demuxer: it is told, never asked to guess."""
    samples: int | None = None
    """As the header promises, at `rate`."""
    rate: int = 0
    slack: int = 0
    """How many samples the decoded sound may differ: a codec's frame and its priming."""
    empty: bool = False
    """Well-formed, and no sound in it."""


def look(file: BinaryIO, size: int) -> Outside:
    """What the bytes say they are. Raises Unfit."""
    if size == 0:
        return Outside("wav", empty=True)
    head = file.read(12)
    if head[:4] == b"RIFF"[: min(size, 4)]:
        return _wav(file, size)
    if head[:4] == b"OggS":
        return _ogg(file, size)
    if head[:4] == b"fLaC":
        return _flac(file, size)
    if head[:6] == b"#!AMR\n" or head[:9] == b"#!AMR-WB\n":
        return _amr(file, size)
    if head[:3] == b"ID3" or (head[0] == 0xFF and head[1:2] and head[1] & 0xE0 == 0xE0):
        return _mp3(file, size)
    if head[0] >> 4 == 0xD:
        return _gsm(file, size)
    raise Unfit("not_audio")


def _at(file: BinaryIO, place: int, count: int) -> bytes:
    file.seek(place)
    return file.read(count)


def _all_of(file: BinaryIO, place: int, count: int) -> bytes:
    """As `_at`. Raises Unfit when the file ends before."""
    found = _at(file, place, count)
    if len(found) < count:
        raise Unfit("broken", "cut")
    return found


def _check_beside(count: int) -> None:
    """`count` bytes of the file are no sound."""
    if count > MOST_BESIDE:
        raise Unfit("many_streams", "beside")


class _Bytes:
    """A file's bytes in order, each read once however short the pieces that are looked at."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._place, self._held = file, 0, b""

    def at(self, place: int, count: int) -> bytes:
        """At most `count`, far fewer than BLOCK; `place` never goes back."""
        start = place - self._place
        if not 0 <= start <= len(self._held) - count:
            self._place, self._held, start = place, _at(self._file, place, BLOCK), 0
        return self._held[start : start + count]


def _wav(file: BinaryIO, size: int) -> Outside:
    """RIFF/WAVE. The header's sizes must be the file's (Asterisk rewrites them when the call ends: one
    that was never rewritten tells of a call that was cut off)."""
    if size <= 44:
        return Outside("wav", empty=True)
    head = _at(file, 0, 12)
    if head[8:12] != b"WAVE":
        raise Unfit("not_audio", "riff")
    place, fmt, data, fact = 12, b"", None, None
    while place + 8 <= size:
        name, length = struct.unpack("<4sI", _at(file, place, 8))
        if name == b"fmt ":
            if fmt:
                raise Unfit("broken", "header")
            fmt = _at(file, place + 8, min(length, 64))
            _wav_format(fmt)
        elif name == b"fact" and length >= 4:
            (fact,) = struct.unpack("<I", _all_of(file, place + 8, 4))
        elif name == b"data":
            if data is not None:
                raise Unfit("broken", "two_sounds")
            data = length
            if length == UNKNOWN_LENGTH or (length == 0 and place + 8 < size):
                raise Unfit("bad_length", "header")
        elif not all(0x20 <= c < 0x7F for c in name):
            raise Unfit("bad_length", "trailing")
        if place + 8 + length > size:
            raise Unfit("broken", "cut")
        place += 8 + length + (length & 1)
        _check_beside(place - (data or 0))
    if not fmt or data is None:
        raise Unfit("broken", "header")
    if size - place > 0:
        raise Unfit("bad_length", "trailing")
    (promised,) = struct.unpack("<I", head[4:8])
    if abs(promised + 8 - size) > 1:
        raise Unfit("bad_length", "header")
    tag, channels, rate, per_second, block, bits = struct.unpack("<HHIIHH", fmt[:16])
    if data == 0:
        return Outside("wav", empty=True)
    if tag in (1, 3, 6, 7):
        if block != channels * -(-bits // 8) or per_second != rate * block:
            raise Unfit("bad_length", "header")
        if data % block:
            raise Unfit("broken", "cut")
        return Outside("wav", data // block, rate, 1)
    if tag == 0x31 and len(fmt) >= 20:
        (per_block,) = struct.unpack("<H", fmt[18:20])
        return Outside("wav", data // max(block, 1) * per_block, rate, per_block)
    return Outside("wav", fact, rate, 4096) if fact else Outside("wav")


def _wav_format(fmt: bytes) -> None:
    """Refuse before anything is allocated by the header's word."""
    if len(fmt) < 16:
        raise Unfit("broken", "header")
    _, channels, rate, _, block, _ = struct.unpack("<HHIIHH", fmt[:16])
    if channels not in (1, 2):
        raise Unfit("bad_channels", "many" if channels else "none")
    if block == 0:
        raise Unfit("broken", "header")
    check_rate(rate)


def check_rate(rate: int) -> None:
    if not 8000 <= rate <= 48000:
        raise Unfit("broken", "rate")


def _ogg(file: BinaryIO, size: int) -> Outside:
    """Walks the pages (RFC 3533 §6): one stream, ended, and nothing after it."""
    place, serials, last, granule, first, beside = 0, set(), 0, 0, b"", 0
    read = _Bytes(file)
    while place < size:
        page = read.at(place, 27 + 255)
        if len(page) < 27 or page[:4] != b"OggS":
            raise Unfit("broken", "cut" if b"OggS".startswith(page[:4]) else "trailing")
        flags, position, serial = page[5], *struct.unpack("<qI", page[6:18])
        segments = page[26]
        length = 27 + segments + sum(page[27 : 27 + segments])
        if len(page) < 27 + segments or place + length > size:
            raise Unfit("broken", "cut")
        if not first:
            first = _at(file, place + 27 + segments, 19)
        serials.add(serial)
        if len(serials) > 1:
            raise Unfit("many_streams")
        granule, last = (position if position >= 0 else granule), flags
        place += length
        if not granule or length == 27 + segments:  # the headers come before the first sound
            beside += length
            _check_beside(beside)
    if not last & 0x04:
        raise Unfit("broken", "cut")
    if len(first) < 19:
        raise Unfit("broken", "header")
    if first[:8] == b"OpusHead":
        if first[9] not in (1, 2):
            raise Unfit("bad_channels", "many" if first[9] else "none")
        skip = struct.unpack("<H", first[10:12])[0]
        return Outside("ogg", max(0, granule - skip), 48000, 5760, empty=granule <= skip)
    if first[:7] == b"\x01vorbis":
        if first[11] not in (1, 2):
            raise Unfit("bad_channels", "many" if first[11] else "none")
        rate = struct.unpack("<I", first[12:16])[0]
        check_rate(rate)
        return Outside("ogg", granule, rate, 8192, empty=granule == 0)
    return Outside("ogg")


def _flac(file: BinaryIO, size: int) -> Outside:
    """STREAMINFO (RFC 9639 §8.2) tells rate, channels and samples; the other blocks of metadata are walked."""
    place, kind, last = 4, 0, False
    while not last:
        head = _all_of(file, place, 4)
        last, kind, length = bool(head[0] & 0x80), head[0] & 0x7F, int.from_bytes(head[1:], "big")
        if (kind == 0) != (place == 4) or kind == 127 or (kind == 0 and length != 34):
            raise Unfit("broken", "header")
        place += 4 + length
        _check_beside(place)
        if place > size:
            raise Unfit("broken", "cut")
    packed = int.from_bytes(_all_of(file, 8, 34)[10:18], "big")
    rate, channels, samples = packed >> 44, (packed >> 41 & 7) + 1, packed & ((1 << 36) - 1)
    if channels > 2:
        raise Unfit("bad_channels", "many")
    check_rate(rate)
    return Outside("flac", samples or None, rate, 1)


def _gsm(file: BinaryIO, size: int) -> Outside:
    """Raw GSM 06.10: no header, 33-byte frames that each begin with the nibble 0xD."""
    whole, rest = divmod(size, GSM_FRAME)
    for place in range(0, whole * GSM_FRAME, GSM_FRAME * 32768):
        frames = min(32768, whole - place // GSM_FRAME)
        if any(first >> 4 != 0xD for first in _at(file, place, frames * GSM_FRAME)[::GSM_FRAME]):
            raise Unfit("not_audio") if place == 0 else Unfit("broken", "trailing")
    if not whole:
        raise Unfit("not_audio")
    if rest:
        raise Unfit("broken", "cut")
    return Outside("gsm", whole * 160, 8000, 0)


def _amr(file: BinaryIO, size: int) -> Outside:
    """Walks the frames of the storage format (RFC 4867 §5): one channel, each frame of a kind that exists, the
    last one whole."""
    wide = _at(file, 0, 9) == b"#!AMR-WB\n"
    place, frames = (9, AMR_WB) if wide else (6, AMR_NB)
    read = _Bytes(file)
    while place < size:
        (head,) = read.at(place, 1)
        kind = head >> 3 & 0x0F
        if head & 0x83 or kind not in frames:
            raise Unfit("broken", "trailing")
        place += 1 + frames[kind]
    if place > size:
        raise Unfit("broken", "cut")
    return Outside("amr")


def _mp3(file: BinaryIO, size: int) -> Outside:
    """Frame follows frame to the end (but for an ID3v1 tag); a Xing or Info header tells how many there are."""
    place, head = 0, _at(file, 0, 10)
    if head[:3] == b"ID3":
        if len(head) < 10:
            raise Unfit("broken", "cut")
        place = 10 + (head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9])
        if place >= size:
            raise Unfit("broken", "cut")
        _check_beside(place)
    start, frame = place, _mp3_frame(_at(file, place, 4))
    if frame is None:
        raise Unfit("not_audio" if place == 0 else "broken", "mp3")
    length, samples, rate = frame
    first = _at(file, place, length)
    read = _Bytes(file)
    while place < size and (frame := _mp3_frame(read.at(place, 4))) is not None:
        place += frame[0]
    if place == start + length:
        raise Unfit("not_audio" if start == 0 else "broken", "mp3")  # one frame is found in anything
    if place > size:
        raise Unfit("broken", "cut")
    if size - place not in (0, ID3V1) or (size > place and _at(file, place, 3) != b"TAG"):
        raise Unfit("broken", "trailing")
    for mark in (b"Xing", b"Info"):
        at = first.find(mark, 4, 48)
        if at > 0 and len(first) >= at + 12 and first[at + 7] & 1:
            (frames,) = struct.unpack(">I", first[at + 8 : at + 12])
            return Outside("mp3", frames * samples, rate, 4 * samples)
    return Outside("mp3")


def _mp3_frame(head: bytes) -> tuple[int, int, int] | None:
    """Length in bytes, samples and rate of the layer III frame that begins so; None if none does."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    bitrate, rate, padding = head[2] >> 4, head[2] >> 2 & 3, head[2] >> 1 & 1
    if version == 1 or layer != 1 or bitrate in (0, 15) or rate == 3:
        return None
    samples = 1152 if version == 3 else 576
    hertz = MP3_RATES[version][rate]
    return samples // 8 * MP3_KBPS[version][bitrate] * 1000 // hertz + padding, samples, hertz
