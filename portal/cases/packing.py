"""What is in a copy: the sounds that are given of a case, under names that tell nobody's data, a list of them, and the
zip file around it. Written in blocks; memory does not grow with the calls."""

import dataclasses
import functools
import io
import secrets
import uuid
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

from peewee import JOIN

from portal import clock, language, spelling
from portal.cases import muting
from portal.cases.codes import SOUNDING, Concerns, Decision
from portal.cases.models import Case, CaseCall
from portal.cases.outcomes import GIVING, asks_access
from portal.language import N_
from portal.queues.models import Queue
from portal.recordings.models import Playable, Recording, State
from portal.vault import objects

if TYPE_CHECKING:
    from portal.recordings.decoding import Child

ORIGINAL = "original"

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without the signs that are taken for one another: i and l and 1, o and 0."""
GROUPS, GROUP = 5, 4
"""31²⁰: 99 bits."""

SMALL = 1 << 31
"""From here on an entry of a zip file needs the fields of zip64."""
MOST_PER_MS = 48 * 2 * 2
"""Bytes of a decoded millisecond: 48 kHz, two channels, 16 bits."""


class NothingMuted(Exception):
    """A call that is to be given with muted passages has none: then it is not given at all."""


@dataclasses.dataclass(frozen=True)
class Item:
    """One file of a copy."""

    number: int
    """As the name says it: the calls that are given, the oldest first."""
    name: str
    call: CaseCall

    @property
    def silent(self) -> list[tuple[int, int]]:
        """Milliseconds from and up to."""
        if self.call.decision != Decision.MUTED:
            return []
        return sorted((passage.start_ms, passage.end_ms) for passage in self.call.passages)


def items(case: Case) -> list[Item]:
    """What is given as a file, and is still there to be given. A call without sound has none; the numbers of the
    others stay as they are when one is deleted. Nothing where the whole request is refused, or no access is asked
    for."""
    if (case.outcome is not None and case.outcome not in GIVING) or not asks_access(case):
        return []
    chosen = (
        CaseCall.select(CaseCall, Recording, Queue)
        .join(Recording)
        .join(Queue, JOIN.LEFT_OUTER)
        .where(CaseCall.case == case.id, CaseCall.concerns == Concerns.YES, CaseCall.decision.in_(SOUNDING))
    )
    found = [Item(n, _name(n, call, case.language), call) for n, call in enumerate(chosen.order_by(Recording.id), 1)]
    return [item for item in found if _is_there(item.call.recording)]


def _is_there(recording: Recording) -> bool:
    return recording.state == State.LIVE and recording.playable != Playable.EMPTY


def _name(number: int, call: CaseCall, lang: str) -> str:
    """'samtal-1-2026-09-14-1012.wav': when, and nothing of whom."""
    start = f"{clock.local(call.recording.started_at):%Y-%m-%d-%H%M}"
    ending = muting.ending(call.recording.original_format or "", muted=call.decision == Decision.MUTED)
    return f"{'puhelu' if lang == 'fi' else 'samtal'}-{number}-{start}.{ending}"


def list_name(lang: str) -> str:
    """Of the list of contents."""
    return "sisalto.txt" if lang == "fi" else "innehall.txt"


def password() -> str:
    """A fresh one, easy to read aloud and to type."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(GROUP)) for _ in range(GROUPS))


def packed(case: Case, found: list[Item], *, secret: str, child: "Child") -> Iterator[bytes]:
    """The zip file of `found`, with AES-256 when there is a `secret`. Raises Unreadable, Crashed, or what the vault
    raises when a sound is not there whole."""
    entries: list[Entry] = [(list_name(case.language), 0, lambda: [contents(case, found)])]
    entries += [(item.name, _bound(item), functools.partial(sound, item, child)) for item in found]
    return zipped(entries, secret=secret)


def _bound(item: Item) -> int:
    recording = item.call.recording
    return max(recording.original_size or 0, recording.duration_ms * MOST_PER_MS)


def sound(item: Item, child: "Child") -> Iterator[bytes]:
    """The sound of one call as it is given. Raises NothingMuted too."""
    if item.call.decision == Decision.MUTED and not item.silent:
        raise NothingMuted
    recording = item.call.recording
    with objects.Reader(recording.vault_id, ORIGINAL, store=recording.store) as original:
        file: BinaryIO = original  # type: ignore[assignment]  # a RawIOBase is no BinaryIO to mypy
        yield from muting.given(file, original.size, recording.original_format or "", item.silent, child=child)


def contents(case: Case, found: list[Item]) -> bytes:
    """The list of contents, in the case's language."""
    _ = language.translator(case.language)
    lines = [f"{_(N_('Innehåll'))} · {case.number}", ""]
    for item in found:
        recording = item.call.recording
        line = recording.queue.name(case.language) if recording.queue else ""
        about = [spelling.moment(recording.started_at, case.language), spelling.duration(recording.duration_ms), line]
        lines += [f"{item.number}. {item.name}", "   " + " · ".join(part for part in about if part)]
        if silent := item.silent:
            told = ", ".join(f"{_moment(start)}–{_moment(end, up=True)}" for start, end in silent)
            lines.append(f"   {_(N_('Tystade avsnitt'))}: {told}")
        lines.append("")
    lines.append(_(N_("Filerna spelas upp i vilket vanligt ljudprogram som helst.")))
    lines.append(_(N_("Varför något har tystats står i brevet.")))
    return _written(lines)


def _moment(milliseconds: int, *, up: bool = False) -> str:
    whole = -(-milliseconds // 1000) if up else milliseconds // 1000
    return spelling.duration(whole * 1000)


def _written(lines: list[str]) -> bytes:
    """As every program opens it, old ones too."""
    return ("\r\n".join(lines) + "\r\n").encode("utf-8-sig")


# The zip file


class Sink(io.RawIOBase):
    """Takes what a writer of files writes and gives it on; there is no going back in it."""

    def __init__(self) -> None:
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, block: Any) -> int:
        self._held += block
        return len(block)

    def taken(self) -> bytes:
        """What was written since the last time."""
        block = bytes(self._held)
        self._held.clear()
        return block


Entry = tuple[str, int, Callable[[], Iterable[bytes]]]
"""Name, the most bytes it may have, and what gives its content."""


def zipped(entries: Iterable[Entry], *, secret: str = "") -> Iterator[bytes]:
    """A zip file of `entries`, with AES-256 (WinZip's AE-2) when there is a `secret`. Sizes follow each entry, as is
    done where nobody can go back."""
    import pyzipper  # the web's processes never need it

    sink = Sink()
    kind = pyzipper.WZ_AES if secret else None
    with pyzipper.AESZipFile(sink, "w", pyzipper.ZIP_DEFLATED, compresslevel=1, encryption=kind) as archive:
        if secret:
            archive.setpassword(secret.encode())
        now = clock.local(clock.now()).timetuple()[:6]
        for name, most, content in entries:
            info = archive.zipinfo_cls(name, now)
            info.compress_type = pyzipper.ZIP_DEFLATED
            with archive.open(info, "w", force_zip64=most >= SMALL) as entry:
                for block in content():
                    entry.write(block)
                    yield sink.taken()
    yield sink.taken()


def file_names(case: Case) -> dict[uuid.UUID, str]:
    """Call (its uuid in the case) → the name of the file in which it is given."""
    return {item.call.uuid: item.name for item in items(case)}
