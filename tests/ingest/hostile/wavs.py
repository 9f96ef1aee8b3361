"""RIFF whose headers lie, overlap, repeat themselves, or end nowhere."""

import itertools
import struct
from collections.abc import Iterator

from tests.ingest import deliveries as d
from tests.ingest.hostile import Hostile

SOUND = bytes(range(256)) * 16
TAGS = (
    *(0, 2, 5, 8, 9, 0x10, 0x11, 0x14, 0x17, 0x20, 0x22, 0x31, 0x34, 0x42, 0x45, 0x50, 0x55, 0x61, 0x64, 0x69, 0x70),
    *(0xFF, 0x160, 0x161, 0x162, 0x163, 0x270, 0x401, 0x1500, 0x2000, 0x2001, 0x566F, 0x674F, 0xA106, 0xF1AC, 0xFFFF),
)
MOST = 0xFFFFFFFF


def chunk(name: bytes, body: bytes, said: int | None = None) -> bytes:
    return name + struct.pack("<I", len(body) if said is None else said) + body + bytes(len(body) & 1)


def fmt(tag=1, channels=1, rate=8000, bits=16, block=None, per_second=None, rest=b"") -> bytes:
    block = channels * -(-bits // 8) % 65536 if block is None else block
    per_second = rate * block & MOST if per_second is None else per_second
    return struct.pack("<HHIIHH", tag, channels, rate, per_second, block, bits) + rest


def riff(*chunks: bytes, said: int | None = None, kind: bytes = b"WAVE", mark: bytes = b"RIFF") -> bytes:
    body = kind + b"".join(chunks)
    return mark + struct.pack("<I", len(body) if said is None else said) + body


def plain(data: bytes = SOUND, said: int | None = None, **values) -> bytes:
    return riff(chunk(b"fmt ", fmt(**values)), chunk(b"data", data, said))


def _formats() -> Iterator[Hostile]:
    for tag in TAGS:
        yield Hostile(f"tag {tag:#x}", plain(tag=tag, block=64, per_second=8000), harmless=True)
        if tag not in (0x31, 0x11, 2, 0x64, 0x45, 0x14, 0x55, 0x50):
            yield Hostile(f"tag {tag:#x} with an extension", riff(chunk(b"fmt ", fmt(tag, rest=b"\xff" * 48)), SOUND))
    for channels in (0, 3, 4, 6, 8, 16, 255, 256, 32768, 65535):
        yield Hostile(f"{channels} channels", plain(channels=channels))
    for rate in (0, 1, 7999, 48001, 96000, 192000, 1 << 31, MOST):
        yield Hostile(f"{rate} Hz", plain(rate=rate))
    for bits in (0, 1, 7, 9, 12, 20, 33, 40, 64, 65535):
        yield Hostile(f"{bits} bits", plain(bits=bits), harmless=True)
    for block in (0, 1, 3, 4, 65535):
        yield Hostile(f"blocks of {block}", plain(block=block))
    for per_second in (0, 1, 15999, MOST):
        yield Hostile(f"{per_second} bytes a second", plain(per_second=per_second))
    for length in (0, 1, 2, 13, 14, 15):
        yield Hostile(f"a header of {length}", riff(chunk(b"fmt ", fmt()[:length]), chunk(b"data", SOUND)))
    for said in (MOST, 1 << 31, 4000, 17):
        content = riff(chunk(b"fmt ", fmt(), said), chunk(b"data", SOUND))
        yield Hostile(f"a header that says it has {said}", content)
    for rest in (b"\x16\0\x10\0\3\0\0\0" + bytes(16), b"\xff\xff" * 12, b"\x16\0" + b"\0" * 22):
        content = riff(chunk(b"fmt ", fmt(0xFFFE, rest=rest)), chunk(b"data", SOUND))
        yield Hostile(f"extensible {rest[:4].hex()}", content, harmless=True)


def _lengths() -> Iterator[Hostile]:
    whole = plain()
    size = len(SOUND)
    for said in (0, 1, size - 2, size - 1, size + 1, size + 2, 1 << 31, (1 << 31) - 1, MOST - 8, MOST - 1, MOST):
        yield Hostile(f"sound that says it has {said}", plain(said=said), harmless=said == size - 1)
    for said in (0, 1, 4, 36, len(whole), len(whole) * 2, 1 << 31, MOST):
        yield Hostile(f"riff that says it has {said}", d.patched(whole, 4, struct.pack("<I", said)))
    for length in (*range(45, 62), 100, 1000, len(whole) - 1, len(whole) - 2, len(whole) - 1000):
        yield Hostile(f"cut at {length}", whole[:length])
    for length in (1, 2, 3, 4, 5, 8, 11, 12, 20, 36, 43, 44):
        yield Hostile(f"cut within its first header at {length}", whole[:length], harmless=True)


def _chunks() -> Iterator[Hostile]:
    head, sound = chunk(b"fmt ", fmt()), chunk(b"data", SOUND)
    yield Hostile("no header", riff(sound))
    yield Hostile("no sound", riff(head, chunk(b"LIST", bytes(500))))
    yield Hostile("sound before its header", riff(sound, head), harmless=True)
    yield Hostile("two sounds", riff(head, sound, sound))
    yield Hostile("two headers", riff(head, chunk(b"fmt ", fmt(channels=2)), sound))
    yield Hostile("two headers, the second after the sound", riff(head, sound, chunk(b"fmt ", fmt(channels=65535))))
    for said in (0, 1, 4095, MOST):
        fact = chunk(b"fact", struct.pack("<I", said))
        yield Hostile(f"a fact of {said}", riff(chunk(b"fmt ", fmt(0x11, block=64)), fact, sound), harmless=True)
    yield Hostile("a fact cut off", riff(head) + b"fact" + struct.pack("<I", 4) + b"\0\0")
    yield Hostile("8,000 empty chunks", riff(head, *[chunk(b"junk", b"")] * 8000, sound), harmless=True)
    yield Hostile("a million empty chunks", riff(head, chunk(b"junk", b"") * 1_000_000, sound))
    yield Hostile("a book beside the sound", riff(head, chunk(b"LIST", b"INFO" + bytes(1 << 20)), sound))
    yield Hostile("a book after the sound", riff(head, sound, chunk(b"id3 ", bytes(1 << 20))))
    yield Hostile("many short books", riff(head, sound, *[chunk(b"note", bytes(4000))] * 100))
    for name in (b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7fELF", b"dat\xe5"):
        yield Hostile(f"a chunk called {name.hex()}", riff(head, chunk(name, bytes(20)), sound))
    for said in (MOST - 7, MOST - 15, MOST, 1 << 31):
        yield Hostile(f"a chunk that goes round to {said}", riff(head, chunk(b"junk", b"", said), sound))
    yield Hostile("riff in riff", riff(head, chunk(b"data", plain())), harmless=True)
    yield Hostile("a list of waves", riff(head, chunk(b"LIST", b"wavl" + sound)))
    for mark, kind in itertools.product((b"RIFX", b"RF64", b"BW64", b"FFIR", b"riff"), (b"WAVE",)):
        yield Hostile(f"{mark.decode()} {kind.decode()}", riff(head, sound, mark=mark, kind=kind))
    for kind in (b"AVI ", b"WEBP", b"RMID", b"ACON", b"CDXA", b"wave", b"WAV\0"):
        yield Hostile(f"RIFF {kind!r}", riff(head, sound, kind=kind))
    yield Hostile("sixty-four bits long", riff(chunk(b"ds64", b"\xff" * 28), head, sound, mark=b"RF64", said=MOST))


def _tails() -> Iterator[Hostile]:
    whole = plain()
    tails = {
        "a zip": b"PK\3\4" + bytes(200) + b"PK\5\6" + bytes(18),
        "a page": b"<html><script>alert(1)</script></html>",
        "a PDF": b"%PDF-1.7\n%%EOF",
        "a program": b"MZ" + bytes(300),
        "another recording": whole,
        "one byte": b"x",
        "three bytes": b"xyz",
        "zeros": bytes(5000),
        "half a chunk": b"LIST\xff\xff",
    }
    for name, tail in tails.items():
        yield Hostile(f"{name} after it", whole + tail)


def files() -> Iterator[Hostile]:
    for made in (_formats, _lengths, _chunks, _tails):
        yield from made()
