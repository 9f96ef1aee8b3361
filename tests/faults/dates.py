"""A calendar of our own, against which the portal's is judged: whole milliseconds since 1970, no zone file, none of
the libraries that the portal counts with."""

import calendar
import datetime as dt

EPOCH = dt.date(1970, 1, 1)
HOUR = 3_600_000
DAY = 24 * HOUR


def last_sunday(year: int, month: int) -> dt.date:
    day = dt.date(year, month, calendar.monthrange(year, month)[1])
    return day - dt.timedelta(days=(day.weekday() + 1) % 7)


def instant(day: dt.date, hour: int = 0) -> int:
    """An hour in UTC."""
    return ((day - EPOCH).days * 24 + hour) * HOUR


def offset(moment: int) -> int:
    """Hours that Helsinki is ahead of UTC then: the directive 2000/84/EC."""
    year = 1970 + moment // (365 * DAY + 6 * HOUR)
    for one in (year - 1, year, year + 1):
        if instant(last_sunday(one, 3), 1) <= moment < instant(last_sunday(one, 10), 1):
            return 3
    return 2


def day_of(moment: int) -> dt.date:
    """The date in Helsinki."""
    return EPOCH + dt.timedelta(days=(moment + offset(moment) * HOUR) // DAY)


def goes_at(ended: int) -> int:
    """Three calendar months later by Helsinki's clocks."""
    days, rest = divmod(ended + offset(ended) * HOUR, DAY)
    day = EPOCH + dt.timedelta(days=days)
    months = day.year * 12 + day.month - 1 + 3
    year, month = months // 12, months % 12 + 1
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    longest = (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]
    wall = instant(dt.date(year, month, min(day.day, longest))) + rest
    # the first reading of an hour that comes twice; one that is left out counts as summer time not yet begun
    summer, winter = wall - 3 * HOUR, wall - 2 * HOUR
    return summer if offset(summer) == 3 else winter


def ms(moment: dt.datetime) -> int:
    return round(moment.timestamp() * 1000)


def utc(moment: int) -> dt.datetime:
    return dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(milliseconds=moment)
