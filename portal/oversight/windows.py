"""What the patterns look at: one person's listens over some weeks, and what is usual for that person and the others."""

import dataclasses
import datetime as dt
import statistics
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from portal import config
from portal.oversight.models import Pattern

HISTORY = dt.timedelta(days=56)
"""So far back it is asked what is usual: eight weeks, so that a turn of duty every fifth week is in it."""
FEWEST_DAYS = 8
"""Days with any listens that it takes to know what is usual for a person; before that, the others tell."""
FEWEST_PEERS = 3
NEW_RIGHT = dt.timedelta(days=28)
"""A queue that a right was just granted for is new to everybody who gets one."""


class Heard(NamedTuple):
    """One listen, as far as the patterns need to know it."""

    entry: int
    """Its number in the log."""
    at: dt.datetime
    """On Helsinki's clocks."""
    queue: int | None = None
    number: str = ""
    """A pseudonym of the caller's number; '' when withheld or deleted."""
    own: bool = False
    """The number is the listener's."""
    colleague: bool = False
    """The number is another employee's."""
    took: bool = False
    """The listener took the call."""
    worked: bool = False
    """The listener noted something of it or did other work on it within a day."""
    case: bool = False
    """Heard for a request that the call belongs to."""
    consent: bool = False
    """Heard for training, which the person in the call has consented to."""
    met: bool = False
    """The listener had taken a call of the same number earlier that day: somebody called back."""
    duty: bool = False
    """The listener took calls around that time."""

    @property
    def bare(self) -> bool:
        return not (self.worked or self.case or self.consent)

    @property
    def apart(self) -> bool:
        """Nor had the listener to do with the caller."""
        return self.bare and not self.took and not self.met


@dataclasses.dataclass(frozen=True, kw_only=True)
class Limits:
    """From the settings."""

    opens: int = 7
    closes: int = 18
    """Working hours, Monday to Friday but for holidays."""
    many_least: int = 9
    many_times: int = 3
    same_number: int = 5
    other_queue: int = 3

    @classmethod
    def set(cls) -> "Limits":
        chosen = config.settings()
        return cls(
            opens=chosen.oversight_opens,
            closes=chosen.oversight_closes,
            many_least=chosen.oversight_many_least,
            many_times=chosen.oversight_many_times,
            same_number=chosen.oversight_same_number,
            other_queue=chosen.oversight_other_queue,
        )


class Peers:
    """How much everybody hears, day by day: was it a busy day, and what is usual for somebody who is new?"""

    def __init__(self, counts: Mapping[uuid.UUID, Mapping[dt.date, int]]) -> None:
        """`counts`: listens per person and day."""
        self._counts = counts

    def of(self, day: dt.date, *, but: uuid.UUID) -> list[int]:
        """What the others who heard any heard that day."""
        return [days[day] for person, days in self._counts.items() if person != but and days.get(day)]

    def busy(self, day: dt.date, *, but: uuid.UUID) -> float:
        """How many times the usual the others heard that day, at least once and at most three times."""
        ratios = []
        for person, days in self._counts.items():
            if person == but or not days.get(day):
                continue
            before = [n for d, n in days.items() if day - HISTORY <= d < day]
            if len(before) >= FEWEST_DAYS:
                ratios.append(days[day] / statistics.median(before))
        if len(ratios) < FEWEST_PEERS:
            return 1.0
        return min(3.0, max(1.0, statistics.median(ratios)))

    def usual(self, day: dt.date, *, but: uuid.UUID) -> float | None:
        """What others usually hear on a day with any; None when nobody has done it long enough."""
        medians = []
        for person, days in self._counts.items():
            before = [n for d, n in days.items() if person != but and day - HISTORY <= d < day]
            if len(before) >= FEWEST_DAYS:
                medians.append(statistics.median(before))
        return statistics.median(medians) if medians else None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Window:
    """One person's listens up to and with one day, and what is known beside them."""

    person: uuid.UUID
    day: dt.date
    heard: Sequence[Heard]
    """From HISTORY before the day, oldest first."""
    peers: Peers
    limits: Limits
    took: Mapping[int, int] = dataclasses.field(default_factory=dict)
    """How many calls of each queue the person took in that time."""
    since: Mapping[int, dt.date] = dataclasses.field(default_factory=dict)
    """From when the person has a right to each queue without a break."""
    asked_about: frozenset[tuple[Pattern, int]] = frozenset()
    """Entries already in an observation that somebody was asked about or that is closed, or in one of MANY: not counted
    again."""

    @property
    def is_new(self) -> bool:
        """All their rights were just granted: somebody new hears much, to learn."""
        return bool(self.since) and min(self.since.values()) > self.day - NEW_RIGHT

    def of_day(self) -> list[Heard]:
        return [h for h in self.heard if h.at.date() == self.day]

    def earlier(self) -> list[Heard]:
        return [h for h in self.heard if h.at.date() < self.day]

    def within(self, days: int) -> list[Heard]:
        """The last so many days, the day itself with them."""
        first = self.day - dt.timedelta(days=days - 1)
        return [h for h in self.heard if h.at.date() >= first]

    def fresh(self, pattern: Pattern, heard: Iterable[Heard]) -> list[Heard]:
        return [h for h in heard if (pattern, h.entry) not in self.asked_about]
