"""Names that would mean something to a shell, a page, a terminal, a spreadsheet or another file system."""

from collections.abc import Iterator

from tests.ingest import deliveries as d
from tests.ingest.hostile import Hostile

NAMES: tuple[str | bytes, ...] = (
    *("-rf.wav", "--help.wav", "$(id).wav", "`id`.wav", "|id.wav", "; rm -rf x.wav", "&& id.wav", "*.wav", "?.wav"),
    *("a\nb.wav", "a\tb.wav", "a\rb.wav", "\x1b[2J.wav", "\x07.wav", "\u202egnp.wav", "\ufeffx.wav", "\u2028x.wav"),
    *("=cmd|'x'!A0.wav", "@SUM(1).wav", "+1.wav", "<script>alert(1)<script>.wav", "%2e%2e%2fx.wav"),
    *("..wav", "...wav", "x.wav.", "x.wav ", " x.wav", "x", "x.", "CON.wav", "nul", "x:stream.wav", "x\\..\\y.wav"),
    *("{{7*7}}.wav", "${7*7}.wav", "%s%s%n.wav", "'; DROP TABLE recording; --.wav", "é.wav", "e\u0301.wav"),
    *("q-2001-x-20261310-101530-1794298530.1.wav", "q-2001-x-99999999-999999-99999999999.9.wav", "q" * 251 + ".wav"),
    *("q-" + "9" * 200 + "-x-20261110-101530-1794298530.1.wav", "q----------.wav", "a.php.wav", "a.wav.php", "x.wav~"),
    *("\U0001f98a.wav", b"\xff\xfe.wav", b"\xe5\xe4\xf6.wav", b"\xed\xa0\x80.wav", b"\xc0\xae\xc0\xae.wav", b"x\x80y"),
)


def files() -> Iterator[Hostile]:
    for name in NAMES:
        yield Hostile(f"called {name!r}"[:60], d.sound(0.1), file=name, harmless=True)
