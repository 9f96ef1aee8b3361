"""Writing the log, reading it, and checking it."""

import contextlib
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from portal import clock, config
from portal.audit import chain, question, verifier
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.audit.question import GroundNeeded, Page, Question
from portal.db import Insertion, Prepared, db

EXPORT_MOST = 50_000
"""Rows of one export: what a spreadsheet opens without complaint, and no register on a stick."""

# Every act writes its entry while it holds the register: in statements written once
_LAST = Prepared(lambda: Entry.select(Entry.id, Entry.hash).order_by(Entry.id.desc()).limit(1))
_APPEND = Insertion(Entry)


def record(
    act: Act,
    subject: Any = None,
    *,
    by: Any = None,
    purpose: str = "",
    reference: str = "",
    queue_id: int | None = None,
    **detail: Any,
) -> Entry:
    """Append one entry. Must run inside the transaction of the act it tells of.

    `subject` is a row with a uuid (its kind is its class name in lower case) and, if it has
    one, a queue; `by` an account or None for the worker. `detail` takes codes, counts, and
    pseudonyms, never personal data in the clear. Raises RuntimeError outside a transaction.
    """
    if not db.in_transaction():
        raise RuntimeError("an audit entry belongs in the transaction of its act")
    if queue_id is None:
        queue_id = getattr(subject, "queue_id", None)
    number, previous = next(iter(_LAST()), (0, chain.GENESIS))
    entry = Entry(
        id=number + 1,
        at=clock.now(),
        act=act,
        by=by.uuid if by is not None else None,
        subject_kind=type(subject).__name__.lower() if subject is not None else "",
        subject=subject.uuid if subject is not None else None,
        queue_id=queue_id,
        purpose=purpose,
        reference=reference,
        detail=json.dumps(detail, sort_keys=True, ensure_ascii=False, separators=(",", ":")),
        previous=previous,
    )
    entry.hash = chain.digest(chain.covered(entry))
    _APPEND(entry)
    return entry


def length() -> int:
    """How many entries there are."""
    return int(next(iter(_LAST()), (0, ""))[0])


def verify(
    expected: chain.Checkpoint | None = None, *, by: Any = None, heard: Callable[[int], object] = verifier.unheard
) -> chain.Verdict:
    """Check the whole log, and log the check with its result. A log that is not whole is still
    appended to: what happens after the fault must not go unrecorded. `heard` is told now and then how many entries
    are checked."""
    verdict = chain.verify(expected, heard)
    told: dict[str, Any] = {"whole": verdict.whole, "entries": verdict.entries, "head": verdict.head}
    if verdict.fault:
        told |= {"fault": verdict.fault, "fault_at": verdict.fault_at}
    with db.atomic():
        record(Act.LOG_VERIFIED, by=by, **told)
    return verdict


def verify_signed(
    files: Sequence[Path],
    keys: Sequence[Ed25519PublicKey],
    *,
    restored: Sequence[int] = (),
    by: Any = None,
    heard: Callable[[int], object] = verifier.unheard,
) -> verifier.Verdict:
    """Check the whole log against signed heads (`verifier.check`), and log the check with its result."""
    with contextlib.closing(verifier.Log(config.settings().database)) as log:
        now = verifier.milliseconds(clock.now())
        verdict = verifier.check(log, files, keys, restored=restored, as_of=now, told=heard)
    told: dict[str, Any] = {"whole": verdict.whole, "entries": verdict.entries, "head": verdict.head}
    told |= {"checkpoints_read": verdict.signed}
    if verdict.fault:
        told |= {"fault": verdict.fault, "fault_at": verdict.fault_at, "checkpoint_line": verdict.line}
    with db.atomic():
        record(Act.LOG_VERIFIED, by=by, **told)
    return verdict


def read(asked: Question, *, by: Any, before: int | None = None, after: int | None = None) -> Page:
    """A page of the log for `by`; that it was read, and what was asked, is itself an entry."""
    found = question.page(asked, by, before=before, after=after)
    turned = "older" if before is not None else "newer" if after is not None else "newest"
    with db.atomic():
        record(Act.LOG_READ, by=by, asked=asked.codes(), page=turned, rows=len(found.entries))
    return found


def export(asked: Question, *, by: Any) -> tuple[Iterator[Entry], int, bool]:
    """The newest entries that answer, at most EXPORT_MOST, how many that are, and whether there are more; logged. What
    is of a single employee leaves as an extract alone, on a stated ground: raises GroundNeeded."""
    if asked.of_one:
        raise GroundNeeded
    found = asked.asked_of(by)
    counted = found.select(Entry.id).limit(EXPORT_MOST + 1).count()
    rows, capped = min(counted, EXPORT_MOST), counted > EXPORT_MOST
    with db.atomic():
        entry = record(Act.LOG_EXPORTED, by=by, asked=asked.codes(), rows=rows, capped=capped)
    return _in_batches(found.where(Entry.id < entry.id), rows), rows, capped


def _in_batches(found: Any, rows: int) -> Iterator[Entry]:
    """Short reads: an export that a slow reader draws out holds no lock and no snapshot."""
    before = None
    while rows > 0:
        here = found if before is None else found.where(Entry.id < before)
        batch = list(here.order_by(Entry.id.desc()).limit(min(rows, 1000)))
        if not batch:
            return
        yield from batch
        rows, before = rows - len(batch), batch[-1].id


def last_check(user: Any) -> Entry | None:
    """The last check of the whole log, for those whose matter it is."""
    if not Entry.sees_all(user):
        return None
    checked: Entry | None = Entry.select().where(Entry.act == Act.LOG_VERIFIED).order_by(Entry.id.desc()).first()
    return checked
