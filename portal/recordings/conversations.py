"""A conversation: the calls that the telephone system holds to be one (`linkedid`). Whoever was transferred was
recorded in parts, each with its own adviser, maybe in several queues.

In a list it is one line, with the parts that one may see; parts of other queues are a figure and nothing more.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import peewee

from portal import clock
from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.db import Prepared, slot
from portal.errors import NotFound
from portal.queues.models import Queue
from portal.recordings import search
from portal.recordings.models import Recording
from portal.recordings.search import Number, Query, Row, Sort

MOST_PARTS = 50
"""What holds more together is no conversation but a source that gives many calls one name: each is then a line."""


class Line(NamedTuple):
    """A conversation in a list; most have one part."""

    head: Row
    """The part that comes first in the list of those that answer: there the line stands."""
    parts: tuple[Row, ...]
    """All that the person may see, in the order they were spoken, the head among them."""
    matching: frozenset[int]
    """The keys of those that answer the search."""
    elsewhere: int
    """How many more parts belong to queues that are not the person's."""

    @property
    def duration_ms(self) -> int:
        return sum(part.duration_ms for part in self.parts)


class _Part(NamedTuple):
    key: int
    conversation: str
    queue_id: int | None
    restrictions: int


_NAMES = [f"c{n}" for n in range(search.PAGE)]
_AT_ONCE = len(_NAMES) * MOST_PARTS + 1
_PARTS = Prepared(
    lambda: (
        Recording.select(Recording.id, Recording.conversation, Recording.queue_id, Recording.restrictions)
        .where(
            Recording.conversation.in_([slot(name, Recording.conversation) for name in _NAMES]),
            Recording.unexpired_at(slot("now", Recording.expires_at)),
        )
        .limit(_AT_ONCE)
    )
)


def lines(rows: Sequence[Row], query: Query, *, by: Account) -> list[Line]:
    """The lines of a page that a search found: each of `rows` that is the head of its conversation, in their order.

    Where a conversation stands does not depend on where the pages begin and end: through all of them each is there
    once, and each call that answers is in one.
    """
    held = _held({row.conversation for row in rows if row.conversation})
    queues = by.queues_for(Permission.RECORDINGS_FIND)
    seen = {
        name: [part.key for part in parts if part.queue_id in queues and not part.restrictions]
        for name, parts in held.items()
    }
    known = {row.key: row for row in rows}
    missing = sorted({key for keys in seen.values() if len(keys) > 1 for key in keys} - known.keys())
    answering = frozenset(known)
    if missing:
        known |= {row.key: row for row in search.rows(missing, by=by)}
        answering |= search.answering(query, missing, by=by)
    found = []
    for row in rows:
        name = row.conversation or ""
        keys = {row.key, *seen.get(name, ())} & known.keys()
        parts = tuple(known[key] for key in sorted(keys))
        matching = answering & keys
        if row.key == min(matching, key=lambda key: _place(known[key], query.sort)):
            elsewhere = sum(part.queue_id not in queues for part in held.get(name, ()))
            found.append(Line(row, parts, matching, elsewhere))
    return found


def _place(row: Row, sort: Sort) -> tuple[int, int]:
    """What the order of a list goes by."""
    seconds = row.duration_ms // 1000
    match sort:
        case Sort.NEWEST:
            return 0, -row.key
        case Sort.OLDEST:
            return 0, row.key
        case Sort.LONGEST:
            return -seconds, -row.key
        case Sort.SHORTEST:
            return seconds, -row.key


def _held(names: set[str]) -> dict[str, list[_Part]]:
    """The parts of these conversations that are not past their date, of all queues; without those of too many."""
    names = set(names)
    while True:
        asked = dict.fromkeys(_NAMES) | dict(zip(_NAMES, sorted(names), strict=False))
        rows = _PARTS(now=clock.now(), **asked) if names else []
        held = defaultdict(list)
        for row in rows:
            part = _Part._make(row)
            held[part.conversation].append(part)
        if len(rows) < _AT_ONCE:
            return {name: parts for name, parts in held.items() if len(parts) <= MOST_PARTS}
        names -= {name for name, parts in held.items() if len(parts) > MOST_PARTS}  # one at least has filled the answer


def of_number(recording: Recording) -> Query:
    """Asks for every call with the number of this one. NotFound where there is none to compare: it was withheld."""
    if not has_number(recording):
        raise NotFound
    return Query(number=Number(recording.number, part=""))


def has_number(recording: Recording) -> bool:
    """Has it a number that other calls can have too?"""
    return any(c in "0123456789" for c in recording.number or "")


def parts(recording: Recording, *, by: Account) -> tuple[list[Recording], int, int]:
    """The parts of the call's conversation that `by` may see, in order, and how many more there are.

    The second figure counts parts of other queues, not those already past their date; the third those of the own
    queues whose processing is restricted. Of too many (MOST_PARTS) the call is a part by itself.
    """
    if not recording.conversation:
        return [recording], 0, 0
    same = Recording.conversation == recording.conversation
    if Recording.unexpired().where(same).limit(MOST_PARTS + 1).count() > MOST_PARTS:
        return [recording], 0, 0
    visible = Recording.within_reach_of(by).select(Recording, Queue, Account).where(same)
    joined = visible.join(Queue).switch(Recording).join(Account, peewee.JOIN.LEFT_OUTER)
    own = list(joined.order_by(Recording.id))
    every = Recording.unexpired().where(same).count()
    restricted = sum(not part.over for part in Recording.restricted_within_reach_of(by).where(same))
    return own, every - sum(not part.over for part in own) - restricted, restricted
