"""Residents' requests: their days, reminders, copies and ends."""

from portal.cases import tending
from tasks import huey


@huey.task()  # type: ignore[untyped-decorator]
def tend_cases() -> None:
    tending.tend()
