"""What to listen to next: calls of a queue drawn by lot, so that nobody is singled out.

Each call that somebody answered in the last weeks, that can be heard, is long enough to say anything and that nobody
has reviewed, has the same chance as any other. Neither the one who draws nor the portal chooses a person; who answers
many calls comes up more often, in proportion to them.
"""

import datetime as dt
import random
import uuid
from collections.abc import Iterator, Sequence

import peewee

from portal import clock
from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.errors import Invalid, NotFound
from portal.language import N_
from portal.queues.models import Queue
from portal.recordings import series
from portal.recordings.models import Playable, Purpose, Recording
from portal.recordings.quality_models import QualityReview
from portal.recordings.series_models import Series

SINCE = dt.timedelta(days=30)
SHORTEST = dt.timedelta(seconds=20)
"""A shorter one is a wrong number or a hang-up."""
COUNTS = (5, 10, 20)
"""So many may be drawn at a time."""
AT_ONCE = 100
"""Calls looked at in one query."""


class NothingLeft(Invalid):
    text = N_("Det finns inga samtal att lotta bland: de som går att höra är redan bedömda eller är dina egna.")


def queues(*, by: Account) -> list[Queue]:
    """Those whose calls `by` may review."""
    own = sorted(by.queues_for(Permission.RECORDINGS_REVIEW))
    return list(Queue.select().where(Queue.id.in_(own)).order_by(Queue.number))


def begin(queue: Queue, count: int, *, by: Account) -> Series:
    """A list of `count` drawn calls, to be heard for the service's quality; fewer when there are no more. NotFound for
    a queue that is not theirs to review; NothingLeft."""
    if not by.may_in(queue.id, Permission.RECORDINGS_REVIEW):
        raise NotFound
    found = draw(queue, count, by=by)
    if not found:
        raise NothingLeft
    return series.begin(found, purpose=Purpose.QUALITY, reference="", drawn=True, by=by)


def draw(queue: Queue, count: int, *, by: Account, chance: random.Random | None = None) -> list[uuid.UUID]:
    """`count` calls of the queue by lot."""
    drawn: list[uuid.UUID] = []
    pot = _pot(queue, by)
    (chance or random.SystemRandom()).shuffle(pot)
    for few in _parts(pot):
        drawn += _fit(few, by)
        if len(drawn) >= count:
            break
    return drawn[:count]


def _pot(queue: Queue, by: Account) -> list[int]:
    """Keys of the queue's calls that others have answered: of the last weeks' range of keys alone, where the tombstones
    of years are not."""
    rows = Recording.select(Recording.id).where(
        Recording.queue == queue.id,
        Recording.adviser.is_null(False),
        Recording.adviser != by.id,
        Recording.id >= Recording.first_id(clock.now() - SINCE),
    )
    return [key for (key,) in rows.tuples()]


def _fit(few: Sequence[int], by: Account) -> list[uuid.UUID]:
    """Those of `few` that can be heard and that nobody has reviewed, in the order they were drawn."""
    reviewed = QualityReview.select(peewee.SQL("1")).where(QualityReview.recording == Recording.id)
    rows = (
        Recording.visible_to(by, Permission.RECORDINGS_REVIEW)
        .select(Recording.id, Recording.uuid)
        .where(
            Recording.id.in_(list(few)),
            Recording.playable == Playable.READY,
            Recording.duration_ms >= SHORTEST // dt.timedelta(milliseconds=1),
            ~peewee.fn.EXISTS(reviewed),
        )
    )
    found = dict(rows.tuples())
    return [found[key] for key in few if key in found]


def _parts(pot: Sequence[int]) -> Iterator[Sequence[int]]:
    return (pot[at : at + AT_ONCE] for at in range(0, len(pot), AT_ONCE))
