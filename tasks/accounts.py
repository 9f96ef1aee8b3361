"""What is kept of the staff for a while only: a list that nobody applied, the numbers of those who left."""

from portal.accounts import numbers, staff
from tasks import look


@look
def forget_staff_lists() -> None:
    staff.forget_due()


@look
def forget_numbers() -> None:
    numbers.forget_due()
