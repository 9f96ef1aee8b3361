"""Letters and protocols: what the calendar asks for, and what was ordered."""

from portal.documents import setting
from tasks import look


@look
def make_due() -> None:
    setting.make_due()
