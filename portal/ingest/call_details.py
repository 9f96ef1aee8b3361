"""Call detail records: the rows Asterisk writes of each leg of a call, exported as CSV beside the
recordings (FreePBX's table `cdr` with a header; `Master.csv` without).

Two marks in `userfield` are the portal's own, set by the dial plan: `told=yes|no`, whether the caller
was told of the recording, and `speakers=adviser,caller`, who is on which channel.
"""

import csv
import dataclasses
import datetime as dt
import io
import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any

from portal import clock
from portal.db import Prepared, loaded, slot
from portal.ingest.lines import clean
from portal.ingest.models import CallDetail
from portal.vault import box

MASTER = (
    *("accountcode", "src", "dst", "dcontext", "clid", "channel", "dstchannel", "lastapp", "lastdata"),
    *("start", "answer", "end", "duration", "billsec", "disposition", "amaflags", "uniqueid", "userfield"),
)
"""The columns of `Master.csv`, in order."""

LONGEST_FIELD = 500
LARGEST = 64 << 20
"""Bytes of one CSV that are read; a year of calls is a tenth of it."""

EPOCH = re.compile(r"(\d{9,11})\.\d+$")
CHANNEL = re.compile(
    r"^(?:(?:PJ)?SIP|IAX2|SCCP|Agent|Local)/(?:FM(?:PR|GL)-)?(?P<extension>\d{2,8})(?:#?@|-|$)", re.IGNORECASE
)
TOLD = re.compile(r"\btold=(yes|no)\b", re.IGNORECASE)
SPEAKERS = re.compile(r"\bspeakers=((?:adviser|caller)(?:,(?:adviser|caller))?)(?![\w,])", re.IGNORECASE)


class NotCallDetails(Exception):
    """The CSV is of some other kind."""


@dataclasses.dataclass(frozen=True)
class Rows:
    found: list[dict[str, Any]]
    """Columns of `CallDetail`."""
    refused: int
    """Lines without a usable time or id."""
    past: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    """Those whose date of deletion has come: they are kept nowhere, and tell only of what is brought in now."""


def epoch(unique_id: str) -> dt.datetime | None:
    """The instant in an Asterisk uniqueid, `[prefix-]epoch.count`: when the channel was created."""
    found = EPOCH.search(unique_id)
    return dt.datetime.fromtimestamp(int(found[1]), clock.UTC) if found else None


def read(content: bytes, *, whole: bool) -> Rows:
    """The rows of a CSV. `whole=False`: the file still grows, its last line is left for the next look.

    Any of UTF-8 (with or without mark), UTF-16 and Latin-1; comma, semicolon or tab. Local times become UTC,
    the hour that summer time repeats settled by the uniqueid. Raises NotCallDetails.
    """
    text = _text(content)
    if not whole:
        text = text[: text.rfind("\n") + 1]
    if not text.strip():
        return Rows([], 0)
    first = text.lstrip("\r\n").partition("\n")[0]
    separator = max(",;\t", key=first.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        return _rows(lines)
    except csv.Error as error:
        raise NotCallDetails from error


def _text(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _rows(lines: Iterator[list[str]]) -> Rows:
    found: list[dict[str, Any]] = []
    refused = 0
    names: tuple[str, ...] | None = None
    for line in lines:
        if not line:
            continue
        if names is None:
            names = tuple(field.strip().lower() for field in line)
            if "uniqueid" in names and ("calldate" in names or "start" in names):
                continue
            if len(line) not in (len(MASTER), len(MASTER) - 2):
                raise NotCallDetails
            names = MASTER
        row = _row(dict(zip(names, line, strict=False)))
        if row is None:
            refused += 1
        else:
            found.append(row)
    now = clock.now()
    kept: list[dict[str, Any]] = []
    past: list[dict[str, Any]] = []
    for row in found:
        (kept if row["expires_at"] > now else past).append(row)
    return Rows(kept, refused, past)


def _row(line: dict[str, str]) -> dict[str, Any] | None:
    field = {name: clean(value).strip()[:LONGEST_FIELD] for name, value in line.items()}
    unique_id = field.get("uniqueid", "")
    if not unique_id:
        return None
    near = epoch(unique_id)
    try:
        wall = dt.datetime.fromisoformat(field.get("calldate") or field.get("start") or "")
        called_at = clock.from_local(wall, near) if wall.tzinfo is None else wall.astimezone(clock.UTC)
        ended_at = called_at + dt.timedelta(seconds=_count(field, "duration"))
        expires_at = clock.expiry(ended_at)
    except (ValueError, OverflowError):
        return None
    values: dict[str, Any] = {
        "unique_id": unique_id,
        "linked_id": field.get("linkedid") or None,
        "recording_file": stem(field.get("recordingfile", "")) or None,
        "called_at": called_at,
        "src": field.get("src", ""),
        "dst": field.get("dst", ""),
        # Outward calls have no DID; the number shown to the other party is the line they went by
        "did": field.get("did") or field.get("outbound_cnum", ""),
        "duration_s": _count(field, "duration"),
        "billsec_s": _count(field, "billsec"),
        "disposition": field.get("disposition", "").upper(),
        "user_field": field.get("userfield", ""),
        "channel": field.get("channel", ""),
        "dst_channel": field.get("dstchannel", ""),
    }
    return values | {"row_key": box.pseudonym("call-detail", repr(sorted(values.items()))), "expires_at": expires_at}


def _count(field: dict[str, str], name: str) -> int:
    text = field.get(name, "")
    return min(int(text), 10**6) if text.isascii() and text.isdigit() else 0


def stem(path: str) -> str:
    """The name of a recording without folders and ending: FreePBX may convert `.wav` to `.mp3` afterwards."""
    name = PurePosixPath(path.replace("\\", "/")).name
    head, dot, ending = name.rpartition(".")
    return head if dot and len(ending) <= 5 and not ending.isdigit() else name


# Asked for each file of a full inbox
_ABOUT = Prepared(
    lambda: (
        CallDetail.select()
        .where(
            (CallDetail.recording_file == slot("name", CallDetail.recording_file))
            | (CallDetail.unique_id == slot("unique_id", CallDetail.unique_id))
        )
        .limit(200)
    )
)


def of(name: str, unique_id: str, past: Iterable[dict[str, Any]] = ()) -> CallDetail | None:
    """The row that tells most about the recording with this stem and channel, of those kept and those
    in `past`; None when none has come.

    A queue that rings five advisers leaves five rows: the answered one says who spoke.
    """
    rows: list[CallDetail] = [loaded(CallDetail, values) for values in _ABOUT(name=name, unique_id=unique_id)]
    rows += [CallDetail(**row) for row in past if name == row["recording_file"] or unique_id == row["unique_id"]]
    if not rows:
        return None

    def telling(row: CallDetail) -> tuple[bool, bool, bool, int]:
        answered = row.disposition == "ANSWERED"
        return (answered, extension(row.dst_channel) is not None, row.recording_file == name, row.billsec_s)

    return max(rows, key=telling)


def extension(channel: str) -> str | None:
    """The extension in a channel's name: `PJSIP/201-0000001a`, `Local/201@from-queue-00000003;1`."""
    found = CHANNEL.match(channel)
    return found["extension"] if found else None


def told(row: CallDetail) -> bool | None:
    """What the row says of the announcement; None when it says nothing."""
    found = TOLD.search(row.user_field)
    return found[1].lower() == "yes" if found else None


def speakers(row: CallDetail) -> tuple[str, ...] | None:
    """Who is on which channel; None when the row does not say."""
    found = SPEAKERS.search(row.user_field)
    return tuple(found[1].lower().split(",")) if found else None
