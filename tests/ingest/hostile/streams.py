"""Ogg, FLAC, MP3, AMR and GSM, each wrong in the ways its own format allows."""

import struct
from collections.abc import Callable, Iterator

from tests.ingest import deliveries as d
from tests.ingest.hostile import Hostile

MOST = 0xFFFFFFFF
TAILS = {
    "a zip": b"PK\3\4" + bytes(200) + b"PK\5\6" + bytes(18),
    "a page": b"<script>alert(1)</script>" * 9,
    "one byte": b"\xff",
}


def cuts(whole: bytes, ending: str, tail: int = 0) -> Iterator[Hostile]:
    """Cut in the beginning, in the middle and near the end, where nothing of it can be told to be whole."""
    for at in (5, 9, 14, 20, 27, 30, 36, 47, 60, len(whole) // 3, len(whole) // 2, len(whole) - tail - 1):
        yield Hostile(f"{ending} cut at {at}", whole[:at], ending)


# Ogg (RFC 3533), Opus in it (RFC 7845)


def _table() -> list[int]:
    found = []
    for byte in range(256):
        value = byte << 24
        for _ in range(8):
            value = (value << 1 ^ (0x04C11DB7 if value & 0x80000000 else 0)) & MOST
        found.append(value)
    return found


_CRC = _table()


def page(body: bytes, *, flags=0, granule=0, serial=1, number=0, version=0, lacing: bytes | None = None) -> bytes:
    if lacing is None:
        lacing = b"\xff" * (len(body) // 255) + bytes([len(body) % 255])
    head = struct.pack("<4sBBqIII", b"OggS", version, flags, granule, serial, number, 0) + bytes([len(lacing)]) + lacing
    value = 0
    for byte in head + body:
        value = (value << 8 & MOST) ^ _CRC[value >> 24 ^ byte]
    return head[:22] + struct.pack("<I", value) + head[26:] + body


def opus_head(channels=1, skip=0, rate=8000, gain=0, family=0, version=1, rest=b"") -> bytes:
    return b"OpusHead" + struct.pack("<BBHIhB", version, channels, skip, rate, gain, family) + rest


TAGS = b"OpusTags" + struct.pack("<I", 1) + b"x" + struct.pack("<I", 0)
PACKETS = bytes([8]) + b"\xff\xfe" * 20


def opus(head: bytes | None = None, tags: bytes = TAGS, sound: bytes = PACKETS, granule=48000, flags=4) -> bytes:
    return (
        page(opus_head() if head is None else head, flags=2)
        + page(tags, number=1)
        + page(sound, number=2, granule=granule, flags=flags)
    )


def _ogg() -> Iterator[Hostile]:
    whole = d.encoded("ogg", "libopus", rate=48000)
    yield from cuts(whole, "opus")
    for channels in (0, 3, 8, 255):
        yield Hostile(f"opus of {channels} channels", opus(opus_head(channels)), "opus")
    for family in (1, 2, 3, 255):
        yield Hostile(f"opus of family {family}", opus(opus_head(2, family=family, rest=b"\xff" * 5)), "opus", True)
    for version in (0, 2, 16, 255):
        yield Hostile(f"opus version {version}", opus(opus_head(version=version)), "opus", True)
    for skip in (1, 48000, 65535):
        yield Hostile(f"opus that skips {skip}", opus(opus_head(skip=skip)), "opus", True)
    for granule in (-1, 0, 1, -(1 << 63), (1 << 63) - 1, 48000 * 3600 * 24):
        yield Hostile(f"opus that ends at {granule}", opus(granule=granule), "opus", True)
    for length in (8, 9, 10, 11, 12, 18):
        yield Hostile(f"opus with a head of {length}", opus(opus_head()[:length]), "opus", True)
    for at in (8, 13):
        yield Hostile(f"opus whose tags lie at {at}", opus(tags=d.patched(TAGS, at, b"\xff\xff\xff\xff")), "opus", True)
    yield Hostile("opus with a million tags", opus(tags=TAGS[:-4] + struct.pack("<I", 10**6) + bytes(60)), "opus", True)
    yield Hostile("opus without tags", page(opus_head(), flags=2) + page(PACKETS, granule=9, flags=4), "opus", True)
    yield Hostile("opus with nothing in it", page(opus_head(), flags=6), "opus", True)
    yield Hostile("opus whose sound is noise", opus(sound=bytes(range(256)) * 9), "opus", True)
    yield Hostile("opus whose frames say 120 ms", opus(sound=b"\xff\x3f" + b"\0" * 100), "opus", True)
    yield Hostile("opus in pages of nothing", whole + page(b"", lacing=b"") * 3, "opus")
    body = b"".join(page(b"", lacing=b"", number=n) for n in range(2, 12_000))
    yield Hostile("opus with 12,000 empty pages", opus()[: len(opus()) // 2] + body, "opus")
    yield Hostile("opus with a book before the sound", _stuffed(), "opus")
    for version in (1, 255):
        yield Hostile(f"an ogg page of version {version}", page(opus_head(), flags=2, version=version), "ogg", True)
    for flags in (0, 1, 3, 7, 255):
        yield Hostile(f"an ogg page with flags {flags}", page(opus_head(), flags=flags), "ogg", True)
    yield Hostile("an ogg page of 255 long pieces", page(opus_head(), lacing=b"\xff" * 255), "ogg")
    yield Hostile("two streams in turns", page(opus_head(), flags=2) + page(opus_head(), flags=2, serial=2), "ogg")
    yield Hostile("two streams one after the other", whole + opus(), "ogg")
    for mark in (
        b"\x01vorbis",
        b"\x80theora",
        b"Speex   ",
        b"\x7fFLAC\x01\0",
        b"fishead\0",
        b"\x89PNG\r\n",
        b"PCM     ",
        b"",
    ):
        content = page(mark + bytes(60), flags=2) + page(bytes(90), granule=900, flags=4, number=1)
        yield Hostile(f"ogg of {mark!r}", content, "ogg", harmless=mark == b"Speex   ")
    for rate in (0, 1, 7999, MOST):
        head = b"\x01vorbis" + struct.pack("<IBIiiiBB", 0, 1, rate, 0, 0, 0, 0xB8, 1)
        yield Hostile(f"vorbis of {rate} Hz", page(head, flags=2) + page(bytes(90), granule=9, flags=4), "ogg")
    for name, tail in TAILS.items():
        yield Hostile(f"opus with {name} after it", whole + tail, "opus")


def _stuffed() -> bytes:
    pages = [page(b"\xff" * 60_000, number=n) for n in range(1, 7)]
    return page(opus_head(), flags=2) + b"".join(pages) + page(PACKETS, granule=960, flags=4, number=8)


# FLAC (RFC 9639)


def block(kind: int, body: bytes, *, last=False, said: int | None = None) -> bytes:
    return bytes([kind | (0x80 if last else 0)]) + (len(body) if said is None else said).to_bytes(3, "big") + body


def streaminfo(rate=8000, channels=1, bits=16, samples=0, least=4096, most=4096) -> bytes:
    packed = rate << 44 | (channels - 1) << 41 | (bits - 1) << 36 | samples
    return struct.pack(">HH", least, most) + bytes(6) + packed.to_bytes(8, "big") + bytes(16)


def _flac() -> Iterator[Hostile]:
    whole = d.encoded("flac", "flac")
    start = whole.index(b"\xff\xf8")
    frames = whole[start:]

    def with_info(**values) -> bytes:
        return b"fLaC" + block(0, streaminfo(**({"channels": 2} | values)), last=True) + frames

    yield from (c for c in cuts(whole, "flac") if len(c.content) < start + 40)
    for rate in (0, 1, 7999, 48001, 655350, 1048575):
        yield Hostile(f"flac of {rate} Hz", with_info(rate=rate), "flac")
    for channels in (3, 8):
        yield Hostile(f"flac of {channels} channels", with_info(channels=channels), "flac")
    for bits in (1, 3, 8, 24, 32):
        yield Hostile(f"flac of {bits} bits", with_info(bits=bits), "flac", True)
    for samples in (1, 100, 10**6, (1 << 36) - 1):
        yield Hostile(f"flac that says {samples} samples", with_info(samples=samples), "flac")
    for least, most in ((0, 0), (0, 65535), (65535, 0), (15, 15), (1, 65535)):
        yield Hostile(f"flac of blocks {least} to {most}", with_info(least=least, most=most), "flac", True)
    info = block(0, streaminfo(channels=2))
    for kind in (1, 2, 3, 4, 5, 6, 7, 64, 126):
        made = b"fLaC" + info + block(kind, b"\xff" * 90, last=True) + frames
        yield Hostile(f"flac with noise in block {kind}", made, "flac", True)
        lies = b"fLaC" + info + block(kind, bytes(90), last=True, said=(1 << 24) - 1) + frames
        yield Hostile(f"flac whose block {kind} says 16 MB", lies, "flac")
    yield Hostile("flac with a block of no kind", b"fLaC" + info + block(127, b"", last=True) + frames, "flac")
    yield Hostile("flac whose header is last", b"fLaC" + block(1, bytes(9)) + block(0, streaminfo(), last=True), "flac")
    yield Hostile("flac with two headers", b"fLaC" + info + block(0, streaminfo(), last=True) + frames, "flac")
    yield Hostile("flac with a short header", b"fLaC" + block(0, streaminfo()[:20], last=True) + frames, "flac")
    yield Hostile("flac without sound", b"fLaC" + block(0, streaminfo(), last=True), "flac", True)
    yield Hostile("flac whose sound is noise", whole[:start] + bytes(range(256)) * 30, "flac")
    yield Hostile("flac of ones", whole[:start] + b"\xff\xf8" * 4000, "flac")
    yield Hostile("flac without an end to its headers", b"fLaC" + info + block(1, b"") * 70_000, "flac")
    yield Hostile("flac with a book", b"fLaC" + info + block(4, bytes(1 << 20), last=True) + frames, "flac")
    yield Hostile("flac with a picture", b"fLaC" + info + block(6, _picture(), last=True) + frames, "flac")


def _picture() -> bytes:
    png = b"\x89PNG\r\n\x1a\n" + bytes(50)
    return struct.pack(">II", 3, 9) + b"image/png" + struct.pack(">IIIIII", 0, 1, 1, 24, 0, len(png)) + png


# MP3


def _mp3() -> Iterator[Hostile]:
    whole = d.encoded("mp3", "libmp3lame", seconds=4)
    start = next(at for at in range(len(whole)) if whole[at] == 0xFF and whole[at + 1] & 0xE0 == 0xE0)
    bare = whole[start:]
    yield from (c for c in cuts(whole, "mp3") if len(c.content) < start + 100)
    for size in (b"\x7f\x7f\x7f\x7f", b"\xff\xff\xff\xff", b"\0\0\x7f\x7f", b"\0\0\0\1"):
        yield Hostile(f"mp3 whose tag says {size.hex()}", b"ID3\4\0\0" + size + bytes(30) + bare, "mp3")
    for flags in (0x10, 0x40, 0x80, 0xFF):
        made = b"ID3\4\0" + bytes([flags]) + b"\0\0\0\x1e" + b"\xff" * 30 + bare
        yield Hostile(f"mp3 whose tag has flags {flags:#x}", made, "mp3", True)
    for name in (b"GEOB", b"APIC", b"TXXX", b"WXXX", b"CHAP", b"\0\0\0\0"):
        frame = name + b"\x7f\x7f\x7f\x7f\0\0" + b"\xff" * 40
        made = b"ID3\4\0\0" + bytes([0, 0, 0, len(frame)]) + frame + bare
        yield Hostile(f"mp3 with a lying {name!r}", made, "mp3", True)
    yield Hostile("mp3 with a book", b"ID3\4\0\0\0\x40\0\0" + bytes(1 << 20) + bare, "mp3")
    yield Hostile("mp3 that is only a tag", b"ID3\4\0\0\0\0\0\x14" + bytes(20), "mp3")
    for second in (0xE0, 0xE8, 0xF0, 0xF8, 0xF9, 0xFC, 0xFD, 0xFE, 0xFF):
        yield Hostile(f"mp3 of no layer {second:#x}", d.patched(bare, 1, bytes([second])), "mp3")
    for third in (0x00, 0x0C, 0xF0, 0xFC, 0xFF):
        yield Hostile(f"mp3 of no rate {third:#x}", d.patched(bare, 2, bytes([third])), "mp3")
    mark = next(at for m in (b"Xing", b"Info") if (at := bare.find(m)) > 0)
    for frames in (0, 1, 10**6, MOST):
        made = d.patched(bare, mark + 4, struct.pack(">II", 1, frames))
        yield Hostile(f"mp3 that says {frames} frames", made, "mp3", harmless=frames == 0)
    yield Hostile("mp3 whose count is out of its frame", bare[: mark + 6], "mp3")
    yield Hostile("mp3 one frame long", bare[:72], "mp3")
    yield Hostile("mp3 of ones", b"\xff" * 5000, "mp3")
    yield Hostile("mp3 that is nothing but marks", b"\xff\xfb" * 3000, "mp3")
    other = d.encoded("mp3", "libmp3lame", channels=1)
    yield Hostile("mp3 of two rates and channels", bare + other, "mp3")
    yield Hostile("mp3 with a tag in the middle", bare + b"ID3\4\0\0\0\0\0\0" + bare, "mp3")
    for name, tail in TAILS.items():
        yield Hostile(f"mp3 with {name} after it", whole + tail, "mp3")
    yield Hostile("mp3 with two tags after it", whole + (b"TAG" + bytes(125)) * 2, "mp3")
    yield Hostile("mp3 with an old tag after it", whole + b"APETAGEX" + bytes(200), "mp3")
    yield Hostile("mp3 with a page before it", b"<html></html>" + whole, "mp3")


# AMR (RFC 4867 §5), GSM


def _amr() -> Iterator[Hostile]:
    for mark, rate in ((b"#!AMR\n", "nb"), (b"#!AMR-WB\n", "wb")):
        yield Hostile(f"amr-{rate} of nothing", mark, "amr", True)
        for kind in range(16):
            frame = bytes([kind << 3 | 4]) + b"\xa5" * 200
            yield Hostile(f"amr-{rate} of kind {kind} and noise", mark + frame, "amr")
        for head in (0x01, 0x02, 0x80, 0xFF):
            yield Hostile(f"amr-{rate} with {head:#x} before a frame", mark + bytes([head]) * 90, "amr")
        for name, tail in TAILS.items():
            frame = bytes([4]) + bytes(12 if rate == "nb" else 17)
            yield Hostile(f"amr-{rate} with {name} after it", mark + frame * 20 + tail, "amr")
        yield Hostile(f"amr-{rate} cut", mark + b"\x04\0\0\0", "amr")
    yield Hostile("amr of two channels", b"#!AMR_MC1.0\n\0\0\0\2" + bytes(90), "amr")


def _gsm() -> Iterator[Hostile]:
    frame = b"\xd2" + bytes(32)
    yield Hostile("gsm of one byte", b"\xd2", "gsm")
    for rest in (1, 16, 32):
        yield Hostile(f"gsm with {rest} more", frame * 50 + frame[:rest], "gsm")
    for at in (1, 499, 500, 501, 40_000):
        made = d.patched(frame * (at + 10), at * 33, b"\x52")
        yield Hostile(f"gsm that is something else after {at}", made, "gsm")
    yield Hostile("gsm of noise", b"\xd5" * 33 * 40, "gsm", True)
    for name, tail in TAILS.items():
        yield Hostile(f"gsm with {name} after it", frame * 40 + (tail * 33)[: len(tail) // 33 * 33 + 33], "gsm")


def files() -> Iterator[Hostile]:
    kinds: tuple[Callable[[], Iterator[Hostile]], ...] = (_ogg, _flac, _mp3, _amr, _gsm)
    for made in kinds:
        yield from made()
