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
UNKNOWN_LENGTH = 0xFFFFFFFF


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
        return Outside("amr")
    if head[:3] == b"ID3" or (head[0] == 0xFF and head[1:2] and head[1] & 0xE0 == 0xE0):
        return _mp3(file, size)
    if head[0] >> 4 == 0xD:
        return _gsm(file, size)
    raise Unfit("not_audio")


def _at(file: BinaryIO, place: int, count: int) -> bytes:
    file.seek(place)
    return file.read(count)


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
            fmt = _at(file, place + 8, min(length, 64))
            _wav_format(fmt)
        elif name == b"fact" and length >= 4:
            (fact,) = struct.unpack("<I", _at(file, place + 8, 4))
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
    place, serials, last, granule, first = 0, set(), 0, 0, b""
    while place < size:
        page = _at(file, place, 27 + 255)
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
    if not last & 0x04:
        raise Unfit("broken", "cut")
    if first[:8] == b"OpusHead":
        if first[9] not in (1, 2):
            raise Unfit("bad_channels", "many" if first[9] else "none")
        skip = struct.unpack("<H", first[10:12])[0]
        return Outside("ogg", max(0, granule - skip), 48000, 5760, empty=granule <= skip)
    if first[:7] == b"\x01vorbis":
        if first[11] not in (1, 2):
            raise Unfit("bad_channels", "many" if first[11] else "none")
        return Outside("ogg", granule, struct.unpack("<I", first[12:16])[0], 8192, empty=granule == 0)
    return Outside("ogg")


def _flac(file: BinaryIO, size: int) -> Outside:
    """STREAMINFO (RFC 9639 §8.2) tells rate, channels and samples."""
    info = _at(file, 8, 34)
    if len(info) < 34:
        raise Unfit("broken", "cut")
    packed = int.from_bytes(info[10:18], "big")
    rate, channels, samples = packed >> 44, (packed >> 41 & 7) + 1, packed & ((1 << 36) - 1)
    if channels > 2:
        raise Unfit("bad_channels", "many")
    return Outside("flac", samples or None, rate, 1)


def _gsm(file: BinaryIO, size: int) -> Outside:
    """Raw GSM 06.10: no header, 33-byte frames that each begin with the nibble 0xD."""
    if size >= GSM_FRAME and all(
        _at(file, place, 1)[0] >> 4 == 0xD for place in range(0, min(size - GSM_FRAME + 1, GSM_FRAME * 500), GSM_FRAME)
    ):
        if size % GSM_FRAME:
            raise Unfit("broken", "cut")
        return Outside("gsm", size // GSM_FRAME * 160, 8000, 0)
    raise Unfit("not_audio")


def _mp3(file: BinaryIO, size: int) -> Outside:
    """Two frames must follow each other; a Xing or Info header tells how many there are."""
    place, head = 0, _at(file, 0, 10)
    if head[:3] == b"ID3":
        if len(head) < 10:
            raise Unfit("broken", "cut")
        place = 10 + (head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9])
        if place >= size:
            raise Unfit("broken", "cut")
    frame = _mp3_frame(_at(file, place, 4))
    if frame is None:
        raise Unfit("not_audio" if place == 0 else "broken", "mp3")
    length, samples, rate = frame
    following = _at(file, place + length, 4)
    if place + length > size or (following and following != b"TAG" and _mp3_frame(following) is None):
        raise Unfit("not_audio" if place == 0 else "broken", "mp3")
    first = _at(file, place, length)
    for mark in (b"Xing", b"Info"):
        at = first.find(mark, 4, 48)
        if at > 0 and first[at + 7] & 1:
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
