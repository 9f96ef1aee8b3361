"""When a call goes, against a calendar of our own: neither early nor late, whatever the zone, the season, and what
kept it."""

import calendar
import datetime as dt
import os
import random
import uuid
from zoneinfo import ZoneInfo

import peewee
import pytest

from portal import clock
from portal.db import db
from portal.recordings.models import Recording
from portal.retention import deletion
from tests.faults import dates
from tests.faults.dates import DAY, HOUR, goes_at, instant, last_sunday, utc

CASES = 100_000
SOAK = bool(os.environ.get("SOAK"))
ZONES = [ZoneInfo(name) for name in ("Europe/Helsinki", "UTC", "America/New_York", "Asia/Kathmandu", "Pacific/Apia")]


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
        yield instant(day) - back * DAY + chance.randrange(-6 * HOUR, 30 * HOUR)


def test_no_date_is_early_or_late():
    wrong = []
    chance = random.Random(3)
    for moment in moments(CASES, 1):
        ended = dt.datetime.fromtimestamp(moment / 1000, chance.choice(ZONES))
        found = round(clock.expiry(ended).timestamp() * 1000)
        if found != goes_at(moment):
            wrong.append((moment, found - goes_at(moment)))
    assert not wrong, wrong[:5]


class Kept:
    """What keeps one call: a hold and freezes, each from a moment to another, or to none. Reckoned without the
    portal: it may go at the first moment, its date or later, at which none of them stands."""

    def __init__(self, moment: int, chance: random.Random) -> None:
        self.ended, self.date = moment, goes_at(moment)
        self.spans = [self._span(chance) for _ in range(chance.choice([0, 1, 1, 2, 3]))]
        self.holds = chance.randrange(len(self.spans) + 1) and 1
        """The first one is a hold then, the others are freezes."""

    def _span(self, chance: random.Random) -> tuple[int, int | None]:
        placed = chance.randrange(self.ended, self.date)
        ends = (
            placed + chance.randrange(1, 200 * DAY),
            self.date + chance.choice([-1, 0, 1]),
            goes_at(placed),
            None,
        )
        end = chance.choice(ends)
        return placed, None if end is None else max(placed + 1, end)

    def stands(self, at: int) -> list[bool]:
        return [placed <= at and (end is None or at < end) for placed, end in self.spans]

    @property
    def goes(self) -> int | None:
        """None: never, as it is."""
        at, moved = self.date, True
        while moved:
            moved = False
            for placed, end in self.spans:
                if placed <= at and (end is None or at < end):
                    if end is None:
                        return None
                    at, moved = end, True
        return at

    def row(self, number: int, at: int) -> dict:
        """As the register has it at that moment: what keeps it, and when the last one let go."""
        stands = self.stands(at)
        ends = [end for _, end in self.spans if end is not None and end <= at]
        return {
            "id": number,
            "uuid": uuid.uuid4(),
            "source": "freepbx",
            "source_key": str(number),
            "content_key": "",
            "started_at": utc(self.ended),
            "ended_at": utc(self.ended),
            "duration_ms": 0,
            "expires_at": clock.expiry(utc(self.ended)),
            "holds": sum(stands[: self.holds]),
            "freezes": sum(stands[self.holds :]),
            "freed_at": None if any(stands) or not ends else utc(max(ends)),
        }


def test_whatever_kept_it_a_call_goes_at_its_date_or_when_the_last_lets_go_not_before_not_after(settings):
    """Through the register: a millisecond before that moment, at it, and after; and the protocol's date is that."""
    for seed in range(20 if SOAK else 2):
        wrong = otherwise(CASES // 20, seed)
        assert not wrong, wrong[:3]


def otherwise(count: int, seed: int) -> list:
    chance = random.Random(seed)
    cases = [Kept(moment, chance) for moment in moments(count, 100 + seed)]
    early, late = chance.choice([1, 1000, DAY]), chance.choice([1, 1000, 40 * DAY])
    wrong = []
    for after in (-early, 0, late):
        asked = [(case, (case.goes if case.goes is not None else case.date + 900 * DAY) + after) for case in cases]
        wrong += claimed_otherwise(asked)
    return wrong


BUGS = {
    "a millisecond late": ("may_go", lambda now: (*deletion.kept_by_nothing(), Recording.expires_at < now)),
    "freezes forgotten": ("kept_by_nothing", lambda: (Recording.state == "live", Recording.holds == 0)),
    "holds forgotten": ("kept_by_nothing", lambda: (Recording.state == "live", Recording.freezes == 0)),
    "due from its date": ("_due_at", lambda row: row.expires_at),
    "due from the letting go": ("_due_at", lambda row: row.freed_at or row.expires_at),
}


@pytest.mark.parametrize("bug", BUGS)
def test_the_cases_show_the_bug(settings, monkeypatch, bug):
    monkeypatch.setattr(deletion, *BUGS[bug])
    assert otherwise(100, 3)


def claimed_otherwise(asked) -> list:
    """Those that the claiming condition takes otherwise than reckoned, or the protocol would give another date.

    Each is asked at its own moment: what `may_go` says of time is the comparison with the date, so all are laid into
    one register as if that moment were the same.
    """
    shared = dates.instant(dt.date(2030, 6, 15), 12)
    rows = []
    for number, (case, at) in enumerate(asked):
        row, shift = case.row(number + 1, at), dt.timedelta(milliseconds=shared - at)
        for name in ("expires_at", "freed_at"):
            row[name] = row[name] and row[name] + shift
        rows.append(row)
    with db.atomic() as taken:
        for chunk in peewee.chunked(rows, 500):
            Recording.insert_many(chunk).execute()
        found = {row.id: row for row in Recording.select().where(*deletion.may_go(utc(shared)))}
        taken.rollback()
    wrong = []
    for number, (case, at) in enumerate(asked):
        goes, row = case.goes, found.get(number + 1)
        must = goes is not None and at >= goes
        if must != (row is not None):
            wrong.append((vars(case), at, "taken" if row else "not taken"))
        elif row is not None and dates.ms(deletion._due_at(row)) - shared + at != goes:
            wrong.append((vars(case), at, deletion._due_at(row)))
    return wrong
