"""Incidents: the end of their records."""

from portal.incidents import purging
from tasks import look


@look
def purge_incidents() -> None:
    purging.purge_due()
