"""Watching the watcher: may deletion trust the clock, and is what is due today as much as usual?

Asked before each sweep claims anything. A doubt makes it pause and ask a person; it goes on when one
says so, or when the doubt is gone by itself. What was claimed before is finished all the same.
"""

import contextlib
import dataclasses
import datetime as dt
import functools
import math
from collections.abc import Callable, Iterator

import peewee

from portal import clock, config
from portal.accounts.models import Account
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.db import db
from portal.errors import Conflict
from portal.ingest.models import Quarantined
from portal.jobs import actions as jobs
from portal.jobs.models import Kind
from portal.language import N_
from portal.recordings.models import SEQUENCE_BITS, Recording
from portal.retention import deletion, sweeps
from portal.retention.watching import Cause, ClockMark, Ended, Pause
from portal.vault import durable

BACK = dt.timedelta(minutes=2)
"""A clock that a time service sets right by less is no jump."""
AHEAD = dt.timedelta(days=1)

FACTOR = 2
BEFORE, AFTER = 56, 28
"""The days around the one that is judged which tell what is usual."""
FEWEST = 5
"""Days with anything due that it takes to know what is usual."""
BUSY = 0.9
"""The usual day is as busy as this share of the days are at most: a Monday passes, and the day after a holiday."""


PerDay = Callable[[dt.date], float]
"""How many fall due on a day, for each of the days of calls it takes."""


class NotPaused(Conflict):
    text = N_("Gallringen väntar inte längre på svar.")


@dataclasses.dataclass(frozen=True)
class Doubt:
    cause: Cause
    seen_at: dt.datetime | None = None
    day: dt.date | None = None
    found: int = 0
    most: int = 0


def standing() -> Pause | None:
    """The pause that stands now."""
    row: Pause | None = Pause.get_or_none(Pause.stands == True)  # noqa: E712 a column
    return row


def doubts_clock() -> bool:
    """Has the clock jumped, or does a pause for that stand? For whatever else ends by a date. Changes nothing."""
    pause = standing()
    return (pause is not None and pause.cause != Cause.MANY) or _about_clock() is not None


def look() -> Pause | None:
    """Judge the clock and the amount, before anything is claimed. Returns the pause that then stands, if any.

    A new doubt begins a pause; a doubt that is gone ends it; without one the time is noted.
    """
    doubt = _about_clock() or _about_amount()
    pause = standing()
    if pause is not None and (doubt is None or doubt.cause != pause.cause):
        _pass(pause)
        pause = None
    if doubt is None:
        _note_time()
        return None
    return pause or _begin(doubt)


@db.atomic()
def _begin(doubt: Doubt) -> Pause:
    pause: Pause = Pause.create(**dataclasses.asdict(doubt))
    record(Act.PURGE_PAUSED, pause, cause=doubt.cause, count=doubt.found, most=doubt.most)
    return pause


@db.atomic()
def _pass(pause: Pause) -> None:
    _end(pause, Ended.PASSED, by=None)


@db.atomic()
def confirm(pause: Pause, *, by: Account | None) -> None:
    """Let deletion go on, at a person's word (None: at the server's command line).

    The clock counts as right from now on; of many, all that is due now may go within a day. Who confirms
    is told when it is done. Raises NotPaused when it stands no more.
    """
    due = sum(model.select().where(*conditions).count() for model, conditions in _due(clock.now()))
    _end(pause, Ended.CONFIRMED, by=by, due=due)
    _note_time()
    if by is not None:
        with contextlib.suppress(jobs.AlreadyOrdered):
            jobs.order(Kind.PURGE, by=by)


def _end(pause: Pause, ended: Ended, *, by: Account | None, due: int = 0) -> None:
    done = Pause.update(stands=None, ended=ended, ended_at=clock.now(), ended_by=by, due=due).where(
        Pause.id == pause.id,
        Pause.stands == True,  # noqa: E712 a column
    )
    if not done.execute():
        raise NotPaused
    entry = record(Act.PURGE_RESUMED, pause, by=by, cause=pause.cause, ended=ended, count=due)
    Pause.update(entry=entry.id).where(Pause.id == pause.id).execute()


def _due(now: dt.datetime) -> Iterator[tuple[type[Recording] | type[Quarantined], tuple[peewee.Expression, ...]]]:
    yield Recording, deletion.may_go(now)
    yield Quarantined, deletion.may_go_quarantined(now)


# The clock


@db.atomic()
def _note_time() -> None:
    machine = clock.machine()
    values = {"at": clock.now(), "boot": machine.boot, "uptime_ms": round(machine.uptime * 1000)}
    if not ClockMark.update(values).execute():
        ClockMark.create(**values)


def _about_clock() -> Doubt | None:
    now, mark = clock.now(), ClockMark.select().first()
    logged = _last_logged()
    since = mark.at if mark else logged
    if since is None:
        return None
    known: dt.datetime = max(since, logged or since)
    if now < known - BACK:
        return Doubt(Cause.CLOCK_BACK, seen_at=known)
    # Entries that a wrong clock has dated do not speak for it: where there is a mark, it alone does
    if _ahead(now, since, mark):
        return Doubt(Cause.CLOCK_AHEAD, seen_at=since)
    return None


def _last_logged() -> dt.datetime | None:
    """The latest time in the log since a pause last ended. What a clock has dated that is known to be
    ahead does not count: once it is set right, it is right."""
    pause = standing()
    if pause is not None and pause.cause == Cause.CLOCK_AHEAD and ClockMark.select().exists():
        return None
    since = Pause.select(peewee.fn.MAX(Pause.entry)).scalar() or 0
    moment: dt.datetime | None = (
        Entry.select(Entry.at).where(Entry.id > since).order_by(Entry.at.desc()).limit(1).scalar()
    )
    return moment


def _ahead(now: dt.datetime, since: dt.datetime, mark: ClockMark | None) -> bool:
    """Has more than a day gone by on the clock that has not gone by in truth?

    As long as the machine runs, its uptime tells, however long nobody swept. After a restart nothing in
    the machine does: then the kernel's word for a time service, or calls that the telephone system has
    dated lately, bear the clock out.
    """
    machine = clock.machine()
    uptime_ms = round(machine.uptime * 1000)
    if mark is not None and machine.boot and machine.boot == mark.boot and uptime_ms >= mark.uptime_ms:
        return now - since - dt.timedelta(milliseconds=uptime_ms - mark.uptime_ms) > AHEAD
    return now - since > AHEAD and not machine.synchronised and not _calls_came(now)


def _calls_came(now: dt.datetime) -> bool:
    newest = Recording.select(peewee.fn.MAX(Recording.id)).scalar()
    if newest is None:
        return False
    started_at = dt.datetime.fromtimestamp(newest >> SEQUENCE_BITS, clock.UTC)
    return now - AHEAD <= started_at <= now + AHEAD


# The amount


def _about_amount() -> Doubt | None:
    """Each day is judged for itself, so that what an outage has piled up is no surprise. What was due
    before the last good sweep, which took everything, has come late: it counts together."""
    now, per_day = clock.now(), functools.cache(_per_call_day)
    firsts = [model.select(peewee.fn.MIN(model.expires_at)).where(*asked).scalar() for model, asked in _due(now)]
    first = min((moment for moment in firsts if moment), default=None)
    if first is None:
        return None
    trace, allowed = sweeps.last("purge"), _allowed()
    marks = (trace.good_at if trace else None, allowed.ended_at if allowed else None)
    cutoff = max((moment for moment in marks if moment), default=None)
    if cutoff is not None and first <= cutoff and (doubt := _late(now, cutoff, allowed, per_day)):
        return doubt
    day = clock.local(max(first, cutoff) if cutoff else first).date()
    while day <= clock.today():
        if doubt := _unusual(day, now, allowed.ended_at if allowed else None, per_day):
            return doubt
        day += dt.timedelta(days=1)
    return None


def _allowed() -> Pause | None:
    """The last time that a person let many go."""
    row: Pause | None = (
        Pause.select()
        .where(Pause.ended == Ended.CONFIRMED, Pause.cause == Cause.MANY)
        .order_by(Pause.id.desc())
        .first()
    )
    return row


def _late(now: dt.datetime, cutoff: dt.datetime, allowed: Pause | None, per_day: PerDay) -> Doubt | None:
    found = sum(model.select().where(*asked, model.expires_at <= cutoff).count() for model, asked in _due(now))
    if found <= config.settings().pause_minimum:
        return None
    most = _most(clock.local(now).date(), per_day, days=1)
    if allowed is not None and now - AHEAD < allowed.ended_at <= now:
        most = max(most, allowed.due)
    return Doubt(Cause.MANY, found=found, most=most) if found > most else None


def _unusual(day: dt.date, now: dt.datetime, after: dt.datetime | None, per_day: PerDay) -> Doubt | None:
    """More of `day` than may be; those that have gone already are counted, as a tombstone keeps its date."""
    start, end = clock.day_start(day), min(clock.day_start(day + dt.timedelta(days=1)), now)
    found = _falling_due(max(start, after) if after else start, end)
    if found <= config.settings().pause_minimum:
        return None
    most = _most(day, per_day, days=call_days(day))
    return Doubt(Cause.MANY, day=day, found=found, most=most) if found > most else None


def _falling_due(start: dt.datetime, end: dt.datetime) -> int:
    return sum(
        model.select().where(model.expires_at >= start, model.expires_at < end).count()
        for model in (Recording, Quarantined)
    )


@functools.lru_cache(maxsize=512)
def call_days(day: dt.date) -> int:
    """The calls of how many days fall due on `day`: on the last of a short month those of up to four, else of one."""
    noon = dt.time(12)
    days = [day - dt.timedelta(days=back) for back in range(86, 96)]
    made = [clock.from_local(dt.datetime.combine(called, noon)) for called in days]
    return max(1, sum(clock.local(clock.expiry(moment)).date() == day for moment in made))


def _most(day: dt.date, per_day: PerDay, *, days: int) -> int:
    """So many may fall due on `day` unasked: twice a usual busy day, for each of the days of calls it takes."""
    around = [day + dt.timedelta(days=n) for n in range(-BEFORE, AFTER + 1) if n]
    counts = sorted(count for count in map(per_day, around) if count)
    usual = counts[math.ceil(BUSY * len(counts)) - 1] if len(counts) >= FEWEST else 0
    return max(config.settings().pause_minimum, math.floor(FACTOR * usual * days))


def _per_call_day(day: dt.date) -> float:
    return _falling_due(clock.day_start(day), clock.day_start(day + dt.timedelta(days=1))) / call_days(day)


# The sign of life


def sign_life() -> None:
    """Write the file that a monitor looks at, after a good sweep. Raises OSError."""
    with durable.new_file(config.settings().alive_file) as file:
        file.write(clock.now().isoformat(timespec="seconds").encode() + b"\n")
