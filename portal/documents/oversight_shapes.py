"""What the papers of oversight say, in the same way as `facts`."""

import dataclasses

from portal.documents.case_shapes import Consultation
from portal.documents.facts import Check, Checkpoint, Count, Facts, Person


@dataclasses.dataclass(frozen=True, kw_only=True)
class Listener:
    """Of one person, or of one service number."""

    name: str
    counts: list[int]
    """By purpose, in the order of `LogMonth.purposes`."""
    total: int


@dataclasses.dataclass(frozen=True, kw_only=True)
class LogMonth(Facts):
    """What a month's log holds, in sums."""

    month: str
    start: str
    end: str
    """Up to and without."""
    total: int
    """Entries."""
    acts: list[Count]
    """All of them, most first."""
    noted: list[Count]
    """What oversight looks at each month, also when there was none."""
    listens: int
    purposes: list[Count]
    people: list[Listener]
    queues: list[Listener]
    hours: list[int]
    """Listens by the hour of the day, 24 of them."""
    before: Checkpoint | None
    """The last entry before the month began; None when there was none."""
    checkpoint: Checkpoint | None
    fingerprint: str
    """Of the checkpoint, short enough to be read out; '' when there is none."""
    check: Check | None
    """The last check of the whole log; None when it was never checked."""
    remark: str = ""
    responsible: Person | None = None
    """None: the signer of the stationery."""
    approved_on: str | None = None
    """The day it was locked; None in a draft."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class HeardCall:
    number: int
    """1, 2, 3 … in this letter."""
    at: str
    queue: str
    times: int
    """How often it was listened to."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class CallerExtract(Facts):
    """When and what for the calls of one who called were listened to (GDPR 15, CJEU C-579/21); never by whom."""

    recipient: list[str]
    case: str
    ending: str
    """The number's last figures; '' when they are not known any more."""
    calls: list[HeardCall]
    consultations: list[Consultation]
    as_of: str
    """The day the log was read."""
    kept_from: str
    """What was recorded before this day has been deleted, unless something kept it."""
    remark: str
    responsible: Person | None = None
