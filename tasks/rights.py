"""User rights: their ends, and their reviews."""

from portal.rights import review, tending
from tasks import look


@look
def end_rights() -> None:
    tending.tend()


@look
def tend_reviews() -> None:
    review.tend()
