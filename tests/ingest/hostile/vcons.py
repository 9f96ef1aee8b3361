"""vCons that climb out of their folder, nest, repeat, lie about their sound, or hold what their fields never should."""

import base64
import json
from collections.abc import Iterator

from tests.ingest import deliveries as d
from tests.ingest.hostile import Hostile

ODD: dict[str, object] = {
    "null": None,
    "true": True,
    "a number": -1,
    "a huge number": 10**400,
    "a long text": "x" * 70_000,
    "half a character": "\ud800\x00\u202e",
    "a list": [[[[]]], {}, None, "\x00"],
    "an object": {"": {"": {}}, "__proto__": 1},
}
OF_DIALOG = (
    *("start", "duration", "parties", "originator", "mediatype", "encoding", "body", "url", "content_hash"),
    *("told", "queue", "skill", "alg", "type"),
)
OF_TOP = (
    "vcon",
    "uuid",
    "parties",
    "dialog",
    "subject",
    "attachments",
    "critical",
    "analysis",
    "group",
    "told",
    "queue",
)
PLACES = (
    *("../secret.wav", "../../secret.wav", "/etc/passwd", "file:///etc/passwd", "..", ".", "/", "a/../../secret.wav"),
    *("%2e%2e/secret.wav", "..%2fsecret.wav", "%2e%2e%2fsecret.wav", "..\\secret.wav", "%00", "secret.wav%00.wav"),
    *(
        "http://127.0.0.1:9/secret.wav",
        "https://[::1",
        "ftp://127.0.0.1/x.wav",
        "//127.0.0.1/share/x.wav",
        "\\\\host\\x",
        "../../../../../guarded/secret.wav",
        "link/../link/secret.wav",
    ),
    *("data:audio/wav;base64,AAAA", "x" * 300 + ".wav", ".hidden.wav", "~/.ssh/id_rsa", "link.wav", "link/secret.wav"),
    *("proc:/self/environ", "concat:/etc/passwd", "pipe:0", "\ud800.wav", "a\nb.wav", "CON", "nul.wav"),
)


def _json(top: object) -> bytes:
    return json.dumps(top).encode()


def _whole(*dialogs: object, **top: object) -> bytes:
    return _json(json.loads(d.vcon()) | {"dialog": list(dialogs)} | top)


def _raw() -> Iterator[tuple[str, bytes]]:
    good = d.vcon(d.dialog(d.sound(0.2)))
    yield "nothing", b""
    yield "half", good[: len(good) // 2]
    yield "not text", b"\xff\xfe\xfd" * 50
    yield "nested a hundred thousand deep", b"[" * 100_000
    yield "objects nested deep", b'{"a":' * 5000 + b"1" + b"}" * 5000
    yield "nested just too deep", b'{"dialog":' + b"[" * 70 + b"]" * 70 + b"}"
    yield "a million values", b'{"dialog":[' + b"0," * 600_000 + b"0]}"
    yield "a number of a million digits", b'{"dialog":[],"parties":[],"x":' + b"9" * 1_000_000 + b"}"
    yield "not a number", b'{"dialog":[],"parties":[],"x":NaN}'
    yield "infinity", b'{"dialog":[],"parties":[],"x":-Infinity}'
    yield "two of them", good + good
    yield "a list", b"[" + good + b"]"
    yield "a text", b'"vcon"'
    yield "no recording", d.vcon({"type": "text", "body": "hej"})
    yield "signed", b'{"payload":"e30","signatures":[{"signature":"x"}]}'
    yield "signed in one line", b"eyJhbGciOiJub25lIn0.e30."
    yield "encrypted", b'{"ciphertext":"x","iv":"y"}'
    yield "encrypted in one line", b"eyJhbGciOiJkaXIifQ..a.b.c"
    yield "demanding", d.vcon(d.dialog(d.sound(0.2)), critical=["run"])
    yield "a key twice", b'{"dialog":[],' + good[1:-1] + b',"dialog":[{"type":"recording"}]}'
    yield "a list of a thousand recordings without sound", _whole(*[{"type": "recording"}] * 1000)


def _bodies() -> Iterator[tuple[str, dict[str, object]]]:
    yield "no base64", {"body": "åäö!"}
    yield "base64 of one letter", {"body": "A"}
    yield "base64 with a hole", {"body": "AAAA\u2028=AAA=="}
    yield "base64 of base64", {"body": base64.b64encode(base64.b64encode(d.sound(0.2))).decode()}
    yield "base64 of a program", {"body": base64.b64encode(b"\x7fELF" + bytes(500)).decode()}
    yield "another's fingerprint", {"content_hash": "sha512-" + "A" * 86}
    yield "a fingerprint of no kind", {"content_hash": "md5-AAAA"}
    yield "an empty fingerprint", {"content_hash": ["sha512-"]}
    yield "a fingerprint that never ends", {"content_hash": "sha256-" + "a" * 100_000}


def files() -> Iterator[Hostile]:
    count = iter(range(10**6))

    def made(name: str, content: bytes, harmless: bool = False) -> Hostile:
        return Hostile(f"vcon {name}", content, "vcon", harmless, f"v{next(count)}.vcon")

    for name, content in _raw():
        yield made(name, content)
    for place in PLACES:
        yield made(f"whose sound is at {place[:40]!r}", _whole(d.dialog(url=place)))
    for name, values in _bodies():
        yield made(f"with {name}", _whole(d.dialog(d.sound(0.2)) | values))
    for field in OF_DIALOG:
        for name, value in ODD.items():
            content = _whole(d.dialog(d.sound(0.2)) | {field: value}, uuid=f"{field} {name}")
            yield made(f"with {name} for its {field}", content, harmless=True)
    for field in OF_TOP:
        for name, value in ODD.items():
            own = {"uuid": f"top {field} {name}"} | {field: value}
            content = _json(json.loads(d.vcon(d.dialog(d.sound(0.2)))) | own)
            yield made(f"with {name} for {field}", content, harmless=True)
