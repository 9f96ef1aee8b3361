"""What each kind of document says: one shape for those who gather it, the templates and the samples.

JSON values only. Instants are ISO 8601 with offset, days 'yyyy-mm-dd', months 'yyyy-mm'; counts are whole
numbers; everything called words or a name is in the document's language. Identifiers are the hyphenated uuid.
"""

import dataclasses
from typing import Any


@dataclasses.dataclass(frozen=True, kw_only=True)
class Facts:
    def plain(self) -> dict[str, Any]:
        """As `Order.facts` takes it."""
        return dataclasses.asdict(self)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Person:
    """Who signs, answers for or receives; a title alone will do."""

    name: str = ""
    title: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Rule:
    """By which rule so many were deleted."""

    code: str
    """Ends in the rule's version; lines name it by this code."""
    words: str
    count: int


@dataclasses.dataclass(frozen=True, kw_only=True)
class HeldBack:
    """Claimed for deletion and not deleted by the period's end."""

    id: str
    kind: str
    """In words."""
    why: str
    """In words."""
    since: str
    """The instant it was claimed."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """The log's last entry before the period ended."""

    entries: int
    head: str
    """64 hex digits."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Deletion:
    id: str
    kind: str
    """In words."""
    queue: str
    """Name of the service number; '' when none."""
    rule: str
    """A `Rule.code`."""
    due_at: str
    key_destroyed_at: str | None
    """None: it was never sealed, so there was no key."""
    purged_at: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class PurgeDay(Facts):
    """Gallringsprotokoll of one day in Helsinki (register §5)."""

    day: str
    start: str
    end: str
    """Up to and without."""
    total: int
    rules: list[Rule]
    held_back: list[HeldBack]
    lines: list[Deletion]
    """In the order they were deleted; every one of the day."""
    keys_gone_by: str | None
    """None when no key was destroyed."""
    checkpoint: Checkpoint | None
    """None when the log was empty."""
    remark: str = ""
    """What a person adds; lines are kept, an empty line parts paragraphs."""
    responsible: Person | None = None
    """Who answers for the register; None: the signer of the stationery."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class DayCount:
    day: str
    total: int
    failed: int
    """How many were claimed and not deleted when the day ended."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class DayIds:
    day: str
    ids: list[str]


@dataclasses.dataclass(frozen=True, kw_only=True)
class PurgeMonth(Facts):
    """Gallringsprotokoll of a month, for the person responsible."""

    month: str
    start: str
    end: str
    """Up to and without."""
    total: int
    days: list[DayCount]
    """Every day of the month, also those without deletions."""
    rules: list[Rule]
    held_back: list[HeldBack]
    annex: list[DayIds]
    """Every deletion's id, by day; days without are left out."""
    keys_gone_by: str | None
    checkpoint: Checkpoint | None
    remark: str = ""
    responsible: Person | None = None
    """None: the signer of the stationery."""
    approved_on: str | None = None
    """The day the responsible person locked it; None in a draft."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Count:
    words: str
    """What was done, or who did it."""
    count: int


@dataclasses.dataclass(frozen=True, kw_only=True)
class Condition:
    label: str
    value: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class LogLine:
    number: int
    at: str
    who: str
    what: str
    about: str = ""
    queue: str = ""
    purpose: str = ""
    reference: str = ""
    details: list[Condition] = dataclasses.field(default_factory=list)
    """Labels and values in words."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Check:
    """The last check of the whole log."""

    at: str
    whole: bool
    entries: int
    """How many entries were whole, from the first on."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class LogExtract(Facts):
    """Who did what in a period, for the data protection officer."""

    first: str
    last: str
    """Days, both included."""
    recipient: list[str]
    """Lines of the window, name first; empty: no window."""
    asked: list[Condition]
    """What the extract was narrowed to; empty: everything."""
    total: int
    """How many entries answer."""
    acts: list[Count]
    people: list[Count]
    """Both of all entries that answer, most first."""
    lines: list[LogLine]
    """Oldest first, `total` of them or the newest 5,000."""
    capped: bool
    checkpoint: Checkpoint | None
    check: Check | None
    """None: the log has never been checked."""
    remark: str = ""
    ground: str = ""
    """Of an extract about one person, in words."""
    ground_words: str = ""
    """Why it was made."""


LOG_LINES_MOST = 5000
"""More lines than this are not printed; the extract says how many there were."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Table:
    caption: str
    head: list[str]
    rows: list[list[str]]
    """Each as long as `head`; the first cell names the row."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Specimen(Facts):
    """A letter that shows every shared part."""

    recipient: list[str]
    """At most 6 lines, name first."""
    subject: str
    request_on: str | None
    received_on: str | None
    case: str
    """Case number; '' when none."""
    paragraphs: list[str]
    table: Table | None = None


RECIPIENT_LINES_MOST = 6
"""What the smaller window (90 × 30 mm) shows."""
