"""Incidents: the end of their records."""

from portal.incidents import purging
from tasks import huey


@huey.task()  # type: ignore[untyped-decorator]
def purge_incidents() -> None:
    purging.purge_due()
