"""Asterisk and FreePBX: what a recording's file name, and the call detail record beside it, say.

`{type}-{dest}-{from}-{YYYYMMDD}-{HHMMSS}-{uniqueid}.{ext}`; the clock is local, the epoch in the
uniqueid is UTC. `from` is text the caller controls, so the name is read from the right.
"""

import dataclasses
import datetime as dt
import re
from collections.abc import Iterable

from portal import clock
from portal.ingest import call_details
from portal.ingest.call import Call
from portal.ingest.content import Content
from portal.ingest.models import CallDetail
from portal.recordings.models import Direction

SOURCE = "freepbx"
ENDINGS = frozenset(("wav", "wav49", "gsm", "mp3", "opus", "ogg", "flac", "amr"))

NAME = re.compile(
    r"(?P<type>in|out|internal|external|q|rg|exten|parked)"
    r"-(?P<dest>[^-]*)-(?P<from>.*)"
    r"-(?P<date>\d{8})-(?P<time>\d{6})-(?P<unique>(?:[A-Za-z0-9_]+-)?\d{9,11}\.\d+)",
    re.DOTALL | re.ASCII,
)
EXTENSION = re.compile(r"\d{2,6}", re.ASCII)
INWARD = ("in", "q", "rg", "parked")


@dataclasses.dataclass(frozen=True)
class Name:
    """A file name, taken apart."""

    stem: str
    type: str
    dest: str
    origin: str
    """`from`: whatever the caller's system said."""
    started_at: dt.datetime
    unique_id: str


def parse(name: str) -> Name | None:
    """`name` (with or without ending) taken apart; None when it is no FreePBX name."""
    stem = call_details.stem(name)
    found = NAME.fullmatch(stem)
    if found is None:
        return None
    try:
        wall = dt.datetime.strptime(found["date"] + found["time"], "%Y%m%d%H%M%S")  # noqa: DTZ007 local, settled below
        started_at = clock.from_local(wall, call_details.epoch(found["unique"]))
    except (ValueError, OverflowError):
        return None
    return Name(stem, found["type"], found["dest"], found["from"], started_at, found["unique"])


def detail_of(name: Name, past: Iterable[dict[str, object]] = ()) -> CallDetail | None:
    """The call detail record of the recording, be it one of `past` that are not kept; None while none has come."""
    return call_details.of(name.stem, name.unique_id, past)


def call(parts: Name, content: Content, past: Iterable[dict[str, object]] = ()) -> Call:
    """The recording in `content`, with what is known of it now."""
    row = detail_of(parts, past)
    direction = direction_of(parts)
    inward = direction == Direction.IN
    return Call(
        source=SOURCE,
        source_id=parts.stem,
        content=content,
        started_at=parts.started_at,
        length_ms=row.billsec_s * 1000 if row is not None else None,
        lines=lines(parts, row),
        direction=direction,
        number=parts.origin if inward else parts.dest,
        extension=extension(parts, row),
        told=call_details.told(row) if row is not None else None,
        # A call's first channel gives its uniqueid to the whole: the best guess until its record comes
        conversation=(row.linked_id if row is not None else None) or parts.unique_id,
        speakers=call_details.speakers(row) if row is not None else None,
    )


def direction_of(name: Name) -> Direction:
    """`exten` and `external` are recorded at an extension, whichever way the call went."""
    if name.type in INWARD:
        return Direction.IN
    if name.type == "out":
        return Direction.OUT
    from_us, to_us = (EXTENSION.fullmatch(end) is not None for end in (name.origin, name.dest))
    if name.type == "internal" or (from_us and to_us):
        return Direction.INTERNAL
    return Direction.OUT if from_us else Direction.IN


def extension(name: Name, row: CallDetail | None) -> str | None:
    """The adviser's extension: of an inward call the one that answered, of an outward the one that called."""
    if direction_of(name) != Direction.IN:
        if EXTENSION.fullmatch(name.origin):
            return name.origin
        return call_details.extension(row.channel) if row is not None else None
    if row is not None and (answered := call_details.extension(row.dst_channel)):
        return answered
    return name.dest if name.type in ("exten", "external") and EXTENSION.fullmatch(name.dest) else None


def lines(name: Name, row: CallDetail | None) -> tuple[str, ...]:
    """Numbers that may be the service number: dialled, then what the record says of the line."""
    inward = direction_of(name) == Direction.IN
    told = (row.did, row.dst if inward else "") if row is not None else ()
    return tuple(number for number in ((name.dest if inward else ""), *told) if number)
