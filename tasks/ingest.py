"""Bringing calls in."""

from portal.ingest import actions
from tasks import look


@look
def sweep_inbox() -> None:
    actions.sweep_inbox()
