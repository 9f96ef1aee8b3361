"""What is kept of the staff for a while only: a list that nobody applied, the numbers of those who left."""

from portal.accounts import numbers, staff
from tasks import huey


@huey.task()  # type: ignore[untyped-decorator]
def forget_staff_lists() -> None:
    staff.forget_due()


@huey.task()  # type: ignore[untyped-decorator]
def forget_numbers() -> None:
    numbers.forget_due()
