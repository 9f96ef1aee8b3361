"""The pages of residents' requests: the work list, the registration, the overview of one."""

from portal.cases import (  # noqa: F401 their routes
    answer_views,
    call_views,
    copy_views,
    ending_views,
    letter_views,
    listening_views,
    oversight_views,
    time_views,
)
from portal.cases.blueprint import bp

__all__ = ["bp"]
