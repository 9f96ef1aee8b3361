"""Good files, damaged at random: whatever the damage is, there is an answer.

`python -m tests.ingest.hostile.fuzz --seconds 600 --seed 7` looks for more. What kills the probe or the decoder, or
raises what nobody awaits, is kept in `corpus/` and tried by each run of the tests from then on; with `--keep`, so is
one small file for each answer that no kept file has yet.
"""

import argparse
import functools
import hashlib
import itertools
import random
import struct
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from portal import config, db
from portal.ingest import call_details, freepbx, gate, quarantine, vcon
from portal.ingest.call import Refused, Wait
from portal.ingest.content import Content
from portal.ingest.models import Quarantined
from portal.recordings.decoding import Child
from portal.recordings.sound import Unreadable
from portal.start import prepare
from tests.calls import tone
from tests.ingest import deliveries as d
from tests.recordings import sounds

CORPUS = Path(__file__).parent / "corpus"
LARGEST_KEPT = 4096
DIED = ("crash", "timeout", "memory")
MONO = tone(0.3, 1)
EDGES = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)

SOUNDS: dict[str, Callable[[], bytes]] = {
    "alaw": lambda: d.sound(0.3),
    "pcm": lambda: d.encoded("wav", "pcm_s16le", seconds=0.2),
    "adpcm": lambda: d.encoded("wav", "adpcm_ms", seconds=0.3),
    "g722": lambda: sounds.container(MONO, "wav", "g722", rate=16000),
    "wav49": lambda: sounds.gsm(MONO),
    "gsm": lambda: sounds.gsm(MONO, raw=True),
    "mp3": lambda: d.encoded("mp3", "libmp3lame", seconds=0.5),
    "opus": lambda: d.encoded("ogg", "libopus", seconds=0.5, rate=48000),
    "vorbis": lambda: sounds.written(MONO, "OGG", "VORBIS"),
    "flac": lambda: d.encoded("flac", "flac", seconds=0.3),
    "amr": lambda: sounds.container(MONO, "amr", "libopencore_amrnb", bit_rate=12200),
}
TEXTS: dict[str, Callable[[], bytes]] = {
    "vcon": lambda: d.vcon(d.dialog(d.sound(0.05), url="a.wav", content_hash="sha512-AAAA", told=True)),
    "table": lambda: d.cdr(d.detail(d.name()), d.detail(d.name(count=2), userfield="told=yes;speakers=caller,adviser")),
    "name": lambda: d.name().encode(),
}


@functools.cache
def seed(kind: str) -> bytes:
    return (SOUNDS | TEXTS)[kind]()


def damaged(content: bytes, draw: random.Random, other: bytes) -> bytes:
    """`content` with one to five things done to it; most near the beginning, where the headers are."""
    for _ in range(draw.choice((1, 1, 1, 2, 3, 5))):
        if not content:
            return content
        content = draw.choice(DAMAGES)(content, _place(content, draw), draw, other)
    return content


def _place(content: bytes, draw: random.Random) -> int:
    return draw.randrange(min(len(content), draw.choice((16, 64, 256, 1 << 30))))


def _flip(content: bytes, at: int, draw: random.Random, other: bytes) -> bytes:
    return d.patched(content, at, bytes([content[at] ^ 1 << draw.randrange(8)]))


def _byte(content: bytes, at: int, draw: random.Random, other: bytes) -> bytes:
    return d.patched(content, at, bytes([draw.choice(EDGES) & 0xFF]))


def _number(content: bytes, at: int, draw: random.Random, other: bytes) -> bytes:
    form = draw.choice(("<H", ">H", "<I", ">I"))
    made = struct.pack(form, draw.choice(EDGES) & (0xFFFF if form[1] == "H" else 0xFFFFFFFF))
    return d.patched(content, at, made)[: max(len(content), at + len(made))]


def _remove(content: bytes, at: int, draw: random.Random, other: bytes) -> bytes:
    return content[:at] + content[at + draw.randrange(1, 200) :]


def _repeat(content: bytes, at: int, draw: random.Random, other: bytes) -> bytes:
    piece = content[at : at + draw.randrange(1, 200)]
    return content[:at] + piece * draw.randrange(2, 5) + content[at:]


def _noise(content: bytes, at: int, draw: random.Random, other: bytes) -> bytes:
    return content[:at] + draw.randbytes(draw.randrange(1, 60)) + content[at:]


def _cut(content: bytes, at: int, draw: random.Random, other: bytes) -> bytes:
    return content[: draw.randrange(len(content))]


def _graft(content: bytes, at: int, draw: random.Random, other: bytes) -> bytes:
    return content[:at] + other[draw.randrange(max(1, len(other))) :]


DAMAGES = (_flip, _flip, _byte, _byte, _number, _number, _remove, _repeat, _noise, _cut, _graft)


class Ill(Exception):
    """No answer: something died, or raised what nobody awaits."""


class Patients:
    """The probe and the decoder that are given damaged files; used `with`."""

    def __init__(self) -> None:
        self._probe, self._child = gate.Probe(), Child()

    def __enter__(self) -> "Patients":
        return self

    def __exit__(self, *fault: object) -> None:
        self._probe.close()
        self._child.close()

    def answer(self, kind: str, content: bytes) -> str:
        """What the border says of it. Raises Ill."""
        try:
            with Content.of([content]) as opened:
                return self._sound(opened) if kind in SOUNDS else _text(kind, opened, content)
        except Ill:
            raise
        except Exception as error:
            raise Ill(type(error).__name__) from error

    def _sound(self, content: Content) -> str:
        found = self._probe.ask(content)
        if "reason" in found:
            if found["detail"] in DIED:
                raise Ill(found["detail"])
            return f"{found['reason']} {found['detail']}"
        if found["empty"]:
            return "empty"
        try:
            with open(content.handle, "rb", closefd=False) as file:
                _, blocks = self._child.decode(file, content.size, found["format"])
                for _ in blocks:
                    pass
        except Unreadable:
            return f"{found['format']} unreadable"
        return str(found["format"])


def _text(kind: str, opened: Content, content: bytes) -> str:
    if kind == "table":
        try:
            rows = call_details.read(content, whole=True)
        except call_details.NotCallDetails:
            return "no table"
        return f"{min(2, len(rows.found))} rows, {min(2, rows.refused)} refused"
    if kind == "name":
        name = content.decode("utf-8", "backslashreplace")
        if not quarantine.shown_name(Quarantined(name=name)).isprintable():
            raise Ill("shown")
        return "a name" if freepbx.parse(name) else "no name"
    try:
        document = vcon.read(opened)
        beside = {name: opened for name in document.beside}
        return f"{min(2, len(vcon.calls(document, beside)))} calls"
    except Refused as refused:
        return f"{refused.reason} {refused.detail}"
    except Wait:
        return "waits"


def cases(number: int, kinds: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    """Damaged files without end, the same for the same number."""
    draw = random.Random(number)
    for kind in itertools.cycle(kinds):
        yield kind, damaged(seed(kind), draw, seed(draw.choice(kinds)))


def kept() -> list[Path]:
    return sorted(CORPUS.glob("*.bin"))


def kind_of(path: Path) -> str:
    return path.name.partition(".")[0]


def keep(kind: str, content: bytes) -> Path:
    CORPUS.mkdir(exist_ok=True)
    path = CORPUS / f"{kind}.{hashlib.sha256(content).hexdigest()[:12]}.bin"
    path.write_bytes(content)
    return path


def main() -> int:
    """1 when something was found to be ill."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--seed", type=int, default=int(time.time()))
    options.add_argument("--keep", action="store_true")
    given = options.parse_args()
    ends, ill = time.monotonic() + given.seconds, 0
    with tempfile.TemporaryDirectory() as folder, Patients() as patients:
        settings = config.load(folder)
        prepare(settings)
        db.bind(settings)
        db.connect()
        known = {(kind_of(path), patients.answer(kind_of(path), path.read_bytes())) for path in kept()}
        for count, (kind, content) in enumerate(cases(given.seed, (*SOUNDS, *TEXTS))):  # noqa: B007 told after the loop
            if time.monotonic() > ends:
                break
            try:
                answer = (kind, patients.answer(kind, content))
            except Ill as error:
                ill += 1
                print(f"{error}: {keep(kind, content).name}", file=sys.stderr)
                continue
            if given.keep and answer not in known and len(content) <= LARGEST_KEPT:
                known.add(answer)
                keep(kind, content)
    print(f"{count} files, {ill} ill, {len(known)} kinds of answers, seed {given.seed}")
    return bool(ill)


if __name__ == "__main__":
    sys.exit(main())
