"""When what is frozen for a case is let go (register §3)."""

import datetime as dt

from portal import config
from portal.cases.codes import Outcome
from portal.cases.models import Case


def day_of(case: Case, on: dt.date) -> dt.date:
    """The day, for an answer or a copy that left on `on`: 14 days later when all was granted, else 30 (settings)."""
    settings = config.settings()
    granted = case.outcome == Outcome.GRANTED
    return on + dt.timedelta(days=settings.case_granted_days if granted else settings.case_refused_days)
