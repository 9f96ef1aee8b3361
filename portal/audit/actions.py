"""Writing the log, and checking it."""

import json
import uuid
from typing import Any, Protocol

from portal import clock
from portal.audit import chain
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.db import db


class Subject(Protocol):
    uuid: uuid.UUID


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
    last = Entry.select(Entry.id, Entry.hash).order_by(Entry.id.desc()).limit(1).tuples().first()
    number, previous = last or (0, chain.GENESIS)
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
    entry.save(force_insert=True)
    return entry


def verify(expected: chain.Checkpoint | None = None, *, by: Any = None) -> chain.Verdict:
    """Check the whole log, and log the check with its result. A log that is not whole is still
    appended to: what happens after the fault must not go unrecorded."""
    verdict = chain.verify(expected)
    with db.atomic():
        record(
            Act.LOG_VERIFIED,
            by=by,
            whole=verdict.whole,
            entries=verdict.entries,
            head=verdict.head,
            **({"fault": verdict.fault, "fault_at": verdict.fault_at} if verdict.fault else {}),
        )
    return verdict
