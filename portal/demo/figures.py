"""The figures of the months that the demo's calls are from: its days were counted when they were over."""

import datetime as dt

from portal import clock
from portal.db import db
from portal.recordings.models import SEQUENCE_BITS, Recording
from portal.register import counting
from portal.register.figure_models import DaySettled


def count() -> None:
    """Count every day since the first call, those of more than a week ago for good."""
    oldest = Recording.select(Recording.id).order_by(Recording.id).limit(1).scalar()
    if oldest is None:
        return
    day = clock.local(dt.datetime.fromtimestamp(int(oldest) >> SEQUENCE_BITS, clock.UTC)).date()
    with db.atomic():
        while day < clock.today():
            over = clock.day_start(day + dt.timedelta(days=1))
            DaySettled.delete().where(DaySettled.day == day, ~DaySettled.settled).execute()
            DaySettled.get_or_create(day=day, defaults={"counted_at": over})
            day += dt.timedelta(days=1)
    counting.count_due()
