"""The word index over recordings (SQLite FTS5). The only module besides `db.py` that speaks SQLite.

One row per recording, its rowid the recording's key: oldest and newest first are rowid order, a date range a
rowid range, and all stream. `entry` holds tokens of four kinds: what staff wrote, as it stands; the stems of
that, which end in `~`; what the call is, which begins with `=`; pieces of its number, which begin with `#`. They are in
one column without positions because a facet inside the MATCH streams with the words while a join would visit
every hit, and because less is read and stored than of any other kind of FTS5 table.

Each facet is one token with the call's queue: nobody asks for a facet but in the queues that they may find, and where
two lists would have to be walked beside each other, one that is as short as the answer is read.

A number has a piece for each of its digits but the last two: up to PIECE digits that begin there. Any part of
it is then the beginning of a piece, a piece, or, when longer, several. What a person types reaches the index only
as quoted tokens of letters and digits (`tokens`).
"""

import dataclasses
import json
import time
import unicodedata
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from portal.db import db
from portal.recordings import numbers
from portal.recordings.stems import stems

if TYPE_CHECKING:
    from portal.recordings.models import Recording

RULES = 1
"""Which tokens an entry has. Count up when that changes: then all are made anew (`filling`)."""

LENGTHS = {"0-1": (0, 60_000), "1-5": (60_000, 300_000), "5-15": (300_000, 900_000), "15-": (900_000, None)}
"""Length buckets, in minutes, with their bounds in milliseconds (upper one excluded)."""

FLAGS = ("untold", "empty", "failed", "withheld", "noted")
"""Not told of the recording, or not known · no sound · sound unreadable · no number · has notes."""

INSERT = """
INSERT INTO recording_index(rowid, entry) SELECT ?1, ?2
WHERE NOT EXISTS (SELECT 1 FROM recording WHERE id = ?1 AND restrictions > 0)
"""
"""A call whose processing is restricted (GDPR 18) has no row, whoever writes it and however old the row at hand is."""

REMOVE = "DELETE FROM recording_index WHERE rowid = ?"

OLDEST_FIRST = """
SELECT rowid FROM recording_index WHERE recording_index MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rowid LIMIT ?
"""
NEWEST_FIRST = OLDEST_FIRST.replace("BY rowid", "BY rowid DESC")

NEWEST = (1 << 63) - 1


PIECE = 7
"""Most digits of a piece of a number. Longer pieces would be nearly as many as the numbers, shorter ones need more
rows to be looked at."""

SECONDS = 5
"""Digits of a length in seconds: more than a day."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Question:
    """What a search asks of the index: every word, and of every group of facets one."""

    queues: tuple[int, ...]
    """Those the asker may find; of none, nothing is found."""
    words: tuple[str, ...] = ()
    """Tokens as `tokens` makes them. Each counts as a beginning, but a lone letter only in last place; and for every
    word that has a stem in common with it."""
    facets: tuple[tuple[str, ...], ...] = ()
    """Groups of what the functions below give."""
    numbers: tuple[str, ...] = ()
    """Of `number` or `number_part`; all must be true of the call."""
    low: int = 0
    high: int = NEWEST
    """The range of keys, both ends included."""

    @property
    def match(self) -> str:
        """The FTS5 expression. Only letters, digits and the marks of our own tokens stand inside its quotes."""
        last = len(self.words) - 1
        groups = [_quoted(token) for token in self.numbers]
        groups += [_word(word, whole=len(word) == 1 and n < last) for n, word in enumerate(self.words)]
        for group in self.facets or (("",),):
            groups.append(" OR ".join(_quoted(_of(queue, facet)) for queue in self.queues or (0,) for facet in group))
        return " AND ".join(f"({group})" for group in groups)

    def narrowed(self, *groups: tuple[str, ...]) -> "Question":
        return dataclasses.replace(self, facets=(*self.facets, *groups))

    def numbered(self, *numbers: str) -> "Question":
        return dataclasses.replace(self, numbers=(*self.numbers, *numbers))


def _of(queue: int, facet: str) -> str:
    """The token of a facet of a call in that queue; of '', of every call in it."""
    return f"=q{queue}{facet}"


def _word(word: str, *, whole: bool) -> str:
    return " OR ".join([_quoted(word if whole else f"{word}*"), *(_quoted(f"{stem}~") for stem in sorted(stems(word)))])


def _quoted(token: str) -> str:
    return f'"{token[:-1]}"*' if token.endswith("*") else f'"{token}"'


def tokens(text: str) -> list[str]:
    """`text` as the index sees it: composed (NFC), lower case, cut at all but letters and digits."""
    composed = unicodedata.normalize("NFC", text).lower()
    kept = (c if unicodedata.category(c)[0] in "LN" else " " for c in composed)
    return "".join(kept).split()


def adviser(key: int) -> str:
    return f"a{key}"


def direction(code: str) -> str:
    return f"d{code}"


def told(code: str) -> str:
    return f"t{code}"


def length(milliseconds: int) -> str:
    """The bucket's facet; a bucket asked for by name is `length(LENGTHS[name][0])`."""
    place = [n for n, (low, _) in enumerate(LENGTHS.values()) if milliseconds >= low]
    return f"l{place[-1]}"


def seconds(beginning: str) -> str:
    """Asks for all lengths whose SECONDS digits begin so; of one length with all of them. For the order by length."""
    return f"s{beginning}" + "*" * (len(beginning) < SECONDS)


def flag(name: str) -> str:
    return f"f{name}"


def number(whole: str) -> str:
    """The token of one number; '' when it has no digits."""
    digits = numbers.digits(whole)
    return f"=n{digits}" if digits else ""


def number_part(part: str) -> tuple[str, ...]:
    """Ask for every number with these digits in it, in one of the ways it is written. Of more than PIECE digits each
    piece is asked for, and whoever asks must look whether the number has them in a row."""
    if len(part) < PIECE:
        return (f"#{part}*",)
    return tuple(f"#{part[start : start + PIECE]}" for start in range(len(part) - PIECE + 1))


def _pieces(whole: str) -> set[str]:
    return {
        f"#{written[start : start + PIECE]}"
        for written in numbers.writings(whole)
        for start in range(len(written) - numbers.FEWEST_DIGITS + 1)
    }


def flags(recording: "Recording") -> list[str]:
    """Which of FLAGS are true of a recording, but for 'noted'."""
    true = {
        "untold": recording.told != "yes",
        "empty": recording.playable == "empty",
        "failed": recording.playable == "failed",
        "withheld": not recording.number,
    }
    return [name for name in FLAGS if true.get(name)]


def _facets(recording: "Recording", noted: bool) -> list[str]:
    """Every facet of a recording, in its queue; none when it is of no queue, for then nobody finds it."""
    if not recording.queue_id:
        return []
    found = [
        adviser(recording.adviser_id) if recording.adviser_id else "",
        direction(recording.direction) if recording.direction else "",
        told(recording.told),
        length(recording.duration_ms),
        seconds(f"{recording.duration_ms // 1000:0{SECONDS}}"),
        *(flag(name) for name in flags(recording)),
        flag("noted") if noted else "",
    ]
    return [_of(recording.queue_id, facet) for facet in ("", *filter(None, found))]


def _numbers(recording: "Recording") -> list[str]:
    """The number and its pieces."""
    given = recording.number or ""
    return [token for token in (number(given), *sorted(_pieces(given))) if token]


def put(recording: "Recording") -> None:
    """Index a recording anew, with its notes, but for those that somebody wrote for themselves alone. Call in the
    transaction that changed either, or lifted the last restriction; while one stands it is not in the index."""
    remove(recording.id)
    db.execute_sql(INSERT, _entry(recording, [note.text for note in recording.notes if not note.own]))


def _entry(recording: "Recording", notes: list[str]) -> tuple[int, str]:
    words = dict.fromkeys(word for text in (recording.subject, *notes) for word in tokens(text))
    ends = {f"{stem}~" for word in words for stem in stems(word)}
    facets, numbers = _facets(recording, any(notes)), _numbers(recording)
    return recording.id, " ".join((*words, *sorted(ends), *facets, *numbers))


def enter(recordings: Iterable[tuple["Recording", list[str]]]) -> None:
    """Index these anew, but for restricted ones, each with the texts of its notes."""
    entries = [_entry(recording, notes) for recording, notes in recordings]
    db.cursor().executemany(REMOVE, [(key,) for key, _ in entries])
    db.cursor().executemany(INSERT, entries)


def rebuild(recordings: Iterable[tuple["Recording", list[str]]]) -> None:
    """Index exactly these recordings, but for restricted ones, each with the texts of its notes. One transaction."""
    with db.atomic():
        db.execute_sql("DELETE FROM recording_index")
        db.cursor().executemany(INSERT, (_entry(recording, notes) for recording, notes in recordings))


def remove(key: int) -> None:
    """Forget a recording: no search finds it any more. Nothing happens when it is not there.

    Its words and number stay in the index's older segments until `forget` has run.
    """
    db.execute_sql(REMOVE, (key,))


def forget(pages: int = 200) -> None:
    """Rewrite the index without what was removed from it, so that no removed word or number is left
    in the file. In steps of about `pages` pages, each its own short transaction, half the time left
    to other writers; call outside one.

    FTS5 marks a removed row and keeps its words until segments are merged. `merge` with a negative
    number starts merging all segments into one, further calls go on, fewer than two changes mean done.
    """
    step = -pages
    while True:
        started, before = time.monotonic(), _changes()
        with db.atomic():
            db.execute_sql("INSERT INTO recording_index(recording_index, rank) VALUES ('merge', ?)", (step,))
        if _changes() - before < 2:
            return
        step = pages
        time.sleep(time.monotonic() - started)


def _changes() -> int:
    count: int = db.execute_sql("SELECT total_changes()").fetchone()[0]
    return count


def find(question: Question, *, limit: int, newest_first: bool = True) -> list[int]:
    """The first keys that answer, in order of time. Rights by state and date are the caller's."""
    rows = db.execute_sql(
        NEWEST_FIRST if newest_first else OLDEST_FIRST, (question.match, question.low, question.high, limit)
    )
    return [key for (key,) in rows]


def among(question: Question, keys: Sequence[int]) -> list[int]:
    """Those of `keys` that answer, in whatever range they lie."""
    rows = db.execute_sql(
        "SELECT rowid FROM recording_index WHERE recording_index MATCH ? AND rowid IN (SELECT value FROM json_each(?))",
        (question.match, json.dumps(list(keys))),
    )
    return [key for (key,) in rows]


def count(question: Question, *, cap: int) -> int:
    """How many answer, `cap` at most."""
    rows = db.execute_sql(
        "SELECT COUNT(*) FROM (SELECT 1 FROM recording_index WHERE recording_index MATCH ?"
        " AND rowid BETWEEN ? AND ? LIMIT ?)",
        (question.match, question.low, question.high, cap),
    )
    found: int = rows.fetchone()[0]
    return found
