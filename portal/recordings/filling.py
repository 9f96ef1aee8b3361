"""Filling the word index anew when its rules have changed: beside everybody's work, the newest calls first.

How far it has come stands in the register and moves with the entries, in one transaction: whoever is killed goes on
from there, and of two at once one gives way.
"""

import datetime as dt
import time
from collections import defaultdict

import peewee

from portal import clock
from portal.db import Prepared, db
from portal.jobs.models import Kind
from portal.jobs.running import running
from portal.recordings import index
from portal.recordings.index_models import IndexState
from portal.recordings.models import SEQUENCE_BITS, Note, Recording, State

BATCH = 200
"""Calls of one transaction: others wait a few hundredths of a second to write."""

_STATE = Prepared(lambda: IndexState.select(IndexState.rules, IndexState.below))


def since() -> dt.datetime | None:
    """The start of the oldest call that is sure to be found, while there are older ones yet to be entered."""
    rules, below = _STATE()[0]
    if rules != index.RULES:
        return clock.now()
    return dt.datetime.fromtimestamp(below >> SEQUENCE_BITS, clock.UTC) if below else None


def fill() -> int:
    """Enter the calls that are not in the index yet, or by other rules, until there are none; how many that was."""
    entered = 0
    with running(Kind.INDEX) as job:
        before = whole = 0
        while True:
            started = time.monotonic()
            done = _fill_some()
            if not done:
                return entered
            entered += done
            time.sleep(time.monotonic() - started)  # half the time is left to other writers
            if not whole:
                whole = _live().count()
                before = whole - _live().where(Recording.id < _STATE()[0][1]).count() - done
            job.tell(before + entered, whole)


def _live() -> peewee.ModelSelect:
    return Recording.select().where(Recording.state == State.LIVE)


@db.atomic()
def _fill_some() -> int:
    rules, below = _STATE()[0]
    if rules != index.RULES:
        below = index.NEWEST
    if not below:
        return 0
    theirs = _live().where(Recording.id < below)
    batch = list(theirs.order_by(Recording.id.desc()).limit(BATCH))
    index.enter((recording, texts) for recording, texts in with_notes(batch))
    left = batch[-1].id if len(batch) == BATCH else 0
    IndexState.update(rules=index.RULES, below=left).execute()
    return len(batch)


def with_notes(batch: list[Recording]) -> list[tuple[Recording, list[str]]]:
    """Each call with the texts of its notes that others than their authors may read, oldest first."""
    notes = Note.select(Note.recording_id, Note.text).where(Note.recording.in_([row.id for row in batch]), ~Note.own)
    texts: dict[int, list[str]] = defaultdict(list)
    for key, text in notes.order_by(Note.id).tuples():
        texts[key].append(text)
    return [(row, texts[row.id]) for row in batch]
