"""Bringing calls in."""

from portal.ingest import actions
from tasks import huey


@huey.task()  # type: ignore[untyped-decorator]
def sweep_inbox() -> None:
    actions.sweep_inbox()
