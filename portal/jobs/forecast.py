"""How long will it still take? Measured, and steady: what is said is corrected when the measure contradicts it, and not
with each look."""

import collections
import dataclasses
import datetime as dt

WINDOW = 60.0
"""Seconds: the pace is that of the last minute, so that a disk that slows down shows."""
FIRST = 2.0
"""Seconds it takes to measure a pace."""
STEADY, STEADY_SECONDS = 0.25, 5
"""By so much of the time left, and so many seconds, the measure may exceed it before more is said: until then the time
left stands still. Less is said at once."""
SAMPLES = 120


@dataclasses.dataclass(frozen=True)
class Progress:
    """How far a long work has come."""

    done: int
    whole: int | None
    per_minute: int = 0
    seconds_left: int | None = None
    """None: it cannot be said."""

    def __str__(self) -> str:
        left = "" if not self.seconds_left else f", {dt.timedelta(seconds=self.seconds_left)} left"
        of = "" if self.whole is None else f" of {self.whole}"
        return f"{self.done}{of}, {self.per_minute} a minute{left}"

    @property
    def minutes_left(self) -> int | None:
        return None if self.seconds_left is None else round(self.seconds_left / 60)

    @property
    def shown(self) -> tuple[int | None, ...]:
        """What a page tells of it."""
        return self.done, self.whole, self.per_minute, self.minutes_left

    @property
    def percent(self) -> int | None:
        """100 when it is done, and not before."""
        if not self.whole:
            return None
        return min(self.done * 100 // self.whole, 100)


class Forecast:
    """Of one work, which had `done` behind it when it began, or was taken up again, at `moment` (seconds that only go
    forward)."""

    def __init__(self, moment: float, done: int = 0) -> None:
        self._seen = collections.deque([(moment, done)])
        self._left: float | None = None

    def look(self, moment: float, done: int, whole: int | None) -> Progress:
        self._seen.append((moment, done))
        while len(self._seen) > SAMPLES or (len(self._seen) > 2 and self._seen[1][0] <= moment - WINDOW):
            self._seen.popleft()
        since, before = self._seen[0]
        pace = (done - before) / (moment - since) if moment - since >= FIRST else 0.0
        self._left = self._steady((whole - done) / pace) if pace and whole is not None else None
        return Progress(done, whole, round(pace * 60), None if self._left is None else round(self._left))

    def _steady(self, left: float) -> float:
        said = self._left
        if said is not None and said < left <= said * (1 + STEADY) + STEADY_SECONDS:
            return said
        return left
