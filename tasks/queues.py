"""Announcements: what is left of sound files that were not kept."""

from portal.queues import announcements
from tasks import look


@look
def tend_announcements() -> None:
    announcements.tend()
