"""vCon (IETF draft-ietf-vcon-vcon-core, 0.4.0 and older): calls as JSON. Lenient in what is read.

Only dialogs of type `recording` are taken; several in one vCon are several recordings of one
conversation. Nothing is fetched: a `url` names a file beside the vCon, or the vCon is refused. A
signed or encrypted vCon cannot be verified or opened here, and is refused as such.

Which party is the city's is seen by its number (a queue's, an adviser's extension) or its `role`.
Two names are the portal's own: `told` (true or false, in the dialog or at the top), whether the caller
was told of the recording, and `queue` beside it, the service number. An attachment of type or purpose
`consent` says that the caller was told.
"""

import base64
import binascii
import contextlib
import dataclasses
import datetime as dt
import email.utils
import hashlib
import json
import math
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from portal import clock
from portal.ingest import gate, lines
from portal.ingest.call import Call, Refused, Wait
from portal.ingest.content import Content, NotAFile, Unreadable
from portal.ingest.models import Reason
from portal.recordings.models import Direction

SOURCE = "vcon"
ENDINGS = frozenset(("vcon", "json"))

LARGEST = 128 << 20
"""Bytes of JSON: an hour of stereo A-law in base64 is 77 MB."""
MOST_VALUES = 500_000
"""Brackets and commas outside of what a base64 body can hold: what bounds the memory a parse takes."""
DEEPEST = 64
LONGEST_SUBJECT = 200
LONGEST_PART = 255
"""Bytes of a file's name (NAME_MAX of Linux)."""
EXTENSIONS_KNOWN: frozenset[str] = frozenset()
"""What a `critical` entry may demand."""

AGENT_ROLES = frozenset(("agent", "adviser", "advisor", "supervisor", "sme"))
COMPACT = re.compile(rb"\s*eyJ[\w-]*(?:\.[\w-]*)+\s*")
HASHES = {"sha512": hashlib.sha512, "sha384": hashlib.sha384, "sha256": hashlib.sha256}


@dataclasses.dataclass(frozen=True)
class Document:
    """A vCon that could be read."""

    top: dict[str, Any]
    digest: str
    """SHA-256 of the delivered bytes."""

    @property
    def id(self) -> str:
        """Its own uuid; the digest for the many that lack one."""
        return _text(self.top.get("uuid"))[:100] or self.digest

    @property
    def recordings(self) -> list[tuple[int, dict[str, Any]]]:
        """The dialogs that are recordings, with their place."""
        return [(i, d) for i, d in enumerate(_list(self.top.get("dialog"))) if _is_recording(d)]

    @property
    def beside(self) -> list[str]:
        """Names of the files that recordings point at, each once, in order. Raises Refused(REMOTE)."""
        names = [place(dialog) for _, dialog in self.recordings if not dialog.get("body")]
        return list(dict.fromkeys(name for name in names if name))


def _is_recording(dialog: Any) -> bool:
    return isinstance(dialog, dict) and dialog.get("type") == "recording"


def read(content: Content) -> Document:
    """Parse within bounds. Raises Refused: TOO_LARGE, BAD_JSON, SIGNED, ENCRYPTED, CRITICAL, NO_CONTENT."""
    if content.size > min(LARGEST, gate.largest()):
        raise Refused(Reason.TOO_LARGE)
    raw = content.read()
    if raw[:8].lstrip()[:3] == b"eyJ" and COMPACT.fullmatch(raw):
        raise Refused(Reason.ENCRYPTED if raw.count(b".") == 4 else Reason.SIGNED)
    top = _parse(raw)
    if "payload" in top and ("signatures" in top or "signature" in top):
        raise Refused(Reason.SIGNED)
    if "ciphertext" in top:
        raise Refused(Reason.ENCRYPTED)
    demanded = [*_list(top.get("critical")), *_list(top.get("must_support"))]
    if any(not isinstance(name, str) or name not in EXTENSIONS_KNOWN for name in demanded):
        raise Refused(Reason.CRITICAL)
    document = Document(top, hashlib.sha256(raw).hexdigest())
    if not isinstance(top.get("dialog"), list) and not isinstance(top.get("parties"), list):
        raise Refused(Reason.BAD_JSON, "no_vcon")
    if not document.recordings:
        raise Refused(Reason.NO_CONTENT, "no_recording")
    return document


def _parse(raw: bytes) -> dict[str, Any]:
    if raw.count(b"[") + raw.count(b"{") + raw.count(b",") > MOST_VALUES:
        raise Refused(Reason.BAD_JSON, "too_many")
    try:
        top = json.loads(raw, parse_constant=_no_constant)
    except RecursionError as error:
        raise Refused(Reason.BAD_JSON, "too_deep") from error
    except ValueError as error:  # JSONDecodeError, UnicodeDecodeError, a number of 5,000 digits
        raise Refused(Reason.BAD_JSON) from error
    if not isinstance(top, dict):
        raise Refused(Reason.BAD_JSON, "no_vcon")
    level: list[Any] = [top]
    for _ in range(DEEPEST):
        level = [child for node in level for child in _children(node)]
        if not level:
            return top
    raise Refused(Reason.BAD_JSON, "too_deep")


def _children(node: Any) -> Iterator[Any]:
    values = node.values() if isinstance(node, dict) else node
    return (value for value in values if isinstance(value, dict | list))


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def calls(document: Document, beside: dict[str, Content]) -> list[Call]:
    """Every recording of the vCon. `beside` holds what `Document.beside` names.

    Raises Refused when any of them cannot be taken: a vCon comes in whole or not at all, so that no
    copy of a recording lies in quarantine beside the recording.
    """
    return [_call(document, number, dialog, beside) for number, dialog in document.recordings]


def _call(document: Document, number: int, dialog: dict[str, Any], beside: dict[str, Content]) -> Call:
    started_at = start(dialog)
    if started_at is None:
        raise Refused(Reason.BAD_TIME)
    parties = [p for p in _parties(document.top, dialog) if p is not None]
    ours = [p for p in parties if _is_ours(p)]
    theirs = [p for p in parties if p not in ours]
    origin = _party(document.top, dialog.get("originator", _first(dialog.get("parties"))))
    extension = next((n for p in ours for n in _numbers(p) if lines.adviser(n)), None)
    named = (_text(dialog.get("queue")), _text(document.top.get("queue")), _text(dialog.get("skill")))
    return Call(
        source=SOURCE,
        source_id=f"{document.id}#{number}",
        content=_content(dialog, beside),
        started_at=started_at,
        length_ms=_length(dialog.get("duration")),
        lines=tuple(n for n in (*named, *(n for p in parties for n in _numbers(p))) if n),
        direction=_direction(origin, ours, theirs),
        number=next((n for p in theirs for n in _numbers(p)), None),
        extension=extension or next((n for p in ours for n in _numbers(p) if n.isdigit() and len(n) <= 6), None),
        told=_told(document.top, dialog),
        conversation=document.id,
        subject=lines.clean(_text(document.top.get("subject"))).strip()[:LONGEST_SUBJECT],
        speakers=_speakers(document.top, dialog),
    )


def start(dialog: dict[str, Any]) -> dt.datetime | None:
    """When the dialog began: RFC 3339, or RFC 2822 as older ones write it. None without a zone."""
    text = _text(dialog.get("start"))
    for reading in (dt.datetime.fromisoformat, email.utils.parsedate_to_datetime):
        try:
            moment = reading(text)
            if moment.tzinfo is not None:
                return moment.astimezone(clock.UTC)
        except (ValueError, OverflowError, TypeError):
            continue
    return None


def _length(value: Any) -> int | None:
    try:
        seconds = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return round(seconds * 1000) if math.isfinite(seconds) and 0 <= seconds <= 12 * 3600 else None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _text(value: Any) -> str:
    return lines.clean(value) if isinstance(value, str) else ""


# Parties


def _indices(value: Any) -> list[Any]:
    """`parties` of a dialog: an index, a list, or one entry (an index, a list or null) per channel."""
    return [_first(entry) for entry in _list(value)]


def _first(value: Any) -> Any:
    return next((_first(v) for v in value if v is not None), None) if isinstance(value, list) else value


def _party(top: dict[str, Any], index: Any) -> dict[str, Any] | None:
    parties = _list(top.get("parties"))
    if isinstance(index, int) and not isinstance(index, bool) and 0 <= index < len(parties):
        party = parties[index]
        return party if isinstance(party, dict) else None
    return None


def _parties(top: dict[str, Any], dialog: dict[str, Any]) -> list[dict[str, Any] | None]:
    return [_party(top, index) for index in _indices(dialog.get("parties"))]


def _numbers(party: dict[str, Any]) -> list[str]:
    """Telephone numbers of a party: `tel`, and the user part of `sip` when it is one."""
    found = [_text(party.get("tel")).removeprefix("tel:").partition(";")[0]]
    user = _text(party.get("sip")).removeprefix("sips:").removeprefix("sip:").partition("@")[0]
    if re.fullmatch(r"\+?[\d .()-]+", user, re.ASCII):
        found.append(user)
    return [number for number in found if number]


def _is_ours(party: dict[str, Any]) -> bool:
    if _text(party.get("role")).lower() in AGENT_ROLES:
        return True
    return any(lines.queue(n) is not None or lines.adviser(n) is not None for n in _numbers(party))


def _direction(origin: dict[str, Any] | None, ours: list[Any], theirs: list[Any]) -> Direction | None:
    if origin is None or not ours:
        return None
    if not theirs:
        return Direction.INTERNAL
    return Direction.OUT if origin in ours else Direction.IN


def _speakers(top: dict[str, Any], dialog: dict[str, Any]) -> tuple[str, ...] | None:
    """One word per channel, when the parties are listed so."""
    parties = _parties(top, dialog)
    if not isinstance(dialog.get("parties"), list) or not any(p and _is_ours(p) for p in parties):
        return None
    return tuple("" if p is None else "adviser" if _is_ours(p) else "caller" for p in parties)


def _told(top: dict[str, Any], dialog: dict[str, Any]) -> bool | None:
    for holder in (dialog, top):
        if isinstance(holder.get("told"), bool):
            return bool(holder["told"])
    for attachment in _list(top.get("attachments")):
        if isinstance(attachment, dict) and "consent" in (attachment.get("type"), attachment.get("purpose")):
            return True
    return None


# Content


def place(dialog: dict[str, Any]) -> str | None:
    """The file that the dialog points at, relative to the vCon; None when it names none.

    A web address is never followed: its last part may stand beside the vCon. Raises Refused(REMOTE)
    when it points out of the vCon's own folder, or is no name that a file can have.
    """
    url = dialog.get("url")
    if not isinstance(url, str) or not url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise Refused(Reason.REMOTE, "address") from error
    path = unquote(parts.path).encode("utf-8", "replace").decode()  # JSON may hold half a character, no name does
    if parts.scheme or parts.netloc:
        path = PurePosixPath(path).name
    relative = PurePosixPath(path)
    if not path or "\0" in path or relative.is_absolute() or ".." in relative.parts or relative.name.startswith("."):
        raise Refused(Reason.REMOTE, "outside")
    if not relative.parts or any(len(part.encode()) > LONGEST_PART for part in relative.parts):
        raise Refused(Reason.REMOTE, "address")
    return str(relative)


def collect(document: Document, folder: Path) -> dict[str, Content]:
    """Open the files beside the vCon. Raises Wait while one is missing, Refused for one that is no file
    or too large."""
    found: dict[str, Content] = {}
    try:
        for name in document.beside:
            found[name] = Content.at(folder / name, beneath=folder)
            gate.check_size(found[name])
    except FileNotFoundError as error:
        raise Wait from error
    except (NotAFile, Unreadable) as error:
        raise Refused(Reason.REMOTE, "no_file") from error
    return found


def _content(dialog: dict[str, Any], beside: dict[str, Content]) -> Content:
    """The sound: a copy in memory of the body, or the open file beside. Checked against `content_hash`."""
    body = dialog.get("body")
    if body:
        if not isinstance(body, str):
            raise Refused(Reason.NO_CONTENT, "body")
        raw = _decoded(body)
        content = Content.of([raw])
    else:
        name = place(dialog)
        if name is None or name not in beside:
            raise Refused(Reason.NO_CONTENT, "no_body")
        content = beside[name]
    _check_hash(dialog, content)
    return content


def _decoded(text: str) -> bytes:
    """Base64 in either alphabet, padded or not; whatever `encoding` says or leaves out."""
    packed = "".join(text.split()).translate(str.maketrans("-_", "+/")).rstrip("=")
    try:
        return base64.b64decode(packed + "=" * (-len(packed) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refused(Reason.NO_CONTENT, "base64") from error


def _check_hash(dialog: dict[str, Any], content: Content) -> None:
    """`content_hash` ("sha512-…", or a list), or `alg` and `signature` of 0.0.1. One known hash must be there,
    and every known one must fit. Raises Refused(HASH_MISMATCH)."""
    stated = [h for h in _list(dialog.get("content_hash")) if isinstance(h, str)]
    if not stated and isinstance(dialog.get("signature"), str) and isinstance(dialog.get("alg"), str):
        stated = [f"{dialog['alg']}-{dialog['signature']}"]
    if not stated and not dialog.get("content_hash"):
        return
    checked = False
    for text in stated:
        found = re.match(r"(sha-?(?:256|384|512))-(.+)$", text, re.IGNORECASE | re.DOTALL)
        if found is None:
            continue
        digest = HASHES[found[1].lower().replace("-", "")]()
        for block in content.blocks():
            digest.update(block)
        if digest.digest() not in _readings(found[2]):
            raise Refused(Reason.HASH_MISMATCH)
        checked = True
    if not checked:
        raise Refused(Reason.HASH_MISMATCH, "algorithm")


def _readings(text: str) -> list[bytes]:
    """A digest as base64url (the draft), base64 or hex (the field)."""
    found = []
    if re.fullmatch(r"(?:[0-9a-fA-F]{2})+", text):
        found.append(bytes.fromhex(text))
    with contextlib.suppress(Refused):
        found.append(_decoded(text))
    return found
