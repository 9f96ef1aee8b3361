"""Finding calls: what may be asked, what is found, what the log says of it."""

import dataclasses
import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import peewee

from portal import clock
from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import db
from portal.errors import Invalid
from portal.language import N_
from portal.queues.models import Queue
from portal.recordings import filling, index
from portal.recordings.answers import Answers, newest_hidden, reached
from portal.recordings.answers import Sort as Sort
from portal.recordings.models import Direction, Recording, Told
from portal.recordings.numbers import FEWEST_DIGITS as FEWEST_DIGITS
from portal.recordings.numbers import NotANumber as NotANumber
from portal.recordings.numbers import Number as Number
from portal.recordings.numbers import TooFewDigits as TooFewDigits
from portal.recordings.numbers import number as number
from portal.vault import box

PAGE = 50
CAP = 10_000
"""Hits are counted no further; the page says 'more than'."""
MOST_WORDS = 12
SUBJECT_SHOWN = 80
"""Characters of a subject that a list shows."""


class NoWords(Invalid):
    text = N_("Skriv ord med bokstäver eller siffror.")


class TooManyWords(Invalid):
    text = N_("Skriv högst tolv ord.")


def words(text: str) -> tuple[str, ...]:
    """The words to look for. Raises NoWords when `text` has some characters but no word, TooManyWords."""
    found = tuple(index.tokens(text))
    if text.strip() and not found:
        raise NoWords
    if len(found) > MOST_WORDS:
        raise TooManyWords
    return found


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
    since: dt.datetime | None = None
    """The index is being filled: calls from before then are not found yet."""


def find(query: Query, *, by: Account) -> Page:
    """The first 50 that answer in the query's order, of what `by` may see now; one audit row SEARCHED.

    Never a call that is past its date, whether or not the sweep has come to it.
    """
    page = _search(query, by) if by.queues_for(Permission.RECORDINGS_FIND) else Page()
    _log(query, page, by)
    return page


def keys(query: Query, *, by: Account, limit: int) -> list[uuid.UUID]:
    """The uuids of the first `limit` that answer, of what `by` may see now. For an act on what a search has shown,
    which says in the log what it did with them."""
    if not by.queues_for(Permission.RECORDINGS_FIND):
        return []
    return [key for _, key in _answers(query, by).page((Recording.id, Recording.uuid), query.sort, limit=limit)]


def walk(query: Query, *, doing: Permission, by: Account, most: int) -> Iterator[Row]:
    """The newest `most` that answer, of those with which `by` may do that, a few hundred in memory at a time, each with
    its whole subject. For an act on what a search has shown, which says in the log what it did with them."""
    answers = _answers(query, by, doing)
    last = None
    while most > 0:
        found = answers.page(_COLUMNS, Sort.NEWEST, after=last, limit=min(most, 500))
        yield from (_row(row, whole=True) for row in found)
        if len(found) < min(most, 500):
            return
        most, last = most - len(found), found[-1][0]


def answering(query: Query, keys: Sequence[int], *, by: Account) -> frozenset[int]:
    """Which of the calls with these keys answer, of what `by` may see."""
    return _answers(query, by).among(keys)


def span(query: Query, *, by: Account) -> tuple[dt.datetime, dt.datetime] | None:
    """When the oldest and the newest that answer started, of what `by` may see now; None when none does."""
    answers = _answers(query, by)
    oldest, newest = (answers.page((r.started_at,), sort, limit=1) for sort in (Sort.OLDEST, Sort.NEWEST))
    return (oldest[0][0], newest[0][0]) if oldest and newest else None


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
        wider = dataclasses.replace(query, **left_out)
        if wider != query:
            hits = _answers(wider, by).count(most=CAP + 1)
            if hits:
                found.append((name, hits))
    return sorted(found, key=lambda pair: -pair[1])


def tallies(query: Query, *, by: Account) -> dict[str, dict[Any, int]]:
    """How many answer with each value of each filter, CAP + 1 at most: filter → value → hits, without those that
    have none. Values as the index has them: keys of queues and advisers, codes, names of LENGTHS and FLAGS.

    Each filter is counted without what is chosen in it; a flag along with the chosen ones, for all must be true.
    """
    floor, whole = newest_hidden(), _answers(query, by)
    few = whole.read(_TOLD_APART, most=FEW_READ)
    found = {}
    for name, values in _facets(by).items():
        answers, read = whole, few
        if name != "flags" and getattr(query, name):
            answers = _answers(dataclasses.replace(query, **FILTERS[name]), by)
            read = answers.read(_TOLD_APART, most=FEW_READ)
        if read is not None and name != "flags":
            hits = dict(Counter(_value(name, row) for row in read))
        else:
            each = {value: _with(answers, name, value, facet) for value, facet in values.items()}
            hits = {value: narrower.count_above(floor, most=CAP + 1) for value, narrower in each.items()}
        if kept := {value: hits[value] for value in values if hits.get(value)}:
            found[name] = kept
    return found


_TOLD_APART = (r.queue_id, r.adviser_id, r.direction, r.duration_ms, r.told)
FEW_READ = 2_000
"""So many calls are read and told apart in Python; of more the index counts each value."""


def _value(name: str, row: tuple[Any, ...]) -> Any:
    queue, adviser, direction, duration, told = row
    if name == "length":
        return next(length for length, (_, high) in index.LENGTHS.items() if high is None or duration < high)
    return {"queue": queue, "adviser": adviser, "direction": direction, "told": told}[name]


def _with(answers: Answers, name: str, value: Any, facet: str) -> Answers:
    return answers.in_queue(value) if name == "queue" else answers.narrowed((facet,))


def _facets(by: Account) -> dict[str, dict[Any, str]]:
    """Each value of the filters that are counted, and the index's facet for it; the queues are asked for as such."""
    own = by.queues_for(Permission.RECORDINGS_FIND)
    theirs = r.select(peewee.SQL("1")).where(r.queue.in_(sorted(own)), r.adviser == Account.id)
    advisers = Account.select(Account.id).where(peewee.fn.EXISTS(theirs)).tuples()
    return {
        "queue": dict.fromkeys(sorted(own), ""),
        "adviser": {key: index.adviser(key) for (key,) in advisers},
        "direction": {code: index.direction(code) for code in Direction},
        "length": {length: index.length(low) for length, (low, _) in index.LENGTHS.items()},
        "told": {code: index.told(code) for code in Told},
        "flags": {flag: index.flag(flag) for flag in index.FLAGS},
    }


def _search(query: Query, by: Account) -> Page:
    answers = _answers(query, by)
    hits = answers.count(most=CAP + 1)
    back = query.after is not None
    found = answers.page(_COLUMNS, query.sort, after=query.after if back else query.before, back=back, limit=PAGE + 1)
    at_start = query.before is None and not back
    if (back and len(found) <= PAGE) or (query.before is not None and not found):
        # The first page is reached, or nothing is left where the address points: show the first, full
        at_start, back = True, False
        found = answers.page(_COLUMNS, query.sort, limit=PAGE + 1)
    rows = tuple(_row(row) for row in (found[PAGE - 1 :: -1] if back else found[:PAGE]))
    return Page(
        rows=rows,
        hits=min(hits, CAP),
        capped=hits > CAP,
        older=rows[-1].key if len(found) > PAGE or back else None,
        newer=rows[0].key if not at_start else None,
        since=filling.since(),
    )


def _queues(query: Query, by: Account, doing: Permission = Permission.RECORDINGS_FIND) -> frozenset[int]:
    """The queue asked for, or all, as far as `by` may search, and do that, there."""
    own = by.queues_for(Permission.RECORDINGS_FIND, doing)
    return own & {query.queue.id} if query.queue else own


def _answers(query: Query, by: Account, doing: Permission = Permission.RECORDINGS_FIND) -> Answers:
    queues = _queues(query, by, doing)
    groups = []
    if query.adviser:
        groups.append((index.adviser(query.adviser.id),))
    if query.direction:
        groups.append((index.direction(query.direction),))
    if query.length:
        groups.append((index.length(index.LENGTHS[query.length][0]),))
    if query.told:
        groups.append((index.told(query.told),))
    groups += [(index.flag(name),) for name in query.flags]
    question = index.Question(
        queues=tuple(sorted(queues)),
        words=query.words,
        facets=tuple(groups),
        low=max(reached(), Recording.first_id(clock.day_start(query.first)) if query.first else 0),
        high=Recording.first_id(clock.day_start(query.last + dt.timedelta(days=1))) - 1 if query.last else index.NEWEST,
    )
    answers = Answers(question=question, by=by)
    return _of_number(answers, query.number) if query.number else answers


def _of_number(answers: Answers, number: Number) -> Answers:
    """A whole number that somebody has called from, or of which no part is asked for, is meant as one: others that
    have its digits in them are not mixed in."""
    if number.whole:
        whole = index.Question(queues=answers.question.queues, numbers=(index.number(number.whole),), low=reached())
        if not number.part or index.count(whole, cap=1):
            return answers.numbered(index.number(number.whole))
    sure = len(number.part) <= index.PIECE
    return dataclasses.replace(answers.numbered(*index.number_part(number.part)), part="" if sure else number.part)


def _row(row: tuple[Any, ...], *, whole: bool = False) -> Row:
    *plain, number, subject = row
    ending = "".join(c for c in number or "" if c in "0123456789")[-3:]
    shown = subject if whole or len(subject) <= SUBJECT_SHOWN else subject[: SUBJECT_SHOWN - 1].rstrip() + "…"
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
