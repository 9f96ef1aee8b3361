"""User rights: their reviews."""

from portal.rights import review
from tasks import huey


@huey.task()  # type: ignore[untyped-decorator]
def tend_reviews() -> None:
    review.tend()
