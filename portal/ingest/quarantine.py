"""What could not be taken: kept sealed, listed with its reason, on the same 3-month clock."""

import datetime as dt
import re
import uuid
from typing import NamedTuple

from portal import clock
from portal.accounts.models import Account
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import Few, db, few
from portal.errors import Conflict
from portal.ingest import drafts, freepbx, registration
from portal.ingest.call import Refused
from portal.ingest.content import Changed, Content
from portal.ingest.models import Quarantined, QuarantineState, Reason
from portal.vault import objects

STANDING = frozenset((Reason.TOO_LARGE, Reason.UNREADABLE, Reason.NOT_A_FILE))
"""These stay where they stand in the inbox: there are no bytes that could, or should, be sealed."""

LONGEST_NAME = 60
PAGE = 50
DIGITS = re.compile(r"\+?\d(?:[ ().-]?\d){4,}")


def expires_at(started_at: dt.datetime | None) -> dt.datetime:
    """Three months from the call when its time is known and believable, else from now."""
    if started_at is not None and registration.sane(started_at):
        return clock.expiry(started_at)
    return clock.expiry(clock.now())


def put(
    name: str,
    content: Content,
    refused: Refused,
    *,
    source: str | None,
    started_at: dt.datetime | None,
    beside: list[Content],
    standing: Quarantined | None = None,
) -> tuple[bool, Quarantined]:
    """Seal what was delivered as `name`, and list it. False: the same waits there already.

    `beside`: the files that a vCon points at, sealed with it in order, so that a retry has them.
    `standing`: the row of a file that stood in the inbox until now. Raises Changed when the file still
    grows, Unreadable or OSError when a disk refuses: then nothing is left in the vault.
    """
    content_key = registration.content_key(content.sha256())
    same = Quarantined.get_or_none(
        Quarantined.content_key == content_key,
        Quarantined.name == name,
        Quarantined.state == QuarantineState.WAITING,
        Quarantined.sealed,
    )
    if same is not None and standing is None:
        return False, same
    row = standing or Quarantined(uuid=uuid.uuid4(), expires_at=expires_at(started_at))
    with drafts.draft(row.uuid):
        sealed = objects.seal(row.uuid, "original", content.blocks())
        for number, file in enumerate(beside):
            objects.seal(row.uuid, part_beside(number), file.blocks())
        if registration.content_key(sealed.sha256) != content_key:
            raise Changed
        row.reason, row.detail, row.source = refused.reason, refused.detail, source
        row.name, row.size, row.content_key, row.sealed = name, sealed.size, content_key, True
        _list(row)
    return True, row


def part_beside(number: int) -> str:
    """The vault's part that holds the vCon's file number `number`."""
    return f"beside-{number}"


@db.atomic()
def _list(row: Quarantined) -> None:
    drafts.own(row.uuid)
    if row.id is None:
        row.save(force_insert=True)
    else:
        values = {name: getattr(row, name) for name in ("reason", "detail", "source", "name", "size", "content_key")}
        sealed = Quarantined.update(sealed=True, **values).where(
            Quarantined.id == row.id, Quarantined.state == QuarantineState.WAITING
        )
        if not sealed.execute():
            raise Conflict
    record(Act.QUARANTINED, row, reason=row.reason, code=row.detail, size=row.size, sealed=True)


@db.atomic()
def list_standing(name: str, size: int, reason: Reason) -> Quarantined:
    """List a file that stays in the inbox; `name` is its path there."""
    row = Quarantined(name=name, size=size, reason=reason, sealed=False, expires_at=expires_at(_started_at(name)))
    row.save(force_insert=True)
    record(Act.QUARANTINED, row, reason=reason, size=size, sealed=False)
    return row


def _started_at(name: str) -> dt.datetime | None:
    parts = freepbx.parse(name.rpartition("/")[2])
    return parts.started_at if parts else None


@db.atomic()
def change_standing(row: Quarantined, reason: Reason) -> None:
    """The file still stands, for another reason now."""
    changed = Quarantined.update(reason=reason).where(
        Quarantined.id == row.id, Quarantined.state == QuarantineState.WAITING
    )
    if changed.execute():
        record(Act.QUARANTINED, row, reason=reason, size=row.size, sealed=False)


@db.atomic()
def forget_standing(row: Quarantined) -> None:
    """The file was taken out of the inbox by other hands."""
    gone = Quarantined.update(state=QuarantineState.DISCARDED, ended_at=clock.now(), name=None, detail="gone").where(
        Quarantined.id == row.id, Quarantined.state == QuarantineState.WAITING
    )
    if gone.execute():
        record(Act.DISCARDED, row, reason=row.reason, gone=True)


@db.atomic()
def refuse_again(row: Quarantined, refused: Refused, *, by: Account) -> None:
    """A retry ended in quarantine again, perhaps for another reason. Raises Conflict when it no longer waits."""
    again = Quarantined.update(reason=refused.reason, detail=refused.detail).where(
        Quarantined.id == row.id, Quarantined.state == QuarantineState.WAITING
    )
    if not again.execute():
        raise Conflict
    record(Act.RETRIED, row, by=by, outcome=refused.reason, code=refused.detail)


class Page(NamedTuple):
    """A page of the list, newest first, and where the next ones begin; None at an end."""

    rows: list[Quarantined]
    newer: uuid.UUID | None
    older: uuid.UUID | None


def page(
    user: Account,
    *,
    state: str | None = None,
    reason: str | None = None,
    before: uuid.UUID | None = None,
    after: uuid.UUID | None = None,
) -> Page:
    """What `user` may see of the list: 50 rows older than `before`, or newer than `after`, or the newest."""
    query = Quarantined.visible_to(user)
    if state:
        query = query.where(Quarantined.state == state)
    if reason:
        query = query.where(Quarantined.reason == reason)
    edge = Quarantined.get_or_none(Quarantined.uuid == (after or before)) if after or before else None
    upward = after is not None and edge is not None
    if edge is not None:
        query = query.where(Quarantined.id > edge.id if upward else Quarantined.id < edge.id)
    rows = list(query.order_by(Quarantined.id.asc() if upward else Quarantined.id.desc()).limit(PAGE + 1))
    more, rows = len(rows) > PAGE, rows[:PAGE]
    if upward:
        rows.reverse()
    if not rows:
        return Page([], None, None)
    newer = more if upward else edge is not None
    older = True if upward else more
    return Page(rows, rows[0].uuid if newer else None, rows[-1].uuid if older else None)


def newest(user: Account, most: int) -> Few:
    """Of what waits, as far as `user` may see it."""
    waiting = Quarantined.visible_to(user).where(Quarantined.state == QuarantineState.WAITING)
    return few(waiting.order_by(Quarantined.id.desc()), most)


def count_waiting(user: Account) -> int:
    count: int = Quarantined.visible_to(user).where(Quarantined.state == QuarantineState.WAITING).count()
    return count


def shown_name(row: Quarantined) -> str:
    """The file's name as far as an administrator needs it: numbers but for their last digits, and what
    a caller's system wrote, are hidden; no control characters; at most 60 characters. Empty when deleted."""
    if not row.name:
        return ""
    name = row.name.rpartition("/")[2]
    parts = freepbx.parse(name)
    if parts is not None:
        tail = name[len(parts.type) + len(parts.dest) + len(parts.origin) + 2 :]
        shown = f"{parts.type}-{_masked(parts.dest)}-{_masked(parts.origin, words=False)}{tail}"
    else:
        shown = _masked(name)
    shown = "".join(c if c.isprintable() else "�" for c in shown)
    return shown if len(shown) <= LONGEST_NAME else shown[: LONGEST_NAME - 1] + "…"


def unknown_queue(row: Quarantined) -> str:
    """The service number that a file waits for, as its name says; empty when it is not that, or the name says none."""
    parts = freepbx.parse(row.name.rpartition("/")[2]) if row.name and row.reason == Reason.UNKNOWN_QUEUE else None
    return parts.dest if parts is not None and parts.type == "q" and re.fullmatch(r"[0-9]{1,8}", parts.dest) else ""


def _masked(text: str, *, words: bool = True) -> str:
    def hide(found: re.Match[str]) -> str:
        digits = sum(c.isdigit() for c in found[0])
        out, seen = "", 0
        for c in found[0]:
            seen += c.isdigit()
            out += "•" if c.isdigit() and seen <= digits - 3 else c
        return out

    if not words and not re.fullmatch(r"[+\d ().-]*", text):
        return "…"
    return DIGITS.sub(hide, text)
