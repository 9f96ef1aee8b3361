"""Deleting what is past its date, and looking after what is kept."""

from portal.retention import actions
from tasks import huey


@huey.task()  # type: ignore[untyped-decorator]
def purge_due() -> None:
    actions.purge_due()


@huey.task()  # type: ignore[untyped-decorator]
def tend_kept() -> None:
    actions.tend_kept()
