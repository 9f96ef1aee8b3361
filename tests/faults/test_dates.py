"""When a call goes, against a calendar of our own: neither early nor late, whatever the zone, the season, and what
kept it."""

import calendar
import datetime as dt
import os
import random
from zoneinfo import ZoneInfo

import pytest

from portal import clock
from portal.recordings.models import Recording, State
from portal.retention import deletion
from tests.retention import kept

CASES = 100_000
IN_REGISTER = 2000 if os.environ.get("SOAK") else 60
ZONES = [ZoneInfo(name) for name in ("Europe/Helsinki", "UTC", "America/New_York", "Asia/Kathmandu", "Pacific/Apia")]
EPOCH = dt.date(1970, 1, 1)
MS = 3_600_000


def last_sunday(year: int, month: int) -> dt.date:
    day = dt.date(year, month, calendar.monthrange(year, month)[1])
    return day - dt.timedelta(days=(day.weekday() + 1) % 7)


def instant(day: dt.date, hour: int = 0) -> int:
    """Milliseconds since 1970 of an hour in UTC."""
    return ((day - EPOCH).days * 24 + hour) * MS


def offset(moment: int) -> int:
    """Hours that Helsinki is ahead of UTC then: the directive 2000/84/EC, no zone file."""
    year = 1970 + moment // (365 * 24 * MS + 6 * MS)
    for one in (year - 1, year, year + 1):
        if instant(last_sunday(one, 3), 1) <= moment < instant(last_sunday(one, 10), 1):
            return 3
    return 2


def goes_at(ended: int) -> int:
    """Three calendar months later by Helsinki's clocks."""
    days, rest = divmod(ended + offset(ended) * MS, 24 * MS)
    day = EPOCH + dt.timedelta(days=days)
    months = day.year * 12 + day.month - 1 + 3
    year, month = months // 12, months % 12 + 1
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    longest = (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]
    wall = instant(dt.date(year, month, min(day.day, longest))) + rest
    # the first reading of an hour that comes twice; one that is left out counts as summer time not yet begun
    summer, winter = wall - 3 * MS, wall - 2 * MS
    return summer if offset(summer) == 3 else winter


def moments(count: int, seed: int):
    """Half of them anywhere in twenty years, half around the clock changes and the ends of months."""
    chance = random.Random(seed)
    start, end = instant(dt.date(2020, 1, 1)), instant(dt.date(2040, 1, 1))
    for number in range(count):
        if number % 2:
            yield chance.randrange(start, end)
            continue
        year, month = chance.randrange(2020, 2040), chance.randrange(1, 13)
        day = chance.choice([last_sunday(year, month), dt.date(year, month, calendar.monthrange(year, month)[1])])
        back = chance.choice([0, 89, 90, 91, 92])
        yield instant(day) - back * 24 * MS + chance.randrange(-6 * MS, 30 * MS)


def test_no_date_is_early_or_late():
    wrong = []
    chance = random.Random(3)
    for moment in moments(CASES, 1):
        ended = dt.datetime.fromtimestamp(moment / 1000, chance.choice(ZONES))
        found = round(clock.expiry(ended).timestamp() * 1000)
        if found != goes_at(moment):
            wrong.append((moment, found - goes_at(moment)))
    assert not wrong, wrong[:5]


@pytest.mark.parametrize("seed", [7])
def test_the_claim_takes_a_call_at_its_date_and_not_before_unless_it_is_kept(people, settings, seed):
    """Through the register: a millisecond before, and at it; with and without a hold and a freeze."""
    chance = random.Random(seed)
    with clock.frozen(kept.NOW):
        row = kept.call(people, sound=b"RIFF")
    for moment in moments(IN_REGISTER, seed):
        ended = dt.datetime.fromtimestamp(moment / 1000, clock.UTC)
        holds, freezes = chance.choice([0, 0, 1]), chance.choice([0, 0, 1, 2])
        values = {"expires_at": clock.expiry(ended), "holds": holds, "freezes": freezes, "state": State.LIVE}
        Recording.update(values).where(Recording.id == row.id).execute()
        date = dt.datetime.fromtimestamp(goes_at(moment) / 1000, clock.UTC)
        for late in (-1, 0, 1):
            now = date + dt.timedelta(milliseconds=late)
            found = Recording.select().where(*deletion.may_go(now)).exists()
            assert found == (late >= 0 and not holds and not freezes), (moment, late, holds, freezes)
