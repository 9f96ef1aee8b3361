"""The hash chain: what an entry's hash covers, and the check of the whole."""

import dataclasses
import hashlib
import json
from typing import Any

from portal.audit.models import Entry

GENESIS = "0" * 64


def digest(row: dict[str, Any]) -> str:
    """SHA-256, in hex, over the canonical JSON of every column but `hash` itself."""
    text = json.dumps(row, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def covered(entry: Entry) -> dict[str, Any]:
    """The columns the hash is over, in storable form (milliseconds, hex)."""
    return {
        "id": entry.id,
        "at": round(entry.at.timestamp() * 1000),
        "act": str(entry.act),
        "by": entry.by.hex if entry.by else None,
        "subject_kind": entry.subject_kind,
        "subject": entry.subject.hex if entry.subject else None,
        "queue_id": entry.queue_id,
        "purpose": str(entry.purpose),
        "reference": entry.reference,
        "detail": entry.detail,
        "previous": entry.previous,
    }


@dataclasses.dataclass(frozen=True)
class Verdict:
    whole: bool
    entries: int
    head: str
    """Hash of the last entry: what a later check is compared with."""
    fault_at: int | None = None
    fault: str = ""
    """'gap', 'link' or 'content'."""


def verify() -> Verdict:
    """Walk the whole log; stops at the first entry that is missing, unlinked or altered."""
    previous, count = GENESIS, 0
    for entry in Entry.select().order_by(Entry.id).iterator():
        count += 1
        if entry.id != count:
            return Verdict(False, count - 1, previous, count, "gap")
        if entry.previous != previous:
            return Verdict(False, count - 1, previous, count, "link")
        if digest(covered(entry)) != entry.hash:
            return Verdict(False, count - 1, previous, count, "content")
        previous = entry.hash
    return Verdict(True, count, previous)
