"""How the inbox is doing, for those who run it."""

import dataclasses
import datetime as dt

from portal.accounts.models import Account
from portal.ingest import inbox, quarantine
from portal.jobs import actions as jobs
from portal.jobs.forecast import Progress
from portal.jobs.models import Kind
from portal.retention import sweeps

UNDER_WAY_SECONDS, WAITING_SECONDS = 3, 30


@dataclasses.dataclass(frozen=True)
class Arrivals:
    waiting: int
    """Files that stood in the inbox at the last look."""
    progress: Progress | None
    """Of the pass under way, when it is a long one."""
    good_at: dt.datetime | None
    """When a pass last had no fault."""
    fault: str
    """The last pass's, as a code; '' while another is under way."""
    quarantined: int

    @property
    def key(self) -> str:
        """Another when anything of it is."""
        shown = (self.waiting, self.progress and self.progress.shown, self.good_at, self.fault, self.quarantined)
        return ".".join(str(value) for value in shown)

    @property
    def look_again_seconds(self) -> int | None:
        """How soon it may be otherwise; None: not before something is delivered."""
        if self.progress is not None:
            return UNDER_WAY_SECONDS
        return WAITING_SECONDS if self.waiting else None


def arrivals(*, by: Account, quarantined: int | None = None) -> Arrivals:
    """`quarantined`: how many files are in quarantine, where that is known already."""
    progress, last = jobs.progress(Kind.INBOX), sweeps.last("inbox")
    return Arrivals(
        waiting=inbox.waiting(),
        progress=progress,
        good_at=last.good_at if last else None,
        fault=last.fault if last and progress is None else "",
        quarantined=quarantine.count_waiting(by) if quarantined is None else quarantined,
    )
