"""The list of staff: emptied when nobody applied it."""

from portal.accounts import staff
from tasks import huey


@huey.task()  # type: ignore[untyped-decorator]
def forget_staff_lists() -> None:
    staff.forget_due()
