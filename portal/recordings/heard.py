"""The calls that a person has heard, to find back to them."""

import peewee

from portal.accounts.models import Account
from portal.db import Few, few
from portal.queues.models import Queue
from portal.recordings.models import Listen, Recording

MOST = 200


def lately(*, by: Account, most: int) -> Few:
    """Those that `by` may still open, the last heard first: recordings with `heard_at`, and `times`, how often.

    What was heard for a case or for training alone, and is past its date, is where it was heard.
    """
    heard_at = peewee.fn.MAX(Listen.started_at)
    query = (
        Recording.select(Recording, Queue, heard_at.alias("heard_at"), peewee.fn.COUNT(Listen.id).alias("times"))
        .join(Queue, peewee.JOIN.LEFT_OUTER)
        .switch(Recording)
        .join(Listen)
        .where(Listen.account == by.id, Listen.started_at.is_null(False), Recording.reached_by(by))
        .group_by(Recording.id, Queue.id)
        .order_by(heard_at.desc(), Recording.id.desc())
    )
    return few(query, most)
