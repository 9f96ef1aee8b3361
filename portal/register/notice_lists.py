"""What the pages of notices list; that they were read is in the log."""

import uuid

import peewee

from portal.accounts.models import Account
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import db
from portal.register.models import Notice, NoticeState

PAGE = 50


def page(*, ended: bool, after: uuid.UUID | None, by: Account) -> tuple[list[Notice], uuid.UUID | None]:
    """A page of notices, and the name to go on from: those that wait, the oldest first, or the others, the newest
    first. A name that is no longer in the list begins it anew."""
    chosen = Notice.visible_to(by)
    waits = Notice.state == NoticeState.WAITING
    last = Notice.get_or_none(Notice.uuid == after) if after is not None else None
    order: peewee.Ordering = Notice.id.desc() if ended else Notice.id.asc()
    chosen = chosen.where(~waits if ended else waits)
    if last is not None:
        chosen = chosen.where(Notice.id < last.id if ended else Notice.id > last.id)
    rows = list(chosen.order_by(order).limit(PAGE + 1))
    return rows[:PAGE], rows[PAGE - 1].uuid if len(rows) > PAGE else None


@db.atomic()
def note_list(name: str, lines: int, *, by: Account) -> None:
    """`name`: 'waiting' or 'ended'."""
    record(Act.NOTICES_LISTED, by=by, list=name, lines=lines)


@db.atomic()
def note_viewed(notice: Notice, *, by: Account) -> None:
    """That `by` read this one."""
    transfer = notice.transfer
    queue_id = transfer.recording.queue_id
    record(Act.NOTICE_VIEWED, notice, by=by, reference=notice.reference, queue_id=queue_id, transfer=transfer.uuid.hex)
