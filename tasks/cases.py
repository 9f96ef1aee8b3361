"""Residents' requests: their days, reminders, copies and ends."""

from portal.cases import carrying, copies, tending
from tasks import look


@look
def tend_cases() -> None:
    tending.tend()


@look
def carry_out() -> None:
    carrying.carry_out()


@look
def make_copies() -> None:
    copies.make_due()
