"""Oversight: the roll-up of who listened, and what is unusual in it."""

from portal.oversight import listens, looking
from tasks import huey


@huey.task()  # type: ignore[untyped-decorator]
def count_listens() -> None:
    listens.count_due()


@huey.task()  # type: ignore[untyped-decorator]
def look_for_patterns() -> None:
    looking.look_due()
