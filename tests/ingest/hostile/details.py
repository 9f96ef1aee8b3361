"""Call detail records that are no table, or one that a reader of tables chokes on."""

from collections.abc import Iterator

from tests.ingest import deliveries as d
from tests.ingest.hostile import Hostile

HEAD = ",".join(d.CDR)


def _tables() -> Iterator[tuple[str, bytes]]:
    row = ",".join(["x"] * len(d.CDR))
    yield "nothing but a head", HEAD.encode() + b"\n"
    yield "noise", bytes(range(256)) * 20
    yield "zeros", HEAD.encode() + b"\n" + bytes(5000) + b"\n"
    yield "a quote that never ends", (HEAD + '\n"' + "x" * 200_000).encode()
    yield "a field of a million", (HEAD + "\n" + "x" * 1_000_000 + "\n").encode()
    yield "a hundred thousand columns", (HEAD + "," * 100_000 + "\n" + row + "\n").encode()
    yield "the same column twice", (HEAD + ",uniqueid,uniqueid\n" + row + "\n").encode()
    yield "formulas", (HEAD + "\n" + ",".join(["=cmd|' /C calc'!A0"] * len(d.CDR)) + "\n").encode()
    yield "statements", (HEAD + "\n" + ",".join(["'; DROP TABLE recording; --"] * len(d.CDR)) + "\n").encode()
    yield "utf-16 cut in half", b"\xff\xfe" + HEAD.encode("utf-16-le")[:-1]
    yield "utf-16 of half characters", b"\xff\xfe" + b"\x00\xd8" * 500
    yield "another table", b"name;price\nchair;10\n"
    yield "a page", b"<html><table><tr><td>uniqueid</td></tr></table></html>"
    yield "old line ends", (HEAD + "\r" + row + "\r").encode()
    yield "no line end", (HEAD + "\n" + row).encode()
    for name, value in {
        "a time before all": "0001-01-01 00:00:00",
        "a time after all": "9999-12-31 23:59:59",
        "a time of no day": "2026-02-30 10:00:00",
        "a time in a zone": "2026-11-10T10:00:00+99:00",
        "signs of other scripts": "٢٠٢٦-١١-١٠ ١٠:٠٠:٠٠",
    }.items():
        yield name, d.cdr(d.detail(d.name(count=7)) | {"calldate": value})
    for name, values in {
        "a huge duration": {"duration": "9" * 400, "billsec": "9" * 400},
        "a duration below nothing": {"duration": "-1", "billsec": "-99999999999"},
        "durations in other digits": {"duration": "٣", "billsec": "²"},
        "an id without end": {"uniqueid": "9" * 100_000},
        "an id before time": {"uniqueid": "000000000.1"},
        "an id after time": {"uniqueid": "99999999999.9999999999"},
        "a recording that climbs": {"recordingfile": "../../../../etc/passwd"},
        "a recording with no name": {"recordingfile": "....//\\\\.."},
        "signs that cannot be shown": {"src": "\x00\x1b[2J\u202e", "userfield": "told=yes\x00told=no"},
        "speakers without end": {"userfield": "speakers=" + "adviser," * 50_000},
    }.items():
        yield name, d.cdr(d.detail(d.name(count=7)) | values)


def files() -> Iterator[Hostile]:
    for number, (name, content) in enumerate(_tables()):
        yield Hostile(f"table of {name}", content, "csv", True, f"c{number}.csv")
