"""Residents' requests: their days, reminders, copies and ends."""

from portal.cases import carrying, copies, tending
from tasks import huey


@huey.task()  # type: ignore[untyped-decorator]
def tend_cases() -> None:
    tending.tend()


@huey.task()  # type: ignore[untyped-decorator]
def carry_out() -> None:
    carrying.carry_out()


@huey.task()  # type: ignore[untyped-decorator]
def make_copies() -> None:
    copies.make_due()
