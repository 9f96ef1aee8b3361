"""The worker's part: what is ordered is set, sealed and locked. The row is the job.

A row is taken by a lease, so two workers share the work; one that died lets go of it when the lease is over.
Each attempt seals a part of its own and only the commit says which one counts: a kill anywhere leaves a row
that is set again, or one that is locked, never two documents.
"""

import contextlib
import dataclasses
import datetime as dt
import errno
import json
import uuid

from portal import clock, config
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.config import ConfigError
from portal.db import db
from portal.documents import actions, composing, months_due, seal
from portal.documents.kinds import MONTHLY
from portal.documents.models import Document, State, canonical
from portal.documents.press import Press, Unset
from portal.retention import sweeps
from portal.vault import keystore, objects

ATTEMPTS = 3
LEASE = dt.timedelta(minutes=15)
"""Longer than any letter may take: whoever holds a row for longer is dead."""
PAUSE = dt.timedelta(seconds=20)
"""Before a failed attempt is made again."""

LOST = "Lost"
"""Code of the attempt that ended without a word."""

NOT_ITS_FAULT = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EMFILE, errno.ENFILE, errno.ENOMEM)
"""The machine refuses every document alike: the sweep ends, and no attempt is counted."""


@dataclasses.dataclass
class Summary:
    """What one sweep did, in counts."""

    drafted: int = 0
    """Drafts that the calendar asked for."""
    locked: int = 0
    failed: int = 0
    """Attempts, whether the last one or not."""
    overtaken: int = 0
    """Another process had finished it, or it was given up."""


def make_due(limit: int = 1000) -> Summary:
    """Draft what the calendar asks for, then set up to `limit` ordered documents, the oldest first.

    May run in several processes at once and be killed at any moment. What the machine refuses (disk,
    certificate, stationery, a package that is missing) is the sweep's fault, not a document's: those wait
    on, with no attempt counted.
    """
    summary = Summary()
    with sweeps.running("documents") as run:
        summary.drafted = draft_due()
        _give_up()
        _tidy()
        try:
            _set_all(limit, summary)
        except Exception as error:
            if not _of_the_machine(error):
                raise
            run.fault = _code(error)
    return summary


def _set_all(limit: int, summary: Summary) -> None:
    if not _waiting().exists():
        return
    seal.sealer(config.settings())  # before anything is set in vain
    with Press() as press:
        while limit and (row := _lease()):
            _set(row, press, summary)
            limit -= 1


def draft_due() -> int:
    """Make the months' papers that are due; how many."""
    made = 0
    for kind in MONTHLY:
        for month, language in months_due.due(kind):
            with contextlib.suppress(actions.AlreadyThere):  # another process was first
                actions.draft_month(month, language=language, by=None, kind=kind)
                made += 1
    return made


def _waiting() -> Document:
    free = Document.leased_until.is_null() | (Document.leased_until <= clock.now())
    return Document.select().where(Document.state == State.ORDERED, free, Document.attempts < ATTEMPTS)


def _lease() -> Document | None:
    """Take the oldest that waits: nobody else will, until the lease is over."""
    while True:
        row: Document | None = _waiting().order_by(Document.ordered_at, Document.id).first()
        if row is None:
            return None
        if _taken(row):
            return row


@db.atomic()
def _taken(row: Document) -> bool:
    until = clock.now() + LEASE
    taken = Document.update(leased_until=until, attempts=row.attempts + 1).where(
        Document.id == row.id, Document.state == State.ORDERED, Document.attempts == row.attempts
    )
    if not taken.execute():
        return False
    row.leased_until = until
    row.attempts += 1
    return True


def _set(row: Document, press: Press, summary: Summary) -> None:
    part = f"pdf-{uuid.uuid4()}"
    try:
        values = _make(row, press, part)
    except Exception as error:
        _remove(row, part)
        if _of_the_machine(error):
            _give_back(row)
            raise
        _failed(row, error)
        summary.failed += 1
        return
    except BaseException:  # the worker is told to end
        with contextlib.suppress(Exception):
            _remove(row, part)
            _give_back(row)
        raise
    if _locked(row, values):
        summary.locked += 1
    else:
        _remove(row, part)
        summary.overtaken += 1


def _make(row: Document, press: Press, part: str) -> dict[str, object]:
    """Set, seal and put into the vault; what the row is to say of it."""
    order = composing.compose(row)
    printed = press.set(order)
    sealed = seal.seal(printed.pdf, config.settings())
    stored = objects.seal(row.uuid, part, [sealed.pdf])
    return {
        "part": part,
        "digest": order.digest(),
        "sha256": stored.sha256,
        "size": stored.size,
        "pages": printed.pages,
        "certificate": sealed.certificate,
    }


def _of_the_machine(error: Exception) -> bool:
    if isinstance(error, OSError):
        return error.errno in NOT_ITS_FAULT
    if isinstance(error, ConfigError):
        return getattr(error, "code", "") != "SealRefused"
    return isinstance(error, Unset) and error.code == "Unstarted"


def _code(error: Exception) -> str:
    return getattr(error, "code", "") or sweeps.kind(error)


@db.atomic()
def _locked(row: Document, values: dict[str, object]) -> bool:
    """One commit. False when it is no longer this process's."""
    locked = Document.update(state=State.LOCKED, locked_at=clock.now(), content=_kept(row), failure="", **values).where(
        Document.id == row.id, Document.state == State.ORDERED, Document.leased_until == row.leased_until
    )
    if not locked.execute():
        return False
    record(
        Act.DOCUMENT_LOCKED,
        row,
        by=row.ordered_by,
        document=row.kind,
        language=row.language,
        pages=values["pages"],
        size=values["size"],
        sha256=values["sha256"],
        sealed=bool(values["certificate"]),
    )
    return True


KEPT = ("asked", "until", "right", "round", "restrictions", "day", "ground", "calls")
"""Codes, days and uuids of a content that outlive the paper: the question of an extract, for a correction; which right
a letter answers; what a letter says is lifted and when, for the day it is sent."""


def _kept(row: Document) -> str:
    """The paper is the record: what was typed is emptied."""
    content = json.loads(row.content)
    return canonical({name: content[name] for name in KEPT if name in content})


@db.atomic()
def _failed(row: Document, error: Exception) -> None:
    _note_failure(row, _code(error))


def _note_failure(row: Document, code: str) -> None:
    last = row.attempts >= ATTEMPTS
    noted = Document.update(
        state=State.FAILED if last else State.ORDERED,
        failure=code,
        leased_until=clock.now() + (dt.timedelta() if last else PAUSE),
    ).where(Document.id == row.id, Document.state == State.ORDERED, Document.leased_until == row.leased_until)
    if noted.execute():
        record(Act.DOCUMENT_FAILED, row, document=row.kind, failure=code, attempt=row.attempts)


@db.atomic()
def _give_back(row: Document) -> None:
    Document.update(attempts=row.attempts - 1, leased_until=clock.now()).where(
        Document.id == row.id, Document.state == State.ORDERED, Document.leased_until == row.leased_until
    ).execute()


def _give_up() -> None:
    """Those whose last attempt ended without a word."""
    lost = Document.select().where(
        Document.state == State.ORDERED, Document.attempts >= ATTEMPTS, Document.leased_until <= clock.now()
    )
    for row in list(lost):
        with db.atomic():
            _note_failure(row, LOST)


def _tidy() -> None:
    """Remove what attempts that did not count left in the vault, once the last lease is over."""
    over = Document.select().where(
        Document.state.in_((State.LOCKED, State.FAILED, State.DROPPED)), Document.leased_until <= clock.now()
    )
    for row in list(over):
        if row.state == State.DROPPED:
            objects.remove_all(row.uuid)
            keystore.destroy(row.uuid)
        else:
            objects.remove_others(row.uuid, row.part)
        with db.atomic():
            Document.update(leased_until=None).where(
                Document.id == row.id, Document.state == row.state, Document.leased_until == row.leased_until
            ).execute()


def _remove(row: Document, part: str) -> None:
    with contextlib.suppress(OSError):  # `_tidy` finds it
        objects.remove(row.uuid, part)
