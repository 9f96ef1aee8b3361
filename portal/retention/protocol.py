"""The purge protocol of a day: what was deleted in it, what was held back, and how it can be checked."""

import collections
import dataclasses
import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

import peewee

from portal import clock
from portal.accounts.models import Account
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.ingest.models import Quarantined, QuarantineState
from portal.recordings.models import Recording, State
from portal.retention.models import KEY_BACKUP_DAYS, PurgeLine, Result

PAGE = 50
"""Lines on one page."""

WINDOW = 31
FORECAST = 14


@dataclasses.dataclass(frozen=True)
class Checkpoint:
    """The log's last entry before the day ended: whoever keeps it can prove that the log was not changed."""

    entries: int
    head: str

    def __str__(self) -> str:
        return f"{self.entries}:{self.head}"


@dataclasses.dataclass(frozen=True)
class Protocol:
    day: dt.date
    start: dt.datetime
    end: dt.datetime
    """The day in Helsinki, up to and without `end`: 23 or 25 hours long twice a year."""
    over: bool
    """The day has passed: nothing is added to its protocol."""
    total: int
    """How many were deleted, whoever may see them."""
    own: int
    """How many of them the reader may see one by one."""
    total_held_back: int
    held_back: Sequence[PurgeLine]
    """Claimed before the day's end and not deleted by then: those the reader may see, `PAGE` at most."""
    rules: dict[str, int]
    """Rule (a code of `Rule`, ending in its version) → how many were deleted by it."""
    first_at: dt.datetime | None
    last_at: dt.datetime | None
    """The first and the last deletion."""
    keys_gone_by: dt.datetime | None
    """When the last backup copy of the destroyed keys is gone; None when no key was destroyed."""
    checkpoint: Checkpoint | None


def bounds(day: dt.date) -> tuple[dt.datetime, dt.datetime]:
    return clock.day_start(day), clock.day_start(day + dt.timedelta(days=1))


def _within(day: dt.date) -> tuple[Any, ...]:
    start, end = bounds(day)
    return (PurgeLine.purged_at >= start, PurgeLine.purged_at < end)


def unfinished_at(moment: dt.datetime) -> tuple[Any, ...]:
    return (PurgeLine.claimed_at < moment, PurgeLine.purged_at.is_null() | (PurgeLine.purged_at >= moment))


def of(day: dt.date, user: Account) -> Protocol:
    """The protocol of a day that has begun, with the totals of all and what of it `user` may see."""
    start, end = bounds(day)
    whole = totals(start, end)
    return Protocol(
        day=day,
        start=start,
        end=end,
        over=end <= clock.now(),
        total=whole.total,
        own=lines(day, user).count(),
        total_held_back=PurgeLine.select().where(*unfinished_at(end)).count(),
        held_back=list(held_back(day, user).limit(PAGE)),
        rules=whole.rules,
        first_at=whole.first_at,
        last_at=whole.last_at,
        keys_gone_by=whole.keys_gone_by,
        checkpoint=whole.checkpoint,
    )


@dataclasses.dataclass(frozen=True)
class Totals:
    """What was deleted in a period, of all queues."""

    total: int
    rules: dict[str, int]
    first_at: dt.datetime | None
    last_at: dt.datetime | None
    keys_gone_by: dt.datetime | None
    checkpoint: Checkpoint | None


def totals(start: dt.datetime, end: dt.datetime) -> Totals:
    """From `start` up to and without `end`."""
    facts = PurgeLine.select(PurgeLine.rule, PurgeLine.purged_at, PurgeLine.key_destroyed_at)
    within = facts.where(PurgeLine.purged_at >= start, PurgeLine.purged_at < end)
    rows = list(within.order_by(PurgeLine.purged_at).tuples())
    destroyed = [key_destroyed_at for _, _, key_destroyed_at in rows if key_destroyed_at]
    return Totals(
        total=len(rows),
        rules=dict(sorted(collections.Counter(rule for rule, _, _ in rows).items())),
        first_at=rows[0][1] if rows else None,
        last_at=rows[-1][1] if rows else None,
        keys_gone_by=keys_gone_by(max(destroyed, default=None)),
        checkpoint=_checkpoint(end),
    )


def keys_gone_by(destroyed_at: dt.datetime | None) -> dt.datetime | None:
    """A destroyed key may live in a backup of the keystore for `KEY_BACKUP_DAYS` more."""
    return destroyed_at + dt.timedelta(days=KEY_BACKUP_DAYS) if destroyed_at else None


def _checkpoint(end: dt.datetime) -> Checkpoint | None:
    entries = Entry.select(Entry.id, Entry.hash).where(Entry.at < end)
    last = entries.order_by(Entry.at.desc(), Entry.id.desc()).tuples().first()
    return Checkpoint(*last) if last else None


def points(subjects: list[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Subject → the log's entry of its deletion, as 'NUMBER:HASH': what `portal audit verify --expect` takes."""
    found: dict[uuid.UUID, str] = {}
    for start in range(0, len(subjects), 500):
        entries = Entry.select(Entry.subject, Entry.id, Entry.hash).where(
            Entry.act == Act.PURGED, Entry.subject.in_(subjects[start : start + 500])
        )
        found |= {subject: f"{number}:{head}" for subject, number, head in entries.tuples()}
    return found


def lines(day: dt.date, user: Account) -> peewee.ModelSelect:
    """Every deletion of the day that `user` may see, in the order they were claimed."""
    return PurgeLine.visible_to(user).where(*_within(day)).order_by(PurgeLine.id)


def held_back(day: dt.date, user: Account) -> peewee.ModelSelect:
    """What `user` may see of that which was claimed and not deleted by the day's end."""
    _, end = bounds(day)
    return PurgeLine.visible_to(user).where(*unfinished_at(end)).order_by(PurgeLine.id)


def page(day: dt.date, user: Account, after: uuid.UUID | None) -> tuple[list[PurgeLine], uuid.UUID | None]:
    """`PAGE` lines after the line `after`, and where the next page begins (None: nowhere)."""
    query = lines(day, user)
    if after is not None:
        mark = PurgeLine.select(PurgeLine.id).where(PurgeLine.uuid == after)
        query = query.where(PurgeLine.id > mark)
    found = list(query.limit(PAGE + 1))
    return found[:PAGE], found[PAGE - 1].uuid if len(found) > PAGE else None


@dataclasses.dataclass(frozen=True)
class Days:
    """The days of a month that have deletions, newest first, with how many; `older` leads on."""

    found: list[tuple[dt.date, int]]
    older: dt.date | None


def days(until: dt.date) -> Days:
    """The 31 days up to and with `until`."""
    found = []
    for back in range(WINDOW):
        day = until - dt.timedelta(days=back)
        if count := PurgeLine.select().where(*_within(day)).count():
            found.append((day, count))
    first = until - dt.timedelta(days=WINDOW - 1)
    before = PurgeLine.select(peewee.fn.MAX(PurgeLine.purged_at)).where(PurgeLine.purged_at < clock.day_start(first))
    newest = before.scalar()
    return Days(found, clock.local(newest).date() if newest else None)


def failed(user: Account) -> list[PurgeLine]:
    """What the disk refuses to let go of right now, as far as `user` may see it; `PAGE` at most."""
    rows = PurgeLine.visible_to(user).where(PurgeLine.purged_at.is_null(), PurgeLine.result == Result.FAILED)
    return list(rows.order_by(PurgeLine.id).limit(PAGE))


def forecast() -> list[tuple[dt.date, int]]:
    """How many recordings and quarantined files fall due on each of the coming 14 days, today first.
    What a hold or a freeze keeps is not among them."""
    coming = []
    for ahead in range(FORECAST):
        day = clock.today() + dt.timedelta(days=ahead)
        start, end = bounds(day)
        start = max(start, clock.now())
        calls = _due(Recording, State.LIVE, start, end)
        files = _due(Quarantined, QuarantineState.WAITING, start, end)
        coming.append((day, calls + files))
    return coming


def _due(model: type[Recording] | type[Quarantined], state: str, start: dt.datetime, end: dt.datetime) -> int:
    rows = model.select().where(model.state == state, model.expires_at >= start, model.expires_at < end)
    if model is Recording:
        rows = rows.where(Recording.holds == 0, Recording.freezes == 0)
    count: int = rows.count()
    return count
