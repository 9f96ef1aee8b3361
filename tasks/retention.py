"""Deleting what is past its date."""

from portal.retention import actions
from tasks import huey


@huey.task()  # type: ignore[untyped-decorator]
def purge_due() -> None:
    actions.purge_due()
