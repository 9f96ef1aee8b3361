"""What the paper of a review of user rights says: JSON values only, spelt as in `facts`."""

import dataclasses

from portal.documents.facts import Facts


@dataclasses.dataclass(frozen=True, kw_only=True)
class Reviewed:
    """One right of one person."""

    person: str
    unit: str
    """Name of the unit; '' when none."""
    role: str
    """In words."""
    queues: list[str]
    """Names of the service numbers."""
    last_on: str
    """The day it was granted until."""
    signed_in_on: str | None
    listened_on: str | None
    """Days of the last time before the review; None: never."""
    unused: bool
    verdict: str
    """A code of `rights.models.Verdict`."""
    verdict_words: str
    by: str
    """Who answered; '' when nobody did."""
    answered_on: str | None
    reason: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class RightsReview(Facts):
    """Granskningsprotokoll of a quarter."""

    year: int
    quarter: int
    opened_on: str
    due_on: str
    """The last day to answer."""
    closed_on: str | None
    total: int
    confirmed: int
    ended: int
    lapsed: int
    gone: int
    lines: list[Reviewed]
    """By the person's name, `total` of them, or the first of them in a preview."""
