"""Finding calls: what may be asked, what is found, what the log says of it."""

import dataclasses
import datetime as dt
import enum
import re
import unicodedata
import uuid
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import peewee
import phonenumbers

from portal import clock, config
from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import db
from portal.errors import Invalid
from portal.language import N_
from portal.queues.models import Queue
from portal.recordings import index
from portal.recordings.models import Direction, Recording, State, Told
from portal.vault import box

PAGE = 50
CAP = 10_000
"""Hits are counted no further; the page says 'more than'."""
MOST_WORDS = 12
FEWEST_DIGITS = 3
MOST_DIGITS = 20
REACH = dt.timedelta(days=94)
"""Whoever called longer ago is past the date: three calendar months are 92 days, a call lasts half a day (`probe`)."""
LATEST = dt.timedelta(days=6)
"""Of the calls within REACH none was due longer ago: three calendar months are no less than 89 days."""
SUBJECT_SHOWN = 80
"""Characters of a subject that a list shows."""

_NOT_A_NUMBER = re.compile(r"[^0-9+\-–./()\s]")


class NotANumber(Invalid):
    text = N_("Skriv numret med siffror, till exempel 040 123 4567.")


class TooFewDigits(Invalid):
    text = N_("Skriv minst de tre sista siffrorna.")


class NoWords(Invalid):
    text = N_("Skriv ord med bokstäver eller siffror.")


class TooManyWords(Invalid):
    text = N_("Skriv högst tolv ord.")


@dataclasses.dataclass(frozen=True)
class Number:
    """A number as typed: read as a whole one in E.164, or as an ending, or as either."""

    whole: str | None
    ending: str | None

    @property
    def text(self) -> str:
        """What the log's pseudonym is made of: the whole number whenever it can be read as one."""
        return self.whole or self.ending or ""


def number(text: str) -> Number:
    """Read a number in any way of writing it.

    With a country code (+ or 00) it is a whole number, or an ending if no telephone has such a
    number. Without, it is an ending, and a whole one of the setting `region` too where possible.
    Raises NotANumber and TooFewDigits.
    """
    text = unicodedata.normalize("NFKC", text).strip().removeprefix("tel:")
    digits = "".join(c for c in text if c in "0123456789")
    if _NOT_A_NUMBER.search(text) or len(digits) > MOST_DIGITS:
        raise NotANumber
    if len(digits) < FEWEST_DIGITS:
        raise TooFewDigits
    foreign = text.startswith("+") or digits.startswith("00")
    whole = None
    try:
        parsed = phonenumbers.parse(text, config.settings().region)
        if phonenumbers.is_possible_number(parsed):
            whole = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    except phonenumbers.NumberParseException:
        pass
    if foreign and whole:
        return Number(whole, None)
    return Number(whole, digits.removeprefix("00") if foreign else digits)


def words(text: str) -> tuple[str, ...]:
    """The words to look for. Raises NoWords when `text` has some characters but no word, TooManyWords."""
    found = tuple(index.tokens(text))
    if text.strip() and not found:
        raise NoWords
    if len(found) > MOST_WORDS:
        raise TooManyWords
    return found


class Sort(enum.StrEnum):
    """The order of the list. Of calls as long as each other in whole seconds, the newest comes first."""

    NEWEST = "newest"
    OLDEST = "oldest"
    LONGEST = "longest"
    SHORTEST = "shortest"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Query:
    """One search. Empty fields do not narrow it."""

    words: tuple[str, ...] = ()
    number: Number | None = None
    first: dt.date | None = None
    last: dt.date | None = None
    """Days in Helsinki on which the call started, both included."""
    queue: Queue | None = None
    adviser: Account | None = None
    direction: Direction | None = None
    length: str | None = None
    """A name in `index.LENGTHS`."""
    told: Told | None = None
    flags: tuple[str, ...] = ()
    """Names in `index.FLAGS`; all must be true of the call."""
    sort: Sort = Sort.NEWEST
    before: int | None = None
    after: int | None = None
    """Keyset: only calls further down the list, or further up, than the one with this key. (In the list as it was
    first built, newest first, that is older or newer.)"""


class Row(NamedTuple):
    """A call in the list. No more of the number than its ending."""

    key: int
    uuid: uuid.UUID
    started_at: dt.datetime
    duration_ms: int
    queue_id: int
    adviser_id: int | None
    told: str
    playable: str
    expires_at: dt.datetime
    holds: int
    freezes: int
    """While there are any, the date deletes nothing."""
    conversation: str | None
    number_ending: str
    subject: str


r = Recording
_COLUMNS = (
    *(r.id, r.uuid, r.started_at, r.duration_ms, r.queue_id, r.adviser_id),
    *(r.told, r.playable, r.expires_at, r.holds, r.freezes, r.conversation, r.number, r.subject),
)


@dataclasses.dataclass(frozen=True)
class Page:
    rows: tuple[Row, ...] = ()
    hits: int = 0
    """All that answer, on whichever page; CAP at most."""
    capped: bool = False
    """There are more than CAP."""
    older: int | None = None
    newer: int | None = None
    """Keys to go on from: `before` that one, `after` that one."""


def find(query: Query, *, by: Account) -> Page:
    """The first 50 that answer in the query's order, of what `by` may see now; one audit row SEARCHED.

    Never a call that is past its date, whether or not the sweep has come to it.
    """
    page = _search(query, by) if by.queues_for(Permission.RECORDINGS_FIND) else Page()
    _log(query, page, by)
    return page


def keys(query: Query, *, by: Account, limit: int) -> list[uuid.UUID]:
    """The uuids of the newest `limit` that answer, of what `by` may see now. For an act on what a search has shown,
    which says in the log what it did with them."""
    if not by.queues_for(Permission.RECORDINGS_FIND):
        return []
    found = _visible(_question(query, by), by, (Recording.id, Recording.uuid), limit=limit)
    return [key for _, key in sorted(found, reverse=True)]


def walk(query: Query, *, doing: Permission, by: Account, most: int) -> Iterator[Row]:
    """The newest `most` that answer, of those with which `by` may do that, a few hundred in memory at a time. For an
    act on what a search has shown, which says in the log what it did with them."""
    question = _question(query, by, doing)
    before = None
    while most > 0:
        found = _visible(question, by, _COLUMNS, before, limit=min(most, 500))
        yield from map(_row, found)
        if len(found) < min(most, 500):
            return
        most, before = most - len(found), found[-1][0]


def answering(query: Query, keys: Sequence[int], *, by: Account) -> frozenset[int]:
    """Which of the calls with these keys answer; what of them `by` may see is the caller's to know."""
    question = _question(query, by)
    within = [key for key in keys if question.low <= key <= question.high]
    return frozenset(index.among(question, within)) if within else frozenset()


def span(query: Query, *, by: Account) -> tuple[dt.datetime, dt.datetime] | None:
    """When the oldest and the newest that answer started, of what `by` may see now; None when none does."""
    question = _question(query, by)
    ends = (_visible(question, by, (r.id, r.started_at), limit=1, newest_first=newest) for newest in (False, True))
    oldest, newest = ([row[1] for row in found] for found in ends)
    return (oldest[0], newest[0]) if oldest and newest else None


def rows(keys: Sequence[int], *, by: Account) -> list[Row]:
    """The calls with these keys that `by` may see now, as a list shows them, in the order of time."""
    found = Recording.visible_to(by).select(*_COLUMNS).where(Recording.id.in_(list(keys))).tuples()
    return [_row(row) for row in sorted(found)]


FILTERS: dict[str, dict[str, Any]] = {
    "words": {"words": ()},
    "number": {"number": None},
    "days": {"first": None, "last": None},
    "queue": {"queue": None},
    "adviser": {"adviser": None},
    "direction": {"direction": None},
    "length": {"length": None},
    "told": {"told": None},
    "flags": {"flags": ()},
}
"""What can be left out of a query, and how it is then."""


def without(query: Query, *, by: Account) -> list[tuple[str, int]]:
    """For a query that found nothing: each of FILTERS that hinders it alone, with how many would be found without it
    (CAP + 1 at most), the most first."""
    found = []
    for name, left_out in FILTERS.items():
        wider = dataclasses.replace(query, before=None, after=None, **left_out)
        if wider != dataclasses.replace(query, before=None, after=None):
            hits = _count(_question(wider, by), by)
            if hits:
                found.append((name, hits))
    return sorted(found, key=lambda pair: -pair[1])


TALLIED = ("queue", "adviser", "direction", "length", "told", "flags")


def tallies(query: Query, *, by: Account) -> dict[str, dict[Any, int]]:
    """How many answer with each value of each filter, CAP + 1 at most: filter → value → hits, without those that
    have none. Values as the index has them: keys of queues and advisers, codes, names of LENGTHS and FLAGS.

    Each filter is counted without what is chosen in it; a flag along with the chosen ones, for all must be true.
    """
    return {name: found for name in TALLIED if (found := _tally(query, name, by))}


def _tally(query: Query, name: str, by: Account) -> dict[Any, int]:
    question = _question(dataclasses.replace(query, before=None, after=None, **FILTERS[name]), by)
    own = by.queues_for(Permission.RECORDINGS_FIND)
    tokens: dict[str, dict[Any, str]] = {
        "queue": {key: index.queue(key) for key in own},
        "adviser": {key: index.adviser(key) for (key,) in Account.select(Account.id).tuples()},
        "direction": {code: index.direction(code) for code in Direction},
        "length": {length: index.length(low) for length, (low, _) in index.LENGTHS.items()},
        "told": {code: index.told(code) for code in Told},
        "flags": {flag: index.flag(flag) for flag in index.FLAGS},
    }
    chosen = tuple((index.flag(flag),) for flag in query.flags) if name == "flags" else ()
    found = {}
    for value, token in tokens[name].items():
        narrowed = dataclasses.replace(question, facets=(*question.facets, *chosen, (token,)))
        if hits := _count(narrowed, by):
            found[value] = hits
    return found


def _search(query: Query, by: Account) -> Page:
    question = _question(query, by)
    hits = _count(question, by)
    before, after = query.before, query.after
    found = _sorted(question, query.sort, by, before=before, after=after)
    if (after is not None and len(found) <= PAGE) or (before is not None and not found):
        # The first page is reached, or nothing is left where the address points: show the first, full
        before = after = None
        found = _sorted(question, query.sort, by)
    more = len(found) > PAGE
    rows = found[-PAGE:] if after is not None else found[:PAGE]
    return Page(
        rows=tuple(_row(row) for row in rows),
        hits=min(hits, CAP),
        capped=hits > CAP,
        older=rows[-1][0] if rows and (more or after is not None) else None,
        newer=rows[0][0] if rows and (before is not None or after is not None) else None,
    )


def _sorted(
    question: index.Question, sort: Sort, by: Account, *, before: int | None = None, after: int | None = None
) -> list[tuple[Any, ...]]:
    """One page and one call more, in the order of the list; of what lies ahead of `after`, the nearest."""
    if sort in (Sort.NEWEST, Sort.OLDEST):
        down = before is not None or after is None
        if sort == Sort.OLDEST:
            before, after = after, before
        newest_first = down == (sort == Sort.NEWEST)
        found = _visible(question, by, _COLUMNS, before, after, limit=PAGE + 1, newest_first=newest_first)
        return sorted(found, reverse=sort == Sort.NEWEST)

    def place(row: tuple[Any, ...]) -> tuple[int, int]:
        seconds = row[3] // 1000
        return (-seconds if sort == Sort.LONGEST else seconds, -row[0])

    found = sorted(_visible(question, by, _COLUMNS, limit=1_000_000_000), key=place)
    keys = [row[0] for row in found]
    if before in keys:
        return found[keys.index(before) + 1 :][: PAGE + 1]
    if after in keys:
        return found[: keys.index(after)][-PAGE - 1 :]
    return found[: PAGE + 1] if before is None else []


def _queues(query: Query, by: Account, doing: Permission = Permission.RECORDINGS_FIND) -> frozenset[int]:
    """The queue asked for, or all, as far as `by` may search, and do that, there."""
    own = by.queues_for(Permission.RECORDINGS_FIND, doing)
    return own & {query.queue.id} if query.queue else own


def _question(query: Query, by: Account, doing: Permission = Permission.RECORDINGS_FIND) -> index.Question:
    queues = _queues(query, by, doing)
    groups = [[index.queue(key) for key in sorted(queues)] or [index.queue(0)]]
    if query.number:
        whole, ending = query.number.whole, query.number.ending
        groups.append(
            ([index.whole_number(whole)] if whole else []) + ([index.number_ending(ending)] if ending else [])
        )
    if query.adviser:
        groups.append([index.adviser(query.adviser.id)])
    if query.direction:
        groups.append([index.direction(query.direction)])
    if query.length:
        groups.append([index.length(index.LENGTHS[query.length][0])])
    if query.told:
        groups.append([index.told(query.told)])
    groups += [[index.flag(name)] for name in query.flags]
    return index.Question(
        words=query.words,
        facets=tuple(tuple(group) for group in groups),
        low=max(_reached(), Recording.first_id(clock.day_start(query.first)) if query.first else 0),
        high=Recording.first_id(clock.day_start(query.last + dt.timedelta(days=1))) - 1 if query.last else index.NEWEST,
    )


def _reached() -> int:
    """The key below which nobody sees a call any more. However much waits to be deleted, no search looks at it."""
    return Recording.first_id(clock.now() - REACH)


def _visible(
    question: index.Question,
    by: Account,
    columns: tuple[Any, ...],
    before: int | None = None,
    after: int | None = None,
    *,
    limit: int,
    newest_first: bool = True,
) -> list[tuple[Any, ...]]:
    """`columns`, the key first, of the first `limit` calls from the index that `by` may see.

    The index knows queues, not dates of deletion: what is due and not yet purged is passed over, in
    larger and larger steps should the sweep have stood still for long.
    """
    low = max(question.low, after + 1) if after is not None else question.low
    high = min(question.high, before - 1) if before is not None else question.high
    found: list[tuple[Any, ...]] = []
    step = limit
    while len(found) < limit and low <= high:
        keys = index.find(dataclasses.replace(question, low=low, high=high), limit=step, newest_first=newest_first)
        visible = Recording.visible_to(by).select(*columns).where(Recording.id.in_(keys)).tuples()
        found += sorted(visible, reverse=newest_first)
        if len(keys) < step:
            break
        if newest_first:
            high = keys[-1] - 1
        else:
            low = keys[-1] + 1
        step = min(step * 4, 900)
    return found[:limit]


def _count(question: index.Question, by: Account) -> int:
    """How many `by` may see, CAP + 1 at most.

    Counting in the index alone is five times faster than looking at every row, and exact above
    the newest key that is there and may no longer be seen. Below it each row is looked at.
    """
    floor = _newest_hidden()
    if floor is None:
        return index.count(question, cap=CAP + 1)
    hits = 0
    if question.high > floor:
        hits = index.count(dataclasses.replace(question, low=max(question.low, floor + 1)), cap=CAP + 1)
    if hits <= CAP and question.low <= floor:
        below = dataclasses.replace(question, high=min(question.high, floor))
        hits += len(_visible(below, by, (Recording.id,), limit=CAP + 1 - hits))
    return hits


def _newest_hidden() -> int | None:
    """The newest key of a call within reach that is past its date or being purged, and may still be in the index."""
    now = clock.now()
    due = (Recording.state == State.LIVE) & Recording.expires_at.between(now - LATEST, now)
    # The sum keeps the planner from walking the keys down from the top until one is due
    newest = Recording.select(peewee.fn.MAX(Recording.id + 0)).where(due | (Recording.state == State.PURGING))
    key: int | None = newest.scalar()
    return key


def _row(row: tuple[Any, ...]) -> Row:
    *plain, number, subject = row
    ending = "".join(c for c in number or "" if c in "0123456789")[-3:]
    shown = subject if len(subject) <= SUBJECT_SHOWN else subject[: SUBJECT_SHOWN - 1].rstrip() + "…"
    return Row._make((*plain, ending, shown))


@db.atomic()
def _log(query: Query, page: Page, by: Account) -> None:
    queues = sorted(_queues(query, by))
    told = codes(query, queues) | {
        "hits": page.hits,
        "capped": page.capped,
        "page": "older" if query.before is not None else "newer" if query.after is not None else "newest",
    }
    record(Act.SEARCHED, by=by, queue_id=queues[0] if len(queues) == 1 else None, **told)


def codes(query: Query, queues: list[int]) -> dict[str, Any]:
    """What the log says was asked, of which queues; the number and the words only as pseudonyms."""
    names = ("words", "number", "first", "last", "queue", "adviser", "direction", "length", "told", "flags")
    detail: dict[str, Any] = {
        "filters": [name for name in names if getattr(query, name)],
        "queues": queues,
        "first": query.first and query.first.isoformat(),
        "last": query.last and query.last.isoformat(),
        "number": query.number and box.pseudonym("number", query.number.text),
        "words": [box.pseudonym("word", word) for word in query.words],
        "adviser": query.adviser and query.adviser.uuid.hex,
        "direction": query.direction,
        "length": query.length,
        "told": query.told,
        "flags": list(query.flags),
        "sort": query.sort if query.sort != Sort.NEWEST else None,
    }
    return {name: value for name, value in detail.items() if name == "filters" or value not in (None, [])}
