"""By which version of a queue's announcement a caller was told that the call is recorded."""

import datetime as dt
from collections.abc import Iterable

from portal.db import Prepared, loaded, slot
from portal.queues.announcement_models import Announcement
from portal.queues.models import Queue
from portal.recordings.models import Direction, Recording, Told

# Asked for each call that is brought in
_IN_FORCE = Prepared(
    lambda: (
        Announcement.select()
        .where(
            Announcement.queue == slot("queue", Announcement.queue),
            Announcement.dropped_at.is_null(),
            Announcement.valid_from <= slot("moment", Announcement.valid_from),
        )
        .order_by(Announcement.version.desc())
        .limit(1)
    )
)


def in_force(queue: Queue | int, moment: dt.datetime) -> Announcement | None:
    """What plays to those who call `queue` at `moment`; None when nothing is decided."""
    for values in _IN_FORCE(queue=queue if isinstance(queue, int) else queue.id, moment=moment):
        found: Announcement = loaded(Announcement, values)
        return found
    return None


def of(recording: Recording) -> Announcement | None:
    """The version that the call's own entries lead to: the caller was told, when calling in, and the queue's
    announcement was this one when the call began."""
    if recording.told != Told.YES or recording.direction in (Direction.OUT, Direction.INTERNAL):
        return None
    return in_force(recording.queue_id, recording.started_at) if recording.queue_id is not None else None


def silent(queues: Iterable[Queue], moment: dt.datetime) -> list[Queue]:
    """Those in use that are said to tell their callers, and have no announcement in force: nobody knows what the
    callers hear."""
    spoken = Announcement.select(Announcement.queue).where(
        Announcement.dropped_at.is_null(), Announcement.valid_from <= moment
    )
    having = {key for (key,) in spoken.distinct().tuples()}
    return [queue for queue in queues if queue.active and queue.tells_callers and queue.id not in having]
