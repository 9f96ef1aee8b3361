"""What of the index's answers a person may see, in which order, and how many there are.

The index knows queues, not dates of deletion: what is due and not yet purged is passed over here.
"""

import dataclasses
import datetime as dt
import enum
import functools
import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import peewee

from portal import clock
from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.db import Prepared, slot
from portal.recordings import index, numbers
from portal.recordings.models import Recording, State

REACH = dt.timedelta(days=94)
"""Whoever called longer ago is past the date: three calendar months are 92 days, a call lasts half a day (`probe`)."""
LATEST = dt.timedelta(days=6)
"""Of the calls within REACH none was due longer ago: three calendar months are no less than 89 days."""
MOST_KEYS = 900
"""Keys in one query: SQLite took no more than 999 values for long."""
FEW = 200
"""So many calls of a range of lengths are read and sorted; a range with more is looked at in tenths."""

DIGITS = "0123456789"

AT_ONCE = 64
"""Keys of the query that is asked for one page."""
_KEYS = [f"k{n}" for n in range(MOST_KEYS)]

Row = tuple[Any, ...]
r = Recording


class Sort(enum.StrEnum):
    """The order of the list. Of calls as long as each other in whole seconds, the newest comes first."""

    NEWEST = "newest"
    OLDEST = "oldest"
    LONGEST = "longest"
    SHORTEST = "shortest"


def reached() -> int:
    """The key below which nobody sees a call any more. However much waits to be deleted, no search looks at it."""
    return Recording.first_id(clock.now() - REACH)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Answers:
    """What answers a question, as far as `by` may see it."""

    question: index.Question
    by: Account
    part: str = ""
    """Digits that the number must have, where the index is not sure of that (`index.number_part`)."""

    def page(
        self, columns: tuple[Any, ...], sort: Sort, *, after: int | None = None, back: bool = False, limit: int
    ) -> list[Row]:
        """`columns`, of which the key is the first, of the first `limit` calls in that order; of those behind the call
        with the key `after`, or, going `back`, of those ahead of it, the nearest first.

        Ordered by length there is no such place once that call is gone: then from the start, or nothing going back.
        """
        if sort in (Sort.NEWEST, Sort.OLDEST):
            newest_first = (sort == Sort.NEWEST) != back
            return self._by_key(columns, newest_first=newest_first, after=after, limit=limit)
        return self._by_length(columns, longest=sort == Sort.LONGEST, after=after, back=back, limit=limit)

    def count(self, *, most: int) -> int:
        """How many there are, `most` at most.

        Counting in the index alone is five times faster than looking at every row, and exact above
        the newest key that is there and may no longer be seen. Below it each row is looked at.
        """
        return self.count_above(newest_hidden(), most=most)

    def count_above(self, floor: int | None, *, most: int) -> int:
        """As `count`, for many at a time: `floor` is what `newest_hidden` says."""
        floor = index.NEWEST if self.part else floor
        if floor is None:
            return index.count(self.question, cap=most)
        hits = 0
        if self.question.high > floor:
            hits = index.count(self._between(floor + 1, None).question, cap=most)
        if hits < most and self.question.low <= floor:
            hits += len(self._between(None, floor)._by_key((r.id,), newest_first=True, limit=most - hits))
        return hits

    def among(self, keys: Sequence[int]) -> frozenset[int]:
        """Those of `keys` that are answers."""
        asked = self.question
        within = [key for key in keys if asked.low <= key <= asked.high]
        found = index.among(asked, within) if within else []
        return frozenset(key for (key,) in self._seen((r.id,), found)) if self.part else frozenset(found)

    def read(self, columns: tuple[Any, ...], *, most: int) -> list[Row] | None:
        """`columns` of all, in no order; None when there are more than `most`."""
        keys = index.find(self.question, limit=most + 1)
        return None if len(keys) > most else list(self._seen(columns, keys))

    def narrowed(self, *groups: tuple[str, ...]) -> "Answers":
        """Those that have one of each group of facets as well."""
        return dataclasses.replace(self, question=self.question.narrowed(*groups))

    def numbered(self, *numbers: str) -> "Answers":
        """Those that have all of these as well: what `index.number` or `index.number_part` gives."""
        return dataclasses.replace(self, question=self.question.numbered(*numbers))

    def in_queue(self, queue: int) -> "Answers":
        """Those in one of the queues."""
        return dataclasses.replace(self, question=dataclasses.replace(self.question, queues=(queue,)))

    def _between(self, low: int | None, high: int | None) -> "Answers":
        """Those with keys from `low` to `high`."""
        asked = self.question
        low, high = max(asked.low, low or 0), min(asked.high, index.NEWEST if high is None else high)
        return dataclasses.replace(self, question=dataclasses.replace(asked, low=low, high=high))

    def _by_key(
        self, columns: tuple[Any, ...], *, newest_first: bool, after: int | None = None, limit: int
    ) -> list[Row]:
        """In larger and larger steps, should the sweep have stood still for long."""
        rest = self
        if after is not None:
            rest = self._between(None, after - 1) if newest_first else self._between(after + 1, None)
        found: list[Row] = []
        step = limit
        while len(found) < limit and rest.question.low <= rest.question.high:
            keys = index.find(rest.question, limit=step, newest_first=newest_first)
            found += sorted(self._seen(columns, keys), reverse=newest_first)
            if len(keys) < step:
                break
            rest = rest._between(None, keys[-1] - 1) if newest_first else rest._between(keys[-1] + 1, None)
            step = min(step * 4, MOST_KEYS)
        return found[:limit]

    def _seen(self, columns: tuple[Any, ...], keys: list[int]) -> Iterator[Row]:
        asked = (*columns, r.number) if self.part else columns
        queues = sorted(self.by.queues_for(Permission.RECORDINGS_FIND))
        few, many = _of_keys(asked, len(queues), AT_ONCE), _of_keys(asked, len(queues), MOST_KEYS)
        given = {f"q{n}": queue for n, queue in enumerate(queues)} | {"now": clock.now()}
        for start in range(0, len(keys), MOST_KEYS):
            some = keys[start : start + MOST_KEYS]
            ask, places = (few, AT_ONCE) if len(some) <= AT_ONCE else (many, MOST_KEYS)
            rows = ask(**given, **dict.fromkeys(_KEYS[:places]) | dict(zip(_KEYS, some, strict=False)))
            if not self.part:
                yield from rows
            else:
                yield from (row[:-1] for row in rows if numbers.holds(row[-1] or "", self.part))

    def _by_length(
        self, columns: tuple[Any, ...], *, longest: bool, after: int | None, back: bool, limit: int
    ) -> list[Row]:
        start = None
        if after is not None:
            length = r.select(r.duration_ms).where(r.id == after).scalar()
            if length is None:
                return [] if back else self._by_length(columns, longest=longest, after=None, back=back, limit=limit)
            start = length // 1000, after
        walk = _Walk(self, columns, upward=longest == back, newest_first=not back, start=start, limit=limit)
        return list(itertools.islice(walk.rows(), limit))


@dataclasses.dataclass(frozen=True)
class _Walk:
    """Calls by their length in whole seconds, with the index for a guide: it has lengths as digits, and tells
    how many calls have a length that begins so."""

    answers: Answers
    columns: tuple[Any, ...]
    upward: bool
    newest_first: bool
    """Among those of one length."""
    start: tuple[int, int] | None
    """Length and key of the call behind which the walk begins."""
    limit: int

    def rows(self) -> Iterator[Row]:
        parts = self._beginning("0"), self._long()
        for part in parts if self.upward else reversed(parts):
            yield from part

    def _long(self) -> Iterator[Row]:
        """Those of 10,000 seconds and more, asked for at once: there are hardly any."""
        digits = DIGITS[1:]
        answers = self.answers.narrowed(tuple(map(index.seconds, digits)))
        keys = index.find(answers.question, limit=FEW + 1)
        if len(keys) <= FEW:
            yield from self._sorted(answers, keys)
        else:
            for digit in digits if self.upward else reversed(digits):
                yield from self._beginning(digit)

    def _beginning(self, beginning: str) -> Iterator[Row]:
        """Those whose length begins with these digits."""
        if not self._ahead(beginning):
            return
        answers = self.answers.narrowed((index.seconds(beginning),))
        if len(beginning) == index.SECONDS:
            after = self.start[1] if self.start and self.start[0] == int(beginning) else None
            yield from answers._by_key(self.columns, newest_first=self.newest_first, after=after, limit=self.limit)
            return
        keys = index.find(answers.question, limit=FEW + 1)
        if len(keys) <= FEW:
            yield from self._sorted(answers, keys)
        else:
            for digit in DIGITS if self.upward else reversed(DIGITS):
                yield from self._beginning(beginning + digit)

    def _ahead(self, beginning: str) -> bool:
        """Does any length that begins so lie ahead?"""
        if self.start is None:
            return True
        edge = beginning.ljust(index.SECONDS, "9" if self.upward else "0")
        return int(edge) >= self.start[0] if self.upward else int(edge) <= self.start[0]

    def _sorted(self, answers: Answers, keys: list[int]) -> list[Row]:
        rows = [
            (self._place(row[-1] // 1000, row[0]), row[:-1])
            for row in answers._seen((*self.columns, r.duration_ms), keys)
        ]
        edge = self._place(*self.start) if self.start else None
        return [row for place, row in sorted(rows) if edge is None or place > edge]

    def _place(self, seconds: int, key: int) -> tuple[int, int]:
        return (seconds if self.upward else -seconds, -key if self.newest_first else key)


@functools.lru_cache(64)
def _of_keys(columns: tuple[Any, ...], queues: int, keys: int) -> Prepared:
    """`columns` of the calls with any of so many keys that may be seen in any of so many queues."""
    chosen = r.id.in_([slot(name, r.id) for name in _KEYS[:keys]])
    seen = [slot(f"q{n}", r.queue) for n in range(queues)]
    return Prepared(lambda: r.select(*columns).where(r.visible_in(seen, slot("now", r.expires_at)), chosen))


def newest_hidden() -> int | None:
    """The newest key of a call within reach that is past its date or being purged, and may still be in the index."""
    now = clock.now()
    key: int | None = _NEWEST_HIDDEN(now=now, since=now - LATEST)[0][0]
    return key


def _newest_hidden() -> peewee.ModelSelect:
    due = (r.state == State.LIVE) & r.expires_at.between(slot("since", r.expires_at), slot("now", r.expires_at))
    # The sum keeps the planner from walking the keys down from the top until one is due
    return r.select(peewee.fn.MAX(r.id + 0)).where(due | (r.state == State.PURGING))


_NEWEST_HIDDEN = Prepared(_newest_hidden)
