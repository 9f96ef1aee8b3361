"""Consents: their last days, and the emptying of old ones. The figures of each day."""

from portal.register import counting, ending
from tasks import huey


@huey.task()  # type: ignore[untyped-decorator]
def tend_consents() -> None:
    ending.tend()


@huey.task()  # type: ignore[untyped-decorator]
def count_figures() -> None:
    counting.count_due()
