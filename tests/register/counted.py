"""Days whose figures are settled, as the tests of the pages of figures need them."""

import datetime as dt
from collections.abc import Mapping

from portal import clock
from portal.db import db
from portal.register.figure_models import DayFigure, DaySettled

NOW = dt.datetime(2026, 11, 24, 9, 0, tzinfo=dt.UTC)
FIRST, LAST = dt.date(2026, 7, 1), dt.date(2026, 10, 31)
MONTHS = tuple(dt.date(2026, month, 1) for month in (7, 8, 9, 10))


@db.atomic()
def settle(first: dt.date = FIRST, last: dt.date = LAST) -> None:
    days = [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
    DaySettled.insert_many([{"day": day, "settled": True, "counted_at": clock.now()} for day in days]).execute()


@db.atomic()
def put(figures: Mapping[tuple[dt.date, int, str, str], int], *, total: int = 0) -> None:
    """Month, service number, what and of → how many, over two days of the month; `total` for each one of them."""
    DayFigure.delete().execute()
    for (month, queue, what, of), count in figures.items():
        for day, part in ((3, count // 2), (20, count - count // 2)):
            if part:
                key = {"day": month.replace(day=day), "queue_id": queue, "what": what, "of": of}
                DayFigure.create(**key, count=part, total=part * total)
