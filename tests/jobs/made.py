"""Long work as the worker would note it."""

import datetime as dt

from portal import clock
from portal.jobs.models import ALONE, Job, Kind


def under_way(kind: Kind = Kind.INBOX, *, done: int, whole: int = 10_000, minutes: int = 2, owner=None) -> Job:
    """So much was done in so many minutes, up to now; instead of what stood of its kind."""
    now = clock.now()
    Job.delete().where(Job.kind == kind, Job.ended_at.is_null()).execute()
    left = round((whole - done) / (done / minutes) * 60) if done else None
    return Job.create(
        kind=kind,
        owner=owner,
        begun_at=now - dt.timedelta(minutes=minutes),
        told_at=now,
        done=done,
        whole=whole,
        per_minute=done // minutes,
        seconds_left=left,
        stands=True if kind in ALONE else None,
    )


def ended(kind: Kind, outcome: str, *, owner=None, ago: dt.timedelta = dt.timedelta(), **values) -> Job:
    at = clock.now() - ago
    whole = {"begun_at": at, "told_at": at, "ended_at": at, "done": 10, "whole": 10}
    return Job.create(kind=kind, outcome=outcome, owner=owner, **(whole | values))
