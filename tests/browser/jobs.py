"""Long work of every kind and in every state."""

import datetime as dt

from portal.jobs.models import Job, Kind, Outcome
from tests.jobs.made import ended, under_way
from tests.people import People

LONG = dt.timedelta(days=20)


def fill(people: People) -> list[str]:
    """The addresses of its pages. Nothing of it waits to be told: a journey looks at that by itself."""
    for kind in Kind:
        for outcome in Outcome:
            row = ended(kind, outcome, owner=people.admin, ago=LONG, fault="ENOSPC", amiss=12_345, breaks=3)
            Job.update(seen_at=row.ended_at).where(Job.id == row.id).execute()
    under_way(Kind.BACKUP, done=123_456, whole=9_876_543, minutes=90)
    under_way(Kind.IMPORT, done=0)
    silent = under_way(Kind.ROTATION, done=5)
    Job.update(told_at=silent.told_at - LONG).where(Job.id == silent.id).execute()
    return ["/jobs/"]
