"""What the first page of retention shows: what goes in the next days as a plot, and what is kept and why."""

import dataclasses
import datetime as dt

import peewee

from portal import clock
from portal.recordings.models import Recording, State
from portal.retention.lists import STANDS
from portal.retention.models import Freeze, Hold

WIDTH, HEIGHT, FOOT, HEAD = 560, 160, 24, 18
GAP = 6


@dataclasses.dataclass(frozen=True)
class Bar:
    day: dt.date
    count: int
    x: int
    y: int
    width: int
    height: int
    middle: int


@dataclasses.dataclass(frozen=True)
class Plot:
    """Places in a drawing of WIDTH × HEIGHT units."""

    bars: list[Bar]
    base: int
    width: int = WIDTH
    height: int = HEIGHT


def plot(forecast: list[tuple[dt.date, int]]) -> Plot:
    most = max((count for _, count in forecast), default=0) or 1
    step, room = WIDTH // max(1, len(forecast)), HEIGHT - FOOT - HEAD
    bars = []
    for place, (day, count) in enumerate(forecast):
        height = max(2, round(room * count / most)) if count else 0
        x = place * step + GAP // 2
        bars.append(Bar(day, count, x, HEIGHT - FOOT - height, step - GAP, height, x + (step - GAP) // 2))
    return Plot(bars, HEIGHT - FOOT)


@dataclasses.dataclass(frozen=True)
class Kept:
    """Live calls that something keeps, in counts; one may be in both."""

    held: int
    held_past: int
    """Of those, past their date: only the hold keeps them."""
    frozen: int
    frozen_past: int


def kept() -> Kept:
    def count(keeping: peewee.ModelSelect, *conditions: object) -> int:
        """Of what keeps, which is little, to the calls; not through all calls for those that are kept."""
        found: int = (
            Recording.select().where(Recording.id.in_(keeping), Recording.state == State.LIVE, *conditions).count()
        )
        return found

    past = Recording.expires_at <= clock.now()
    held = Hold.select(Hold.recording).where(STANDS)
    frozen = Freeze.select(Freeze.recording).where(Freeze.stands)
    return Kept(count(held), count(held, past), count(frozen), count(frozen, past))
