"""Consents: their last days, and the emptying of old ones. The figures of each day."""

from portal.register import counting, ending
from tasks import look


@look
def tend_consents() -> None:
    ending.tend()


@look
def count_figures() -> None:
    counting.count_due()
