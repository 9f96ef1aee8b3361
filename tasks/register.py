"""Consents: their last days, and the emptying of old ones."""

from portal.register import ending
from tasks import huey


@huey.task()  # type: ignore[untyped-decorator]
def tend_consents() -> None:
    ending.tend()
