"""How the machine stands in a few words, for the first page of whoever runs the portal; `portal doctor` says more."""

import datetime as dt
from typing import NamedTuple

import peewee

from portal import clock, config
from portal.jobs.models import Job, Kind, Outcome
from portal.machine import places, running
from portal.machine.told import Level
from portal.oversight import checkpoints
from portal.retention import copies
from portal.retention.models import Sweep


class Part(NamedTuple):
    level: Level
    at: dt.datetime | None = None
    """When it last did what it does; None: never, or nobody can say."""


class Standing(NamedTuple):
    worker: Part
    backup: Part
    log: Part
    """Its signed head, and what the last check of the whole found."""
    room: places.Room | None
    """Of the fullest disk; None: it cannot be seen from here."""

    @property
    def level(self) -> Level:
        return max(self.worker.level, self.backup.level, self.log.level, self.room.level if self.room else Level.LOOK)


def look() -> Standing:
    return Standing(_worker(), _backup(), _log(), _room())


def _worker() -> Part:
    newest = Sweep.select(peewee.fn.MAX(Sweep.started_at)).scalar()
    alive = newest is not None and dt.timedelta() <= clock.now() - newest < running.SILENT
    return Part(Level.GOOD if alive else Level.MEND, newest)


def _backup() -> Part:
    try:
        newest = copies.newest_whole()
    except OSError:  # on a disk that this process may not look at
        return Part(Level.LOOK)
    if newest is None:
        return Part(Level.MEND)
    age = clock.now() - newest.made_at
    level = Level.MEND if age > running.LOST else Level.LOOK if age > running.NIGHT else Level.GOOD
    return Part(level, newest.made_at)


def _log() -> Part:
    signed = checkpoints.standing()
    checked = Job.select(Job.outcome).where(Job.kind == Kind.LOG, Job.ended_at.is_null(False))
    broken = checked.order_by(Job.id.desc()).limit(1).scalar() == Outcome.AMISS
    if broken or signed.silent:
        return Part(Level.MEND, signed.good_at)
    return Part(Level.GOOD if signed.good_at else Level.LOOK, signed.good_at)


def _room() -> places.Room | None:
    try:
        return max(places.rooms(config.settings()), key=lambda one: (one.level, -one.free), default=None)
    except OSError:
        return None
