"""Calls without sound, for what is about finding; and reading a page of results."""

import datetime as dt
import re
import uuid

from portal import clock
from portal.recordings import index
from portal.recordings.models import Direction, Recording, Told

NOON = dt.datetime(2026, 11, 24, 10, 0, tzinfo=clock.UTC)  # 12.00 in Helsinki


def call(queue, **fields) -> Recording:
    """A call at `fields['started_at']` (an hour ago) with no sealed sound: finding needs none."""
    started_at = fields.pop("started_at", NOON - dt.timedelta(hours=1))
    seconds = fields.pop("seconds", 60)
    ended_at = started_at + dt.timedelta(seconds=seconds)
    row = Recording.create(
        id=Recording.next_id(started_at),
        source="freepbx",
        source_key=uuid.uuid4().hex,
        content_key="-",
        started_at=started_at,
        ended_at=ended_at,
        duration_ms=seconds * 1000,
        expires_at=fields.pop("expires_at", clock.expiry(ended_at)),
        queue=queue,
        **{"direction": Direction.IN, "told": Told.YES, "number": "+358401234567", "playable": "ready", **fields},
    )
    index.put(row)
    return row


def asked(client, query: dict | str = ""):
    """The page with what that finds: an address that holds a number or words is answered by its sealed one."""
    return client.get("/recordings/", query_string=query, follow_redirects=True)


def found(client, query: dict | str = "") -> list[str]:
    """The uuids in the results, in order."""
    answer = asked(client, query)
    assert answer.status_code == 200
    return re.findall(r'<a href="/recordings/([0-9a-f-]{36})">', answer.text)


def ids(*rows) -> list[str]:
    return [str(row.uuid) for row in rows]
