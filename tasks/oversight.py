"""Oversight: the roll-up of who listened."""

from portal.oversight import listens
from tasks import huey


@huey.task()  # type: ignore[untyped-decorator]
def count_listens() -> None:
    listens.count_due()
