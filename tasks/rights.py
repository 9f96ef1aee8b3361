"""User rights: their ends, and their reviews."""

from portal.rights import review, tending
from tasks import huey


@huey.task()  # type: ignore[untyped-decorator]
def end_rights() -> None:
    tending.tend()


@huey.task()  # type: ignore[untyped-decorator]
def tend_reviews() -> None:
    review.tend()
